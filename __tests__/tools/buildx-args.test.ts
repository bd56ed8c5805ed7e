// The argument list, input by input.

import { describe, expect, test } from '@jest/globals';
import type { BuildOrder } from '../../src/build/build.ts';
import { buildArgs } from '../../src/tools/buildx-args.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARMV7 } from '../fakes/layouts.ts';

const PLACE = { builder: 'default', layout: '/tmp/run/layout', metadataFile: '/tmp/run/metadata.json' };
const args = (over: Partial<BuildOrder> = {}): string[] => buildArgs(anOrder(over), PLACE);

test('the whole list for a small order', () => {
  expect(args()).toEqual([
    ...['buildx', 'build', '--builder', 'default', '--platform', 'linux/amd64,linux/arm64'],
    ...['--tag', 'registry.example/acme/app:1', '--provenance=mode=max'],
    ...['--output', 'type=oci,dest=/tmp/run/layout,tar=false', '--metadata-file', '/tmp/run/metadata.json'],
    ...['--progress', 'rawjson', '--', '.'],
  ]);
});

describe('each part of an order becomes its flag', () => {
  test.each<[string, Partial<BuildOrder>, string[]]>([
    ['every name', { names: ['a/b:1', 'a/b:2'] }, ['--tag', 'a/b:1', '--tag', 'a/b:2']],
    ['labels', { labels: { title: 'My "app", v1', empty: '' } }, ['--label', 'title=My "app", v1', '--label', 'empty=']],
    ['annotations of the index', { annotations: { a: 'b=c' } }, ['--annotation', 'index:a=b=c']],
    [
      'annotations of one platform with attestations',
      { annotations: { a: 'b' }, platforms: [AMD64] },
      ['--annotation', 'index:a=b'],
    ],
    [
      'annotations of several platforms without attestations',
      { annotations: { a: 'b' }, provenance: 'false' },
      ['--annotation', 'index:a=b'],
    ],
    [
      'annotations where there is no index',
      { annotations: { a: 'b' }, platforms: [AMD64], provenance: 'false' },
      ['--annotation', 'manifest:a=b'],
    ],
    [
      'the same, disabled in the long form',
      { annotations: { a: 'b' }, platforms: [AMD64], provenance: 'mode=max,disabled=true' },
      ['--annotation', 'manifest:a=b'],
    ],
    ['a platform with a variant', { platforms: [ARMV7] }, ['--platform', 'linux/arm/v7']],
    ['file', { file: 'docker/Dockerfile' }, ['--file', 'docker/Dockerfile']],
    ['target', { target: 'release' }, ['--target', 'release']],
    ['build arguments', { buildArgs: ['A=b c', 'BARE'] }, ['--build-arg', 'A=b c', '--build-arg', 'BARE']],
    ['provenance off', { provenance: 'false' }, ['--provenance=false']],
    ['provenance in words', { provenance: 'max' }, ['--provenance=mode=max']],
    ['provenance with more', { provenance: 'mode=min,builder-id=https://x/y' }, ['--provenance=mode=min,builder-id=https://x/y']],
    ['no-cache', { noCache: true }, ['--no-cache']],
    ['pull', { pull: true }, ['--pull']],
    ['a context that looks like a flag', { context: '-odd' }, ['--', '-odd']],
    [
      'a Git context',
      { context: 'https://github.com/acme/app.git#main:sub' },
      ['--', 'https://github.com/acme/app.git#main:sub'],
    ],
  ])('%s', (_name, over, expected) => {
    expect(args(over).join('\n')).toContain(expected.join('\n'));
  });

  test.each(['--no-cache', '--pull', '--file', '--target', '--label', '--annotation', '--build-arg', '--push', '--load'])(
    '%s is absent by default',
    flag => {
      expect(args()).not.toContain(flag);
    },
  );
});

test('a directory with a comma or a quote does not become another option', () => {
  const list = buildArgs(anOrder(), { ...PLACE, layout: '/tmp/a,push=true/"x"' });
  expect(list).toContain('type=oci,"dest=/tmp/a,push=true/""x""",tar=false');
});

test('the builder is ours, not the one that the order wishes for: that was decided before', () => {
  expect(args({ builder: 'other' })).toEqual(args());
});

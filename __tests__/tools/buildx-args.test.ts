// The argument list, input by input.

import { describe, expect, test } from '@jest/globals';
import type { BuildOrder } from '../../src/build/build.ts';
import { buildArgs } from '../../src/tools/buildx-args.ts';
import { IMAGES } from '../../src/tools/pins.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARMV7 } from '../fakes/layouts.ts';

const PLACE = {
  builder: 'default',
  layout: '/tmp/run/layout',
  metadataFile: '/tmp/run/metadata.json',
  secretFiles: new Map([
    ['token', '/tmp/run/secrets/0'],
    ['odd', '/tmp/a,b/1'],
  ]),
};
const args = (over: Partial<BuildOrder> = {}): string[] => buildArgs(anOrder(over), PLACE);

test('files get the time of the image only when that is asked for', () => {
  expect(args({ rewriteTimestamp: true })).toContain('type=oci,dest=/tmp/run/layout,tar=false,rewrite-timestamp=true');
  expect(args().join(' ')).not.toContain('rewrite-timestamp');
});

test('the whole list for a small order', () => {
  expect(args()).toEqual([
    ...['buildx', 'build', '--builder', 'default', '--platform', 'linux/amd64,linux/arm64'],
    ...['--tag', 'registry.example/acme/app:1', '--provenance=mode=max'],
    ...['--output', 'type=oci,dest=/tmp/run/layout,tar=false', '--metadata-file', '/tmp/run/metadata.json'],
    ...['--progress', 'rawjson', '--', '.'],
  ]);
});

/** Exactly what an order adds to the small one. */
const ADDED: [string, Partial<BuildOrder>, string[]][] = [
  ['labels', { labels: { title: 'My "app", v1', empty: '' } }, ['--label', 'title=My "app", v1', '--label', 'empty=']],
  [
    'annotations at their levels',
    {
      annotations: [
        { level: 'index', key: 'a', value: 'b=c' },
        { level: 'manifest[linux/arm/v7]', key: 'd', value: '' },
      ],
    },
    ['--annotation', 'index:a=b=c', '--annotation', 'manifest[linux/arm/v7]:d='],
  ],
  ['file', { file: 'docker/Dockerfile' }, ['--file', 'docker/Dockerfile']],
  ['target', { target: 'release' }, ['--target', 'release']],
  ['build arguments', { buildArgs: ['A=b c', 'BARE'] }, ['--build-arg', 'A=b c', '--build-arg', 'BARE']],
  [
    'build contexts',
    { buildContexts: ['src=../src', 'base=docker-image://alpine:3'] },
    ['--build-context', 'src=../src', '--build-context', 'base=docker-image://alpine:3'],
  ],
  ['hosts', { addHosts: ['a:1.2.3.4', 'b:::1'] }, ['--add-host', 'a:1.2.3.4', '--add-host', 'b:::1']],
  ['entitlements', { allow: ['network.host', 'device=x/y'] }, ['--allow', 'network.host', '--allow', 'device=x/y']],
  ['network', { network: 'none' }, ['--network', 'none']],
  ['cgroup parent', { cgroupParent: 'mine' }, ['--cgroup-parent', 'mine']],
  ['shm size', { shmSize: '5m' }, ['--shm-size', '5m']],
  ['limits', { ulimit: ['nofile=1:2', 'core=0'] }, ['--ulimit', 'nofile=1:2', '--ulimit', 'core=0']],
  [
    'a typed secret: its file, never its value',
    { secrets: [{ id: 'token', from: 'input' }] },
    ['--secret', 'id=token,src=/tmp/run/secrets/0'],
  ],
  ['a secret in an odd directory', { secrets: [{ id: 'odd', from: 'input' }] }, ['--secret', 'id=odd,"src=/tmp/a,b/1"']],
  [
    'a secret of a variable',
    { secrets: [{ id: 'npm', from: 'variable', variable: 'NPM_TOKEN' }] },
    ['--secret', 'id=npm,env=NPM_TOKEN'],
  ],
  ['a secret of a file', { secrets: [{ id: 'rc', from: 'file', file: 'a/.npmrc' }] }, ['--secret', 'id=rc,src=a/.npmrc']],
  ['ssh', { ssh: ['default', 'git=/key'] }, ['--ssh', 'default', '--ssh', 'git=/key']],
  ['an SBOM', { sbom: 'true' }, [`--sbom=generator=${IMAGES.sbomScanner}`]],
  [
    'an SBOM by a copy of the scanner',
    { sbom: 'true', sbomImage: 'mirror.example/s:1' },
    ['--sbom=generator=mirror.example/s:1'],
  ],
  ['an SBOM with a generator', { sbom: 'generator=x/y:1' }, ['--sbom=generator=x/y:1']],
  [
    'caches',
    {
      caches: {
        imports: [
          { type: 'gha', attributes: {}, automatic: false },
          { type: 'registry', attributes: { ref: 'user/app:cache' }, automatic: false },
        ],
        exports: [
          { type: 'local', attributes: { dest: 'x' }, automatic: false, when: 'beside' },
          { type: 'inline', attributes: {}, automatic: false, when: 'inside' },
        ],
      },
    },
    ['--cache-from', 'type=gha,timeout=20s', '--cache-from', 'type=registry,ref=user/app:cache', '--cache-to', 'type=inline'],
  ],
  ['stages without cache', { noCacheFilters: ['base', 'test'] }, ['--no-cache-filter', 'base', '--no-cache-filter', 'test']],
  ['no-cache', { noCache: true }, ['--no-cache']],
  ['pull', { pull: true }, ['--pull']],
];

describe('each part of an order becomes its flag, and nothing else', () => {
  test.each(ADDED)('%s', (_name, over, expected) => {
    const plain = args();
    const list = args(over);
    const start = list.findIndex((word, at) => word !== plain[at]);
    expect(list.slice(start, start + expected.length)).toEqual(expected);
    expect([...list.slice(0, start), ...list.slice(start + expected.length)]).toEqual(plain);
  });

  test.each<[string, Partial<BuildOrder>, string[]]>([
    ['every name', { names: ['a/b:1', 'a/b:2'] }, ['--tag', 'a/b:1', '--tag', 'a/b:2']],
    ['a platform with a variant', { platforms: [AMD64, ARMV7] }, ['--platform', 'linux/amd64,linux/arm/v7']],
    ['provenance off', { provenance: 'false' }, ['--provenance=false']],
    ['provenance in words', { provenance: 'max' }, ['--provenance=mode=max']],
    ['provenance with more', { provenance: 'mode=min,builder-id=https://x/y' }, ['--provenance=mode=min,builder-id=https://x/y']],
    ['a context that looks like a flag', { context: '-odd' }, ['--', '-odd']],
    ['a directory', { context: 'app' }, ['--', 'app']],
  ])('%s', (_name, over, expected) => {
    expect(args(over).join('\n')).toContain(expected.join('\n'));
  });
});

test('a directory with a comma or a quote does not become another option', () => {
  const list = buildArgs(anOrder(), { ...PLACE, layout: '/tmp/a,push=true/"x"' });
  expect(list).toContain('type=oci,"dest=/tmp/a,push=true/""x""",tar=false');
});

test('the builder is ours, not the one that the order wishes for: that was decided before', () => {
  expect(args({ builder: 'other' })).toEqual(args());
});

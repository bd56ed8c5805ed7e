// The inputs of docker/setup-buildx-action: what is read, and every mistake before anything runs.

import { describe, expect, test } from '@jest/globals';
import { anEvent, inputsOf, messageOf, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const setup = (typed: Typed): object => planOf(anEvent(), typed).build.setup;

// docker/setup-buildx-action reads them with {ignoreComma: true, quote: false}.
test.each<[string, string, string[]]>([
  ['one a line', 'network=host\nimage=a/b:1', ['network=host', 'image=a/b:1']],
  ['several in one', 'env.A=1,env.B=2', ['env.A=1,env.B=2']],
  ['quotes are for buildx', '"env.no_proxy=localhost,127.0.0.1"', ['"env.no_proxy=localhost,127.0.0.1"']],
  ['a value with = and quotes', "env.A=b=c\nenv.B='x'", ['env.A=b=c', "env.B='x'"]],
  ['blanks and empty lines', '\r\n  network=host  \r\n\r\n', ['network=host']],
  ['no comments: a value may begin with #', 'env.A=#1', ['env.A=#1']],
])('driver-opts: %s', (_name, typed, driverOpts) => {
  expect(setup({ 'driver-opts': typed })).toEqual({ driverOpts, keep: false });
});

test('the others', () => {
  const inline = '[worker.oci]\n  max-parallelism = 4\n';
  expect(
    setup({
      'buildkitd-config-inline': inline,
      'buildkitd-flags': ' --debug ',
      'keep-builder': 'true',
      'builder-image': 'a/b:1',
    }),
  ).toEqual({
    image: 'a/b:1',
    driverOpts: [],
    configInline: inline.trim(),
    flags: '--debug',
    keep: true,
  });
  expect(setup({ 'buildkitd-config': 'b.toml' })).toEqual({ driverOpts: [], config: 'b.toml', keep: false });
  expect(inputsOf({ 'buildx-version': 'v0.36.1' }).buildxVersion).toBe('v0.36.1');
});

describe('mistakes', () => {
  test.each<[string, Typed, RegExp]>([
    ['no value', { 'driver-opts': 'network' }, /driver-opts: "network" is not key=value$/],
    [
      'a comma in a value',
      { 'driver-opts': 'env.A=b,c' },
      /driver-opts: "c" is not key=value; an option with commas .* "key=a,b"$/,
    ],
    ['a quote that is not closed', { 'driver-opts': '"env.A=b' }, /driver-opts: .*never closed$/],
    ['two images', { 'driver-opts': 'image=a', 'builder-image': 'b' }, /driver-opts: .*builder-image; leave one/],
    ['two files', { 'buildkitd-config': 'a', 'buildkitd-config-inline': 'b' }, /buildkitd-config: .*buildkitd-config-inline/],
    ['no version', { 'buildx-version': 'latest' }, /buildx-version: "latest" is not a version/],
    ['a Git address', { 'buildx-version': 'https://github.com/docker/buildx.git#master' }, /buildx-version: /],
  ])('%s', (_name, typed, message) => {
    expect(messageOf(() => inputsOf(typed))).toMatch(message);
  });
});

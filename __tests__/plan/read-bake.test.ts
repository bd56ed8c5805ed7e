// The inputs bake, bake-files and bake-set: what is a target, a file and an override, and what would be fetched from elsewhere.

import { describe, expect, test } from '@jest/globals';
import { hintOf, inputsOf, messageOf } from './plan-builders.ts';

test.each(['app', 'app.v1', 'tools-1-0', 'app_1', 'tools-*', 'default'])('bake: %s', bake => {
  expect(inputsOf({ bake }).bake).toBe(bake);
});

test.each([
  'https://github.com/acme/app.git',
  'http://example.com/docker-bake.hcl',
  'git@github.com:acme/app.git',
  'ssh://example.com/app',
  'github.com/acme/app',
  'git://example.com/app.git',
])('bake: %s is remote', bake => {
  expect(messageOf(() => inputsOf({ bake }))).toBe(
    `bake: "${bake}" is the address of a remote bake definition, not the name of a target`,
  );
  expect(hintOf(() => inputsOf({ bake }))).toContain('actions/checkout');
  expect(messageOf(() => inputsOf({ bake: 'app', 'bake-files': bake }))).toBe(
    `bake-files: "${bake}" is the address of a remote bake definition`,
  );
  expect(messageOf(() => inputsOf({ bake: 'app', 'bake-files': `cwd://${bake}` }))).toMatch(/^bake-files: /);
});

test.each(['app worker', 'app,worker', 'app\nworker'])('bake: %j is a matrix', bake => {
  expect(messageOf(() => inputsOf({ bake }))).toContain(
    '`strategy: {matrix: {target: [app, worker]}}` and `bake: ${{ matrix.target }}`',
  );
});

test.each(['--print', '-f', 'a/b', 'app=1', 'app;rm'])('bake: %s is no name', bake => {
  expect(messageOf(() => inputsOf({ bake }))).toBe(`bake: "${bake}" is not the name of a bake target`);
});

test('files: one a line or with commas, those of the workspace by cwd:// too, never standard input', () => {
  expect(inputsOf({ bake: 'a', 'bake-files': 'a.hcl, b.json\ncwd://c.yaml' }).bakeFiles).toEqual([
    'a.hcl',
    'b.json',
    'cwd://c.yaml',
  ]);
  expect(messageOf(() => inputsOf({ bake: 'a', 'bake-files': '-' }))).toMatch(/^bake-files: "-" \(standard input\)/);
});

describe('overrides', () => {
  test.each(['app.args.A=b=c, d', '*.platform=linux/arm64', 'app.tags+=a/b:c', 'app.args.FROM_ENVIRONMENT', 'app.output='])(
    '%s',
    entry => {
      expect(inputsOf({ bake: 'app', 'bake-set': entry }).bakeSet).toEqual([entry]);
    },
  );

  test.each(['app', 'app.platform', '=x', 'args.A'])('%s is none', entry => {
    expect(messageOf(() => inputsOf({ bake: 'app', 'bake-set': entry }))).toMatch(/^bake-set: ".+" is not target\.key=value/);
  });
});

test('rights that only bake knows are rights beside a target alone', () => {
  const allow = 'network.host,fs.read=../shared,fs=/data,ssh';
  expect(inputsOf({ bake: 'app', allow })).toMatchObject({
    allow: ['network.host'],
    bakeAllow: ['fs.read=../shared', 'fs=/data', 'ssh'],
  });
  expect(messageOf(() => inputsOf({ allow: 'ssh' }))).toMatch(/^allow: "ssh" is not one of network\.host/);
});

test('files and overrides without a target do nothing', () => {
  expect(inputsOf({ 'bake-files': 'a.hcl', 'bake-set': 'a.b=c' }).warnings).toEqual([
    'bake-files, bake-set: do nothing, because bake is empty and names no target',
  ]);
});

// What is said of caches after a build: which import did what, whether an export has anything new, names, warnings, private logins.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { CacheUse } from '../../src/build/build.ts';
import { cacheWarnings } from '../../src/build/cache-warnings.ts';
import { inOneLine } from '../../src/tools/cache-answers.ts';
import { importUses, isNothingNew } from '../../src/tools/cache-facts.ts';
import type { LegCaches } from '../../src/tools/cache-facts.ts';
import { exportField, importField } from '../../src/tools/cache-fields.ts';
import { loginsFor, makeCacheLogin } from '../../src/tools/cache-login.ts';
import { forPlatform, nameOf } from '../../src/tools/cache-names.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';
import { brief, reads, writes } from './cache-words.ts';

const errand = (name: string, error?: string): LegCaches['errands'][number] => ({
  direction: 'read',
  name,
  seconds: 1,
  ended: true,
  ...(error !== undefined && { error }),
});
const leg = (over: Partial<LegCaches> = {}): LegCaches => ({
  imports: [],
  errands: [],
  allCached: true,
  fetched: 10,
  pins: [],
  ...over,
});
const gha = (scope: string): ReturnType<typeof reads> => reads('gha', { scope });
const registry = (ref: string): ReturnType<typeof reads> => reads('registry', { ref });

test('imports: a registry by its reference, others by their order; absent is no failure; legs are told together', () => {
  const imports = [gha('a'), registry('x/y:c'), registry('x/y:d'), gha('b'), reads('s3', { bucket: 'c' })];
  const errands = [errand('gha:1'), errand('x/y:d', 'x/y:d: not found'), errand('gha:2', 'boom'), errand('x/y:c')];
  expect(brief(importUses([leg({ imports, errands })], cache => cache))).toEqual([
    'gha read: done',
    'registry read: done',
    'registry read: left out (not there yet)',
    'gha read: failed (boom)',
    's3 read: left out (the build had no use for it)',
  ]);
  const one = leg({ imports: [gha('a')], errands: [errand('gha:1')] });
  const other = leg({ imports: [gha('a')], errands: [errand('gha:1', 'boom')] });
  expect(importUses([one, other], cache => cache)).toMatchObject([{ state: 'failed', reason: 'boom', seconds: 1 }]);
  expect(importUses([one, one], cache => cache)).toMatchObject([{ state: 'done', bytes: 20 }]);
});

describe('nothing new', () => {
  const read = leg({ imports: [gha('a')], errands: [errand('gha:1')] });
  test.each<[string, LegCaches, ReturnType<typeof writes>, boolean]>([
    ['everything came from the cache that is to be written', read, writes('gha', { scope: 'a' }), true],
    ['from one that the next run reads as well', read, writes('gha', { scope: 'b' }), true],
    ['from another, and somebody typed this one', read, { ...writes('gha', { scope: 'b' }), automatic: false }, false],
    ['from another kind', read, writes('registry', { ref: 'x/y:c' }), false],
    ['a step was run', { ...read, allCached: false }, writes('gha', { scope: 'a' }), false],
    [
      'the builder had everything itself: no proof of what the cache has',
      { ...read, fetched: 0 },
      writes('gha', { scope: 'a' }),
      false,
    ],
    ['the import failed', leg({ imports: [gha('a')], errands: [errand('gha:1', 'x')] }), writes('gha', { scope: 'a' }), false],
    ['there was no import', leg(), writes('gha', { scope: 'a' }), false],
  ])('%s', (_name, build, cache, expected) => {
    expect(isNothingNew(build, cache, '/src')).toBe(expected);
  });

  test('directories are compared as paths', () => {
    const view = { ...reads('local', { src: './cache' }), automatic: false };
    const build = leg({ imports: [view], errands: [errand('local:1')] });
    const into = (dest: string): ReturnType<typeof writes> => ({ ...writes('local', { dest }), automatic: false });
    expect([isNothingNew(build, into('/src/cache'), '/src'), isNothingNew(build, into('/cache'), '/src')]).toEqual([true, false]);
  });
});

test('a cache for each platform', () => {
  const caches = {
    imports: [
      gha('a'),
      registry('h:5/x/y'),
      registry('x/y@sha256:1'),
      reads('local', { src: 'c', tag: 't' }),
      reads('local', { scope: 's' }),
    ],
    exports: [writes('s3', { bucket: 'b' }), writes('registry', { ref: `x/y:${'t'.repeat(128)}` })],
  };
  const { imports, exports } = forPlatform(caches, 'linux-arm64');
  expect(imports.map(({ attributes }) => attributes)).toEqual([
    { scope: 'a-linux-arm64' },
    { ref: 'h:5/x/y:latest-linux-arm64' },
    { ref: 'x/y@sha256:1' },
    { src: 'c/linux-arm64', tag: 't' },
    { scope: 's-linux-arm64' },
  ]);
  expect(exports.map(nameOf)).toEqual(['b/buildkit-linux-arm64', `x/y:${'t'.repeat(116)}-linux-arm64`]);
});

test('limits: every export is tolerant, and tries of the service of Actions end', () => {
  expect(importField(gha('a'))).toBe('type=gha,scope=a,timeout=20s');
  expect(importField(registry('x/y:c'))).toBe('type=registry,ref=x/y:c');
  expect(exportField(writes('gha', { scope: 'a' }))).toBe('type=gha,mode=max,scope=a,timeout=60s,ignore-error=true');
  for (const type of ['registry', 'local', 's3', 'azblob'] as const)
    expect(exportField(writes(type, {}))).toBe(`type=${type},mode=max,ignore-error=true`);
});

test('warnings: one a trouble, with what it cost; none for what is just not there', () => {
  const use = (over: Partial<CacheUse>): CacheUse => ({
    type: 'gha',
    name: 'a',
    direction: 'read',
    state: 'left out',
    seconds: 0,
    ...over,
  });
  const hung = { reason: 'its service did not answer within 3 s', trouble: true, seconds: 3 } as const;
  expect(
    cacheWarnings([
      use(hung),
      use({ ...hung, direction: 'written' }),
      use({ reason: 'not there yet' }),
      use({ state: 'done' }),
      use({ state: 'failed', direction: 'written', reason: 'boom' }),
    ]),
  ).toEqual([
    'cache gha (a) is left out: its service did not answer within 3 s. This cost 6.0 s.',
    'cache gha (a) could not be written: boom.',
  ]);
  expect(cacheWarnings([use({ ...hung, direction: 'written', seconds: 4 })], [use(hung)])).toEqual([]);
});

test('a long reason keeps its end, where the cause is', () => {
  const shown = inOneLine(`failed to copy:\n${'x'.repeat(500)} no space left on device`);
  expect(shown).toHaveLength(240);
  expect(shown).toMatch(/^failed to copy: x+…x+ no space left on device$/);
});

describe('logins of the inputs', () => {
  const credentials = [
    { registry: 'ghcr.io', username: 'u', password: 'p' },
    { registry: 'docker.io', username: 'h', password: 'q' },
  ];
  const names = (ref: string): string[] => loginsFor([registry(ref)], credentials).map(({ registry: name }) => name);

  test('only for registries that hold a cache', () => {
    expect([names('ghcr.io/a/b:c'), names('a/b'), names('quay.io/a/b'), names('not a name')]).toEqual([
      ['ghcr.io'],
      ['docker.io'],
      [],
      [],
    ]);
    expect(loginsFor([gha('a')], credentials)).toEqual([]);
  });

  test("beside everything else of the user's own, in a file that nobody else reads, and gone at the end", async () => {
    const users = join(await temporaryDirectory(), 'docker');
    await mkdir(join(users, 'buildx', 'instances'), { recursive: true });
    await writeFile(
      join(users, 'config.json'),
      JSON.stringify({ credsStore: 'desktop', auths: { 'quay.io': { auth: 'x' } }, currentContext: 'c' }),
    );
    const parent = await temporaryDirectory();
    const { env, remove } = await makeCacheLogin(parent, { DOCKER_CONFIG: users }, credentials);
    const directory = env['DOCKER_CONFIG'] ?? '';
    expect(env['BUILDX_CONFIG']).toBe(join(users, 'buildx'));
    expect(readdirSync(join(directory, 'buildx'))).toEqual(['instances']);
    const file = join(directory, 'config.json');
    expect([statSync(file).mode & 0o777, statSync(directory).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      credsStore: 'desktop',
      currentContext: 'c',
      auths: { 'quay.io': { auth: 'x' }, 'ghcr.io': { auth: 'dTpw' }, 'https://index.docker.io/v1/': { auth: 'aDpx' } },
      // Docker asks no helper for these.
      credHelpers: { 'ghcr.io': '', 'https://index.docker.io/v1/': '' },
    });
    expect(readFileSync(join(users, 'config.json'), 'utf8')).not.toContain('ghcr.io');
    await remove();
    expect(readdirSync(parent)).toEqual([]);
    expect(readdirSync(join(users, 'buildx'))).toEqual(['instances']);
  });
});

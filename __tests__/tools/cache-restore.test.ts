// Directories of `cache: local` that go through the cache of Actions: in time, not after a cancel, and never into what is read.

import { readdirSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CACHE_TIMES } from '../../src/tools/cache-answers.ts';
import type { CacheAround } from '../../src/tools/cache-around.ts';
import { lookThrough } from '../../src/tools/cache-directory.ts';
import { keepDirectory, restoreDirectory } from '../../src/tools/cache-restore.ts';
import type { CacheStore } from '../../src/tools/cache-store.ts';
import { makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';

const never = new Promise<never>(() => undefined);

async function around(store: CacheStore, limit = CACHE_TIMES.store): Promise<{ around: CacheAround; lines: string[] }> {
  const lines: string[] = [];
  const base = { run: () => never, env: {}, cwd: '.', directory: await temporaryDirectory() };
  const settings = { store };
  return { lines, around: { ...base, settings, times: { ...CACHE_TIMES, store: limit }, onLine: line => lines.push(line) } };
}
async function filled(): Promise<{ directory: string; digest: string }> {
  const directory = join(await temporaryDirectory(), 'app');
  await writeLayout(makeLayout(), directory);
  return { directory, digest: 'sha256:1' };
}
const beside = (directory: string): string[] => readdirSync(dirname(directory));

test('what is sent comes back, under the same path, on another machine', async () => {
  const place = await filled();
  const { directory } = place;
  const depot = join(await temporaryDirectory(), 'depot');
  const paths: (readonly string[])[] = [];
  const store: CacheStore = {
    save: async (_key, [path = '']) => {
      paths.push([path]);
      await cp(path, depot, { recursive: true });
    },
    restore: async (_key, [path = '']) => {
      paths.push([path]);
      await cp(depot, path, { recursive: true });
      return 'found';
    },
  };
  const { around: own, lines } = await around(store);
  expect(await keepDirectory('app', place, own)).toBeUndefined();
  expect(beside(directory)).toEqual(['app']);
  await rm(directory, { recursive: true });
  await restoreDirectory('app', directory, own);
  expect(await lookThrough(directory)).toMatchObject({ state: 'whole' });
  expect(beside(directory)).toEqual(['app']);
  expect(paths[0]).toEqual(paths[1]);
  expect(paths.flat()).not.toContain(directory);
  expect(lines).toEqual([]);
});

test('a store that never answers is waited for until the run is cancelled, and no longer', async () => {
  const { around: own, lines } = await around({ restore: () => never, save: () => never });
  const place = await filled();
  for (const work of [
    (signal: AbortSignal) => restoreDirectory('app', place.directory, own, signal),
    (signal: AbortSignal) => keepDirectory('app', place, own, signal),
  ]) {
    const stop = new AbortController();
    const working = work(stop.signal);
    setTimeout(() => stop.abort(), 20);
    await working;
    await work(AbortSignal.abort());
  }
  expect(lines).toEqual([]);
});

test('what comes in after the time is over falls into no directory that is read', async () => {
  let late = (): Promise<unknown> => never;
  const store: CacheStore = {
    save: () => never,
    restore: (_key, [path = '']) => {
      late = async () => {
        await mkdir(path, { recursive: true });
        await writeFile(join(path, 'index.json'), '{');
      };
      return never;
    },
  };
  const { around: own, lines } = await around(store, 30);
  const place = await filled();
  await restoreDirectory('app', place.directory, own);
  await late();
  expect(await lookThrough(place.directory)).toMatchObject({ state: 'whole' });
  // Nor is it sent on as if it were the fresh one.
  expect(await keepDirectory('app', place, own)).toMatch(/another run saves it/);
  expect(lines).toEqual(['the layer cache was not restored within 0 s']);
});

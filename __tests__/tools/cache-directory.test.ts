// Directories with a layer cache: looked through, frozen, replaced.

import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freeze, isReplaceable, lookThrough, replaceDirectory, sweep } from '../../src/tools/cache-directory.ts';
import { makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';

const place = async (): Promise<string> => join(await temporaryDirectory(), 'layers', 'app');
/** An image layout has the same shape as a local cache: index.json, a manifest, blobs. */
const filled = async (): Promise<string> => {
  const directory = await place();
  await writeLayout(makeLayout(), directory);
  return directory;
};

test('missing, empty, whole', async () => {
  const directory = await place();
  expect(await lookThrough(directory)).toEqual({ state: 'missing' });
  await mkdir(directory, { recursive: true });
  expect(await lookThrough(directory)).toEqual({ state: 'missing' });
  const found = await lookThrough(await filled());
  expect(found).toMatchObject({ state: 'whole', digest: expect.stringMatching(/^sha256:/) });
});

test.each<[string, (directory: string, blobs: string, largest: string) => Promise<unknown>, RegExp]>([
  ['no index.json', directory => rm(join(directory, 'index.json')), /ENOENT/],
  ['half an index.json', directory => writeFile(join(directory, 'index.json'), '{"manifests":[{"dig'), /JSON/],
  [
    'an index.json of something else',
    directory => writeFile(join(directory, 'index.json'), '{"manifests":[1]}'),
    /no table of contents/,
  ],
  [
    'an index.json that leads outside',
    directory => writeFile(join(directory, 'index.json'), '{"manifests":[{"digest":"sha256:../../x","size":1}]}'),
    /no table of contents/,
  ],
  [
    'an index.json that names nothing',
    directory => writeFile(join(directory, 'index.json'), '{"manifests":[]}'),
    /names nothing/,
  ],
  [
    'a file in its place',
    async directory => {
      await rm(directory, { recursive: true });
      await writeFile(directory, 'x');
    },
    /ENOTDIR/,
  ],
  ['no blobs', (_directory, blobs) => rm(blobs, { recursive: true }), /the blob sha256:\w+ is missing/],
])('broken: %s', async (_name, harm, reason) => {
  const directory = await filled();
  const blobs = join(directory, 'blobs', 'sha256');
  await harm(directory, blobs, '');
  expect(await lookThrough(directory)).toMatchObject({ state: 'broken', reason: expect.stringMatching(reason) });
});

test('broken: any blob that was cut off', async () => {
  const count = readdirSync(join(await filled(), 'blobs', 'sha256')).length;
  for (let at = 0; at < count; at += 1) {
    const directory = await filled();
    const name = readdirSync(join(directory, 'blobs', 'sha256')).sort()[at] ?? '';
    await truncate(join(directory, 'blobs', 'sha256', name), 1);
    const found = await lookThrough(directory);
    // Blobs that only the manifests of an index name are not a cache's, and not looked at.
    if (found.state !== 'whole')
      expect(found).toMatchObject({ reason: expect.stringContaining(`${name} has 1 bytes instead of`) });
  }
});

test('a frozen view stays as it was while the directory is replaced', async () => {
  const directory = await filled();
  const view = await freeze(directory);
  const fresh = await filled();
  await writeFile(join(fresh, 'ingest'), 'new');
  await replaceDirectory(directory, fresh);
  expect(existsSync(fresh)).toBe(false);
  expect(readdirSync(directory)).toContain('ingest');
  expect(await lookThrough(view)).toMatchObject({ state: 'whole' });
  expect(readdirSync(view)).not.toContain('ingest');
  await rm(view, { recursive: true });
  expect(readdirSync(join(directory, '..'))).toEqual(['app']);
});

test('many runs at once: one of them stays, whole, and nothing else', async () => {
  const directory = await place();
  const fresh = await Promise.all(Array.from({ length: 8 }, filled));
  await Promise.all(fresh.map(one => replaceDirectory(directory, one)));
  expect(await lookThrough(directory)).toMatchObject({ state: 'whole' });
  expect(readdirSync(join(directory, '..'))).toEqual(['app']);
});

test('only what holds nothing but a cache is replaced', async () => {
  const directory = await filled();
  expect(await isReplaceable(directory)).toBe(true);
  expect(await isReplaceable(join(directory, 'not-there'))).toBe(true);
  await writeFile(join(directory, 'thesis.doc'), 'x');
  expect(await isReplaceable(directory)).toBe(false);
  await symlink(directory, `${directory}-file`);
  await writeFile(`${directory}-plain`, 'x');
  expect(await isReplaceable(`${directory}-plain`)).toBe(false);
});

test('what was left behind is swept after a day, and only that', async () => {
  const directory = await filled();
  const beside = join(directory, '..');
  const names = ['.app.read-0123456789ab', '.other.old-0123456789ab', '.app.new-ffffffffffff', '.mine', 'other'];
  for (const name of names) await mkdir(join(beside, name));
  const old = new Date(Date.now() - 25 * 60 * 60_000);
  for (const name of names.filter(name => name !== '.app.new-ffffffffffff')) await utimes(join(beside, name), old, old);
  await sweep(directory);
  expect(readdirSync(beside).sort()).toEqual(['.app.new-ffffffffffff', '.mine', 'app', 'other']);
});

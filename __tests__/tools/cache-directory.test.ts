// Directories with a layer cache: looked through, frozen.

import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { freeze, lookThrough } from '../../src/tools/cache-directory.ts';
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

test('a frozen view has everything; where there can be none nothing is left of it', async () => {
  const directory = await filled();
  const parent = await temporaryDirectory();
  expect(await freeze(directory, join(parent, 'deep', 'view'))).toBe(true);
  await rm(directory, { recursive: true });
  expect(await lookThrough(join(parent, 'deep', 'view'))).toMatchObject({ state: 'whole' });

  const other = await filled();
  // Another file system: no hard links.
  const view = join('/dev/shm', `seaworthy-view-${process.pid}-${performance.now()}`);
  expect(await freeze(other, view)).toBe(false);
  expect(existsSync(view)).toBe(false);

  // What is there is somebody else's.
  expect(await freeze(other, join(parent, 'deep'))).toBe(false);
  expect(readdirSync(join(parent, 'deep'))).toEqual(['view']);
});

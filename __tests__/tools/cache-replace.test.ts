// Directories with a layer cache: replaced as a whole, filled where they cannot be, swept when nobody uses them any more.

import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { freeze, lookThrough } from '../../src/tools/cache-directory.ts';
import { below, besides, isReplaceable, replaceDirectory, sweep, touch } from '../../src/tools/cache-replace.ts';
import { makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';

const place = async (): Promise<string> => join(await temporaryDirectory(), 'layers', 'app');
const filled = async (directory?: string): Promise<string> => {
  const where = directory ?? (await place());
  await writeLayout(makeLayout(), where);
  return where;
};
const days = (count: number): Date => new Date(Date.now() - count * 24 * 60 * 60_000);
const names = (directory: string): string[] => readdirSync(directory).sort();
const BLOBS = ['blobs', 'sha256'] as const;
const abroad: string[] = [];
/** On another file system than temporary directories: a rename to it is refused, as onto a mount point. */
const elsewhere = async (): Promise<string> => {
  const directory = await mkdtemp('/dev/shm/seaworthy-');
  abroad.push(directory);
  return directory;
};
afterAll(async () => {
  for (const directory of abroad) await rm(directory, { recursive: true });
});

test('a frozen view stays as it was while the directory is replaced', async () => {
  const directory = await filled();
  const view = besides(directory)('read');
  await freeze(directory, view);
  const fresh = await filled();
  await writeFile(join(fresh, 'ingest'), 'new');
  await replaceDirectory(directory, fresh, besides(directory));
  expect(existsSync(fresh)).toBe(false);
  expect(readdirSync(directory)).toContain('ingest');
  expect(await lookThrough(view)).toMatchObject({ state: 'whole' });
  expect(readdirSync(view)).not.toContain('ingest');
  await rm(view, { recursive: true });
  expect(names(join(directory, '..'))).toEqual(['app']);
});

test('many runs at once: one of them stays, whole, and nothing else', async () => {
  const directory = await place();
  const fresh = await Promise.all(Array.from({ length: 8 }, () => filled()));
  await Promise.all(fresh.map(one => replaceDirectory(directory, one, besides(directory))));
  expect(await lookThrough(directory)).toMatchObject({ state: 'whole' });
  expect(names(join(directory, '..'))).toEqual(['app']);
});

test('what a user named is put aside below the directory of the run, and the link to it stays', async () => {
  const run = await temporaryDirectory();
  const workspace = await temporaryDirectory();
  const real = await filled(join(await temporaryDirectory(), 'real'));
  await symlink(real, join(workspace, 'link'));
  await symlink(join(real, '..', 'not-yet'), join(workspace, 'dangling'));
  for (const name of ['link', 'dangling', 'plain']) {
    const fresh = await filled(below(run)('new'));
    await writeFile(join(fresh, 'ingest'), name);
    await replaceDirectory(join(workspace, name), fresh, below(run));
    expect(names(join(workspace, name))).toContain('ingest');
  }
  expect(names(workspace)).toEqual(['dangling', 'link', 'plain']);
  expect(lstatSync(join(workspace, 'link')).isSymbolicLink()).toBe(true);
  expect(lstatSync(join(workspace, 'dangling')).isSymbolicLink()).toBe(true);
  expect(names(join(real, '..'))).toEqual(['not-yet', 'real']);
  expect(names(run)).toEqual([]);
});

test('what cannot be renamed is filled: whole, the same directory, without what is old, with what another run has just put there', async () => {
  const run = await temporaryDirectory();
  const directory = await filled(join(await elsewhere(), 'cache'));
  const before = names(join(directory, ...BLOBS));
  for (const name of before) await utimes(join(directory, ...BLOBS, name), days(1), days(1));
  await writeFile(join(directory, ...BLOBS, 'now'), 'x');
  const inode = statSync(directory).ino;
  const fresh = below(run)('new');
  await writeLayout(makeLayout({ images: [{ platform: { os: 'linux', architecture: 's390x' } }] }), fresh);
  const blobs = names(join(fresh, ...BLOBS));
  await replaceDirectory(directory, fresh, below(run));
  expect(statSync(directory).ino).toBe(inode);
  expect(await lookThrough(directory)).toMatchObject({ state: 'whole' });
  expect(names(join(directory, ...BLOBS))).toEqual([...blobs, 'now'].sort());
  expect(before.some(name => !blobs.includes(name))).toBe(true);
  expect(names(join(directory, '..'))).toEqual(['cache']);
  expect([names(join(directory, 'ingest')), names(run)]).toEqual([[], []]);
  expect(await isReplaceable(directory)).toBe(true);
});

test('what cannot be filled to the end is as it was before', async () => {
  const run = await temporaryDirectory();
  const place = await elsewhere();
  for (const name of ['old', 'missing']) {
    const directory = join(place, name);
    if (name === 'old') await filled(directory);
    const fresh = await filled(below(run)('new'));
    await writeFile(join(fresh, 'blobs', 'one-more'), 'x');
    // It comes last, and nobody can copy it.
    await rm(join(fresh, 'index.json'));
    await symlink('/not/there', join(fresh, 'index.json'));
    await expect(replaceDirectory(directory, fresh, below(run))).rejects.toThrow(/ENOENT/);
  }
  expect(names(place)).toEqual(['old']);
  expect(await lookThrough(join(place, 'old'))).toMatchObject({ state: 'whole' });
  expect(existsSync(join(place, 'old', 'blobs', 'one-more'))).toBe(false);
});

test('only what holds nothing but a cache is replaced', async () => {
  const directory = await filled();
  expect(await isReplaceable(directory)).toBe(true);
  expect(await isReplaceable(join(directory, 'not-there'))).toBe(true);
  await writeFile(join(directory, 'thesis.doc'), 'x');
  expect(await isReplaceable(directory)).toBe(false);
  await writeFile(`${directory}-plain`, 'x');
  expect(await isReplaceable(`${directory}-plain`)).toBe(false);
});

test('what was left behind is swept after a day, and only that', async () => {
  const directory = await filled();
  const beside = join(directory, '..');
  const left = ['.app.read-0123456789ab', '.other.old-0123456789ab', '.other.kept', '.app.new-ffffffffffff', '.mine', 'other'];
  for (const name of left) await mkdir(join(beside, name));
  for (const name of left.filter(name => name !== '.app.new-ffffffffffff')) await utimes(join(beside, name), days(2), days(2));
  await sweep(directory);
  expect(names(beside)).toEqual(['.app.new-ffffffffffff', '.mine', 'app', 'other']);
});

test('other caches are swept when nobody used them for two weeks; this one, used ones and what is no cache stay', async () => {
  const directory = await filled();
  const beside = join(directory, '..');
  for (const name of ['gone', 'used', 'young']) await filled(join(beside, name));
  await mkdir(join(beside, 'photos'));
  for (const name of ['app', 'gone', 'used', 'photos']) await utimes(join(beside, name), days(15), days(15));
  await utimes(join(beside, 'young'), days(13), days(13));
  await touch(join(beside, 'used'));
  await sweep(directory);
  expect(names(beside)).toEqual(['app', 'photos', 'used', 'young']);
});

// What a build left behind -> its place: directories grow together as with buildx, files are replaced in one step, links are never followed.

import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { copyTree, fileProblem, mergeTree, placeProblem, replaceFile } from '../../src/tools/move-output.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

const WHEN = new Date('2026-01-02T03:04:05Z');

/** A tree with a file, a directory with a mode of its own, and links. */
async function aTree(): Promise<string> {
  const from = join(await temporaryDirectory(), 'from');
  await mkdir(join(from, 'bin'), { recursive: true });
  await writeFile(join(from, 'a'), 'new');
  await writeFile(join(from, 'bin', 'tool'), 'tool', { mode: 0o755 });
  await symlink('/etc/hostname', join(from, 'link'));
  await symlink('nowhere', join(from, 'bin', 'dangling'));
  await chmod(join(from, 'bin'), 0o750);
  await utimes(join(from, 'bin', 'tool'), WHEN, WHEN);
  await utimes(join(from, 'bin'), WHEN, WHEN);
  return from;
}

test('a place that is not there is made, with its parents; modes, times and links are kept', async () => {
  const to = join(await temporaryDirectory(), 'x', 'y');
  await mergeTree(await aTree(), to);
  expect((await readdir(to)).sort()).toEqual(['a', 'bin', 'link']);
  expect((await stat(join(to, 'bin', 'tool'))).mtime).toEqual(WHEN);
  expect((await stat(join(to, 'bin'))).mode & 0o777).toBe(0o750);
  expect(await readlink(join(to, 'link'))).toBe('/etc/hostname');
});

test('a directory that is there grows: files are replaced, others stay, what is of another kind gives way, links are not followed', async () => {
  const parent = await temporaryDirectory();
  const [to, elsewhere] = [join(parent, 'to'), join(parent, 'elsewhere')];
  await mkdir(join(to, 'link', 'full'), { recursive: true });
  await mkdir(elsewhere);
  await writeFile(join(to, 'a'), 'old');
  await writeFile(join(to, 'keep'), 'keep');
  await symlink(elsewhere, join(to, 'bin'));
  await mergeTree(await aTree(), to);
  expect((await readdir(to)).sort()).toEqual(['a', 'bin', 'keep', 'link']);
  expect(await readFile(join(to, 'a'), 'utf8')).toBe('new');
  expect((await lstat(join(to, 'link'))).isSymbolicLink()).toBe(true);
  expect((await lstat(join(to, 'bin'))).isDirectory()).toBe(true);
  expect(await readdir(elsewhere)).toEqual([]);

  await writeFile(join(to, 'bin', 'mine'), 'mine');
  await mergeTree(await aTree(), to);
  expect((await readdir(join(to, 'bin'))).sort()).toEqual(['dangling', 'mine', 'tool']);
  expect((await stat(join(to, 'bin'))).mtime).toEqual(WHEN);
});

test('across file systems everything is copied as it is', async () => {
  const to = join(await temporaryDirectory('/dev/shm'), 'deep', 'to');
  const from = await aTree();
  expect((await stat('/dev/shm')).dev).not.toBe((await stat(from)).dev);
  await mergeTree(from, to);
  expect((await readdir(to)).sort()).toEqual(['a', 'bin', 'link']);
  expect((await stat(join(to, 'bin', 'tool'))).mtime).toEqual(WHEN);
  expect((await stat(join(to, 'bin', 'tool'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(to, 'bin'))).mtime).toEqual(WHEN);
  expect(await readlink(join(to, 'bin', 'dangling'))).toBe('nowhere');
  await expect(stat(from)).rejects.toThrow(/ENOENT/);

  const again = await aTree();
  await replaceFile(join(again, 'a'), join(to, 'a'));
  expect((await readdir(to)).sort()).toEqual(['a', 'bin', 'link']);
  await expect(copyTree('/dev/null', join(to, 'null'))).rejects.toThrow(/null is a device or a pipe/);
});

test('a file replaces a file, and its directory is made', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'new'), 'new');
  await mkdir(join(directory, 'out'));
  await writeFile(join(directory, 'out', 'image.tar'), 'a longer old one');
  await replaceFile(join(directory, 'new'), join(directory, 'out', 'image.tar'));
  expect(await readFile(join(directory, 'out', 'image.tar'), 'utf8')).toBe('new');
  await replaceFile(join(directory, 'out', 'image.tar'), join(directory, 'p', 'q', 'image.tar'));
  expect(await readdir(join(directory, 'p', 'q'))).toEqual(['image.tar']);
});

test('a place that cannot be written is known beforehand', async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'file'), '');
  await mkdir(join(directory, 'folder'));
  const problem = (path: string, wants: 'file' | 'directory'): Promise<string | undefined> =>
    placeProblem(join(directory, path), wants);
  expect(await problem('file', 'file')).toBeUndefined();
  expect(await problem('folder', 'directory')).toBeUndefined();
  expect(await problem('not/there/yet', 'file')).toBeUndefined();
  expect(await problem('file', 'directory')).toBe('is a file; name a directory');
  expect(await problem('folder', 'file')).toBe('is a directory; name a file');
  expect(await problem('file/below/it', 'file')).toBe(`lies below ${join(directory, 'file')}, which is a file`);
  await symlink(join(directory, 'nowhere'), join(directory, 'link'));
  expect(await problem('link', 'directory')).toBe('is a link that leads nowhere; name another place');
  expect(await problem('link/below', 'directory')).toBe(
    `lies below ${join(directory, 'link')}, which is a link that leads nowhere`,
  );
  expect(await problem('link', 'file')).toBeUndefined();
  await symlink(join(directory, 'folder'), join(directory, 'good'));
  expect(await problem('good', 'directory')).toBeUndefined();
  expect(await readdir(directory)).toEqual(['file', 'folder', 'good', 'link']);
});

test.each([
  ['EACCES', 'permission denied'],
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'the file system is read-only'],
  ['EIO', 'i/o error'],
])('%s in words', (code, words) => {
  expect(fileProblem(Object.assign(new Error('i/o error'), { code }))).toBe(words);
});

test('what no file system said is not explained', () => {
  expect(fileProblem(new Error('x'))).toBeUndefined();
  expect(fileProblem(Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG' }))).toBeUndefined();
});

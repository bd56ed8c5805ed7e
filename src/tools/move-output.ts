// What buildx left in a private directory -> its place, as buildx would have written it there: directories grow together, files replace files.

import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import {
  access,
  chmod,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';

/** Puts the directory `from` into the directory `to`, which may hold files already. Links are never followed; what stands in the way of another kind is replaced. */
export async function mergeTree(from: string, to: string): Promise<void> {
  const there = await stat(to).catch(() => undefined);
  if (there === undefined) {
    await mkdir(dirname(to), { recursive: true });
    await relocate(from, to);
    return;
  }
  await mergeInto(from, to);
}

async function mergeInto(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    const [coming, there] = await Promise.all([lstat(source), lstat(target).catch(() => undefined)]);
    if (there !== undefined && coming.isDirectory() && there.isDirectory()) {
      await mergeInto(source, target);
      await dress(target, coming);
    } else {
      if (there?.isDirectory() === true || (there !== undefined && coming.isDirectory()))
        await rm(target, { recursive: true, force: true });
      await relocate(source, target);
    }
  }
}

/** Puts the file `from` at `to`, replacing a file there, in one step. */
export async function replaceFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await relocate(from, to);
}

/** Across file systems it is copied beside its place first, so that nobody sees half of it. */
async function relocate(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const draft = join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}`);
    try {
      await copyTree(from, draft);
      await rename(draft, to);
    } catch (failure) {
      await rm(draft, { recursive: true, force: true });
      throw failure;
    }
    await rm(from, { recursive: true, force: true });
  }
}

/** A copy with modes and times, links as links; exported for its test. Throws for what is neither file, directory nor link. */
export async function copyTree(from: string, to: string): Promise<void> {
  const found = await lstat(from);
  if (found.isSymbolicLink()) {
    await symlink(await readlink(from), to);
  } else if (found.isDirectory()) {
    await mkdir(to, { mode: 0o700 });
    for (const name of await readdir(from)) await copyTree(join(from, name), join(to, name));
    await dress(to, found);
  } else if (found.isFile()) {
    await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    await dress(to, found);
  } else {
    throw new UserError(`${basename(from)} is a device or a pipe, which cannot be copied to another file system`, {
      hint: 'Write the output to the file system of RUNNER_TEMP, or take type=tar.',
    });
  }
}

async function dress(path: string, { mode, atime, mtime }: Stats): Promise<void> {
  await chmod(path, mode & 0o7777);
  await utimes(path, atime, mtime);
}

/** Why nothing can be written at `path`, in words that follow the path; undefined when it looks well. Makes nothing. */
export async function placeProblem(path: string, wants: 'file' | 'directory'): Promise<string | undefined> {
  const there = await stat(path).catch(() => undefined);
  // A file takes the place of a link.
  if (there === undefined && wants === 'directory' && (await isLink(path)))
    return 'is a link that leads nowhere; name another place';
  if (there !== undefined && there.isDirectory() !== (wants === 'directory'))
    return wants === 'file' ? 'is a directory; name a file' : 'is a file; name a directory';
  if (there !== undefined && wants === 'directory') return accessProblem(path, path);
  let parent = dirname(path);
  while ((await stat(parent).catch(() => undefined)) === undefined && dirname(parent) !== parent) {
    if (await isLink(parent)) return `lies below ${parent}, which is a link that leads nowhere`;
    parent = dirname(parent);
  }
  if (!(await stat(parent)).isDirectory()) return `lies below ${parent}, which is a file`;
  return accessProblem(parent, path);
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
}

async function accessProblem(directory: string, path: string): Promise<string | undefined> {
  try {
    await access(directory, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const where = directory === path ? '' : ` in ${directory}`;
    return `cannot be written: ${reason(error)}${where}`;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  ENOTDIR: 'a part of its path is a file',
  EISDIR: 'it is a directory',
  ENAMETOOLONG: 'its name is too long',
  EFBIG: 'the file system takes no file of this size',
};

/** What the file system said, in words. Undefined for anything else. */
export function fileProblem(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? reason(error) : undefined;
}

function reason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

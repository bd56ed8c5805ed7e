// A fresh layer cache + the directory of the old one -> the fresh one in its place, so that it neither grows for ever nor is ever half there; and what nobody uses any more, removed.

import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readlink, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';

const OURS: readonly string[] = ['index.json', 'oci-layout', 'blobs', 'ingest'];
/** Runs on one machine that replace one directory at the same moment: each time one of them is done. */
const MOST_RUNS = 100;
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** A branch that was not built for so long is merged or forgotten. */
const KEPT = 14 * DAY;

/** What a directory of this run's own beside a cache is for; it shows whoever finds it what it was. */
export type Purpose = 'read' | 'new' | 'old';

/** A path that nobody else uses. */
export type Aside = (purpose: Purpose) => string;

/** Beside `directory`, for those in a place of ours: hard links and renames always work there. */
export function besides(directory: string): Aside {
  return purpose => join(dirname(directory), `.${basename(directory)}.${purpose}-${randomBytes(6).toString('hex')}`);
}

/** Below the run's own directory, for those that a user named: beside them may be the build's context, where everything new would be built into the image. */
export function below(directory: string): Aside {
  return purpose => join(directory, `cache-${purpose}-${randomBytes(6).toString('hex')}`);
}

/** True when `directory` may be replaced as a whole: absent, empty, or holding nothing but a cache. */
export async function isReplaceable(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).every(name => OURS.includes(name));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/**
 * Puts `fresh` where `directory` is, or where it leads to when it is a link. Two runs that do so at once both succeed, and one of them stays. What cannot be renamed
 * (a mount point, or something on another file system) is filled instead. Throws when the file system refuses.
 */
export async function replaceDirectory(directory: string, fresh: string, aside: Aside): Promise<void> {
  const place = await follow(directory);
  await mkdir(dirname(place), { recursive: true });
  try {
    await swap(place, fresh, aside);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EXDEV', 'EBUSY', 'EACCES', 'EPERM'].includes(code)) throw error;
    await fill(place, fresh);
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The path without links, also where the last one leads to nothing yet. */
async function follow(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const leads = await readlink(path).catch(() => undefined);
  if (leads !== undefined) return follow(resolve(dirname(path), leads));
  return dirname(path) === path ? path : join(await follow(dirname(path)), basename(path));
}

async function swap(directory: string, fresh: string, aside: Aside): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const old = aside('old');
    await rename(directory, old).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
    try {
      await rename(fresh, directory);
      return;
    } catch (error) {
      // Somebody else was faster.
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== 'ENOTEMPTY' && code !== 'EEXIST') || tries === MOST_RUNS) throw error;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  }
}

/**
 * Blobs first, then the table of contents that names them, then what it no longer names: whoever reads meanwhile finds the old one or the new one. What fails half way
 * leaves the old one alone.
 */
async function fill(directory: string, fresh: string): Promise<void> {
  const files = await filesOf(fresh);
  const before = await filesOf(directory).catch(() => undefined);
  const last = (file: string): number => Number(basename(file) === 'index.json');
  try {
    for (const file of files.sort((one, other) => last(one) - last(other))) await copyWhole(fresh, directory, file);
  } catch (error) {
    const added = before === undefined ? [''] : files.filter(file => !before.includes(file));
    for (const file of added) await rm(join(directory, file), { recursive: true, force: true });
    throw error;
  }
  for (const file of before ?? []) {
    // Another run that fills it now has not written its table of contents yet.
    if (files.includes(file) || !(await isOlder(join(directory, file), HOUR))) continue;
    await rm(join(directory, file), { force: true });
  }
}

async function copyWhole(from: string, to: string, file: string): Promise<void> {
  const part = join(to, 'ingest', randomBytes(6).toString('hex'));
  await mkdir(dirname(part), { recursive: true });
  await mkdir(dirname(join(to, file)), { recursive: true });
  try {
    await copyFile(join(from, file), part);
    await rename(part, join(to, file));
  } finally {
    await rm(part, { force: true });
  }
}

/** Relative paths. */
async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter(entry => !entry.isDirectory()).map(entry => relative(directory, join(entry.parentPath, entry.name)));
}

/** Notes that the directory of ours was of use now. Never throws. */
export async function touch(directory: string, now: Date = new Date()): Promise<void> {
  await utimes(directory, now, now).catch(() => undefined);
}

/**
 * Removes what is beside `directory`, in a place of ours: what runs that were ended the hard way left behind, older than a day, and other caches that nobody used for
 * two weeks. Never throws.
 */
export async function sweep(directory: string, now: number = Date.now()): Promise<void> {
  const place = dirname(directory);
  for (const name of await readdir(place).catch(() => [])) {
    const path = join(place, name);
    if (path === directory) continue;
    const age = /^\..*\.(?:(?:read|new|old)-[0-9a-f]{12}|kept)$/.test(name) ? DAY : KEPT;
    if (age === KEPT && (name.startsWith('.') || !(await isCache(path)))) continue;
    if (!(await isOlder(path, age, now))) continue;
    // At once for everybody else, however long it takes.
    const old = besides(path)('old');
    const moved = await rename(path, old).then(
      () => old,
      () => path,
    );
    await rm(moved, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isCache(path: string): Promise<boolean> {
  const names: readonly string[] = await readdir(path).catch(() => []);
  return names.includes('index.json') && names.every(name => OURS.includes(name));
}

async function isOlder(path: string, age: number, now: number = Date.now()): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && now - found.mtimeMs > age;
}

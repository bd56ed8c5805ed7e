// A directory with a layer cache: looked through before it is read, and replaced as a whole when it is written, so that it neither grows for ever nor is ever half there.

import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What is found at a path: nothing, a cache with all its blobs (and their size in bytes), or something that must not be read. */
export type DirectoryState =
  | { readonly state: 'missing' }
  | { readonly state: 'whole'; readonly bytes: number; readonly digest: string }
  | { readonly state: 'broken'; readonly reason: string };

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

const OURS: readonly string[] = ['index.json', 'oci-layout', 'blobs', 'ingest'];
/** Runs on one machine that replace one directory at the same moment: each time one of them is done. */
const MOST_RUNS = 100;
/** Tables of contents; what they name are layers, whose hashes BuildKit compares while it reads. */
const LARGEST_TABLE = 16 * 1024 * 1024;

/** Looks through index.json and every blob that it leads to: there, and of the right size. Never throws. */
export async function lookThrough(directory: string): Promise<DirectoryState> {
  try {
    const names = await readdir(directory);
    if (names.length === 0) return { state: 'missing' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { state: 'missing' } : { state: 'broken', reason: message };
  }
  try {
    const index = parseTable(await readFile(join(directory, 'index.json'), 'utf8'));
    const [first] = index;
    if (first === undefined) return { state: 'broken', reason: 'its index.json names nothing' };
    let bytes = 0;
    for (const entry of index) bytes += await measure(directory, entry);
    return { state: 'whole', bytes, digest: index.at(-1)?.digest ?? first.digest };
  } catch (error) {
    return { state: 'broken', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function measure(directory: string, manifest: Descriptor): Promise<number> {
  const total = await sizeOf(directory, manifest);
  if (total > LARGEST_TABLE) throw new Error(`${manifest.digest} is no table of contents`);
  const parts = parseTable(await readFile(pathOf(directory, manifest.digest), 'utf8'));
  const sizes = await Promise.all(parts.map(part => sizeOf(directory, part)));
  return sizes.reduce((sum, size) => sum + size, total);
}

async function sizeOf(directory: string, { digest, size }: Descriptor): Promise<number> {
  const found = await stat(pathOf(directory, digest)).catch(() => undefined);
  if (found === undefined) throw new Error(`the blob ${digest} is missing`);
  if (found.size !== size) throw new Error(`the blob ${digest} has ${found.size} bytes instead of ${size}`);
  return size;
}

function pathOf(directory: string, digest: string): string {
  return join(directory, 'blobs', ...digest.split(':'));
}

/** Everything that an index, a manifest or a list of blobs names. Throws when it is none of them. */
function parseTable(text: string): readonly Descriptor[] {
  const table = JSON.parse(text) as { manifests?: unknown; layers?: unknown; config?: unknown } | null;
  const named = [table?.manifests, table?.layers, table?.config === undefined ? undefined : [table.config]];
  return named
    .filter(list => list !== undefined)
    .flatMap(list => (Array.isArray(list) ? list.map(asDescriptor) : [asDescriptor(list)]));
}

function asDescriptor(value: unknown): Descriptor {
  const { digest, size } = (value ?? {}) as { readonly digest?: unknown; readonly size?: unknown };
  if (typeof digest !== 'string' || !/^sha(?:256|512):[0-9a-f]+$/.test(digest) || typeof size !== 'number')
    throw new Error('its table of contents is no table of contents');
  return { digest, size };
}

/** A private view of the cache at `directory`, beside it and made of hard links: another run may replace it while this one reads. */
export async function freeze(directory: string): Promise<string> {
  const view = besides(directory, 'read');
  await linkTree(directory, view);
  return view;
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory()) await linkTree(join(from, entry.name), join(to, entry.name));
    else await link(join(from, entry.name), join(to, entry.name));
  }
}

/** A path beside `directory` that nobody else uses; `purpose` shows whoever finds it what it was. */
export function besides(directory: string, purpose: 'read' | 'new' | 'old'): string {
  return join(dirname(directory), `.${basename(directory)}.${purpose}-${randomBytes(6).toString('hex')}`);
}

/** True when `directory` may be replaced as a whole: absent, empty, or holding nothing but a cache. */
export async function isReplaceable(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).every(name => OURS.includes(name));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** Puts `fresh` where `directory` is. Two runs that do so at once both succeed, and one of them stays. Throws when the file system refuses. */
export async function replaceDirectory(directory: string, fresh: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  for (let tries = 0; ; tries += 1) {
    const old = besides(directory, 'old');
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

/** Removes what runs that were ended the hard way left beside `directory`, older than a day. Never throws. */
export async function sweep(directory: string, now: number = Date.now()): Promise<void> {
  const place = dirname(directory);
  const names = await readdir(place).catch(() => []);
  const left = names.filter(name => /^\..*\.(?:read|new|old)-[0-9a-f]{12}$/.test(name));
  for (const name of left) {
    const path = join(place, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && now - found.mtimeMs > DAY) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

const DAY = 24 * 60 * 60_000;

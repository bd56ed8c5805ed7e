// A directory with a layer cache -> whether it is whole, and a view of it that stays as it is.

import { link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What is found at a path: nothing, a cache with all its blobs (and their size in bytes), or something that must not be read. */
export type DirectoryState =
  | { readonly state: 'missing' }
  | { readonly state: 'whole'; readonly bytes: number; readonly digest: string }
  | { readonly state: 'broken'; readonly reason: string };

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

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

/**
 * Makes a private view of the cache at `directory`, of hard links: another run may replace it while this one reads. False, and nothing is left, where that cannot be
 * done (another file system, or one without hard links).
 */
export async function freeze(directory: string, view: string): Promise<boolean> {
  try {
    await mkdir(dirname(view), { recursive: true });
    await linkTree(directory, view);
    return true;
  } catch (error) {
    // What somebody else made is somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      await rm(view, { recursive: true, force: true }).catch(() => undefined);
    return false;
  }
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (entry.isDirectory()) await linkTree(join(from, entry.name), join(to, entry.name));
    else await link(join(from, entry.name), join(to, entry.name));
  }
}

// Files -> the bytes of a tar archive, always the same; and an archive -> a list of what is in it, with everything refused that is no plain file.

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Header, Pax } from 'tar';
import { broken } from './parse.ts';

/** A directory, bytes at hand, or bytes that are read and hashed on their way. Names of directories end in `/`. */
export type TarEntry =
  | { readonly name: string }
  | { readonly name: string; readonly bytes: Buffer }
  | {
      readonly name: string;
      readonly size: number;
      /** `sha256:...` of the bytes. */
      readonly digest: string;
      readonly read: () => AsyncIterable<Buffer>;
    };

const BLOCK = 512;
/** The beginning of 1970, nobody's: what an archive says of time and owner must not hang on the machine. */
const MTIME = new Date(0);

/** The archive's bytes. Rejects with a UserError when a file does not have its size and digest. */
export async function* packTar(entries: readonly TarEntry[], signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    signal?.throwIfAborted();
    if ('bytes' in entry) {
      yield Buffer.concat([headerOf(entry.name, entry.bytes.length), entry.bytes, padding(entry.bytes.length)]);
    } else if ('digest' in entry) {
      yield headerOf(entry.name, entry.size);
      yield* checkedBytes(entry, signal);
      yield padding(entry.size);
    } else {
      yield headerOf(entry.name, 0);
    }
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function* checkedBytes(
  { name, size, digest, read }: Extract<TarEntry, { readonly digest: string }>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let written = 0;
  for await (const chunk of read()) {
    signal?.throwIfAborted();
    hash.update(chunk);
    written += chunk.length;
    if (written > size) break;
    yield chunk;
  }
  const found = `sha256:${hash.digest('hex')}`;
  if (written !== size)
    throw broken(
      `${name} (${digest}) has ${written > size ? 'more than ' : ''}${Math.min(written, size)} bytes, ${size} are expected`,
    );
  if (found !== digest) throw broken(`${name} was changed: its bytes have the digest ${found}`);
}

function headerOf(path: string, size: number): Buffer {
  const directory = path.endsWith('/');
  const block = Buffer.alloc(BLOCK);
  const header = new Header({
    path,
    size,
    type: directory ? 'Directory' : 'File',
    mode: directory ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    mtime: MTIME,
  });
  if (header.encode(block)) throw new Error(`${path} does not fit into a tar header`);
  return block;
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** A file of an archive: its bytes are `size` bytes from `offset`. */
export interface TarFile {
  readonly name: string;
  readonly size: number;
  readonly offset: number;
}

const MOST_ENTRIES = 50_000;
const LONGEST_EXTENSION = 64 * 1024;
const FILES = ['File', 'OldFile', 'ContiguousFile'];

/**
 * Lists the files of an archive without writing anything. Refuses (UserError) absolute names, `..`, links, devices, two files of one name, and sizes
 * beyond the end. `what` names the archive in messages.
 */
export async function listTar(handle: FileHandle, what: string): Promise<TarFile[]> {
  const { size: end } = await handle.stat();
  const files = new Map<string, TarFile>();
  let extended: Pax | undefined;
  let entries = 0;
  for (let at = 0; at + BLOCK <= end;) {
    const header = new Header(await blockAt(handle, at), 0, extended);
    if (header.nullBlock) break;
    if (!header.cksumValid) throw notReadable(what, at);
    const { type, size = 0, path = '' } = header;
    const next = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (!Number.isSafeInteger(next) || size < 0 || at + BLOCK + size > end)
      throw broken(`${what}: ${nameOf(path)} is said to have ${size} bytes, but the archive ends before`);
    if ((entries += 1) > MOST_ENTRIES) throw broken(`${what} has more than ${MOST_ENTRIES} entries`);
    if (type === 'ExtendedHeader' || type === 'OldExtendedHeader') {
      extended = await extensionAt(handle, { at: at + BLOCK, size }, what);
    } else {
      if (type !== 'GlobalExtendedHeader') add(files, { header, offset: at + BLOCK, what });
      extended = undefined;
    }
    at = next;
  }
  return [...files.values()];
}

function add(
  files: Map<string, TarFile>,
  { header, offset, what }: { readonly header: Header; readonly offset: number; readonly what: string },
): void {
  const { type, size = 0, path = '' } = header;
  const name = safeName(path, what);
  if (type === 'Directory') return;
  if (!FILES.includes(type))
    throw broken(`${what}: ${nameOf(path)} is no plain file but a ${wordFor(type)}, which is never unpacked`);
  if (files.has(name)) throw broken(`${what} holds ${nameOf(name)} twice: two readers could see two images`);
  files.set(name, { name, size, offset });
}

/** The name without `./`. What leads out of the directory is refused, though only known names are ever written. */
function safeName(path: string, what: string): string {
  const parts = path.split('/').filter(part => part !== '' && part !== '.');
  if (path.startsWith('/')) throw broken(`${what}: ${nameOf(path)} is an absolute path`);
  if (parts.includes('..')) throw broken(`${what}: ${nameOf(path)} leads out of the archive's own directory`);
  return parts.join('/');
}

async function extensionAt(
  handle: FileHandle,
  { at, size }: { readonly at: number; readonly size: number },
  what: string,
): Promise<Pax> {
  if (size > LONGEST_EXTENSION) throw broken(`${what} has an extended header of ${size} bytes at ${at}`);
  const bytes = Buffer.alloc(size);
  await handle.read(bytes, 0, size, at);
  return Pax.parse(bytes.toString('utf8'), undefined, false);
}

async function blockAt(handle: FileHandle, at: number): Promise<Buffer> {
  const block = Buffer.alloc(BLOCK);
  await handle.read(block, 0, BLOCK, at);
  return block;
}

function notReadable(what: string, at: number): Error {
  return broken(
    at === 0
      ? `${what} is no tar archive (a compressed one must be unpacked first)`
      : `${what} is damaged at byte ${at}: the checksum of a header is wrong`,
  );
}

function nameOf(path: string): string {
  return JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}...` : path);
}

function wordFor(type: string): string {
  return type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

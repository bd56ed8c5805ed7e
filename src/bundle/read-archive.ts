// An OCI archive -> a Bundle in a directory: nothing but the files of a layout is unpacked, and every byte is hashed.

import { createHash } from 'node:crypto';
import { open, mkdir, readdir, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import { MANIFEST_LIMIT } from './blobs.ts';
import type { Bundle } from './bundle.ts';
import { readWholeBundle } from './bundle-file.ts';
import type { BundleFile } from './bundle-file.ts';
import { broken } from './parse.ts';
import { listTar } from './tar.ts';
import type { TarFile } from './tar.ts';

const TOP = ['oci-layout', 'index.json', 'bundle.json'];
const BLOB = /^blobs\/sha256\/([a-f0-9]{64})$/;
const CHUNK = 1024 * 1024;

/**
 * Unpacks the OCI archive `file` into `directory` (new or empty) and reads it: every blob must have the bytes that its name says, every layer those that its
 * image says, and bundle.json, where there is one, must belong to them. Throws UserError; what was unpacked is then removed.
 */
export async function readArchive(
  file: string,
  directory: string,
  signal?: AbortSignal,
): Promise<{ readonly bundle: Bundle; readonly description: BundleFile | undefined }> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new UserError(`${file} cannot be read: ${(cause as Error).message}`, {
      hint: 'Name an OCI archive, as "export" writes it.',
      cause,
    });
  });
  try {
    await checkEmpty(directory);
  } catch (error) {
    await handle.close();
    throw error;
  }
  try {
    const what = basename(file);
    const files = await listTar(handle, what);
    checkKind(files, what);
    await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
    for (const each of files.filter(({ name }) => TOP.includes(name) || BLOB.test(name)))
      await unpack(handle, each, { directory, what, signal });
    return await readWholeBundle(directory, signal);
  } catch (error) {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  } finally {
    await handle.close();
  }
}

/** What is in it would be removed when the archive is none. */
async function checkEmpty(directory: string): Promise<void> {
  const there = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UserError(`${directory} cannot be read: ${(error as Error).message}`, { hint: NEW, cause: error });
  });
  if (there.length > 0) throw new UserError(`${directory} is not empty`, { hint: NEW });
}

const NEW = 'Name a directory that is new or empty.';

function checkKind(files: readonly TarFile[], what: string): void {
  const has = (name: string): boolean => files.some(file => file.name === name);
  if (has('oci-layout') && has('index.json')) return;
  throw new UserError(`${what} is no OCI archive: it holds no ${has('oci-layout') ? 'index.json' : 'oci-layout'}`, {
    hint: has('manifest.json')
      ? 'It is an archive of "docker save" by an older engine: write it with "export", or with docker buildx build --output type=oci.'
      : 'Write it with "export", or with docker buildx build --output type=oci.',
  });
}

interface Unpacking {
  readonly directory: string;
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

async function unpack(
  handle: FileHandle,
  { name, size, offset }: TarFile,
  { directory, what, signal }: Unpacking,
): Promise<void> {
  const wanted = BLOB.exec(name)?.[1];
  if (wanted === undefined && size > MANIFEST_LIMIT) throw broken(`${what}: ${name} has ${size} bytes`);
  const hash = createHash('sha256');
  const target = await open(join(directory, name), 'wx', 0o644);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, Math.max(size, 1)));
    for (let done = 0; done < size;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - done), offset + done);
      if (bytesRead === 0) throw broken(`${what} ends in the middle of ${name}`);
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      await target.writeFile(chunk);
      done += bytesRead;
    }
  } finally {
    await target.close();
  }
  const found = hash.digest('hex');
  if (wanted !== undefined && found !== wanted)
    throw broken(`${what}: ${name} was changed: its bytes have the digest sha256:${found}`);
}

// Digests -> files of an OCI layout: where blobs lie, reading small ones with their hash checked, linking and adding them.

import { createHash } from 'node:crypto';
import { chmod, copyFile, link, lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Descriptor } from './oci.ts';
import { broken } from './parse.ts';

/** Bytes. Registries refuse larger manifests; a config is read whole as well, and its history can be long. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;
export const CONFIG_LIMIT = 16 * 1024 * 1024;
const LAYOUT_FILE = '{"imageLayoutVersion":"1.0.0"}';

/** Path of a blob; `digest` was checked to be a sha256 digest when it was parsed. */
export function blobPath(directory: string, digest: string): string {
  return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

/** `sha256:...` of these bytes. */
export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Checks that a blob is there as a regular file of the described size. `what` names it and what it belongs to. */
export async function checkFile(directory: string, blob: Descriptor, what: string): Promise<void> {
  const found = await lstat(blobPath(directory, blob.digest)).catch(() => undefined);
  if (found === undefined) throw broken(`${what} (${blob.digest}) is missing in ${directory}`);
  // A link could name any file of the machine, and the scanner refuses links as well.
  if (!found.isFile()) throw broken(`${what} (${blob.digest}) is not a regular file in ${directory}`);
  if (found.size !== blob.size) throw broken(`${what} (${blob.digest}) has ${found.size} bytes, ${blob.size} are expected`);
}

/** Reads a manifest, index or config whole; size and sha256 are checked. */
export async function readSmallBlob(directory: string, blob: Descriptor, what: string, limit: number): Promise<Buffer> {
  if (blob.size > limit) throw broken(`${what} (${blob.digest}) is larger than ${limit / 1024 / 1024} MiB`);
  await checkFile(directory, blob, what);
  const bytes = await readFile(blobPath(directory, blob.digest));
  const digest = digestOfBytes(bytes);
  if (digest !== blob.digest) throw broken(`${what} (${blob.digest}) was changed: its bytes have the digest ${digest}`);
  return bytes;
}

/** Starts a layout: makes the directory (which must be new or empty) with `oci-layout` and `blobs/`, readable for every user. */
export async function startLayout(directory: string): Promise<void> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  for (const made of [directory, join(directory, 'blobs'), join(directory, 'blobs', 'sha256')]) await chmod(made, 0o755);
  await writeReadable(join(directory, 'oci-layout'), LAYOUT_FILE);
}

/**
 * Ends a layout: its `index.json` with the descriptor of the root, and those of referrers behind it. Written last, so that a half-made layout is not taken
 * for a whole one.
 */
export async function finishLayout(directory: string, root: Descriptor, referrers: readonly Descriptor[] = []): Promise<void> {
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [root, ...referrers] };
  await writeReadable(join(directory, 'index.json'), JSON.stringify(index));
}

/** Adds bytes as a blob and returns their digest. */
export async function addBlob(directory: string, bytes: Uint8Array): Promise<string> {
  const digest = digestOfBytes(bytes);
  await writeReadable(blobPath(directory, digest), bytes);
  return digest;
}

/** Hard-links a blob into another layout; copies it where a link is not possible (another file system, another owner). A blob that is there already is left. */
export async function linkBlob(from: string, to: string, digest: string): Promise<void> {
  const source = blobPath(from, digest);
  const target = blobPath(to, digest);
  try {
    await chmod(source, 0o644);
    await link(source, target);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') return;
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EROFS', 'EACCES'].includes(code)) throw error;
    await copyFile(source, target);
    await chmod(target, 0o644);
  }
}

async function writeReadable(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content);
  await chmod(file, 0o644);
}

// Database archives by the digest of their manifest: on this machine, and in the cache service; hashed whenever they are used.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST_TYPES, type Descriptor } from '../bundle/oci.ts';
import { ToolError } from '../errors.ts';
import type { StoredManifest } from '../publish/publish.ts';
import type { CacheStore } from './cache-store.ts';
import { sha256OfFile } from './hash.ts';

const LAYER_TYPE = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';
/** Ten times what the database is today: something else would fill the disk. */
const LARGEST = 2 * 1024 ** 3;
const KEEP = 2;
const KEY = 'seaworthy-trivy-db-2-';

/** Manifest and archive, as the registry had them, in one directory. */
export interface KeptDatabase {
  /** Of the manifest: what `db-repository@…` would name. */
  readonly digest: string;
  readonly manifest: string;
  readonly archive: string;
}

/** The one layer of the artefact. Throws ToolError when it is something else. */
export function databaseLayer(manifest: Uint8Array): Descriptor {
  const parsed = parse(manifest);
  const [layer, ...more] = Array.isArray(parsed['layers']) ? (parsed['layers'] as (Partial<Descriptor> | null)[]) : [];
  const type = parsed['mediaType'];
  if (
    (type !== undefined && !MANIFEST_TYPES.some(known => known === type)) ||
    layer === null ||
    layer === undefined ||
    more.length > 0
  )
    throw broken('it is not an artefact with exactly one layer');
  const { mediaType, digest, size } = layer;
  if (mediaType !== LAYER_TYPE) throw broken(`its layer is ${mediaType ?? 'of no type'}, not ${LAYER_TYPE}`);
  if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest) || typeof size !== 'number' || size <= 0 || size > LARGEST)
    throw broken('its layer has no usable digest and size');
  return { mediaType, digest, size };
}

export interface DatabaseStore {
  readonly local: (digest: string) => Promise<KeptDatabase | undefined>;
  readonly restored: (digest: string) => Promise<KeptDatabase | undefined>;
  /** Whatever the cache service has newest, put among the kept ones. */
  readonly restoredAny: () => Promise<void>;
  readonly keep: (manifest: StoredManifest, fetch: (file: string) => Promise<void>) => Promise<KeptDatabase>;
}

/** Keeps databases below `directory`, and hands new ones to the cache service. */
export function openStore(directory: string, store: CacheStore | undefined): DatabaseStore {
  // The cache service gives files back only under the very paths that they were saved from, so these have no digest in them.
  const exchange = path.join(directory, 'exchange');
  const paths = [exchange];
  const takeRestored = async (): Promise<KeptDatabase | undefined> => {
    const found = files(exchange, '');
    const bytes = await readFile(found.manifest).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const kept = files(directoryOf(directory, digest), digest);
    await moveTo(exchange, path.dirname(kept.manifest));
    return sound(kept);
  };
  return {
    local: digest => sound(files(directoryOf(directory, digest), digest)),
    restored: async digest => {
      if ((await store?.restore(KEY + digest.slice(7), paths)) === undefined) return undefined;
      const kept = await takeRestored();
      return kept?.digest === digest ? kept : undefined;
    },
    restoredAny: async () => {
      if ((await store?.restore(`${KEY}any`, paths, [KEY])) !== undefined) await takeRestored();
    },
    keep: async (manifest, fetch) => {
      const partial = await mkdtemp(path.join(directory, 'partial-'));
      try {
        await fetch(files(partial, '').archive);
        await writeFile(files(partial, '').manifest, manifest.bytes);
        const kept = files(directoryOf(directory, manifest.digest), manifest.digest);
        await moveTo(partial, path.dirname(kept.manifest));
        await prune(directory, manifest.digest);
        if (store !== undefined) await share(kept, exchange, store, paths);
        return kept;
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    },
  };
}

/** All kept databases, newest download first. Not yet hashed. */
export async function keptDatabases(directory: string): Promise<KeptDatabase[]> {
  const names = (await readdir(directory)).filter(name => /^[0-9a-f]{64}$/.test(name));
  const found = await Promise.all(
    names.map(async name => {
      const kept = files(path.join(directory, name), `sha256:${name}`);
      return { kept, time: (await stat(kept.archive).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  return found.sort((a, b) => b.time - a.time).map(({ kept }) => kept);
}

/** A private copy of the archive, hashed after it was copied, so that nobody can exchange it any more. Throws ToolError. */
export async function verifiedDatabase(kept: KeptDatabase, directory: string): Promise<string> {
  const manifest = await readFile(kept.manifest);
  const seen = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
  if (seen !== kept.digest) throw broken(`the kept manifest has the digest ${seen}, not ${kept.digest}`);
  const layer = databaseLayer(manifest);
  const copy = path.join(directory, 'db.tar.gz');
  await copyFile(kept.archive, copy);
  const digest = `sha256:${await sha256OfFile(copy)}`;
  if (digest !== layer.digest) throw broken(`the kept archive has the digest ${digest}, not ${layer.digest}`);
  return copy;
}

async function share(kept: KeptDatabase, exchange: string, store: CacheStore, paths: readonly string[]): Promise<void> {
  await rm(exchange, { recursive: true, force: true });
  await mkdir(exchange);
  await copyFile(kept.manifest, files(exchange, '').manifest);
  await copyFile(kept.archive, files(exchange, '').archive);
  await store.save(KEY + kept.digest.slice(7), paths);
  await rm(exchange, { recursive: true, force: true });
}

/** Undefined, and removed, when a byte of it is not what the digests say. */
async function sound(kept: KeptDatabase): Promise<KeptDatabase | undefined> {
  try {
    const manifest = await readFile(kept.manifest);
    const right = `sha256:${createHash('sha256').update(manifest).digest('hex')}` === kept.digest;
    if (right && `sha256:${await sha256OfFile(kept.archive)}` === databaseLayer(manifest).digest) return kept;
  } catch {
    // Not there, or not readable as what it should be: fetched again.
  }
  await rm(path.dirname(kept.manifest), { recursive: true, force: true });
  return undefined;
}

/** Another job of this machine may have put the same database there a moment ago: then that one is as good. */
async function moveTo(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    await rm(from, { recursive: true, force: true });
  }
}

async function prune(directory: string, digest: string): Promise<void> {
  const others = (await keptDatabases(directory)).filter(kept => kept.digest !== digest);
  for (const kept of others.slice(KEEP - 1)) await rm(path.dirname(kept.manifest), { recursive: true, force: true });
}

function directoryOf(directory: string, digest: string): string {
  return path.join(directory, digest.replace('sha256:', ''));
}

function files(directory: string, digest: string): KeptDatabase {
  return { digest, manifest: path.join(directory, 'manifest.json'), archive: path.join(directory, 'db.tar.gz') };
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw broken('its manifest is not JSON');
}

function broken(what: string): ToolError {
  return new ToolError(`this is no vulnerability database of Trivy: ${what}`, { tool: 'trivy-db' });
}

// Mirrors of the vulnerability database -> one verified, unpacked database for this run, and how old it is.

import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { Cancelled, explain, ToolError, UserError } from '../errors.ts';
import type { Registry } from '../publish/publish.ts';
import type { DatabaseFacts } from '../scan/scan.ts';
import type { CacheStore } from './cache-store.ts';
import type { Run } from './command.ts';
import { databaseLayer, keptDatabases, openStore, verifiedDatabase, type KeptDatabase } from './trivy-db-store.ts';
import { unpackDatabase, type Unpacked } from './trivy-db-unpack.ts';

/** In the order in which they are asked. */
export const DATABASE_MIRRORS: readonly string[] = ['mirror.gcr.io/aquasec/trivy-db:2', 'ghcr.io/aquasecurity/trivy-db:2'];

export interface DatabaseOptions {
  readonly registry: Pick<Registry, 'manifest' | 'fetchBlob'>;
  /** Repositories with tag or digest (tag 2 when there is none), asked in this order; DATABASE_MIRRORS when empty. */
  readonly mirrors: readonly string[];
  /** Kept between jobs (RUNNER_TOOL_CACHE/seaworthy/trivy-db): manifest and archive as the registry had them, hashed before each use. */
  readonly cache: string;
  /** Private to this run: the database is unpacked below it. */
  readonly directory: string;
  readonly maxAgeSeconds: number;
  readonly run: Run;
  readonly store?: CacheStore;
  readonly now?: () => Date;
  readonly signal?: AbortSignal;
}

export interface PreparedDatabase {
  /** For Trivy's `--cache-dir`. */
  readonly cacheDirectory: string;
  readonly facts: DatabaseFacts;
  /** Mirrors that failed, and whether the age was compared with any of them. */
  readonly notes: readonly string[];
}

/**
 * Asks the mirrors which database is the present one, takes it from the cache or from the mirror, and unpacks it. When all of them are
 * too old, the first is used: the facts say how old it is, and the scan makes that an error. With all mirrors down the newest kept one that is young enough is used, and that is said.
 * Throws UserError naming the mirrors when there is none.
 */
export async function prepareDatabase(options: DatabaseOptions): Promise<PreparedDatabase> {
  const mirrors = (options.mirrors.length > 0 ? options.mirrors : DATABASE_MIRRORS).map(parseMirror);
  await mkdir(options.cache, { recursive: true });
  await mkdir(options.directory, { recursive: true });
  const notes: string[] = [];
  let stale: Omit<PreparedDatabase, 'notes'> | undefined;
  for (const mirror of mirrors) {
    try {
      const prepared = await unpack(await fromMirror(mirror, options), mirror.text, options);
      if (prepared.facts.ageSeconds <= options.maxAgeSeconds) return { ...prepared, notes };
      stale ??= prepared;
      notes.push(`vulnerability database: ${mirror.text} has one of ${prepared.facts.updatedAt}, which is too old`);
    } catch (error) {
      if (error instanceof Cancelled || options.signal?.aborted === true) throw error;
      notes.push(`vulnerability database: ${mirror.text} failed: ${explain(error).message}`);
    }
  }
  return stale === undefined ? lastGood(options, notes) : { ...stale, notes };
}

interface Mirror {
  readonly image: string;
  readonly reference: string;
  /** As typed. */
  readonly text: string;
}

/** `ghcr.io/aquasecurity/trivy-db:2`, `host:5000/db`, `host/db@sha256:…`. */
function parseMirror(text: string): Mirror {
  const digest = /^([^@]+)@(sha256:[0-9a-f]{64})$/.exec(text);
  if (digest !== null) return { image: digest[1] ?? '', reference: digest[2] ?? '', text };
  const [, image, tag] = /^(.+?)(?::([\w][\w.-]{0,127}))?$/.exec(text) ?? [];
  if (image === undefined || text.includes('@') || /\s/.test(text))
    throw new UserError(`db-repository: "${text}" is not a repository`, { hint: `Write it like ${DATABASE_MIRRORS[1] ?? ''}.` });
  return { image, reference: tag ?? '2', text };
}

/** The database that the mirror names today: kept from before when it is the same, fetched otherwise. */
async function fromMirror(mirror: Mirror, options: DatabaseOptions): Promise<KeptDatabase> {
  const manifest = await options.registry.manifest(mirror.image, mirror.reference);
  if (manifest === undefined) throw new ToolError(`${mirror.image} has no ${mirror.reference}`, { tool: 'trivy-db' });
  const layer = databaseLayer(manifest.bytes);
  const store = openStore(options.cache, options.store);
  const known = (await store.local(manifest.digest)) ?? (await store.restored(manifest.digest));
  if (known !== undefined) return known;
  return store.keep(manifest, file => options.registry.fetchBlob(mirror.image, layer, file));
}

async function unpack(
  kept: KeptDatabase,
  repository: string | undefined,
  options: DatabaseOptions,
): Promise<Omit<PreparedDatabase, 'notes'>> {
  // One directory for each attempt: a stale database may have to serve after all.
  const cacheDirectory = await mkdtemp(path.join(options.directory, 'trivy-cache-'));
  const unpacked = await unpackDatabase(await verifiedDatabase(kept, options.directory), cacheDirectory, options.run);
  return { cacheDirectory, facts: factsOf(unpacked, kept.digest, repository, options) };
}

function factsOf(unpacked: Unpacked, digest: string, repository: string | undefined, options: DatabaseOptions): DatabaseFacts {
  const now = options.now?.() ?? new Date();
  return {
    version: unpacked.version,
    updatedAt: unpacked.updatedAt,
    ageSeconds: ageOf(unpacked.updatedAt, now),
    maxAgeSeconds: options.maxAgeSeconds,
    digest,
    ...(repository === undefined ? {} : { repository }),
  };
}

/** A clock may be a little off; a database from next week would never grow old. NaN is older than anything. */
function ageOf(updatedAt: string, now: Date): number {
  const seconds = (now.getTime() - Date.parse(updatedAt)) / 1000;
  return seconds < -86_400 ? Number.NaN : seconds;
}

/** No mirror answers: the newest database that this machine or the cache service has, if it is young enough. */
async function lastGood(options: DatabaseOptions, failures: readonly string[]): Promise<PreparedDatabase> {
  await openStore(options.cache, options.store).restoredAny();
  for (const kept of await keptDatabases(options.cache)) {
    const prepared = await unpack(kept, undefined, options).catch(() => undefined);
    if (prepared === undefined || !(prepared.facts.ageSeconds <= options.maxAgeSeconds)) continue;
    const { updatedAt } = prepared.facts;
    return {
      ...prepared,
      notes: [
        ...failures,
        `vulnerability database: the one of ${updatedAt}, kept from before, is used; not compared with any mirror`,
      ],
    };
  }
  throw new UserError(
    `no vulnerability database: ${failures.map(failure => failure.replace('vulnerability database: ', '')).join('; ')}`,
    {
      hint: 'Name a mirror that this runner can reach with db-repository; a database that was kept from before is used while it is younger than max-db-age.',
    },
  );
}

// The vulnerability database from mirrors in memory: order, caches, age, and what happens when nobody answers.

import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync as gzip } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { MEDIA } from '../../src/bundle/oci.ts';
import { Cancelled, ToolError, UserError } from '../../src/errors.ts';
import type { CacheStore } from '../../src/tools/cache-store.ts';
import { run } from '../../src/tools/command.ts';
import { DATABASE_MIRRORS, prepareDatabase } from '../../src/tools/trivy-db.ts';
import type { DatabaseOptions } from '../../src/tools/trivy-db.ts';
import { sha256, tar, temporaryDirectory } from '../fakes/layouts.ts';
import { memoryRegistry } from '../fakes/registry.ts';
import type { MemoryRegistry } from '../fakes/registry.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const LAYER = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';
const [FIRST = '', SECOND = ''] = DATABASE_MIRRORS;
const imageOf = (mirror: string): string => mirror.replace(/:2$/, '');

interface Database {
  readonly updatedAt?: string;
  readonly metadata?: unknown;
  readonly content?: string;
  readonly mediaType?: string;
  /** Bytes that the registry hands out instead of the archive. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Puts a database on a mirror; resolves to the digest of its manifest. */
function offer(registry: MemoryRegistry, mirror: string, database: Database = {}): string {
  const metadata = database.metadata ?? { Version: 2, UpdatedAt: database.updatedAt ?? '2026-11-21T06:00:00Z' };
  const files = database.files ?? { 'trivy.db': database.content ?? 'advisories', 'metadata.json': JSON.stringify(metadata) };
  const archive = gzip(tar(files));
  const layer = { mediaType: database.mediaType ?? LAYER, digest: sha256(archive), size: archive.length };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.manifest, config: layer, layers: [layer] }));
  const repository = registry.repository(imageOf(mirror));
  repository.blobs.set(layer.digest, archive);
  repository.manifests.set(sha256(bytes), { digest: sha256(bytes), mediaType: MEDIA.manifest, bytes });
  repository.tags.set('2', sha256(bytes));
  return sha256(bytes);
}

interface World {
  readonly registry: MemoryRegistry;
  readonly options: DatabaseOptions;
  readonly fetched: () => string[];
}

async function world(change: Partial<DatabaseOptions> = {}): Promise<World> {
  const directory = await temporaryDirectory();
  const registry = memoryRegistry();
  const options: DatabaseOptions = {
    registry,
    mirrors: [],
    cache: path.join(directory, 'cache'),
    directory: path.join(directory, 'job'),
    maxAgeSeconds: 48 * 3600,
    run,
    now: () => NOW,
    ...change,
  };
  return {
    registry,
    options,
    fetched: () => registry.calls.filter(({ verb }) => verb === 'fetchBlob').map(({ image }) => image),
  };
}

/** A cache service in memory that behaves like GitHub's: files come back only under the paths that they were saved from. */
function memoryStore(): CacheStore & { readonly keys: () => string[] } {
  const saved = new Map<string, Map<string, Buffer>>();
  return {
    keys: () => [...saved.keys()],
    async restore(key, paths, prefixes = []) {
      const found = saved.has(key) ? key : [...saved.keys()].findLast(name => prefixes.some(prefix => name.startsWith(prefix)));
      if (found === undefined) return undefined;
      for (const [file, bytes] of saved.get(found) ?? []) {
        if (!paths.some(root => file.startsWith(`${root}/`))) return undefined;
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, bytes);
      }
      return found;
    },
    async save(key, paths) {
      const files = new Map<string, Buffer>();
      for (const root of paths)
        for (const name of await readdir(root)) files.set(path.join(root, name), await readFile(path.join(root, name)));
      saved.set(key, files);
    },
  };
}

describe('the present database', () => {
  test('comes from the first mirror, unpacked where Trivy looks, readable for others', async () => {
    const { registry, options, fetched } = await world();
    const digest = offer(registry, FIRST);
    offer(registry, SECOND, { content: 'other' });
    const { facts, cacheDirectory, notes } = await prepareDatabase(options);
    expect(facts).toEqual({
      version: 2,
      updatedAt: '2026-11-21T06:00:00Z',
      ageSeconds: 6 * 3600,
      maxAgeSeconds: 48 * 3600,
      digest,
      repository: FIRST,
    });
    expect(notes).toEqual([]);
    expect(fetched()).toEqual([imageOf(FIRST)]);
    expect(await readFile(path.join(cacheDirectory, 'db', 'trivy.db'), 'utf8')).toBe('advisories');
    for (const [name, mode] of [
      ['', 0o755],
      ['trivy.db', 0o644],
      ['metadata.json', 0o644],
    ] as const)
      expect((await stat(path.join(cacheDirectory, 'db', name))).mode & 0o777).toBe(mode);
  });

  test('rule 24: is asked for each time, fetched once', async () => {
    const { registry, options, fetched } = await world();
    offer(registry, FIRST);
    const one = await prepareDatabase(options);
    const two = await prepareDatabase(options);
    expect(two.facts).toEqual(one.facts);
    expect(two.cacheDirectory).not.toBe(one.cacheDirectory);
    expect(fetched()).toHaveLength(1);
  });

  test('rule 24: a new one is fetched', async () => {
    const { registry, options, fetched } = await world();
    offer(registry, FIRST);
    await prepareDatabase(options);
    const digest = offer(registry, FIRST, { content: 'more advisories' });
    expect((await prepareDatabase(options)).facts.digest).toBe(digest);
    expect(fetched()).toHaveLength(2);
  });

  test.each(['manifest.json', 'db.tar.gz'])('rule 24: a kept %s that was changed is fetched again', async name => {
    const { registry, options, fetched } = await world();
    const digest = offer(registry, FIRST);
    await prepareDatabase(options);
    await writeFile(path.join(options.cache, digest.slice(7), name), gzip(tar({ 'trivy.db': 'emptied', 'metadata.json': '{}' })));
    const { cacheDirectory } = await prepareDatabase(options);
    expect(await readFile(path.join(cacheDirectory, 'db', 'trivy.db'), 'utf8')).toBe('advisories');
    expect(fetched()).toHaveLength(2);
  });

  test('a digest or a tag of its own, a registry with a port', async () => {
    const { registry, options } = await world();
    const mirror = 'registry.example:5000/mirror/trivy-db';
    const digest = offer(registry, `${mirror}:2`);
    for (const written of [mirror, `${mirror}:2`, `${mirror}@${digest}`])
      expect((await prepareDatabase({ ...options, mirrors: [written] })).facts).toMatchObject({ digest, repository: written });
  });

  test('no more than two are kept', async () => {
    const { registry, options } = await world();
    for (const content of ['a', 'b', 'c', 'd']) {
      offer(registry, FIRST, { content });
      await prepareDatabase(options);
    }
    expect(await readdir(options.cache)).toHaveLength(2);
  });
});

describe('the next mirror', () => {
  test.each<[string, (registry: MemoryRegistry) => void, string]>([
    ['when the first has nothing', () => undefined, 'has no 2'],
    [
      'when the first fails',
      registry =>
        (registry.before = ({ image }) => {
          if (image === imageOf(FIRST)) throw new ToolError('429 TOOMANYREQUESTS', { tool: 'registry' });
        }),
      'TOOMANYREQUESTS',
    ],
    [
      'when the first breaks during the download',
      registry => {
        offer(registry, FIRST);
        registry.before = ({ image, verb }) => {
          if (image === imageOf(FIRST) && verb === 'fetchBlob') throw new Error('ECONNRESET');
        };
      },
      'ECONNRESET',
    ],
    [
      'when the first has an image instead',
      registry => void offer(registry, FIRST, { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }),
      'no vulnerability database',
    ],
    [
      'when the first has an archive without a database',
      registry => void offer(registry, FIRST, { files: { readme: 'x' } }),
      'could not be unpacked',
    ],
    [
      'when the first does not say its age',
      registry => void offer(registry, FIRST, { metadata: { Version: 2 } }),
      'when it was made',
    ],
    ['when the first is too old', registry => void offer(registry, FIRST, { updatedAt: '2026-11-18T06:00:00Z' }), 'too old'],
  ])('%s, and says so', async (_, prepare, says) => {
    const { registry, options } = await world();
    const digest = offer(registry, SECOND, { content: 'second' });
    prepare(registry);
    const { facts, notes } = await prepareDatabase(options);
    expect(facts).toMatchObject({ digest, repository: SECOND });
    expect(notes).toEqual([expect.stringContaining(FIRST)]);
    expect(notes[0]).toContain(says);
  });

  test('when all are too old, the first is used: the scan makes that an error', async () => {
    const { registry, options } = await world();
    const digest = offer(registry, FIRST, { updatedAt: '2026-11-01T06:00:00Z' });
    offer(registry, SECOND, { updatedAt: '2026-11-02T06:00:00Z', content: 'x' });
    const { facts } = await prepareDatabase(options);
    expect(facts.digest).toBe(digest);
    expect(facts.ageSeconds).toBeGreaterThan(facts.maxAgeSeconds);
  });

  test('a database from next year has no age', async () => {
    const { registry, options } = await world({ mirrors: [FIRST] });
    offer(registry, FIRST, { updatedAt: '2027-11-21T06:00:00Z' });
    expect((await prepareDatabase(options)).facts.ageSeconds).toBeNaN();
  });
});

describe('no mirror answers', () => {
  const down = (registry: MemoryRegistry): void => {
    registry.before = () => {
      throw new ToolError('connection refused', { tool: 'registry' });
    };
  };

  test('rule 24: the last good one is used and said to be not compared', async () => {
    const { registry, options } = await world();
    const digest = offer(registry, FIRST);
    await prepareDatabase(options);
    down(registry);
    const { facts, notes } = await prepareDatabase(options);
    expect(facts).toMatchObject({ digest, ageSeconds: 6 * 3600 });
    expect(notes).toHaveLength(3);
    expect(notes[2]).toContain('not compared');
  });

  test('rule 24: an old one is not, and the error names mirrors and input', async () => {
    const { registry, options } = await world();
    offer(registry, FIRST);
    await prepareDatabase(options);
    down(registry);
    const error: unknown = await prepareDatabase({ ...options, now: () => new Date('2026-11-24T12:00:00Z') }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    for (const mirror of DATABASE_MIRRORS) expect((error as UserError).message).toContain(mirror);
    expect((error as UserError).hint).toContain('db-repository');
  });

  test('a kept one that was changed is not used', async () => {
    const { registry, options } = await world();
    const digest = offer(registry, FIRST);
    await prepareDatabase(options);
    down(registry);
    await writeFile(
      path.join(options.cache, digest.slice(7), 'db.tar.gz'),
      gzip(tar({ 'trivy.db': 'emptied', 'metadata.json': '{}' })),
    );
    await expect(prepareDatabase(options)).rejects.toBeInstanceOf(UserError);
  });

  test('a cancelled run does not ask the next mirror', async () => {
    const stop = new AbortController();
    const { registry, options } = await world({ signal: stop.signal });
    registry.before = () => {
      stop.abort();
      throw new Cancelled('cancelled');
    };
    await expect(prepareDatabase(options)).rejects.toBeInstanceOf(Cancelled);
    expect(registry.calls).toHaveLength(1);
  });

  test.each(['two words', 'host/db@sha256:short', ''])('"%s" is no repository', async mirror => {
    const { options } = await world({ mirrors: [mirror] });
    await expect(prepareDatabase(options)).rejects.toThrow(/db-repository/);
  });
});

describe('between runs', () => {
  test('a new machine gets it from the cache service, under the digest that the registry names today', async () => {
    const store = memoryStore();
    const { registry, options, fetched } = await world({ store });
    const digest = offer(registry, FIRST);
    await prepareDatabase(options);
    expect(store.keys()).toEqual([`seaworthy-trivy-db-2-${digest.slice(7)}`]);
    await rm(options.cache, { recursive: true });
    expect((await prepareDatabase(options)).facts.digest).toBe(digest);
    expect(fetched()).toHaveLength(1);
  });

  test('what the cache service returns is hashed: a poisoned entry is not used', async () => {
    const store = memoryStore();
    const { registry, options, fetched } = await world({ store });
    const digest = offer(registry, FIRST);
    const exchange = path.join(options.cache, 'exchange');
    await mkdir(exchange, { recursive: true });
    const manifest = registry.repository(imageOf(FIRST)).manifests.get(digest)?.bytes ?? '';
    await writeFile(path.join(exchange, 'manifest.json'), manifest);
    await writeFile(path.join(exchange, 'db.tar.gz'), gzip(tar({ 'trivy.db': 'emptied', 'metadata.json': '{}' })));
    await store.save(`seaworthy-trivy-db-2-${digest.slice(7)}`, [exchange]);
    await rm(options.cache, { recursive: true });
    const { cacheDirectory } = await prepareDatabase(options);
    expect(await readFile(path.join(cacheDirectory, 'db', 'trivy.db'), 'utf8')).toBe('advisories');
    expect(fetched()).toHaveLength(1);
  });

  test('with all mirrors down, the newest of the cache service is used, and said to be not compared', async () => {
    const store = memoryStore();
    const { registry, options } = await world({ store });
    const digest = offer(registry, FIRST);
    await prepareDatabase(options);
    await rm(options.cache, { recursive: true });
    registry.before = () => {
      throw new Error('down');
    };
    const { facts, notes } = await prepareDatabase(options);
    expect(facts.digest).toBe(digest);
    expect(notes.join()).toContain('not compared');
  });
});

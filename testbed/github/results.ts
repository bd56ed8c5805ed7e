/** The results service: caches and artifacts, as JSON over twirp. Answers are snake_case, the only form that BuildKit's client reads. */
import { createHash, randomUUID } from 'node:crypto';
import type { Blobs } from './blobs.ts';
import { credential, jsonOf, type Answer, type Call } from './http.ts';
import type { Artifact, CacheEntry, EnvironmentOptions } from './types.ts';
import { now } from './world.ts';

const CACHE = '/twirp/github.actions.results.api.v1.CacheService/';
const ARTIFACTS = '/twirp/github.actions.results.api.v1.ArtifactService/';

interface Upload {
  readonly blob: string;
  readonly order: number;
  size: number | undefined;
}
type CacheUpload = Upload & { readonly key: string; readonly version: string };
type ArtifactUpload = Upload & { readonly name: string; readonly type: string; readonly createdAt: string };

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** GitHub's numbers for what a token may do with caches. */
const CACHE_RIGHTS = { none: 0, read: 1, 'write-only': 2, write: 3 } as const;

/** The runtime token of a job. Clients read its claims and nobody checks its signature. */
export function runtimeToken(ref: string, mode: EnvironmentOptions['cacheMode'] = 'write'): string {
  const seconds = Math.floor(Date.now() / 1000);
  const scopes = mode === 'none' ? [] : [{ Scope: ref, Permission: CACHE_RIGHTS[mode] }];
  const payload = {
    nbf: seconds - 300,
    exp: seconds + 21_600,
    ac: JSON.stringify(scopes),
    scp: `Actions.Results:${randomUUID()}:${randomUUID()}`,
    orchid: randomUUID(),
  };
  return `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}.${encode(createHash('sha256').update(payload.orchid).digest('hex'))}`;
}

/** What the token of a request allows: bit 1 read, bit 2 write; undefined when it is no runtime token. */
function rights(call: Call): number | undefined {
  try {
    const payload: unknown = JSON.parse(Buffer.from((credential(call) ?? '').split('.')[1] ?? '', 'base64url').toString('utf8'));
    const scopes = JSON.parse((payload as { ac: string }).ac) as { Permission: number }[];
    return scopes.reduce((all, scope) => all | scope.Permission, 0);
  } catch {
    return undefined;
  }
}

const failure = (status: number, code: string, msg: string): Answer => ({ status, body: { code, msg } });
const ok = (body: object): Answer => ({ status: 200, body: { ok: true, ...body } });

interface Sent {
  readonly key?: string;
  readonly version?: string | number;
  readonly restore_keys?: readonly string[];
  readonly size_bytes?: string | number;
  readonly name?: string;
  readonly size?: string | number;
  readonly name_filter?: string | { readonly value?: string };
  readonly mime_type?: string | { readonly value?: string };
}

/** Clients write an optional text as text or wrapped into an object. */
const unwrap = (value: Sent['name_filter']): string | undefined => (typeof value === 'string' ? value : value?.value);

export class Results {
  readonly #blobs: Blobs;
  readonly #base: () => string;
  readonly #caches = new Map<string, CacheUpload>();
  readonly #artifacts = new Map<string, ArtifactUpload>();
  #order = 0;

  constructor(blobs: Blobs, base: () => string) {
    this.#blobs = blobs;
    this.#base = base;
  }

  get caches(): CacheEntry[] {
    return [...this.#caches.values()].flatMap(({ key, version, size }) => (size === undefined ? [] : { key, version, size }));
  }

  get artifacts(): Artifact[] {
    return [...this.#artifacts.values()].flatMap(({ name, size, blob }) =>
      size === undefined ? [] : { name, size, bytes: this.#blobs.get(blob) ?? Buffer.alloc(0) },
    );
  }

  /** Answers requests to the service; undefined for others. */
  answer(call: Call): Answer | undefined {
    if (!call.path.startsWith('/twirp/')) return undefined;
    const may = rights(call);
    if (may === undefined) return failure(401, 'unauthenticated', 'invalid runtime token');
    const sent = jsonOf(call);
    if (call.method !== 'POST' || typeof sent !== 'object' || sent === null)
      return failure(400, 'malformed', 'POST with JSON expected');
    if (call.path.startsWith(CACHE)) return this.#cache(call.path.slice(CACHE.length), sent, may);
    if (call.path.startsWith(ARTIFACTS)) return this.#artifact(call.path.slice(ARTIFACTS.length), sent);
    return failure(404, 'bad_route', `no handler for ${call.path}`);
  }

  #upload(): Upload {
    this.#order += 1;
    return { blob: this.#blobs.create(), order: this.#order, size: undefined };
  }

  #cache(method: string, sent: Sent, may: number): Answer {
    const key = sent.key ?? '';
    const version = String(sent.version ?? '');
    const id = `${key}\0${version}`;
    if (key === '' || key.length > 512) return failure(400, 'invalid_argument', 'key must have 1 to 512 characters');
    if (method === 'CreateCacheEntry') {
      if ((may & 2) === 0)
        return { status: 200, body: { ok: false, message: 'cache write denied: token has no writable scopes' } };
      if (this.#caches.has(id)) {
        return failure(409, 'already_exists', 'cache entry with the same key, version, and scope already exists');
      }
      const upload = this.#upload();
      this.#caches.set(id, { ...upload, key, version });
      return ok({ signed_upload_url: this.#blobs.url(this.#base(), upload.blob) });
    }
    if (method === 'FinalizeCacheEntryUpload') return this.#finish(this.#caches.get(id), sent.size_bytes, 'entry_id');
    if (method !== 'GetCacheEntryDownloadURL') return failure(404, 'bad_route', method);
    if ((may & 1) === 0) return failure(403, 'permission_denied', 'cache read denied: token has no readable scopes');
    const found = this.#find(key, version, sent.restore_keys ?? []);
    if (found === undefined) return { status: 200, body: { ok: false } };
    return ok({ signed_download_url: this.#blobs.url(this.#base(), found.blob), matched_key: found.key });
  }

  /** The exact key, else the newest entry that begins with a restore key, in their order. */
  #find(key: string, version: string, restoreKeys: readonly string[]): CacheUpload | undefined {
    const finished = [...this.#caches.values()].filter(entry => entry.size !== undefined && entry.version === version);
    const newest = finished.sort((a, b) => b.order - a.order);
    const exact = newest.find(entry => entry.key === key);
    if (exact !== undefined) return exact;
    return restoreKeys.map(prefix => newest.find(entry => entry.key.startsWith(prefix))).find(entry => entry !== undefined);
  }

  #finish(upload: Upload | undefined, size: string | number | undefined, id: string): Answer {
    const bytes = upload === undefined ? undefined : this.#blobs.get(upload.blob);
    if (upload === undefined || bytes === undefined) return failure(404, 'not_found', 'no such upload');
    if (bytes.length !== Number(size)) return failure(400, 'invalid_argument', `size ${bytes.length} is not ${String(size)}`);
    upload.size = bytes.length;
    return ok({ [id]: upload.blob });
  }

  #artifact(method: string, sent: Sent): Answer {
    const name = sent.name ?? '';
    const found = this.#artifacts.get(name);
    if (method === 'CreateArtifact') {
      if (found !== undefined)
        return failure(409, 'already_exists', 'an artifact with this name already exists on the workflow run');
      const upload = this.#upload();
      // Without the type on download clients save the archive instead of unpacking it.
      const type = unwrap(sent.mime_type) ?? 'application/zip';
      this.#artifacts.set(name, { ...upload, name, type, createdAt: now() });
      return ok({ signed_upload_url: this.#blobs.url(this.#base(), upload.blob) });
    }
    if (method === 'FinalizeArtifact') return this.#finish(found, sent.size, 'artifact_id');
    if (method === 'ListArtifacts') return { status: 200, body: { artifacts: this.#list(unwrap(sent.name_filter)) } };
    if (found?.size === undefined) return failure(404, 'not_found', `no artifact named ${name}`);
    if (method === 'GetSignedArtifactURL') {
      return { status: 200, body: { signed_url: this.#blobs.url(this.#base(), found.blob, encodeURIComponent(found.type)) } };
    }
    if (method !== 'DeleteArtifact') return failure(404, 'bad_route', method);
    this.#artifacts.delete(name);
    return ok({ artifact_id: found.blob });
  }

  #list(filter: string | undefined): unknown[] {
    return [...this.#artifacts.values()]
      .filter(artifact => artifact.size !== undefined && (filter === undefined || artifact.name === filter))
      .map(({ name, blob, size, createdAt }) => ({
        workflow_run_backend_id: 'run',
        workflow_job_run_backend_id: 'job',
        database_id: blob,
        name,
        size: String(size),
        created_at: createdAt,
      }));
  }
}

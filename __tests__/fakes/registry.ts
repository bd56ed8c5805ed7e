// An in-memory Registry for stories: keeps manifests, tags and blobs per repository, refuses what real ones refuse, notes every request, fails where told.

import { readFile } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { blobPath, digestOfBytes } from '../../src/bundle/blobs.ts';
import { INDEX_TYPES, type Descriptor, type Index, type Manifest } from '../../src/bundle/oci.ts';
import { ToolError } from '../../src/errors.ts';
import type { Registry, StoredManifest } from '../../src/publish/publish.ts';

/** One call, in the order in which they were made. */
export interface Call {
  readonly verb:
    | 'resolve'
    | 'manifest'
    | 'blob'
    | 'fetchBlob'
    | 'pushBlob'
    | 'pushManifest'
    | 'referrers'
    | 'pushReferrer'
    | 'sign'
    | 'verify';
  readonly image: string;
  /** Tag, digest of a manifest or digest of a blob. */
  readonly what: string;
}

export interface Repository {
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  readonly blobs: Map<string, Buffer>;
}

export interface MemoryRegistry extends Registry {
  readonly calls: Call[];
  repository(image: string): Repository;
  /** Calls that changed something. */
  writes(): Call[];
  /** Is asked before each call; what it throws is what the caller gets, and the call has no effect. */
  before: (call: Call, number: number) => void;
  /** Is asked after each call that had its effect: a crash here loses only the answer. */
  after: (call: Call, number: number) => void;
  /** Notes a call that others make against the same repository (a signer). */
  note(call: Call): void;
}

/** Writes that change nothing (a blob that is there) do not count as writes; see `writes`. */
export function memoryRegistry(): MemoryRegistry {
  const repositories = new Map<string, Repository>();
  const calls: Call[] = [];
  const effective = new Set<Call>();
  const repository = (image: string): Repository => {
    const found = repositories.get(image) ?? { manifests: new Map(), tags: new Map(), blobs: new Map() };
    repositories.set(image, found);
    return found;
  };
  const step = async <T>(call: Call, effect: () => T | Promise<T>): Promise<T> => {
    calls.push(call);
    const number = calls.length;
    self.before(call, number);
    // Let others in between, as a network would.
    await Promise.resolve();
    const value = await effect();
    self.after(call, number);
    return value;
  };
  const find = (image: string, reference: string): StoredManifest | undefined => {
    const { manifests, tags } = repository(image);
    return manifests.get(reference.includes(':') ? reference : (tags.get(reference) ?? ''));
  };
  const self: MemoryRegistry = {
    calls,
    repository,
    before: () => undefined,
    after: () => undefined,
    note: call => {
      calls.push(call);
      self.before(call, calls.length);
    },
    writes: () => calls.filter(call => call.verb === 'pushManifest' || call.verb === 'pushReferrer' || effective.has(call)),
    resolve: (image, what) =>
      step({ verb: 'resolve', image, what }, () => {
        const found = find(image, what);
        return found && { digest: found.digest, mediaType: found.mediaType };
      }),
    manifest: (image, what) => step({ verb: 'manifest', image, what }, () => find(image, what)),
    blob: (image, blob) => step({ verb: 'blob', image, what: blob.digest }, () => bytesOf(repository(image), image, blob)),
    fetchBlob: (image, blob, file) =>
      step({ verb: 'fetchBlob', image, what: blob.digest }, () => writeFile(file, bytesOf(repository(image), image, blob))),
    pushBlob: (image, blob, bundle, mountFrom) => {
      const call: Call = { verb: 'pushBlob', image, what: blob.digest };
      return step(call, async () => {
        const { blobs } = repository(image);
        if (blobs.has(blob.digest)) return 'present';
        effective.add(call);
        const source = mountFrom.find(one => hostOf(one) === hostOf(image) && repository(one).blobs.has(blob.digest));
        const bytes =
          source === undefined
            ? await readFile(blobPath(bundle.directory, blob.digest))
            : repository(source).blobs.get(blob.digest);
        if (bytes === undefined || digestOfBytes(bytes) !== blob.digest)
          throw new ToolError(`blob ${blob.digest} of the bundle changed since it was scanned`, { tool: 'registry' });
        blobs.set(blob.digest, bytes);
        return source === undefined ? 'sent' : 'mounted';
      });
    },
    pushManifest: (image, what, manifest) =>
      step({ verb: 'pushManifest', image, what }, () => {
        accept(repository(image), what, manifest);
      }),
    referrers: (image, what) => step({ verb: 'referrers', image, what }, () => attachedTo(repository(image), what)),
    pushReferrer: (image, _subject, manifest) =>
      step({ verb: 'pushReferrer', image, what: manifest.digest }, () => {
        accept(repository(image), manifest.digest, manifest);
      }),
  };
  return self;
}

function hostOf(image: string): string {
  return image.split('/')[0] ?? '';
}

function bytesOf(repository: Repository, image: string, blob: Descriptor): Buffer {
  const bytes = repository.blobs.get(blob.digest);
  if (bytes === undefined) throw new ToolError(`${image} has no blob ${blob.digest}`, { tool: 'registry' });
  return bytes;
}

/** As a registry with the referrers API does: whoever names the digest as its subject. */
function attachedTo({ manifests }: Repository, digest: string): Descriptor[] {
  return [...manifests.values()].flatMap(({ mediaType, digest: own, bytes }) => {
    const { subject, artifactType } = JSON.parse(Buffer.from(bytes).toString('utf8') || '{}') as Partial<Manifest>;
    if (subject?.digest !== digest) return [];
    return [{ mediaType, digest: own, size: bytes.length, ...(artifactType !== undefined && { artifactType }) }];
  });
}

/** As distribution does: children before parents, blobs before manifests, and the digest must be the bytes'. */
function accept(repository: Repository, what: string, manifest: StoredManifest): void {
  const digest = digestOfBytes(manifest.bytes);
  if (digest !== manifest.digest || (what.includes(':') && what !== digest))
    throw new ToolError('DIGEST_INVALID', { tool: 'registry' });
  const document = JSON.parse(Buffer.from(manifest.bytes).toString('utf8')) as Index & Manifest;
  const missing = INDEX_TYPES.includes(manifest.mediaType)
    ? document.manifests.find(child => !repository.manifests.has(child.digest))
    : [document.config, ...document.layers].find(blob => !repository.blobs.has(blob.digest));
  if (missing !== undefined) throw new ToolError(`MANIFEST_BLOB_UNKNOWN ${missing.digest}`, { tool: 'registry' });
  repository.manifests.set(digest, { digest, mediaType: manifest.mediaType, bytes: manifest.bytes });
  if (!what.includes(':')) repository.tags.set(what, digest);
}

// An image in a registry -> a Bundle on disk: root, children, attestation manifests, configs and layers, every hash checked.

import { chmod } from 'node:fs/promises';
import { inParallel } from '../parallel.ts';
import type { Platform } from '../plan/platform.ts';
import { addBlob, blobPath, finishLayout, startLayout } from './blobs.ts';
import type { Bundle } from './bundle.ts';
import { ATTESTATION_ARTIFACT, INDEX_TYPES, MANIFEST_TYPES, MEDIA, type Descriptor, type Manifest } from './oci.ts';
import { broken, parseIndex, parseManifest, parseObject } from './parse.ts';
import { readBundle } from './read.ts';

/** What pulling needs of a registry; tools/registry implements it. */
export interface LayoutSource {
  /** GET of a manifest, its digest recomputed from the bytes; undefined when it is not there. */
  manifest(
    image: string,
    reference: string,
  ): Promise<{ readonly digest: string; readonly mediaType: string; readonly bytes: Uint8Array } | undefined>;
  /** Fetches a blob into `file`, size and digest checked while it arrives. */
  fetchBlob(image: string, blob: Descriptor, file: string): Promise<void>;
  /** What is attached to a manifest; what the descriptors say of its type is hearsay. */
  referrers(image: string, digest: string): Promise<readonly Descriptor[]>;
}

export interface PullOrder {
  readonly registry: LayoutSource;
  readonly image: string;
  readonly digest: string;
  /** New or empty. */
  readonly directory: string;
  /** Repositories that may have what is attached to the images, the likeliest first; without it nothing attached is looked for. */
  readonly attachedIn?: readonly string[];
}

const PARALLEL_BLOBS = 5;
/** Larger than any honest image; they stop an index that was made to keep us busy. */
const MAX_MANIFESTS = 1000;
const MAX_DEPTH = 4;
/** Of one image; more than anybody would attach in good faith. */
const MOST_REFERRERS = 30;

/** Pulls the image and reads it as a bundle; `platforms` must be there. */
export async function pullBundle(order: PullOrder & { readonly platforms: readonly Platform[] }): Promise<Bundle> {
  await pullLayout(order);
  return readBundle(order.directory, { digest: order.digest, platforms: order.platforms });
}

/** Makes an OCI layout of exactly `image@digest`. Its index.json is written last: a half-pulled layout is not taken for a whole one. */
export async function pullLayout(order: PullOrder): Promise<void> {
  await startLayout(order.directory);
  const blobs = new Map<string, Descriptor>();
  const walk: Walk = { order, blobs, images: new Set(), seen: new Set() };
  const root = await pullManifest(walk, { digest: order.digest }, 0);
  await pullBlobs(order.registry, order.image, order.directory, [...blobs.values()]);
  const referrers = await pullReferrers({ ...order, repositories: order.attachedIn ?? [], images: walk.images });
  await finishLayout(order.directory, root, referrers);
}

/** The largest first; each is readable for a scanner that runs as another user. */
async function pullBlobs(registry: LayoutSource, image: string, directory: string, blobs: readonly Descriptor[]): Promise<void> {
  const largestFirst = [...blobs].sort((a, b) => b.size - a.size);
  await inParallel(largestFirst, PARALLEL_BLOBS, async blob => {
    const file = blobPath(directory, blob.digest);
    await registry.fetchBlob(image, blob, file);
    await chmod(file, 0o644);
  });
}

interface ReferrersOrder {
  readonly registry: LayoutSource;
  readonly repositories: readonly string[];
  /** Digests of image manifests. */
  readonly images: Iterable<string>;
  readonly directory: string;
}

/** Fetches the attestations that are attached to the images, from the first repository that has any for an image; others' artifacts (signatures) stay where they are. */
async function pullReferrers({ registry, repositories, images, directory }: ReferrersOrder): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for (const subject of images) {
    for (const image of repositories) {
      const own = await pullAttached(registry, image, subject, directory);
      found.push(...own);
      if (own.length > 0) break;
    }
  }
  return found;
}

async function pullAttached(registry: LayoutSource, image: string, subject: string, directory: string): Promise<Descriptor[]> {
  const listed = (await registry.referrers(image, subject)).filter(({ mediaType }) => mediaType === MEDIA.manifest);
  const found: Descriptor[] = [];
  for (const { digest } of listed.slice(0, MOST_REFERRERS)) {
    const stored = await registry.manifest(image, digest);
    const attestation = stored && attestationOf(stored.bytes, subject);
    if (stored === undefined || attestation === undefined || found.some(one => one.digest === digest)) continue;
    await pullBlobs(registry, image, directory, [attestation.config, ...attestation.layers]);
    if ((await addBlob(directory, stored.bytes)) !== digest)
      throw broken(`${image}@${digest} has other bytes than its digest says`);
    const { length: size } = stored.bytes;
    found.push({ mediaType: MEDIA.manifest, digest, size, artifactType: ATTESTATION_ARTIFACT });
  }
  return found;
}

/** The manifest when it is an attestation of ours about this image. Whatever else is attached is others' business. */
function attestationOf(bytes: Uint8Array, subject: string): Manifest | undefined {
  try {
    const manifest = parseManifest(bytes, 'referrer');
    const statements = manifest.layers.every(({ mediaType }) => mediaType.startsWith('application/vnd.in-toto'));
    const ours = manifest.artifactType === ATTESTATION_ARTIFACT && manifest.subject?.digest === subject && statements;
    return ours ? manifest : undefined;
  } catch {
    return undefined;
  }
}

interface Walk {
  readonly order: PullOrder;
  readonly blobs: Map<string, Descriptor>;
  /** Digests of manifests that are no index. */
  readonly images: Set<string>;
  readonly seen: Set<string>;
}

/** Stores one manifest and all below it; notes the blobs to fetch. */
async function pullManifest(
  walk: Walk,
  wanted: Partial<Descriptor> & { readonly digest: string },
  depth: number,
): Promise<Descriptor> {
  const { order, seen, blobs } = walk;
  const what = `manifest ${order.image}@${wanted.digest}`;
  if (depth > MAX_DEPTH || seen.size > MAX_MANIFESTS) throw broken(`${order.image}@${order.digest} lists manifests without end`);
  const stored = await order.registry.manifest(order.image, wanted.digest);
  if (stored === undefined) throw broken(`${what} is not in the registry`);
  const { bytes } = stored;
  if ((await addBlob(order.directory, bytes)) !== wanted.digest) throw broken(`${what} has other bytes than its digest says`);
  if (wanted.size !== undefined && wanted.size !== bytes.length)
    throw broken(`${what} has ${bytes.length} bytes, ${wanted.size} are expected`);
  seen.add(wanted.digest);
  const mediaType = wanted.mediaType ?? mediaTypeOf(bytes, stored.mediaType, what);
  if (INDEX_TYPES.includes(mediaType)) {
    for (const child of parseIndex(bytes, what).manifests) {
      if (!seen.has(child.digest)) await pullManifest(walk, child, depth + 1);
    }
  } else if (MANIFEST_TYPES.includes(mediaType)) {
    const { config, layers } = parseManifest(bytes, what);
    for (const blob of [config, ...layers]) blobs.set(blob.digest, blob);
    walk.images.add(wanted.digest);
  } else {
    throw broken(`${what} has the unknown media type ${mediaType}; an image index or an image manifest is expected`);
  }
  return { mediaType, digest: wanted.digest, size: bytes.length };
}

/** What the document says of itself counts more than a header, which a proxy may have rewritten. */
function mediaTypeOf(bytes: Uint8Array, header: string, what: string): string {
  const said = parseObject(bytes, what)['mediaType'];
  return typeof said === 'string' && said !== '' ? said : header;
}

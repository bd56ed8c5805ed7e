// An image in a registry -> a Bundle on disk: root, children, attestation manifests, configs and layers, every hash checked.

import { chmod } from 'node:fs/promises';
import { inParallel } from '../parallel.ts';
import type { Platform } from '../plan/platform.ts';
import { addBlob, blobPath, finishLayout, startLayout } from './blobs.ts';
import type { Bundle } from './bundle.ts';
import { INDEX_TYPES, MANIFEST_TYPES, type Descriptor } from './oci.ts';
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
}

export interface PullOrder {
  readonly registry: LayoutSource;
  readonly image: string;
  readonly digest: string;
  /** New or empty. */
  readonly directory: string;
}

const PARALLEL_BLOBS = 5;
/** Larger than any honest image; they stop an index that was made to keep us busy. */
const MAX_MANIFESTS = 1000;
const MAX_DEPTH = 4;

/** Pulls the image and reads it as a bundle; `platforms` must be there. */
export async function pullBundle(order: PullOrder & { readonly platforms: readonly Platform[] }): Promise<Bundle> {
  await pullLayout(order);
  return readBundle(order.directory, { digest: order.digest, platforms: order.platforms });
}

/** Makes an OCI layout of exactly `image@digest`. Its index.json is written last: a half-pulled layout is not taken for a whole one. */
export async function pullLayout(order: PullOrder): Promise<void> {
  await startLayout(order.directory);
  const blobs = new Map<string, Descriptor>();
  const walk: Walk = { order, blobs, seen: new Set() };
  const root = await pullManifest(walk, { digest: order.digest }, 0);
  await inParallel(
    [...blobs.values()].sort((a, b) => b.size - a.size),
    PARALLEL_BLOBS,
    async blob => {
      const file = blobPath(order.directory, blob.digest);
      await order.registry.fetchBlob(order.image, blob, file);
      // The scanner may run as another user.
      await chmod(file, 0o644);
    },
  );
  await finishLayout(order.directory, root);
}

interface Walk {
  readonly order: PullOrder;
  readonly blobs: Map<string, Descriptor>;
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

// One repository gets the bundle: blobs, manifests by digest, what is attached to them, signature, verification. No tag of the plan is touched here.

import type { Bundle } from '../bundle/bundle.ts';
import { INDEX_TYPES, type Descriptor } from '../bundle/oci.ts';
import { ToolError } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import { pushReferrers } from './push-referrers.ts';
import type { BlobOutcome, Registry, Signer, StoredManifest, TargetResult } from './publish.ts';

/** Registries that count requests (ghcr.io) get along with five at a time; more is not faster (measured). */
const PARALLEL_BLOBS = 5;

export interface TargetOrder {
  readonly image: string;
  readonly bundle: Bundle;
  /** Bytes of every manifest of the bundle, referrers included, by digest, hashed when they were read. */
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  readonly registry: Registry;
  /** Undefined: signing is off. */
  readonly signer: Signer | undefined;
  /** Go into the signed statement, and are demanded of it. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Repositories that are complete already. */
  readonly mountFrom: readonly string[];
  readonly onProgress: (line: string) => void;
}

/** Counted while it happens, so that a failed target tells how far it got. */
export interface BlobCounts {
  sent: number;
  sentBytes: number;
  mounted: number;
  present: number;
}

/** Resolves when the root digest is there, signed and verified. */
export async function pushTarget(
  order: TargetOrder,
  counts: BlobCounts,
): Promise<Pick<TargetResult, 'signature' | 'verified' | 'attestations'>> {
  await pushBlobs(order, counts);
  await pushManifests(order);
  const attached = await pushReferrers(order);
  return { ...attached, ...(await signTarget(order)) };
}

async function pushBlobs(order: TargetOrder, counts: BlobCounts): Promise<void> {
  const { image, bundle, registry, mountFrom, onProgress } = order;
  const biggestFirst = [...bundle.blobs].sort((a, b) => b.size - a.size);
  await inParallel(biggestFirst, PARALLEL_BLOBS, async blob => {
    const outcome = await registry.pushBlob(image, blob, bundle, mountFrom);
    count(counts, blob, outcome);
    if (outcome !== 'present') onProgress(`${image}: ${outcome} ${blob.digest.slice(0, 19)} (${mebibytes(blob.size)})`);
  });
  onProgress(
    `${image}: ${counts.sent} blob(s) sent (${mebibytes(counts.sentBytes)}), ${counts.mounted} mounted, ${counts.present} already there`,
  );
}

function count(counts: BlobCounts, blob: Descriptor, outcome: BlobOutcome): void {
  counts[outcome] += 1;
  if (outcome === 'sent') counts.sentBytes += blob.size;
}

/** Children before parents, always by digest; what is there is not written again (some registries refuse that). */
async function pushManifests(order: TargetOrder): Promise<void> {
  const { image, bundle, registry, onProgress } = order;
  const put = async (descriptor: Descriptor): Promise<void> => {
    if ((await registry.resolve(image, descriptor.digest)) !== undefined) return;
    await registry.pushManifest(image, descriptor.digest, storedManifest(order, descriptor.digest));
  };
  const leaves = bundle.manifests.filter(one => one.digest !== bundle.root.digest && !INDEX_TYPES.includes(one.mediaType));
  const parents = bundle.manifests.filter(one => !leaves.includes(one));
  await inParallel(leaves, PARALLEL_BLOBS, put);
  for (const parent of parents) await put(parent);
  const root = await registry.resolve(image, bundle.root.digest);
  if (root?.digest !== bundle.root.digest)
    throw new ToolError(`${image} does not have ${bundle.root.digest} after it was pushed (${root?.digest ?? 'not found'})`, {
      tool: 'registry',
      hint: 'The registry took the image and lost it: run again, and look into its log if this comes back.',
    });
  onProgress(`${image}: ${bundle.manifests.length} manifest(s) in place, ${bundle.root.digest}`);
}

function storedManifest(order: TargetOrder, digest: string): StoredManifest {
  const manifest = order.manifests.get(digest);
  if (manifest === undefined) throw new Error(`the bundle has no manifest ${digest}`);
  return manifest;
}

/** A signature of ours that verifies is enough: another one would only add up, cosign does not replace (promise 6). */
async function signTarget(order: TargetOrder): Promise<Pick<TargetResult, 'signature' | 'verified'>> {
  const { image, signer, onProgress } = order;
  const { digest } = order.bundle.root;
  if (signer === undefined) return { signature: 'off', verified: false };
  if (await signer.verify(image, digest)) {
    onProgress(`${image}: already signed by ${signer.identity.description}, verified`);
    return { signature: 'already there', verified: true };
  }
  await signer.sign(image, digest, order.annotations);
  if (!(await signer.verify(image, digest, order.annotations)))
    throw new ToolError(`the signature on ${image}@${digest} was written, but does not verify`, {
      tool: 'cosign',
      hint: `It must verify as ${signer.identity.description}. No tag was moved.`,
    });
  onProgress(`${image}: signed by ${signer.identity.description}, verified`);
  return { signature: 'added', verified: true };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

// Bundle -> nothing, or the error that names the first blob whose bytes are not what the manifests say.

import { platformName } from '../plan/platform.ts';
import { blobPath, MANIFEST_LIMIT, readSmallBlob } from './blobs.ts';
import type { Bundle } from './bundle.ts';
import type { Descriptor } from './oci.ts';
import { broken } from './parse.ts';
import { hashBlob } from './unpack.ts';

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Told after each blob; bytes of blobs as stored. */
  readonly onProgress?: (done: { readonly bytes: number; readonly total: number }) => void;
}

/** Hashing is bound by the processor: more at once only costs memory. */
const PARALLEL = 3;

/**
 * Reads every blob once: its sha256 and size, and for layers the sha256 of the unpacked bytes, which must be the diff_id of the config
 * (scanners key their analysis by diff_id, so a lie there hides a layer from them). Throws UserError naming blob and image.
 */
export async function verifyBlobs(bundle: Bundle, options: VerifyOptions = {}): Promise<void> {
  await verifyManifests(bundle);
  const uses = layerUses(bundle);
  const total = bundle.blobs.reduce((sum, blob) => sum + blob.size, 0);
  const queue = [...bundle.blobs].sort((a, b) => b.size - a.size);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  let bytes = 0;
  const work = async (): Promise<void> => {
    for (let blob = queue.shift(); blob !== undefined; blob = queue.shift()) {
      signal.throwIfAborted();
      await verifyBlob(bundle, blob, uses.get(blob.digest) ?? [], signal);
      bytes += blob.size;
      options.onProgress?.({ bytes, total });
    }
  };
  const workers = Array.from({ length: PARALLEL }, () =>
    work().catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  await Promise.all(workers).finally(() => Promise.allSettled(workers));
}

/** The quick form, for the moment before the first write: every manifest and index still has its bytes. */
export async function verifyManifests(bundle: Bundle): Promise<void> {
  const all = [...bundle.manifests, ...bundle.referrers.map(referrer => referrer.manifest)];
  for (const manifest of all) await readSmallBlob(bundle.directory, manifest, 'manifest', MANIFEST_LIMIT);
}

/** A layer as one image uses it. */
interface Use {
  readonly image: string;
  readonly diffId: string;
}

function layerUses(bundle: Bundle): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const image of bundle.images) {
    image.layers.forEach((layer, at) => {
      const list = uses.get(layer.digest) ?? [];
      list.push({ image: `${platformName(image.platform)} (${image.manifest.digest})`, diffId: image.diffIds[at] ?? '' });
      uses.set(layer.digest, list);
    });
  }
  return uses;
}

async function verifyBlob(bundle: Bundle, blob: Descriptor, uses: readonly Use[], signal: AbortSignal): Promise<void> {
  const what = `blob ${blob.digest} of ${uses[0]?.image ?? ownerOf(bundle, blob)}`;
  const found = await hashBlob(blobPath(bundle.directory, blob.digest), uses.length > 0, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw broken(`${what} cannot be unpacked: ${(error as Partial<Error>).message ?? String(error)}`, error);
  });
  if (found.digest !== blob.digest) throw broken(`${what} was changed: its bytes have the digest ${found.digest}`);
  if (found.size !== blob.size) throw broken(`${what} has ${found.size} bytes, its manifest says ${blob.size}`);
  for (const use of uses) {
    if (found.diffId !== use.diffId) {
      throw broken(
        `layer ${blob.digest} of ${use.image} unpacks to ${found.diffId ?? 'nothing'}, but its config says ${use.diffId}`,
      );
    }
  }
}

function ownerOf(bundle: Bundle, blob: Descriptor): string {
  const image = bundle.images.find(candidate => candidate.config.digest === blob.digest);
  return image === undefined ? 'an attestation' : `${platformName(image.platform)} (${image.manifest.digest})`;
}

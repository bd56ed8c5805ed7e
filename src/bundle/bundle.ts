// A Bundle is an OCI layout plus bundle.json: the one artefact that every stage after the build works on.

import type { Platform } from '../plan/platform.ts';
import type { Descriptor } from './oci.ts';

/** One runnable image of the bundle. */
export interface PlatformImage {
  readonly platform: Platform;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly diffIds: readonly string[];
  /** Labels of the image config. Nothing else of the config travels on: Env and history may hold secrets. */
  readonly labels: Readonly<Record<string, string>>;
  readonly created?: string;
  /** Attestation manifests in the index that speak of this image. */
  readonly attestations: readonly Descriptor[];
}

/** An attestation manifest that is attached to an image instead of standing in the index (rules 20). */
export interface Referrer {
  /** Digest of the image manifest. */
  readonly subject: string;
  readonly manifest: Descriptor;
}

export interface Bundle {
  /** Where oci-layout, index.json and blobs/ are. */
  readonly directory: string;
  /** The index (or the lone image manifest) that is published: its digest is the digest of everything. */
  readonly root: Descriptor;
  /** In the order of the root index. */
  readonly images: readonly PlatformImage[];
  /** Every manifest and index, children before parents, the root last; each digest once. */
  readonly manifests: readonly Descriptor[];
  /** Further entries of the layout's index.json: not part of the root, and published beside it. */
  readonly referrers: readonly Referrer[];
  /** Every config and layer blob, each digest once; those of referrers too. */
  readonly blobs: readonly Descriptor[];
}

// Bundle + Plan + Verdict -> Publication: everything by digest, signed, verified; tags last.

import type { Bundle } from '../bundle/bundle.ts';
import type { Descriptor } from '../bundle/oci.ts';

/** A manifest as a registry has it. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What happened to one blob. */
export type BlobOutcome = 'present' | 'mounted' | 'sent';

/** The registry as the stages need it; tools/registry implements it. Every call retries what is worth retrying and throws UserError or ToolError otherwise. */
export interface Registry {
  /** HEAD of a tag or digest; undefined when it is absent, or not readable although the login was accepted (a repository that does not exist yet). */
  resolve(image: string, reference: string): Promise<{ readonly digest: string; readonly mediaType: string } | undefined>;
  /** GET of a manifest, its digest recomputed from the bytes; undefined when it is not there. */
  manifest(image: string, reference: string): Promise<StoredManifest | undefined>;
  /** GET of a small blob (an image config) into memory, size and digest checked. */
  blob(image: string, blob: Descriptor): Promise<Uint8Array>;
  /** Fetches a blob into `file`, size and digest checked while it arrives. */
  fetchBlob(image: string, blob: Descriptor, file: string): Promise<void>;
  /** Sends a blob of the bundle unless it is there or can be mounted from `mountFrom` of the same registry; bytes are hashed while they leave. */
  pushBlob(image: string, blob: Descriptor, bundle: Bundle, mountFrom: readonly string[]): Promise<BlobOutcome>;
  /** PUT of exactly these bytes under a tag or digest; the digest that the registry answers is compared. */
  pushManifest(image: string, reference: string, manifest: StoredManifest): Promise<void>;
  /** What is attached to a manifest, as the referrers API says, or the tag that stands in where a registry has none. What a descriptor says of its type is hearsay. `expected`: what was just attached; it is waited for a while. */
  referrers(image: string, digest: string, expected?: string): Promise<readonly Descriptor[]>;
  /** PUT of a manifest that is attached to `subject`, listed afterwards: where the registry does not list it by itself, it is added to the tag that stands in. */
  pushReferrer(image: string, subject: string, manifest: StoredManifest & { readonly artifactType: string }): Promise<void>;
}

/** Who must have signed, for messages and for the lines that users copy. */
export interface SignerIdentity {
  readonly method: 'key' | 'keyless';
  /** The certificate identity and issuer, or how the public key is found. */
  readonly description: string;
}

/** Signing as the publish stage needs it; tools/cosign.ts implements it. */
export interface Signer {
  readonly identity: SignerIdentity;
  /** Signs `image@digest`; `annotations` go into the signed statement. */
  sign(image: string, digest: string, annotations: Readonly<Record<string, string>>): Promise<void>;
  /** True when a signature of our identity on exactly this digest verifies (and carries `annotations`, when given). Throws when that cannot be found out. */
  verify(image: string, digest: string, annotations?: Readonly<Record<string, string>>): Promise<boolean>;
  /** A command line that a consumer can copy. */
  verifyCommand(image: string, digest: string): string;
}

export interface TagResult {
  readonly name: string;
  /** kept: a sha tag that another build of this commit holds; it is not overwritten. */
  readonly state: 'created' | 'moved' | 'unchanged' | 'kept' | 'failed' | 'not attempted';
  /** Where the tag pointed before, when it was somewhere else. */
  readonly before?: string;
}

export interface TargetResult {
  readonly image: string;
  readonly state: 'published' | 'failed' | 'not attempted';
  readonly blobs: { readonly sent: number; readonly sentBytes: number; readonly mounted: number; readonly present: number };
  readonly signature: 'added' | 'already there' | 'off' | 'missing';
  readonly verified: boolean;
  /** Attestation manifests that are attached to the images; left out when there are none to attach. */
  readonly attestations?: { readonly added: number; readonly present: number };
  readonly tags: readonly TagResult[];
  readonly error?: string;
}

/** Built = scanned = published, one line per platform. */
export interface EqualityRow {
  readonly platform: string;
  readonly built: string;
  readonly scanned: string;
  readonly published: string;
}

export interface Publication {
  readonly digest: string;
  readonly complete: boolean;
  readonly targets: readonly TargetResult[];
  readonly equality: readonly EqualityRow[];
  readonly verifyCommands: readonly string[];
}

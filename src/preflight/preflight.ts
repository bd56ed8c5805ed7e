// Plan -> Facts: what the registries say before anything is built. Reads only; tokens are pull-scoped.

import type { Descriptor } from '../bundle/oci.ts';
import type { Event } from '../plan/event.ts';
import type { Plan } from '../plan/plan.ts';

/** What preflight needs of a registry; tools/registry implements it. */
export interface RegistryReader {
  /** HEAD of a tag or digest; undefined when it is absent, or not readable although the login was accepted (a repository that does not exist yet). */
  resolve(image: string, reference: string): Promise<{ readonly digest: string; readonly mediaType: string } | undefined>;
  /** GET of a manifest, its digest recomputed from the bytes. */
  manifest(
    image: string,
    reference: string,
  ): Promise<{ readonly digest: string; readonly mediaType: string; readonly bytes: Uint8Array } | undefined>;
  /** GET of a small blob, size and digest checked. */
  blob(image: string, blob: Descriptor): Promise<Uint8Array>;
}

/** What preflight needs of the signer; tools/cosign.ts implements it. */
export interface SignatureReader {
  readonly identity: { readonly description: string };
  /** True when a signature of our identity on exactly this digest verifies. */
  verify(image: string, digest: string): Promise<boolean>;
}

/** What the stage is given. */
export interface PreflightOrder {
  readonly plan: Plan;
  readonly event: Event;
  readonly registry: RegistryReader;
  /** Only asked for when a published image is to be adopted; may have to fetch a tool first. */
  readonly signer?: () => Promise<SignatureReader>;
}

/** What stands in one target repository. */
export interface TargetFacts {
  readonly image: string;
  /** Digest per planned tag that exists already. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An image that an earlier run of this commit published: it is completed, not built again (rules 11-13). */
export interface Adoption {
  readonly image: string;
  readonly digest: string;
  readonly tag: string;
  readonly reason: string;
}

export interface Facts {
  readonly targets: readonly TargetFacts[];
  readonly adopt?: Adoption;
  /** Names of planned immutable tags that stay as they are: publish does not write them (rules 12 and 16). */
  readonly leave?: readonly string[];
  /** Every planned tag is left as it is: the run ends before the build with exit 0 and this reason (rules 16). */
  readonly nothingToDo?: string;
  readonly notes: readonly string[];
}

// Plan -> Facts: what the registries say before anything is built. Reads only; tokens are pull-scoped.

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
  readonly notes: readonly string[];
}

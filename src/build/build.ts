// Plan -> Bundle: one build for all platforms into a fresh layout.

import type { PlannedAnnotation } from '../plan/metadata.ts';
import type { Platform } from '../plan/platform.ts';
import type { BuildRequest } from '../plan/plan.ts';

/** What the builder is asked for; `names`, `labels`, `annotations` are the plan's. */
export interface BuildOrder extends BuildRequest {
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly PlannedAnnotation[];
  readonly platforms: readonly Platform[];
}

/** How it was built, for the record. */
export interface BuildFacts {
  readonly builder: {
    readonly name: string;
    readonly driver: string;
    readonly reason: string;
    readonly buildkit?: string;
    readonly buildx?: string;
    /** How many BuildKit nodes it has. More than one: each platform was built on its own, side by side, and the results were merged. */
    readonly nodes?: number;
  };
  /** From buildx's metadata file: must equal the layout's root digest. */
  readonly metadataDigest: string;
  readonly steps: readonly { readonly name: string; readonly cached: boolean; readonly seconds: number }[];
  readonly seconds: number;
}

/** What the build stage needs; tools/buildx.ts implements it. */
export interface Builder {
  /** Builds into a fresh directory that it makes itself below the run's own temporary one; resolves to an OCI layout directory. Throws ToolError with the failing Dockerfile lines. */
  build(order: BuildOrder): Promise<{ readonly layout: string; readonly facts: BuildFacts }>;
  /** Removes a builder that build() created; never throws, and may be called at any time. */
  close(): Promise<void>;
}

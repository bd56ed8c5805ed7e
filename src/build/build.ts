// Plan -> Bundle: one build for all platforms into a fresh layout.

import type { PlannedAnnotation } from '../plan/metadata.ts';
import type { Platform } from '../plan/platform.ts';
import type { BuildRequest, CacheType, Call } from '../plan/plan.ts';

/** What the builder is asked for; `names`, `labels`, `annotations` are the plan's. */
export interface BuildOrder extends BuildRequest {
  readonly names: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly PlannedAnnotation[];
  readonly platforms: readonly Platform[];
  /** Paths, relative to the workspace, of what is handed over on this machine before the last caches are written. */
  readonly handedOver?: readonly string[];
}

/** One step of the Dockerfile, or an errand of BuildKit that took time (a base image, an export). */
export interface BuildStep {
  readonly name: string;
  readonly cached: boolean;
  readonly seconds: number;
}

/** What BuildKit's checks say of the Dockerfile, or where a build failed. */
export interface BuildNote {
  readonly message: string;
  /** Relative to the workspace. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly endLine?: number;
  /** The rule, for the checks. */
  readonly rule?: string;
  /** Where it is explained. */
  readonly url?: string;
}

/** What became of one layer cache. */
export interface CacheUse {
  readonly type: CacheType;
  /** For people: scope, reference or directory. */
  readonly name: string;
  readonly direction: 'read' | 'written';
  /** left out: not even tried, because a probe failed or there was nothing new. */
  readonly state: 'done' | 'failed' | 'left out';
  readonly reason?: string;
  /** Left out because something is wrong, and not because there is nothing. */
  readonly trouble?: true;
  /** What it cost, whatever came of it. */
  readonly seconds: number;
  readonly bytes?: number;
}

/** Who says what is inside: BuildKit's scanner, or (when its image cannot be had) the scan of the same bytes. */
export interface SbomSource {
  readonly from: 'buildkit' | 'scan';
  readonly reason: string;
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
  readonly steps: readonly BuildStep[];
  readonly seconds: number;
  readonly caches: readonly CacheUse[];
  /** What BuildKit warned of. */
  readonly notes: readonly BuildNote[];
  /** Platforms that ran under emulation, by name, and how that came about. */
  readonly emulated?: { readonly platforms: readonly string[]; readonly reason: string };
  readonly sbom?: SbomSource;
  /** Why the build was begun a second time. */
  readonly again?: string;
}

/** What a build leaves behind. */
export interface Built {
  /** An OCI layout directory. */
  readonly layout: string;
  /** Where the user's own outputs wait for the verdict, in the order of `outputs`; private, and empty when there are none. */
  readonly outputs: readonly string[];
  readonly facts: BuildFacts;
}

/** A part of the answer to `outline` and `targets`. */
export interface CallTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What `call` answers. */
export interface CallResult {
  readonly call: Call;
  readonly tables: readonly CallTable[];
  readonly notes: readonly BuildNote[];
  /** Why the Dockerfile cannot be built at all: it does not parse, or wants its checks to be errors. */
  readonly problem?: BuildNote;
  /** True when the Dockerfile breaks a rule, or cannot be read. */
  readonly failed: boolean;
}

/** What the build stage needs; tools/buildx.ts implements it. */
export interface Builder {
  /** Asks already now which builder it will be, so that build() need not wait; nothing is made. Never throws: what is wrong is told by build(). */
  prepare(order: BuildOrder): Promise<void>;
  /** Builds into a fresh directory that it makes itself below the run's own temporary one. Throws ToolError with the failing Dockerfile lines. */
  build(order: BuildOrder): Promise<Built>;
  /** Builds the outputs of the order and nothing else, for an image that was adopted (rules 14); resolves to where they wait, in their order. Throws as build() does. */
  buildOutputs(order: BuildOrder): Promise<readonly string[]>;
  /** Looks at the Dockerfile as `order.call` says, and builds nothing. Throws ToolError when that cannot be done. */
  call(order: BuildOrder, call: Call): Promise<CallResult>;
  /**
   * Writes the caches of the last build that are planned for this moment, by a second build that has every step in the cache already. Bounded in time, never
   * throws: what fails is in the answer.
   */
  writeCaches(when: 'beside' | 'last'): Promise<readonly CacheUse[]>;
  /** Removes what was made for this run alone; never throws, and may be called at any time. */
  close(): Promise<void>;
}

// Event + inputs + policy + clock -> Plan: everything that is decided before the first tool runs, with the reasons.

import type { Metadata, PlannedAnnotation } from './metadata.ts';
import type { Platform } from './platform.ts';
import type { Policy } from './policy.ts';

/** One decision, for the table that is printed first. */
export interface Decision {
  readonly name: string;
  readonly asked: string;
  readonly outcome: string;
  readonly reason: string;
}

/** A tag name that every image gets. */
export interface PlannedTag {
  readonly name: string;
  /** Immutable: full version, sha, tag ref, raw that is a full version (rules 15). All else floats. */
  readonly kind: 'immutable' | 'floating';
  /** The rule as typed. */
  readonly rule: string;
}

/** What `call` asks of buildx: to build, or only to look at the Dockerfile and stop. */
export type Call = 'build' | 'check' | 'outline' | 'targets';

/** Where attestations go: into the index, beside each image as a referrer, or nowhere (rules 20). */
export type AttestationPlace = 'inline' | 'referrer' | 'none';

/** How a builder of our own is made. */
export interface BuilderSetup {
  /** Its BuildKit image; the pinned one when left out. */
  readonly image?: string;
  /** `key=value` for `--driver-opt`. */
  readonly driverOpts: readonly string[];
  /** Path of a buildkitd.toml, relative to the workspace. */
  readonly config?: string;
  /** The text of a buildkitd.toml. */
  readonly configInline?: string;
  /** Flags of the daemon, e.g. `--debug`. */
  readonly flags?: string;
  /** Whether it outlives the job. */
  readonly keep: boolean;
}

/** How platforms that no node runs natively come to be built. */
export interface Emulation {
  readonly mode: 'auto' | 'off';
  /** Image that registers emulators; the pinned one when left out. */
  readonly image?: string;
}

export type CacheType = 'gha' | 'registry' | 'local' | 'inline' | 's3' | 'azblob';

/** One layer cache, as buildx takes it; `ignore-error` and `timeout` are never among the attributes. */
export interface LayerCache {
  readonly type: CacheType;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PlannedImport extends LayerCache {
  /** True when nobody typed it. */
  readonly automatic: boolean;
}

export interface PlannedExport extends PlannedImport {
  /** `inside` the image itself, by the build; `beside` the scan, or `last` (after the last tag, rules 19), by a second, fully cached build. */
  readonly when: 'inside' | 'beside' | 'last';
}

export interface CachePlan {
  readonly imports: readonly PlannedImport[];
  readonly exports: readonly PlannedExport[];
}

/** What the user gets on this machine beside the bundle, once the verdict allows it (rules 9). */
export interface PlannedOutput {
  readonly type: 'local' | 'tar' | 'oci' | 'docker';
  /** Where it is to be, relative to the workspace. */
  readonly dest: string;
  /** Further attributes of buildx, e.g. `platform-split=false`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is handed over on this machine after the gate. */
export interface DeliveryPlan {
  readonly outputs: readonly PlannedOutput[];
  /** Loads the scanned image of this platform into the engine. */
  readonly load?: Platform;
  /** What it is called there; `buildNames` when left out. */
  readonly loadNames?: readonly string[];
  /** Without an engine nothing is loaded, and that is no mistake. */
  readonly loadsIfEngine?: true;
  /** Path of an OCI archive of the bundle, relative to the workspace. */
  readonly export?: string;
}

/** What buildx is asked for. */
export interface BuildRequest {
  /** A directory relative to the workspace, a Git or https address, or `-` (standard input). */
  readonly context: string;
  readonly file?: string;
  readonly target?: string;
  readonly buildArgs: readonly string[];
  /** `name=path`, `name=docker-image://…`. */
  readonly buildContexts: readonly string[];
  /** `host:ip`. */
  readonly addHosts: readonly string[];
  readonly allow: readonly string[];
  readonly network?: string;
  readonly cgroupParent?: string;
  readonly shmSize?: string;
  readonly ulimit: readonly string[];
  /** Which secrets, never their values: a plan is shown and kept. */
  readonly secrets: readonly BuildSecret[];
  /** `default`, `id=path`. */
  readonly ssh: readonly string[];
  /** `false`, or the attributes after `type=provenance`, e.g. `mode=max,builder-id=https://...`. */
  readonly provenance: string;
  /** `false`, `true`, or the attributes after `type=sbom`. */
  readonly sbom: string;
  /** The SBOM scanner; the pinned one when left out. */
  readonly sbomImage?: string;
  readonly caches: CachePlan;
  readonly noCacheFilters: readonly string[];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly builder?: string;
  readonly setup: BuilderSetup;
  readonly emulation: Emulation;
  /** Epoch seconds for SOURCE_DATE_EPOCH: what was typed, else the user's variable, else the commit's date when it is known. */
  readonly sourceDateEpoch?: number;
  /** Files of layers get that time too. */
  readonly rewriteTimestamp: boolean;
  /** What the user wants beside the layout and only buildx can make (`isBuilt`): written to a private directory by the same build. */
  readonly outputs: readonly PlannedOutput[];
}

/** A build secret by its id, and where its value is: in the input itself (`token`: in `github-token`), in a variable of the environment, or in a file (relative to the workspace). */
export type BuildSecret =
  | { readonly id: string; readonly from: 'token' }
  | { readonly id: string; readonly from: 'input' }
  | { readonly id: string; readonly from: 'variable'; readonly variable: string }
  | { readonly id: string; readonly from: 'file'; readonly file: string };

export type Signing =
  | { readonly method: 'off' }
  | { readonly method: 'key'; readonly log: boolean }
  /** `log: false`: private repository, timestamp authority instead of the public log. */
  | { readonly method: 'keyless'; readonly log: boolean };

/** What a run does: the whole flow, or the plan alone (no Docker, no network but GitHub's API). */
export type Mode = 'ship' | 'plan';

/** A label for `runs-on`, or several that one runner must all have. */
export type RunnerLabel = string | readonly string[];

/** One entry of the `matrix` output. */
export interface MatrixEntry {
  /** `linux/arm64`. */
  readonly platform: string;
  /** `linux-arm64`: fit for artifact and cache names. */
  readonly pair: string;
  readonly runner: RunnerLabel;
  /** False: the runner emulates the platform (or may have to), so the job needs QEMU. */
  readonly native: boolean;
}

export interface Plan {
  readonly mode: Mode;
  /** What the image is an image of, and its sha tags and revision label name. Not the event's commit with `pr-head-sha`, or with `metadata-context: git` on another. */
  readonly commit: string;
  /** Repositories without tag, lower-cased: `ghcr.io/acme/app`. Empty: build, scan, gate only. */
  readonly images: readonly string[];
  readonly tags: readonly PlannedTag[];
  /** Every image with every tag, images first. */
  readonly references: readonly string[];
  /** The names given to buildx: `references`, or one `localhost/<owner>/<repo>:sha-<short>`. Never empty. */
  readonly buildNames: readonly string[];
  readonly version: string;
  /** What docker/metadata-action would print. */
  readonly metadata: Metadata;
  /** One entry a platform, ready for `strategy.matrix`. */
  readonly matrix: readonly MatrixEntry[];
  /** The labels that were planned. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the image gets: `labels`, and the two that let a later run adopt it (rules 12). */
  readonly buildLabels: Readonly<Record<string, string>>;
  /** What manifests and index get; never for an index or a platform that is not built. */
  readonly annotations: readonly PlannedAnnotation[];
  readonly platforms: readonly Platform[];
  readonly build: BuildRequest;
  /** Other than `build`: the run looks at the Dockerfile and stops. */
  readonly call: Call;
  readonly attestations: AttestationPlace;
  readonly delivery: DeliveryPlan;
  readonly push: boolean;
  readonly signing: Signing;
  readonly comment: boolean;
  readonly status: boolean;
  /** Whether the findings go to GitHub's code scanning. */
  readonly sarif: boolean;
  readonly policy: Policy;
  readonly decisions: readonly Decision[];
  /** Mistakes that are not worth stopping for; shown once each. */
  readonly warnings: readonly string[];
  /** `mode: plan` only: why a step that ships would stop before the build; these are warnings too. */
  readonly stops?: readonly string[];
  /** Reasons, one a rule, why rules gave no tag. */
  readonly idleRules: readonly string[];
  /** Nothing to do at all (a deleted ref): the run ends with exit 0 and this reason. */
  readonly nothingToDo?: string;
}

/** True for tags of `type=sha`: each names one commit, so whatever stands there is an image of it (rules 12). */
export function isShaTag(tag: PlannedTag): boolean {
  return /(?:^|,)\s*"?type=sha"?\s*(?:,|$)/i.test(tag.rule);
}

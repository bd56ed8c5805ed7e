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

/** What buildx is asked for. */
export interface BuildRequest {
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
  readonly cacheFrom: readonly string[];
  /** Each with `ignore-error=true`; none that pushes. */
  readonly cacheTo: readonly string[];
  readonly noCacheFilters: readonly string[];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly builder?: string;
  readonly builderImage?: string;
  /** Epoch seconds for SOURCE_DATE_EPOCH: the commit's date when it is known. */
  readonly sourceDateEpoch?: number;
}

/** A build secret by its id, and where its value is: in the input itself, in a variable of the environment, or in a file (relative to the workspace). */
export type BuildSecret =
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

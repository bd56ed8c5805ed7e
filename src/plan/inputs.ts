// What the user typed, as one value: read once by readInputs(), handed on as data. Nothing else sees INPUT_*.

import type { Runners } from './matrix.ts';
import type { Mode } from './plan.ts';
import type { Severity } from './severity.ts';
import type { Scanner } from './policy.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** Every input of action.yml, parsed. A value that the user left out is undefined, or its default where the policy cannot set it. */
export interface Inputs {
  readonly mode: Mode;
  readonly images: readonly ImageInput[];
  readonly tags: readonly TagRule[];
  /** Full references typed into `tags` (only without `images`, as docker/build-push-action takes them). */
  readonly references: readonly Reference[];
  readonly flavor: Flavor;
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  readonly metadata: MetadataInputs;
  readonly platforms: readonly Platform[];
  /** `runs-on` labels, where they are not the usual ones. */
  readonly runners: Runners;
  readonly context: string;
  readonly file: string | undefined;
  readonly target: string | undefined;
  readonly buildArgs: readonly string[];
  readonly provenance: string | undefined;
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly builder: string | undefined;
  readonly builderImage: string | undefined;
  readonly push: 'auto' | 'true' | 'false';
  readonly sign: 'auto' | 'keyless' | 'key' | 'off';
  /** A path, `env://NAME`, a KMS reference, or the PEM text itself. */
  readonly cosignKey: string | undefined;
  readonly cosignPassword: string | undefined;
  readonly signingConfig: string | undefined;
  readonly trustedRoot: string | undefined;
  readonly policy: string | undefined;
  readonly severity: readonly Severity[] | undefined;
  readonly ignoreUnfixed: boolean | undefined;
  readonly onScanError: 'fail' | 'warn' | undefined;
  readonly gate: 'enforce' | 'warn' | 'off' | undefined;
  readonly allowUnrecognised: boolean | undefined;
  readonly scanners: readonly Scanner[] | undefined;
  /** Seconds. */
  readonly scanTimeout: number;
  readonly trivyVersion: string | undefined;
  readonly trivyPath: string | undefined;
  readonly cosignVersion: string | undefined;
  readonly cosignPath: string | undefined;
  readonly dbRepository: readonly string[];
  /** Seconds. */
  readonly maxDbAge: number;
  readonly registry: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly comment: 'auto' | 'always' | 'never';
  readonly status: boolean;
  readonly sarif: 'auto' | 'true' | 'false';
  readonly githubToken: string;
  /** What was accepted but is probably not what was meant; shown once each. */
  readonly warnings: readonly string[];
}

/** How docker/metadata-action's outputs are to be written, beside its rules. */
export interface MetadataInputs {
  /** Where ref and commit come from: the event, or the checkout. */
  readonly context: 'workflow' | 'git';
  readonly sepTags: string;
  readonly sepLabels: string;
  readonly sepAnnotations: string;
  readonly bakeTarget: string;
  /** On pull requests the head commit instead of the test merge. */
  readonly prHeadSha: boolean;
  /** As typed, or DOCKER_METADATA_SHORT_SHA_LENGTH; undefined: 7. */
  readonly shortShaLength: string | undefined;
  /** As typed, comma separated, or DOCKER_METADATA_ANNOTATIONS_LEVELS; undefined: `manifest`. */
  readonly annotationsLevels: string | undefined;
}

/** One entry of `images`: a repository without a tag, e.g. `ghcr.io/acme/app`; lower-cased. */
export interface ImageInput {
  readonly name: string;
  readonly enable: boolean;
}

/** One line of `tags`, as docker/metadata-action writes them: `type=semver,pattern={{version}},enable=true,priority=900`. */
export interface TagRule {
  readonly type: 'raw' | 'sha' | 'semver' | 'ref';
  /** Lower-cased names; defaults of the type filled in. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The line as typed: for messages and reasons. */
  readonly text: string;
}

export interface Flavor {
  readonly latest: 'auto' | 'true' | 'false';
  readonly prefix: string;
  readonly prefixLatest: boolean;
  readonly suffix: string;
  readonly suffixLatest: boolean;
}

/** Every input of action.yml, in its order (compared by a test). */
export const INPUT_NAMES = [
  'mode',
  'images',
  'tags',
  'flavor',
  'labels',
  'annotations',
  'metadata-context',
  'sep-tags',
  'sep-labels',
  'sep-annotations',
  'bake-target',
  'pr-head-sha',
  'short-sha-length',
  'annotations-levels',
  'platforms',
  'runners',
  'context',
  'file',
  'target',
  'build-args',
  'provenance',
  'no-cache',
  'pull',
  'builder',
  'builder-image',
  'push',
  'sign',
  'cosign-key',
  'cosign-password',
  'signing-config',
  'trusted-root',
  'policy',
  'severity',
  'ignore-unfixed',
  'gate',
  'on-scan-error',
  'allow-unrecognised',
  'scanners',
  'scan-timeout',
  'trivy-version',
  'trivy-path',
  'cosign-version',
  'cosign-path',
  'db-repository',
  'max-db-age',
  'registry',
  'username',
  'password',
  'comment',
  'status',
  'sarif',
  'github-token',
] as const;

/** What the policy file can set: these have no `default:` in action.yml, because the runner fills defaults in and then an input always looks set. */
export const POLICY_INPUTS = ['severity', 'ignore-unfixed', 'gate', 'on-scan-error', 'allow-unrecognised', 'scanners'] as const;

/** Never shown: not in a message, not in the record. */
export const SECRET_INPUTS = ['password', 'cosign-key', 'cosign-password', 'github-token'] as const;

// What the user typed, as one value: read once by readInputs(), handed on as data. Nothing else sees INPUT_*.

import type { Runners } from './matrix.ts';
import type { AttestationPlace, CacheType, Call, LayerCache, Mode, PlannedOutput } from './plan.ts';
import type { Severity } from './severity.ts';
import type { PolicyLocation, Scanner } from './policy.ts';
import type { PolicyRef } from './policy-origin.ts';
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
  /** What is built by bake instead, see read-bake.ts. */
  readonly bake: string | undefined;
  readonly bakeFiles: readonly string[];
  /** `target.key=value`, as `--set` of bake. */
  readonly bakeSet: readonly string[];
  /** What a target gave that nobody typed; its other attributes are inputs like typed ones. */
  readonly baked?: BakedInputs;
  /** Rights that only bake knows (`fs.read=…`, `fs.write=…`, `fs=…`, `ssh`), from `allow`. */
  readonly bakeAllow: readonly string[];
  /** As typed; what it is without is decided with the workspace at hand. */
  readonly context: string | undefined;
  readonly file: string | undefined;
  readonly target: string | undefined;
  readonly call: Call;
  readonly buildArgs: readonly string[];
  readonly buildContexts: readonly string[];
  readonly addHosts: readonly string[];
  readonly allow: readonly string[];
  readonly network: string | undefined;
  readonly cgroupParent: string | undefined;
  readonly shmSize: string | undefined;
  readonly ulimit: readonly string[];
  readonly secrets: readonly SecretText[];
  readonly secretEnvs: readonly SecretVariable[];
  readonly secretFiles: readonly SecretFile[];
  readonly ssh: readonly string[];
  /** `true`, `false` or attributes; `false` too where BUILDX_NO_DEFAULT_ATTESTATIONS says so and nothing else was typed. */
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
  /** Never two of one type. */
  readonly attests: readonly Attest[];
  readonly attestations: AttestationPlace;
  readonly sbomImage: string | undefined;
  /** `commit`: the date of the commit. Else epoch seconds. */
  readonly sourceDateEpoch: 'commit' | 'off' | number;
  readonly rewriteTimestamp: boolean;
  /** Undefined: automatic, unless caches were typed. */
  readonly cache: CacheMode | undefined;
  /** Tells caches apart that nothing else does: legs of a matrix that differ in a build argument alone. */
  readonly cacheScope: string | undefined;
  /** `trusted`: a run that publishes reads no cache that a pull request could have written. */
  readonly cacheTrust: 'any' | 'trusted';
  readonly cacheFrom: readonly LayerCache[];
  readonly cacheTo: readonly LayerCache[];
  readonly noCache: boolean;
  readonly noCacheFilters: readonly string[];
  readonly pull: boolean;
  readonly builder: string | undefined;
  readonly builderImage: string | undefined;
  readonly keepBuilder: boolean;
  readonly driverOpts: readonly string[];
  readonly buildkitdConfig: string | undefined;
  readonly buildkitdConfigInline: string | undefined;
  readonly buildkitdFlags: string | undefined;
  readonly buildxVersion: string | undefined;
  readonly qemu: 'auto' | 'off';
  readonly binfmtImage: string | undefined;
  /** Also for an output that ends in the engine (`type=image`, `type=docker` without `dest`). */
  readonly load: boolean;
  /** Names that such an output was given; empty: those of the plan. */
  readonly loadNames: readonly string[];
  /** Only `type=image` asks for it: without an engine nothing is loaded, and that is no mistake. */
  readonly loadsIfEngine: boolean;
  readonly outputs: readonly PlannedOutput[];
  readonly export: string | undefined;
  readonly push: 'auto' | 'true' | 'false';
  readonly sign: 'auto' | 'keyless' | 'key' | 'off';
  /** A path, `env://NAME`, a KMS reference, or the PEM text itself. */
  readonly cosignKey: string | undefined;
  readonly cosignPassword: string | undefined;
  readonly signingConfig: string | undefined;
  readonly trustedRoot: string | undefined;
  readonly policy: PolicyLocation | undefined;
  readonly policyRef: PolicyRef;
  readonly allowUntrustedCheckout: boolean;
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

/** The bake target that the inputs were filled in from. */
export interface BakedInputs {
  readonly target: string;
  readonly description?: string;
  readonly files: readonly string[];
  /** The attributes that count. */
  readonly given: readonly string[];
  /** Texts, no templates: only `{{meta.…}}` is filled in. */
  readonly labels: readonly (readonly [key: string, value: string])[];
  /** The same, perhaps with levels before the key. */
  readonly annotations: readonly (readonly [key: string, value: string])[];
  /** The text of a Dockerfile that stands in the bake file; `file` is then `-`. */
  readonly dockerfileInline?: string;
}

export type CacheMode = 'auto' | Exclude<CacheType, 's3' | 'azblob'> | 'off';

/** A build secret whose value stands in the input itself. */
export interface SecretText {
  readonly id: string;
  readonly value: string;
}

/** A build secret that an environment variable of the step holds. */
export interface SecretVariable {
  readonly id: string;
  readonly variable: string;
}

/** A build secret that a file holds; the path is relative to the workspace. */
export interface SecretFile {
  readonly id: string;
  readonly file: string;
}

/** One entry of `attests`. */
export interface Attest {
  readonly type: 'provenance' | 'sbom';
  /** As the input of that name: `true`, `false` or attributes. */
  readonly value: string;
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

/** One entry of `images`: a repository without a tag, e.g. `ghcr.io/acme/app`; lower-cased. In `mode: plan` it may be no name at all: the peer prints it. */
export interface ImageInput {
  readonly name: string;
  readonly enable: boolean;
}

/** One line of `tags`, as docker/metadata-action writes them: `type=semver,pattern={{version}},enable=true,priority=900`. */
export interface TagRule {
  readonly type: 'schedule' | 'semver' | 'pep440' | 'match' | 'edge' | 'ref' | 'raw' | 'sha';
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
  'bake',
  'bake-files',
  'bake-set',
  'context',
  'file',
  'target',
  'call',
  'build-args',
  'build-contexts',
  'add-hosts',
  'allow',
  'network',
  'cgroup-parent',
  'shm-size',
  'ulimit',
  'secrets',
  'secret-envs',
  'secret-files',
  'ssh',
  'provenance',
  'sbom',
  'attests',
  'attestations',
  'sbom-image',
  'source-date-epoch',
  'rewrite-timestamp',
  'cache',
  'cache-scope',
  'cache-trust',
  'cache-from',
  'cache-to',
  'no-cache',
  'no-cache-filters',
  'pull',
  'builder',
  'builder-image',
  'keep-builder',
  'driver-opts',
  'buildkitd-config',
  'buildkitd-config-inline',
  'buildkitd-flags',
  'buildx-version',
  'qemu',
  'binfmt-image',
  'load',
  'outputs',
  'export',
  'push',
  'sign',
  'cosign-key',
  'cosign-password',
  'signing-config',
  'trusted-root',
  'policy',
  'policy-ref',
  'allow-untrusted-checkout',
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
export const SECRET_INPUTS = ['password', 'cosign-key', 'cosign-password', 'secrets', 'github-token'] as const;

// What the user typed, as one value: read once by readInputs(), handed on as data. Nothing else sees INPUT_*.

import type { Severity } from './severity.ts';
import type { Platform } from './platform.ts';

/** Every input of action.yml, parsed. A value that the user left out is undefined, or its default where the policy cannot set it. */
export interface Inputs {
  readonly images: readonly ImageInput[];
  readonly tags: readonly TagRule[];
  readonly flavor: Flavor;
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  readonly platforms: readonly Platform[];
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
  readonly scanners: readonly ('vuln' | 'secret')[] | undefined;
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
  readonly githubToken: string;
}

/** One entry of `images`: a repository without a tag, e.g. `ghcr.io/acme/app`; lower-cased. */
export interface ImageInput {
  readonly name: string;
  readonly enable: boolean;
}

/** One line of `tags`, as docker/metadata-action writes them: `type=semver,pattern={{version}},enable=true,priority=900`. */
export interface TagRule {
  readonly type: 'raw' | 'sha' | 'semver' | 'ref';
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

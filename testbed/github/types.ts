/** What tests and the demo see of the GitHub stand-in. */

/** A request that the stand-in answered. */
export interface Recorded {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query: string;
  /** 0: the connection was cut by an injected fault before an answer. */
  readonly status: number;
  /** The request's JSON, when it had one. */
  readonly body?: unknown;
}

export interface Comment {
  readonly id: number;
  /** Number of the issue or pull request. */
  readonly issue: number;
  readonly body: string;
  readonly author: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type StatusState = 'error' | 'failure' | 'pending' | 'success';

export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: StatusState;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: string;
  readonly createdAt: string;
}

export type Access = 'read' | 'write' | 'none';

/** Keys of a workflow's `permissions:`. What is not named is `none`, as there. */
export type Scope =
  | 'actions'
  | 'attestations'
  | 'checks'
  | 'contents'
  | 'id-token'
  | 'issues'
  | 'packages'
  | 'pull-requests'
  | 'security-events'
  | 'statuses';

export type Permissions = Partial<Record<Scope, Access>>;

export interface TokenOptions {
  /** Who acts: the workflow's own token by default, else a person or an app (`name[bot]`). */
  readonly login?: string;
  /** Private repositories that the token may see; the workflow's own by default. */
  readonly repositories?: readonly string[];
}

/** What goes wrong instead of an answer. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Answered as usual, later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection is cut. */
  | { readonly kind: 'reset' }
  /** Accepted and never answered. */
  | { readonly kind: 'hang' }
  /** The hourly limit is used up: 403, `x-ratelimit-remaining: 0`. */
  | { readonly kind: 'rate-limit'; readonly resetInSeconds?: number }
  /** Too many writes in a short time: 403 or 429 with `retry-after`. */
  | { readonly kind: 'secondary-limit'; readonly retryAfter?: number; readonly status?: 403 | 429 }
  /** 200 with something that is not what was asked for. */
  | { readonly kind: 'garbage'; readonly text: string };

/** The claims of GitHub's OIDC token that Fulcio and cosign look at. */
export interface OidcClaims {
  readonly sub: string;
  readonly repository: string;
  readonly repository_id: string;
  readonly repository_owner: string;
  readonly repository_owner_id: string;
  readonly repository_visibility: string;
  readonly ref: string;
  readonly ref_type: string;
  readonly sha: string;
  readonly event_name: string;
  readonly actor: string;
  readonly actor_id: string;
  readonly base_ref: string;
  readonly head_ref: string;
  readonly workflow: string;
  readonly workflow_ref: string;
  readonly workflow_sha: string;
  /** The called file of a reusable workflow: the signer's identity. */
  readonly job_workflow_ref: string;
  readonly job_workflow_sha: string;
  readonly run_id: string;
  readonly run_number: string;
  readonly run_attempt: string;
  readonly runner_environment: string;
}

export interface EnvironmentOptions extends Partial<OidcClaims> {
  /** False: the job has no `id-token: write`. */
  readonly idToken?: boolean;
  /** What the runner exports as ACTIONS_CACHE_MODE and what the service allows; default `write`, which includes reading. */
  readonly cacheMode?: 'none' | 'read' | 'write' | 'write-only';
}

export interface NewRepository {
  readonly private?: boolean;
  /** False: a private repository without GitHub Code Security. Default: true. */
  readonly codeScanning?: boolean;
  readonly defaultBranch?: string;
  readonly description?: string | null;
  /** SPDX identifier. */
  readonly license?: string | null;
}

export interface NewCommit {
  /** Default: the stand-in's own repository. */
  readonly repository?: string;
  /** Default: made up. */
  readonly sha?: string;
  /** Default: the tip of `branch`, if there is one. */
  readonly parents?: readonly string[];
  /** Moved to (or created at) the new commit. */
  readonly branch?: string;
  readonly tag?: string;
  readonly message?: string;
  readonly date?: string;
  readonly author?: string;
  /** Added to the parent's files. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface NewPull {
  readonly repository?: string;
  readonly number?: number;
  readonly title?: string;
  readonly body?: string | null;
  readonly author?: string;
  readonly headRef?: string;
  readonly headSha?: string;
  /** `null`: the fork was deleted. Default: the same repository. */
  readonly headRepository?: string | null;
  readonly baseRef?: string;
  readonly state?: 'open' | 'closed';
  readonly merged?: boolean;
  readonly mergeCommitSha?: string | null;
}

/** A SARIF upload as it arrived, unpacked. */
export interface SarifUpload {
  readonly id: string;
  readonly commit: string;
  readonly ref: string;
  readonly sarif: unknown;
  readonly errors: readonly string[];
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly annotations: number;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: 'open' | 'closed';
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  readonly author: string;
}

export interface CacheEntry {
  readonly key: string;
  readonly version: string;
  readonly size: number;
}

export interface Artifact {
  readonly name: string;
  readonly size: number;
  readonly bytes: Buffer;
}

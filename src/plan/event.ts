// What started the run: the part of GitHub's event that planning needs, as a value. Made by runner/event.ts, read by every stage.

/** The event, reduced to facts. Every field is plain data so that a plan can be made in a test without GitHub. */
export interface Event {
  readonly name: string;
  /** `owner/repo` of the running workflow. */
  readonly repository: string;
  /** Undefined when the payload does not tell. */
  readonly private: boolean | undefined;
  readonly defaultBranch: string | undefined;
  readonly description: string | undefined;
  readonly license: string | undefined;
  readonly ref: string;
  /** GITHUB_SHA: on pull requests the test merge commit. */
  readonly sha: string;
  /** The commit that people pushed: the head of the pull request, else `sha`. Statuses go here. */
  readonly headSha: string;
  readonly pullRequest?: PullRequest;
  /** The branch that the payload names as base: of a pushed tag (when GitHub knows it) or of a merge group; `refs/heads/` left out. */
  readonly baseRef?: string;
  /** ISO time of the commit, when the payload holds it. */
  readonly commitDate?: string;
  /** A push that deleted its ref. */
  readonly deleted: boolean;
  readonly actor: string;
  readonly runId: string;
  readonly runNumber: string;
  readonly runAttempt: string;
  /** `owner/repo/.github/workflows/x.yml@ref` of the caller. */
  readonly workflowRef: string;
  readonly job: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** True when the job may ask for an OIDC token (`id-token: write`). */
  readonly idToken: boolean;
}

export interface PullRequest {
  readonly number: number;
  readonly headSha: string;
  readonly headRef: string;
  readonly baseRef: string;
  /** True when the head is in another repository (or that repository is gone). */
  readonly fork: boolean;
}

/** What docker/metadata-action calls the ref: `pull_request_target` counts as the pull request, not as the base branch it runs on. */
export function tagRef(event: Event): string {
  if (event.name === 'pull_request_target' && event.pullRequest !== undefined)
    return `refs/pull/${event.pullRequest.number}/merge`;
  return event.ref;
}

/** True for pull requests whose token is read-only and without secrets: from a fork, or by Dependabot. */
export function restricted(event: Event): boolean {
  return (
    event.pullRequest !== undefined && event.name !== 'pull_request_target' && (event.pullRequest.fork || isDependabot(event))
  );
}

/** Runs that Dependabot started get a read-only token and no secrets, whatever the workflow asks for. */
export function isDependabot(event: Event): boolean {
  return event.actor === 'dependabot[bot]';
}

/** The page of this run on GitHub. */
export function runUrl(event: Event): string {
  return `${event.serverUrl}/${event.repository}/actions/runs/${event.runId}`;
}

/** The event behind a run, as the runner knows it, and what of it GitHub must know too. */
import type { GitHub, OidcClaims } from '../github/server.ts';
import type { Json } from '../github/shapes.ts';

/** What started a run. Made by the builders in events.ts; plain data, so a test may change a field with a spread. */
export interface RunnerEvent {
  readonly name: string;
  /** The webhook's JSON: what the action reads from GITHUB_EVENT_PATH. */
  readonly payload: Json;
  readonly repository: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  /** `refs/heads/main`, `refs/tags/v1`, `refs/pull/3/merge` */
  readonly ref: string;
  /** GITHUB_SHA: on pull requests the test merge commit. */
  readonly sha: string;
  /** The commit that people pushed. */
  readonly headSha: string;
  /** GITHUB_HEAD_REF and GITHUB_BASE_REF: set on pull requests only. */
  readonly headRef: string;
  readonly baseRef: string;
  readonly actor: string;
  readonly pullRequest?: PullFacts;
  /** The most that GITHUB_TOKEN can get on this event, whatever the workflow asks for. */
  readonly token: 'write' | 'read';
  /** Whether the job can have `id-token: write`. */
  readonly idToken: boolean;
  readonly runId: string;
  readonly runNumber: string;
  readonly runAttempt: string;
  readonly workflow: string;
  /** The caller's file: GITHUB_WORKFLOW_REF. */
  readonly workflowRef: string;
  /** The file that holds the job: another one when the workflow is reusable. */
  readonly jobWorkflowRef: string;
  readonly job: string;
}

export interface PullFacts {
  readonly number: number;
  readonly headRepository: string | null;
  readonly author: string;
}

/** `main`, `v1`, `3/merge`: the reference without its kind. */
export const refName = (ref: string): string => ref.replace(/^refs\/(heads|tags|pull)\//, '');

/** Makes the stand-in know what it must know for this event to have happened: the commits, the branch or tag, the pull request. */
export function register(github: GitHub, event: RunnerEvent): void {
  const { repository, sha, headSha, pullRequest } = event;
  if (pullRequest !== undefined) {
    const { number, headRepository, author } = pullRequest;
    const refs = { headRef: event.headRef, baseRef: event.baseRef };
    github.addPull({ repository, number, author, headRepository, headSha, ...refs });
    github.addCommit({ repository, sha, parents: [headSha], message: `Merge ${headSha} into ${event.baseRef}` });
    return;
  }
  if (event.payload['deleted'] === true) return;
  const name = refName(event.ref);
  github.addCommit({ repository, sha, ...(event.ref.startsWith('refs/tags/') ? { tag: name } : { branch: name }) });
}

/** What GitHub signs about a job of this event. */
export function claimsOf(event: RunnerEvent): Partial<OidcClaims> {
  return {
    repository: event.repository,
    repository_visibility: event.private ? 'private' : 'public',
    ref: event.ref,
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: event.sha,
    event_name: event.name,
    actor: event.actor,
    base_ref: event.baseRef,
    head_ref: event.headRef,
    workflow: event.workflow,
    workflow_ref: event.workflowRef,
    workflow_sha: event.sha,
    job_workflow_ref: event.jobWorkflowRef,
    job_workflow_sha: event.sha,
    run_id: event.runId,
    run_number: event.runNumber,
    run_attempt: event.runAttempt,
  };
}

/** Builders for the events that start workflows. Each gives what the runner would set and the payload that GitHub would send. */
import { createHash } from 'node:crypto';
import type { RepositoryFacts } from '../github/shapes.ts';
import type { RunnerEvent } from './event.ts';
import * as payloads from './payloads.ts';

export type { RunnerEvent } from './event.ts';

/** What all events have in common; everything has a default. */
export interface EventOptions {
  readonly repository?: string;
  readonly private?: boolean;
  readonly defaultBranch?: string;
  readonly description?: string | null;
  /** SPDX identifier. */
  readonly license?: string | null;
  /** The commit that is checked out; take it from `workspace()`. */
  readonly sha?: string;
  readonly actor?: string;
  readonly runId?: string;
  readonly runNumber?: string;
  readonly runAttempt?: string;
  readonly workflow?: string;
  /** File name below `.github/workflows/`. */
  readonly workflowFile?: string;
  /** The called file when the job is in a reusable workflow: `owner/repo/.github/workflows/x.yml@ref`. */
  readonly jobWorkflowRef?: string;
  readonly job?: string;
}

/** A made-up commit, the same for the same words. */
export const fakeSha = (words: string): string => createHash('sha1').update(words).digest('hex');

function factsOf(options: EventOptions): payloads.PayloadFacts {
  const facts: RepositoryFacts = {
    name: options.repository ?? 'acme/app',
    private: options.private ?? false,
    defaultBranch: options.defaultBranch ?? 'main',
    description: options.description ?? null,
    license: options.license ?? null,
  };
  return { ...facts, actor: options.actor ?? 'alice' };
}

type Own = Pick<RunnerEvent, 'name' | 'payload' | 'ref'> & Partial<RunnerEvent>;

function complete(options: EventOptions, own: Own): RunnerEvent {
  const facts = factsOf(options);
  const sha = options.sha ?? fakeSha(`${own.name} ${own.ref}`);
  const file = `${facts.name}/.github/workflows/${options.workflowFile ?? 'build.yml'}`;
  const workflowRef = `${file}@${own.ref}`;
  return {
    repository: facts.name,
    private: facts.private ?? false,
    defaultBranch: facts.defaultBranch ?? 'main',
    sha,
    headSha: sha,
    headRef: '',
    baseRef: '',
    actor: facts.actor,
    token: 'write',
    idToken: true,
    runId: options.runId ?? '19000000007',
    runNumber: options.runNumber ?? '7',
    runAttempt: options.runAttempt ?? '1',
    workflow: options.workflow ?? 'build',
    workflowRef,
    jobWorkflowRef: options.jobWorkflowRef ?? workflowRef,
    job: options.job ?? 'image',
    ...own,
  };
}

export interface PushOptions extends EventOptions {
  readonly branch?: string;
  readonly before?: string;
  /** The branch was deleted by this push. */
  readonly deleted?: boolean;
}

/** A push to a branch. */
export function push(options: PushOptions = {}): RunnerEvent {
  const facts = factsOf(options);
  const ref = `refs/heads/${options.branch ?? facts.defaultBranch ?? 'main'}`;
  const sha = options.sha ?? fakeSha(`push ${ref}`);
  const before = options.before ?? fakeSha(`before ${sha}`);
  const payload = payloads.pushPayload(facts, ref, sha, before, options.deleted ?? false);
  return complete({ ...options, sha }, { name: 'push', ref, payload });
}

/** A push of a tag. */
export function tagPush(options: EventOptions & { readonly tag?: string } = {}): RunnerEvent {
  const ref = `refs/tags/${options.tag ?? 'v1.2.3'}`;
  const sha = options.sha ?? fakeSha(`push ${ref}`);
  return complete(
    { ...options, sha },
    { name: 'push', ref, payload: payloads.pushPayload(factsOf(options), ref, sha, '0'.repeat(40), false) },
  );
}

export interface PullRequestOptions extends EventOptions {
  readonly number?: number;
  readonly action?: 'opened' | 'synchronize' | 'reopened';
  readonly title?: string;
  readonly headRef?: string;
  readonly headSha?: string;
  readonly baseRef?: string;
  readonly baseSha?: string;
  /** `null`: the fork is gone. */
  readonly headRepository?: string | null;
  readonly author?: string;
}

function pull(options: PullRequestOptions): { readonly facts: payloads.PayloadFacts; readonly pull: payloads.PullPayload } {
  const facts = factsOf(options);
  const number = options.number ?? 3;
  const mergeSha = options.sha ?? fakeSha(`merge ${number}`);
  const made = {
    number,
    action: options.action ?? 'synchronize',
    title: options.title ?? `Change ${number}`,
    author: options.author ?? facts.actor,
    headRef: options.headRef ?? `change-${number}`,
    headSha: options.headSha ?? fakeSha(`head of ${mergeSha}`),
    headRepository: options.headRepository === undefined ? facts.name : options.headRepository,
    baseRef: options.baseRef ?? facts.defaultBranch ?? 'main',
    baseSha: options.baseSha ?? fakeSha(`base of ${mergeSha}`),
    mergeSha,
  };
  return { facts, pull: made };
}

/** A pull request between branches of the repository. `sha` is the test merge commit. */
export function pullRequest(options: PullRequestOptions = {}): RunnerEvent {
  const made = pull(options);
  const { number, headRef, headSha, headRepository, baseRef, author, mergeSha } = made.pull;
  return complete(
    { ...options, sha: mergeSha },
    {
      name: 'pull_request',
      ref: `refs/pull/${number}/merge`,
      payload: payloads.pullPayload(made.facts, made.pull),
      headSha,
      headRef,
      baseRef,
      pullRequest: { number, headRepository, author },
    },
  );
}

/** A pull request from a fork: a read-only token, no secrets, no identity, whatever the workflow asks for. */
export function forkPullRequest(options: PullRequestOptions = {}): RunnerEvent {
  const author = options.author ?? options.actor ?? 'mallory';
  const headRepository = options.headRepository === undefined ? `${author}/app` : options.headRepository;
  return { ...pullRequest({ ...options, author, actor: author, headRepository }), token: 'read', idToken: false };
}

/** A pull request by Dependabot: its branch is in the repository, its token can only read. */
export function dependabotPullRequest(options: PullRequestOptions = {}): RunnerEvent {
  const actor = 'dependabot[bot]';
  const headRef = options.headRef ?? 'dependabot/docker/debian-12.9';
  return { ...pullRequest({ ...options, actor, author: actor, headRef }), token: 'read', idToken: false };
}

/** `pull_request_target`: the pull request's data with the base branch's rights and commit. */
export function pullRequestTarget(options: PullRequestOptions = {}): RunnerEvent {
  const made = pull({ headRepository: 'mallory/app', author: 'mallory', ...options });
  const { number, headRef, headSha, headRepository, baseRef, baseSha, author } = made.pull;
  return complete(
    { ...options, sha: options.sha ?? baseSha },
    {
      name: 'pull_request_target',
      ref: `refs/heads/${baseRef}`,
      payload: payloads.pullPayload(made.facts, made.pull),
      headSha,
      headRef,
      baseRef,
      pullRequest: { number, headRepository, author },
    },
  );
}

/** The merge queue tests a group of pull requests. */
export function mergeGroup(options: EventOptions & { readonly number?: number; readonly baseRef?: string } = {}): RunnerEvent {
  const facts = factsOf(options);
  const base = options.baseRef ?? facts.defaultBranch ?? 'main';
  const baseSha = fakeSha(`base ${base}`);
  const sha = options.sha ?? fakeSha(`group ${base}`);
  const ref = `refs/heads/gh-readonly-queue/${base}/pr-${options.number ?? 104}-${baseSha}`;
  const payload = payloads.mergeGroupPayload(facts, ref, sha, `refs/heads/${base}`, baseSha);
  return complete({ ...options, sha }, { name: 'merge_group', ref, payload });
}

/** The clock. GitHub sends hardly anything with it, not even the repository. */
export function schedule(options: EventOptions & { readonly cron?: string } = {}): RunnerEvent {
  const ref = `refs/heads/${options.defaultBranch ?? 'main'}`;
  return complete(options, { name: 'schedule', ref, payload: { schedule: options.cron ?? '17 4 * * 1' } });
}

export interface DispatchOptions extends EventOptions {
  readonly branch?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Somebody pressed "Run workflow". */
export function workflowDispatch(options: DispatchOptions = {}): RunnerEvent {
  const ref = `refs/heads/${options.branch ?? options.defaultBranch ?? 'main'}`;
  const workflow = `.github/workflows/${options.workflowFile ?? 'build.yml'}`;
  const payload = payloads.dispatchPayload(factsOf(options), ref, workflow, options.inputs ?? null);
  return complete(options, { name: 'workflow_dispatch', ref, payload });
}

/** A release was published. */
export function release(options: EventOptions & { readonly tag?: string; readonly prerelease?: boolean } = {}): RunnerEvent {
  const tag = options.tag ?? 'v1.2.3';
  const payload = payloads.releasePayload(factsOf(options), tag, options.prerelease ?? false);
  return complete(options, { name: 'release', ref: `refs/tags/${tag}`, payload });
}

/** Another workflow has ended; this one runs on the default branch with full rights. */
export function workflowRun(options: EventOptions & { readonly headSha?: string; readonly event?: string } = {}): RunnerEvent {
  const ref = `refs/heads/${options.defaultBranch ?? 'main'}`;
  const headSha = options.headSha ?? fakeSha('head of a workflow run');
  const payload = payloads.workflowRunPayload(factsOf(options), headSha, 'change-3', options.event ?? 'pull_request');
  return complete(options, { name: 'workflow_run', ref, payload });
}

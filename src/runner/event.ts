// GITHUB_* variables and the webhook's payload -> Event: the one place that knows how GitHub describes what happened.

import { UserError } from '../errors.ts';
import type { Event, PullRequest } from '../plan/event.ts';
import { at, booleanOf, field, textOf } from './payload.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads what started the run. `payload` is the parsed file of GITHUB_EVENT_PATH; anything missing in it becomes unknown, never a crash.
 * Throws UserError when the environment is not that of a workflow.
 */
export function readEvent(env: Environment, payload: unknown): Event {
  // An empty variable is one that is not set.
  const variable = (name: string, otherwise = ''): string => textOf(env[name]) ?? otherwise;
  const name = variable('GITHUB_EVENT_NAME');
  const repository = variable('GITHUB_REPOSITORY') || payloadRepository(payload);
  if (!/^[^/\s]+\/[^/\s]+$/.test(repository))
    throw new UserError('GITHUB_REPOSITORY is not set: this is not a workflow run', {
      hint: 'Seaworthy runs as a step of a GitHub Actions workflow.',
    });
  const sha = variable('GITHUB_SHA');
  const pullRequest = readPullRequest(payload);
  const baseRef = readBaseRef(name, payload);
  const commitDate = payloadCommitDate(payload, sha);
  return {
    name,
    repository,
    ...readRepository(field(payload, 'repository')),
    ref: variable('GITHUB_REF'),
    sha,
    headSha: readHeadSha(name, payload, pullRequest) ?? sha,
    ...(pullRequest !== undefined && { pullRequest }),
    ...(baseRef !== undefined && { baseRef }),
    ...(commitDate !== undefined && !Number.isNaN(Date.parse(commitDate)) && { commitDate }),
    deleted: name === 'push' && field(payload, 'deleted') === true,
    // The actor of the first run, also in a re-run: GitHub gives rights by this one, not by who pressed the button.
    actor: variable('GITHUB_ACTOR'),
    runId: variable('GITHUB_RUN_ID'),
    runNumber: variable('GITHUB_RUN_NUMBER'),
    runAttempt: variable('GITHUB_RUN_ATTEMPT', '1'),
    workflowRef: variable('GITHUB_WORKFLOW_REF'),
    job: variable('GITHUB_JOB'),
    serverUrl: withoutSlash(variable('GITHUB_SERVER_URL', 'https://github.com')),
    apiUrl: withoutSlash(variable('GITHUB_API_URL', 'https://api.github.com')),
    idToken: variable('ACTIONS_ID_TOKEN_REQUEST_URL') !== '' && variable('ACTIONS_ID_TOKEN_REQUEST_TOKEN') !== '',
  };
}

/** A workflow always has GITHUB_REPOSITORY; whoever runs the step elsewhere may leave it to the payload, as with docker/metadata-action. */
function payloadRepository(payload: unknown): string {
  const repository = field(payload, 'repository');
  const [owner, name] = [textOf(at(repository, 'owner', 'login')), textOf(field(repository, 'name'))];
  return textOf(field(repository, 'full_name')) ?? (owner === undefined || name === undefined ? '' : `${owner}/${name}`);
}

function readRepository(repository: unknown): Pick<Event, 'private' | 'defaultBranch' | 'description' | 'license'> {
  return {
    private: booleanOf(field(repository, 'private')),
    defaultBranch: textOf(field(repository, 'default_branch')),
    description: textOf(field(repository, 'description')),
    license: textOf(at(repository, 'license', 'spdx_id')),
  };
}

function readPullRequest(payload: unknown): PullRequest | undefined {
  const pull = field(payload, 'pull_request');
  const number = field(pull, 'number');
  if (typeof number !== 'number') return undefined;
  const headRepository = textOf(at(pull, 'head', 'repo', 'full_name'));
  const baseRepository = textOf(at(pull, 'base', 'repo', 'full_name')) ?? textOf(at(payload, 'repository', 'full_name'));
  return {
    number,
    headSha: textOf(at(pull, 'head', 'sha')) ?? '',
    headRef: textOf(at(pull, 'head', 'ref')) ?? '',
    baseRef: textOf(at(pull, 'base', 'ref')) ?? '',
    // The head's repository is null when it was deleted: nobody vouches for it either.
    fork: headRepository === undefined || headRepository !== baseRepository,
  };
}

/** Where statuses go: GITHUB_SHA is the test merge of a pull request, and the default branch's commit of a workflow_run. */
function readHeadSha(name: string, payload: unknown, pullRequest: PullRequest | undefined): string | undefined {
  if (pullRequest !== undefined && pullRequest.headSha !== '') return pullRequest.headSha;
  if (name === 'merge_group') return textOf(at(payload, 'merge_group', 'head_sha'));
  if (name === 'workflow_run') return textOf(at(payload, 'workflow_run', 'head_sha'));
  return undefined;
}

function readBaseRef(name: string, payload: unknown): string | undefined {
  const ref = name === 'merge_group' ? at(payload, 'merge_group', 'base_ref') : field(payload, 'base_ref');
  return textOf(ref)?.replace(/^refs\/heads\//, '');
}

/**
 * The time of a commit as a push names it (other payloads hold no commits): of the listed commit, else of the head commit when that is it.
 * Undefined: the payload does not tell. What it tells may be no time at all.
 */
export function payloadCommitDate(payload: unknown, sha: string): string | undefined {
  const commits = field(payload, 'commits');
  const listed: readonly unknown[] = Array.isArray(commits) ? commits : [];
  const timestamp = field(
    listed.find(commit => field(commit, 'id') === sha),
    'timestamp',
  );
  if (textOf(timestamp) !== undefined) return textOf(timestamp);
  const head = field(payload, 'head_commit');
  return field(head, 'id') === sha ? String(field(head, 'timestamp')) : undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

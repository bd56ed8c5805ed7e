// Payloads are cut from GitHub's webhook documentation to the fields that matter, each field as GitHub writes it.

import { describe, expect, test } from '@jest/globals';
import { readEvent } from '../../src/runner/event.ts';

const SHA = '90dd6032fac8bda1b6c4436a2e65de27961ed071';
const HEAD = 'b'.repeat(40);
const repository = {
  full_name: 'acme/app',
  private: false,
  default_branch: 'main',
  description: 'An app',
  license: { spdx_id: 'MIT' },
};

function env(name: string, ref: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    GITHUB_EVENT_NAME: name,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_REF: ref,
    GITHUB_SHA: SHA,
    GITHUB_ACTOR: 'octocat',
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_NUMBER: '7',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_WORKFLOW_REF: 'acme/app/.github/workflows/ship.yml@refs/heads/main',
    GITHUB_JOB: 'image',
    GITHUB_SERVER_URL: 'https://github.com/',
    GITHUB_API_URL: 'https://api.github.com',
    ...more,
  };
}

function pull(head: unknown): unknown {
  return { number: 2, head, base: { ref: 'main', repo: { full_name: 'acme/app' } } };
}

test('a branch push, every field', () => {
  const payload = {
    repository,
    base_ref: null,
    commits: [{ id: SHA, timestamp: '2026-01-01T01:00:00+01:00' }],
    head_commit: { id: SHA, timestamp: 'x' },
  };
  expect(readEvent(env('push', 'refs/heads/main'), payload)).toEqual({
    name: 'push',
    repository: 'acme/app',
    private: false,
    defaultBranch: 'main',
    description: 'An app',
    license: 'MIT',
    ref: 'refs/heads/main',
    sha: SHA,
    headSha: SHA,
    commitDate: '2026-01-01T01:00:00+01:00',
    deleted: false,
    actor: 'octocat',
    runId: '42',
    runNumber: '7',
    runAttempt: '2',
    workflowRef: 'acme/app/.github/workflows/ship.yml@refs/heads/main',
    job: 'image',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    idToken: false,
  });
});

test('a tag push: no commits, but the head commit and a base', () => {
  const payload = {
    repository,
    base_ref: 'refs/heads/release/1',
    commits: [],
    head_commit: { id: SHA, timestamp: '2026-01-01T00:00:00Z' },
  };
  expect(readEvent(env('push', 'refs/tags/v1'), payload)).toMatchObject({
    baseRef: 'release/1',
    commitDate: '2026-01-01T00:00:00Z',
  });
});

test('the date of another commit is not this one', () => {
  expect(
    readEvent(env('push', 'refs/heads/main'), { head_commit: { id: HEAD, timestamp: '2026-01-01T00:00:00Z' } }).commitDate,
  ).toBeUndefined();
});

test('a deleted ref', () => {
  expect(readEvent(env('push', 'refs/heads/x'), { deleted: true }).deleted).toBe(true);
  expect(readEvent(env('delete', 'refs/heads/main'), { deleted: true }).deleted).toBe(false);
});

describe('pull requests', () => {
  test.each([
    ['of the same repository', { sha: HEAD, ref: 'feature', repo: { full_name: 'acme/app' } }, false],
    ['of a fork', { sha: HEAD, ref: 'feature', repo: { full_name: 'stranger/app' } }, true],
    ['of a fork that was deleted', { sha: HEAD, ref: 'feature', repo: null }, true],
  ])('%s', (_name, head, fork) => {
    for (const name of ['pull_request', 'pull_request_target']) {
      const event = readEvent(env(name, 'refs/pull/2/merge'), { number: 2, repository, pull_request: pull(head) });
      expect(event.pullRequest).toEqual({ number: 2, headSha: HEAD, headRef: 'feature', baseRef: 'main', fork });
      expect(event).toMatchObject({ sha: SHA, headSha: HEAD });
    }
  });

  test('without any repository in the payload it counts as a fork: rights are not guessed', () => {
    const event = readEvent(env('pull_request', 'refs/pull/2/merge'), {
      pull_request: { number: 2, head: { sha: HEAD, ref: 'x' }, base: { ref: 'main' } },
    });
    expect(event.pullRequest?.fork).toBe(true);
  });
});

test.each([
  ['merge_group', { merge_group: { head_sha: HEAD, base_ref: 'refs/heads/main' } }, { headSha: HEAD, baseRef: 'main' }],
  ['workflow_run', { workflow_run: { head_sha: HEAD } }, { headSha: HEAD }],
  ['issue_comment', { issue: { number: 3, pull_request: {} } }, { headSha: SHA }],
  ['schedule', { schedule: '0 0 * * *' }, { headSha: SHA }],
  ['workflow_dispatch', { inputs: null }, { headSha: SHA }],
  ['repository_dispatch', { action: 'go', client_payload: {} }, { headSha: SHA }],
  ['release', { release: { tag_name: 'v1' } }, { headSha: SHA }],
])('%s', (name, payload, expected) => {
  const event = readEvent(env(name, 'refs/heads/main'), { repository, ...payload });
  expect(event).toMatchObject({ name, sha: SHA, deleted: false, ...expected });
  expect(event.pullRequest).toBeUndefined();
});

test('an OIDC token is there only with URL and token', () => {
  const url = { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x?y=1' };
  expect(readEvent(env('push', 'r', url), {}).idToken).toBe(false);
  expect(readEvent(env('push', 'r', { ...url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' }), {}).idToken).toBe(true);
});

test.each([
  undefined,
  null,
  5,
  'x',
  [],
  {},
  { repository: 5, pull_request: 'x', commits: [null] },
  { pull_request: { number: 'two' } },
])('a payload that says nothing (%j) leaves things unknown', payload => {
  expect(readEvent(env('push', 'refs/heads/main'), payload)).toMatchObject({
    private: undefined,
    defaultBranch: undefined,
    license: undefined,
  });
});

test('an empty variable is one that is not set', () => {
  const event = readEvent(env('push', 'refs/heads/main', { GITHUB_SERVER_URL: '', GITHUB_API_URL: '' }), { repository });
  expect(event).toMatchObject({ serverUrl: 'https://github.com', apiUrl: 'https://api.github.com' });
});

test('outside a workflow it says so', () => {
  expect(() => readEvent({}, {})).toThrow('not a workflow run');
});

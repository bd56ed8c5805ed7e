// The certificate rules: exact for this run, lasting for earlier runs and consumers, never a pattern that matches a neighbour.

import { describe, expect, test } from '@jest/globals';
import {
  certificateForConsumers,
  certificateOfEarlierRuns,
  certificateOfThisRun,
  noIdToken,
  workflowOf,
  workflowPath,
} from '../../src/publish/identity.ts';
import type { WorkflowIdentity } from '../../src/publish/identity.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';

function aWorkflow(change: Partial<WorkflowIdentity> = {}): WorkflowIdentity {
  return {
    issuer: ISSUER,
    workflowRef: 'acme/app/.github/workflows/release.yml@refs/heads/main',
    repository: 'acme/app',
    sha: 'a'.repeat(40),
    event: 'push',
    server: 'https://github.com',
    ...change,
  };
}

function pattern(workflow: WorkflowIdentity): RegExp {
  const { subject } = certificateForConsumers(workflow);
  if (!('pattern' in subject)) throw new Error('consumers get a pattern');
  return new RegExp(subject.pattern);
}

describe('the certificate of this run', () => {
  test('is exact in every part', () => {
    expect(certificateOfThisRun(aWorkflow())).toEqual({
      issuer: ISSUER,
      subject: { exact: 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main' },
      repository: 'acme/app',
      commit: 'a'.repeat(40),
      triggers: ['push'],
    });
  });

  test('of a reusable workflow names the called file and the calling repository', () => {
    const workflow = aWorkflow({ workflowRef: 'acme/shared/.github/workflows/ship.yml@refs/tags/v2', repository: 'other/app' });
    expect(certificateOfThisRun(workflow)).toMatchObject({
      subject: { exact: 'https://github.com/acme/shared/.github/workflows/ship.yml@refs/tags/v2' },
      repository: 'other/app',
    });
  });
});

describe('rules 11: our identity among earlier signatures', () => {
  test('same commit, same repository, a publishing event, our own event first', () => {
    expect(certificateOfEarlierRuns(aWorkflow({ event: 'release' }))).toMatchObject({
      issuer: ISSUER,
      repository: 'acme/app',
      commit: 'a'.repeat(40),
      triggers: ['release', 'push', 'schedule', 'workflow_dispatch', 'repository_dispatch'],
    });
  });

  test.each(['pull_request_target', 'workflow_run', 'pull_request', 'issue_comment'])(
    'a signature made by %s never counts, not even for a run of that event',
    event => {
      expect(certificateOfEarlierRuns(aWorkflow({ event })).triggers).not.toContain(event);
    },
  );

  test.each([
    ['another branch', 'https://github.com/acme/app/.github/workflows/release.yml@refs/heads/dev', true],
    ['a tag', 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3', true],
    ['another workflow', 'https://github.com/acme/app/.github/workflows/release2.yml@refs/heads/main', false],
    [
      'a workflow that differs where the dot is',
      'https://github.com/acme/app/.github/workflows/releaseXyml@refs/heads/main',
      false,
    ],
    [
      'a folder that differs where the dot is',
      'https://github.com/acme/app/xgithub/workflows/release.yml@refs/heads/main',
      false,
    ],
    ['a repository that starts alike', 'https://github.com/acme/app2/.github/workflows/release.yml@refs/heads/main', false],
    [
      'a repository that ends alike',
      'https://github.com/evil/https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main',
      false,
    ],
    ['another server', 'https://github.example/acme/app/.github/workflows/release.yml@refs/heads/main', false],
    [
      'a branch that quotes ours',
      'https://github.com/evil/x/.github/workflows/a.yml@https://github.com/acme/app/.github/workflows/release.yml@x',
      false,
    ],
    ['no ref', 'https://github.com/acme/app/.github/workflows/release.yml@', false],
  ])('%s', (_, subject, ours) => {
    expect(pattern(aWorkflow()).test(subject)).toBe(ours);
  });

  test('names with regular expression characters stand for themselves', () => {
    const made = pattern(aWorkflow({ workflowRef: 'acme/c++.lib/.github/workflows/a(b)[c]$.yml@refs/heads/main' }));
    expect(made.test('https://github.com/acme/c++.lib/.github/workflows/a(b)[c]$.yml@refs/heads/x')).toBe(true);
    expect(made.test('https://github.com/acme/ccc.lib/.github/workflows/ab.yml@refs/heads/x')).toBe(false);
  });

  test('consumers get no commit and no trigger: the line holds for later images too', () => {
    expect(certificateForConsumers(aWorkflow())).not.toHaveProperty('commit');
    expect(certificateForConsumers(aWorkflow())).not.toHaveProperty('triggers');
  });
});

describe('claims of a token', () => {
  const claims = {
    iss: ISSUER,
    job_workflow_ref: 'acme/app/.github/workflows/release.yml@refs/heads/main',
    repository: 'acme/app',
    sha: 'a'.repeat(40),
    event_name: 'push',
  };

  test('become the workflow', () => {
    expect(workflowOf(claims, 'https://github.com')).toEqual(aWorkflow());
  });

  test("GitHub's own issuer means github.com, whatever the server variable says", () => {
    expect(workflowOf(claims, 'http://127.0.0.1:1234').server).toBe('https://github.com');
  });

  test('another issuer means the own server, without a slash at the end', () => {
    const own = { ...claims, iss: 'https://ghes.example/_services/token' };
    expect(workflowOf(own, 'https://ghes.example/').server).toBe('https://ghes.example');
  });

  test.each(Object.keys(claims))('without %s: an error that names it', name => {
    expect(() => workflowOf({ ...claims, [name]: undefined }, 'https://github.com')).toThrow(`no claim "${name}"`);
  });

  test.each([undefined, null, 'text', 7])('%p instead of claims', value => {
    expect(() => workflowOf(value, 'https://github.com')).toThrow('no claim "iss"');
  });

  test('a workflow ref without a ref is refused', () => {
    expect(() => workflowPath(aWorkflow({ workflowRef: 'acme/app/.github/workflows/release.yml' }))).toThrow(
      'names no workflow ref',
    );
  });
});

test('a job without id-token: write is told the permission', () => {
  expect(noIdToken().hint).toContain('permissions: id-token: write');
});

// Where the policy is read (rules 2 and 3): the inputs `policy` and `policy-ref` over every event.

import { describe, expect, test } from '@jest/globals';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import type { Event } from '../../src/plan/event.ts';
import { parsePolicy } from '../../src/plan/policy-file.ts';
import { parsePolicyLocation, policyDecisions, policyOrigin } from '../../src/plan/policy-origin.ts';
import type { PolicyRef } from '../../src/plan/policy-origin.ts';
import { SHA, aPullRequest, aTag, anEvent, inputsOf, messageOf } from './plan-builders.ts';

const dependabot = { actor: 'dependabot[bot]' };
type Place = readonly [kind: string, ref: string] | RegExp;
const commit: Place = ['commit', SHA];
const main: Place = ['branch', 'main'];

const TABLE: readonly (readonly [string, Event, Readonly<Record<PolicyRef, Place>>])[] = [
  ['push', anEvent(), { auto: commit, base: main, head: commit }],
  ['tag', aTag('v1'), { auto: commit, base: main, head: commit }],
  ['release', aTag('v1', { name: 'release' }), { auto: commit, base: main, head: commit }],
  ['schedule', anEvent({ name: 'schedule' }), { auto: commit, base: main, head: commit }],
  ['workflow_dispatch', anEvent({ name: 'workflow_dispatch', ref: 'refs/heads/x' }), { auto: commit, base: main, head: commit }],
  ['repository_dispatch', anEvent({ name: 'repository_dispatch' }), { auto: commit, base: main, head: commit }],
  ['pull request of the same repository', aPullRequest(), { auto: commit, base: main, head: commit }],
  [
    'pull request of a fork',
    aPullRequest({}, true),
    { auto: main, base: main, head: /from a fork: a fork must not bring its own rules/ },
  ],
  ['pull request by Dependabot', aPullRequest(dependabot), { auto: main, base: main, head: /Dependabot must not/ }],
  ['push by Dependabot', anEvent(dependabot), { auto: main, base: main, head: /Dependabot must not/ }],
  [
    'merge_group',
    anEvent({ name: 'merge_group', baseRef: 'release' }),
    { auto: ['branch', 'release'], base: ['branch', 'release'], head: commit },
  ],
  ['pull_request_target', aPullRequest({ name: 'pull_request_target' }), { auto: main, base: main, head: /nobody reviewed/ }],
  ['workflow_run', anEvent({ name: 'workflow_run' }), { auto: main, base: main, head: /nobody reviewed/ }],
  ['issue_comment', anEvent({ name: 'issue_comment' }), { auto: main, base: main, head: /nobody reviewed/ }],
];

describe('policy-ref', () => {
  test.each(TABLE)('%s', (_name, event, places) => {
    for (const asked of ['auto', 'base', 'head'] as const) {
      const place = places[asked];
      if (place instanceof RegExp) expect(messageOf(() => policyOrigin(event, asked))).toMatch(place);
      else
        expect(policyOrigin(event, asked)).toMatchObject({ kind: place[0], ref: place[1], reason: expect.stringMatching(/./) });
    }
  });

  test.each(['auto', 'base'] as const)('%s: no base branch known, no guess', asked => {
    expect(messageOf(() => policyOrigin(anEvent({ name: 'workflow_run', defaultBranch: undefined }), asked))).toContain(
      'base branch',
    );
  });

  test('a central policy is read where it says, whatever the event', () => {
    const central = { repository: 'acme/policies', ref: 'v1' };
    for (const [, event] of TABLE) expect(policyOrigin(event, 'head', central)).toMatchObject({ kind: 'named', ...central });
  });
});

describe('policy', () => {
  test.each<[string, object]>([
    ['.github/seaworthy.yml', { path: '.github/seaworthy.yml' }],
    ['./ship/policy.yml', { path: 'ship/policy.yml' }],
    ['././policy.yml', { path: 'policy.yml' }],
    ['./a/b/strict@v1.yml', { path: 'a/b/strict@v1.yml' }],
    ['acme/policies/images.yml@v1', { path: 'images.yml', central: { repository: 'acme/policies', ref: 'v1' } }],
    ['acme/.github/a/b/c.yml@release/1.x', { path: 'a/b/c.yml', central: { repository: 'acme/.github', ref: 'release/1.x' } }],
    [`a-c_me/p.q/x@${SHA}`, { path: 'x', central: { repository: 'a-c_me/p.q', ref: SHA } }],
    ['acme/p/x.yml@user@v1', { path: 'x.yml', central: { repository: 'acme/p', ref: 'user@v1' } }],
  ])('%s', (text, location) => {
    expect(parsePolicyLocation(text)).toEqual(location);
  });

  test.each(['../x.yml', '/etc/passwd', 'a/../../b', 'a//b', 'a\\b', 'a/', './', '.', 'a\nb', 'a\0b'])('%j is no path', text => {
    expect(parsePolicyLocation(text)).toMatch(/not a path inside the repository/);
  });

  test.each([
    'policy@v1.yml',
    'a/policy@v1.yml',
    'acme/policies@v1',
    'acme/policies/@v1',
    'acme/policies/x.yml@',
    '/policies/x.yml@v1',
    'acme//x.yml@v1',
    'acme/../x.yml@v1',
    'acme/policies/../x.yml@v1',
    'ac me/policies/x.yml@v1',
    'acme/policies/x.yml@v 1',
    'acme/policies/x.yml@a..b',
    'acme/policies/x.yml@-x',
    'acme/policies/x.yml@/x',
    'acme/policies/x.yml@x~1',
    'acme/policies/x.yml@x?y=1',
    'https://github.com/acme/policies/x.yml@v1',
    '@',
  ])('%j is no central policy', text => {
    expect(parsePolicyLocation(text)).toMatch(/is not owner\/repo\/path@ref/);
  });

  test('a mistake is told with all others', () => {
    const message = messageOf(() => inputsOf({ policy: '../x', 'policy-ref': 'bas', 'allow-untrusted-checkout': 'yes' }));
    expect(message).toMatch(/policy: "\.\.\/x"/);
    expect(message).toMatch(/policy-ref: "bas" is not one of auto, base, head.*base/);
    expect(message).toMatch(/allow-untrusted-checkout: "yes"/);
  });
});

describe('the rows of the plan', () => {
  const rows = (typed: Readonly<Record<string, string>>, over: Partial<Parameters<typeof effectivePolicy>[0]>): string[] => {
    const inputs = inputsOf(typed);
    return policyDecisions(inputs, effectivePolicy({ inputs, ...over })).map(row => Object.values(row).join(' | '));
  };

  test('nothing known', () => {
    expect(rows({}, {})).toEqual(['policy | auto | inputs and defaults | there is no policy file']);
  });

  test.each([
    [{}, 'read at 90dd603'],
    [{ uncompared: true } as const, 'from the workspace, not compared with 90dd603'],
  ])('where the text came from (%j)', (more, reason) => {
    const file = parsePolicy('version: 1', { path: '.github/seaworthy.yml', commit: SHA, ...more });
    expect(rows({}, { file })).toEqual([`policy | auto | .github/seaworthy.yml | ${reason}`]);
  });

  test('a branch, a commit, a central one, one that was not read', () => {
    const fork = policyOrigin(aPullRequest({}, true));
    expect(rows({}, { origin: fork })[1]).toBe('policy-ref | auto | branch main | a fork must not bring its own rules');
    expect(rows({ 'policy-ref': 'head' }, { origin: policyOrigin(anEvent(), 'head') })[1]).toBe(
      'policy-ref | head | commit 90dd603 | asked for',
    );
    const typed = { policy: 'acme/policies/x.yml@v1' };
    const central = policyOrigin(anEvent(), 'auto', { repository: 'acme/policies', ref: 'v1' });
    expect(rows(typed, { origin: central, unread: 'could not be read' })).toEqual([
      'policy | acme/policies/x.yml@v1 | inputs and defaults | could not be read',
      'policy-ref | auto | acme/policies at v1 | a central policy names its own ref',
    ]);
  });
});

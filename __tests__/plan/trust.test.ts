// Privileged events × what is checked out.

import { describe, expect, test } from '@jest/globals';
import { decideTrust } from '../../src/plan/trust.ts';
import type { Checkout } from '../../src/plan/trust.ts';
import { SHA, aPullRequest, aTag, anEvent, messageOf, planOf } from './plan-builders.ts';

const HEAD = 'b'.repeat(40);
const trusted: Checkout = { directory: 'the workspace', commit: SHA };
const pulled: Checkout = { directory: 'pr', commit: HEAD };
const PRIVILEGED = ['pull_request_target', 'workflow_run', 'issue_comment'];
const aPrivileged = (name: string): ReturnType<typeof anEvent> =>
  name === 'pull_request_target' ? aPullRequest({ name, ref: 'refs/heads/main' }) : anEvent({ name });

describe.each(PRIVILEGED)('%s', name => {
  const event = aPrivileged(name);

  test.each<[string, readonly Checkout[], boolean]>([
    ['nothing', [], true],
    ['the trusted commit', [trusted], true],
    ['the trusted commit twice', [trusted, { directory: 'app', commit: SHA }], true],
    ['the head', [{ directory: 'the workspace', commit: HEAD }], false],
    ['the head beside the trusted commit', [trusted, pulled], false],
    ['a commit that cannot be read', [{ directory: 'pr', commit: undefined }], false],
    ['files of no checkout', [trusted, { directory: 'pr', commit: undefined, instead: 'files without .git' }], false],
    ['a commit written otherwise', [{ directory: 'pr', commit: SHA.toUpperCase() }], false],
  ])('%s is checked out', (_name, checkouts, builds) => {
    const refused = decideTrust({ event, checkouts, allow: false });
    expect(refused).toMatchObject({ value: builds, warnings: [] });
    expect(refused?.mistake === undefined).toBe(builds);
    const allowed = decideTrust({ event, checkouts, allow: true });
    expect(allowed).toMatchObject({ value: true });
    expect(allowed?.mistake).toBeUndefined();
    expect(allowed?.warnings).toHaveLength(builds ? 0 : 1);
  });

  test('without a commit of its own nothing is trusted', () => {
    expect(decideTrust({ event: { ...event, sha: '' }, checkouts: [trusted], allow: false })?.value).toBe(false);
  });

  test('mode: ship refuses and says which, why and the way out', () => {
    const message = messageOf(() => planOf(event, {}, { checkouts: [trusted, pulled] }));
    expect(message).toContain(`allow-untrusted-checkout: the event ${name} runs with the rights of the base repository`);
    expect(message).toContain('pr (bbbbbbb) is not the trusted commit (90dd603)');
  });

  test('mode: plan warns', () => {
    const plan = planOf(event, { mode: 'plan' }, { checkouts: [pulled] });
    expect(plan.warnings).toEqual(
      expect.arrayContaining([expect.stringMatching(/pr \(bbbbbbb\) is not the trusted commit.*would stop here/)]),
    );
    expect(plan.decisions).toContainEqual(expect.objectContaining({ name: 'allow-untrusted-checkout', outcome: 'refused' }));
  });

  test('with the opt-in it is a warning and a row', () => {
    const plan = planOf(event, { 'allow-untrusted-checkout': 'true' }, { checkouts: [pulled] });
    expect(plan.warnings).toEqual(expect.arrayContaining([expect.stringMatching(/every right and secret of this job/)]));
    expect(plan.decisions).toContainEqual({
      name: 'allow-untrusted-checkout',
      asked: 'true',
      outcome: 'allowed',
      reason: 'asked for, although pr (bbbbbbb) is not the trusted commit',
    });
  });
});

test('what is there instead of a commit is told', () => {
  const checkouts = [{ directory: 'the workspace', commit: undefined, instead: 'files without .git' }];
  const decided = decideTrust({ event: aPrivileged('pull_request_target'), checkouts, allow: false });
  expect(decided?.mistake?.what).toContain('but the workspace (files without .git) is not the trusted commit (90dd603)');
  expect(decided?.decision.reason).not.toContain('nothing is checked out');
});

test('several untrusted checkouts are told in one mistake, one a line', () => {
  const checkouts = [pulled, { directory: 'tools', commit: undefined }];
  const decided = decideTrust({ event: aPrivileged('workflow_run'), checkouts, allow: false });
  expect(decided?.mistake?.details).toEqual(['pr: bbbbbbb', 'tools: a commit that cannot be read']);
});

test.each([
  anEvent(),
  aTag('v1'),
  aPullRequest(),
  aPullRequest({}, true),
  anEvent({ name: 'merge_group' }),
  anEvent({ name: '' }),
])('all other events have nothing to decide (%#)', event => {
  expect(decideTrust({ event, checkouts: [pulled], allow: false })).toBeUndefined();
  const plan = planOf(event, { push: 'false' }, { checkouts: [pulled] });
  expect(plan.decisions.map(({ name }) => name)).not.toContain('allow-untrusted-checkout');
});

// Builders for events and inputs: a case says only what it is about.

import { UserError } from '../../src/errors.ts';
import type { Event } from '../../src/plan/event.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { PlanOrder } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import type { Inputs } from '../../src/plan/inputs.ts';

export const SHA = '90dd6032fac8bda1b6c4436a2e65de27961ed071';
export const NOW = new Date('2026-03-08T14:05:09.123Z');

/** A push to main of a public repository, with an OIDC token at hand. */
export function anEvent(over: Partial<Event> = {}): Event {
  return {
    name: 'push',
    repository: 'Acme/App',
    private: false,
    defaultBranch: 'main',
    description: 'An app',
    license: 'MIT',
    ref: 'refs/heads/main',
    sha: SHA,
    headSha: SHA,
    deleted: false,
    actor: 'octocat',
    runId: '42',
    runNumber: '7',
    runAttempt: '1',
    workflowRef: 'Acme/App/.github/workflows/ship.yml@refs/heads/main',
    job: 'image',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    idToken: true,
    ...over,
  };
}

/** A tag push. */
export function aTag(name: string, over: Partial<Event> = {}): Event {
  return anEvent({ ref: `refs/tags/${name}`, ...over });
}

/** A pull request of the same repository; `fork: true` makes it a stranger's. */
export function aPullRequest(over: Partial<Event> = {}, fork = false): Event {
  return anEvent({
    name: 'pull_request',
    ref: 'refs/pull/2/merge',
    headSha: 'b'.repeat(40),
    pullRequest: { number: 2, headSha: 'b'.repeat(40), headRef: 'feature', baseRef: 'main', fork },
    ...over,
  });
}

/** Typed inputs by their names in action.yml. */
export type Typed = Readonly<Record<string, string>>;

/** Inputs as the runner hands them over; a token is there as it always is. */
export function inputsOf(typed: Typed): Inputs {
  const all: Typed = { 'github-token': 'ghs_token', ...typed };
  return readInputs(name => all[name] ?? '');
}

/** A plan from typed inputs, by default for one image. */
export function planOf(event: Event, typed: Typed = {}, over: Partial<PlanOrder> = {}): Plan {
  const inputs = inputsOf({ images: 'ghcr.io/acme/app', ...typed });
  return makePlan({ event, inputs, policy: effectivePolicy({ inputs }), now: NOW, ...over });
}

/** The message of what is thrown; the test fails when nothing is. */
export function messageOf(work: () => unknown): string {
  return refusalOf(work).message;
}

/** Its way out. */
export function hintOf(work: () => unknown): string {
  return refusalOf(work).hint ?? '';
}

function refusalOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error;
  }
  throw new Error('a UserError was expected');
}

// A privileged event and what is checked out -> whether a run with the rights of the base repository may build it.

import { describeEvent, isPrivileged } from './decide.ts';
import type { Decided } from './decide.ts';
import type { Event } from './event.ts';

/** A Git checkout that the build reads from, or files that belong to none. */
export interface Checkout {
  /** As people read it: `the workspace`, `pr/app`. */
  readonly directory: string;
  /** Undefined: HEAD cannot be read, or there is none. */
  readonly commit: string | undefined;
  /** Where there is none: what is there instead, in words. */
  readonly instead?: string;
  /** BuildKit reads it from elsewhere. */
  readonly remote?: boolean;
}

export interface TrustOrder {
  readonly event: Event;
  readonly checkouts: readonly Checkout[];
  /** The input `allow-untrusted-checkout`. */
  readonly allow: boolean;
}

const INPUT = 'allow-untrusted-checkout';
const WAY_OUT =
  'Build pull requests on pull_request, where they have no rights to take; or set allow-untrusted-checkout: true if nobody outside can decide what is checked out.';

/**
 * On pull_request_target, workflow_run and issue_comment GITHUB_SHA is a commit of the base repository, the only one that is trusted: whoever opened
 * the pull request wrote all others, and a build runs what it finds, beside the job's secrets. Undefined on all other events: there is nothing to decide.
 */
export function decideTrust({ event, checkouts, allow }: TrustOrder): Decided<boolean> | undefined {
  if (!isPrivileged(event)) return undefined;
  const answer = (value: boolean, outcome: string, reason: string, more: Partial<Decided<boolean>> = {}): Decided<boolean> => ({
    value,
    decision: { name: INPUT, asked: String(allow), outcome, reason },
    warnings: [],
    ...more,
  });
  const others = checkouts.filter(({ commit }) => commit === undefined || commit !== event.sha);
  const [first] = others;
  if (first === undefined) return answer(true, 'trusted', reasonFor(checkouts, event));
  const who = describeEvent(event);
  const found = others.length === 1 ? describe(first) : `${others.length} checkouts are`;
  const what = `${who} runs with the rights of the base repository, but ${found} not the trusted commit (${short(event.sha)})`;
  const details = others.length === 1 ? [] : others.map(one => `${one.directory}: ${whatIs(one)}`);
  if (allow)
    return answer(true, 'allowed', `asked for, although ${found} not the trusted commit`, {
      warnings: [`${what}: whoever wrote it can use every right and secret of this job (allow-untrusted-checkout: true)`],
    });
  const mistake = { where: INPUT, what, details, wayOut: WAY_OUT };
  return answer(false, 'refused', `${found} not the trusted commit`, { mistake });
}

function reasonFor(checkouts: readonly Checkout[], { sha }: Event): string {
  const here = checkouts.some(({ remote }) => remote !== true);
  if (checkouts.length === 0) return 'nothing is checked out';
  return here ? `commit ${short(sha)} is checked out` : `commit ${short(sha)} is read from Git`;
}

function describe(checkout: Checkout): string {
  return `${checkout.directory} (${whatIs(checkout)}) is`;
}

function whatIs({ commit, instead }: Checkout): string {
  return instead ?? short(commit);
}

function short(commit: string | undefined): string {
  if (commit === undefined) return 'a commit that cannot be read';
  return commit === '' ? 'none' : commit.slice(0, 7);
}

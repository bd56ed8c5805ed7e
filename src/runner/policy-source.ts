// Event and inputs -> the text of the policy file, from the commit that it counts at (rules 3).

import { UserError } from '../errors.ts';
import type { Event } from '../plan/event.ts';
import type { Inputs } from '../plan/inputs.ts';
import { DEFAULT_POLICY, policyOrigin } from '../plan/policy-origin.ts';
import type { PolicyOrigin } from '../plan/policy.ts';
import type { CommittedFile } from '../tools/git.ts';
import { describeFailure, isUnclear, statusOf } from './github-errors.ts';
import type { GitHub } from './github.ts';

/** What reading needs from outside; connect.ts connects GitHub's API and the file system. */
export interface PolicyReaders {
  /** The commit that the workspace is a checkout of; undefined when it is none. */
  readonly workspaceCommit: () => Promise<string | undefined>;
  /** A file of the workspace; undefined when it is not there. */
  readonly readWorkspace: (path: string) => Promise<string | undefined>;
  /** A file as a commit of the workspace's repository holds it; undefined where git cannot tell. */
  readonly readCommitted: (commit: string, path: string) => Promise<CommittedFile | undefined>;
  readonly fetchFile: GitHub['fetchFile'];
}

export interface PolicyText {
  readonly text: string;
  /** Of a central one with `owner/repo/` before it. */
  readonly path: string;
  readonly commit: string;
  /** Set where nobody could tell whether the commit holds the same text. */
  readonly uncompared?: true;
}

/** What was found. */
export interface PolicyReading {
  /** Undefined where it was not worked out, because it was not looked for. */
  readonly origin?: PolicyOrigin;
  /** Undefined: there is none (only the default one may be absent), or see `unread`. */
  readonly file?: PolicyText;
  /** Why it was not looked for, or could not be read: `mode: plan` goes on without it. */
  readonly unread?: string;
  readonly warnings: readonly string[];
}

export interface PolicyOrder {
  readonly event: Event;
  readonly inputs: Pick<Inputs, 'mode' | 'policy' | 'policyRef'>;
  readonly readers: PolicyReaders;
}

/**
 * Reads the policy. A named file must exist, the default one may be absent. In a workspace that is a checkout of exactly the wanted commit git is asked
 * for what that commit holds: steps before this one may have changed the file. Else the API is. `mode: plan` asks the API only for what was named, and an API that does not answer is one warning there: a plan without
 * the policy lacks nothing but a row. Throws UserError.
 */
export async function readPolicy(order: PolicyOrder): Promise<PolicyReading> {
  const { event, inputs } = order;
  if (event.deleted) return { unread: 'nothing is built', warnings: [] };
  const optional = inputs.mode === 'plan' && inputs.policy === undefined && inputs.policyRef === 'auto';
  const origin = originOf(event, inputs, optional);
  if (origin === undefined) return { unread: 'not read: the event names no base branch', warnings: [] };
  const path = inputs.policy?.path ?? DEFAULT_POLICY;
  const here = await fromWorkspace(order, origin, path);
  if (here !== undefined) return reading(here, origin, inputs);
  if (optional)
    return { origin, unread: 'not read: it is not checked out, and mode: plan asks GitHub only for a named one', warnings: [] };
  return readFromApi(order, origin, path);
}

async function readFromApi({ event, inputs, readers }: PolicyOrder, origin: PolicyOrigin, path: string): Promise<PolicyReading> {
  const plans = inputs.mode === 'plan';
  const { ref, repository } = origin;
  let file: Awaited<ReturnType<PolicyReaders['fetchFile']>>;
  try {
    file = await readers.fetchFile(path, ref, repository, plans ? 'quick' : undefined);
  } catch (cause) {
    const where = repository ?? event.repository;
    if (!plans || !passes(cause)) throw unreadable(cause, where, path, origin);
    const warning = `the policy ${path} could not be read from ${where} at ${ref} (${describeFailure(cause)}); the plan shows the inputs and defaults`;
    return { origin, unread: 'could not be read, see the warnings', warnings: [warning] };
  }
  const shown = repository === undefined ? path : `${repository}/${path}`;
  return reading({ text: file?.text, path: shown, commit: file?.commit ?? ref }, origin, inputs);
}

interface Found extends Omit<PolicyText, 'text'> {
  readonly text: string | undefined;
  readonly warnings?: readonly string[];
}

/** A named file must be there. */
function reading(
  { text, warnings = [], ...where }: Found,
  origin: PolicyOrigin,
  { policy }: PolicyOrder['inputs'],
): PolicyReading {
  if (text !== undefined) return { origin, file: { ...where, text }, warnings };
  if (policy === undefined) return { origin, warnings };
  throw absent(policy.path, origin);
}

/** `optional`: nobody asked for a file, so that an event without a base branch is no mistake. */
function originOf(event: Event, { policy, policyRef }: PolicyOrder['inputs'], optional: boolean): PolicyOrigin | undefined {
  try {
    return policyOrigin(event, policyRef, policy?.central);
  } catch (error) {
    if (optional && error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * Undefined: the API has to tell. Where git cannot, a plan alone takes the working file rather than a network, and says so. A working file that is not
 * there says nothing: a sparse checkout leaves it out.
 */
async function fromWorkspace({ inputs, readers }: PolicyOrder, origin: PolicyOrigin, path: string): Promise<Found | undefined> {
  const commit = origin.ref;
  if (origin.kind !== 'commit' || (await readers.workspaceCommit()) !== commit) return undefined;
  const [working, committed] = await Promise.all([readers.readWorkspace(path), readers.readCommitted(commit, path)]);
  const short = commit.slice(0, 7);
  if (committed === undefined) {
    if (working === undefined || inputs.mode !== 'plan') return undefined;
    const warning = `the policy ${path} is from the workspace, not compared with commit ${short}, because git does not tell what that holds`;
    return { text: working, path, commit, uncompared: true, warnings: [warning] };
  }
  const { text } = committed;
  if (working === undefined || (text !== undefined && sameLines(working, text))) return { text, path, commit };
  const what = text === undefined ? `is not in commit ${short}` : `is not the one of commit ${short}`;
  const counts = text === undefined ? 'it does not count' : `the text of ${short} counts`;
  const warning = `the policy ${path} in the workspace ${what} (a step before this one wrote it, or git converted it): ${counts}`;
  return { text, path, commit, warnings: [warning] };
}

/** Line ends are git's to convert. */
function sameLines(one: string, other: string): boolean {
  const lines = (text: string): string => text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n');
  return lines(one) === lines(other);
}

/** True for failures that another try may not meet: no answer, a failing server, a rate limit. */
function passes(cause: unknown): boolean {
  return (
    isUnclear(cause) || statusOf(cause) === 429 || /rate limit/i.test(describeFailure(cause)) || statusOf(cause) === undefined
  );
}

function absent(path: string, { ref, repository, reason }: PolicyOrigin): UserError {
  if (repository !== undefined)
    return new UserError(`policy: "${path}" does not exist in ${repository} at ${ref}`, {
      hint: `Correct the path (relative to the root of ${repository}) or the ref.`,
    });
  return new UserError(`policy: "${path}" does not exist at ${ref} (${reason})`, {
    hint: 'Commit the file there, correct the path (relative to the root of the repository), or leave the input out.',
  });
}

/** Names what is needed. GitHub answers 404 for a repository that the token may not see, and 422 for a ref that is not there. */
function unreadable(cause: unknown, where: string, path: string, { ref, repository }: PolicyOrigin): UserError {
  const status = statusOf(cause);
  const why = describeFailure(cause);
  if (status === 422) {
    const hint = repository === undefined ? 'Correct "policy-ref".' : 'Correct what follows the "@" of "policy".';
    return new UserError(`policy: ${where} has no branch, tag or commit "${ref}"`, { hint, cause });
  }
  if (repository === undefined)
    return new UserError(`The policy ${path} could not be read from ${where} at ${ref}: ${why}`, {
      hint: 'The job\'s token needs "permissions: contents: read"; or check the repository out before this step. Without the policy nothing is built.',
      cause,
    });
  const what =
    status === 404 ? `${where} does not exist, or "github-token" may not read it` : `${where} could not be read: ${why}`;
  return new UserError(`policy: ${what}`, {
    hint: `The job's own token reads no other private repository: give a "github-token" (of a GitHub App, or fine-grained) with "contents: read" on ${where}, or make it public.`,
    cause,
  });
}

// Event -> the commit that the policy is read at, and the file's text at that commit (rules 3).

import { UserError } from '../errors.ts';
import { isPrivileged } from '../plan/decide.ts';
import { isDependabot } from '../plan/event.ts';
import type { Event } from '../plan/event.ts';

export const DEFAULT_POLICY = '.github/seaworthy.yml';

/** What reading needs from outside; main.ts connects GitHub's API and the file system. */
export interface PolicyReaders {
  /** The commit that the workspace is a checkout of; undefined when it is none. */
  readonly workspaceCommit: () => Promise<string | undefined>;
  /** A file of the workspace; undefined when it is not there. */
  readonly readWorkspace: (path: string) => Promise<string | undefined>;
  /**
   * GET /repos/{repository}/contents/{path}?ref={ref}; undefined only when the repository can be read and holds no such file. `commit` is the
   * commit that `ref` stands for. Throws anything else.
   */
  readonly fetchFile: (path: string, ref: string) => Promise<{ readonly text: string; readonly commit: string } | undefined>;
}

/** Where the policy comes from, for the table of decisions. */
export interface PolicyOrigin {
  /** A commit, or the branch whose tip counts. */
  readonly ref: string;
  readonly kind: 'commit' | 'branch';
  readonly reason: string;
}

export interface PolicyText {
  readonly text: string;
  readonly path: string;
  readonly commit: string;
}

/** `policy-ref: auto`: the event's commit where its author may push anyway, the base branch where not. */
export function policyOrigin(event: Event): PolicyOrigin {
  const base = (reason: string): PolicyOrigin => ({ kind: 'branch', ref: baseBranch(event), reason });
  if (isPrivileged(event)) return base(`${event.name} runs for changes that nobody reviewed`);
  if (event.name === 'merge_group') return base('a merge group holds changes that are not merged yet');
  if (event.pullRequest?.fork === true) return base('a fork must not bring its own rules');
  if (isDependabot(event)) return base('Dependabot must not bring its own rules');
  return { kind: 'commit', ref: event.sha, reason: "the event's commit" };
}

function baseBranch(event: Event): string {
  const branch = event.pullRequest?.baseRef ?? (event.name === 'merge_group' ? event.baseRef : undefined) ?? event.defaultBranch;
  if (branch !== undefined && branch !== '') return branch;
  throw new UserError(`The event ${event.name} does not name a base branch to read the policy from`, {
    hint: 'Run on pull_request or push, where GitHub names it.',
  });
}

/**
 * Reads the policy. `named` is the `policy` input; a named file must exist, the default one may be absent (then undefined). The workspace is read only
 * when it is a checkout of exactly the wanted commit, else the API is. Throws UserError.
 */
export async function readPolicy(
  event: Event,
  named: string | undefined,
  readers: PolicyReaders,
): Promise<PolicyText | undefined> {
  const path = checkPath(named ?? DEFAULT_POLICY);
  const origin = policyOrigin(event);
  const found = (await fromWorkspace(path, origin, readers)) ?? (await fromApi(path, origin, event, readers));
  if (found.text !== undefined) return { text: found.text, path, commit: found.commit };
  if (named === undefined) return undefined;
  throw new UserError(`policy: "${path}" does not exist at ${origin.ref} (${origin.reason})`, {
    hint: 'Commit the file there, correct the path (relative to the root of the repository), or leave the input out.',
  });
}

interface Found {
  readonly text: string | undefined;
  readonly commit: string;
}

async function fromWorkspace(path: string, origin: PolicyOrigin, readers: PolicyReaders): Promise<Found | undefined> {
  if (origin.kind !== 'commit' || (await readers.workspaceCommit()) !== origin.ref) return undefined;
  return { text: await readers.readWorkspace(path), commit: origin.ref };
}

async function fromApi(path: string, origin: PolicyOrigin, event: Event, readers: PolicyReaders): Promise<Found> {
  try {
    const file = await readers.fetchFile(path, origin.ref);
    return { text: file?.text, commit: file?.commit ?? origin.ref };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`The policy ${path} could not be read from ${event.repository} at ${origin.ref}: ${why}`, {
      hint: 'The job\'s token needs "permissions: contents: read"; or check the repository out before this step. Without the policy nothing is built.',
      cause,
    });
  }
}

/** A path inside the repository; a central policy in another one comes later. */
function checkPath(path: string): string {
  if (path.includes('@'))
    throw new UserError(`policy: "${path.slice(0, 80)}" looks like owner/repo/path@ref, which is not supported yet`, {
      hint: 'Give a path in this repository, e.g. .github/seaworthy.yml.',
    });
  const parts = path.replace(/^(?:\.\/)+/, '').split('/');
  if (path.startsWith('/') || parts.includes('..') || parts.includes('') || path.includes('\\'))
    throw new UserError(`policy: "${path.slice(0, 80)}" is not a path inside the repository`, {
      hint: 'Give it relative to the root of the repository, e.g. .github/seaworthy.yml.',
    });
  return parts.join('/');
}

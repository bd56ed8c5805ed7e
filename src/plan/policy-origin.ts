// The inputs `policy` and `policy-ref`, and the event -> which file the rules are read from, at which commit, and why (rules 2 and 3).

import { UserError } from '../errors.ts';
import { describeEvent, isPrivileged } from './decide.ts';
import { isDependabot } from './event.ts';
import type { Event } from './event.ts';
import type { Decision } from './plan.ts';
import type { Policy, PolicyLocation, PolicyOrigin } from './policy.ts';
import { shorten } from './reference.ts';

export type PolicyRef = 'auto' | 'base' | 'head';

export const DEFAULT_POLICY = '.github/seaworthy.yml';

const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/;
const REPOSITORY = /^[A-Za-z0-9._-]{1,100}$/;
/** What `git check-ref-format` refuses, as far as it could be mistaken for something else. */
const NO_REF = /[\s~^:?*[\\]|\.\.|^[-/.]|[/.]$|\/\/|@\{/;

/** A path in this repository, or `owner/repo/path@ref`; a path that holds an `@` begins with `./`. Answers a sentence when it is neither. */
export function parsePolicyLocation(text: string): PolicyLocation | string {
  const at = text.startsWith('./') ? -1 : text.indexOf('@');
  if (at === -1) {
    const path = checkPath(text.replace(/^(?:\.\/)+/, ''));
    return path === undefined ? `"${shorten(text)}" is not a path inside the repository, e.g. ${DEFAULT_POLICY}` : { path };
  }
  const [owner = '', name = '', ...rest] = text.slice(0, at).split('/');
  const [path, ref] = [checkPath(rest.join('/')), text.slice(at + 1)];
  const whole = OWNER.test(owner) && REPOSITORY.test(name) && !/^\.{1,2}$/.test(name) && path !== undefined;
  if (!whole || ref === '' || NO_REF.test(ref))
    return `"${shorten(text)}" is not owner/repo/path@ref, e.g. acme/policies/images.yml@v1 (a path in this repository that holds an "@" begins with "./")`;
  return { path, central: { repository: `${owner}/${name}`, ref } };
}

function checkPath(path: string): string | undefined {
  const parts = path.split('/');
  return parts.some(part => ['', '.', '..'].includes(part)) || /[\\\0\n\r]/.test(path) ? undefined : path;
}

/**
 * Where the policy is read. A central one is read at the ref that it names. Else `auto` means the event's commit where its author may push anyway,
 * the base branch where not; `head` is refused there. Throws UserError.
 */
export function policyOrigin(event: Event, asked: PolicyRef = 'auto', central?: PolicyLocation['central']): PolicyOrigin {
  if (central !== undefined) return { ...central, kind: 'named', reason: 'a central policy names its own ref' };
  const outside = whyOutside(event);
  if (asked === 'base') return { kind: 'branch', ref: baseBranch(event), reason: 'asked for' };
  if (asked === 'head' && outside !== undefined)
    throw new UserError(`policy-ref: head is refused on ${describeEvent(event)}: ${outside}`, {
      hint: 'Leave policy-ref at auto: the policy is then read from the base branch.',
    });
  if (asked === 'auto' && outside !== undefined) return { kind: 'branch', ref: baseBranch(event), reason: outside };
  if (asked === 'auto' && event.name === 'merge_group')
    return { kind: 'branch', ref: baseBranch(event), reason: 'a merge group holds changes that are not merged yet' };
  return { kind: 'commit', ref: event.sha, reason: asked === 'head' ? 'asked for' : "the event's commit" };
}

/** Why the commit of the event cannot bring its own rules; undefined: it may. */
function whyOutside(event: Event): string | undefined {
  if (isPrivileged(event)) return `${event.name} runs for changes that nobody reviewed`;
  if (event.pullRequest?.fork === true) return 'a fork must not bring its own rules';
  return isDependabot(event) ? 'Dependabot must not bring its own rules' : undefined;
}

function baseBranch(event: Event): string {
  const branch = event.pullRequest?.baseRef ?? (event.name === 'merge_group' ? event.baseRef : undefined) ?? event.defaultBranch;
  if (branch !== undefined && branch !== '') return branch;
  throw new UserError(`${describeEvent(event)} does not name a base branch to read the policy from`, {
    hint: 'Run on pull_request or push, where GitHub names it; or name a central policy, owner/repo/path@ref.',
  });
}

/** The rows of the plan: which file, and where it was read. */
export function policyDecisions(
  asked: { readonly policy: PolicyLocation | undefined; readonly policyRef: PolicyRef },
  policy: Policy,
): Decision[] {
  const { file, origin, unread } = policy;
  const typed = asked.policy === undefined ? 'auto' : policyName(asked.policy);
  const none = unread ?? 'there is no policy file';
  const rows: Decision[] = [
    {
      name: 'policy',
      asked: typed,
      outcome: file === undefined ? 'inputs and defaults' : file.path,
      reason: file === undefined ? none : describeReading(file),
    },
  ];
  if (origin !== undefined)
    rows.push({ name: 'policy-ref', asked: asked.policyRef, outcome: describeOrigin(origin), reason: origin.reason });
  return rows;
}

function describeReading({ commit, uncompared }: NonNullable<Policy['file']>): string {
  const short = commit.slice(0, 7);
  return uncompared ? `from the workspace, not compared with ${short}` : `read at ${short}`;
}

function describeOrigin({ kind, ref, repository }: PolicyOrigin): string {
  if (kind === 'commit') return `commit ${ref.slice(0, 7)}`;
  return kind === 'branch' ? `branch ${ref}` : `${repository ?? ''} at ${ref}`;
}

/** As typed, for messages. */
export function policyName({ path, central }: PolicyLocation): string {
  return central === undefined ? path : `${central.repository}/${path}@${central.ref}`;
}

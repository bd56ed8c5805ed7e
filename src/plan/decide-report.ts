// Event + inputs + what the token may do -> where GitHub shows the report beside the job: comment, commit status, code scanning.

import { describeEvent, isPrivileged, isReadOnly, yesOrNo } from './decide.ts';
import type { Decided } from './decide.ts';
import type { Event } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { Policy } from './policy.ts';

const NO_TOKEN = 'github-token is empty';
const DELETED = 'the push deleted its ref';

/** Whether the pull request gets a comment. */
export function decideComment(event: Event, inputs: Pick<Inputs, 'comment' | 'githubToken'>): Decided<boolean> {
  const answer = yesOrNo('comment', inputs.comment);
  if (inputs.comment === 'never') return answer(false, 'asked for');
  if (event.pullRequest === undefined) return answer(false, `${describeEvent(event)} has no pull request`);
  if (inputs.githubToken === '') return answer(false, NO_TOKEN);
  if (inputs.comment === 'always') return answer(true, 'asked for');
  if (isReadOnly(event)) return answer(false, `the token of ${describeEvent(event)} is read-only; the summary holds the report`);
  return answer(true, `pull request #${event.pullRequest.number}`);
}

/** Whether the commit gets a status. */
export function decideStatus(event: Event, inputs: Pick<Inputs, 'status' | 'githubToken'>): Decided<boolean> {
  const answer = yesOrNo('status', String(inputs.status));
  if (!inputs.status) return answer(false, 'asked for');
  if (event.deleted) return answer(false, DELETED);
  if (inputs.githubToken === '') return answer(false, NO_TOKEN);
  if (isReadOnly(event)) return answer(false, `the token of ${describeEvent(event)} is read-only; the job itself is the check`);
  return answer(true, `on commit ${event.headSha.slice(0, 7)}`);
}

/** Events whose own commit and ref are what was built, so that results land where they belong. */
const SCANNABLE = ['push', 'pull_request', 'merge_group', 'release', 'schedule', 'workflow_dispatch', 'repository_dispatch'];
/** What the endpoint takes as `ref` (GitHub's OpenAPI description, code-scanning-ref-full). */
const REF = /^refs\/(?:heads|tags|pull)\/./;

/**
 * Whether the findings go to code scanning. `true` asks for it anyway, `auto` only where it can work as far as that is known beforehand: that a private
 * repository has no Code Security, or the job no `security-events: write`, only GitHub's answer tells.
 */
export function decideSarif(
  event: Event,
  inputs: Pick<Inputs, 'sarif' | 'githubToken'>,
  policy: Pick<Policy, 'gate'>,
): Decided<boolean> {
  const answer = yesOrNo('sarif', inputs.sarif);
  const who = describeEvent(event);
  if (inputs.sarif === 'false') return answer(false, 'asked for');
  if (event.deleted) return answer(false, DELETED);
  if (policy.gate === 'off') return answer(false, 'nothing is scanned (gate: off)');
  if (inputs.githubToken === '') return answer(false, NO_TOKEN);
  if (!REF.test(event.ref)) return answer(false, `${who} has no ref that code scanning takes`);
  if (inputs.sarif === 'true') return answer(true, 'asked for');
  if (isReadOnly(event)) return answer(false, `the token of ${who} is read-only; the summary holds the report`);
  if (isPrivileged(event)) return answer(false, `${who} would show its findings on the default branch, whatever was built`);
  if (!SCANNABLE.includes(event.name)) return answer(false, `code scanning takes no results of ${who}`);
  if (event.private === false) return answer(true, `results for ${shortRef(event)}`);
  return answer(true, 'if the repository has Code Security, which private ones need');
}

function shortRef({ ref, pullRequest }: Event): string {
  return pullRequest === undefined ? ref.replace(/^refs\/(?:heads|tags)\//, '') : `pull request #${pullRequest.number}`;
}

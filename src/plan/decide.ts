// Event + inputs -> the decisions of the plan (push, sign, comment, status), each with its reason. The tables are those of the design, section 4.

import { UserError } from '../errors.ts';
import { isDependabot, restricted } from './event.ts';
import type { Event } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { Decision, Signing } from './plan.ts';

/** Events that publish by themselves: the first row of the design's table. */
const PUBLISHING = ['push', 'release', 'schedule', 'workflow_dispatch', 'repository_dispatch'];
/** Events that run with write rights on behalf of somebody who may have none. */
const PRIVILEGED = ['pull_request_target', 'workflow_run', 'issue_comment'];

export interface Decided<T> {
  readonly value: T;
  readonly decision: Decision;
  readonly warnings: readonly string[];
}

/** True when `push: auto` publishes on this event; pushes by Dependabot count as pull requests (rules 25). */
export function publishes(event: Event): boolean {
  return PUBLISHING.includes(event.name) && !(event.name === 'push' && isDependabot(event));
}

/** True for events whose workflow has rights that the author of the change may not have. */
export function isPrivileged(event: Event): boolean {
  return PRIVILEGED.includes(event.name);
}

/** Whether anything is pushed. `hasImages`: there is an enabled image or a full reference. Throws UserError for `push: true` without one. */
export function decidePush(event: Event, asked: Inputs['push'], hasImages: boolean): Decided<boolean> {
  const answer = (value: boolean, reason: string, warnings: readonly string[] = []): Decided<boolean> => ({
    value,
    decision: { name: 'push', asked, outcome: value ? 'yes' : 'no', reason },
    warnings,
  });
  if (event.deleted) return answer(false, 'the push deleted its ref');
  if (asked === 'false') return answer(false, 'asked for');
  if (!hasImages) {
    if (asked === 'auto') return answer(false, 'no image is given or enabled');
    throw new UserError('push: true has nowhere to push to: "images" is empty or every entry is disabled', {
      hint: 'Give the repository, e.g. images: ghcr.io/OWNER/NAME, or leave push at auto.',
    });
  }
  const who = describeEvent(event);
  if (asked === 'true') {
    if (publishes(event)) return answer(true, 'asked for');
    return answer(true, `asked for, although ${who} does not publish by itself`, [
      `push: true publishes on ${who}, where push: auto would not: whoever can start this event decides what is published`,
    ]);
  }
  return publishes(event)
    ? answer(true, `${who} publishes`)
    : answer(false, `${who} does not publish; it builds, scans and reports`);
}

/** How the published digest is signed. Throws UserError when what was asked for cannot be done. */
export function decideSigning(event: Event, inputs: Pick<Inputs, 'sign' | 'cosignKey'>, push: boolean): Decided<Signing> {
  const answer = (value: Signing, reason: string): Decided<Signing> => ({
    value,
    decision: { name: 'sign', asked: inputs.sign, outcome: signingOutcome(value), reason },
    warnings: [],
  });
  const off = { method: 'off' } as const;
  // Where the payload does not tell, the repository is treated as private: its name must not reach a public log.
  const isPublic = event.private === false;
  if (inputs.sign === 'off') return answer(off, 'asked for');
  if (!push) return answer(off, 'nothing is pushed');
  if (inputs.sign === 'key') {
    if (inputs.cosignKey === undefined)
      throw new UserError('sign: key needs the input "cosign-key", which is empty', {
        hint: 'Give a path, env://NAME, a KMS reference or the PEM text; a secret is empty on runs of forks and Dependabot.',
      });
    return answer({ method: 'key', log: isPublic }, 'asked for');
  }
  if (inputs.sign === 'keyless') {
    if (!event.idToken)
      throw new UserError('sign: keyless needs an OIDC token, and this job may not ask for one', {
        hint: 'Add "permissions: id-token: write" to the job, or sign with a key (cosign-key), or set sign: off.',
      });
    return answer(
      { method: 'keyless', log: isPublic },
      isPublic ? 'asked for' : 'asked for; a private repository stays out of the public log',
    );
  }
  if (!publishes(event)) return answer(off, `on ${describeEvent(event)} only an explicit sign signs`);
  if (inputs.cosignKey !== undefined) return answer({ method: 'key', log: isPublic }, 'cosign-key is set');
  if (!isPublic)
    return answer(
      off,
      'the repository is private, and keyless signing would name it in the public log; ask for it with sign: keyless',
    );
  if (!event.idToken) return answer(off, 'no cosign-key, and the job has no "permissions: id-token: write" for keyless signing');
  return answer({ method: 'keyless', log: true }, 'public repository with id-token: write');
}

function signingOutcome(signing: Signing): string {
  if (signing.method === 'off') return 'no';
  return signing.log ? signing.method : `${signing.method}, no public log`;
}

/** Whether the pull request gets a comment. */
export function decideComment(event: Event, inputs: Pick<Inputs, 'comment' | 'githubToken'>): Decided<boolean> {
  const answer = (value: boolean, reason: string): Decided<boolean> => ({
    value,
    decision: { name: 'comment', asked: inputs.comment, outcome: value ? 'yes' : 'no', reason },
    warnings: [],
  });
  if (inputs.comment === 'never') return answer(false, 'asked for');
  if (event.pullRequest === undefined) return answer(false, `${describeEvent(event)} has no pull request`);
  if (inputs.githubToken === '') return answer(false, 'github-token is empty');
  if (inputs.comment === 'always') return answer(true, 'asked for');
  if (restricted(event)) return answer(false, `the token of ${describeEvent(event)} is read-only; the summary holds the report`);
  return answer(true, `pull request #${event.pullRequest.number}`);
}

/** Whether the commit gets a status. */
export function decideStatus(event: Event, inputs: Pick<Inputs, 'status' | 'githubToken'>): Decided<boolean> {
  const answer = (value: boolean, reason: string): Decided<boolean> => ({
    value,
    decision: { name: 'status', asked: String(inputs.status), outcome: value ? 'yes' : 'no', reason },
    warnings: [],
  });
  if (!inputs.status) return answer(false, 'asked for');
  if (event.deleted) return answer(false, 'the push deleted its ref');
  if (inputs.githubToken === '') return answer(false, 'github-token is empty');
  if (restricted(event)) return answer(false, `the token of ${describeEvent(event)} is read-only; the job itself is the check`);
  return answer(true, `on commit ${event.headSha.slice(0, 7)}`);
}

/** The event in words that fit into a sentence. */
export function describeEvent(event: Event): string {
  if (event.name === 'push' && isDependabot(event)) return 'a push by Dependabot';
  if (event.name === 'push') return event.ref.startsWith('refs/tags/') ? 'a tag push' : 'a branch push';
  if (event.name === 'pull_request' && event.pullRequest?.fork === true) return 'a pull request from a fork';
  if (event.name === 'pull_request' && isDependabot(event)) return 'a pull request by Dependabot';
  if (event.name === 'pull_request') return 'a pull request';
  return event.name === '' ? 'a run without an event' : `the event ${event.name}`;
}

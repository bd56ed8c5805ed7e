// Commit statuses of a run: pending at the start, final at the end; whatever goes wrong is one warning.

import type { Event } from '../plan/event.ts';
import type { CommitStatus } from '../report/status.ts';
import { describeRefusal, isRefused } from './github-errors.ts';
import type { GitHub } from './github.ts';

/** Sends statuses of one run; never throws, warns at most once. */
export type SendStatus = (status: CommitStatus) => Promise<void>;

/** Statuses go to the commit that people pushed, not to GitHub's test merge. After a refusal nothing more is sent. */
export function createStatusSender(github: Pick<GitHub, 'createStatus'>, event: Event, warn: (line: string) => void): SendStatus {
  let warned = false;
  let refused = false;
  return async status => {
    if (refused) return;
    try {
      await github.createStatus(event.headSha, status);
    } catch (error) {
      refused = isRefused(error);
      if (!warned) warn(describeRefusal(error, 'no commit status', 'statuses: write'));
      warned = true;
    }
  };
}

// A rendered report -> one comment on the pull request, kept up to date in place; whatever goes wrong is one warning.

import { createHash } from 'node:crypto';
import type { Event } from '../plan/event.ts';
import { describeRefusal, isUnclear } from './github-errors.ts';
import type { GitHub, StoredComment } from './github.ts';

/** Who writes with the workflow's own token. */
const ACTIONS_BOT = 'github-actions[bot]';
const PERMISSION = 'pull-requests: write';
/** Tries of the whole look-then-write, when an answer leaves open whether the comment was written. */
const ROUNDS = 3;

export interface CommentOrder {
  readonly github: Pick<GitHub, 'listComments' | 'createComment' | 'updateComment' | 'viewer'>;
  readonly event: Event;
  /** Title of the report: two images of one job have a comment each. */
  readonly title: string;
  /** Markdown; the marker is put before it. */
  readonly body: string;
  /** Called at most once, with one line. */
  readonly warn: (line: string) => void;
}

/**
 * Finds our comment (marker first in the body, author checked, all pages) and edits it, or writes a new one. A comment by a newer run is left as it is.
 * Never throws.
 */
export async function writeComment(order: CommentOrder): Promise<void> {
  if (order.event.pullRequest === undefined) return;
  try {
    await upsert(order, order.event.pullRequest.number);
  } catch (error) {
    order.warn(describeRefusal(error, 'no comment on the pull request', PERMISSION));
  }
}

async function upsert({ github, event, title, body }: CommentOrder, pullRequest: number): Promise<void> {
  const prefix = markerPrefix(event, title);
  const full = `${prefix} run=${event.runNumber}.${event.runAttempt} -->\n${body}`;
  for (let round = 1; ; round++) {
    const marked = (await github.listComments(pullRequest)).filter(comment => comment.body.startsWith(`${prefix} `));
    const mine = await own(github, marked);
    if (mine !== undefined) {
      if (mine.body.replaceAll('\r\n', '\n') === full || isNewer(mine.body, event)) return;
      if (await github.updateComment(mine.id, full)) return;
    }
    try {
      await github.createComment(pullRequest, full);
      return;
    } catch (error) {
      // Perhaps it was written all the same: look again, or there would be two.
      if (!isUnclear(error) || round >= ROUNDS) throw error;
    }
  }
}

/** The first of the marked comments that we wrote: anybody can paste a marker, so the author counts. */
async function own(github: CommentOrder['github'], marked: readonly StoredComment[]): Promise<StoredComment | undefined> {
  const byId = [...marked].sort((a, b) => a.id - b.id);
  const byBot = byId.find(comment => comment.author === ACTIONS_BOT);
  if (byBot !== undefined || byId.length === 0) return byBot;
  const login = await github.viewer();
  return byId.find(comment => comment.author === login);
}

/** Hidden, and first in the body: it names the workflow, the job and the image, so that each keeps its own comment. */
export function markerPrefix(event: Event, title: string): string {
  const workflow = event.workflowRef.split('@')[0] ?? '';
  const key = createHash('sha256').update([event.repository, workflow, event.job, title].join('\n')).digest('hex').slice(0, 16);
  return `<!-- seaworthy:v1:${key}`;
}

/** Runs of one workflow are numbered: a slow old run must not overwrite what a newer one said. */
function isNewer(body: string, event: Event): boolean {
  const match = /^<!-- \S+ run=(\d+)\.(\d+) -->/.exec(body);
  if (match === null) return false;
  const [run, attempt] = [Number(match[1]), Number(match[2])];
  const ours = Number(event.runNumber);
  return run > ours || (run === ours && attempt > Number(event.runAttempt));
}

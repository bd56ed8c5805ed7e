// Report -> commit status: state, and a description of at most 140 characters.

import { runUrl } from '../plan/event.ts';
import { plain } from './markdown.ts';
import type { Report } from './report.ts';
import { shortDigest } from './wording.ts';

export interface CommitStatus {
  readonly state: 'pending' | 'success' | 'failure' | 'error';
  readonly context: string;
  /** At most 140 characters (UTF-16 units). */
  readonly description: string;
  readonly targetUrl: string;
}

const LIMIT = 140;

/** The status of the run as it stands: pending while it runs; `error` is for runs that could not be judged. */
export function renderStatus(report: Report): CommitStatus {
  return {
    state: state(report),
    context: plain(report.title, 200),
    description: describe(report),
    targetUrl: runUrl(report.record.event),
  };
}

function state(report: Report): CommitStatus['state'] {
  if (report.word === 'Running') return 'pending';
  if (['Shipped', 'Would ship', 'Planned', 'Checked', 'Nothing to do'].includes(report.word)) return 'success';
  return report.word === 'Blocked' ? 'failure' : 'error';
}

function describe(report: Report): string {
  const tags = report.word === 'Shipped' && report.tags.length > 0 ? ` ${report.tags.slice(0, 3).join(', ')}` : '';
  const digest = report.word === 'Shipped' && report.digest !== undefined ? ` (${shortDigest(report.digest)})` : '';
  const words = plain(`${report.word}${tags}${digest}: ${report.reason}`.replaceAll('`', ''), 1000);
  if (words.length <= LIMIT) return words;
  // Whole code points: half an emoji is no text.
  let out = '';
  for (const point of words) {
    if (out.length + point.length > LIMIT - 1) break;
    out += point;
  }
  return `${out.trimEnd()}…`;
}

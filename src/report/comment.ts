// Report -> the pull request comment: the answer, what blocks and what to do; the rest is in the summary.

import { remarks } from './build-section.ts';
import { blockingTable, excusedTable } from './finding-tables.ts';
import { fit } from './fit.ts';
import { foldedPlan } from './plan-section.ts';
import type { Report } from './report.ts';
import { equality, footer, hints, notes, platforms, publication, verdict } from './sections.ts';

/** Bytes. GitHub's limit is 65 536 characters; the hidden marker that comes first needs some. */
export const COMMENT_BUDGET = 64_500;

/** The comment in Markdown without its marker, never longer than `budget` bytes. */
export function renderComment(report: Report, budget = COMMENT_BUDGET): string {
  const settings = { visible: 10, fullList: 'the summary of the run has the full list' };
  const blocks = [
    ...verdict(report),
    ...hints(report),
    ...platforms(report),
    ...blockingTable(report, settings),
    ...excusedTable(report, settings),
    ...publication(report),
    ...equality(report, false),
    ...foldedPlan(report),
    ...remarks(report),
    ...notes(report),
    ...footer(report),
  ];
  return fit(blocks, budget);
}

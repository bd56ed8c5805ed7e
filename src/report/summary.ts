// Report -> the job summary: everything, within what GitHub shows (1 MiB a step; more is dropped whole).

import { blockingTable, excusedTable, othersTable } from './finding-tables.ts';
import { built, callTables, delivered, lastWords, remarks } from './build-section.ts';
import { fit } from './fit.ts';
import { foldedPlan, planFacts, wholePlan } from './plan-section.ts';
import type { Report } from './report.ts';
import { equality, footer, hints, notes, platforms, publication, timeline, verdict } from './sections.ts';

/** Bytes. GitHub refuses a summary file above 1 048 576, other steps' text in the same file included. */
export const SUMMARY_BUDGET = 900_000;

/** The summary in Markdown, never longer than `budget` bytes. */
export function renderSummary(report: Report, budget = SUMMARY_BUDGET): string {
  if (report.word === 'Planned') return renderPlan(report, budget);
  if (report.record.call !== undefined) return renderCall(report, budget);
  const settings = { visible: 25, fullList: 'the report file (output `report`) has them all' };
  const blocks = [
    ...verdict(report),
    ...hints(report),
    ...lastWords(report),
    ...platforms(report),
    ...blockingTable(report, settings),
    ...excusedTable(report, settings),
    ...publication(report),
    ...equality(report, true),
    ...delivered(report),
    ...othersTable(report, settings),
    ...foldedPlan(report),
    ...remarks(report),
    ...built(report),
    ...timeline(report),
    ...notes(report),
    ...footer(report),
  ];
  return fit(blocks, budget);
}

/** The summary of `call`: what the Dockerfile breaks, takes or offers. */
function renderCall(report: Report, budget: number): string {
  const blocks = [
    ...verdict(report),
    ...hints(report),
    ...callTables(report),
    ...remarks(report),
    ...notes(report),
    ...foldedPlan(report),
    ...footer(report),
  ];
  return fit(blocks, budget);
}

/** The summary of `mode: plan`: what a reviewer reads before anything runs. */
function renderPlan(report: Report, budget: number): string {
  const blocks = [
    ...verdict(report),
    ...planFacts(report),
    ...notes(report),
    ...hints(report),
    ...wholePlan(report),
    ...footer(report),
  ];
  return fit(blocks, budget);
}

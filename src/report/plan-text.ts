// Plan -> what the log shows before anything runs: names, platforms, what blocks, and every decision with its reason.

import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { columns, labelled, limited } from './columns.ts';
import { plain } from './markdown.ts';
import { annotationPairs, annotationsAsLabels, blockingRule, planSentence, runnerName } from './plan-words.ts';

/** Code points; a rule may hold a whole file. */
const LONGEST_LINE = 160;
/** A tag may be 128 long, and is worth more room than other cells. */
const LONGEST_TAG = 72;
const LONGEST_RULE = 80;

/** What will happen and why, before anything runs: what people ask first stands first. */
export function planText(plan: Plan): string {
  const facts: [string, readonly string[]][] = [
    ['images', plan.images.length === 0 ? ['none: build, scan and gate only'] : plan.images],
    ['tags', plan.tags.length === 0 ? ['none'] : columns(tagRows(plan), LONGEST_TAG)],
    ['no tag from', plan.idleRules.map(line => plain(line, LONGEST_LINE))],
    ['platforms', columns(platformRows(plan))],
    ['blocks', [blockingRule(plan)]],
    ['exceptions', columns(exceptionRows(plan))],
  ];
  const details: [string, readonly string[]][] = [
    ['version', plan.version === '' ? [] : [plain(plan.version, LONGEST_TAG)]],
    ['labels', columns(Object.entries(plan.labels))],
    ['annotations', annotationLines(plan)],
  ];
  const sentence = planSentence(plan);
  return [
    `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`,
    '',
    ...listed(facts),
    '',
    ...decisionLines(plan),
    '',
    ...listed(details),
  ]
    .join('\n')
    .trimEnd();
}

/** One row a decision, under a title. */
export function decisionLines(plan: Plan): string[] {
  const rows = plan.decisions.map(({ name, asked, outcome, reason }) => [name, outcome, asked, reason]);
  return columns([['DECISION', 'OUTCOME', 'ASKED', 'WHY'], ...rows]);
}

function listed(facts: readonly [string, readonly string[]][]): string[] {
  return facts.filter(([, lines]) => lines.length > 0).flatMap(([name, lines]) => labelled(name, limited(lines)));
}

function tagRows(plan: Plan): string[][] {
  return plan.tags.map(tag => [tag.name, tag.kind, plain(tag.rule, LONGEST_RULE)]);
}

/** Where each platform is built matters to whoever makes a matrix of the plan. */
function platformRows(plan: Plan): string[][] {
  if (plan.mode !== 'plan') return [[plan.platforms.map(platformName).join(', ')]];
  return plan.matrix.map(({ platform, runner, native }) => [
    platform,
    `on ${runnerName(runner)}${native ? '' : ', may need emulation (QEMU)'}`,
  ]);
}

function annotationLines(plan: Plan): string[] {
  const same = annotationsAsLabels(plan);
  return same === undefined ? columns(annotationPairs(plan)) : [plain(same, LONGEST_LINE)];
}

function exceptionRows(plan: Plan): string[][] {
  return plan.policy.exceptions.map(({ id, package: name, expires, reason }) => [
    id,
    name ?? 'any package',
    `until ${expires}`,
    reason,
  ]);
}

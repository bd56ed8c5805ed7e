// Plan -> its part of summary and comment: names, platforms, every decision with its reason, and why rules gave no tag.

import type { Plan } from '../plan/plan.ts';
import type { Block, Rows } from './fit.ts';
import { code, head, row, text } from './markdown.ts';
import { annotationPairs, annotationsAsLabels, blockingRule, planSentence, runnerName } from './plan-words.ts';
import type { Report } from './report.ts';
import { count } from './wording.ts';

/** Rows of one table in a rendering that is about something else. */
const FEW = 20;
/** Code points of a rule: it may hold a whole file. */
const RULE = 160;
const ELSEWHERE = 'the report file (output `report`) has them all';

/** What a reviewer of a plan asks first: where to, for what, and what would stop it. */
export function planFacts(report: Report): Block[] {
  const { plan } = report.record;
  return plan === undefined ? [] : [{ kind: 'text', rank: 2, text: facts(plan) }];
}

/** The rest of the plan as the main content: tags and decisions in sight, long lists folded. */
export function wholePlan(report: Report): Block[] {
  const { plan } = report.record;
  if (plan === undefined) return [];
  return [
    ...(plan.tags.length === 0 ? [] : [inSight(tagTable(plan), `### ${count(plan.tags.length, 'tag')}`, 2.4)]),
    { kind: 'text', rank: 2.2, text: `### Decisions\n\n${decisionTable(plan)}` },
    // Without any tag the warning lists them.
    ...(plan.idleRules.length === 0 || plan.tags.length === 0 ? [] : [foldedRows(idleTable(plan), idleTitle(plan), 5)]),
    ...(Object.keys(plan.labels).length === 0 ? [] : [foldedRows(pairTable(Object.entries(plan.labels)), labelTitle(plan), 8)]),
    ...(plan.annotations.length === 0 || annotationsAsLabels(plan) !== undefined
      ? []
      : [foldedRows(pairTable(annotationPairs(plan)), `🔖 ${count(plan.annotations.length, 'annotation')}`, 9)]),
  ];
}

/** The plan of a run that did something, folded: the same in short. */
export function foldedPlan(report: Report): Block[] {
  const { plan } = report.record;
  if (plan === undefined || plan.decisions.length === 0) return [];
  const parts = [
    decisionTable(plan),
    facts(plan),
    ...(plan.tags.length === 0 ? [] : [short(tagTable(plan))]),
    ...(plan.idleRules.length === 0 ? [] : [short(idleTable(plan))]),
  ];
  const body = `<details><summary>🧭 Plan: ${text(planSentence(plan), 300)}</summary>\n\n${parts.join('\n\n')}\n\n</details>`;
  return [{ kind: 'text', rank: 6.5, text: body }];
}

/** What belongs to every tag: repositories, platforms and where they are built, what blocks. */
function facts(plan: Plan): string {
  const images = plan.images.map(image => code(image, 255));
  return [
    fact('Images', images.length === 0 ? ['none: build, scan and gate only'] : images),
    fact('Platforms', platforms(plan)),
    fact('Blocks', [text(blockingRule(plan), 300)]),
  ].join('\n');
}

/** Up to three values in a line, more of them each in its own. */
function fact(name: string, values: readonly string[]): string {
  const shown = values.length <= FEW ? values : [...values.slice(0, FEW), `and ${values.length - FEW} more`];
  return `- **${name}:**${shown.length <= 3 ? ` ${shown.join(', ')}` : shown.map(value => `\n  - ${value}`).join('')}`;
}

function platforms({ mode, matrix }: Plan): string[] {
  return matrix.map(({ platform, runner, native }) => {
    const where = mode === 'plan' ? ` on ${code(runnerName(runner), 100)}${native ? '' : ' (may need QEMU)'}` : '';
    return code(platform, 60) + where;
  });
}

/** Two columns, so that a phone shows them whole. */
function decisionTable(plan: Plan): string {
  const rows = plan.decisions.map(({ name, asked, outcome, reason }) =>
    row([code(`${name}: ${asked}`, 80), `**${text(outcome, 200)}**: ${text(reason, 300)}`]),
  );
  return [head(['Asked', 'Decided']), ...rows].join('\n');
}

interface Table {
  readonly header: string;
  readonly rows: readonly string[];
}

function tagTable(plan: Plan): Table {
  return {
    header: head(['Tag', 'Kind', 'Given by']),
    rows: plan.tags.map(tag => row([code(tag.name, 140), tag.kind, code(tag.rule, RULE)])),
  };
}

/** Idle rules come as `rule: reason`, and a rule may hold a colon itself: what they have in common is one cell. */
function idleTable(plan: Plan): Table {
  return { header: head(['No tag from']), rows: plan.idleRules.map(line => row([text(line, 300)])) };
}

function idleTitle(plan: Plan): string {
  return `💤 ${count(plan.idleRules.length, 'rule')} gave no tag`;
}

function pairTable(pairs: readonly (readonly [string, string])[]): Table {
  return {
    header: head(['Key', 'Value']),
    rows: pairs.map(([key, value]) => row([code(key, 120), text(value, 300)])),
  };
}

function labelTitle(plan: Plan): string {
  const amount = count(Object.keys(plan.labels).length, 'label');
  const same = annotationsAsLabels(plan);
  return `🏷️ ${amount}${same === undefined ? '' : `; annotations: ${text(same, 200)}`}`;
}

function short({ header, rows }: Table): string {
  const more = rows.length > FEW ? [row([`_and ${count(rows.length - FEW, 'more', 'more')}_`])] : [];
  return [header, ...rows.slice(0, FEW), ...more].join('\n');
}

function inSight({ header, rows }: Table, title: string, rank: number): Rows {
  return {
    kind: 'rows',
    rank,
    open: `${title}\n\n${header}\n`,
    rows,
    close: moreLine,
    instead: `${title}\n\n${ELSEWHERE}`,
  };
}

function foldedRows({ header, rows }: Table, title: string, rank: number): Rows {
  return {
    kind: 'rows',
    rank,
    open: `<details><summary>${title}</summary>\n\n${header}\n`,
    rows,
    close: dropped => `${moreLine(dropped)}\n\n</details>`,
    instead: `_${title}: ${ELSEWHERE}_`,
  };
}

function moreLine(dropped: number): string {
  return dropped === 0 ? '' : `\n_and ${count(dropped, 'more', 'more')}: ${ELSEWHERE}_`;
}

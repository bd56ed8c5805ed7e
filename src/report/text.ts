// Plan and report -> tables for the log: readable without colours, lined up, one screen for the usual run.

import type { Judged } from '../gate/verdict.ts';
import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { plain } from './markdown.ts';
import type { Report } from './report.ts';
import { count, shortDigest, size, WORST_FIRST } from './wording.ts';

/** Findings and references beyond these are counted; the summary has them. */
const SHOWN = 20;
const COLOURS: Readonly<Record<Report['tone'], string>> = { good: '32', careful: '33', bad: '31', neutral: '36' };

/** What will happen and why, before anything runs. */
export function planText(plan: Plan): string {
  const facts: [string, readonly string[]][] = [
    ['images', plan.images.length === 0 ? ['none: build, scan and gate only'] : plan.images],
    ['tags', plan.tags.length === 0 ? ['none'] : columns(plan.tags.map(tag => [tag.name, tag.kind, tag.rule]))],
    ['no tag from', plan.idleRules],
    ['platforms', [plan.platforms.map(platformName).join(', ')]],
    ['version', plan.version === '' ? [] : [plan.version]],
    ['labels', columns(Object.entries(plan.labels).map(([name, value]) => [name, value]))],
    ['annotations', columns(Object.entries(plan.annotations).map(([name, value]) => [name, value]))],
    ['blocks', blockingRule(plan)],
    [
      'exceptions',
      columns(
        plan.policy.exceptions.map(({ id, package: name, expires, reason }) => [
          id,
          name ?? 'any package',
          `until ${expires}`,
          reason,
        ]),
      ),
    ],
  ];
  const decisions = plan.decisions.map(({ name, asked, outcome, reason }) => [name, asked, outcome, reason]);
  return [
    ...facts.filter(([, lines]) => lines.length > 0).flatMap(([name, lines]) => labelled(name, limited(lines))),
    '',
    ...columns([['DECISION', 'ASKED', 'OUTCOME', 'REASON'], ...decisions]),
  ].join('\n');
}

function blockingRule(plan: Plan): string[] {
  const { policy } = plan;
  if (policy.gate === 'off') return ['nothing: gate is off, nothing is scanned'];
  const rules = policy.scanners.map(scanner => `${scanner}: ${[...policy.block[scanner]].reverse().join(', ') || 'nothing'}`);
  return [
    `${rules.join('; ')}${policy.ignoreUnfixed ? '; not without a fix' : ''}${policy.gate === 'warn' ? ' (gate: warn, said but let through)' : ''}`,
  ];
}

/** How the run ended: answer, platforms, what blocks, targets, equality, what to do. */
export function resultText(report: Report): string {
  const parts = [
    answerLines(report),
    platformLines(report),
    blockingLines(report),
    targetLines(report),
    equalityLines(report),
    copyLines(report),
    hintLines(report),
  ];
  return parts
    .filter(lines => lines.length > 0)
    .map(lines => lines.join('\n'))
    .join('\n\n');
}

function answerLines(report: Report): string[] {
  const word = `\u001b[1;${COLOURS[report.tone]}m${report.word.toUpperCase()}\u001b[0m`;
  const tags = report.tags.slice(0, SHOWN).join(', ');
  return [
    `${word}  ${plain(report.reason, 1000).replaceAll('`', '')}`,
    ...(report.digest === undefined ? [] : labelled('digest', [report.digest])),
    ...(tags === '' ? [] : labelled(report.published.length > 0 ? 'tags' : 'planned tags', [tags])),
  ];
}

function platformLines(report: Report): string[] {
  if (report.record.scan === undefined) return [];
  const titles = [
    'PLATFORM',
    'SCAN',
    'BLOCKS',
    'EXCUSED',
    ...WORST_FIRST.map(({ severity }) => severity),
    'SYSTEM',
    'PACKAGES',
    'SIZE',
  ];
  const rows = report.platforms.map(row => [
    row.platform,
    row.accepted ? 'accepted' : 'NOT ACCEPTED',
    String(row.blocking),
    String(row.excused),
    ...WORST_FIRST.map(({ severity }) => (row.accepted || row.counts[severity] > 0 ? String(row.counts[severity]) : '?')),
    row.system,
    String(row.packages),
    size(row.compressedBytes),
  ]);
  const rejected = report.platforms.filter(row => !row.accepted).map(row => `${row.platform}: ${plain(row.scan, 500)}`);
  return [...columns([titles, ...rows]), ...rejected];
}

function blockingLines(report: Report): string[] {
  if (report.blocking.length === 0) return [];
  const rows = report.blocking.slice(0, SHOWN).map(judged => findingCells(judged, report.platforms.length));
  const more = report.blocking.length - rows.length;
  return [
    `${count(report.blocking.length, 'finding')} ${report.blocking.length === 1 ? 'blocks' : 'block'}:`,
    ...columns([['SEVERITY', 'PACKAGE', 'INSTALLED', 'FIXED', 'FINDING', 'WHERE', 'PLATFORMS', 'REASON'], ...rows]),
    ...(more > 0 ? [`and ${count(more, 'more', 'more')}: see the job summary`] : []),
    ...(report.excused.length > 0
      ? [`${count(report.excused.length, 'finding')} excused, each with a reason: see the job summary`]
      : []),
  ];
}

function findingCells({ finding, reason }: Judged, platforms: number): string[] {
  const secret = finding.kind === 'secret';
  return [
    finding.severity,
    secret ? 'secret' : finding.package,
    finding.installed,
    secret ? '' : finding.fixed || 'no fix',
    finding.id,
    finding.path === '' ? '' : `${finding.path}${finding.line === undefined ? '' : `:${finding.line}`}`,
    finding.platforms.length === platforms && platforms > 1 ? 'all' : finding.platforms.join(' '),
    reason,
  ];
}

function targetLines(report: Report): string[] {
  const targets = report.record.publication?.targets ?? [];
  if (targets.length === 0) return [];
  const rows = targets.map(target => [
    target.image,
    target.state,
    `${target.signature}${target.verified ? ', verified' : ''}`,
    target.tags.map(tag => `${tag.name} ${tag.state}`).join(', '),
    target.blobs.sent === 0 ? 'nothing sent' : `${count(target.blobs.sent, 'blob')}, ${size(target.blobs.sentBytes)} sent`,
  ]);
  return [
    ...columns([['TARGET', 'STATE', 'SIGNATURE', 'TAGS', 'BYTES'], ...rows]),
    ...targets.flatMap(target => (target.error === undefined ? [] : [`${target.image}: ${plain(target.error, 500)}`])),
  ];
}

/** Built = scanned = published, per platform. */
export function equalityLines(report: Report): string[] {
  if (report.equality.length === 0 || report.record.scan === undefined) return [];
  const published = report.record.publication !== undefined;
  const short = (digest: string): string => (digest === '' ? 'none' : shortDigest(digest));
  const rows = report.equality.map(line => {
    const digests = [line.built, line.scanned, ...(published ? [line.published] : [])];
    return [line.platform, ...digests.map(short), digests.every(digest => digest === line.built) ? 'equal' : 'NOT EQUAL'];
  });
  return columns([['PLATFORM', 'BUILT', 'SCANNED', ...(published ? ['PUBLISHED'] : []), ''], ...rows]);
}

function copyLines(report: Report): string[] {
  return [...report.published.map(reference => `docker pull ${reference}`), ...report.verifyCommands].map(line =>
    plain(line, 1000),
  );
}

function hintLines(report: Report): string[] {
  const { hints } = report;
  if (hints.length === 0) return [];
  const lines = hints.flatMap(({ text, copy }) => [
    `- ${plain(text, 1000).replaceAll('`', '')}`,
    ...(copy?.lines ?? []).map(line => `    ${line.replace(/\s+$/, '')}`),
  ]);
  return ['What to do next:', ...lines];
}

/** Lines under a name in a column of its own. */
function labelled(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? name : '').padEnd(13)} ${line}`.trimEnd());
}

function limited(lines: readonly string[]): string[] {
  return lines.length <= SHOWN ? [...lines] : [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`];
}

/** Rows with their cells lined up; cells are made harmless and cut, the last one is not padded. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map(row => row.map((cell, at) => plain(cell, at === row.length - 1 ? 160 : 60)));
  const widths = (cells[0] ?? []).map((_, at) => Math.max(...cells.map(row => width(row[at] ?? ''))));
  return cells.map(row =>
    row
      .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell))))
      .join('  ')
      .trimEnd(),
  );
}

function width(cell: string): number {
  return Array.from(cell).length;
}

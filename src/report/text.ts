// Report -> tables for the log: readable without colours, lined up, one screen for the usual run.

import type { Judged } from '../gate/verdict.ts';
import { callLines } from './call-words.ts';
import { columns, labelled } from './columns.ts';
import { plain } from './markdown.ts';
import { decisionLines } from './plan-text.ts';
import type { Report } from './report.ts';
import { count, shortDigest, size, WORST_FIRST } from './wording.ts';

/** Findings and references beyond these are counted; the summary has them. */
const SHOWN = 20;
const COLOURS: Readonly<Record<Report['tone'], string>> = { good: '32', careful: '33', bad: '31', neutral: '36' };

/** How the run ended: answer, platforms, what blocks, targets, equality, what to do. */
export function resultText(report: Report): string {
  const parts = [
    answerLines(report),
    report.record.call === undefined ? [] : callLines(report.record.call),
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
    ...(tags === '' ? [] : labelled(report.published.length > 0 ? 'tags' : 'planned tags', [plain(tags, 500)])),
    ...plannedLines(report),
  ];
}

/** A plan alone is the whole result: its decisions are said where nobody has to open a group. */
function plannedLines({ word, record }: Report): string[] {
  return word === 'Planned' && record.plan !== undefined ? ['', ...decisionLines(record.plan)] : [];
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

// Judged findings -> tables whose rows can be dropped from the end: those that block in sight, the rest folded.

import type { Judged } from '../gate/verdict.ts';
import { severities } from './headline.ts';
import type { Block, Rows } from './fit.ts';
import { code, head, link, plain, row, text } from './markdown.ts';
import type { Report } from './report.ts';
import { count, counted, shortDigest, WORST_FIRST } from './wording.ts';

const MARKS = new Map(WORST_FIRST.map(({ severity, mark, name }) => [severity, `${mark}&nbsp;${name}`]));

/** How many blocking findings stand in sight, and where the reader finds what is not in this rendering. */
export interface TableSettings {
  readonly visible: number;
  readonly fullList: string;
}

/** What blocks, worst first: the first rows in sight, the rest folded. */
export function blockingTable(report: Report, settings: TableSettings): Block[] {
  const { blocking } = report;
  if (blocking.length === 0) return [];
  const rows = blocking.map(judged =>
    findingRow(
      judged,
      report.platforms.length,
      `${where(judged.finding, report.platforms.length)}<br><sub>${text(judged.reason, 200)}</sub>`,
    ),
  );
  const header = head(['Finding', 'Package', 'Where and why it blocks']);
  const more = (dropped: number): string =>
    dropped === 0 ? '' : `\n_and ${count(dropped, 'more', 'more')}: ${settings.fullList}_`;
  const rest = rows.slice(settings.visible);
  return [
    {
      kind: 'rows',
      rank: 3.5,
      open: `### ${count(blocking.length, 'finding')} ${blocking.length === 1 ? 'blocks' : 'block'}\n\n${header}\n`,
      rows: rows.slice(0, settings.visible),
      close: more,
      instead: `**${count(blocking.length, 'finding')} ${blocking.length === 1 ? 'blocks' : 'block'}**: ${settings.fullList}`,
    },
    ...(rest.length === 0 ? [] : [foldedRows(`${count(rest.length, 'more finding')} that block`, header, rest, 7, more)]),
  ];
}

/** What would block but is excused, with the reason: folded, never hidden. */
export function excusedTable(report: Report, settings: TableSettings): Block[] {
  if (report.excused.length === 0) return [];
  const header = head(['Finding', 'Package', 'Excused because']);
  const rows = report.excused.map(judged =>
    findingRow(
      judged,
      report.platforms.length,
      `${text(judged.reason, 300)}<br>${where(judged.finding, report.platforms.length)}`,
    ),
  );
  return [foldedRows(`🛟 ${count(rows.length, 'finding')} excused`, header, rows, 8, moreLine(settings))];
}

/** What was found and does not block. */
export function othersTable(report: Report, settings: TableSettings): Block[] {
  if (report.others.length === 0) return [];
  const header = head(['Finding', 'Package', 'Where']);
  const rows = report.others.map(judged => findingRow(judged, report.platforms.length));
  const title = `🔎 ${count(rows.length, 'finding')} that ${rows.length === 1 ? 'does' : 'do'} not block: ${counted(severities(report.others))}`;
  return [foldedRows(title, header, rows, 11, moreLine(settings))];
}

function moreLine(settings: TableSettings): (dropped: number) => string {
  return dropped => (dropped === 0 ? '' : `\n_and ${count(dropped, 'more', 'more')}: ${settings.fullList}_`);
}

function foldedRows(
  summary: string,
  header: string,
  rows: readonly string[],
  rank: number,
  more: (dropped: number) => string,
): Rows {
  return {
    kind: 'rows',
    rank,
    open: `<details><summary>${summary}</summary>\n\n${header}\n`,
    rows,
    close: dropped => `${more(dropped)}\n\n</details>`,
    instead: `_${summary}${more(rows.length).replaceAll(/[\n_]/g, ' ')}_`,
  };
}

function findingRow({ finding }: Judged, scanned: number, last = where(finding, scanned)): string {
  return row([identity(finding), `${name(finding)}<br>${versions(finding)}`, last]);
}

type Finding = Judged['finding'];

/** Severity, the id as a link, and the title below it. */
function identity(finding: Finding): string {
  const mark = MARKS.get(finding.severity) ?? finding.severity;
  const title = plain(finding.title, 110);
  return `${mark} ${link(finding.id, finding.url, 60)}${title === '' ? '' : `<br><sub>${text(title, 110)}</sub>`}`;
}

function name(finding: Finding): string {
  return finding.kind === 'secret' ? 'a secret' : code(finding.package, 60);
}

function versions(finding: Finding): string {
  if (finding.kind === 'secret') return '';
  const status =
    finding.status === '' || finding.status === 'affected'
      ? 'no fix'
      : `no fix, ${text(finding.status.replaceAll('_', ' '), 30)}`;
  return `${code(finding.installed, 40)} → ${finding.fixed === '' ? status : code(finding.fixed, 40)}`;
}

/** Path or layer, and the platforms when it is not on all of them. */
function where(finding: Finding, scanned: number): string {
  const everywhere = finding.platforms.length === scanned && scanned > 1;
  const on = everywhere ? 'all platforms' : finding.platforms.map(platform => code(platform, 40)).join(' ');
  if (finding.path !== '')
    return `${code(middle(finding.line === undefined ? finding.path : `${finding.path}:${finding.line}`, 52), 60)}<br>${on}`;
  return finding.layer === undefined ? on : `layer ${code(shortDigest(finding.layer).replace('sha256:', ''), 30)}<br>${on}`;
}

/** Long paths without their middle: the end tells which file it is. */
function middle(path: string, limit: number): string {
  const points = Array.from(plain(path, 4_000));
  if (points.length <= limit) return points.join('');
  const front = Math.floor(limit / 3);
  return `${points.slice(0, front).join('')}…${points.slice(front + 1 - limit).join('')}`;
}

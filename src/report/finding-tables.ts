// Judged findings -> tables whose rows can be dropped from the end: those that block in sight, the rest folded.

import type { Judged } from '../gate/verdict.ts';
import { severities } from './headline.ts';
import type { Block, Rows } from './fit.ts';
import { code, head, link, plain, row, text } from './markdown.ts';
import type { Report } from './report.ts';
import { count, counted, shortDigest, WORST_FIRST } from './wording.ts';

const MARKS = new Map(WORST_FIRST.map(({ severity, mark, name }) => [severity, `${mark} ${name}`]));

/** How many blocking findings stand in sight, and where the reader finds what is not in this rendering. */
export interface TableSettings {
  readonly visible: number;
  readonly fullList: string;
}

/** What blocks, worst first: the first rows in sight, the rest folded. */
export function blockingTable(report: Report, settings: TableSettings): Block[] {
  const { blocking } = report;
  if (blocking.length === 0) return [];
  const rows = blocking.map(judged => blockingRow(judged, report.platforms.length));
  const header = head(['Severity', 'Package', 'Installed → fixed', 'Finding', 'Where', 'Platforms', 'Why it blocks']);
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
  const header = head(['Severity', 'Package', 'Finding', 'Excused because', 'Platforms']);
  const rows = report.excused.map(({ finding, reason }) =>
    row([mark(finding), name(finding), finding_(finding), text(reason, 300), platforms(finding, report.platforms.length)]),
  );
  return [foldedRows(`🛟 ${count(rows.length, 'finding')} excused`, header, rows, 8, moreLine(settings))];
}

/** What was found and does not block. */
export function othersTable(report: Report, settings: TableSettings): Block[] {
  if (report.others.length === 0) return [];
  const header = head(['Severity', 'Package', 'Installed → fixed', 'Finding', 'Where', 'Platforms']);
  const rows = report.others.map(({ finding }) =>
    row([
      mark(finding),
      name(finding),
      versions(finding),
      finding_(finding),
      where(finding),
      platforms(finding, report.platforms.length),
    ]),
  );
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

function blockingRow(judged: Judged, scanned: number): string {
  const { finding, reason } = judged;
  const cells = [
    mark(finding),
    name(finding),
    versions(finding),
    finding_(finding),
    where(finding),
    platforms(finding, scanned),
    text(reason, 200),
  ];
  return row(cells);
}

type Finding = Judged['finding'];

function mark(finding: Finding): string {
  return MARKS.get(finding.severity) ?? finding.severity;
}

function name(finding: Finding): string {
  return finding.kind === 'secret' ? 'secret' : code(finding.package, 100);
}

function versions(finding: Finding): string {
  if (finding.kind === 'secret') return '';
  const fixed =
    finding.fixed === ''
      ? finding.status === ''
        ? 'no fix'
        : `no fix (${text(finding.status.replaceAll('_', ' '), 30)})`
      : code(finding.fixed, 100);
  return `${code(finding.installed, 80)} → ${fixed}`;
}

/** The id as a link, and the title below it. */
function finding_(finding: Finding): string {
  const title = plain(finding.title, 110);
  return `${link(finding.id, finding.url, 60)}${title === '' ? '' : `<br>${text(title, 110)}`}`;
}

function where(finding: Finding): string {
  if (finding.path !== '') return code(finding.line === undefined ? finding.path : `${finding.path}:${finding.line}`, 140);
  return finding.layer === undefined ? '' : `layer ${code(shortDigest(finding.layer).replace('sha256:', ''), 30)}`;
}

function platforms(finding: Finding, scanned: number): string {
  if (finding.platforms.length === scanned && scanned > 1) return 'all';
  return finding.platforms.map(platform => code(platform, 40)).join(' ');
}

// Report -> what summary and comment say of the build: remarks on the Dockerfile, what was handed over, caches, the slowest steps, why it failed.

import { buildFactPairs, buildSentence, cacheCost, cachesOf, deliveryPairs, notePlace, ranked, slowest } from './build-words.ts';
import type { Block } from './fit.ts';
import { code, fence, head, link, row, text } from './markdown.ts';
import type { Report } from './report.ts';
import { folded, passage } from './sections.ts';
import { count, duration } from './wording.ts';

/** Rows of remarks in sight or fold. */
const REMARKS = 25;
/** Lines of a tool in a summary. */
const WORDS = 60;

/** What BuildKit's checks remark: in sight where that is the whole news, folded otherwise. */
export function remarks(report: Report): Block[] {
  const { call, build } = report.record;
  const notes = ranked(call?.notes ?? build?.notes ?? []);
  if (notes.length === 0) return [];
  const rows = notes.map(note =>
    row([
      code(notePlace(note), 120),
      `${note.rule === undefined ? '' : `${note.url === undefined ? text(note.rule, 60) : link(note.rule, note.url, 60)}<br>`}${text(note.message, 300)}`,
    ]),
  );
  const more = notes.length > REMARKS ? `\n\n_and ${notes.length - REMARKS} more: the log has them all_` : '';
  const table = [head(['Where', 'What']), ...rows.slice(0, REMARKS)].join('\n') + more;
  const title = `${count(notes.length, 'remark')} on the Dockerfile`;
  return call === undefined ? passage(7.5, folded(`📝 ${title}`, table)) : passage(3.5, `### ${title}\n\n${table}`);
}

/** The answer to `call: outline` and `call: targets`. */
export function callTables(report: Report): Block[] {
  return (report.record.call?.tables ?? []).flatMap(({ title, columns, rows }) => {
    const shown = rows.slice(0, 100).map(cells => row(cells.map((cell, at) => (at === 0 ? code(cell, 120) : text(cell, 200)))));
    return passage(3, `### ${text(title, 60)}\n\n${[head(columns), ...shown].join('\n')}`);
  });
}

/** What is on this machine now. */
export function delivered(report: Report): Block[] {
  const { delivery } = report.record;
  const pairs = delivery === undefined ? [] : deliveryPairs(delivery);
  if (pairs.length === 0) return [];
  return passage(
    5.5,
    `### On this machine\n\n${pairs.map(([name, value]) => `- **${text(name, 60)}:** ${code(value, 300)}`).join('\n')}`,
  );
}

/** How it was built, folded: builder, emulation, caches, the slowest steps. */
export function built(report: Report): Block[] {
  const { build } = report.record;
  if (build === undefined) return [];
  const facts = buildFactPairs(build).map(([name, value]) => `- **${name}:** ${text(value, 400)}`);
  const parts = [facts.join('\n'), cacheTable(report), stepTable(build.steps)].filter(part => part !== '');
  return passage(11.5, folded(`🔨 Built in ${text(buildSentence(build), 200)}`, parts.join('\n\n')));
}

function cacheTable(report: Report): string {
  const uses = cachesOf(report.record);
  if (uses.length === 0) return '';
  const marks = { done: '✅', failed: '⚠️', 'left out': '➖' };
  const rows = uses.map(use =>
    row([
      `${use.type}, ${use.direction}`,
      code(use.name, 120),
      `${marks[use.state]} ${use.state}${use.reason === undefined ? '' : `: ${text(use.reason, 200)}`}`,
      together(cacheCost(use)),
    ]),
  );
  return [head(['Cache', 'Name', 'State', 'Cost']), ...rows].join('\n');
}

function stepTable(steps: NonNullable<Report['record']['build']>['steps']): string {
  const rows = slowest(steps).map(({ name, cached, seconds }) =>
    row([code(name, 120), cached ? 'cached' : '', together(duration(seconds))]),
  );
  return rows.length === 0 ? '' : [head(['Slowest steps', '', 'Time'], ['Time']), ...rows].join('\n');
}

/** A time that is not broken over two lines. */
function together(value: string): string {
  return value.replaceAll(' ', '&nbsp;');
}

/** The last words of the tool that failed, with the lines of the Dockerfile: what people scroll the log for. */
export function lastWords(report: Report): Block[] {
  const error = report.record.failure?.error;
  if (error?.kind !== 'tool' || error.details.length === 0) return [];
  const lines = error.details.slice(-WORDS);
  const more =
    error.details.length > lines.length ? `\n\n_${error.details.length - lines.length} lines before these are in the log_` : '';
  const where = error.place === undefined ? '' : ` · ${code(notePlace({ message: '', ...error.place }), 200)}`;
  return passage(2.5, `### Last words of ${code(error.tool ?? 'the tool', 60)}${where}\n\n${fence(lines, 'text')}${more}`);
}

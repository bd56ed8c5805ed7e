// Rows of cells -> lines of the log that stand below each other, without colours.

import { plain } from './markdown.ts';

/** Lines beyond these are counted; the summary has them. */
const SHOWN = 20;

/** Lines under a name in a column of its own. */
export function labelled(name: string, lines: readonly string[]): string[] {
  return lines.map((line, index) => `${(index === 0 ? name : '').padEnd(13)} ${line}`.trimEnd());
}

/** The first twenty lines, the rest counted. */
export function limited(lines: readonly string[]): string[] {
  return lines.length <= SHOWN ? [...lines] : [...lines.slice(0, SHOWN), `and ${lines.length - SHOWN} more`];
}

/** Rows with their cells lined up; cells are made harmless and cut (at `widest` code points, the last one at 160), the last one is not padded. */
export function columns(rows: readonly (readonly string[])[], widest = 60): string[] {
  const cells = rows.map(row => row.map((cell, at) => plain(cell, at === row.length - 1 ? 160 : widest)));
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

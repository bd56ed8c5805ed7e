// Blocks of Markdown -> one document within a byte budget: whole rows are dropped, least important first, and the reader is told.

import { bytes } from './markdown.ts';

/** A piece of the document that is kept or dropped whole. */
export interface Passage {
  readonly kind: 'text';
  /** Lower is kept longer. */
  readonly rank: number;
  readonly text: string;
}

/** A piece whose rows may be dropped from the end: rows come most important first. */
export interface Rows {
  readonly kind: 'rows';
  readonly rank: number;
  /** Before the rows, its line break included. */
  readonly open: string;
  readonly rows: readonly string[];
  /** After the rows. `dropped` rows are missing: says so when it is not 0. */
  readonly close: (dropped: number) => string;
  /** Stands there when not one row fits. */
  readonly instead: string;
}

export type Block = Passage | Rows;

const GAP = '\n\n';
/** Stands at the end when whole passages are missing. */
const LEFT_OUT = '_Some sections are left out here: they do not fit._';

/** Joins blocks with empty lines between them, never longer than `budget` bytes. What does not fit goes by rank, within rows from the end. */
export function fit(blocks: readonly Block[], budget: number): string {
  const parts = new Map<Block, string>();
  const reserve = bytes(GAP + LEFT_OUT);
  // Room for a line about every table, so that a long one does not silence those after it.
  const lines = blocks.reduce((sum, block) => sum + lineOf(block), 0);
  let left = budget - reserve - (lines < budget / 4 ? lines : 0);
  let missing = false;
  for (const block of [...blocks].sort((a, b) => a.rank - b.rank)) {
    if (lines < budget / 4) left += lineOf(block);
    const part = block.kind === 'text' ? block.text : (fitRows(block, left - GAP.length) ?? block.instead);
    if (bytes(part) + GAP.length > left) {
      missing = true;
      continue;
    }
    if (part === '') continue;
    parts.set(block, part);
    left -= bytes(part) + GAP.length;
  }
  const body = blocks.flatMap(block => parts.get(block) ?? []).join(GAP);
  if (!missing || left + reserve < 0) return body;
  return budget < reserve ? '' : body + (body === '' ? '' : GAP) + LEFT_OUT;
}

function lineOf(block: Block): number {
  return block.kind === 'rows' ? bytes(block.instead) + GAP.length : 0;
}

/** As many rows as fit; undefined when not even one does. */
function fitRows(block: Rows, budget: number): string | undefined {
  const total = block.rows.length;
  const whole = block.open + block.rows.map(line => `${line}\n`).join('') + block.close(0);
  if (bytes(whole) <= budget) return whole;
  // The closing text is longest when everything is dropped: the number has the most digits.
  let left = budget - bytes(block.open) - bytes(block.close(total));
  const kept: string[] = [];
  for (const line of block.rows) {
    left -= bytes(line) + 1;
    if (left < 0) break;
    kept.push(`${line}\n`);
  }
  return kept.length === 0 ? undefined : block.open + kept.join('') + block.close(total - kept.length);
}

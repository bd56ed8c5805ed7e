// Collects everything that is wrong with what the user typed, so that one error can tell all of it at once.

import { UserError } from '../errors.ts';

/** Gathers one-line mistakes; `check()` throws them together. */
export interface Mistakes {
  /** Every mistake so far, in the order of finding. */
  readonly lines: readonly string[];
  /** The same, with their places. */
  readonly found: readonly Mistake[];
  /** Whether there is a mistake at one of these places. */
  has(...places: readonly string[]): boolean;
  /** One mistake: where (an input, a line of the policy file), what, and the way out where this one has its own. The same one counts once. */
  add(where: string, what: string, wayOut?: string): void;
  /** Throws one UserError when there is any mistake. `subject` names what was read: `inputs`, `.github/seaworthy.yml`. */
  check(subject: string, hint: string): void;
}

export interface Mistake {
  readonly where: string;
  /** With its place before it. */
  readonly line: string;
  readonly wayOut: string | undefined;
}

/** More than a person mends at a time; the runner cuts an annotation after 4096 characters (actions/runner). */
const MOST_SHOWN = 20;
const MOST_CHARACTERS = 3600;
/** One broken list must not hide what is wrong elsewhere. */
const MOST_OF_ONE = 5;

/**
 * A collection with what was found before. `order` names the places in the order that their mistakes are told in; places that it lacks come first.
 */
export function collectMistakes(order: readonly string[] = [], before: readonly Mistake[] = []): Mistakes {
  const found: Mistake[] = [...before];
  const lines = before.map(({ line }) => line);
  const known = new Set(lines);
  return {
    lines,
    found,
    has: (...places) => found.some(({ where }) => places.includes(where)),
    add: (where, what, wayOut) => {
      const line = `${where}: ${what}`;
      if (known.has(line)) return;
      known.add(line);
      lines.push(line);
      found.push({ where, line, wayOut });
    },
    check: (subject, hint) => {
      const [first] = found;
      if (first === undefined) return;
      if (found.length === 1) throw new UserError(first.line, { hint: first.wayOut ?? hint });
      const sorted = [...found].sort((a, b) => order.indexOf(a.where) - order.indexOf(b.where));
      throw new UserError(`${found.length} mistakes in ${subject}:\n${listed(sorted).join('\n')}`, { hint });
    },
  };
}

function listed(mistakes: readonly Mistake[]): string[] {
  const shown: string[] = [];
  const ofOne = new Map<string, number>();
  let characters = 0;
  for (const { where, line, wayOut } of mistakes) {
    const item = `- ${line}${wayOut === undefined ? '' : `. ${wayOut}`}`;
    const count = (ofOne.get(where) ?? 0) + 1;
    ofOne.set(where, count);
    const fits = shown.length === 0 || (shown.length < MOST_SHOWN && characters + item.length <= MOST_CHARACTERS);
    if (count > MOST_OF_ONE || !fits) continue;
    characters += item.length;
    shown.push(item);
  }
  const hidden = mistakes.length - shown.length;
  return hidden === 0 ? shown : [...shown, `- and ${hidden} more`];
}

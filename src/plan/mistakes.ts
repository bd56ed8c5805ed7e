// Collects everything that is wrong with what the user typed, so that one error can tell all of it at once.

import { UserError } from '../errors.ts';

/** Gathers one-line mistakes; `check()` throws them together. */
export interface Mistakes {
  readonly lines: readonly string[];
  /** One mistake: where (an input, a line of the policy file), and what. */
  add(where: string, what: string): void;
  /** Throws one UserError when there is any mistake. `subject` names what was read: `inputs`, `.github/seaworthy.yml`. */
  check(subject: string, hint: string): void;
}

/** An empty collection. */
export function collectMistakes(): Mistakes {
  const lines: string[] = [];
  return {
    lines,
    add: (where, what) => lines.push(`${where}: ${what}`),
    check: (subject, hint) => {
      const [first] = lines;
      if (first === undefined) return;
      const message =
        lines.length === 1 ? first : `${lines.length} mistakes in ${subject}:\n${lines.map(line => `- ${line}`).join('\n')}`;
      throw new UserError(message, { hint });
    },
  };
}

// The input call -> what to do with the Dockerfile, as `--call` of buildx takes it.

import type { Source } from './input-values.ts';
import { readChoice } from './input-values.ts';
import type { Call } from './plan.ts';
import { shorten } from './reference.ts';

/** How the answer is printed: here it always goes to the log, the summary and the outputs. */
const PRINTING = /^\s*format=/i;

/** Reads it. buildx calls `check` also `lint`; fields that only say how to print are dropped. */
export function readCall(source: Source): Call {
  const [name = '', ...fields] = source.get('call').split(',');
  const other = fields.find(field => !PRINTING.test(field));
  if (other !== undefined) {
    source.mistakes.add(
      'call',
      `"${shorten(other.trim())}" is not followed; the word alone says what to do, e.g. call: check`,
      /^\s*ignorestatus=/i.test(other)
        ? 'To go on after a check that fails, write continue-on-error: true beside it.'
        : undefined,
    );
    return 'build';
  }
  const word = name.trim().toLowerCase() === 'lint' ? 'check' : name;
  return readChoice({ ...source, get: input => (input === 'call' ? word : source.get(input)) }, 'call', CALLS) ?? 'build';
}

const CALLS = ['build', 'check', 'outline', 'targets'] as const;

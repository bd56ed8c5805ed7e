// The input context + event + workspace -> what buildx is given as its context.

import type { Inputs } from './inputs.ts';

/** The context: what was typed, else the checkout. */
export function planContext({ context }: Pick<Inputs, 'context'>): string {
  return context ?? '.';
}

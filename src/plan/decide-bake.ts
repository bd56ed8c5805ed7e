// The bake target that the inputs were filled in from -> its row in the table of decisions.

import type { Inputs } from './inputs.ts';
import type { Decision } from './plan.ts';
import { shorten } from './reference.ts';

/** Which target is built, what of it counts, and where it came from; nothing without `bake`. */
export function bakeDecision({ bake, baked }: Pick<Inputs, 'bake' | 'baked'>): Decision[] {
  if (bake === undefined || baked === undefined) return [];
  const { target, description, files, given } = baked;
  const about = description === undefined ? '' : ` (${shorten(description)})`;
  const what = given.length === 0 ? 'nothing that counts' : given.join(', ');
  return [
    {
      name: 'bake',
      asked: bake,
      outcome: `target ${target}${about}`,
      reason: `${files.join(', ')} ${files.length === 1 ? 'says' : 'say'} ${what}`,
    },
  ];
}

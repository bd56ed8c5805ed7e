// Mistakes of reading the inputs -> a collection that leaves out what planning would only find because of them.

import { INPUT_NAMES } from './inputs.ts';
import type { Mistake, Mistakes } from './mistakes.ts';
import { nearest } from './nearest.ts';

/** Where a mistake is told, and the inputs that it may follow from. */
type RestsOn = Readonly<Record<string, readonly string[]>>;

/** A name may be no tag only without the prefix that was typed. */
export const NAMES_REST_ON: RestsOn = { tags: ['flavor', 'bake'] };
/** What a bake target was to give is missing everywhere. */
export const DECISIONS_REST_ON: RestsOn = {
  'allow-untrusted-checkout': ['allow-untrusted-checkout', 'context', 'file', 'build-contexts', 'bake'],
  push: ['push', 'images', 'tags', 'bake'],
  tags: ['tags', 'flavor', 'push', 'metadata-context', 'bake'],
  sign: ['sign', 'cosign-key', 'push', 'images', 'tags', 'flavor', 'metadata-context', 'bake'],
  runners: ['platforms', 'bake'],
  context: ['context', 'bake'],
  file: ['context', 'file', 'bake'],
};

/** The inputs that were not read as they were meant. A name that does not exist stands for the input that it resembles, else for any. */
export function unreadInputs(refused: readonly Mistake[]): readonly string[] {
  const names: readonly string[] = INPUT_NAMES;
  return refused.flatMap(({ where }) => {
    if (/^bake-(?:files|set)$/.test(where)) return [where, 'bake'];
    if (names.includes(where)) return [where];
    const meant = nearest(where, names);
    return meant === undefined ? names.filter(name => name !== 'mode') : [meant];
  });
}

/** The same collection; what may only follow from an input that was not read is not added. */
export function withoutFollowUps(mistakes: Mistakes, unread: readonly string[], restsOn: RestsOn): Mistakes {
  const follows = (where: string): boolean => (restsOn[where] ?? []).some(input => unread.includes(input));
  return {
    ...mistakes,
    add: (where, what, wayOut) => {
      if (!follows(where)) mistakes.add(where, what, wayOut);
    },
  };
}

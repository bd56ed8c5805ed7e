// What became of the caches -> one warning for each that was of no use because something is wrong.

import type { CacheUse } from './build.ts';

/** One line a cache and a trouble, however often it was met and whatever is in `told` already; nothing for a cache that is not there yet, or had nothing new to hold. */
export function cacheWarnings(uses: readonly CacheUse[], told: readonly CacheUse[] = []): readonly string[] {
  const known = new Set(told.filter(isTrouble).map(keyOf));
  const troubles = new Map<string, CacheUse>();
  for (const use of uses.filter(isTrouble)) {
    const key = keyOf(use);
    const seconds = (troubles.get(key)?.seconds ?? 0) + use.seconds;
    if (!known.has(key)) troubles.set(key, { ...use, seconds });
  }
  return [...troubles.values()].map(lineOf);
}

function isTrouble({ state, trouble }: CacheUse): boolean {
  return state === 'failed' || trouble === true;
}

/** Left out is left out, for reading and for writing; what failed did so at one of them. */
function keyOf({ type, name, state, direction, reason }: CacheUse): string {
  return JSON.stringify([type, name, state === 'failed' ? direction : '', reason]);
}

function lineOf({ type, name, direction, state, reason, seconds }: CacheUse): string {
  const what = state === 'failed' ? `could not be ${direction === 'read' ? 'read' : 'written'}` : 'is left out';
  const cost = seconds >= 0.5 ? ` This cost ${seconds.toFixed(1)} s.` : '';
  return `cache ${type} (${name}) ${what}: ${reason ?? 'no reason was given'}.${cost}`;
}

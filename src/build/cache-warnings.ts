// What became of the caches -> one warning for each that was of no use because something is wrong.

import type { CacheUse } from './build.ts';

/** One line a cache and a trouble, however often it was met; nothing for a cache that is not there yet, or had nothing new to hold. */
export function cacheWarnings(uses: readonly CacheUse[]): readonly string[] {
  const troubles = uses.filter(({ state, trouble }) => state === 'failed' || trouble === true);
  return [...new Set(troubles.map(lineOf))];
}

function lineOf({ type, name, direction, state, reason, seconds }: CacheUse): string {
  const what = state === 'failed' ? `could not be ${direction === 'read' ? 'read' : 'written'}` : 'is left out';
  // A cache that was asked and left out costs the question, for all its uses together.
  const cost = seconds >= 0.5 ? ` This cost ${seconds.toFixed(1)} s.` : '';
  return `cache ${type} (${name}) ${what}: ${reason ?? 'no reason was given'}.${cost}`;
}

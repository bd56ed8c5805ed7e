// A layer cache -> the value of --cache-from or --cache-to, with the limits that every cache gets.

import { joinFields } from '../plan/join-fields.ts';
import type { LayerCache } from '../plan/plan.ts';

/**
 * How long BuildKit tries again when the service of Actions answers 429 or 500 (default: ten minutes). No other cache knows such a limit (moby/buildkit 0.33:
 * `timeout` is read by type=gha alone), and it is no limit on an answer that never comes: that is what the probe, the watch and the time of an export are for.
 */
const TRIES = { read: '20s', written: '60s' } as const;

/** For `--cache-from`. */
export function importField(cache: LayerCache): string {
  return field(cache, limit(cache, TRIES.read));
}

/** For `--cache-to`: a cache that cannot be written never fails the build. */
export function exportField(cache: LayerCache): string {
  // An inline cache is part of the image: nothing can go wrong on its own.
  const tolerant = cache.type === 'inline' ? [] : ['ignore-error=true'];
  return field(cache, [...limit(cache, TRIES.written), ...tolerant]);
}

function limit({ type }: LayerCache, tries: string): string[] {
  return type === 'gha' ? [`timeout=${tries}`] : [];
}

function field({ type, attributes }: LayerCache, more: readonly string[]): string {
  const own = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  return joinFields([`type=${type}`, ...own, ...more]);
}

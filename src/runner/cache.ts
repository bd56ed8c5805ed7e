// GitHub's cache service -> a CacheStore that never decides anything: one warning, whatever fails.

import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import { early } from '../parallel.ts';
import type { CacheStore } from '../tools/cache-store.ts';

/** The functions of `@actions/cache` that are used; a test brings its own. */
export interface CacheService {
  readonly isFeatureAvailable: typeof isFeatureAvailable;
  readonly restoreCache: (paths: string[], key: string, prefixes?: string[]) => Promise<string | undefined>;
  readonly saveCache: (paths: string[], key: string) => Promise<number>;
}

export interface CacheLimits {
  /** Milliseconds that one answer of the service may take; it has a patience of its own that is far longer. */
  readonly limit?: number;
  /** Nobody waits any more once it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * `warn` gets at most one line, however often the service fails. Without a cache service (outside of GitHub) nothing is kept and nothing said. What takes too long
 * is left to itself, for it cannot be ended: whoever ends the process ends that too.
 */
export function createCacheStore(
  warn: (line: string) => void,
  { limit, signal }: CacheLimits = {},
  service: CacheService = { isFeatureAvailable, restoreCache, saveCache },
): CacheStore {
  let warned = false;
  const attempt = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      if (!service.isFeatureAvailable() || signal?.aborted === true) return otherwise;
      return await within(early(work()), limit, signal);
    } catch (error) {
      if (!warned && signal?.aborted !== true)
        warn(`cache: could not ${what}: ${error instanceof Error ? error.message : String(error)}`);
      warned = true;
      return otherwise;
    }
  };
  return {
    restore: (key, paths, prefixes = []) =>
      attempt(`restore ${key}`, () => service.restoreCache([...paths], key, [...prefixes]), undefined),
    save: async (key, paths) => {
      await attempt(`save ${key}`, () => service.saveCache([...paths], key), -1);
    },
  };
}

/** Throws when it takes longer than the limit, or the signal comes first. */
function within<T>(work: Promise<T>, limit: number | undefined, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => reject(new Error('cancelled'));
    const late = (): void => reject(new Error(`no answer after ${(limit ?? 0) / 1000} s`));
    const clock = limit === undefined ? undefined : setTimeout(late, limit);
    signal?.addEventListener('abort', cancel, { once: true });
    void work.then(resolve, reject).finally(() => {
      clearTimeout(clock);
      signal?.removeEventListener('abort', cancel);
    });
  });
}

// GitHub's cache service -> a CacheStore that never decides anything: one warning, whatever fails.

import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';
import type { CacheStore } from '../tools/cache-store.ts';

/** The functions of `@actions/cache` that are used; a test brings its own. */
export interface CacheService {
  readonly isFeatureAvailable: typeof isFeatureAvailable;
  readonly restoreCache: (paths: string[], key: string, prefixes?: string[]) => Promise<string | undefined>;
  readonly saveCache: (paths: string[], key: string) => Promise<number>;
}

/** `warn` gets at most one line, however often the service fails. Without a cache service (outside of GitHub) nothing is kept and nothing said. */
export function createCacheStore(
  warn: (line: string) => void,
  service: CacheService = { isFeatureAvailable, restoreCache, saveCache },
): CacheStore {
  let warned = false;
  const attempt = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return service.isFeatureAvailable() ? await work() : otherwise;
    } catch (error) {
      if (!warned) warn(`cache: could not ${what}: ${error instanceof Error ? error.message : String(error)}`);
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

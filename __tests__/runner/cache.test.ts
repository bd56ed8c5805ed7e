// The cache service, well and ill: it never throws and warns once.

import { describe, expect, test } from '@jest/globals';
import { createCacheStore } from '../../src/runner/cache.ts';
import type { CacheLimits, CacheService } from '../../src/runner/cache.ts';

function store(
  service: Partial<CacheService>,
  limits: CacheLimits = {},
): {
  readonly store: ReturnType<typeof createCacheStore>;
  readonly warnings: string[];
} {
  const warnings: string[] = [];
  const whole: CacheService = {
    isFeatureAvailable: () => true,
    restoreCache: () => Promise.resolve(undefined),
    saveCache: () => Promise.resolve(1),
    ...service,
  };
  return { store: createCacheStore(line => warnings.push(line), limits, whole), warnings };
}

describe('the cache store', () => {
  test('hands paths, key and prefixes on', async () => {
    const calls: unknown[] = [];
    const made = store({
      restoreCache: (...given) => {
        calls.push(given);
        return Promise.resolve('db-1');
      },
      saveCache: (...given) => {
        calls.push(given);
        return Promise.resolve(7);
      },
    });
    expect(await made.store.restore('db-2', ['/a'], ['db-'])).toBe('db-1');
    await made.store.save('db-2', ['/a']);
    expect(calls).toEqual([
      [['/a'], 'db-2', ['db-']],
      [['/a'], 'db-2'],
    ]);
    expect(made.warnings).toEqual([]);
  });

  test('promise 7: a service that fails costs one warning, however often it is asked', async () => {
    const down = (): Promise<never> => Promise.reject(new Error('cache service responded with 503'));
    const made = store({ restoreCache: down, saveCache: down });
    expect(await made.store.restore('db', ['/a'])).toBeUndefined();
    await made.store.save('db', ['/a']);
    expect(made.warnings).toEqual(['cache: could not restore db: cache service responded with 503']);
  });

  test('without a cache service nothing is asked and nothing said', async () => {
    const made = store({ isFeatureAvailable: () => false, restoreCache: () => Promise.reject(new Error('asked')) });
    expect(await made.store.restore('db', ['/a'])).toBeUndefined();
    await made.store.save('db', ['/a']);
    expect(made.warnings).toEqual([]);
  });

  test('a service that never answers is left after the limit with one warning, and at once and without a word after a cancel', async () => {
    const hang = (): Promise<never> => new Promise(() => undefined);
    const late = store({ restoreCache: hang, saveCache: hang }, { limit: 20 });
    await late.store.save('db', ['/a']);
    expect(await late.store.restore('db', ['/a'])).toBeUndefined();
    expect(late.warnings).toEqual(['cache: could not save db: no answer after 0.02 s']);

    const stop = new AbortController();
    const cancelled = store({ saveCache: hang, restoreCache: () => Promise.resolve('x') }, { signal: stop.signal });
    const saving = cancelled.store.save('db', ['/a']);
    stop.abort();
    await saving;
    expect(await cancelled.store.restore('db', ['/a'])).toBeUndefined();
    expect(cancelled.warnings).toEqual([]);
  });
});

// The environment of the step -> what it says of GitHub's cache service. Nothing is asked over the network: tools/cache-probe.ts does that.

import type { CacheService } from '../plan/decide-cache.ts';

const MODES: readonly CacheService['mode'][] = ['write', 'read', 'write-only', 'none'];

/** The runner sets all of these for JavaScript actions; a GitHub Enterprise Server knows only the older address. An unknown mode is the careful one. */
export function readCacheService(env: Readonly<Record<string, string | undefined>>): CacheService {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  const second = isSet('ACTIONS_RESULTS_URL') && /^(?:1|t|true)$/i.test(env['ACTIONS_CACHE_SERVICE_V2'] ?? '');
  const mode = (env['ACTIONS_CACHE_MODE'] ?? '').toLowerCase();
  return {
    there: isSet('ACTIONS_RUNTIME_TOKEN') && (second || isSet('ACTIONS_CACHE_URL')),
    mode: mode === '' ? 'write' : (MODES.find(known => known === mode) ?? 'read'),
  };
}

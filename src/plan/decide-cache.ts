// The inputs cache, cache-from and cache-to -> the row of the plan that says which layer caches are used.

import type { Inputs } from './inputs.ts';
import type { Decision } from './plan.ts';

/** Which caches the build reads and writes. This version brings none of its own; what is typed is used whatever `cache` says, since `cache: false` of trivy-action means another cache. */
export function decideCache({ cache, cacheFrom, cacheTo }: Pick<Inputs, 'cache' | 'cacheFrom' | 'cacheTo'>): Decision {
  const used = [...named('reads', cacheFrom), ...named('writes', cacheTo)].join('; ');
  const automatic = cache === 'off' ? 'no automatic cache was asked for' : 'this version has no automatic cache';
  const reason = used === '' ? automatic : `cache-from and cache-to are used as typed; ${automatic}`;
  return { name: 'cache', asked: cache, outcome: used === '' ? 'none' : used, reason };
}

function named(verb: string, entries: readonly string[]): string[] {
  const types = new Set(entries.map(entry => /(?:^|,)\s*"?type=([^",]+)/i.exec(entry)?.[1]?.trim() ?? 'registry'));
  return types.size === 0 ? [] : [`${verb} ${[...types].join(', ')}`];
}

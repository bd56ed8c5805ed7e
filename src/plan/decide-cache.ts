// The inputs cache, cache-from and cache-to + event -> which layer caches are read and written, and the row of the plan that says so.

import type { Inputs } from './inputs.ts';
import type { CachePlan, Decision, LayerCache, PlannedExport } from './plan.ts';

export interface CacheDecision {
  readonly caches: CachePlan;
  readonly decision: Decision;
}

/** Which caches the build reads and writes. */
export function decideCache({ cache, cacheFrom, cacheTo }: Pick<Inputs, 'cache' | 'cacheFrom' | 'cacheTo'>): CacheDecision {
  const used = [...named('reads', cacheFrom), ...named('writes', cacheTo)].join('; ');
  const automatic = cache === 'off' ? 'no automatic cache was asked for' : 'this version has no automatic cache';
  const reason = used === '' ? automatic : `cache-from and cache-to are used as typed; ${automatic}`;
  return {
    caches: {
      imports: cacheFrom.map(entry => ({ ...entry, automatic: false })),
      exports: cacheTo.map(entry => ({ ...entry, automatic: false, when: whenOf(entry) })),
    },
    decision: { name: 'cache', asked: cache, outcome: used === '' ? 'none' : used, reason },
  };
}

/** What would push waits for the last tag (rules 19); what is part of the image cannot wait. */
function whenOf({ type }: LayerCache): PlannedExport['when'] {
  if (type === 'inline') return 'inside';
  return type === 'registry' ? 'last' : 'beside';
}

function named(verb: string, entries: readonly LayerCache[]): string[] {
  const types = new Set(entries.map(({ type }) => type));
  return types.size === 0 ? [] : [`${verb} ${[...types].join(', ')}`];
}

// What BuildKit said of its caches in one build -> what became of each import, and whether anything was built that a cache does not have.

import type { CacheUse } from '../build/build.ts';
import type { PlannedExport, PlannedImport } from '../plan/plan.ts';
import { inOneLine } from './cache-answers.ts';
import { isSame, useOf } from './cache-names.ts';
import type { CacheErrand, CacheWatch, Pin } from './cache-progress.ts';

/** What one run of buildx had to do with caches. */
export interface LegCaches {
  /** The platform's slug, when each is built on its own. */
  readonly slug?: string;
  readonly imports: readonly PlannedImport[];
  readonly errands: readonly CacheErrand[];
  /** Every step was in a cache, this builder's own or another. */
  readonly allCached: boolean;
  /** Bytes that came out of the imports. */
  readonly fetched: number;
  readonly pins: readonly Pin[];
}

/** What BuildKit says of a reference, or a key, that nobody has written yet. */
const ABSENT = /: not found$|no such host.*not found/i;

/** Takes down what is needed later. */
export function legCaches(watch: CacheWatch, imports: readonly PlannedImport[], slug?: string): LegCaches {
  return {
    ...(slug !== undefined && { slug }),
    imports,
    errands: watch.errands(),
    allCached: watch.executed() === undefined,
    fetched: watch.fetched(),
    pins: watch.pins(),
  };
}

/** One line an import, whichever leg read it; `originOf` gives it the name under which it was planned. */
export function importUses(legs: readonly LegCaches[], originOf: (cache: PlannedImport) => PlannedImport): readonly CacheUse[] {
  const uses = new Map<string, CacheUse>();
  for (const leg of legs) {
    for (const [cache, errand] of assign(leg)) {
      const use = useOf(originOf(cache), 'read', stateOf(errand, leg));
      const key = `${use.type} ${use.name}`;
      const before = uses.get(key);
      uses.set(key, before === undefined ? use : together(before, use));
    }
  }
  return [...uses.values()];
}

/** BuildKit names a registry's cache by its reference, and all others by a number: those are told apart by their order. */
function assign({ imports, errands }: LegCaches): readonly (readonly [PlannedImport, CacheErrand | undefined])[] {
  const left = errands.filter(({ direction }) => direction === 'read');
  const take = (fits: (name: string) => boolean): CacheErrand | undefined => {
    const at = left.findIndex(({ name }) => fits(name));
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };
  return imports.map(cache => [
    cache,
    take(name => (cache.type === 'registry' ? name === cache.attributes['ref'] : name.startsWith(`${cache.type}:`))),
  ]);
}

function stateOf(
  errand: CacheErrand | undefined,
  { imports, fetched }: LegCaches,
): Omit<CacheUse, 'type' | 'name' | 'direction'> {
  if (errand === undefined) return { state: 'left out', reason: 'the build had no use for it', seconds: 0 };
  const { seconds, error } = errand;
  if (error === undefined) return { state: 'done', seconds, ...(imports.length === 1 && { bytes: fetched }) };
  const reason = inOneLine(error);
  return ABSENT.test(error) ? { state: 'left out', reason: 'not there yet', seconds } : { state: 'failed', reason, seconds };
}

/** Of two that read the same cache, the worse tells how it was. */
function together(one: CacheUse, other: CacheUse): CacheUse {
  const order = ['left out', 'done', 'failed'];
  const worse = order.indexOf(other.state) > order.indexOf(one.state) ? other : one;
  const bytes = one.bytes === undefined || other.bytes === undefined ? undefined : one.bytes + other.bytes;
  const { type, name, direction, state, reason } = worse;
  const seconds = Math.max(one.seconds, other.seconds);
  return {
    type,
    name,
    direction,
    state,
    seconds,
    ...(reason !== undefined && { reason }),
    ...(bytes !== undefined && { bytes }),
  };
}

/** The imports that worked. */
export function readable(leg: LegCaches): readonly PlannedImport[] {
  return assign(leg).flatMap(([cache, errand]) => (errand !== undefined && errand.error === undefined ? [cache] : []));
}

/**
 * Whether an export would write what is there already: every step came out of a cache, some of it over the network, and the cache to be written is one that
 * was read (or, for automatic ones, of the kind that the next run reads again). A builder of the user's that has every step itself is no proof.
 */
export function isNothingNew(leg: LegCaches, cache: PlannedExport, cwd: string): boolean {
  if (!leg.allCached || leg.fetched === 0) return false;
  return readable(leg).some(
    source => isSame(source, cache, cwd) || (source.automatic && cache.automatic && source.type === cache.type),
  );
}

// The planned caches -> those that may be read, after each was asked; what is left out, and why, is told.

import type { CacheUse } from '../build/build.ts';
import type { CachePlan, PlannedImport } from '../plan/plan.ts';
import { nothing, refused, YES } from './cache-answers.ts';
import type { Allowed } from './cache-answers.ts';
import { asideOf, askCache, directoryOf } from './cache-around.ts';
import type { CacheAround } from './cache-around.ts';
import { freeze, lookThrough } from './cache-directory.ts';
import { useOf, without } from './cache-names.ts';
import { sweep, touch } from './cache-replace.ts';
import { restoreDirectory } from './cache-restore.ts';

export interface Prepared {
  /** As buildx gets it: imports that answered, exports that are part of the image. */
  readonly plan: CachePlan;
  /** What was left out. */
  readonly uses: readonly CacheUse[];
  /** Where each import of `plan` is in the original plan. */
  readonly origins: ReadonlyMap<PlannedImport, PlannedImport>;
  /** Views of directories, to be removed at the end. */
  readonly views: readonly string[];
}

interface Asked {
  readonly cache: PlannedImport;
  readonly origin: PlannedImport;
  readonly read: Allowed;
  readonly seconds: number;
  readonly view?: string;
}

/** Asks all at once. Never throws. */
export async function prepareCaches(caches: CachePlan, around: CacheAround, signal?: AbortSignal): Promise<Prepared> {
  const asked = await Promise.all(
    caches.imports.map(async (origin): Promise<Asked> => {
      const started = performance.now();
      const found = await (origin.type === 'local' ? openDirectory(origin, around, signal) : ask(origin, around, signal)).catch(
        (error: unknown) => ({ cache: origin, read: refused(error instanceof Error ? error.message : String(error)) }),
      );
      return { origin, ...found, seconds: (performance.now() - started) / 1000 };
    }),
  );
  const usable = asked.filter(({ read }) => read.allowed);
  return {
    plan: { imports: usable.map(({ cache }) => cache), exports: caches.exports.filter(({ when }) => when === 'inside') },
    uses: asked.flatMap(({ origin, read, seconds }) =>
      read.allowed
        ? []
        : [useOf(origin, 'read', { state: 'left out', reason: read.reason, seconds, ...(read.trouble && { trouble: true }) })],
    ),
    origins: new Map(usable.map(({ cache, origin }) => [cache, origin])),
    views: asked.flatMap(({ view }) => (view === undefined ? [] : [view])),
  };
}

type Found = Pick<Asked, 'cache' | 'read' | 'view'>;

async function ask(origin: PlannedImport, around: CacheAround, signal: AbortSignal | undefined): Promise<Found> {
  const { read } = await askCache(origin, around, signal);
  return { cache: origin, read };
}

/** A directory that another run may replace meanwhile is read through a view of its own, where one can be made. */
async function openDirectory(origin: PlannedImport, around: CacheAround, signal: AbortSignal | undefined): Promise<Found> {
  const directory = directoryOf(origin, around);
  const { scope } = origin.attributes;
  if (scope !== undefined) await sweep(directory);
  let found = await lookThrough(directory);
  if (found.state === 'missing' && scope !== undefined) {
    await restoreDirectory(scope, directory, around, signal);
    found = await lookThrough(directory);
  }
  if (found.state === 'missing') return { cache: origin, read: nothing('not there yet') };
  if (found.state === 'broken') return { cache: origin, read: refused(`the directory is damaged: ${found.reason}`) };
  if (scope !== undefined) await touch(directory);
  const view = asideOf(origin, around)('read');
  const frozen = await freeze(directory, view);
  const attributes = { ...without(origin, 'scope'), src: frozen ? view : directory };
  return { cache: { ...origin, attributes }, read: YES, ...(frozen && { view }) };
}

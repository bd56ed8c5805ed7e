// A cache that is to be written after a build -> asked, written by a second build, put in its place; and what became of it.

import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOrder, CacheUse } from '../build/build.ts';
import type { LayerCache, PlannedExport } from '../plan/plan.ts';
import { asideOf, askCache, directoryOf } from './cache-around.ts';
import type { CacheAround } from './cache-around.ts';
import { deliveredInside } from './cache-delivered.ts';
import { lookThrough } from './cache-directory.ts';
import { exportCache } from './cache-export.ts';
import type { Exported } from './cache-export.ts';
import { isNothingNew } from './cache-facts.ts';
import type { LegCaches } from './cache-facts.ts';
import { useOf, without } from './cache-names.ts';
import { isReplaceable, replaceDirectory, sweep, touch } from './cache-replace.ts';
import { keepDirectory } from './cache-restore.ts';
import type { BuildxOptions } from './buildx-run.ts';
import type { SecretsInPlace } from './build-secrets.ts';

export interface WriteOrder {
  readonly options: BuildxOptions;
  readonly around: CacheAround;
  readonly builder: string;
  /** As this leg was built. */
  readonly order: BuildOrder;
  readonly leg: LegCaches;
  /** Where blobs of the result are: to know their sizes. */
  readonly layout: string;
  readonly cache: PlannedExport;
  readonly placeSecrets: () => Promise<SecretsInPlace>;
  readonly login?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told that the time was over: the builder may hang. */
  readonly onLate: () => void;
}

type Outcome = Omit<CacheUse, 'type' | 'name' | 'direction' | 'seconds'>;

/** Never throws. */
export async function writeCache(work: WriteOrder): Promise<CacheUse> {
  const started = performance.now();
  const outcome = await write(work).catch((error: unknown): Outcome => ({
    state: 'failed',
    reason: error instanceof Error ? error.message : String(error),
  }));
  const seconds = (performance.now() - started) / 1000;
  if (work.signal.aborted) return useOf(work.cache, 'written', { state: 'left out', reason: 'the run ended before', seconds });
  return useOf(work.cache, 'written', { ...outcome, seconds });
}

async function write(work: WriteOrder): Promise<Outcome> {
  const { around, cache, leg, order, signal } = work;
  if (isNothingNew(leg, cache, around.cwd)) return { state: 'left out', reason: 'nothing new was built' };
  const inside = cache.when === 'last' ? deliveredInside(order, around.cwd) : undefined;
  if (inside !== undefined) {
    const reason = `${inside} was handed over into the build's context, so the same build would make something else now; name a place outside of the context for it`;
    return { state: 'left out', reason, trouble: true };
  }
  const { write: may } = await askCache(cache, around, signal);
  if (!may.allowed) return { state: 'left out', reason: may.reason, ...(may.trouble && { trouble: true }) };
  return cache.type === 'local' ? writeDirectory(work) : send(work, cache, exported => sizeOf(exported, work.layout));
}

async function send(
  work: WriteOrder,
  cache: LayerCache,
  measure: (exported: Exported) => Promise<number | undefined>,
): Promise<Outcome> {
  const { options, builder, order, leg, login, around, signal } = work;
  const limit = work.cache.when === 'last' ? around.times.last : around.times.beside;
  const secrets = await work.placeSecrets();
  const base = { options, builder, order, cache, pins: leg.pins, secrets, limit, signal };
  const exported = await exportCache({ ...base, ...(login !== undefined && { login }) }).finally(secrets.remove);
  if (exported.state === 'empty') return { state: 'left out', reason: 'there was no layer to write' };
  if (exported.state === 'failed') {
    if (exported.late === true) work.onLate();
    return { state: 'failed', reason: exported.reason };
  }
  const bytes = await measure(exported);
  return { state: 'done', ...(bytes !== undefined && { bytes }) };
}

/** Into a fresh directory, away from the context that this build reads, which then takes the place of the old one: it holds what this build needs and nothing from years ago. */
async function writeDirectory(work: WriteOrder): Promise<Outcome> {
  const { cache, around, signal } = work;
  const directory = directoryOf(cache, around);
  const { scope } = cache.attributes;
  const attributes = without(cache, 'scope', 'dest');
  // Several caches in one directory, or files that are none of ours: only added to.
  if (attributes['tag'] !== undefined || !(await isReplaceable(directory)))
    return send(work, { ...cache, attributes: { ...attributes, dest: directory } }, () => Promise.resolve(undefined));
  const aside = asideOf(cache, around);
  const fresh = aside('new');
  try {
    const outcome = await send(work, { ...cache, attributes: { ...attributes, dest: fresh } }, () => Promise.resolve(undefined));
    if (outcome.state !== 'done') return outcome;
    const found = await lookThrough(fresh);
    if (found.state !== 'whole')
      return {
        state: 'failed',
        reason: found.state === 'broken' ? `what was written is damaged: ${found.reason}` : 'nothing was written',
      };
    await replaceDirectory(directory, fresh, aside);
    const { bytes, digest } = found;
    if (scope === undefined) return { state: 'done', bytes };
    await touch(directory);
    await sweep(directory);
    const reason = await keepDirectory(scope, { directory, digest }, around, signal);
    return reason === undefined ? { state: 'done', bytes } : { state: 'failed', reason, bytes };
  } finally {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** BuildKit names the layers and not their sizes; those that are in the image are in the layout. Undefined when others were written too. */
async function sizeOf(exported: Exported, layout: string): Promise<number | undefined> {
  if (exported.state !== 'done') return undefined;
  let bytes = 0;
  for (const layer of exported.layers) {
    const found = await stat(join(layout, 'blobs', ...layer.split(':'))).catch(() => undefined);
    if (found === undefined) return undefined;
    bytes += found.size;
  }
  return bytes;
}

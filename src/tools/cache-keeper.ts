// The caches of one step: asked beside the choice of the builder, followed through the build, written afterwards, tidied up at the end.

import { rm } from 'node:fs/promises';
import type { BuildOrder, CacheUse } from '../build/build.ts';
import type { CachePlan, PlannedExport, PlannedImport } from '../plan/plan.ts';
import { early } from '../parallel.ts';
import { platformSlug } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { cacheTimes } from './cache-around.ts';
import type { CacheAround } from './cache-around.ts';
import { importUses, readable } from './cache-facts.ts';
import type { LegCaches } from './cache-facts.ts';
import { loginsFor, makeCacheLogin } from './cache-login.ts';
import type { CacheLogin } from './cache-login.ts';
import { forPlatform, useOf } from './cache-names.ts';
import { prepareCaches } from './cache-prepare.ts';
import type { Prepared } from './cache-prepare.ts';
import { writeCache } from './cache-write.ts';
import type { BuildxOptions } from './buildx-run.ts';
import type { SecretsInPlace } from './build-secrets.ts';

/** What a build is told of its caches. */
export interface ReadyCaches {
  /** For a build of all platforms at once. */
  readonly plan: CachePlan;
  /** For a build of one platform beside others. */
  readonly alone: (platform: Platform) => Promise<CachePlan>;
  /** Variables that give docker the logins of the inputs, when a cache needs them. */
  readonly login?: CacheLogin['env'];
}

/** A build that is over. */
export interface DoneBuild {
  readonly order: BuildOrder;
  readonly builder: string;
  readonly layout: string;
  readonly legs: readonly LegCaches[];
  readonly placeSecrets: () => Promise<SecretsInPlace>;
  /** Removes the builder, when it is ours: one that hangs must not be there for later steps. Never throws. */
  readonly discard?: () => Promise<void>;
  /** Why no cache is to be written after it. */
  readonly without?: string;
}

export interface CacheKeeper {
  /** Never throws. `spread`: whether each platform will be built on its own, as soon as that is known. */
  readonly prepare: (order: BuildOrder, spread?: Promise<boolean>) => Promise<ReadyCaches>;
  /** What became of the imports. */
  readonly finish: (done: DoneBuild) => readonly CacheUse[];
  /** Never throws; ended by `close`. */
  readonly write: (when: PlannedExport['when']) => Promise<readonly CacheUse[]>;
  /** Ends what still runs and removes what was made; never throws. */
  readonly close: () => Promise<void>;
}

const NO_CACHES: CachePlan = { imports: [], exports: [] };

/** What is known at the moment. */
interface Keeping {
  readonly options: BuildxOptions;
  readonly around: CacheAround;
  readonly signal: AbortSignal;
  /** Views of directories, to be removed at the end. */
  readonly views: string[];
  /** What must be over before everything is tidied up. */
  readonly running: Set<Promise<unknown>>;
  prepared: readonly Prepared[];
  login: CacheLogin | undefined;
  last: DoneBuild | undefined;
  /** An export took too long. */
  late: boolean;
}

/** Nothing is started. */
export function keepCaches(options: BuildxOptions): CacheKeeper {
  const end = new AbortController();
  const signal = options.signal === undefined ? end.signal : AbortSignal.any([options.signal, end.signal]);
  const base = { options, around: aroundOf(options), signal, views: [], running: new Set<Promise<unknown>>(), prepared: [] };
  const keeping: Keeping = { ...base, login: undefined, last: undefined, late: false };
  return {
    prepare: (order, spread) => prepare(keeping, order, spread),
    finish(done) {
      keeping.last = done;
      const origins = new Map<PlannedImport, PlannedImport>(keeping.prepared.flatMap(one => [...one.origins]));
      const left = keeping.prepared.flatMap(({ uses }) => uses);
      return [...left, ...importUses(done.legs, cache => origins.get(cache) ?? cache)];
    },
    async write(when) {
      const work = writeAll(keeping, when).catch(() => []);
      keeping.running.add(work);
      return work.finally(() => keeping.running.delete(work));
    },
    async close() {
      end.abort();
      await Promise.allSettled(keeping.running);
      await removeLogin(keeping);
      for (const view of keeping.views.splice(0)) await rm(view, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

async function prepare(keeping: Keeping, order: BuildOrder, spread: Promise<boolean> | undefined): Promise<ReadyCaches> {
  const { caches, noCache, platforms } = order;
  const { options, around } = keeping;
  const apart = spread?.catch(() => false);
  keeping.prepared = [];
  await removeLogin(keeping);
  const logins = loginsFor([...caches.imports, ...caches.exports], around.settings.credentials ?? []);
  if (logins.length > 0) keeping.login = await makeCacheLogin(options.directory, options.env, logins).catch(() => undefined);
  // With no-cache nothing is read, so nobody is asked.
  const wanted = noCache ? { ...caches, imports: [] } : caches;
  const asking = new Map<string, Promise<CachePlan>>();
  const askAlone = (platform: Platform): Promise<CachePlan> => {
    const slug = platformSlug(platform);
    const asked = asking.get(slug) ?? ask(keeping, { ...forPlatform(wanted, slug), exports: [] });
    asking.set(slug, asked);
    return asked;
  };
  // Beside the other questions, and while the emulators are looked at.
  void apart?.then(known => (known ? platforms.forEach(platform => void early(askAlone(platform))) : undefined));
  const plan = await ask(keeping, wanted);
  return {
    plan,
    alone: async platform => ({ ...plan, imports: [...(await askAlone(platform)).imports, ...plan.imports] }),
    ...(keeping.login !== undefined && { login: keeping.login.env }),
  };
}

function ask(keeping: Keeping, caches: CachePlan): Promise<CachePlan> {
  const work = prepareCaches(caches, keeping.around, keeping.signal).then(made => {
    keeping.prepared = [...keeping.prepared, made];
    keeping.views.push(...made.views);
    return made.plan;
  });
  keeping.running.add(work);
  return work.finally(() => keeping.running.delete(work));
}

async function removeLogin(keeping: Keeping): Promise<void> {
  await keeping.login?.remove();
  keeping.login = undefined;
}

/** One after another: each has its own time, and tells exactly what became of it. */
async function writeAll(keeping: Keeping, when: PlannedExport['when']): Promise<readonly CacheUse[]> {
  const uses: CacheUse[] = [];
  const { last } = keeping;
  if (last === undefined) return uses;
  for (const cache of last.order.caches.exports.filter(planned => planned.when === when)) {
    const without = keeping.late ? 'the builder may still hang at the cache before it' : last.without;
    if (without !== undefined) uses.push(useOf(cache, 'written', { state: 'left out', reason: without, seconds: 0 }));
    else uses.push(...(await Promise.all(last.legs.map(leg => writeOne(keeping, last, cache, leg)))));
    if (keeping.late && without === undefined) await last.discard?.();
  }
  return uses;
}

function writeOne(keeping: Keeping, last: DoneBuild, planned: PlannedExport, leg: LegCaches): Promise<CacheUse> {
  const { options, around, signal, login } = keeping;
  const { slug } = leg;
  const { platforms } = last.order;
  const [cache = planned] = slug === undefined ? [] : forPlatform({ imports: [], exports: [planned] }, slug).exports;
  const order = {
    ...last.order,
    platforms: slug === undefined ? platforms : platforms.filter(platform => platformSlug(platform) === slug),
    caches: { imports: readable(leg), exports: [] },
  };
  return writeCache({
    options,
    around,
    builder: last.builder,
    order,
    leg,
    layout: last.layout,
    cache,
    placeSecrets: last.placeSecrets,
    ...(login !== undefined && { login: login.env }),
    signal,
    onLate: () => (keeping.late = true),
  });
}

/** An order that neither reads nor writes any cache but the one inside the image. */
export function withoutCaches(order: BuildOrder): BuildOrder {
  return { ...order, caches: { ...NO_CACHES, exports: order.caches.exports.filter(({ when }) => when === 'inside') } };
}

function aroundOf(options: BuildxOptions): CacheAround {
  const settings = options.caches ?? {};
  return {
    settings,
    times: cacheTimes(settings),
    run: options.run,
    env: options.env,
    cwd: options.cwd ?? '.',
    directory: options.directory,
    onLine: options.onLine,
    ...(options.onSecret && { onSecret: options.onSecret }),
  };
}

// What caches need beside a builder: where directories are, who keeps them between jobs, logins, times; and one question to each cache.

import { resolve, join } from 'node:path';
import type { LayerCache } from '../plan/plan.ts';
import { CACHE_TIMES, YES } from './cache-answers.ts';
import type { CacheTimes, Finding } from './cache-answers.ts';
import { probeActionsCache } from './cache-probe-gha.ts';
import { probeRegistryCache } from './cache-probe-registry.ts';
import { below, besides } from './cache-replace.ts';
import type { Aside } from './cache-replace.ts';
import type { CacheStore } from './cache-store.ts';
import type { Run } from './command.ts';
import type { ExplicitCredential } from './registry/docker-config.ts';
import { createSender } from './registry/http.ts';
import { systemClock } from './registry/retry.ts';

/** Given by whoever connects the tools. */
export interface CacheSettings {
  /** Where the directories of `cache: local` are: on this machine, for all runs. */
  readonly directory?: string;
  /** Keeps those directories for machines that are thrown away. */
  readonly store?: CacheStore;
  /** Logins of the inputs. */
  readonly credentials?: readonly ExplicitCredential[];
  readonly times?: Partial<CacheTimes>;
  /** PEM of further certificate authorities. */
  readonly ca?: string;
}

export interface CacheAround {
  readonly settings: CacheSettings;
  readonly times: CacheTimes;
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The run's own private directory. */
  readonly directory: string;
  readonly onLine: (line: string) => void;
  readonly onSecret?: (value: string) => void;
}

/** The times that hold, with those that a test gives. */
export function cacheTimes(settings: CacheSettings | undefined): CacheTimes {
  return { ...CACHE_TIMES, ...settings?.times };
}

/** Where an entry of type=local is: a directory of ours for automatic ones (`scope`), else what was typed. */
export function directoryOf({ attributes }: LayerCache, { settings, directory, cwd }: CacheAround): string {
  const scope = attributes['scope'];
  if (scope !== undefined) return join(settings.directory ?? join(directory, 'layers'), scope.replace(/[^\w.-]/g, '-'));
  return resolve(cwd, attributes['src'] ?? attributes['dest'] ?? '.');
}

/** Where this run may put what belongs to the directory of this entry, and is nobody else's. */
export function asideOf(cache: LayerCache, around: CacheAround): Aside {
  return cache.attributes['scope'] === undefined ? below(around.directory) : besides(directoryOf(cache, around));
}

/**
 * Asks the cache one small question in a short time. Object stores (s3, azblob) cannot be asked: their logins are BuildKit's, and often only the builder has
 * them; what protects from them is the watch over a build that stands still, and the time that an export may take.
 */
export async function askCache(cache: LayerCache, around: CacheAround, signal?: AbortSignal): Promise<Finding> {
  const { env, run, settings, times, onSecret } = around;
  const base = { times, ...(signal && { signal }) };
  if (cache.type === 'registry') {
    const { credentials = [], ca } = settings;
    const sources = { run, env, credentials, ...(onSecret && { onSecret }), ...(ca !== undefined && { ca }) };
    return probeRegistryCache(cache.attributes['ref'] ?? '', { ...base, sources });
  }
  if (cache.type !== 'gha') return { read: YES, write: YES };
  const { send, close } = createSender({ env });
  const sleep = (milliseconds: number): Promise<void> => systemClock.sleep(milliseconds, signal);
  return probeActionsCache(cache, { ...base, env, send, sleep }).finally(close);
}

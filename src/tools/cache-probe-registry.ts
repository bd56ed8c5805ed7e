// A cache of type=registry -> one question for its manifest, with the login of the run and a short limit.

import { Cancelled } from '../errors.ts';
import { splitReference } from '../plan/reference.ts';
import { inSeconds, neither, nothing, refused, YES } from './cache-answers.ts';
import type { CacheTimes, Finding } from './cache-answers.ts';
import { createRegistry } from './registry/registry.ts';
import type { RegistryOptions } from './registry/registry.ts';

export interface RegistryQuestion {
  readonly sources: Pick<RegistryOptions, 'run' | 'env' | 'credentials' | 'onSecret' | 'ca'>;
  readonly times: CacheTimes;
  readonly signal?: AbortSignal;
}

/**
 * Asks whether there is a cache under the name. A registry that refuses, fails or keeps silent is left alone: BuildKit would wait for it, in the worst case with
 * every later build. One that cannot be reached from here at all is left to BuildKit, which may have another way to it and gives up at once where there is none.
 * Never throws.
 */
export async function probeRegistryCache(reference: string, { sources, times, signal }: RegistryQuestion): Promise<Finding> {
  const limit = AbortSignal.timeout(times.registry);
  let status: number | undefined;
  const registry = createRegistry({
    ...sources,
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    onRequest: note => (status = note.status),
    retry: { tries: 2, budget: times.retryAfter },
  });
  const { name, tag, digest } = splitReference(reference);
  try {
    const found = await within(limit, registry.resolve(name, digest ?? tag ?? 'latest'));
    return found === undefined
      ? { read: nothing('not there yet'), write: YES, exists: false }
      : { read: YES, write: YES, exists: true };
  } catch (error) {
    if (limit.aborted) return neither(`its registry did not answer within ${inSeconds(times.registry)}`);
    // Nobody was reached, or the login could not be looked up.
    if (status === undefined || status === 0) return { read: YES, write: YES };
    const reason = error instanceof Error ? error.message : String(error);
    // Whoever may not read a repository that is not there yet may still be the one to make it.
    return { read: refused(reason), write: status === 401 || status === 403 ? YES : refused(reason) };
  } finally {
    registry.close();
  }
}

/** A helper for logins may hang as well as the registry. */
function within<T>(limit: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Cancelled('late'));
    limit.addEventListener('abort', late, { once: true });
    void work.then(resolve, reject).finally(() => limit.removeEventListener('abort', late));
  });
}

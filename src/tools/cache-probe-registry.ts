// A cache of type=registry -> one question for its manifest, with the login of the run and a short limit.

import { splitReference } from '../plan/reference.ts';
import { inSeconds, neither, nothing, refused, within, YES } from './cache-answers.ts';
import type { CacheTimes, Finding } from './cache-answers.ts';
import type { Run } from './command.ts';
import { createRegistry } from './registry/registry.ts';
import type { RegistryOptions } from './registry/registry.ts';

export interface RegistryQuestion {
  readonly sources: Pick<RegistryOptions, 'run' | 'env' | 'credentials' | 'onSecret' | 'ca'>;
  readonly times: CacheTimes;
  readonly signal?: AbortSignal;
}

/**
 * Asks whether there is a cache under the name. A registry that refuses, fails or keeps silent is left alone: BuildKit would wait for it, in the worst case with
 * every later build; and buildx would wait for the same helper. One that cannot be reached from here at all is left to BuildKit, which may have another way to it and
 * gives up at once where there is none. Never throws.
 */
export async function probeRegistryCache(reference: string, { sources, times, signal }: RegistryQuestion): Promise<Finding> {
  const clock = startClock(times.registry);
  const end = signal === undefined ? clock.signal : AbortSignal.any([signal, clock.signal]);
  let status: number | undefined;
  let silent: string | undefined;
  /** Nothing but the programs that know logins is run. */
  const askHelper: Run = async (command, args, options) => {
    clock.pause();
    const result = await sources.run(command, args, { ...options, timeout: times.helper, ...(signal && { signal }) });
    clock.resume();
    if (result.timedOut) silent = command;
    return result;
  };
  const registry = createRegistry({
    ...sources,
    run: askHelper,
    signal: end,
    onRequest: note => (status = note.status),
    retry: { tries: 2, budget: times.retryAfter },
  });
  const { name, tag, digest } = splitReference(reference);
  try {
    const found = await within(end, registry.resolve(name, digest ?? tag ?? 'latest'));
    return found === undefined
      ? { read: nothing('not there yet'), write: YES, exists: false }
      : { read: YES, write: YES, exists: true };
  } catch (error) {
    if (silent !== undefined)
      return neither(`${silent}, which knows its login, did not answer within ${inSeconds(times.helper)}`);
    if (clock.signal.aborted) return neither(`its registry did not answer within ${inSeconds(times.registry)}`);
    // Nobody was reached, or the login could not be looked up.
    if (status === undefined || status === 0) return { read: YES, write: YES };
    const reason = error instanceof Error ? error.message : String(error);
    // Whoever may not read a repository that is not there yet may still be the one to make it.
    return { read: refused(reason), write: status === 401 || status === 403 ? YES : refused(reason) };
  } finally {
    clock.pause();
    registry.close();
  }
}

interface Clock {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Counts the time that is not paused. */
function startClock(limit: number): Clock {
  const end = new AbortController();
  let left = limit;
  let since = performance.now();
  const start = (): NodeJS.Timeout => setTimeout(() => end.abort(), left);
  let timer = start();
  return {
    signal: end.signal,
    pause() {
      clearTimeout(timer);
      left -= performance.now() - since;
    },
    resume() {
      since = performance.now();
      timer = start();
    },
  };
}

// What a probe of a cache found out, and the times that caches may take.

import { Cancelled } from '../errors.ts';

/** What may be done with one cache. */
export interface Finding {
  readonly read: Allowed;
  readonly write: Allowed;
  /** Whether something is there already; undefined when that cannot be told. */
  readonly exists?: boolean;
}

export type Allowed =
  | { readonly allowed: true }
  /** `trouble`: something is wrong and worth a warning; otherwise there is just nothing. */
  | { readonly allowed: false; readonly reason: string; readonly trouble: boolean };

export const YES: Allowed = { allowed: true };

/** Left out, and worth a warning. */
export function refused(reason: string): Allowed {
  return { allowed: false, reason, trouble: true };
}

/** Left out, as nothing is lost. */
export function nothing(reason: string): Allowed {
  return { allowed: false, reason, trouble: false };
}

/** Neither read nor written. */
export function neither(reason: string): Finding {
  return { read: refused(reason), write: refused(reason) };
}

/** Milliseconds. */
export interface CacheTimes {
  /** For the one question to the service of Actions, a second try after a short Retry-After included. */
  readonly service: number;
  /** For the one question to a registry, and its token. */
  readonly registry: number;
  /** For a program that knows the login: it may have to ask a cloud first. */
  readonly helper: number;
  /** A longer Retry-After is not waited for. */
  readonly retryAfter: number;
  /** Without a word from a build that only waits for a cache or for its own first errand. */
  readonly standstill: number;
  /** For one export beside the scan. */
  readonly beside: number;
  /** For one export after the tags: somebody waits for the job. */
  readonly last: number;
  /** For moving a directory to or from the cache of Actions. */
  readonly store: number;
}

export const CACHE_TIMES: CacheTimes = {
  service: 3_000,
  registry: 4_000,
  helper: 10_000,
  retryAfter: 2_000,
  standstill: 60_000,
  beside: 300_000,
  last: 180_000,
  store: 120_000,
};

/** Waits for the work until the signal is aborted, and then (Cancelled) no longer: for what cannot be ended. */
export function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Cancelled('late'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

/** `3 s`, `0.5 s`. */
export function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}

const SHOWN = 240;
const BEGINNING = 80;

/** One line; what is too long keeps its beginning (what was done) and its end (why it failed). */
export function inOneLine(text: string, limit = SHOWN): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, BEGINNING)}…${line.slice(line.length - (limit - BEGINNING - 1))}`;
}

// A try that may fail for a while -> its result, after waiting politely and inside a stated budget.

import { setTimeout as delay } from 'node:timers/promises';
import { Cancelled } from '../../errors.ts';

/** Time as the client sees it; a test brings its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** 0 <= x < 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    await delay(milliseconds, undefined, signal && { signal }).catch(() => undefined);
  },
  random: Math.random,
};

export interface RetryPolicy {
  readonly tries: number;
  /** Milliseconds in which another try may begin, counted without the time in which bytes were moving. */
  readonly budget: number;
}

/** Waits of 0.5 + 1 + 2 + 4 + 8 + 16 + 30 s at most: an outage of a minute is survived, three minutes when the registry asks for it. */
export const RETRY: RetryPolicy = { tries: 8, budget: 180_000 };
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** This try failed, but another one may not. `failure` is what the user sees when there is no other try. */
export class Retriable extends Error {
  readonly failure: Error;
  /** Milliseconds that the registry asked us to wait. */
  readonly after: number | undefined;
  /** Fewer tries than the policy gives: for what seldom heals. */
  readonly tries: number;

  constructor(failure: Error, options: { readonly after?: number | undefined; readonly tries?: number } = {}) {
    super(failure.message);
    this.failure = failure;
    this.after = options.after;
    this.tries = options.tries ?? Infinity;
  }
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `attempt` until it returns, throws something that is not Retriable, or tries or budget are used up (then the last failure is
 * thrown). The budget counts elapsed time, so that a registry that takes requests and never answers ends it. `moved` tells that
 * bytes went through: the time up to then is not counted, or a large layer that breaks after minutes had no second try.
 */
export async function retry<T>(attempt: (moved: () => void) => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, policy } = options;
  let spent = 0;
  for (let round = 1; ; round++) {
    let since = clock.now();
    if (isAborted(options)) throw new Cancelled('cancelled');
    try {
      return await attempt(() => (since = clock.now()));
    } catch (error) {
      // A request that was cut off looks like a broken connection.
      if (isAborted(options)) throw error instanceof Cancelled ? error : new Cancelled('cancelled');
      if (!(error instanceof Retriable)) throw error;
      const wait = error.after ?? backoff(round, clock.random());
      spent += clock.now() - since + wait;
      if (round >= Math.min(policy.tries, error.tries) || spent > policy.budget) throw error.failure;
      await clock.sleep(wait, options.signal);
    }
  }
}

/** A signal that aborts so many milliseconds after another one did. */
export function later(signal: AbortSignal, milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const start = (): void => void setTimeout(() => controller.abort(), milliseconds).unref();
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return controller.signal;
}

function isAborted(options: RetryOptions): boolean {
  return options.signal?.aborted === true;
}

function backoff(round: number, random: number): number {
  const full = Math.min(FIRST_WAIT * 2 ** (round - 1), LONGEST_WAIT);
  return full * (0.5 + random / 2);
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `Retry-After` in milliseconds: seconds, a date, or a Go duration (ghcr.io sends `1.889377ms`); undefined when it makes no sense. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) {
    let total = 0;
    for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
      total += Number(number) * (UNITS[unit ?? ''] ?? 0);
    }
    return total;
  }
  // Date.parse takes nearly anything for a date; an HTTP date starts with the day's name.
  const date = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

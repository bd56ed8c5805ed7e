// Work that may never end -> its result, or TimeIsUp: for regular expressions and templates that users write.

import vm from 'node:vm';

/** The work did not end in time. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/**
 * Runs `work` (not async) and ends it after so many milliseconds, wherever it is, even inside one regular expression: no promise with a timer could,
 * for the thread is busy. Node's own watchdog for scripts does what a worker that is terminated would do, but without starting a second thread and
 * loading everything again in it, which takes longer than the work. What `work` throws is thrown as it is; TimeIsUp cannot be caught inside of `work`.
 */
export function withinTime<T>(milliseconds: number, work: () => T): T {
  try {
    return vm.runInNewContext('work()', { work }, { timeout: milliseconds }) as T;
  } catch (error) {
    // The watchdog's error comes from the other context: it is no `instanceof Error` here.
    if ((error as { readonly code?: unknown } | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TimeIsUp(`not done after ${milliseconds} ms`);
  }
}

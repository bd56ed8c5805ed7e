// Work that may never end -> its result, or TimeIsUp: for regular expressions and templates that users write.

import vm from 'node:vm';

/** The work did not end in time. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** How much longer the second and last try may take: on a busy machine the work is ended after three times its time, and a pattern that never ends takes no more. */
const MOST_PATIENCE = 2;

/**
 * Runs `work` (not async, and the same when it is run again) and ends it after so many milliseconds, wherever it is, even inside one regular expression:
 * no promise with a timer could, for the thread is busy. Node's own watchdog for scripts does what terminating a worker would do, but without a second
 * thread that has to load everything again, which takes longer than the work. The watchdog's clock runs on while other programs have the processor:
 * work that was ended without having had its time begins again, once, with twice as much. What `work` throws is thrown as it is; TimeIsUp cannot be
 * caught inside of `work`. `cpuTime`: milliseconds that this thread has computed.
 */
export function withinTime<T>(milliseconds: number, work: () => T, cpuTime: () => number = threadTime): T {
  for (let patience = 1; ; patience *= 2) {
    const started = cpuTime();
    try {
      return vm.runInNewContext('work()', { work }, { timeout: milliseconds * patience }) as T;
    } catch (error) {
      // The watchdog's error comes from the other context: it is no `instanceof Error` here.
      if ((error as { readonly code?: unknown } | undefined)?.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      if (patience >= MOST_PATIENCE || cpuTime() - started >= milliseconds * 0.75)
        throw new TimeIsUp(`not done after ${milliseconds} ms`);
    }
  }
}

function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

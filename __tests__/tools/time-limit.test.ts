// Work that a user wrote ends in time, whatever it is; other work does not notice.

import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { TimeIsUp, withinTime } from '../../src/tools/time-limit.ts';

/** Milliseconds that `work` took, and what it threw. */
function timed(work: () => unknown): { readonly took: number; readonly thrown: unknown } {
  const started = performance.now();
  try {
    work();
    return { took: performance.now() - started, thrown: undefined };
  } catch (thrown) {
    return { took: performance.now() - started, thrown };
  }
}

describe('withinTime()', () => {
  test('hands on what the work returns', () => {
    const value = { a: 1 };
    expect(withinTime(1000, () => value)).toBe(value);
  });

  test('hands on what the work throws, the very object', () => {
    const error = new UserError('tags: wrong', { hint: 'way out' });
    expect(timed(() => withinTime(1000, () => { throw error; })).thrown).toBe(error); // prettier-ignore
  });

  test.each([undefined, null, 'text', { code: 'ERR_OTHER' }])('hands on thrown %p', thrown => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries throw anything
    expect(timed(() => withinTime(1000, () => { throw thrown; })).thrown).toBe(thrown); // prettier-ignore
  });

  test.each<[string, () => unknown]>([
    ['a regular expression that backtracks', () => /(a+)+$/.test(`${'a'.repeat(64)}b`)],
    ['an endless loop', () => { for (;;); }], // prettier-ignore
    ['an endless loop that catches everything', () => { for (;;) try { for (;;); } catch { continue; } }], // prettier-ignore
  ])('ends %s', (_name, work) => {
    const { took, thrown } = timed(() => withinTime(200, work));
    expect(thrown).toBeInstanceOf(TimeIsUp);
    expect(took).toBeGreaterThan(150);
    expect(took).toBeLessThan(200 + 400 + 1000);
  });

  test('on a machine that is busy with other things the work gets its time, and not for ever', () => {
    // A clock that says that this thread never computed anything: 40 and 80 ms, and then no more.
    const starved = (): number => 0;
    const { took, thrown } = timed(() => withinTime(40, () => { for (;;); }, starved)); // prettier-ignore
    expect(thrown).toBeInstanceOf(TimeIsUp);
    expect(took).toBeGreaterThan(115);
    expect(took).toBeLessThan(115 + 1000);

    let tries = 0;
    const second = (): number => {
      if (++tries === 1) for (;;);
      return 7;
    };
    expect(withinTime(40, second, starved)).toBe(7);
  });

  test('what comes after a stopped one is not stopped', () => {
    timed(() => withinTime(50, () => { for (;;); })); // prettier-ignore
    expect(withinTime(1000, () => /(a+)+$/.test('aaab'))).toBe(false);
  });
});

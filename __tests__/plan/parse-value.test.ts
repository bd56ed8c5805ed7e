import { describe, expect, test } from '@jest/globals';
import { dateProblem, parseBoolean, parseDuration, sizeProblem } from '../../src/plan/parse-value.ts';

describe('booleans are those of the runner', () => {
  test.each(['true', 'True', 'TRUE'])('%s', text => expect(parseBoolean(text)).toBe(true));
  test.each(['false', 'False', 'FALSE'])('%s', text => expect(parseBoolean(text)).toBe(false));
  test.each([
    ['yes', 'true'],
    ['on', 'true'],
    ['1', 'true'],
    ['tRUE', 'true'],
    ['ture', 'true'],
    ['no', 'false'],
    ['off', 'false'],
    ['0', 'false'],
    ['flase', 'false'],
  ])('%s means %s', (text, meant) => {
    expect(parseBoolean(text)).toBe(`"${text}" is not a boolean: true or false (did you mean "${meant}"?)`);
  });
  test.each(['maybe not', '', '{}', 'constructor', '__proto__'])('%j is none', text => {
    expect(parseBoolean(text)).toContain('is not a boolean: true or false');
  });
});

describe('durations', () => {
  const bounds = { least: '1s', most: '3650d' };
  test.each([
    ['48h', 172_800],
    ['90m', 5400],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['900s', 900],
    ['5m0s', 300],
    ['30m1h', 5400],
    ['1.5h', 5400],
    ['0.5d12h', 86_400],
    ['1d1h1m1s', 90_061],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text, bounds)).toBe(seconds);
  });

  test.each([
    ['48', 'has no unit: write 48s, 48m, 48h or 48d'],
    ['1.5', 'has no unit: write 1.5s'],
    ['2 days', 'did you mean "2d"'],
    ['48H', 'did you mean "48h"'],
    ['90 min', 'did you mean "90m"'],
    ['1 hour, 30 minutes', 'did you mean "1h30m"'],
    ['1 hour and 5 secs', 'did you mean "1h5s"'],
    ['1w', 'did you mean "7d"'],
    ['2 weeks', 'did you mean "14d"'],
    ['PT48H', 'did you mean "48h"'],
    ['P2DT12H', 'did you mean "2d12h"'],
    ['500ms', 'a number with s, m, h or d'],
    ['soon', 'a number with s, m, h or d'],
    ['-1h', 'a number with s, m, h or d'],
    ['h', 'a number with s, m, h or d'],
    ['1h-', 'a number with s, m, h or d'],
    ['١h', 'a number with s, m, h or d'],
    ['1e3s', 'a number with s, m, h or d'],
    ['0s', 'is out of bounds: from 1s to 3650d'],
    ['0.5s', 'is out of bounds'],
    ['3651d', 'is out of bounds'],
    ['999999999d', 'is out of bounds'],
    ['1h'.repeat(50), 'a number with s, m, h or d'],
  ])('%s: %s', (text, says) => {
    const problem = parseDuration(text, bounds);
    expect(problem).toContain(says);
    expect(problem).toContain(`"${text.slice(0, 80)}`);
  });

  test('no text takes long', () => {
    const before = performance.now();
    for (const text of ['1'.repeat(100_000), '1h'.repeat(50_000), ' '.repeat(100_000), 'and'.repeat(30_000)])
      parseDuration(text, bounds);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('sizes are those of Docker', () => {
  test.each(['64m', '1g', '1.5g', '67108864', '512k', '64MB', '1GiB', '1 gb', '2T', '0', '64b'])('%s', text => {
    expect(sizeProblem(text)).toBeUndefined();
  });
  test.each([
    ['64 megabytes', 'did you mean "64m"'],
    ['1,5g', 'did you mean "1.5g"'],
    ['1  gb', 'did you mean "1g"'],
    ['2gigs', 'did you mean "2g"'],
    ['64x', 'bytes, or a number with k, m, g, t or p'],
    ['-1', 'bytes, or a number'],
    ['lots', 'bytes, or a number'],
    ['1e9', 'bytes, or a number'],
    ['0x40', 'bytes, or a number'],
    ['9'.repeat(100), 'bytes, or a number'],
  ])('%s: %s', (text, says) => {
    expect(sizeProblem(text)).toContain(says);
  });
});

describe('dates are days of the calendar', () => {
  test.each(['2027-01-31', '2028-02-29', '2000-02-29', '2027-12-31', '0001-01-01', '9999-12-31'])('%s', text => {
    expect(dateProblem(text)).toBeUndefined();
  });
  test.each([
    ['2027-02-29', '2027-02 has 28 days'],
    ['2100-02-29', '2100-02 has 28 days'],
    ['2027-04-31', '2027-04 has 30 days'],
    ['2027-01-00', '2027-01 has 31 days'],
    ['2027-13-01', 'no month 13'],
    ['2027-00-01', 'no month 0'],
    ['2027-1-31', 'YYYY-MM-DD'],
    ['31.01.2027', 'YYYY-MM-DD'],
    ['2027-01-31T00:00:00Z', 'YYYY-MM-DD'],
    ['２０２７-01-31', 'YYYY-MM-DD'],
    ['', 'YYYY-MM-DD'],
  ])('%j: %s', (text, says) => {
    expect(dateProblem(text)).toContain(says);
  });
});

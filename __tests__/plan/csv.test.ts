import { describe, expect, test } from '@jest/globals';
import { CsvMistake, parseCsv, splitFields, splitList } from '../../src/plan/csv.ts';

describe('lists', () => {
  test.each([
    ['lines', 'a\nb', { commas: false, comments: false }, ['a', 'b']],
    ['commas', 'a,b\nc', { commas: true, comments: false }, ['a', 'b', 'c']],
    ['commas kept', 'a=1,b\nc', { commas: false, comments: false }, ['a=1,b', 'c']],
    ['empty entries', '\n a \n\n  \n,\n', { commas: true, comments: false }, ['a']],
    ['a comment line', '# no\na#b\nc', { commas: false, comments: true }, ['a#b', 'c']],
    ['# without comments', '#1\n2', { commas: false, comments: false }, ['#1', '2']],
    ['a quoted comma', '"A=1,2"\nB=3', { commas: false, comments: false }, ['A=1,2', 'B=3']],
    ['quotes inside', 'A="1,2"', { commas: false, comments: false }, ['A="1,2"']],
    ['a quoted line break', '"A=1\n2"', { commas: false, comments: false }, ['A=1\n2']],
    ['doubled quotes', '"A=""1"""', { commas: false, comments: false }, ['A="1"']],
    ['text behind a quoted field', '"a"b', { commas: false, comments: false }, ['"a"b']],
    ['Windows line ends', 'a\r\nb\r\n', { commas: false, comments: false }, ['a', 'b']],
  ])('%s', (_name, text, options, expected) => {
    expect(splitList(text, options)).toEqual(expected);
  });

  test('an open quote is a mistake', () => {
    expect(() => splitList('"a\nb', { commas: false, comments: false })).toThrow(CsvMistake);
  });
});

describe('fields of one entry', () => {
  test.each([
    ['type=raw,value=a', ['type=raw', 'value=a']],
    ['type=raw,"value=a,b"', ['type=raw', 'value=a,b']],
    ['type=sha,', ['type=sha', '']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(splitFields(text)).toEqual(expected);
  });

  test.each(['value="a"', '"a"b', '"a'])('the peer refuses %s, and so do we', text => {
    expect(() => parseCsv(text)).toThrow(CsvMistake);
  });
});

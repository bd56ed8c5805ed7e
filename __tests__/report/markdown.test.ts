// Foreign text in Markdown shows itself and does nothing else: cases that were seen in the wild, and any Unicode.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytes, code, fence, head, link, plain, rich, row, safeAddress, text } from '../../src/report/markdown.ts';
import { looseTexts, rendered } from './rendered.ts';

const NASTY = [
  '@babel/core',
  'fixes #1 and GH-12 and acme/app#7',
  'https://evil.example/?a=1',
  'see www.evil.example now',
  'a|b|c',
  'a\\|b',
  '\\',
  '`rm -rf`',
  '``x`',
  '<img src=x onerror=alert(1)>',
  '<details><summary>x',
  '</details>',
  '<!-- hidden',
  '-->',
  '[click](https://evil.example)',
  '![img](https://evil.example/x.png)',
  '**bold** _it_ ~~s~~',
  ':bug: :+1:',
  '$x^2$ and $$y$$',
  'line\nbreak\r\n| injected | row |',
  '\u202eevil\u202c',
  'zero\u200bwidth\ufeff',
  'nul\u0000bell\u0007esc\u001b[31m',
  'mail me at a@b.example',
  'mailto:a@b.example xmpp:a@b.example',
  '&lt;b&gt; &#64;octocat',
  '> quote',
  '# heading',
  '- item',
  '1. item',
  '---',
  '```sh',
  '[^1]',
  '[x]: https://evil.example',
  '- [ ] task',
  '\ud800 lone',
  '',
  ' ',
];

/** Any Unicode, with the characters that matter much more often than chance would bring them. */
const anyText = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ...'|`\\<>[]()*_~@#$:!&"\'-=+.\n\r\t w/1aé漢🙂\u202e\u200b'.split(/(?:)/u),
        'http://',
        'www.',
        '<b>',
        '</td>',
        '`',
        'GH-',
        '1',
      ),
      { maxLength: 25 },
    )
    .map(parts => parts.join('')),
);

/** A document with `cells` in a table of three columns, each written by `write`. */
const table = (cells: readonly string[][], write: (value: string) => string): string =>
  `before\n\n${[head(['A', 'B', 'C']), ...cells.map(line => row(line.map(write)))].join('\n')}\n\nafter`;

const WRITERS: [string, (value: string) => string][] = [
  ['text', value => text(value)],
  ['code', value => code(value)],
  ['rich', value => rich(value)],
];

describe.each(WRITERS)('%s()', (name, write) => {
  test.each(NASTY.map(value => [JSON.stringify(value), value]))('%s in a table', (_label, value) => {
    const page = rendered(table([[value, 'x', value]], write));
    expect(page.rows).toHaveLength(2);
    expect(page.rows[1]).toHaveLength(3);
    expect(page.rows[1]?.[1]).toBe('x');
    expect(page.count('a') + page.count('img') + page.count('h1') + page.count('details')).toBe(0);
  });

  test('never changes the structure, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyText, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }), cells => {
        const markdown = table(cells, write);
        const page = rendered(markdown);
        expect(page.rows.map(line => line.length)).toEqual([3, ...cells.map(() => 3)]);
        const allowed = ['table', 'thead', 'tbody', 'tr', 'th', 'td', 'p', 'span', 'code'];
        expect(page.elements.map(element => element.name).filter(name => !allowed.includes(name))).toEqual([]);
        expect(page.count('p')).toBe(2);
        for (const loose of looseTexts(markdown))
          expect(loose).not.toMatch(/@\w|#\d|\bGH-\d|https?:\/\/|www\.\w|:\w+:|\$[^$]+\$/i);
      }),
      { numRuns: 50 },
    );
  });

  test('begins nothing at the start of a paragraph or list item', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), values => {
        const written = values.map(write).filter(value => value !== '');
        const page = rendered([...written, ...written.map(value => `- ${value}`)].join('\n\n'));
        expect(
          page.elements.map(element => element.name).filter(each => !['p', 'ul', 'li', 'span', 'code'].includes(each)),
        ).toEqual([]);
        expect([page.count('ul'), page.count('li')]).toEqual(written.length === 0 ? [0, 0] : [1, written.length]);
      }),
      { numRuns: 50 },
    );
  });

  test.each(NASTY.concat('1) item', '+ item', '===', '12345678. x', '~~~', '    code'))('%j begins nothing', value => {
    const page = rendered(`${write(value)}\n\n- x ${write(value)}\n- ${write(value)} x`);
    expect(page.elements.map(element => element.name).filter(each => !['p', 'ul', 'li', 'span', 'code'].includes(each))).toEqual(
      [],
    );
    expect(page.count('li')).toBe(2);
  });

  test('shows the text itself', () => {
    fc.assert(
      fc.property(anyText, value => {
        // rich() takes pairs of backticks for code, so it is compared without them.
        const clean = plain(name === 'rich' ? value.replaceAll('`', '') : value, 1000);
        const shown = rendered(table([[clean, 'x', 'x']], write)).rows[1]?.[0] ?? '';
        expect(shown.normalize('NFC').trim()).toBe(clean.normalize('NFC').trim());
      }),
      { numRuns: 50 },
    );
  });
});

describe('plain()', () => {
  test.each([
    ['a\n\tb\r\n c', 'a b c'],
    ['\u202eabc', '\ufffdabc'],
    ['x\u200by', 'x\ufffdy'],
    ['  trimmed  ', 'trimmed'],
    ['日本語 עברית é 🙂', '日本語 עברית é 🙂'],
  ])('%j', (value, expected) => expect(plain(value)).toBe(expected));

  test('cuts by characters, never through one', () => {
    expect(plain('🙂'.repeat(300), 10)).toBe(`${'🙂'.repeat(9)}…`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (value, limit) => {
        const cut = plain(value, limit);
        expect(Array.from(cut).length).toBeLessThanOrEqual(limit);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('link()', () => {
  test('links to plain addresses', () => {
    const page = rendered(link('CVE-2026-1234', 'https://avd.aquasec.com/nvd/cve-2026-1234'));
    expect(page.elements.filter(({ name }) => name === 'a')).toMatchObject([
      { text: 'CVE-2026-1234', href: 'https://avd.aquasec.com/nvd/cve-2026-1234' },
    ]);
  });

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil',
    'https://user:pw@evil.example',
    '',
    `https://x.example/${'a'.repeat(600)}`,
  ])('shows only the text for %s', address => {
    expect(safeAddress(address)).toBeUndefined();
    expect(rendered(link('id', address)).count('a')).toBe(0);
  });

  test('an address cannot leave its brackets', () => {
    fc.assert(
      fc.property(anyText, anyText, (label, tail) => {
        const page = rendered(table([['x', link(`L${label}`, `https://host.example/${tail}`), 'x']], each => each));
        expect(page.rows[1]).toHaveLength(3);
        expect(
          page.elements
            .filter(({ name }) => name === 'a')
            .every(({ href }) => href?.startsWith('https://host.example/') === true),
        ).toBe(true);
        expect(page.count('a')).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});

test('a fence is longer than what it holds', () => {
  const page = rendered(fence(['````', '```', '</pre><script>', '| a |'], 'sh'));
  expect(page.count('pre')).toBe(1);
  expect(page.text.trim().split('\n')).toEqual(['````', '```', '</pre><script>', '| a |']);
});

test('bytes() counts bytes, not characters', () => expect(bytes('é🙂a')).toBe(7));

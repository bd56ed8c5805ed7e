// The engine of its own behind {{expressions}}: what it renders, refuses, keeps to itself.

import { describe, expect, jest, test } from '@jest/globals';
import { TemplateMistake, isRawStatement, renderTemplate } from '../../src/plan/template.ts';

const names = { branch: () => 'feat/a&b', quote: `it's "x" <y> \`=\`` };

describe('templates', () => {
  test.each([
    ['plain }} text', 'plain }} text'],
    ['{{branch}}', 'feat/a&amp;b'],
    ['{{ branch }}-{{~branch~}}', 'feat/a&amp;b-feat/a&amp;b'],
    ['{{{branch}}}{{&branch}}', 'feat/a&bfeat/a&b'],
    ['{{quote}}', 'it&#x27;s &quot;x&quot; &lt;y&gt; &#x60;&#x3D;&#x60;'],
    ['{{#if branch}}yes{{else}}no{{/if}}{{!-- a comment --}}', 'yes'],
    ['\\{{branch}}', '{{branch}}'],
    ['{{nope}}{{nope.x}}', ''],
  ])('%s', (template, text) => {
    expect(renderTemplate(template, names)).toBe(text);
  });

  test.each([
    '{{branch',
    '{{{branch}}',
    '{{}}',
    '{{#if x}}',
    '{{> partial}}',
    "{{nope 'x'}}",
    "{{branch.x 'y'}}",
    '{{#if}}x{{/if}}',
  ])('%s is refused in one line', template => {
    let message = '';
    try {
      renderTemplate(template, names);
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateMistake);
      message = (error as Error).message;
    }
    expect(message).toMatch(/^cannot be rendered: .+$/);
  });

  test('nesting beyond the stack is the user’s mistake', () => {
    const endless = {
      deeper(): string {
        return endless.deeper();
      },
    };
    expect(() => renderTemplate('{{deeper}}', endless)).toThrow(/nested too deeply/);
  });

  test('prototypes stay out of reach and the console stays silent', () => {
    const said = (['log', 'info', 'warn', 'error'] as const).map(level => jest.spyOn(console, level));
    try {
      const version = new (class {
        readonly own = 1;
        secret(): string {
          return 'secret';
        }
      })();
      for (const name of ['constructor', '__proto__', 'secret', 'toString', 'hasOwnProperty'])
        expect(renderTemplate(`<{{${name}}}{{lookup this "${name}"}}>`, version)).toBe('<>');
      expect(renderTemplate('{{log "::error::x"}}{{log own level="error"}}', version)).toBe('');
      for (const spy of said) expect(spy).not.toHaveBeenCalled();
    } finally {
      for (const spy of said) spy.mockRestore();
    }
  });
});

test.each([
  ['{{raw}}', true],
  ['{{ raw }}', true],
  ['{{{raw}}}', true],
  ['{{~&raw~}}', true],
  ['{{this.raw}}', true],
  ['{{[raw]}}', true],
  ['v{{raw}}', false],
  ['{{raw}} ', false],
  ['{{raw.x}}', false],
  ['{{"raw"}}', false],
  ['{{#raw}}{{/raw}}', false],
  ['{{version}}', false],
  ['raw', false],
  ['', false],
  ['{{raw', false],
])('isRawStatement(%j) is %p', (template, expected) => {
  expect(isRawStatement(template)).toBe(expected);
});

test.each([
  ['{{brnach}} {{branch}} {{tga}} {{brnach}}', ['brnach', 'tga']],
  ['{{__proto__}}', ['__proto__']],
  ['{{branch.x}} {{@root}} {{../x}} {{lookup this "x"}} {{"x"}} {{5}}', []],
])('unknown in %s: %j', (template, expected) => {
  const unknown: string[] = [];
  renderTemplate(template, { branch: 'main' }, name => unknown.push(name));
  expect(unknown).toEqual(expected);
});

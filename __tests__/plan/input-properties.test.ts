// What holds for any text in any input: an answer or a UserError, soon, with no secret and nothing that a terminal would obey in it.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserError } from '../../src/errors.ts';
import { INPUT_NAMES, SECRET_INPUTS } from '../../src/plan/inputs.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import type { Typed } from './plan-builders.ts';

/** Markers that no other part of a message can hold. */
const SECRETS: Typed = Object.fromEntries(
  SECRET_INPUTS.map(name => [
    name,
    name === 'secrets'
      ? 'ID=S3CR3T'
      : `S3CR3T-${name}
"of 🚢`,
  ]),
);
// eslint-disable-next-line no-control-regex -- finding them is the point
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** What a person can see of one reading: the error or the warnings. */
function seenOf(typed: Typed): readonly string[] {
  const get = (name: string): string => (Object.hasOwn(typed, name) ? (typed[name] ?? '') : '');
  try {
    return readInputs(
      get,
      Object.keys(typed).map(name => `INPUT_${name.toUpperCase()}`),
    ).warnings;
  } catch (error) {
    if (error instanceof UserError) return [error.message, error.hint ?? ''];
    throw error;
  }
}

function expectHarmless(typed: Typed): void {
  // Of the processor: on a busy machine the clock says nothing. What explodes takes minutes; the rest about a tenth of this, and more while code is still cold.
  const before = process.cpuUsage();
  const seen = seenOf(typed).join('\n');
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  expect(seen).not.toContain('S3CR3T');
  expect(RAW.exec(seen)).toBeNull();
  expect(seen.isWellFormed()).toBe(true);
}

const word = fc.constantFrom(
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'true',
    'yes',
    'linux/amd64',
    'linux/arm/v7',
    'sha256:',
    '48h',
    '1e309',
  ],
  ...[
    'type=',
    'type=raw,value=',
    'name=',
    'latest=',
    '{{',
    '}}',
    '{{branch}}',
    '{{date "YYYY"}}',
    'enable=',
    'mode=max',
    'index:',
  ],
  ...[',', '"', '""', '\n', '\r\n', '\r', '#', '=', '/', ':', '@', '[', ']', '\\', "'", '`', '$(', ' '],
);
const odd = fc.constantFrom(
  '\0',
  '\u001b[2J',
  '\u009b31m',
  '\u202e',
  '\u2028',
  '\ud800',
  '\udfff',
  '🚢',
  '👩‍👩‍👧',
  '\ufeff',
  '\u00a0',
  '%0A::error::x',
);
const text = fc
  .array(fc.oneof(word, odd, fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ maxLength: 8 })), { maxLength: 14 })
  .map(parts => parts.join(''));

/** In an input whose text is secret only the names in it (`secrets`: ID=value) may be shown. */
function secretText(name: string, text: string): string {
  if (name === 'secrets') return `ID=S3CR3T${text}`;
  return (SECRET_INPUTS as readonly string[]).includes(name) ? `S3CR3T${text}` : text;
}

describe.each(INPUT_NAMES)('%s', name => {
  test('any text', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('ship', 'plan'), (typed, mode) => {
        expectHarmless({ ...SECRETS, mode, [name]: secretText(name, typed) });
      }),
      { numRuns: 20 },
    );
  });

  test('100 KiB of anything', () => {
    for (const piece of ['a=b\r\n', ',', '/', '"1h{{\u001b'])
      expectHarmless({ ...SECRETS, [name]: piece.repeat(Math.floor(102_400 / piece.length)) });
  });
});

test('all inputs at once', () => {
  fc.assert(
    fc.property(fc.record(Object.fromEntries(INPUT_NAMES.map(name => [name, text]))), typed => {
      expectHarmless({ ...typed, ...SECRETS });
    }),
    { numRuns: 100 },
  );
});

test('any names of variables', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          text,
          word.map(part => part.toUpperCase()),
        ),
        { maxLength: 40 },
      ),
      names => {
        expectHarmless(Object.fromEntries(names.map(name => [name, 'S3CR3T'])));
      },
    ),
    { numRuns: 100 },
  );
});

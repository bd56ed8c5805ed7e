// Overrides of a bake target that hold secrets: told by their keys, never by their values.

import { expect, test } from '@jest/globals';
import { exposedOverrides } from '../../src/plan/exposed-overrides.ts';
import { anEvent } from './plan-builders.ts';

const SECRET = 'anchor-4711-chain';
const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const judge = (...set: string[]): string | undefined =>
  exposedOverrides(
    set,
    [
      { name: 'the secret "npm"', value: SECRET },
      { name: 'github-token', value: 'acme/app' },
    ],
    anEvent(),
  );

test.each([
  [`app.args.T=${SECRET}`, '"app.args.T" holds the value of the secret "npm"'],
  [`*.labels.a=x${SECRET}y`, '"*.labels.a" holds the value of the secret "npm"'],
  [`app.args.T+=${TOKEN}`, '"app.args.T+" holds a token of GitHub'],
  ['app.contexts.a=https://u:hunter22@host/a.tar', '"app.contexts.a" holds an address with a password'],
])('%s', (entry, says) => {
  const line = judge('app.target=x', entry);
  expect(line).toContain(`${says}; overrides are arguments`);
  expect(line).not.toContain(entry.slice(entry.indexOf('=') + 1));
});

test('all of them in one line; what is public, or named without a value, is none', () => {
  expect(judge(`a.args.A=${SECRET}`, `b.args.B=${SECRET}`)).toMatch(/^"a\.args\.A" holds .+; "b\.args\.B" holds /);
  expect(judge('app.args.T', 'app.args.R=acme/app', 'app.target=run')).toBeUndefined();
});

// What a user wrote and never ends is ended, and named in one short line.

import { expect, test } from '@jest/globals';
import { makePlanInTime } from '../src/connect.ts';
import { explain } from '../src/errors.ts';
import { effectivePolicy } from '../src/plan/effective-policy.ts';
import { aTag, inputsOf, NOW } from './plan/plan-builders.ts';

test('a rule that never ends is ended in good time; of a long one the beginning is shown, without its login', () => {
  const event = aTag(`v${'a'.repeat(60)}b`);
  const tags = `type=match,prefix=https://me:hunter22@host/,pattern=(a+)+$,suffix=${'x'.repeat(5_000)}`;
  const inputs = inputsOf({ images: 'ghcr.io/acme/app', tags });
  const started = performance.now();
  let thrown: unknown;
  try {
    makePlanInTime({ event, inputs, policy: effectivePolicy({ inputs }), now: NOW });
  } catch (error) {
    thrown = error;
  }
  expect(performance.now() - started).toBeLessThan(3_000 + 1_000);
  const { kind, message, hint } = explain(thrown);
  expect(kind).toBe('user');
  expect(message).toMatch(
    /^tags: type=match,prefix=https:\/\/\*\*\*@host\/,pattern=\(a\+\)\+\$.*\.\.\.: takes longer than 1 second/,
  );
  expect(message).not.toContain('hunter22');
  expect(message.length).toBeLessThan(200);
  expect(hint).toContain('(a+)+$');
});

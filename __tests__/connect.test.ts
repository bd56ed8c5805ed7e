// What a user wrote and never ends is ended, and named in one short line.

import { describe, expect, test } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connect, makePlanInTime, readInputsInTime } from '../src/connect.ts';
import type { Surroundings } from '../src/connect.ts';
import { explain } from '../src/errors.ts';
import { effectivePolicy } from '../src/plan/effective-policy.ts';
import { anEvent, aTag, inputsOf, NOW } from './plan/plan-builders.ts';
import type { Typed } from './plan/plan-builders.ts';

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

describe('mistakes in the inputs', () => {
  const typed: Typed = {
    images: 'ghcr.io/acme/app',
    severity: 'HIHG',
    runners: 'linux/s390x=big',
    policy: 'acme/policies/strict.yml@main',
    'secret-envs': 'a=TOKEN,b=UNSET',
    'secret-files': 'c=no/such',
  };

  function surroundings(over: Typed = {}): { readonly around: Surroundings; readonly masked: string[] } {
    const all: Typed = { ...typed, ...over };
    const env = { TOKEN: 'canary-env', EMPTY: '' };
    const masked: string[] = [];
    const nobody = (): never => {
      throw new Error('GitHub was asked');
    };
    const around = {
      ...readInputsInTime(name => all[name] ?? '', [], env),
      env,
      event: anEvent({ private: undefined }),
      payload: {},
      github: new Proxy({}, { get: () => nobody }),
      log: { mask: (value: string) => masked.push(value) },
      signal: new AbortController().signal,
      workspace: mkdtempSync(path.join(os.tmpdir(), 'connect-')),
      now: NOW,
    };
    return { around: around as unknown as Surroundings, masked };
  }

  async function refusal(over: Typed = {}): Promise<string> {
    const { tools } = connect(surroundings(over).around);
    const thrown: unknown = await tools.makePlan().catch((error: unknown) => error);
    expect(explain(thrown).kind).toBe('user');
    return explain(thrown).message;
  }

  test('are told with those of the plan and of the disk, and nobody is asked', async () => {
    const message = await refusal();
    expect(message).toMatch(/^4 mistakes in the inputs:/);
    for (const line of [
      'runners: "linux/s390x"',
      'secret-envs: the secret "b"',
      'secret-files: the secret "c"',
      'severity: "HIHG"',
    ])
      expect(message).toContain(`\n- ${line}`);
  });

  test('a checkout that is not there is one of them', async () => {
    expect(await refusal({ 'metadata-context': 'git' })).toMatch(
      /^2 mistakes in the inputs:\n- metadata-context: git.+\n- severity: /,
    );
  });

  test('a rule that never ends hides none of them', async () => {
    const message = await refusal({ tags: `type=match,pattern=(a+)+$,value=${'a'.repeat(60)}b` });
    expect(message).toMatch(/takes longer than 1 second/);
    expect(message).toContain('severity: "HIHG"');
  });

  test('the values of secrets are masked before anything is printed, typed or not', () => {
    const { around, masked } = surroundings({
      secrets: 'd=canary-typed',
      'secret-envs': 'a=TOKEN,b=UNSET,c=EMPTY,e=constructor',
    });
    connect(around);
    expect(masked).toEqual(['canary-typed', 'canary-env']);
  });
});

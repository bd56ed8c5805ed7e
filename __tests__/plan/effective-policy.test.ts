import { describe, expect, test } from '@jest/globals';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import type { PolicyInputs } from '../../src/plan/effective-policy.ts';
import { POLICY_INPUTS } from '../../src/plan/inputs.ts';
import { parsePolicy } from '../../src/plan/policy-file.ts';
import type { Policy } from '../../src/plan/policy.ts';
import { SEVERITIES } from '../../src/plan/severity.ts';
import { inputsOf, messageOf } from './plan-builders.ts';

const where = { path: '.github/seaworthy.yml', commit: 'c0ffee' };

function merge(yaml: string | undefined, typed: Readonly<Record<string, string>>): Policy {
  const inputs: PolicyInputs = inputsOf(typed);
  return yaml === undefined ? effectivePolicy({ inputs }) : effectivePolicy({ file: parsePolicy(yaml, where), inputs });
}

test('defaults', () => {
  expect(merge(undefined, {})).toEqual({
    block: { vuln: ['HIGH', 'CRITICAL'], secret: SEVERITIES },
    ignoreUnfixed: false,
    exceptions: [],
    gate: 'enforce',
    onScanError: 'fail',
    allowUnrecognised: false,
    scanners: ['vuln', 'secret'],
    sources: {
      severity: 'default',
      'block.secret': 'default',
      'ignore-unfixed': 'default',
      gate: 'default',
      'on-scan-error': 'default',
      'allow-unrecognised': 'default',
      scanners: 'default',
    },
  });
});

/** Input, a looser value, the same or a stricter one, against a file that says nothing about it: its defaults count (rules 2). */
const CASES: readonly (readonly [input: string, looser: string, stricter: string])[] = [
  ['severity', 'CRITICAL', 'MEDIUM,HIGH,CRITICAL'],
  ['ignore-unfixed', 'true', 'false'],
  ['gate', 'warn', 'enforce'],
  ['on-scan-error', 'warn', 'fail'],
  ['allow-unrecognised', 'true', 'false'],
  ['scanners', 'vuln', 'secret,vuln'],
];

test('every input that the policy can set has its order', () => {
  expect(CASES.map(([input]) => input)).toEqual([...POLICY_INPUTS]);
});

describe.each(CASES)('%s', (input, looser, stricter) => {
  test('without a file anything goes', () => {
    expect(merge(undefined, { [input]: looser }).sources[input]).toBe('input');
  });
  test('a file makes a looser input an error, even where it says nothing', () => {
    const message = messageOf(() => merge('version: 1', { [input]: looser }));
    expect(message).toMatch(new RegExp(`^${input}: .*looser than the policy`));
  });
  test('unless the file allows it', () => {
    expect(merge(`inputs-may-loosen: [${input}]`, { [input]: looser }).sources[input]).toBe('input');
  });
  test('allowing another one does not help', () => {
    const other = input === 'gate' ? 'severity' : 'gate';
    expect(() => merge(`inputs-may-loosen: [${other}]`, { [input]: looser })).toThrow();
  });
  test('the same or stricter is fine', () => {
    expect(merge('version: 1', { [input]: stricter }).sources[input]).toBe('input');
  });
});

test('the value of the file stands where no input is typed, with its line', () => {
  const policy = merge('gate: warn\nblock:\n  vuln: [LOW]\n  secret: [CRITICAL]\n', {});
  expect(policy).toMatchObject({ gate: 'warn', block: { vuln: ['LOW'], secret: ['CRITICAL'] }, file: where });
  expect(policy.sources).toMatchObject({
    gate: '.github/seaworthy.yml:1',
    severity: '.github/seaworthy.yml:3',
    'block.secret': '.github/seaworthy.yml:4',
    scanners: 'default',
  });
});

test('a severity that leaves one out is looser, whatever it adds', () => {
  expect(() => merge('block: {vuln: [HIGH, CRITICAL]}', { severity: 'LOW,MEDIUM,CRITICAL' })).toThrow('looser');
});

test('an input may be stricter than a loose file', () => {
  expect(merge('gate: off\nignore-unfixed: true', { gate: 'enforce', 'ignore-unfixed': 'false' })).toMatchObject({
    gate: 'enforce',
    ignoreUnfixed: false,
  });
});

test('every loosened input is named at once, with the way out', () => {
  expect(() => merge('version: 1', { gate: 'off', severity: 'CRITICAL' })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('2 mistakes'),
      hint: expect.stringContaining('inputs-may-loosen'),
    }),
  );
});

describe('unrecognised images are allowed by name, with a reason', () => {
  const yaml = 'images: {ghcr.io/acme/tiny: {allow-unrecognised: scratch}}';
  test.each([
    ['ghcr.io/Acme/Tiny', true],
    ['ghcr.io/acme/app', false],
    // One build serves both: the other one was not reviewed.
    ['ghcr.io/acme/tiny,ghcr.io/acme/app', false],
    ['', false],
  ])('%s: %p', (images, allowed) => {
    expect(merge(yaml, { images }).allowUnrecognised).toBe(allowed);
  });
  test('the input may then say so too', () => {
    expect(merge(yaml, { images: 'ghcr.io/acme/tiny', 'allow-unrecognised': 'true' }).allowUnrecognised).toBe(true);
  });
});

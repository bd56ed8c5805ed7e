// The runner hands every typed name over and only warns of those that action.yml lacks (actions/runner, ActionRunner.cs and Handler.cs): here they are mistakes.

import { describe, expect, test } from '@jest/globals';
import { INPUT_NAMES } from '../../src/plan/inputs.ts';
import { checkInputNames, readInputs } from '../../src/plan/read-inputs.ts';
import { MOVED_INPUTS } from '../../src/plan/moving-over.ts';
import { inputVariable } from '../../testbed/runner/action.ts';
import { messageOf } from './plan-builders.ts';

function whatOf(name: string): string {
  const [found, ...others] = checkInputNames([inputVariable(name)]);
  expect(others).toEqual([]);
  return found?.what ?? '';
}

test('every input that exists is known by the name that the runner gives it', () => {
  expect(checkInputNames(INPUT_NAMES.map(inputVariable))).toEqual([]);
});

describe('what was probably meant', () => {
  test.each([
    ['servity', 'severity'],
    ['severities', 'severity'],
    ['platform', 'platforms'],
    ['build_args', 'build-args'],
    ['buildargs', 'build-args'],
    ['build args', 'build-args'],
    ['scan_timeout', 'scan-timeout'],
    ['unfixed', 'ignore-unfixed'],
    ['flavour', 'flavor'],
    ['token', 'github-token'],
  ])('%s: %s', (typed, meant) => {
    expect(whatOf(typed)).toContain(`"${meant}"`);
  });
});

describe('inputs of the actions that this one replaces', () => {
  test.each([
    ['image-ref', 'aquasecurity/trivy-action'],
    ['exit-code', 'aquasecurity/trivy-action'],
    ['cosign-release', 'sigstore/cosign-installer'],
    ['keep-state', 'docker/setup-buildx-action'],
    ['files', 'docker/bake-action'],
  ])('%s is one of %s', (name, action) => {
    expect(whatOf(name)).toContain(action);
  });

  test('none of them is left without an explanation', () => {
    const missing = MOVED_INPUTS.filter(row => !(INPUT_NAMES as readonly string[]).includes(row.input));
    expect(missing.length).toBeGreaterThan(40);
    for (const { input } of missing)
      expect(whatOf(input)).toMatch(/is (?:no input here; it is an input of|an input of) [a-z]+\/[a-z-]+/);
  });
});

test('a name like no other says where it can come from', () => {
  const message = messageOf(() => readInputs(() => '', ['INPUT_QUUX', 'INPUT_SEVERITY']));
  expect(message).toBe(
    'quux: is no input; take it out of "with:" (if it is not there, something sets the variable INPUT_QUUX: "env:", GITHUB_ENV or an action that starts this one)',
  );
});

test('a variable that the runner cannot have made from an input is left alone', () => {
  // It writes names in capitals and "_" for a blank.
  expect(checkInputNames(['INPUT_', 'INPUT_servity', 'INPUT_Foo', 'INPUT_A B'])).toEqual([]);
});

test('names cannot harm the message', () => {
  const names = ['INPUT___PROTO__', 'INPUT_CONSTRUCTOR', 'INPUT_\u001b[31M', `INPUT_${'X'.repeat(10_000)}`, 'INPUT_🚢'];
  const message = messageOf(() => readInputs(() => '', names));
  expect(message).toMatch(/^5 mistakes in the inputs:/);
  expect(message).not.toContain('\u001b');
  expect(message.length).toBeLessThan(2000);
});

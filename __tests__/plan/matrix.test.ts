// The matrix output: a runner for every platform, those of the user first, and whether the platform is the runner's own.

import { describe, expect, test } from '@jest/globals';
import { matrixOutput, planMatrix, type Runners } from '../../src/plan/matrix.ts';
import { parsePlatform } from '../../src/plan/parse-platform.ts';
import type { RunnerLabel } from '../../src/plan/plan.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { anEvent, inputsOf, messageOf, planOf } from './plan-builders.ts';

function platform(name: string): Platform {
  const parsed = parsePlatform(name);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function entryOf(name: string, runners: Runners = {}): { runner: RunnerLabel; native: boolean } {
  const [entry] = planMatrix([platform(name)], runners);
  if (entry === undefined) throw new Error('no entry');
  return { runner: entry.runner, native: entry.native };
}

describe('without labels of the user', () => {
  test.each([
    ['linux/amd64', 'ubuntu-24.04', true],
    ['linux/amd64/v3', 'ubuntu-24.04', true],
    ['linux/386', 'ubuntu-24.04', true],
    ['linux/arm64', 'ubuntu-24.04-arm', true],
    ['linux/arm/v7', 'ubuntu-24.04-arm', false],
    ['linux/arm/v6', 'ubuntu-24.04-arm', false],
    ['linux/ppc64le', 'ubuntu-24.04', false],
    ['linux/s390x', 'ubuntu-24.04', false],
    ['linux/riscv64', 'ubuntu-24.04', false],
    ['windows/amd64', 'ubuntu-24.04', false],
  ])('%s on %s, native: %s', (name, runner, native) => {
    expect(entryOf(name)).toEqual({ runner, native });
  });
});

describe('with labels of the user', () => {
  test.each<[string, string, Runners, RunnerLabel, boolean]>([
    ['their own label is native', 'linux/riscv64', { 'linux/riscv64': 'rise' }, 'rise', true],
    ['several labels', 'linux/arm64', { 'linux/arm64': ['self-hosted', 'graviton'] }, ['self-hosted', 'graviton'], true],
    ['a hosted label that emulates', 'linux/arm64', { 'linux/arm64': 'ubuntu-24.04' }, 'ubuntu-24.04', false],
    ['a hosted label for arm', 'linux/amd64', { 'linux/amd64': 'ubuntu-22.04-arm' }, 'ubuntu-22.04-arm', false],
    ['default is taken for amd64', 'linux/amd64', { default: 'big' }, 'big', true],
    ['default emulates what it is not', 'linux/arm64', { default: 'big' }, 'big', false],
    ['default that says arm', 'linux/arm64', { default: 'my-arm-runner' }, 'my-arm-runner', true],
    ['an own label wins over default', 'linux/arm64', { default: 'big', 'linux/arm64': 'small' }, 'small', true],
    ['a label for another platform', 'linux/amd64', { 'linux/arm64': 'small' }, 'ubuntu-24.04', true],
    ['arm inside of another word says nothing', 'linux/amd64', { default: 'swarm' }, 'swarm', true],
  ])('%s', (_case, name, runners, runner, native) => {
    expect(entryOf(name, runners)).toEqual({ runner, native });
  });
});

test('the output is what strategy.matrix takes', () => {
  const { matrix } = planOf(anEvent(), { platforms: 'linux/arm64,linux/arm/v7', runners: 'linux/arm/v7=["self-hosted","pi"]' });
  expect(JSON.parse(matrixOutput(matrix))).toEqual({
    include: [
      { platform: 'linux/arm64', pair: 'linux-arm64', runner: 'ubuntu-24.04-arm', native: true },
      { platform: 'linux/arm/v7', pair: 'linux-arm-v7', runner: ['self-hosted', 'pi'], native: true },
    ],
  });
});

describe('the input runners', () => {
  test.each<[string, Record<string, RunnerLabel>]>([
    ['linux/arm64=small', { 'linux/arm64': 'small' }],
    ['# ours\n linux/arm64/v8 = small \n\nlinux/aarch64=other', { 'linux/arm64': 'other' }],
    ['default=big', { default: 'big' }],
    ['DEFAULT=big=x', { default: 'big=x' }],
    ['linux/arm64=["self-hosted", "arm64"]', { 'linux/arm64': ['self-hosted', 'arm64'] }],
    ['linux/arm=pi', { 'linux/arm/v7': 'pi' }],
  ])('%s', (runners, expected) => {
    expect(inputsOf({ runners }).runners).toEqual(expected);
  });

  test.each([
    ['linux/arm64', 'is not platform=label'],
    ['=big', 'is not platform=label'],
    ['linux/arm64=', 'is not platform=label'],
    ['linux/arm64=[1]', 'is not platform=label'],
    ['linux/arm64=[]', 'is not platform=label'],
    ['linux/arm64=["a"', 'is not platform=label'],
    ['linux/adm64=big', 'did you mean "linux/amd64"?'],
    ['defualt=big', 'did you mean "default"?'],
  ])('%s is a mistake', (runners, expected) => {
    expect(messageOf(() => inputsOf({ runners }))).toContain(expected);
  });

  test('a runner for a platform that is not built, with the one that was probably meant', () => {
    const typed = { platforms: 'linux/amd64,linux/arm64', runners: 'linux/arm/v7=pi\nlinux/amd64=big' };
    expect(messageOf(() => inputsOf(typed))).toMatch(
      /^runners: "linux\/arm\/v7" is not built: platforms are linux\/amd64, linux\/arm64 \(did you mean "linux\/arm64"\?\)/,
    );
  });

  test('so is one for another platform than the machine has, when none was typed', () => {
    expect(messageOf(() => planOf(anEvent(), { mode: 'plan', runners: 'linux/arm64=small' }))).toContain(
      '"linux/arm64" is not built',
    );
    const native = platform('linux/arm64');
    expect(planOf(anEvent(), { runners: 'linux/arm64=small' }, { native }).matrix).toMatchObject([
      { runner: 'small', native: true },
    ]);
  });
});

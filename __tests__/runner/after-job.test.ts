// What the post step is told, and which job is which.

import { describe, expect, test } from '@jest/globals';
import { findJob, openAfterJob, readCleanups } from '../../src/runner/after-job.ts';
import type { Cleanup } from '../../src/runner/after-job.ts';

const BUILDER: Cleanup = { kind: 'builder', name: 'seaworthy-a-b', env: { DOCKER_HOST: 'unix:///x' } };
const DIRECTORY: Cleanup = { kind: 'directory', path: '/tmp/x' };

test('the list is written whole each time, and read in reverse', () => {
  const written: [string, string][] = [];
  const { add } = openAfterJob({ saveState: (name, value) => void written.push([name, value]) });
  add(BUILDER);
  add(DIRECTORY);
  expect(written.map(([name]) => name)).toEqual(['cleanups', 'cleanups']);
  expect(readCleanups({ getState: () => written[0]?.[1] ?? '' })).toEqual([BUILDER]);
  expect(readCleanups({ getState: name => written.findLast(([key]) => key === name)?.[1] ?? '' })).toEqual([DIRECTORY, BUILDER]);
});

test('nothing was saved: nothing to do', () => {
  expect(readCleanups({ getState: () => '' })).toEqual([]);
});

describe('which job', () => {
  const env = {
    GITHUB_STATE: '/state',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_JOB: 'build',
    GITHUB_REPOSITORY: 'a/b',
    RUNNER_TRACKING_ID: 'github_1',
    RUNNER_NAME: 'one',
    RUNNER_TEMP: '/r/1',
  };

  test('the same for every step of it', () => {
    expect(findJob({ ...env, GITHUB_ACTION: 'x', GITHUB_STATE: '/other' })).toEqual(findJob(env));
  });

  test.each([
    ['another run', { GITHUB_RUN_ID: '2' }],
    ['another attempt', { GITHUB_RUN_ATTEMPT: '2' }],
    ['another job', { GITHUB_JOB: 'test' }],
    ['another leg of a matrix', { RUNNER_TRACKING_ID: 'github_2' }],
    ['another runner of the machine, when the tracking id was overwritten', { RUNNER_TRACKING_ID: '', RUNNER_TEMP: '/r/2' }],
    ['another repository', { GITHUB_REPOSITORY: 'a/c' }],
  ])('%s is another job', (_name, over) => {
    expect(findJob({ ...env, ...over })?.job).not.toBe(findJob(env)?.job);
  });

  test('a kept builder belongs to runner and repository', () => {
    expect(findJob({ ...env, GITHUB_RUN_ID: '2', RUNNER_TRACKING_ID: 'github_2' })?.machine).toBe(findJob(env)?.machine);
    expect(findJob({ ...env, RUNNER_NAME: 'two' })?.machine).not.toBe(findJob(env)?.machine);
    expect(findJob({ ...env, GITHUB_REPOSITORY: 'a/c' })?.machine).not.toBe(findJob(env)?.machine);
  });

  test('no job where no post step will follow', () => {
    expect(findJob({})).toBeUndefined();
    expect(findJob({ ...env, GITHUB_STATE: '' })).toBeUndefined();
    expect(findJob({ GITHUB_STATE: '/state' })).toBeUndefined();
  });
});

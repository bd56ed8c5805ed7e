// The post step over a docker that answers from a script: it removes what was kept, and never fails.

import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { cleanUp } from '../src/clean-up.ts';
import { ToolError } from '../src/errors.ts';
import type { Cleanup } from '../src/runner/after-job.ts';
import type { CommandResult, Run } from '../src/tools/command.ts';
import { temporaryDirectory } from './fakes/layouts.ts';

interface Call {
  readonly line: string;
  readonly env: Readonly<Record<string, string>>;
}

async function post(list: readonly Cleanup[] | string, answer: (line: string) => Partial<CommandResult> | Error = () => ({})) {
  const calls: Call[] = [];
  let said = '';
  const run: Run = (command, args, options) => {
    const line = [command, ...args].join(' ');
    calls.push({ line, env: options.env });
    const result = answer(line);
    if (result instanceof Error) return Promise.reject(result);
    return Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0, ...result });
  };
  const state = typeof list === 'string' ? list : JSON.stringify(list);
  await cleanUp(
    { PATH: '/bin', DOCKER_CONFIG: '/changed', STATE_cleanups: state, INPUT_PASSWORD: 'x' },
    text => (said += text),
    run,
  );
  return { calls, said, lines: calls.map(({ line }) => line) };
}
const BUILDER = { kind: 'builder', name: 'seaworthy-a-b', env: { DOCKER_CONFIG: '/first' } } as const;

test('nothing to do: nothing is started, nothing is said', async () => {
  expect(await post('')).toEqual({ calls: [], said: '', lines: [] });
});

test('a builder goes with the variables of the step that made it', async () => {
  const { calls, lines, said } = await post([BUILDER]);
  expect(lines).toEqual(['docker buildx rm --force seaworthy-a-b']);
  expect(calls[0]?.env).toEqual({ PATH: '/bin', DOCKER_CONFIG: '/first' });
  expect(said).toBe('Removed the builder seaworthy-a-b.\n');
});

test('with the buildx that made it; directories go last when they came first', async () => {
  const directory = await temporaryDirectory();
  const { lines, said } = await post([
    { kind: 'directory', path: directory },
    { ...BUILDER, buildx: `${directory}/buildx` },
  ]);
  expect(lines).toEqual([`${directory}/buildx rm --force seaworthy-a-b`]);
  expect(existsSync(directory)).toBe(false);
  expect(said.split('\n')).toHaveLength(3);
});

test('what is gone already is no problem', async () => {
  const { said, lines } = await post([BUILDER], line =>
    line.startsWith('docker buildx')
      ? { exitCode: 1, stderr: 'failed to remove x: no builder "x" found\nERROR: failed to remove one or more builders' }
      : { exitCode: 1, stderr: 'Error response from daemon: No such container: x' },
  );
  expect(said).not.toContain('::warning');
  expect(lines.slice(1)).toEqual([
    'docker rm --force --volumes buildx_buildkit_seaworthy-a-b0',
    'docker volume rm --force buildx_buildkit_seaworthy-a-b0_state',
  ]);
});

test.each<[string, readonly Cleanup[] | string, (line: string) => Partial<CommandResult> | Error, RegExp]>([
  [
    'the engine is down',
    [BUILDER],
    () => ({ exitCode: 1, stderr: 'Cannot connect to the Docker daemon' }),
    /seaworthy-a-b \(Cannot connect/,
  ],
  ['docker is gone', [BUILDER], () => new ToolError('docker is not installed', { tool: 'docker' }), /docker is not installed/],
  [
    'two problems are one warning',
    [BUILDER, { ...BUILDER, name: 'c' }],
    () => ({ exitCode: 1, stderr: 'no' }),
    /c \(no\); builder seaworthy-a-b/,
  ],
  ['the state is broken', '{', () => ({}), /JSON/],
])('%s: one warning', async (_name, list, answer, message) => {
  const { said } = await post(list, answer);
  expect(said.match(/::warning::/g)).toHaveLength(1);
  expect(said).toMatch(message);
});

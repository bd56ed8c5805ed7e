// printBake() on a buildx that misbehaves: what the real one was recorded to say is tried in bake.real.test.ts.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ToolError } from '../../src/errors.ts';
import { bakeFilesOf, printBake } from '../../src/tools/bake.ts';
import type { BakeOptions, Printed } from '../../src/tools/bake.ts';
import type { CommandOptions, CommandResult, Run } from '../../src/tools/command.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

interface Call {
  readonly args: readonly string[];
  readonly options: CommandOptions;
}

const ENDED: CommandResult = { exitCode: 1, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0 };

async function ask(
  answer: Partial<CommandResult> | ((call: Call) => Partial<CommandResult>),
  over: Partial<BakeOptions> = {},
): Promise<{ readonly printed: Printed; readonly calls: readonly Call[] }> {
  const calls: Call[] = [];
  const run: Run = (command, args, options) => {
    calls.push({ args: [command, ...args], options });
    const given = typeof answer === 'function' ? answer({ args, options }) : answer;
    return Promise.resolve({ ...ENDED, ...given });
  };
  const directory = await temporaryDirectory();
  for (const file of over.files ?? []) await writeFile(join(directory, file), '');
  const options = { run, env: {}, cwd: directory, directory, target: 'app', files: [], set: [], ...over };
  return { printed: await printBake(options), calls };
}

test('one call, with arguments of their own, a time limit, the workspace and the environment of builds', async () => {
  const env = { HOME: '/home/a', INPUT_X: '1', GITHUB_TOKEN: 'x', SSH_AUTH_SOCK: '/agent' };
  const { printed, calls } = await ask({ exitCode: 0, stdout: '{"target":{}}' }, { env, files: ['a', 'b'], set: ['x.y=z w'] });
  expect(printed).toEqual({ definition: { target: {} }, warnings: [] });
  expect(calls.map(({ args }) => args)).toEqual([
    [
      'docker',
      'buildx',
      'bake',
      '--progress',
      'quiet',
      '--print',
      '--file',
      'a',
      '--file',
      'b',
      '--set',
      'x.y=z w',
      '--set',
      '*.output=type=cacheonly',
      '--',
      'app',
    ],
  ]);
  expect(calls[0]?.options.env).toEqual({ HOME: '/home/a', SSH_AUTH_SOCK: '/agent' });
  expect(calls[0]?.options.timeout).toBeGreaterThan(1_000);
});

describe('one mistake for', () => {
  test.each<[string, Partial<CommandResult>, RegExp]>([
    ['silence', { timedOut: true, signal: 'SIGTERM' }, /^docker buildx bake: no answer after 30 s$/],
    ['a signal', { exitCode: null, signal: 'SIGKILL' }, /ended by SIGKILL$/],
    ['nothing said', {}, /^exit code 1$/],
    ['no JSON', { exitCode: 0, stdout: '#1 building' }, /printed no JSON$/],
    [
      'a stack below',
      { stderr: 'a\nERROR: x.hcl:1,2-3: bad, and 2 other diagnostic(s)\n23 buildx\nmain.go' },
      /^x\.hcl:1,2-3: bad$/,
    ],
    [
      'older docker',
      { stderr: "docker: 'buildx' is not a docker command.\nSee 'docker --help'" },
      /^docker has no buildx that can bake/,
    ],
    ['older buildx', { stderr: 'ERROR: unknown flag: --progress' }, /^docker has no buildx that can bake/],
    ['control characters', { stderr: 'ERROR: a\u001b[31mb' }, /^a\\u001b\[31mb$/],
  ])('%s', async (_, result, what) => {
    const { printed } = await ask(result);
    expect('mistake' in printed && printed.mistake.what).toMatch(what);
    expect('mistake' in printed && printed.mistake.wayOut).toMatch(/^[A-Zb].+/);
  });

  test('a definition without an end, which is ended', async () => {
    let aborted: boolean | undefined;
    const { printed } = await ask(({ options }) => {
      for (let line = 0; line < 9; line++) options.onStdout?.('x'.repeat(1024 * 1024));
      aborted = options.signal?.aborted;
      return { exitCode: null, signal: 'SIGTERM' };
    });
    expect(aborted).toBe(true);
    expect('mistake' in printed && printed.mistake.what).toMatch(/printed more than 8 MiB and was ended$/);
  });

  test('a program that is not there; a fault of ours is not explained away', async () => {
    const { printed } = await ask(() => {
      throw new ToolError('docker is not installed or not on PATH', { tool: 'docker' });
    });
    expect('mistake' in printed && printed.mistake).toMatchObject({
      where: 'bake',
      what: 'docker is not installed or not on PATH',
    });
    await expect(
      ask(() => {
        throw new TypeError('ours');
      }),
    ).rejects.toThrow('ours');
  });

  test('a target that is not there, also where its neighbours cannot be listed', async () => {
    const { printed, calls } = await ask({ stderr: 'ERROR: failed to find target app' });
    expect('mistake' in printed && printed.mistake.what).toBe('there is no target "app"');
    expect(calls).toHaveLength(2);
  });
});

test('files that are typed, of the environment, or found', async () => {
  const cwd = await temporaryDirectory();
  expect(bakeFilesOf({ cwd, env: { BUILDX_BAKE_FILE: 'x' }, files: ['cwd://a', 'b'] })).toEqual(['a', 'b']);
  expect(bakeFilesOf({ cwd, env: { BUILDX_BAKE_FILE: 'a; b', BUILDX_BAKE_PATH_SEPARATOR: ';' }, files: [] })).toEqual(['a', 'b']);
  expect(bakeFilesOf({ cwd, env: {}, files: [] })).toEqual([]);
});

test('a buildx that opens no file to print is asked for the outputs as well', async () => {
  const output = [{ type: 'tar', dest: 'a.tar' }];
  const answer = ({ args }: Call): Partial<CommandResult> => ({
    exitCode: 0,
    stdout: JSON.stringify({
      target: { app: args.includes('*.output=type=cacheonly') ? { output: [{ type: 'cacheonly' }] } : { output } },
    }),
  });
  const set = ['app.output=type=tar,dest=a.tar', 'app.target=x'];
  const { printed, calls } = await ask(answer, { set });
  expect(printed).toEqual({ definition: { target: { app: { output } } }, warnings: [] });
  expect(calls.map(({ args }) => args.filter((_, at) => args[at - 1] === '--set'))).toEqual([
    ['app.target=x', '*.output=type=cacheonly'],
    [],
    set,
  ]);
});

// Recorded answers of `--call` -> results; what was asked, and what is refused.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { BuildOrder, CallResult } from '../../src/build/build.ts';
import { ToolError, UserError } from '../../src/errors.ts';
import type { Call } from '../../src/plan/plan.ts';
import { callBuildx } from '../../src/tools/buildx-call.ts';
import { dockerfileOf } from '../../src/tools/dockerfile-place.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARM64 } from '../fakes/layouts.ts';

interface Answered {
  readonly exitCode?: number;
  readonly stderr?: readonly string[];
  readonly order?: Partial<BuildOrder>;
  readonly builder?: { readonly buildx?: string; readonly nodes?: number };
}

const asked: string[][] = [];
const recorded = (name: string): string => readFileSync(new URL(`buildx-output/call-${name}.json`, import.meta.url), 'utf8');

async function ask(
  call: Call,
  stdout: string,
  { exitCode = 0, stderr = [], order = {}, builder = {} }: Answered = {},
): Promise<CallResult> {
  return callBuildx({
    options: {
      run: (_command, args, { onStderr }) => {
        asked.push([...args]);
        stderr.forEach(line => onStderr?.(line));
        return Promise.resolve({ exitCode, signal: null, timedOut: false, stdout, stderr: '', seconds: 0 });
      },
      env: { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'Acme/App' },
      directory: '/tmp/run',
      cwd: '/checkout',
      onLine: () => undefined,
    },
    builder: { name: 'b', driver: 'docker', reason: 'x', created: false, nodes: 1, ...builder },
    order: anOrder({ file: 'docker/Dockerfile', ...order }),
    call,
    secrets: { files: new Map(), env: {}, remove: () => Promise.resolve() },
  });
}

describe('check', () => {
  test('broken rules: failed, each at its line, with rule and address', async () => {
    const { failed, notes, problem } = await ask('check', recorded('check'), { exitCode: 1 });
    expect([failed, problem]).toEqual([true, undefined]);
    expect(notes.map(({ rule = '', file = '', line = 0 }) => `${rule} ${file}:${line}`).sort()).toEqual([
      'FromAsCasing docker/Dockerfile:4',
      'SecretsUsedInArgOrEnv docker/Dockerfile:5',
      'StageNameCasing docker/Dockerfile:4',
    ]);
    expect(notes[0]).toMatchObject({ url: expect.stringContaining('https://docs.docker.com/go/dockerfile/rule/') });
  });

  test('a Dockerfile that cannot be read: what and where', async () => {
    const { failed, problem } = await ask('check', recorded('check-unreadable'), { exitCode: 1, order: { file: 'Dockerfile' } });
    expect([failed, problem]).toEqual([
      true,
      {
        message: 'dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)',
        file: 'Dockerfile',
        line: 2,
        endLine: 2,
      },
    ]);
  });

  test('rules that are errors: the rules, and the error', async () => {
    const { failed, notes, problem } = await ask('check', recorded('check-errors'), { exitCode: 1 });
    expect([failed, notes.length, problem?.message]).toEqual([true, 1, 'lint violation found for rules: MaintainerDeprecated']);
  });

  test('nothing broken', async () => {
    expect(await ask('check', '{"warnings": null, "sources": []}')).toEqual({
      call: 'check',
      tables: [],
      notes: [],
      failed: false,
    });
  });
});

test('an outline: what was given is not shown', async () => {
  const { tables, failed } = await ask('outline', recorded('outline'), { order: { buildArgs: ['API_TOKEN=tok3n'] } });
  expect(failed).toBe(false);
  expect(tables.map(({ title, rows }) => [title, rows])).toEqual([
    ['Target', [['build', '']]],
    [
      'Build arguments',
      [
        ['BASE', 'busybox', expect.any(String)],
        ['API_TOKEN', '(given)', ''],
      ],
    ],
    ['Secrets', [['npm', 'yes']]],
    ['SSH', [['default', 'no']]],
  ]);
  expect(JSON.stringify(tables)).not.toContain('tok3n');
});

test('targets', async () => {
  const { tables } = await ask('targets', recorded('targets'));
  expect(tables[0]?.rows).toEqual([
    ['build', '${BASE}', '', ''],
    ['final', 'scratch', 'yes', ''],
  ]);
});

test('what is asked is the build without what would be made, and on several nodes one platform', async () => {
  asked.length = 0;
  const order = { buildArgs: ['A=1'], target: 'final', platforms: [AMD64, ARM64] };
  await ask('targets', '{"targets":[]}', { order });
  await ask('targets', '{"targets":[]}', { order, builder: { nodes: 2 } });
  const args = (platforms: string): string[] => [
    ...['buildx', 'build', '--builder', 'b', '--platform', platforms, '--file', 'docker/Dockerfile', '--target', 'final'],
    ...['--build-arg', 'A=1', '--call', 'targets,format=json', '--progress', 'rawjson', '--', '.'],
  ];
  expect(asked).toEqual([args('linux/amd64,linux/arm64'), args('linux/amd64')]);
});

describe('no answer', () => {
  const error = 'ERROR: failed to build: failed to solve: failed to read dockerfile: open nope: no such file or directory';

  test.each(['check', 'outline', 'targets'] as const)('%s: the words of buildx, with a way out', async call => {
    const failure = await ask(call, '', { exitCode: 1, stderr: [error] }).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(ToolError);
    expect((failure as ToolError).message).toBe(
      `call: ${call} failed: failed to read dockerfile: open nope: no such file or directory`,
    );
    expect((failure as ToolError).hint).toContain('Check "file" (docker/Dockerfile)');
  });

  test('an exit status of 0 without JSON is an error of its own', async () => {
    await expect(ask('check', 'Check complete, no warnings found.')).rejects.toThrow('its answer to "call" is no JSON');
  });

  test('a buildx that does not know the question', async () => {
    const failure = await ask('check', '', { builder: { buildx: '0.14.1' } }).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toBe('buildx 0.14.1 is too old for the input "call": 0.15 or newer is needed');
  });
});

describe('where the Dockerfile is in the workspace', () => {
  const env = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'Acme/App' };
  test.each<[Partial<BuildOrder>, string | undefined]>([
    [{ context: '.' }, 'Dockerfile'],
    [{ context: './app/' }, 'app/Dockerfile'],
    [{ context: 'app', file: './docker/x.Dockerfile' }, 'docker/x.Dockerfile'],
    [{ context: '.', file: '/checkout/sub/Dockerfile' }, 'sub/Dockerfile'],
    [{ context: '.', file: '/elsewhere/Dockerfile' }, undefined],
    [{ context: '../other' }, undefined],
    [{ context: '.', file: '-' }, undefined],
    [{ context: '.', file: 'https://example.com/Dockerfile' }, undefined],
    [{ context: '-' }, undefined],
    [{ context: 'https://example.com/context.tar.gz' }, undefined],
    [{ context: 'https://github.com/acme/app.git#abc:service' }, 'service/Dockerfile'],
    [{ context: 'https://github.com/acme/app.git#abc', file: 'docker/Dockerfile' }, 'docker/Dockerfile'],
    [{ context: 'https://github.com/acme/other.git#abc' }, undefined],
  ])('%j: %j', (over, file) => expect(dockerfileOf(anOrder(over), { cwd: '/checkout', env })).toBe(file));
});

// One step's use of its builder over a scripted docker: asked early, given up when it stands still, left to whom.

import { describe, expect, test } from '@jest/globals';
import type { Builder } from '../../src/build/build.ts';
import type { ToolError } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import type { BuildxOptions } from '../../src/tools/buildx-run.ts';
import { anOrder } from '../build/orders.ts';
import { CLASSIC, fakeDocker } from '../fakes/docker.ts';
import type { Answer, FakeCall } from '../fakes/docker.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

interface Scene {
  readonly builder: Builder;
  readonly calls: FakeCall[];
  readonly lines: string[];
}

async function aBuilder(answer?: Answer, over: Partial<BuildxOptions> = {}): Promise<Scene> {
  const { run, calls } = fakeDocker(answer);
  const lines: string[] = [];
  const directory = await temporaryDirectory();
  return { builder: createBuilder({ run, env: {}, directory, onLine: line => lines.push(line), ...over }), calls, lines };
}
const builds = (calls: readonly FakeCall[]): FakeCall[] => calls.filter(call => call.args[1] === 'build');
const IMPORTING = JSON.stringify({
  vertexes: [{ digest: 'sha256:a', name: 'importing cache manifest from gha:1', started: '2026-01-01T00:00:00Z' }],
});

describe('in a job', () => {
  const classic: Answer = args => (args[0] === 'info' ? { stdout: CLASSIC } : undefined);
  const removed = (calls: readonly FakeCall[]): (string | undefined)[] =>
    calls.filter(({ args }) => args[1] === 'rm').map(({ args }) => args.at(-1));
  const inJob = async (answer: Answer, cancelled = false): Promise<Scene & { readonly told: string[] }> => {
    const told: string[] = [];
    const sharing = { job: 'j', machine: 'm', onCreate: (name: string) => told.push(name), cancelled: () => cancelled };
    return { ...(await aBuilder(answer, { sharing, caches: { times: { standstill: 40 } } })), told };
  };

  test.each([false, true])('the builder is left to the post step, which knows its name (cancelled: %j)', async cancelled => {
    const { builder, calls, told } = await inJob(
      args =>
        classic(args, {} as never) ?? (args[2]?.startsWith('seaworthy') ? { exitCode: 1, stderr: 'no builder' } : undefined),
      cancelled,
    );
    const { facts } = await builder.build(anOrder());
    await builder.close();
    expect(told).toEqual([facts.builder.name]);
    expect(removed(calls)).toEqual([]);
  });

  test.each([false, true])(
    'one that stands still is removed when it is ours, and the fresh one is known to the post step (cancelled: %j)',
    async cancelled => {
      for (const ours of [true, false]) {
        let builds = 0;
        const { builder, calls, told } = await inJob((args, options) => {
          if (args[1] === 'inspect' && args[2]?.startsWith('seaworthy')) return { exitCode: 1, stderr: 'no builder' };
          if (args[1] !== 'build' || builds++ > 0) return ours ? classic(args, options) : undefined;
          options.onStderr?.(IMPORTING);
          return new Promise(resolve =>
            options.signal?.addEventListener('abort', () => resolve({ exitCode: null, signal: 'SIGTERM' })),
          );
        }, cancelled);
        const { facts } = await builder.build(anOrder());
        expect(facts.again).toContain('stood still');
        expect(told.at(-1)).toBe(facts.builder.name);
        expect(told).toHaveLength(ours ? 2 : 1);
        expect(removed(calls)).toEqual(ours ? [told[0]] : []);
        await builder.close();
        expect(removed(calls).includes(facts.builder.name)).toBe(!cancelled);
      }
    },
  );
});

test('outputs of an adopted run are built like every build: emulation, caches, and the way out of a foreign platform', async () => {
  const { builder, calls, lines } = await aBuilder(args => {
    if (args[1] !== 'build') return undefined;
    return {
      exitCode: 1,
      stderr: 'ERROR: failed to solve: process "/bin/sh -c x" did not complete successfully: exec format error',
    };
  });
  const foreign = { os: 'linux', architecture: 's390x' };
  const order = anOrder({
    platforms: [foreign],
    emulation: { mode: 'off' },
    outputs: [{ type: 'local', dest: 'out', attributes: {} }],
  });
  const error = await builder.buildOutputs(order).catch((thrown: unknown) => thrown);
  expect((error as ToolError).hint).toMatch(/cannot run programs of linux\/s390x.*Ways out/);
  expect(lines.join('\n')).toContain('builder default (docker)');
  expect(builds(calls)).toHaveLength(1);
});

test('prepare() asks, build() does not ask again; what is wrong is told by build()', async () => {
  const { builder, calls } = await aBuilder();
  await builder.prepare(anOrder());
  const asked = calls.length;
  expect(asked).toBe(3);
  await builder.build(anOrder());
  expect(calls).toHaveLength(asked + 1);
  const down = await aBuilder(args => (args[0] === 'info' ? { exitCode: 1, stderr: 'down' } : undefined));
  await down.builder.prepare(anOrder());
  await expect(down.builder.build(anOrder())).rejects.toThrow(/does not answer/);
});

// Which builder is used, and why.

import { readFileSync } from 'node:fs';
import os from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { ToolError, UserError } from '../../src/errors.ts';
import type { BuilderSetup } from '../../src/plan/plan.ts';
import { BUILDER_IMAGE, chooseBuilder, removeBuilder } from '../../src/tools/builder.ts';
import type { BuilderPlace, BuilderWish, ChosenBuilder, Docker } from '../../src/tools/builder.ts';
import { atLeast, parseBuildxVersion, parseInspect } from '../../src/tools/buildx-inspect.ts';
import type { ListedPlatform } from '../../src/tools/buildx-inspect.ts';
import { CLASSIC, fakeDocker, inspectText } from '../fakes/docker.ts';
import type { Answer, FakeCall } from '../fakes/docker.ts';
import { AMD64, ARM64 } from '../fakes/layouts.ts';

function docker(answer?: Answer): { readonly ask: Docker; readonly calls: FakeCall[] } {
  const { run, calls } = fakeDocker(answer);
  return { ask: (args, { timeout }) => run('docker', args, { env: {}, timeout }), calls };
}
interface Wish extends Partial<BuilderWish> {
  readonly own?: Partial<BuilderSetup>;
}
function wish({ own, ...over }: Wish = {}): BuilderWish {
  return { allow: [], platforms: [AMD64, ARM64], setup: { driverOpts: [], keep: false, ...own }, ...over };
}
const lines: string[] = [];
const place = (over: Partial<BuilderPlace> = {}): BuilderPlace => ({
  env: {},
  directory: os.tmpdir(),
  cwd: '/nowhere',
  onLine: line => lines.push(line),
  ...over,
});
const choose = (answer?: Answer, asked: Wish = {}): Promise<ChosenBuilder> =>
  chooseBuilder(docker(answer).ask, wish(asked), place());
const on =
  (start: string, result: Awaited<ReturnType<Answer>>): Answer =>
  args =>
    args.join(' ').startsWith(start) ? result : undefined;
const both =
  (...answers: Answer[]): Answer =>
  (args, options) =>
    answers.map(answer => answer(args, options)).find(result => result !== undefined);

describe('the choice', () => {
  test('a named builder is used as it is, without asking the engine', async () => {
    const { ask, calls } = docker(on('buildx inspect mine', { stdout: inspectText('mine', 'docker') }));
    expect(await chooseBuilder(ask, wish({ builder: 'mine' }), place())).toMatchObject({
      name: 'mine',
      driver: 'docker',
      created: false,
      reason: 'named by the input "builder"',
    });
    expect(calls.some(call => call.args.includes('info'))).toBe(false);
  });

  test.each(['docker-container', 'kubernetes', 'remote', 'cloud'])('a current %s builder is used', async driver => {
    const chosen = await choose(on('buildx inspect', { stdout: inspectText('current', driver) }));
    expect(chosen).toMatchObject({ name: 'current', driver, created: false, nodes: 1, buildkit: 'v0.33.1', buildx: '0.29.1' });
    expect(chosen.reason).toContain(driver);
  });

  test('the engine itself, when it has the containerd store', async () => {
    const chosen = await choose();
    expect(chosen).toMatchObject({ name: 'default', driver: 'docker', created: false });
    expect(chosen.reason).toContain('containerd image store');
  });

  test('the engine of the context that the builder belongs to is asked', async () => {
    const { ask, calls } = docker(
      on('buildx inspect', { stdout: inspectText('desktop', 'docker', [{ name: 'desktop', endpoint: 'desktop-linux' }]) }),
    );
    await chooseBuilder(ask, wish(), place());
    expect(calls.at(-1)?.args.slice(0, 3)).toEqual(['--context', 'desktop-linux', 'info']);
  });

  test('a classic store: a builder is created from the pinned image', async () => {
    const { ask, calls } = docker(on('info', { stdout: CLASSIC }));
    const chosen = await chooseBuilder(ask, wish(), place());
    expect(chosen).toMatchObject({ driver: 'docker-container', created: true, nodes: 1 });
    expect(chosen.name).toMatch(/^seaworthy-[0-9a-f]{8}$/);
    expect(chosen.reason).toContain('classic image store');
    expect(calls.find(call => call.args[1] === 'create')?.args).toEqual([
      'buildx',
      'create',
      '--name',
      chosen.name,
      '--driver',
      'docker-container',
      '--driver-opt',
      `image=${BUILDER_IMAGE}`,
    ]);
    expect(BUILDER_IMAGE).toMatch(/@sha256:\w{64}$/);
  });

  test('... or from the image that the user names', async () => {
    const { ask, calls } = docker(on('info', { stdout: CLASSIC }));
    await chooseBuilder(ask, wish({ own: { image: 'mirror/buildkit:1' } }), place());
    expect(calls.find(call => call.args[1] === 'create')?.args).toContain('image=mirror/buildkit:1');
  });

  test('several nodes are counted', async () => {
    const chosen = await choose(on('buildx inspect', { stdout: inspectText('farm', 'remote', [{ name: 'a' }, { name: 'b' }]) }));
    expect(chosen.nodes).toBe(2);
  });
});

describe('what is missing is said, with the way out', () => {
  test.each<[string, Answer, { builder?: string }, RegExp, RegExp]>([
    [
      'docker',
      () => Promise.reject(new ToolError('docker is not installed or not on PATH', { tool: 'docker' })),
      {},
      /docker is not installed/,
      /runner with Docker/,
    ],
    [
      'buildx',
      on('buildx version', {
        exitCode: 1,
        stderr: "docker: unknown command: docker buildx\n\nRun 'docker --help' for more information",
      }),
      {},
      /no usable buildx: unknown command: docker buildx/,
      /docker-buildx-plugin/,
    ],
    [
      'a new enough buildx',
      on('buildx version', { stdout: 'github.com/docker/buildx v0.12.1 30feaa1' }),
      {},
      /buildx 0\.12\.1 is too old: 0\.13/,
      /buildx-version/,
    ],
    [
      'the named builder',
      on('buildx inspect nope', { exitCode: 1, stderr: 'ERROR: no builder "nope" found' }),
      { builder: 'nope' },
      /no builder "nope"/,
      /docker\/setup-buildx-action/,
    ],
    [
      'the engine',
      both(
        // buildx ends with 0 and an empty driver when the engine is down.
        on('buildx inspect', {
          stdout: 'Name:   default\nDriver: \nError:  Cannot connect to the Docker daemon at unix:///nope.\n',
        }),
        on('info', {
          exitCode: 1,
          stdout: 'null',
          stderr: 'Cannot connect to the Docker daemon at unix:///nope. Is the docker daemon running?',
        }),
      ),
      {},
      /engine does not answer: Cannot connect to the Docker daemon/,
      /Start Docker/,
    ],
  ])('%s', async (_name, answer, wish, message, hint) => {
    const error = await choose(answer, wish).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).hint).toMatch(hint);
  });

  test('a builder that does not start is removed, and the pull error is the message', async () => {
    const { ask, calls } = docker(
      both(
        on('info', { stdout: CLASSIC }),
        on('buildx inspect --bootstrap', {
          exitCode: 1,
          stderr: '#1 [internal] booting buildkit\n------\nERROR: Error response from daemon: no such host',
        }),
      ),
    );
    const error = await chooseBuilder(ask, wish(), place()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ToolError);
    expect((error as ToolError).message).toMatch(/could not be started: Error response from daemon: no such host$/);
    expect((error as ToolError).hint).toContain('builder-image');
    const name = calls.find(call => call.args[1] === 'create')?.args[3];
    expect(calls.at(-1)?.args).toEqual(['buildx', 'rm', '--force', name]);
  });

  test('an answer that never comes', async () => {
    const error = choose(on('buildx inspect', { exitCode: null, signal: 'SIGTERM', timedOut: true }));
    await expect(error).rejects.toThrow('docker buildx inspect failed: no answer after 30 s');
  });
});

test('removing tells what went wrong and never throws', async () => {
  expect(await removeBuilder(docker().ask, 'x')).toBeUndefined();
  expect(await removeBuilder(docker(() => ({ exitCode: 1, stderr: 'ERROR: busy' })).ask, 'x')).toBe('ERROR: busy');
  expect(await removeBuilder(() => Promise.reject(new Error('gone')), 'x')).toBe('gone');
});

describe('reading what buildx prints', () => {
  const found = (name: string): ListedPlatform => {
    const [architecture = '', variant] = name.replace('*', '').split('/');
    return { platform: { os: 'linux', architecture, ...(variant && { variant }) }, given: name.endsWith('*') };
  };

  test('platforms that were given to a node, and the other names of variants', () => {
    const text = inspectText('x', 'remote', [{ name: 'a', platforms: 'linux/arm64/v8*, linux/arm/v7*, linux/amd64' }]);
    expect(parseInspect(text).nodes[0]?.platforms).toEqual(['arm64*', 'arm/v7*', 'amd64'].map(found));
  });

  const recorded = (name: string): string => readFileSync(new URL(`buildx-output/${name}.txt`, import.meta.url), 'utf8');

  test('one node of an engine', () => {
    expect(parseInspect(recorded('inspect-docker'))).toEqual({
      name: 'default',
      driver: 'docker',
      nodes: [
        { name: 'default', endpoint: 'default', status: 'running', platforms: ['amd64', 'amd64/v2', 'amd64/v3'].map(found) },
      ],
    });
  });

  test('nothing at all', () => {
    expect(parseInspect('')).toEqual({ name: '', driver: '', nodes: [] });
  });

  test.each([
    ['github.com/docker/buildx v0.37.2 abc', '0.37.2'],
    ['github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4', '0.29.1'],
    ['github.com/docker/buildx v0.13.0-desktop.1', '0.13.0'],
    ['something else', undefined],
  ])('version in %s', (text, version) => {
    expect(parseBuildxVersion(text)).toBe(version);
  });

  test('versions compare as numbers', () => {
    expect([atLeast('0.9.0', 0, 13), atLeast('0.13.0', 0, 13), atLeast('1.0.0', 0, 13), atLeast('0.12.9', 0, 13)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

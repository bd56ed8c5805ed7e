// Which platforms need an emulator, how one is registered, and what is said where there is none.

import { describe, expect, test } from '@jest/globals';
import { ToolError } from '../../src/errors.ts';
import type { Emulation } from '../../src/plan/plan.ts';
import { normalisePlatform, platformName } from '../../src/plan/platform.ts';
import type { Platform } from '../../src/plan/platform.ts';
import type { Docker } from '../../src/tools/builder.ts';
import type { CommandResult } from '../../src/tools/command.ts';
import { parseInspect } from '../../src/tools/buildx-inspect.ts';
import { explainForeign } from '../../src/tools/emulation-failure.ts';
import { emulationNeed } from '../../src/tools/emulation-need.ts';
import { prepareEmulation } from '../../src/tools/emulation.ts';
import type { EmulationState } from '../../src/tools/emulation.ts';
import { IMAGES } from '../../src/tools/pins.ts';
import { fakeDocker, inspectText } from '../fakes/docker.ts';
import type { Answer } from '../fakes/docker.ts';

const platforms = (list: string): Platform[] =>
  list
    .split(' ')
    .filter(name => name !== '')
    .map(name => {
      const [architecture = '', variant] = name.replace('windows/', '').split('/');
      return normalisePlatform({
        os: name.startsWith('windows/') ? 'windows' : 'linux',
        architecture,
        ...(variant && { variant }),
      });
    });
const nodesOf = (...lists: string[]) =>
  parseInspect(
    inspectText(
      'x',
      'docker',
      lists.map((list, at) => ({ name: `n${at}`, platforms: list.replaceAll(/(^|, )/g, '$1linux/') })),
    ),
  ).nodes;
const short = (list: readonly Platform[]): string => list.map(platformName).join(' ').replaceAll('linux/', '');

describe('what is needed', () => {
  test.each<[string, string, string[], { listed?: string; missing?: string; hopeless?: string }]>([
    ['the own platform', 'amd64', ['amd64, amd64/v2'], {}],
    ['listed already', 'amd64 arm64 arm/v7', ['amd64, arm64, arm/v7, arm/v6'], { listed: 'arm64 arm/v7' }],
    ['not listed', 'amd64 arm64 s390x', ['amd64, amd64/v2'], { missing: 'arm64 s390x' }],
    ['arm64/v8 is arm64', 'arm64/v8', ['amd64, arm64'], { listed: 'arm64' }],
    [
      'a variant that is not listed is no matter of emulators',
      'amd64/v4 arm/v5',
      ['amd64, amd64/v3, arm/v7'],
      { listed: 'arm/v5' },
    ],
    ['386 beside amd64', '386', ['amd64, 386'], {}],
    ['386 on a kernel without it', '386', ['amd64'], { missing: '386' }],
    ['32-bit arm on an arm64 that has it', 'arm/v7', ['arm64, arm/v7, arm/v6'], {}],
    ['a node for each', 'amd64 arm64', ['amd64', 'arm64'], {}],
    ['a node that was given its platform', 'arm64 amd64', ['arm64*, amd64, arm/v7'], { listed: 'amd64' }],
    ['nothing emulates it', 'windows/amd64 wasm ppc64', ['amd64'], { hopeless: 'windows/amd64 wasm ppc64' }],
  ])('%s', (_name, wanted, lists, { listed = '', missing = '', hopeless = '' }) => {
    const need = emulationNeed(platforms(wanted), nodesOf(...lists));
    expect([short(need.listed), short(need.missing), short(need.hopeless)]).toEqual([listed, missing, hopeless]);
  });

  test('of a builder that says nothing, nothing is known', () => {
    expect(emulationNeed(platforms('s390x'), [{ name: 'a', endpoint: 'default' }])).toEqual({
      listed: [],
      missing: [],
      hopeless: [],
    });
  });
});

interface Case {
  readonly wanted?: string;
  readonly driver?: string;
  readonly endpoint?: string;
  readonly list?: string;
  readonly wish?: Emulation;
  readonly answer?: Answer;
  readonly running?: boolean;
}

async function prepare({
  wanted = 's390x arm64',
  driver = 'docker',
  endpoint = 'default',
  list = 'linux/amd64',
  wish = { mode: 'auto' },
  answer,
  running = true,
}: Case): Promise<EmulationState & { readonly lines: string[]; readonly commands: string[] }> {
  const { run, calls } = fakeDocker(answer);
  const docker: Docker = (args, { timeout }) => run('docker', args, { env: {}, timeout });
  const lines: string[] = [];
  const inspected = parseInspect(inspectText('b', driver, [{ name: 'b0', endpoint, platforms: list }])).nodes;
  const nodes = running ? inspected : inspected.map(({ name }) => ({ name, endpoint }));
  const order = { docker, builder: { name: 'b', driver, inspected: nodes }, platforms: platforms(wanted), wish };
  const state = await prepareEmulation({ ...order, onLine: line => lines.push(line), pauses: [1, 1] });
  return { ...state, lines, commands: calls.map(call => call.args.join(' ')) };
}

/** A machine on which `--install` works, and the builder lists what was installed. */
function installing(driver = 'docker'): Answer {
  const installed: string[] = [];
  return args => {
    if (args.includes('--install')) {
      installed.push(...(args.at(-1) ?? '').split(',').map(name => `linux/${name}`));
      const lines = (args.at(-1) ?? '').split(',').map(name => `installing: ${name} OK`);
      return { stderr: lines.join('\n') };
    }
    if (args[0] === 'exec' || args[2] === 'exec') return { exitCode: 127, stderr: 'executable file not found in $PATH' };
    if (args[1] === 'inspect')
      return { stdout: inspectText('b', driver, [{ name: 'b0', platforms: ['linux/amd64', ...installed].join(', ') }]) };
    return undefined;
  };
}

describe('registering', () => {
  test('what is listed needs nothing, and is in the record', async () => {
    const { commands, lines, emulated, absent } = await prepare({ list: 'linux/amd64, linux/arm64, linux/s390x' });
    expect([commands, lines, absent]).toEqual([[], [], undefined]);
    expect(emulated).toEqual({
      platforms: ['linux/s390x', 'linux/arm64'],
      reason: 'linux/s390x, linux/arm64: the builder lists it, so an emulator was there already',
    });
  });

  test('the pinned image is run once for all, and the builder asked again', async () => {
    const { commands, emulated, absent, lines } = await prepare({ wanted: 's390x arm64 arm/v7 arm/v6', answer: installing() });
    expect(commands).toEqual([`run --privileged --rm ${IMAGES.binfmt} --install s390x,arm64,arm`]);
    expect(emulated?.platforms).toEqual(['linux/s390x', 'linux/arm64', 'linux/arm/v7', 'linux/arm/v6']);
    expect(emulated?.reason).toContain(`the emulator was registered with ${IMAGES.binfmt}`);
    expect(absent).toBeUndefined();
    expect(lines).toHaveLength(1);
  });

  test.each<[string, Partial<CommandResult>, string]>([
    ['its lines', { stderr: 'installing: s390x OK\ninstalling: arm64 cannot register' }, 's390x'],
    ['what it found', { stderr: 'installing: s390x qemu-s390x already registered\ninstalling: arm64 OK' }, 's390x arm64'],
    [
      'its JSON',
      { stdout: '{\n "supported": [\n "linux/arm64/v8",\n "linux/s390x"\n ],\n "emulators": ["qemu-arm64"]\n}' },
      's390x arm64',
    ],
    ['its JSON, where arm64 is no arm', { stdout: '{"supported": ["linux/s390x", "linux/arm/v7"]}' }, 's390x'],
    ['nothing: the builder is asked again', {}, 'arm64'],
  ])('the word of the image counts, since a builder looks anew only after a while: %s', async (_name, said, there) => {
    const answer: Answer = args => {
      if (args.includes('--install')) return said;
      return args[1] === 'inspect'
        ? {
            stdout: inspectText('b', 'docker', [
              {
                name: 'b0',
                platforms: said.stderr === undefined && said.stdout === undefined ? 'linux/amd64, linux/arm64' : 'linux/amd64',
              },
            ]),
          }
        : undefined;
    };
    const { emulated, absent } = await prepare({ answer });
    expect(emulated?.platforms).toEqual(there.split(' ').map(name => `linux/${name}`));
    expect(absent?.platforms.length ?? 0).toBe(2 - there.split(' ').length);
  });

  test('only what is missing is registered; both are told', async () => {
    const { commands, emulated } = await prepare({ list: 'linux/amd64, linux/arm64', answer: installing() });
    expect(commands[0]).toMatch(/ --install s390x$/);
    expect(emulated?.reason).toMatch(/^linux\/arm64: the builder lists it.*; linux\/s390x: the emulator was registered/);
  });

  test('an image of the user: by its tag with a note', async () => {
    const { commands, lines } = await prepare({ wish: { mode: 'auto', image: 'mirror/binfmt:1' }, answer: installing() });
    expect(commands[0]).toContain(' mirror/binfmt:1 --install ');
    expect(lines[0]).toContain('mirror/binfmt:1 has no digest');
  });

  test.each([
    ['default', 'run'],
    ['desktop', '--context desktop run'],
    ['tcp://10.0.0.5:2375', '--host tcp://10.0.0.5:2375 run'],
  ])('on the engine that the builder lives on: %s', async (endpoint, start) => {
    const { commands } = await prepare({ endpoint, answer: installing() });
    expect(commands[0]?.startsWith(`${start} --privileged`)).toBe(true);
  });

  test('a builder that is not running is started before it is asked', async () => {
    const { commands, emulated } = await prepare({ running: false, driver: 'docker-container', answer: installing() });
    expect(commands[0]).toBe('buildx inspect --bootstrap b');
    expect(emulated?.platforms).toHaveLength(2);
  });

  test('a builder whose image brings the emulators needs none; what they lack is registered', async () => {
    const answer: Answer = (args, options) => (args[0] === 'exec' ? { exitCode: 0 } : installing()(args, options));
    const both = await prepare({ driver: 'docker-container', answer });
    expect(both.commands).toEqual([
      'exec buildx_buildkit_b0 buildkit-qemu-s390x -version',
      'exec buildx_buildkit_b0 buildkit-qemu-aarch64 -version',
    ]);
    expect(both.emulated?.reason).toContain("the builder's image brings the emulator");
    const loong = await prepare({ wanted: 's390x loong64', driver: 'docker-container', answer: installing('docker-container') });
    expect(loong.commands.at(-1)).toMatch(/ --install s390x,loong64$/);
  });
});

const failsWith = (stderr: string, exitCode = 125): Answer => {
  const usual = installing();
  return (args, options) => (args.includes('--install') ? { exitCode, stderr } : usual(args, options));
};

describe('where it cannot be', () => {
  test.each<[string, Case, RegExp, number]>([
    ['qemu: off', { wish: { mode: 'off' } }, /qemu is "off"/, 0],
    ['a remote builder', { driver: 'remote' }, /\(driver remote\) are not ours to change/, 0],
    ['kubernetes', { driver: 'kubernetes' }, /\(driver kubernetes\)/, 0],
    [
      'no such image',
      { answer: failsWith('docker: Error response from daemon: manifest unknown') },
      /could not be run: manifest unknown/,
      1,
    ],
    [
      'no privileged containers',
      { answer: failsWith('docker: privileged mode is incompatible with user namespaces.\n\nRun docker run --help') },
      /privileged mode is incompatible/,
      1,
    ],
    ['a network that stays down', { answer: failsWith('docker: Error response from daemon: i/o timeout') }, /i\/o timeout/, 3],
    [
      'an image of another kind',
      { answer: failsWith('exec: "--install": executable file not found', 127) },
      /executable file not found/,
      1,
    ],
    [
      'a kernel that refuses: the image still ends well',
      { answer: failsWith('installing: s390x Cannot open /proc/sys/fs/binfmt_misc/register: permission denied', 0) },
      /ran, but it is not there \(installing: s390x Cannot open .*permission denied\)/,
      1,
    ],
    [
      'no docker',
      { answer: () => Promise.reject(new ToolError('docker is not installed', { tool: 'docker' })) },
      /docker is not installed/,
      1,
    ],
  ])('%s: the build goes on, the reason is kept and said', async (_name, given, reason, runs) => {
    const { absent, emulated, lines, commands } = await prepare(given);
    expect(absent?.platforms.map(platformName)).toEqual(['linux/s390x', 'linux/arm64']);
    expect(absent?.reason).toMatch(reason);
    expect(emulated).toBeUndefined();
    expect(lines.at(-1)).toMatch(reason);
    expect(commands.filter(line => line.includes('--install'))).toHaveLength(runs);
  });

  test('a pull that fails once is tried again', async () => {
    let failed = false;
    const usual = installing();
    const { emulated } = await prepare({
      answer: (args, options) => {
        if (!args.includes('--install') || failed) return usual(args, options);
        failed = true;
        return { exitCode: 125, stderr: 'docker: Error response from daemon: 429 Too Many Requests' };
      },
    });
    expect(emulated?.platforms).toHaveLength(2);
  });
});

describe('a program that cannot be run', () => {
  const failure = (step: string, said: string): ToolError =>
    new ToolError(`The build failed at ${step} RUN x: exit code 255`, {
      tool: 'docker buildx build',
      exitCode: 1,
      tail: [said],
      hint: 'old',
    });
  const said = (error: unknown): string => (error as ToolError).hint ?? '';
  const state = (absent?: string): EmulationState => ({
    nodes: nodesOf('amd64, amd64/v2, arm64'),
    ...(absent !== undefined && { absent: { platforms: platforms(absent), reason: `${absent}: qemu is "off"` } }),
  });
  const EXEC = 'exec /bin/sh: exec format error';

  test('the platform, why there is no emulator, and the three ways out', () => {
    const hint = said(explainForeign(failure('[linux/s390x build 2/3]', EXEC), platforms('amd64 s390x'), state('s390x')));
    for (const part of ['linux/s390x', 's390x: qemu is "off"', 'native runner', 'remote node', '--platform=$BUILDPLATFORM'])
      expect(hint).toContain(part);
  });

  test.each([
    ['a handler that was removed since', '[linux/arm64 2/2]', EXEC, /linux\/arm64.*was removed since/],
    ['a handler without the flag F', '[linux/arm64 2/2]', 'exec /bin/sh: no such file or directory', /without the flag F/],
    ['one platform: its step has no name for it', '[2/2]', EXEC, /programs of linux\/arm64/],
    ['... or it is said behind it', '[2/2] RUN (x) (linux/s390x):', EXEC, /programs of linux\/s390x/],
    ['a cross-compiling stage runs on the first of the two', '[linux/amd64->arm64 2/2]', EXEC, /linux\/amd64 itself.*no #! line/],
    ['the own platform', '[linux/amd64 2/2]', EXEC, /a script has no #! line/],
    [
      'a variant that the processor lacks',
      '[linux/amd64/v4 2/2]',
      'no support for running processes with linux/amd64/v4 platform',
      /no linux\/amd64\/v4.*linux\/amd64, linux\/amd64\/v2/,
    ],
  ])('%s', (_name, step, text, hint) => {
    const error = explainForeign(failure(step, text), platforms('arm64'), state());
    expect(said(error)).toMatch(hint);
    expect(error).toMatchObject({ message: failure(step, text).message, exitCode: 1, tail: [text] });
  });

  test('every other failure is left as it is', () => {
    for (const error of [
      failure('[linux/arm64 2/2]', 'no space left'),
      failure('[linux/amd64 1/1]', 'exec /x: no such file or directory'),
      new Error('bug'),
    ])
      expect(explainForeign(error, platforms('arm64'), state())).toBe(error);
    const unclear = failure('a step', EXEC);
    expect(explainForeign(unclear, platforms('amd64 arm64'), state())).toBe(unclear);
  });
});

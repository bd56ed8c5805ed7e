// Which builder is used, and why.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ToolError, UserError } from '../../src/errors.ts';
import type { BuilderSetup } from '../../src/plan/plan.ts';
import { BUILDER_IMAGE, chooseBuilder, findBuilder, removeBuilder } from '../../src/tools/builder.ts';
import type { BuilderPlace, BuilderWish, ChosenBuilder, Docker } from '../../src/tools/builder.ts';
import type { Sharing } from '../../src/tools/builder-create.ts';
import { atLeast, parseBuildxVersion, parseInspect } from '../../src/tools/buildx-inspect.ts';
import type { ListedPlatform } from '../../src/tools/buildx-inspect.ts';
import type { Clock } from '../../src/tools/registry/retry.ts';
import { CLASSIC, fakeDocker, inspectText } from '../fakes/docker.ts';
import type { Answer, FakeCall } from '../fakes/docker.ts';
import { AMD64, ARM64, temporaryDirectory } from '../fakes/layouts.ts';

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
const OK = { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0 };
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

  test('version, builder and engine are asked at once, and nothing is made before it is wanted', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>(resolve => (open = resolve));
    const { ask, calls } = docker(async args => {
      await gate;
      return args[0] === 'info' ? { stdout: CLASSIC } : undefined;
    });
    const finding = findBuilder(ask, wish(), place());
    await new Promise(resolve => setImmediate(resolve));
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(calls.map(({ args }) => args.slice(0, 2).join(' ')).sort()).toEqual([
      'buildx inspect',
      'buildx version',
      'info --format',
    ]);
    open();
    const make = await finding;
    expect(calls.some(({ args }) => args[1] === 'create')).toBe(false);
    expect(await make()).toMatchObject({ created: true, own: true });
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

describe('a builder of our own', () => {
  const created = (calls: readonly FakeCall[]): readonly string[] => calls.find(call => call.args[1] === 'create')?.args ?? [];
  const NONE = on('buildx inspect seaworthy', { exitCode: 1, stderr: 'ERROR: no builder found' });
  const sharing = (over: Partial<Sharing> = {}): { readonly sharing: Sharing; readonly told: string[] } => {
    const told: string[] = [];
    return { told, sharing: { job: 'j', machine: 'm', onCreate: name => told.push(name), cancelled: () => false, ...over } };
  };

  test.each<[string, Partial<BuilderSetup>, string[], RegExp]>([
    [
      'driver-opts, as they are typed',
      { driverOpts: ['network=host', '"env.no_proxy=a,b"'] },
      ['--driver-opt', `image=${BUILDER_IMAGE}`, '--driver-opt', 'network=host', '--driver-opt', '"env.no_proxy=a,b"'],
      /because "driver-opts" asks for one of our own$/,
    ],
    [
      'an image among driver-opts',
      { driverOpts: ['image=a/b:1'] },
      ['--driver-opt', 'image=a/b:1'],
      /from a\/b:1, because "driver-opts"/,
    ],
    [
      'flags',
      { flags: '--debug' },
      ['--driver-opt', `image=${BUILDER_IMAGE}`, '--buildkitd-flags', '--debug'],
      /because "buildkitd-flags" asks/,
    ],
    ['an image', { image: 'a/b:1' }, ['--driver-opt', 'image=a/b:1'], /because "builder-image" asks/],
    [
      'several',
      { image: 'a/b:1', flags: '--debug' },
      ['--driver-opt', 'image=a/b:1', '--buildkitd-flags', '--debug'],
      /because "builder-image" and "buildkitd-flags" ask for one/,
    ],
  ])('%s: also where the engine would do, and the current builder is left alone', async (_name, own, args, reason) => {
    const { ask, calls } = docker();
    const chosen = await chooseBuilder(ask, wish({ own }), place());
    expect(chosen).toMatchObject({ driver: 'docker-container', created: true });
    expect(chosen.reason).toMatch(reason);
    expect(created(calls)).toEqual(['buildx', 'create', '--name', chosen.name, '--driver', 'docker-container', ...args]);
    expect(calls.some(call => call.args.join(' ') === 'buildx inspect')).toBe(false);
  });

  test('... but not beside a named one, which is used as it is', async () => {
    expect(await choose(undefined, { builder: 'default', own: { flags: '--debug' } })).toMatchObject({
      name: 'default',
      created: false,
    });
  });

  test.each<[string, string[], string | undefined, string | undefined]>([
    ['network.host is granted anyway', ['network.host'], undefined, undefined],
    [
      'others are added to it',
      ['security.insecure'],
      undefined,
      '--allow-insecure-entitlement=network.host --allow-insecure-entitlement=security.insecure',
    ],
    [
      'to typed flags only what is missing',
      ['network.host', 'security.insecure'],
      '--allow-insecure-entitlement security.insecure --debug',
      '--allow-insecure-entitlement security.insecure --debug --allow-insecure-entitlement=network.host',
    ],
    ['a device by its kind', ['device=nvidia.com/gpu'], '--debug', '--debug --allow-insecure-entitlement=device'],
  ])('entitlements: %s', async (_name, allow, flags, expected) => {
    const { ask, calls } = docker(on('info', { stdout: CLASSIC }));
    await chooseBuilder(ask, wish({ allow, own: flags === undefined ? {} : { flags } }), place());
    const args = created(calls);
    expect(args.includes('--buildkitd-flags') ? args[args.indexOf('--buildkitd-flags') + 1] : undefined).toBe(expected);
  });

  test('the engine itself does not grant security.insecure', async () => {
    expect((await choose(undefined, { allow: ['security.insecure'] })).reason).toMatch(
      /because the engine's own builder does not grant security.insecure$/,
    );
    expect((await choose(undefined, { allow: ['network.host'] })).driver).toBe('docker');
  });

  test('a buildkitd.toml: from a file, or typed; either way buildx reads a private copy that is gone afterwards', async () => {
    const cwd = await temporaryDirectory();
    const directory = await temporaryDirectory();
    await writeFile(path.join(cwd, 'b.toml'), 'debug = true\n');
    for (const own of [{ config: 'b.toml' }, { configInline: 'debug = true\n' }]) {
      let seen: [string, number] | undefined;
      const { ask } = docker(args => {
        if (args[1] !== 'create') return undefined;
        const file = args[args.indexOf('--buildkitd-config') + 1] ?? '';
        seen = [readFileSync(file, 'utf8'), statSync(file).mode & 0o777];
        return undefined;
      });
      await chooseBuilder(ask, wish({ own }), place({ cwd, directory }));
      expect(seen).toEqual(['debug = true\n', 0o600]);
      expect(readdirSync(directory)).toEqual([]);
    }
    const missing = choose(undefined, { own: { config: 'nope.toml' } });
    await expect(missing).rejects.toThrow(/^buildkitd-config: "nope.toml" cannot be read: ENOENT/);
  });

  test('the name says job and settings; it is told before anything is made', async () => {
    const names = new Set<string>();
    const base = { own: { flags: '--debug' } };
    const variants: [Wish, Partial<Sharing>, Partial<BuilderPlace>][] = [
      [base, {}, {}],
      [base, { job: 'other' }, {}],
      [{ own: { flags: '--other' } }, {}, {}],
      [{ own: { ...base.own, driverOpts: ['network=host'] } }, {}, {}],
      [{ own: { ...base.own, configInline: 'x' } }, {}, {}],
      [{ own: { ...base.own, image: 'x@sha256:1' } }, {}, {}],
      [{ ...base, allow: ['security.insecure'] }, {}, {}],
      [base, {}, { env: { DOCKER_HOST: 'x' } }],
      [{ own: { ...base.own, keep: true } }, {}, {}],
    ];
    for (const [asked, over, where] of variants) {
      const { sharing: shared, told } = sharing(over);
      const { ask, calls } = docker((args, options) => {
        if (args[1] === 'create') expect(told).toHaveLength(asked.own?.keep === true ? 0 : 1);
        return NONE(args, options);
      });
      // The last inspection boots it.
      const chosen = await chooseBuilder(
        (args, options) =>
          args.includes('--bootstrap')
            ? Promise.resolve({ ...OK, stdout: inspectText('x', 'docker-container') })
            : ask(args, options),
        wish(asked),
        place({ ...where, sharing: shared }),
      );
      expect(chosen.name).toMatch(asked.own?.keep === true ? /^seaworthy-kept-\w{10}-\w{10}$/ : /^seaworthy-\w{10}-\w{10}$/);
      expect(told).toEqual(asked.own?.keep === true ? [] : [chosen.name]);
      expect(created(calls)).toContain(chosen.name);
      names.add(chosen.name);
    }
    expect(names.size).toBe(variants.length);
  });

  test('an earlier step made it: it is used, and nobody else has to remove it', async () => {
    const { sharing: shared, told } = sharing();
    const { ask, calls } = docker(on('buildx inspect seaworthy', { stdout: inspectText('s', 'docker-container') }));
    const chosen = await chooseBuilder(ask, wish({ own: { flags: '--debug' } }), place({ sharing: shared }));
    expect(chosen).toMatchObject({ created: false, reason: expect.stringMatching(/^made by an earlier step of this job from /) });
    expect(created(calls)).toEqual([]);
    expect(told).toEqual([]);
  });

  const inState = (line: string): string => inspectText('s', 'docker-container').replace('Status:           running', line);
  const verbs = (calls: readonly FakeCall[]): string[] =>
    calls.map(({ args }) => (args.includes('--bootstrap') ? 'bootstrap' : (args[1] ?? '')));
  const STOPPED = 'Status:           stopped';
  const BROKEN = 'Error:            context deadline exceeded';

  test.each([STOPPED, BROKEN])('one that is there, but not ready (%s), is started again: its cache is worth it', async line => {
    for (const keep of [true, false]) {
      const { sharing: shared, told } = sharing();
      const { ask, calls } = docker(args => (args[1] === 'inspect' && args.length === 3 ? { stdout: inState(line) } : undefined));
      const chosen = await chooseBuilder(ask, wish({ own: { flags: '--debug', keep } }), place({ sharing: shared }));
      expect(verbs(calls)).toEqual(['version', 'inspect', 'bootstrap']);
      expect([chosen.created, told]).toEqual([false, []]);
    }
  });

  test('... and only if it does not start it is removed and made anew', async () => {
    const { sharing: shared, told } = sharing();
    let boots = 0;
    const { ask, calls } = docker(args => {
      if (args.includes('--bootstrap')) return boots++ === 0 ? { exitCode: 1, stderr: 'ERROR: exit code 1' } : undefined;
      return args[1] === 'inspect' ? { stdout: inState(STOPPED) } : undefined;
    });
    const chosen = await chooseBuilder(ask, wish({ own: { flags: '--debug' } }), place({ sharing: shared }));
    expect(verbs(calls)).toEqual(['version', 'inspect', 'bootstrap', 'rm', 'create', 'bootstrap']);
    expect([chosen.created, told]).toEqual([true, [chosen.name]]);
    expect(lines.join('\n')).toContain('is removed and made anew');
  });

  describe('what is not known to be ours and new is never removed', () => {
    const own = { flags: '--debug', keep: true };

    test.each([
      ['a time-out', { exitCode: null, signal: 'SIGTERM' as const, timedOut: true }],
      ['an engine that is ill', { exitCode: 1, stderr: 'ERROR: Cannot connect to the Docker daemon' }],
    ])('%s of the question is no answer', async (_name, answer) => {
      const { ask, calls } = docker(on('buildx inspect seaworthy', answer));
      const error = await chooseBuilder(ask, wish({ own }), place({ sharing: sharing().sharing })).catch((e: unknown) => e);
      expect((error as ToolError).message).toMatch(/^docker buildx inspect failed: /);
      expect(verbs(calls)).toEqual(['version', 'inspect']);
    });

    test.each(['inspect', 'bootstrap', 'create'])('a cancel during %s', async verb => {
      for (const keep of [true, false]) {
        const stop = new AbortController();
        const { ask, calls } = docker((args, options) => {
          const now = args.includes('--bootstrap') ? 'bootstrap' : args[1];
          if (now === verb) {
            stop.abort();
            return { exitCode: null, signal: 'SIGTERM' };
          }
          if (verb === 'bootstrap' && now === 'inspect') return { stdout: inState(STOPPED) };
          return NONE(args, options);
        });
        const where = place({ sharing: sharing().sharing, signal: stop.signal });
        await expect(chooseBuilder(ask, wish({ own: { ...own, keep } }), where)).rejects.toThrow();
        expect(verbs(calls)).not.toContain('rm');
        expect(verbs(calls).at(-1)).toBe(verb);
      }
    });

    test('another job has made it meanwhile: it is used', async () => {
      const { ask, calls } = docker(
        both(
          on('buildx create', { exitCode: 1, stderr: 'ERROR: existing instance for "s" but no append mode' }),
          (args, options) => (args.includes('--bootstrap') ? undefined : NONE(args, options)),
        ),
      );
      const chosen = await chooseBuilder(ask, wish({ own }), place({ sharing: sharing().sharing }));
      expect(verbs(calls)).toEqual(['version', 'inspect', 'create', 'bootstrap']);
      expect(chosen).toMatchObject({ created: false, own: true });
    });

    test('a file of buildx answers where there is one, and no process', async () => {
      const home = await temporaryDirectory();
      mkdirSync(path.join(home, 'instances'));
      const { ask, calls } = docker();
      await chooseBuilder(ask, wish({ own }), place({ sharing: sharing().sharing, env: { BUILDX_CONFIG: home } }));
      expect(verbs(calls)).toEqual(['version', 'create', 'bootstrap']);
    });
  });

  test('an image without a digest is noted', async () => {
    await choose(undefined, { own: { image: 'a/b:1' } });
    expect(lines.at(-1)).toMatch(/a\/b:1 has no digest/);
  });

  describe('the image', () => {
    const clock: Clock = { now: () => 0, sleep: () => Promise.resolve(), random: () => 1 };
    const boots = async (...said: readonly string[]): Promise<{ tries: number; error: unknown; calls: FakeCall[] }> => {
      let tries = 0;
      const { ask, calls } = docker(args => {
        if (!args.includes('--bootstrap')) return undefined;
        const text = said[Math.min(tries++, said.length - 1)] ?? '';
        return text === '' ? undefined : { exitCode: 1, stderr: `#1 pulling image x\n#1 ERROR: ${text}\n------\nERROR: ${text}` };
      });
      const error = await chooseBuilder(ask, wish({ own: { flags: '-D' } }), place({ clock })).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      return { tries, error, calls };
    };

    // As the engine says it: docker/setup-buildx-action#64, #120, #395, #458, #510.
    test.each([
      'Error response from daemon: toomanyrequests: You have reached your pull rate limit.',
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": context deadline exceeded',
      'Error response from daemon: Head "https://registry-1.docker.io/v2/moby/buildkit/manifests/x": received unexpected HTTP status: 503 Service Unavailable',
      'error pulling image configuration: download failed after attempts=6: received unexpected HTTP status: 500 Internal Server Error',
    ])('is tried again after: %s', async text => {
      expect(await boots(text, text, '')).toMatchObject({ tries: 3, error: undefined });
    });

    test('not for ever; then nothing is left behind, and a limit has its own way out', async () => {
      const { tries, error, calls } = await boots('toomanyrequests: You have reached your pull rate limit.');
      expect(tries).toBe(7);
      expect((error as ToolError).message).toContain('toomanyrequests');
      expect((error as ToolError).hint).toMatch(/log in before this step .* "builder-image"/);
      expect((error as ToolError).tail).toContain('#1 pulling image x');
      expect(calls.at(-1)?.args.slice(0, 3)).toEqual(['buildx', 'rm', '--force']);
    });

    test.each<[string, RegExp]>([
      ['Error response from daemon: manifest for a/b:1 not found: manifest unknown', /correct "builder-image"/],
      ['Error response from daemon: pull access denied for a/b', /correct "builder-image"/],
      ['Error response from daemon: privileged mode is incompatible with user namespaces', /privileged container/],
      ['Error response from daemon: cgroup-parent for systemd cgroup should be a valid slice', /"cgroup-parent=/],
      [
        'Error response from daemon: failed to set up container networking: network nope not found',
        /"network=…" in "driver-opts"/,
      ],
      ['write /var/lib/docker/x: no space left on device', /disk of the engine is full/],
      ['Error response from daemon: something else', /"builder-image".*containerd image store/s],
    ])('is not tried again after: %s', async (text, hint) => {
      const { tries, error } = await boots(text);
      expect(tries).toBe(1);
      expect((error as ToolError).hint).toMatch(hint);
    });
  });

  test.each<[string, Partial<BuilderSetup>, string, RegExp]>([
    [
      'an option that the driver lacks',
      { driverOpts: ['nonsense=1'] },
      'ERROR: failed to initialize builder q (q0): invalid driver option nonsense for docker-container driver',
      /^driver-opts: .*nonsense/,
    ],
    [
      'a broken buildkitd.toml',
      { configInline: 'x = [' },
      'ERROR: failed to parse buildkit config: (2, 1): unterminated array',
      /^buildkitd-config-inline: .*unterminated array/,
    ],
  ])('%s is a mistake of the user', async (_name, own, stderr, message) => {
    const error = await choose(on('buildx create', { exitCode: 1, stderr }), { own }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
  });
});

describe('nodes of docker-container builders', () => {
  const paused = inspectText('b', 'docker-container', [{ name: 'b0', endpoint: 'unix:///e', error: 'container is paused' }]);

  test('the engine says why one cannot be used', async () => {
    const error = await choose(
      both(on('buildx inspect', { stdout: paused }), on('--host unix:///e inspect', { stdout: 'paused, exit code 0' })),
    ).catch((thrown: unknown) => thrown);
    expect((error as UserError).message).toBe(
      'Builder "b": the node "b0" (unix:///e) cannot be used: its container is paused (docker unpause buildx_buildkit_b0); needed for linux/amd64, linux/arm64',
    );
  });

  test('else buildx does', async () => {
    await expect(choose(both(on('buildx inspect', { stdout: paused }), on('--host', { exitCode: 1 })))).rejects.toThrow(
      /cannot be used: container is paused/,
    );
  });

  test('one that is not running is started by the build', async () => {
    const stopped = inspectText('b', 'docker-container').replace('Status:           running', 'Status:           stopped');
    expect(await choose(on('buildx inspect', { stdout: stopped }))).toMatchObject({ driver: 'docker-container' });
  });

  test('kubernetes that does not run yet, too; a cluster that does not answer is told with a way out', async () => {
    const inactive = inspectText('k', 'kubernetes').replace('Status:           running', 'Status:           inactive');
    expect(await choose(on('buildx inspect', { stdout: inactive }))).toMatchObject({ driver: 'kubernetes' });
    const error = await choose(on('buildx inspect', { exitCode: null, signal: 'SIGTERM', timedOut: true })).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as ToolError).hint).toMatch(/cluster, cloud or engine/);
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

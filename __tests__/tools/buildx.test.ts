// createBuilder() over a scripted docker: directories, environment, splitting over nodes, failures, cancelling, cleaning up.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Builder, BuildOrder } from '../../src/build/build.ts';
import { readBundle } from '../../src/bundle/read.ts';
import type { Index } from '../../src/bundle/oci.ts';
import { Cancelled, ToolError, UserError } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { anOrder } from '../build/orders.ts';
import { CLASSIC, fakeDocker, inspectText, writeBuild } from '../fakes/docker.ts';
import type { Answer, FakeCall } from '../fakes/docker.ts';
import { AMD64, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';

async function aBuilder(
  answer?: Answer,
  signal?: AbortSignal,
): Promise<{ builder: Builder; calls: FakeCall[]; lines: string[] }> {
  const { run, calls } = fakeDocker(answer);
  const lines: string[] = [];
  const env = { PATH: '/bin', INPUT_PASSWORD: 'hidden', FOO: 'bar' };
  const builder = createBuilder({
    run,
    env,
    directory: await temporaryDirectory(),
    onLine: line => lines.push(line),
    cwd: '/src',
    ...(signal && { signal }),
  });
  return { builder, calls, lines };
}
const builds = (calls: readonly FakeCall[]): FakeCall[] => calls.filter(call => call.args[1] === 'build');
const NODES: Answer = args =>
  args[1] === 'inspect'
    ? {
        stdout: inspectText('farm', 'remote', [
          { name: 'a', platforms: 'linux/amd64*, linux/arm64' },
          { name: 'b', platforms: 'linux/arm64*' },
        ]),
      }
    : undefined;

test('one build, in a fresh directory each time, with the filtered environment', async () => {
  const { builder, calls, lines } = await aBuilder();
  const first = await builder.build(anOrder({ sourceDateEpoch: 5 }));
  const second = await builder.build(anOrder());
  expect(first.layout).not.toBe(second.layout);
  expect(builds(calls)).toHaveLength(2);
  expect(builds(calls)[0]?.options.env).toEqual({
    PATH: '/bin',
    FOO: 'bar',
    SOURCE_DATE_EPOCH: '5',
    BUILDX_METADATA_PROVENANCE: 'disabled',
  });
  expect(builds(calls)[0]?.options.cwd).toBe('/src');
  expect(calls.every(call => !('INPUT_PASSWORD' in call.options.env))).toBe(true);
  expect(calls.filter(call => call.args[1] === 'inspect')).toHaveLength(1);
  expect((await readBundle(first.layout)).root.digest).toBe(first.facts.metadataDigest);
  expect(first.facts.builder).toMatchObject({ name: 'default', driver: 'docker', buildx: '0.29.1', nodes: 1 });
  expect(lines[0]).toMatch(/^builder default \(docker\): the engine has the containerd image store/);
});

test('several nodes: one build a platform, side by side, merged in the order of platforms with the annotations of the plan', async () => {
  let running = 0;
  let most = 0;
  const { builder, calls } = await aBuilder(async (args, options) => {
    if (args[1] !== 'build') return NODES(args, options);
    most = Math.max(most, ++running);
    await new Promise(resolve => setTimeout(resolve, 20));
    await writeBuild(args);
    running -= 1;
    return {};
  });
  const { layout, facts } = await builder.build(
    anOrder({ platforms: [ARM64, AMD64], annotations: [{ level: 'index', key: 'a', value: 'b' }] }),
  );
  expect(most).toBe(2);
  expect(
    builds(calls)
      .map(call => call.args[call.args.indexOf('--platform') + 1])
      .sort(),
  ).toEqual(['linux/amd64', 'linux/arm64']);
  expect(builds(calls).some(call => call.args.includes('--annotation'))).toBe(false);
  const bundle = await readBundle(layout, { digest: facts.metadataDigest });
  expect(bundle.images.map(image => image.platform)).toEqual([ARM64, AMD64]);
  const index = JSON.parse(readFileSync(blobFile(layout, bundle.root.digest), 'utf8')) as Index;
  expect(index.annotations).toEqual({ a: 'b' });
  expect(index.manifests.map(entry => entry.platform?.architecture)).toEqual(['arm64', 'unknown', 'amd64', 'unknown']);
  expect(facts.builder.nodes).toBe(2);
});

test('several nodes, one platform: one plain build', async () => {
  const { builder, calls } = await aBuilder(NODES);
  await builder.build(anOrder({ platforms: [ARM64], annotations: [{ level: 'index', key: 'a', value: 'b' }] }));
  expect(builds(calls)).toHaveLength(1);
  expect(builds(calls)[0]?.args).toContain('--annotation');
});

test('one platform fails: the others are stopped, and its own error is the one that is told', async () => {
  let stopped = false;
  let started = (): void => undefined;
  const running = new Promise<void>(resolve => (started = resolve));
  const { builder } = await aBuilder(async (args, options) => {
    if (args[1] !== 'build') return NODES(args, options);
    if (args.includes('linux/arm64')) {
      await running;
      return { exitCode: 1, stderr: 'ERROR: failed to solve: boom' };
    }
    return new Promise(resolve => {
      options.signal?.addEventListener('abort', () => {
        stopped = true;
        resolve({ exitCode: null, signal: 'SIGTERM' });
      });
      started();
    });
  });
  await expect(builder.build(anOrder())).rejects.toThrow('The build failed: boom');
  expect(stopped).toBe(true);
});

test('a failure is a ToolError with what buildx said', async () => {
  const { builder } = await aBuilder(args =>
    args[1] === 'build' ? { exitCode: 1, stderr: 'Dockerfile:2\nERROR: failed to solve: boom' } : undefined,
  );
  const error = await builder.build(anOrder()).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  expect((error as ToolError).message).toBe('The build failed at Dockerfile:2: boom');
});

test('a build without metadata is not believed', async () => {
  const { builder } = await aBuilder(args => (args[1] === 'build' ? {} : undefined));
  await expect(builder.build(anOrder())).rejects.toThrow(/no readable metadata file for linux\/amd64, linux\/arm64/);
});

test('cancelled while it builds, and before', async () => {
  const stop = new AbortController();
  const { builder, calls } = await aBuilder(args => {
    if (args[1] === 'build') stop.abort();
    return args[1] === 'build' ? { exitCode: 1, stderr: 'ERROR: context canceled' } : undefined;
  }, stop.signal);
  await expect(builder.build(anOrder())).rejects.toBeInstanceOf(Cancelled);
  await expect(builder.build(anOrder())).rejects.toBeInstanceOf(Cancelled);
  expect(builds(calls)).toHaveLength(1);
});

test('close() removes the builder that was created, once, also after a cancel; and no other', async () => {
  const stop = new AbortController();
  const created = await aBuilder(args => (args[0] === 'info' ? { stdout: CLASSIC } : undefined), stop.signal);
  const { facts, layout } = await created.builder.build(anOrder());
  stop.abort();
  await created.builder.close();
  await created.builder.close();
  const removed = created.calls.filter(call => call.args[1] === 'rm');
  expect(removed.map(call => call.args)).toEqual([['buildx', 'rm', '--force', facts.builder.name]]);
  expect(removed[0]?.options.signal).toBeUndefined();
  expect(existsSync(layout)).toBe(true);

  const used = await aBuilder();
  await used.builder.close();
  await used.builder.build(anOrder());
  await used.builder.close();
  expect(used.calls.some(call => call.args[1] === 'rm')).toBe(false);
});

test('a builder that cannot be removed is told, not thrown', async () => {
  const { builder, lines } = await aBuilder(args =>
    args[0] === 'info' ? { stdout: CLASSIC } : args[1] === 'rm' ? { exitCode: 1, stderr: 'busy' } : undefined,
  );
  await builder.build(anOrder());
  await builder.close();
  expect(lines.at(-1)).toMatch(/^the builder seaworthy-\w+ could not be removed: busy$/);
});

test('after a choice that failed the next build asks again', async () => {
  let down = true;
  const { builder } = await aBuilder(args => (args[0] === 'info' && down ? { exitCode: 1, stderr: 'down' } : undefined));
  await expect(builder.build(anOrder())).rejects.toThrow(/does not answer/);
  down = false;
  await expect(builder.build(anOrder())).resolves.toBeDefined();
});

test('several nodes: each level of annotations ends where one node would have put it', async () => {
  const { builder, calls } = await aBuilder(NODES);
  const annotations = [
    { level: 'manifest', key: 'm', value: 'all' },
    { level: 'manifest[linux/arm64]', key: 'm', value: 'arm' },
    { level: 'manifest-descriptor', key: 'd', value: 'all' },
    { level: 'manifest-descriptor[linux/amd64]', key: 'd', value: 'amd' },
    { level: 'index', key: 'i', value: '1' },
    { level: 'index-descriptor', key: 'x', value: '1' },
  ];
  const { layout } = await builder.build(anOrder({ platforms: [AMD64, ARM64], annotations }));
  const asked = builds(calls).map(({ args }) => [
    args[args.indexOf('--platform') + 1],
    args.filter((_, at) => args[at - 1] === '--annotation'),
  ]);
  expect(asked.sort()).toEqual([
    ['linux/amd64', ['manifest:m=all']],
    ['linux/arm64', ['manifest:m=arm']],
  ]);
  const top = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as Index;
  expect(top.manifests.map(entry => entry.annotations)).toEqual([{ x: '1' }]);
  const index = JSON.parse(readFileSync(blobFile(layout, top.manifests[0]?.digest ?? ''), 'utf8')) as Index;
  expect(index.annotations).toEqual({ i: '1' });
  const images = index.manifests.filter(entry => entry.platform?.os !== 'unknown');
  expect(images.map(entry => entry.annotations)).toEqual([{ d: 'amd' }, { d: 'all' }]);
});

describe('secrets', () => {
  const order = anOrder({
    secrets: [
      { id: 'typed', from: 'input' },
      { id: 'npm', from: 'variable', variable: 'GITHUB_TOKEN' },
      { id: 'rc', from: 'file', file: 'rc' },
    ],
  });

  test('a typed value is in a private file while buildx runs, whatever the end, and in no argument', async () => {
    for (const exitCode of [0, 1]) {
      const cwd = await temporaryDirectory();
      const directory = await temporaryDirectory();
      writeFileSync(join(cwd, 'rc'), 'canary-file');
      const masked: string[] = [];
      let found: [string, number, number] | undefined;
      const { run, calls } = fakeDocker(args => {
        if (args[1] !== 'build') return undefined;
        const file = /^id=typed,src=(.*)$/.exec(args[args.indexOf('--secret') + 1] ?? '')?.[1] ?? '';
        found = [readFileSync(file, 'utf8'), statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777];
        return exitCode === 0 ? undefined : { exitCode, stderr: 'ERROR: boom' };
      });
      const builder = createBuilder({
        run,
        env: { PATH: '/bin', GITHUB_TOKEN: 'canary-env' },
        directory,
        cwd,
        secrets: new Map([['typed', 'canary-typed\nsecond']]),
        onSecret: value => masked.push(value),
        onLine: () => undefined,
      });
      await builder.build(order).catch((error: unknown) => expect(String(error)).toContain('boom'));
      expect(found).toEqual(['canary-typed\nsecond', 0o600, 0o700]);
      expect(masked.sort()).toEqual(['canary-env', 'canary-file', 'canary-typed\nsecond']);
      expect(calls.flatMap(call => call.args).join('\n')).not.toContain('canary');
      expect(builds(calls)[0]?.options.env['GITHUB_TOKEN']).toBe('canary-env');
      expect(calls.filter(call => call.args[1] !== 'build').every(call => !('GITHUB_TOKEN' in call.options.env))).toBe(true);
      expect(readdirSync(directory).filter(name => name.startsWith('secrets'))).toEqual([]);
    }
  });

  test('a cancelled build leaves no file either', async () => {
    const directory = await temporaryDirectory();
    const stop = new AbortController();
    const { run } = fakeDocker(args => {
      if (args[1] === 'build') stop.abort();
      return args[1] === 'build' ? { exitCode: null, signal: 'SIGTERM' } : undefined;
    });
    const secrets = new Map([['typed', 'canary']]);
    const options = { run, env: {}, directory, secrets, onLine: () => undefined, signal: stop.signal };
    const typed = anOrder({ secrets: [{ id: 'typed', from: 'input' }] });
    await expect(createBuilder(options).build(typed)).rejects.toBeInstanceOf(Cancelled);
    expect(readdirSync(directory).filter(name => name.startsWith('secrets'))).toEqual([]);
  });

  test.each<[string, BuildOrder['secrets'][number], RegExp]>([
    ['a variable that is not set', { id: 'a', from: 'variable', variable: 'NOPE' }, /secret-envs: .* NOPE, which is not set/],
    ['a file that is missing', { id: 'a', from: 'file', file: 'no/such' }, /secret-files: .* no\/such, which does not exist/],
    ['a directory', { id: 'a', from: 'file', file: '.' }, /which is not a file/],
  ])('%s: nothing is started', async (_name, secret, message) => {
    const { run, calls } = fakeDocker();
    const builder = createBuilder({ run, env: {}, directory: await temporaryDirectory(), onLine: () => undefined });
    const error = await builder.build(anOrder({ secrets: [secret] })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect(calls).toEqual([]);
  });
});

test('a builder that is created grants what the build asks for', async () => {
  const classic: Answer = args => (args[0] === 'info' ? { stdout: CLASSIC } : undefined);
  const created = async (allow: string[]): Promise<string> => {
    const { builder, calls } = await aBuilder(classic);
    await builder.build(anOrder({ allow }));
    return calls.find(call => call.args[1] === 'create')?.args.join(' ') ?? '';
  };
  expect(await created(['network.host'])).not.toContain('--buildkitd-flags');
  expect(await created(['security.insecure'])).toContain(
    '--buildkitd-flags --allow-insecure-entitlement=network.host --allow-insecure-entitlement=security.insecure',
  );
});

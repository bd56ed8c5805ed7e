// Builders other than the engine's own: several remote nodes, and one that is created because the engine has the classic store.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { Index } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { cleanUp } from '../../src/clean-up.ts';
import { ToolError, UserError } from '../../src/errors.ts';
import type { BuilderSetup } from '../../src/plan/plan.ts';
import type { Platform } from '../../src/plan/platform.ts';
import type { Sharing } from '../../src/tools/builder-create.ts';
import { createBuildxProgram } from '../../src/tools/buildx-program.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { sha256OfFile } from '../../src/tools/hash.ts';
import { installBuildx } from '../../src/tools/install.ts';
import type { InstalledTool } from '../../src/tools/install.ts';
import { BUILDX } from '../../src/tools/pins.ts';
import type { PinTable } from '../../src/tools/pins.ts';
import { parseInspect } from '../../src/tools/buildx-inspect.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { hubSettings, makeBuilderImage, startClassicEngine, startRunningNode } from './buildkit-parts.ts';
import type { RunningNode } from './buildkit-parts.ts';
import { ownDockerConfig, realBuilder, stepEnvironment, testbed } from './buildx-testbed.ts';

jest.setTimeout(180_000);

const fresh = (): string => randomBytes(6).toString('hex');

/** Asks the real docker, and throws what it says. */
async function docker(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  const result = await run('docker', args, { env });
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return result.stdout;
}

/** A remote builder; a node's platforms are given to it unless they are ''. */
async function makeRemote(
  env: Readonly<Record<string, string>>,
  name: string,
  ...nodes: (readonly [address: string, platforms: string])[]
): Promise<void> {
  for (const [at, [address, platforms]] of nodes.entries()) {
    const given = platforms === '' ? [] : ['--platform', platforms];
    const more = at === 0 ? [] : ['--append', '--node', `${name}-${at}`];
    await docker(env, 'buildx', 'create', '--name', name, ...more, '--driver', 'remote', ...given, address);
  }
}

test('two remote nodes of different platforms: one build each, merged into the bundle that one node would have made; a dead one is named at once', async () => {
  const running = [await startRunningNode(['linux/amd64']), await startRunningNode(['linux/arm64'])] as const;
  const nodes = running.map(node => node.address);
  const config = await ownDockerConfig();
  const env = stepEnvironment(config);
  await makeRemote(env, 'farm', [nodes[0] ?? '', 'linux/amd64'], [nodes[1] ?? '', 'linux/arm64']);
  expect(parseInspect(await docker(env, 'buildx', 'inspect', 'farm'))).toMatchObject({
    name: 'farm',
    driver: 'remote',
    nodes: [{ buildkit: 'v0.33.1' }, { buildkit: 'v0.33.1' }],
  });

  const files = { Dockerfile: 'FROM debian:12\nCOPY a /a\nRUN uname -m > /machine\n', a: fresh() };
  const { builder, lines } = await realBuilder({ files, env });
  const order = anOrder({
    builder: 'farm',
    platforms: [ARM64, AMD64],
    annotations: [
      { level: 'index', key: 'org.opencontainers.image.version', value: '1' },
      { level: 'manifest', key: 'm', value: 'all' },
      { level: 'manifest[linux/arm64]', key: 'm', value: 'arm' },
      { level: 'manifest-descriptor', key: 'd', value: '1' },
    ],
    labels: { x: 'y' },
    sourceDateEpoch: 1_700_000_000,
  });
  const { layout, facts } = await builder.build(order);
  const bundle = await readBundle(layout, { digest: facts.metadataDigest, platforms: order.platforms });
  await verifyBlobs(bundle);
  expect(facts.builder).toMatchObject({ name: 'farm', driver: 'remote', nodes: 2, reason: 'named by the input "builder"' });
  expect(bundle.images.map(image => [image.platform, image.labels['x'], image.attestations.length])).toEqual([
    [ARM64, 'y', 1],
    [AMD64, 'y', 1],
  ]);
  const index = JSON.parse(readFileSync(blobFile(layout, bundle.root.digest), 'utf8')) as Index;
  expect(index.annotations).toEqual({ 'org.opencontainers.image.version': '1' });
  const images = index.manifests.filter(entry => entry.platform?.os !== 'unknown');
  expect(images.map(entry => entry.annotations)).toEqual([{ d: '1' }, { d: '1' }]);
  const manifests = images.map(({ digest }) => JSON.parse(readFileSync(blobFile(layout, digest), 'utf8')) as Index);
  expect(manifests.map(manifest => manifest.annotations)).toEqual([{ m: 'arm' }, { m: 'all' }]);
  expect(lines.some(line => line.startsWith('[linux/arm64] #'))).toBe(true);
  expect(facts.steps.some(step => step.name.startsWith('[linux/amd64] ') && step.name.includes('RUN uname'))).toBe(true);

  const again = await readBundle((await builder.build(order)).layout);
  expect(again.images.map(image => image.manifest.digest)).toEqual(bundle.images.map(image => image.manifest.digest));

  const broken = await realBuilder({
    files: { Dockerfile: 'FROM debian:12\nARG TARGETARCH\nRUN test $TARGETARCH = amd64\n' },
    env,
  });
  const error = await broken.builder.build(anOrder({ builder: 'farm' })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  expect((error as ToolError).message).toMatch(
    /^The build failed at Dockerfile:3, .*RUN test .*: the command ended with exit code 1$/,
  );

  await currentByOwnProgram(env);
  await nodesThatDie(env, running);
});

/** The current builder, plain images, and all of it by a buildx that was verified and started on its own: it knows the same builders. */
async function currentByOwnProgram(env: Readonly<Record<string, string>>): Promise<void> {
  const plugin = join(env['DOCKER_CONFIG'] ?? '', 'cli-plugins', 'docker-buildx');
  const version = /buildx v?(\S+)/.exec(await docker(env, 'buildx', 'version'))?.[1] ?? '';
  const hash = await sha256OfFile(plugin);
  const pins: PinTable = { ...BUILDX, rows: { [version]: { amd64: hash, arm64: hash } } };
  const started: string[] = [];
  const watched: Run = (command, args, options) => {
    started.push(command);
    return run(command, args, options);
  };
  const directory = await temporaryDirectory();
  const download = async ({ file }: { readonly file: string }): Promise<void> => {
    await mkdir(dirname(file), { recursive: true });
    await copyFile(plugin, file);
  };
  const install = (wanted?: string): Promise<InstalledTool> =>
    installBuildx({ version: wanted, pins, directory, cache: join(directory, 'cache'), run, download });
  const program = createBuildxProgram({ run: watched, version, pins, install, onNote: () => undefined });
  const files = { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' };
  const { builder } = await realBuilder({ files, env: { ...env, BUILDX_BUILDER: 'farm' }, run: program.run });
  const { layout, facts } = await builder.build(anOrder({ provenance: 'false', platforms: [AMD64, ARM64] }));
  expect(facts.builder).toMatchObject({
    name: 'farm',
    nodes: 2,
    reason: 'the current builder, and its driver (remote) writes OCI layouts',
  });
  const { images, root } = await readBundle(layout, { digest: facts.metadataDigest });
  expect(root.mediaType).toBe('application/vnd.oci.image.index.v1+json');
  expect(images.map(image => [image.platform, image.attestations])).toEqual([
    [AMD64, []],
    [ARM64, []],
  ]);
  expect(new Set(started)).toEqual(new Set([program.path()]));
}

/** What is wrong with which node is told in our own words, which name the seconds that we waited: buildx waits 20 to describe a builder and 40 to fail at it. */
async function nodesThatDie(
  env: Readonly<Record<string, string>>,
  [amd, arm]: readonly [RunningNode, RunningNode],
): Promise<void> {
  const files = { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' };
  const on = async (
    builder: string,
    platforms: readonly Platform[],
  ): Promise<{ error: Error & { hint?: string }; lines: string[] }> => {
    const real = await realBuilder({ files, env });
    const error = await real.builder.build(anOrder({ builder, platforms: [...platforms] })).then(
      () => new Error('built'),
      (thrown: unknown) => thrown as Error,
    );
    return { error, lines: real.lines };
  };
  // Nobody was given a platform: the first node lists both (one emulated), so all is built there in one go.
  await makeRemote(env, 'free', [amd.address, ''], [arm.address, '']);
  const free = await realBuilder({ files, env });
  const { facts, layout } = await free.builder.build(anOrder({ builder: 'free', platforms: [ARM64, AMD64] }));
  expect(facts.builder.nodes).toBe(2);
  expect(free.commands.filter(line => line.includes('buildx build'))).toHaveLength(1);
  expect((await readBundle(layout, { digest: facts.metadataDigest })).images).toHaveLength(2);

  arm.signal('SIGSTOP');
  const stopped = await on('farm', [AMD64, ARM64]);
  expect(stopped.error).toBeInstanceOf(UserError);
  expect(stopped.error.message).toBe(
    `Builder "farm": the node "farm-1" (${arm.address}) accepts connections, but does not answer (8 s); needed for linux/arm64`,
  );
  expect(stopped.error.hint).toContain('docker buildx create --name farm --node farm-1 --leave');
  const unneeded = await on('farm', [AMD64]);
  expect(unneeded.error.message).toBe('built');
  expect(unneeded.lines.join('\n')).toMatch(/the node "farm-1" .* does not answer \(8 s\); no wanted platform needs it/);
  const asked = await on('free', [AMD64]);
  expect(asked.error.hint).toMatch(/linux\/amd64 was given to no node, so every node is asked/);

  arm.signal('SIGKILL');
  const port = await freePort();
  await makeRemote(env, 'wrong', [amd.address, 'linux/amd64'], [`tcp://127.0.0.1:${port}`, 'linux/arm64']);
  const [killed, wrong] = [await on('farm', [ARM64]), await on('wrong', [ARM64, AMD64])];
  expect(killed.error.message).toMatch(
    /the node "farm-1" .* does not answer: (connection refused|there is no such socket); needed for linux\/arm64$/,
  );
  expect(wrong.error.message).toBe(
    `Builder "wrong": the node "wrong-1" (tcp://127.0.0.1:${port}) does not answer: connection refused; needed for linux/arm64`,
  );
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as net.AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}

test('a builder of our own: its options arrive, later steps find it, the post step removes it, also after a cancel; one that was stopped is started again', async () => {
  const image = await makeBuilderImage(testbed.engine.dockerHost, `seaworthy-test/buildkit:${fresh()}`);
  const hub = await hubSettings();
  const env = stepEnvironment(await ownDockerConfig());
  const state = join(await temporaryDirectory(), 'state');
  const told: string[] = [];
  let over = false;
  const job = fresh();
  const sharing: Sharing = { job, machine: job, onCreate: name => told.push(name), cancelled: () => over };
  const setup: BuilderSetup = {
    image,
    driverOpts: ['network=host', '"env.NO_PROXY=localhost,127.0.0.1"', 'env.A=b=c'],
    configInline: `debug = true\n${hub}`,
    flags: '--oci-worker-gc=false',
    keep: false,
  };
  const files = { Dockerfile: 'FROM debian:12\nRUN --security=insecure true\n' };
  const order = anOrder({ setup, allow: ['security.insecure'], platforms: [AMD64] });
  const first = await realBuilder({ files, env, sharing });
  const { facts } = await first.builder.build(order);
  await first.builder.close();
  const { name } = facts.builder;
  expect(facts.builder.reason).toBe(
    `created from ${image}, because "builder-image" and "driver-opts" and "buildkitd-config-inline" and "buildkitd-flags" ask for one of our own`,
  );
  expect(told).toEqual([name]);

  const container = `buildx_buildkit_${name}0`;
  const [described] = JSON.parse(await docker(env, 'inspect', container)) as [
    { Config: { Env: string[]; Cmd: string[] }; HostConfig: { NetworkMode: string } },
  ];
  expect(described.Config.Env).toEqual(expect.arrayContaining(['NO_PROXY=localhost,127.0.0.1', 'A=b=c']));
  expect(described.HostConfig.NetworkMode).toBe('host');
  expect(described.Config.Cmd).toEqual(
    expect.arrayContaining(['--oci-worker-gc=false', '--allow-insecure-entitlement=security.insecure']),
  );
  await docker(env, 'cp', `${container}:/etc/buildkit/buildkitd.toml`, state);
  expect(readFileSync(state, 'utf8')).toMatch(/^debug = true$/m);

  const second = await realBuilder({ files, env, sharing });
  const again = await second.builder.build(order);
  await second.builder.close();
  expect(again.facts.builder).toMatchObject({
    name,
    reason: expect.stringMatching(/^made by an earlier step of this job from /),
  });
  expect(again.facts.steps.some(step => step.cached)).toBe(true);
  expect(told).toEqual([name]);

  const exists = async (): Promise<boolean> => (await run('docker', ['inspect', container], { env })).exitCode === 0;
  const posted: string[] = [];
  const cleanups = JSON.stringify([{ kind: 'builder', name, env: { DOCKER_CONFIG: env['DOCKER_CONFIG'] } }]);
  const post = (): Promise<void> =>
    cleanUp({ ...env, DOCKER_CONFIG: '/nowhere', STATE_cleanups: cleanups }, text => posted.push(text));
  await post();
  expect(await exists()).toBe(false);
  expect(await docker(env, 'volume', 'ls', '--quiet')).not.toContain(container);
  // Whoever comes second finds it gone.
  await post();
  expect(posted).toEqual([`Removed the builder ${name}.\n`, `Removed the builder ${name}.\n`]);

  const cancelled = await realBuilder({ files, env, sharing });
  await cancelled.builder.build(order);
  expect(await exists()).toBe(true);
  over = true;
  await cancelled.builder.close();
  // Whoever is cancelled has no time: the post step comes after it.
  expect(await exists()).toBe(true);

  // One that is merely stopped keeps its cache.
  await docker(env, 'stop', '--time', '1', container);
  over = false;
  const third = await realBuilder({ files, env, sharing });
  const revived = await third.builder.build(order);
  expect(revived.facts.builder).toMatchObject({ name, reason: expect.stringMatching(/^made by an earlier step/) });
  expect(revived.facts.steps.some(step => step.name.includes('RUN') && step.cached)).toBe(true);
  await post();
  expect(await exists()).toBe(false);
});

test('the classic image store: a docker-container builder is created, used and removed', async () => {
  const classic = await startClassicEngine();
  // Where the engine is not ours to configure, only its answer about the store is played; the rest is real.
  const playClassic: Run = (command, args, options) => {
    const asked = args.includes('info') && classic === undefined;
    return asked
      ? Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: '[]', stderr: '', seconds: 0 })
      : run(command, args, options);
  };
  const host = classic ?? testbed.engine.dockerHost;
  const image = await makeBuilderImage(host, `seaworthy-test/buildkit:${fresh()}`);
  const env = { ...stepEnvironment(await ownDockerConfig(await hubSettings())), DOCKER_HOST: host };
  const { builder } = await realBuilder({
    files: { Dockerfile: 'FROM debian:12\nCOPY a /a\n', a: fresh() },
    env,
    run: playClassic,
  });

  const { layout, facts } = await builder.build(
    anOrder({ setup: { image, driverOpts: [], keep: false }, annotations: [{ level: 'index', key: 'a', value: 'b' }] }),
  );
  const bundle = await readBundle(layout, { digest: facts.metadataDigest, platforms: [AMD64, ARM64] });
  await verifyBlobs(bundle);
  expect(facts.builder).toMatchObject({ driver: 'docker-container', buildkit: 'v0.33.1' });
  expect(facts.builder.name).toMatch(/^seaworthy-[0-9a-f]{8}$/);
  expect(facts.builder.reason).toBe(`created from ${image}, because "builder-image" asks for one of our own`);

  const containers = async (): Promise<string> =>
    (await run('docker', ['ps', '--all', '--format', '{{.Names}}'], { env })).stdout;
  expect(await containers()).toContain(facts.builder.name);
  await builder.close();
  expect(await containers()).not.toContain(facts.builder.name);
  expect((await run('docker', ['volume', 'ls', '--quiet'], { env })).stdout).not.toContain(facts.builder.name);
  expect((await run('docker', ['buildx', 'inspect', facts.builder.name], { env })).exitCode).toBe(1);
});

test('a builder image that cannot be had: said with the way out, and nothing is left behind', async () => {
  const playClassic: Run = (command, args, options) =>
    args.includes('info')
      ? Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: '[]', stderr: '', seconds: 0 })
      : run(command, args, options);
  const env = stepEnvironment(await ownDockerConfig(await hubSettings()));
  const { builder } = await realBuilder({ files: { Dockerfile: 'FROM debian:12\n' }, env, run: playClassic });
  const error = await builder
    .build(anOrder({ setup: { image: `moby/buildkit:no-such-${fresh()}`, driverOpts: [], keep: false } }))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  expect((error as ToolError).message).toMatch(/could not be started: .*no-such-/);
  expect((error as ToolError).hint).toContain('"builder-image"');
  expect((await run('docker', ['buildx', 'ls'], { env })).stdout).not.toContain('seaworthy-');
});

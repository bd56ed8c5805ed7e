// Builders other than the engine's own: several remote nodes, and one that is created because the engine has the classic store.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, jest, test } from '@jest/globals';
import type { Index } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { ToolError } from '../../src/errors.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { parseInspect } from '../../src/tools/buildx-inspect.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARM64, blobFile } from '../fakes/layouts.ts';
import { hubSettings, makeBuilderImage, startClassicEngine, startNode } from './buildkit-parts.ts';
import { ownDockerConfig, realBuilder, stepEnvironment, testbed } from './buildx-testbed.ts';

jest.setTimeout(180_000);

const fresh = (): string => randomBytes(6).toString('hex');

test('two remote nodes of different platforms: one build each, merged into the bundle that one node would have made', async () => {
  const nodes = [await startNode(['linux/amd64']), await startNode(['linux/arm64'])];
  const config = await ownDockerConfig();
  const env = stepEnvironment(config);
  const docker = async (...args: string[]): Promise<string> => {
    const result = await run('docker', args, { env });
    if (result.exitCode !== 0) throw new Error(result.stderr);
    return result.stdout;
  };
  await docker('buildx', 'create', '--name', 'farm', '--driver', 'remote', '--platform', 'linux/amd64', nodes[0] ?? '');
  await docker(
    'buildx',
    'create',
    '--name',
    'farm',
    '--append',
    '--node',
    'armnode',
    '--driver',
    'remote',
    '--platform',
    'linux/arm64',
    nodes[1] ?? '',
  );
  expect(parseInspect(await docker('buildx', 'inspect', 'farm'))).toMatchObject({
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
  expect(facts.builder.reason).toBe(`created from ${image}, because the engine's classic image store cannot write OCI layouts`);

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

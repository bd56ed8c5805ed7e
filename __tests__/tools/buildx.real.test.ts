// buildx on the testbed's engine (docker driver, containerd image store): what is ordered is what is in the layout.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { merge } from '../../src/bundle/merge.ts';
import type { Index, Manifest } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { writeView } from '../../src/bundle/view.ts';
import { Cancelled, explain, ToolError, UserError } from '../../src/errors.ts';
import { platformName } from '../../src/plan/platform.ts';
import { aPlan } from '../builders/record.ts';
import { anOrder, aRequest } from '../build/orders.ts';
import { AMD64, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { realBuilder, testbed } from './buildx-testbed.ts';

jest.setTimeout(120_000);

const TWO = [AMD64, ARM64];
const EPOCH = 1_700_000_000;
/** Unique, so that no step is cached from an earlier run of these tests. */
const fresh = (): string => randomBytes(6).toString('hex');
const dockerfile = (...lines: string[]): { Dockerfile: string } => ({ Dockerfile: `${lines.join('\n')}\n` });

function json(bundle: Bundle, digest: string): unknown {
  return JSON.parse(readFileSync(blobFile(bundle.directory, digest), 'utf8'));
}
const lastLayer = (bundle: Bundle, at: number): string =>
  gunzipSync(readFileSync(blobFile(bundle.directory, bundle.images[at]?.layers.at(-1)?.digest ?? ''))).toString('latin1');
const platforms = (bundle: Bundle): string[] => bundle.images.map(image => platformName(image.platform));

test('two platforms with RUN steps: names, labels, annotations, dates, attestations and bytes are as ordered', async () => {
  expect(testbed.emulation).toContain('linux/arm64');
  const files = { ...dockerfile('FROM debian:12', 'COPY hello.txt /hello.txt', 'RUN uname -m > /machine'), 'hello.txt': fresh() };
  const { builder, lines, commands } = await realBuilder({
    files,
    env: { INPUT_PASSWORD: 'canary-7261', GITHUB_TOKEN: 'canary-7262' },
  });
  const buildNames = ['registry.example/acme/app:1.2.3', 'registry.example/acme/app:latest'];
  const plan = aPlan({
    platforms: TWO,
    buildNames,
    buildLabels: { 'org.opencontainers.image.title': 'My "app", v1' },
    annotations: [{ level: 'index', key: 'org.opencontainers.image.version', value: '1.2.3' }],
    build: aRequest({ sourceDateEpoch: EPOCH }),
  });
  const { bundle, facts } = await build({ plan, builder });
  await verifyBlobs(bundle);

  expect(platforms(bundle)).toEqual(['linux/amd64', 'linux/arm64']);
  expect(bundle.root.digest).toBe(facts.metadataDigest);
  expect(bundle.images.map(image => image.labels)).toEqual(
    [plan.buildLabels, plan.buildLabels].map(labels => expect.objectContaining(labels) as unknown),
  );
  expect(bundle.images.map(image => image.created)).toEqual(['2023-11-14T22:13:20Z', '2023-11-14T22:13:20Z']);
  expect((json(bundle, bundle.root.digest) as Index).annotations).toEqual({ 'org.opencontainers.image.version': '1.2.3' });
  expect(lastLayer(bundle, 0)).toContain('x86_64');
  expect(lastLayer(bundle, 1)).toContain('aarch64');

  for (const image of bundle.images) {
    const manifest = json(bundle, image.attestations[0]?.digest ?? '') as Manifest;
    const statement = json(bundle, manifest.layers[0]?.digest ?? '') as {
      subject: { name: string; digest: { sha256: string } }[];
    };
    expect(statement.subject.map(subject => subject.digest.sha256)).toEqual(buildNames.map(() => image.manifest.digest.slice(7)));
    expect(JSON.stringify(statement)).not.toContain('canary-72');
  }
  expect([...lines, ...commands].join('\n')).not.toMatch(/canary-72|Write failed/);
  expect(facts.builder).toMatchObject({ name: 'default', driver: 'docker', nodes: 1 });
  expect(facts.steps.filter(step => step.name.includes('RUN uname')).map(step => step.cached)).toEqual([false, false]);
  expect(lines.join('\n')).toMatch(/#\d+ \[linux\/arm64 3\/3\] RUN uname/);
});

test('built again: another directory, the same platform manifests, every step cached', async () => {
  const { builder } = await realBuilder({
    files: { ...dockerfile('FROM debian:12', 'COPY a /a', 'RUN cat /a > /b'), a: fresh() },
  });
  const order = anOrder({ platforms: TWO, sourceDateEpoch: EPOCH });
  const first = await builder.build(order);
  const second = await builder.build(order);
  expect(second.layout).not.toBe(first.layout);
  const digests = async (layout: string): Promise<string[]> =>
    (await readBundle(layout)).images.map(image => image.manifest.digest);
  expect(await digests(second.layout)).toEqual(await digests(first.layout));
  expect(second.facts.steps.filter(step => /COPY|RUN/.test(step.name)).every(step => step.cached)).toBe(true);
});

test('one platform without attestations is one bare manifest, annotated itself', async () => {
  const { builder } = await realBuilder({ files: dockerfile('FROM debian:12', `LABEL x=${fresh()}`) });
  const { layout, facts } = await builder.build(
    anOrder({ platforms: [ARM64], provenance: 'false', annotations: [{ level: 'manifest', key: 'a', value: 'b' }] }),
  );
  const bundle = await readBundle(layout, { digest: facts.metadataDigest, platforms: [ARM64] });
  expect(bundle.root.mediaType).toBe('application/vnd.oci.image.manifest.v1+json');
  expect(bundle.manifests).toHaveLength(1);
  expect((json(bundle, bundle.root.digest) as Manifest).annotations).toEqual({ a: 'b' });
});

test('one platform with attestations, and several without', async () => {
  const { builder } = await realBuilder({ files: dockerfile('FROM debian:12', `LABEL x=${fresh()}`) });
  const one = await readBundle(
    (
      await builder.build(
        anOrder({ platforms: [AMD64], provenance: 'mode=min', annotations: [{ level: 'index', key: 'a', value: 'b' }] }),
      )
    ).layout,
  );
  expect(one.images[0]?.attestations).toHaveLength(1);
  const two = await readBundle(
    (await builder.build(anOrder({ provenance: 'false', annotations: [{ level: 'index', key: 'a', value: 'b' }] }))).layout,
  );
  expect(two.images.flatMap(image => image.attestations)).toEqual([]);
  expect(two.manifests).toHaveLength(3);
});

test('context, file, target and build arguments take effect; a bare build argument reads the environment', async () => {
  const containerfile = [
    'FROM debian:12 AS wanted',
    'ARG ONE',
    'ARG BARE',
    'LABEL one=$ONE bare=$BARE',
    'FROM wanted',
    'LABEL last=yes',
  ].join('\n');
  const { builder } = await realBuilder({
    files: { 'sub/x': 'x', 'other/Containerfile': containerfile },
    env: { BARE: 'from the environment' },
  });
  const order = anOrder({
    platforms: [AMD64],
    context: 'sub',
    file: 'other/Containerfile',
    target: 'wanted',
    buildArgs: ['ONE=1, "2"', 'BARE'],
  });
  const bundle = await readBundle((await builder.build(order)).layout);
  expect(bundle.images[0]?.labels).toMatchObject({ one: '1, "2"', bare: 'from the environment' });
  expect(bundle.images[0]?.labels).not.toHaveProperty('last');
});

test('no-cache builds every step again', async () => {
  const { builder } = await realBuilder({ files: dockerfile('FROM debian:12', `RUN echo ${fresh()}`) });
  await builder.build(anOrder({ platforms: [AMD64] }));
  const { facts } = await builder.build(anOrder({ platforms: [AMD64], noCache: true, pull: true }));
  expect(facts.steps.find(step => step.name.includes('RUN'))?.cached).toBe(false);
});

test('merging two builds of one platform each follows the fixed rule and keeps their bytes', async () => {
  const { builder } = await realBuilder({ files: { ...dockerfile('FROM debian:12', 'COPY a /a'), a: fresh() } });
  const order = anOrder({ sourceDateEpoch: EPOCH });
  const alone = async (platform: typeof AMD64): Promise<Bundle> =>
    readBundle((await builder.build({ ...order, platforms: [platform] })).layout);
  const [amd, arm] = [await alone(AMD64), await alone(ARM64)];
  const together = await readBundle((await builder.build(order)).layout);
  const directory = async (): Promise<string> => join(await temporaryDirectory(), 'merged');
  const rule = { platforms: TWO, annotations: { a: 'b' } };
  const merged = await merge([arm, amd], { ...rule, directory: await directory() });
  await verifyBlobs(merged);

  const index = json(merged, merged.root.digest) as Index;
  expect(index.manifests.map(entry => entry.digest)).toEqual(
    [amd, arm].flatMap(({ images }) => [images[0]?.manifest.digest, images[0]?.attestations[0]?.digest]),
  );
  // Built on its own or with others: the image is the same.
  expect(merged.images.map(image => image.manifest.digest)).toEqual(together.images.map(image => image.manifest.digest));
  expect((await merge([amd, arm], { ...rule, directory: await directory() })).root.digest).toBe(merged.root.digest);
});

test('a view of a real image is a layout with that image alone', async () => {
  const { builder } = await realBuilder({ files: { ...dockerfile('FROM debian:12', 'COPY a /a'), a: fresh() } });
  const bundle = await readBundle((await builder.build(anOrder())).layout);
  for (const image of bundle.images) {
    const view = await readBundle(await writeView(bundle, image, join(await temporaryDirectory(), 'view')));
    expect(view.root.digest).toBe(image.manifest.digest);
    await verifyBlobs(view);
  }
});

test('a failing step: where, why, its last words and the lines of the Dockerfile', async () => {
  const { builder, lines } = await realBuilder({
    files: dockerfile('FROM debian:12', `RUN echo ${fresh()}`, 'RUN echo last words >&2; exit 7'),
  });
  const error = await builder.build(anOrder({ platforms: [AMD64] })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  const { message, details } = explain(error);
  expect(message).toBe(
    'The build failed at Dockerfile:3, [3/3] RUN echo last words >&2; exit 7 (linux/amd64): the command ended with exit code 7',
  );
  expect(details).toContain('last words');
  expect(details).toContain('   3 | >>> RUN echo last words >&2; exit 7');
  expect(lines.join('\n')).toMatch(/#\d+ \d\.\d{3} last words/);
});

test('a program that this machine cannot run: the platform and the ways out are named', async () => {
  // The head of an ELF file for ppc64le, which has no emulator here.
  const program = Buffer.concat([Buffer.from('7f454c4602010100000000000000000002001500', 'hex'), Buffer.alloc(200)]);
  const { builder } = await realBuilder({ files: { ...dockerfile('FROM scratch', 'COPY sh /bin/sh', 'RUN true'), sh: program } });
  const error = await builder
    .build(anOrder({ platforms: [{ os: 'linux', architecture: 'ppc64le' }] }))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  expect((error as ToolError).hint).toMatch(
    /cannot run programs of linux\/ppc64le\. Emulation was not there .*Ways out: a native runner/s,
  );
});

test.each<[string, string[], Parameters<typeof anOrder>[0], RegExp, RegExp]>([
  ['a base image that does not exist', ['FROM library/no-such-image:1'], {}, /Dockerfile:1.*no-such-image/, /base image/],
  ['a Dockerfile that is not there', ['FROM debian:12'], { file: 'nope' }, /failed to read dockerfile/, /Check "file" \(nope\)/],
  [
    'a context that is not there',
    ['FROM debian:12'],
    { context: 'nope' },
    /unable to prepare context/,
    /Check "context" \(nope\)/,
  ],
  ['a stage that is not there', ['FROM debian:12'], { target: 'nope' }, /target stage "nope"/, /Check "target"/],
])('%s', async (_name, content, over, message, hint) => {
  const { builder } = await realBuilder({ files: dockerfile(...content) });
  const error = await builder.build(anOrder({ platforms: [AMD64], ...over })).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ToolError);
  expect((error as ToolError).message).toMatch(message);
  expect((error as ToolError).hint).toMatch(hint);
});

test('a builder that does not exist, an engine that is down, a docker without buildx', async () => {
  const files = dockerfile('FROM debian:12');
  const failing = async (env: Record<string, string>, over = {}): Promise<unknown> =>
    (await realBuilder({ files, env })).builder.build(anOrder(over)).catch((thrown: unknown) => thrown);
  for (const [error, message] of [
    [await failing({}, { builder: 'no-such-builder' }), /There is no builder "no-such-builder"/],
    [await failing({ DOCKER_HOST: 'unix:///nonexistent/docker.sock' }), /The Docker engine does not answer: .*nonexistent/],
    [await failing({ DOCKER_CONFIG: await temporaryDirectory() }), /docker has no usable buildx/],
    [await failing({ PATH: '/nonexistent' }), /docker is not installed/],
  ] as const) {
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).hint).toBeDefined();
  }
});

test('cancelled in the middle of a step: ends within seconds', async () => {
  const stop = new AbortController();
  const { builder, lines } = await realBuilder({
    files: dockerfile('FROM debian:12', `RUN echo ${fresh()}; sleep 60`),
    signal: stop.signal,
  });
  const building = builder.build(anOrder({ platforms: [AMD64] })).catch((thrown: unknown) => thrown);
  for (let waited = 0; waited < 200 && !lines.some(line => line.includes('RUN')); waited += 1)
    await new Promise(resolve => setTimeout(resolve, 100));
  const asked = Date.now();
  stop.abort();
  expect(await building).toBeInstanceOf(Cancelled);
  expect(Date.now() - asked).toBeLessThan(5_000);
});

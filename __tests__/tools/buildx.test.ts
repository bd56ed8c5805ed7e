// createBuilder() over a scripted docker: directories, environment, splitting over nodes, failures, cancelling, cleaning up.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Builder } from '../../src/build/build.ts';
import { readBundle } from '../../src/bundle/read.ts';
import type { Index } from '../../src/bundle/oci.ts';
import { Cancelled, ToolError } from '../../src/errors.ts';
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
  args[1] === 'inspect' ? { stdout: inspectText('farm', 'remote', [{ name: 'a' }, { name: 'b' }]) } : undefined;

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

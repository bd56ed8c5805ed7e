// Builds with typed caches over a scripted docker: what is in the workspace while each build reads it, what is written, and what becomes of a builder that hangs.

import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { BuildOrder, Builder } from '../../src/build/build.ts';
import { Cancelled } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { lookThrough } from '../../src/tools/cache-directory.ts';
import type { CacheSettings } from '../../src/tools/cache-around.ts';
import { anOrder } from '../build/orders.ts';
import { CLASSIC, fakeDocker, inspectText, writeBuild } from '../fakes/docker.ts';
import type { Answer } from '../fakes/docker.ts';
import { AMD64, ARM64, makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';
import { brief, reads, writes } from './cache-words.ts';

interface Scene {
  readonly builder: Builder;
  readonly cwd: string;
  readonly runs: string[];
}

async function scene(answer: Answer, caches: CacheSettings = {}, signal?: AbortSignal): Promise<Scene> {
  const runs: string[] = [];
  const { run } = fakeDocker((args, options) => {
    runs.push(args.join(' '));
    return answer(args, options);
  });
  const cwd = await temporaryDirectory();
  const directory = await temporaryDirectory();
  const options = { run, env: {}, directory, onLine: () => undefined, cwd, caches, ...(signal && { signal }) };
  return { cwd, runs, builder: createBuilder(options) };
}
const cacheFlag = (args: readonly string[], flag: string, key: string): string | undefined =>
  new RegExp(`${key}=([^,]*)`).exec(args[args.indexOf(flag) + 1] ?? '')?.[1];
const isExport = (args: readonly string[]): boolean => args.includes('--cache-to');
const vertex = (name: string, over: object): string =>
  JSON.stringify({ vertexes: [{ digest: `sha256:${name}`, name, started: '2026-01-01T00:00:00Z', ...over }] });
const EXPORTED = vertex('exporting cache to client directory', { completed: '2026-01-01T00:00:01Z' });
const order = (over: Partial<BuildOrder>): BuildOrder => anOrder({ platforms: [AMD64], ...over });

test('a typed directory in the context: nothing of ours is ever beside it, reading or writing', async () => {
  const seen: string[][] = [];
  const sources: (string | undefined)[] = [];
  const { builder, cwd } = await scene(async args => {
    if (args[1] !== 'build') return undefined;
    if (!isExport(args)) {
      sources.push(cacheFlag(args, '--cache-from', 'src'));
      seen.push(readdirSync(cwd));
      return undefined;
    }
    await writeLayout(makeLayout(), cacheFlag(args, '--cache-to', 'dest') ?? '');
    seen.push(readdirSync(cwd));
    return { stderr: EXPORTED };
  });
  await writeLayout(makeLayout(), join(cwd, '.layercache'));
  const attributes = { ...reads('local', { src: '.layercache' }), automatic: false };
  const target = { ...writes('local', { dest: '.layercache' }), automatic: false };
  await builder.build(order({ caches: { imports: [attributes], exports: [target] } }));
  expect(brief(await builder.writeCaches('beside'))).toEqual(['local written: done']);
  expect(seen).toEqual([['.layercache'], ['.layercache']]);
  expect(readdirSync(cwd)).toEqual(['.layercache']);
  expect(await lookThrough(join(cwd, '.layercache'))).toMatchObject({ state: 'whole' });
  const [view = ''] = sources;
  expect(view.startsWith(cwd)).toBe(false);
  expect(await lookThrough(view)).toMatchObject({ state: 'whole' });
  await builder.close();
  expect(existsSync(view)).toBe(false);
});

test.each<[string, Partial<BuildOrder>, boolean]>([
  ['in the context', { handedOver: ['image.tar'] }, true],
  ['the context itself', { context: 'app', handedOver: ['app'] }, true],
  ['in a named context', { context: 'app', buildContexts: ['x=lib'], handedOver: ['lib/out'] }, true],
  ['beside the context', { context: 'app', handedOver: ['app-dist'] }, false],
  ['outside of the workspace', { handedOver: ['../image.tar'] }, false],
  ['with a context from Git', { context: 'https://github.com/a/b.git#main', handedOver: ['image.tar'] }, false],
  ['nothing', {}, false],
])('a cache that comes last, after something was handed over: %s', async (_name, over, left) => {
  const { builder, runs } = await scene(args => (isExport(args) ? { stderr: EXPORTED } : undefined));
  const exports = [writes('registry', { ref: '127.0.0.1:9/app:cache' }, 'last')];
  await builder.build(order({ ...over, caches: { imports: [], exports } }));
  const uses = await builder.writeCaches('last');
  expect(runs.some(line => line.includes('--cache-to'))).toBe(!left);
  if (left)
    expect(uses).toMatchObject([
      { state: 'left out', trouble: true, reason: expect.stringMatching(/^\S+ was handed over into/) },
    ]);
});

test('a build that ended well is done, also when it was about to be ended', async () => {
  const { builder, runs } = await scene(
    async (args, options) => {
      if (args[1] !== 'build') return undefined;
      options.onStderr?.(vertex('importing cache manifest from gha:1', {}));
      await new Promise<void>(resolve => options.signal?.addEventListener('abort', () => resolve()));
      await writeBuild(args);
      return {};
    },
    { times: { standstill: 20 } },
  );
  const { facts } = await builder.build(order({}));
  expect(facts.again).toBeUndefined();
  expect(runs.filter(line => line.startsWith('buildx build'))).toHaveLength(1);
});

test.each([
  ['ours', true],
  ["the user's", false],
])('an export that is late, on a builder that is %s', async (_name, ours) => {
  const { builder, runs } = await scene(args => {
    if (args[0] === 'info' && ours) return { stdout: CLASSIC };
    return isExport(args) ? { exitCode: null, timedOut: true } : undefined;
  });
  const target = writes('local', { dest: 'cache' });
  const built = await builder.build(order({ caches: { imports: [], exports: [target, target] } }));
  expect(brief(await builder.writeCaches('beside'))).toEqual([
    expect.stringMatching(/^local written: failed \(it was not done after/),
    expect.stringMatching(/^local written: left out \(the builder may still hang/),
  ]);
  const removals = runs.filter(line => line.startsWith('buildx rm'));
  expect(removals).toEqual(ours ? [`buildx rm --force ${built.facts.builder.name}`] : []);
});

test('a cache of Actions that never answers holds up neither a cancel nor the end', async () => {
  const never = new Promise<never>(() => undefined);
  const store = { restore: () => never, save: () => never };
  const attributes = { scope: 'app' };
  const stop = new AbortController();
  const reading = await scene(() => undefined, { store }, stop.signal);
  const building = reading.builder.build(order({ caches: { imports: [reads('local', attributes)], exports: [] } }));
  setTimeout(() => stop.abort(), 50);
  await expect(building).rejects.toBeInstanceOf(Cancelled);
  await reading.builder.close();

  const { builder } = await scene(
    async args => {
      if (!isExport(args)) return undefined;
      await writeLayout(makeLayout(), cacheFlag(args, '--cache-to', 'dest') ?? '');
      return { stderr: EXPORTED };
    },
    { store },
  );
  await builder.build(order({ caches: { imports: [], exports: [writes('local', attributes)] } }));
  const writing = builder.writeCaches('beside');
  setTimeout(() => void builder.close(), 200);
  expect(brief(await writing)).toEqual(['local written: left out (the run ended before)']);
});

test('a farm: the caches of each platform are asked beside the others', async () => {
  const waiting: ServerResponse[] = [];
  // Nobody is answered before everybody has asked.
  const server = createServer((request, response) => {
    if (!request.url?.includes('/manifests/')) return void response.end();
    if (waiting.push(response) === 3) for (const one of waiting) one.writeHead(404).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const nodes = [
    { name: 'a', platforms: 'linux/amd64*' },
    { name: 'b', platforms: 'linux/arm64*' },
  ];
  const { builder } = await scene(args => (args[1] === 'inspect' ? { stdout: inspectText('farm', 'remote', nodes) } : undefined));
  const imports = [reads('registry', { ref: `${host}/app:cache` })];
  const { facts } = await builder.build(order({ platforms: [AMD64, ARM64], caches: { imports, exports: [] } }));
  expect(brief(facts.caches)).toEqual(Array(3).fill('registry read: left out (not there yet)'));
  expect(facts.caches.map(({ name }) => name).sort()).toEqual([
    `${host}/app:cache`,
    `${host}/app:cache-linux-amd64`,
    `${host}/app:cache-linux-arm64`,
  ]);
  server.closeAllConnections();
  server.close();
});

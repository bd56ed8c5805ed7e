// Caches on real BuildKit: written by a second build, read by the next run after the builder has forgotten everything.

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { readBundle } from '../../src/bundle/read.ts';
import { createCacheStore } from '../../src/runner/cache.ts';
import { run } from '../../src/tools/command.ts';
import { startGitHub } from '../../testbed/github/server.ts';
import type { GitHub } from '../../testbed/github/server.ts';
import { AMD64, ARM64, temporaryDirectory } from '../fakes/layouts.ts';
import { testbed } from './buildx-testbed.ts';
import { executed, fresh, openHarbour, orderWith } from './cache-harbour.ts';
import type { Harbour } from './cache-harbour.ts';
import { brief, reads, writes } from './cache-words.ts';

jest.setTimeout(120_000);

let github: GitHub;
let harbour: Harbour;
const environment = { ...process.env };
beforeAll(async () => {
  [github, harbour] = await Promise.all([startGitHub(), openHarbour()]);
});
afterAll(async () => {
  process.env = environment;
  await github.close();
});

const CACHE = ['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_RESULTS_URL', 'ACTIONS_CACHE_SERVICE_V2', 'ACTIONS_CACHE_MODE'];
const service = (): Record<string, string> =>
  Object.fromEntries(Object.entries(github.environment({ ref: 'refs/heads/main' })).filter(([name]) => CACHE.includes(name)));
/** Two stages: only `mode=max` keeps the first. */
const dockerfile = (...more: string[]): Record<string, string> => ({
  Dockerfile: [
    'FROM debian:12 AS build',
    `RUN echo ${fresh()} > /made`,
    'FROM debian:12',
    'COPY --from=build /made /made',
    'RUN cat /made > /seen',
    ...more,
  ].join('\n'),
});

test('gha: the first run writes beside the scan, the second has every step from the cache and writes nothing', async () => {
  const files = dockerfile('COPY own /own', 'RUN --mount=type=secret,id=home test -s /run/secrets/home && sleep 3');
  const context = { ...files, own: fresh() };
  const scope = fresh();
  const secrets = [{ id: 'home', from: 'variable' as const, variable: 'HOME' }];
  const order = orderWith({ imports: [reads('gha', { scope })], exports: [writes('gha', { scope })] }, { secrets });
  // A silent step may take its time, whatever the limit for a standstill.
  const first = await harbour.builder({ files: context, env: service(), caches: { times: { standstill: 2_000 } } });
  const built = await first.builder.build(order);
  expect(brief(built.facts.caches)).toEqual(['gha read: done']);
  expect(executed(built)).toHaveLength(5);
  const before = readdirSync(built.layout, { recursive: true }).sort();
  const written = await first.builder.writeCaches('beside');
  expect(brief(written)).toEqual(['gha written: done']);
  expect(written[0]?.seconds).toBeGreaterThan(0);
  expect(await first.builder.writeCaches('last')).toEqual([]);
  expect(github.caches.some(({ key }) => key.startsWith(`index-${scope}-1-`))).toBe(true);
  expect(readdirSync(built.layout, { recursive: true }).sort()).toEqual(before);
  expect((await readBundle(built.layout)).root.digest).toBe(built.facts.metadataDigest);
  const token = service()['ACTIONS_RUNTIME_TOKEN']?.split('.')[1] ?? '';
  expect([...first.commands, ...first.lines].join('\n')).not.toContain(token);

  await harbour.prune();
  const entries = github.caches.length;
  const second = await harbour.builder({ files: context, env: service() });
  const again = await second.builder.build(order);
  expect(executed(again)).toEqual([]);
  expect(again.facts.caches).toMatchObject([{ state: 'done', name: scope }]);
  expect(again.facts.caches[0]?.bytes).toBeGreaterThan(0);
  expect(brief(await second.builder.writeCaches('beside'))).toEqual(['gha written: left out (nothing new was built)']);
  expect(github.caches).toHaveLength(entries);
  expect((await readBundle(again.layout)).images[0]?.manifest.digest).toBe(
    (await readBundle(built.layout)).images[0]?.manifest.digest,
  );
});

test('registry: nothing is sent before the tags are out, then with the login of the inputs, and with the base of the build', async () => {
  const { host, username = '', password = '' } = testbed.registries.htpasswd;
  const repository = `caches-${fresh()}`;
  const ref = `${host}/${repository}:buildcache`;
  const base = `${testbed.registries.plain.host}/base-${fresh()}:1`;
  const makeBase = async (): Promise<void> => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'Dockerfile'), `FROM busybox\nRUN echo ${fresh()} > /base\n`);
    const output = `type=image,name=${base},push=true`;
    await harbour.docker('buildx', 'build', '--builder', 'harbour', '--provenance=false', '--output', output, directory);
  };
  await makeBase();
  const requests = (): string[] =>
    readFileSync(testbed.registries.htpasswd.log, 'utf8')
      .split('\n')
      .filter(line => line.includes(repository));
  const files = { Dockerfile: `FROM ${base}\nRUN cat /base > /made\n` };
  const order = orderWith({ imports: [reads('registry', { ref })], exports: [writes('registry', { ref }, 'last')] });
  const credentials = [{ registry: host, username, password }];
  const first = await harbour.builder({ files, caches: { credentials } });
  const built = await first.builder.build(order);
  expect(brief(built.facts.caches)).toEqual(['registry read: left out (not there yet)']);
  expect(await first.builder.writeCaches('beside')).toEqual([]);
  expect(requests().filter(line => /"(PUT|POST|PATCH) /.test(line))).toEqual([]);
  // The tag moves while the image is scanned.
  await makeBase();
  const written = await first.builder.writeCaches('last');
  expect(brief(written)).toEqual(['registry written: done']);
  expect(requests().some(line => new RegExp(`"PUT /v2/${repository}/manifests/buildcache`).test(line))).toBe(true);
  expect([...first.commands, ...first.lines].join('\n')).not.toContain(password);
  await first.builder.close();

  const second = await harbour.builder({ files, caches: { credentials } });
  const pinned = `${base}=docker-image://${base}@${/@(sha256:[0-9a-f]{64})/.exec(built.facts.steps.map(({ name }) => name).join())?.[1] ?? ''}`;
  await harbour.prune();
  const again = await second.builder.build({ ...order, buildContexts: [pinned] });
  expect(executed(again)).toEqual([]);
  expect(brief(again.facts.caches)).toEqual(['registry read: done']);
});

test('local: a directory for each scope, replaced as a whole, and brought back through the cache of Actions', async () => {
  Object.assign(process.env, service(), { RUNNER_TEMP: await temporaryDirectory(), GITHUB_SERVER_URL: 'https://github.com' });
  const directory = join(await temporaryDirectory(), 'layers');
  const problems: string[] = [];
  const caches = { directory, store: createCacheStore(line => problems.push(line)) };
  const attributes = { scope: `app-${fresh()}` };
  const order = orderWith({ imports: [reads('local', attributes)], exports: [writes('local', attributes)] });
  const files = dockerfile();
  const first = await harbour.builder({ files, caches });
  expect(brief((await first.builder.build(order)).facts.caches)).toEqual(['local read: left out (not there yet)']);
  const written = await first.builder.writeCaches('beside');
  expect(problems).toEqual([]);
  expect(brief(written)).toEqual(['local written: done']);
  expect(written[0]?.bytes).toBeGreaterThan(1000);
  expect(readdirSync(directory)).toEqual([attributes.scope]);

  // Another build into the same directory: nothing of the first stays but what both have.
  const other = await harbour.builder({ files: dockerfile(), caches });
  await other.builder.build(order);
  const place = join(directory, attributes.scope);
  const blobs = readdirSync(join(place, 'blobs', 'sha256'));
  expect(brief(await other.builder.writeCaches('beside'))).toEqual(['local written: done']);
  const left = readdirSync(join(place, 'blobs', 'sha256'));
  expect(left).toHaveLength(blobs.length);
  expect(left).not.toEqual(blobs);

  // Another machine.
  await rm(directory, { recursive: true });
  await harbour.prune();
  const second = await harbour.builder({ files: await filesOf(other.cwd), caches });
  const again = await second.builder.build(order);
  expect(problems).toEqual([]);
  expect(executed(again)).toEqual([]);
  expect(brief(again.facts.caches)).toEqual(['local read: done']);
  await second.builder.close();
  expect(readdirSync(directory)).toEqual([attributes.scope]);
});

test('local, typed, in the context: nothing of it gets into the image, on either file system', async () => {
  const abroad = await mkdtemp('/dev/shm/seaworthy-');
  const files = {
    '.dockerignore': '.layercache\n',
    Dockerfile: `FROM busybox\nCOPY . /all\nRUN ls -A /all && echo ${fresh()}\n`,
  };
  const cache = { imports: [reads('local', { src: '.layercache' })], exports: [writes('local', { dest: '.layercache' })] };
  const { builder, cwd } = await harbour.builder({ files });
  for (const place of ['here', 'a link to another file system']) {
    if (place !== 'here') {
      await cp(join(cwd, '.layercache'), join(abroad, 'cache'), { recursive: true });
      await rm(join(cwd, '.layercache'), { recursive: true });
      await symlink(join(abroad, 'cache'), join(cwd, '.layercache'));
      await writeFile(join(cwd, 'new'), place);
    }
    const first = await builder.build(orderWith(cache));
    expect(executed(first)).not.toEqual([]);
    expect(brief(await builder.writeCaches('beside'))).toEqual(['local written: done']);
    await harbour.prune();
    const second = await builder.build(orderWith(cache));
    expect(brief(second.facts.caches)).toEqual(['local read: done']);
    expect(executed(second)).toEqual([]);
  }
  expect(lstatSync(join(cwd, '.layercache')).isSymbolicLink()).toBe(true);
  expect(readdirSync(cwd).sort()).toEqual(['.dockerignore', '.layercache', 'Dockerfile', 'new']);
  await rm(abroad, { recursive: true });
});

test('inline: inside the image, written by the build itself', async () => {
  const repository = `${testbed.registries.plain.host}/inline-${fresh()}`;
  const files = { Dockerfile: `FROM debian:12\nRUN echo ${fresh()} > /made\n` };
  const ref = { ref: `${repository}:latest` };
  const order = orderWith({
    imports: [reads('registry', ref)],
    exports: [{ ...writes('inline', {}, 'inside'), attributes: {} }],
  });
  const first = await harbour.builder({ files });
  const built = await first.builder.build(order);
  expect(await first.builder.writeCaches('beside')).toEqual([]);
  await run(testbed.tools.crane, ['push', built.layout, `${repository}:latest`], { env: { ...harbour.env } });
  await harbour.prune();
  const second = await harbour.builder({ files });
  expect(executed(await second.builder.build(order))).toEqual([]);
});

test('a step that is no longer in the builder: dropped before anything is written', async () => {
  const target = join(await temporaryDirectory(), 'cache');
  const order = orderWith({ imports: [], exports: [{ ...writes('local', { dest: target }), automatic: false }] });
  const { builder } = await harbour.builder({ files: { Dockerfile: `FROM debian:12\nRUN echo ${fresh()}; sleep 1\n` } });
  await builder.build(order);
  await harbour.prune();
  const [use] = await builder.writeCaches('beside');
  expect(use).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/^dropped, because a step was no longer.*RUN echo/),
  });
  expect(existsSync(target)).toBe(false);
});

test('several nodes: every platform has a cache of its own, in every kind of place', async () => {
  const farm = await openHarbour(['linux/amd64'], ['linux/arm64']);
  const ref = `${testbed.registries.plain.host}/farm-${fresh()}:cache`;
  const files = { Dockerfile: 'FROM debian:12\nCOPY own /own\n', own: fresh() };
  const both = { platforms: [AMD64, ARM64] };
  const order = orderWith({ imports: [reads('registry', { ref })], exports: [writes('registry', { ref }, 'last')] }, both);
  const first = await farm.builder({ files });
  await first.builder.build(order);
  const written = await first.builder.writeCaches('last');
  expect(written.map(({ name, state }) => [name, state])).toEqual([
    [`${ref}-linux-amd64`, 'done'],
    [`${ref}-linux-arm64`, 'done'],
  ]);
  await farm.prune();
  const second = await farm.builder({ files });
  const again = await second.builder.build(order);
  expect(executed(again)).toEqual([]);
  expect(
    again.facts.caches
      .filter(({ state }) => state === 'done')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([`${ref}-linux-amd64`, `${ref}-linux-arm64`]);
});

async function filesOf(directory: string): Promise<Record<string, string>> {
  await mkdir(directory, { recursive: true });
  return Object.fromEntries(readdirSync(directory).map(name => [name, readFileSync(join(directory, name), 'utf8')]));
}

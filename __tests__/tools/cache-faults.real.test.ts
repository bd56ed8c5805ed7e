// Every way in which a cache is known to fail a build, or to stop it for ever (knowledge: the fault table of the cache service): the build is right, in bounded time, and it is said once.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { cacheWarnings } from '../../src/build/cache-warnings.ts';
import type { Built, CacheUse } from '../../src/build/build.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { startGitHub } from '../../testbed/github/server.ts';
import type { Fault, GitHub } from '../../testbed/github/server.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';
import { hubSettings } from './buildkit-parts.ts';
import { testbed } from './buildx-testbed.ts';
import { fresh, openHarbour, orderWith, silentServer } from './cache-harbour.ts';
import type { Harbour } from './cache-harbour.ts';
import { brief, reads, writes } from './cache-words.ts';

jest.setTimeout(120_000);

let github: GitHub;
let harbour: Harbour;
beforeAll(async () => {
  [github, harbour] = await Promise.all([startGitHub(), openHarbour()]);
});
afterAll(() => github.close());

/** Milliseconds: for what is expected to go well, however busy the machine is. */
const times = { service: 20_000, registry: 20_000, retryAfter: 300, standstill: 60_000, beside: 40_000, last: 40_000 };
/** For what is expected never to come: what would take a minute takes seconds here. */
const short = {
  questions: { ...times, service: 2_500, registry: 2_500 },
  standstill: { ...times, standstill: 2_500 },
  exports: { ...times, beside: 3_000, last: 3_000 },
};
const CACHE = ['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_RESULTS_URL', 'ACTIONS_CACHE_SERVICE_V2', 'ACTIONS_CACHE_MODE'];
const service = (over: Record<string, string> = {}): Record<string, string> => {
  const all = Object.entries(github.environment({ ref: 'refs/heads/main' }));
  return { ...Object.fromEntries(all.filter(([name]) => CACHE.includes(name))), ...over };
};
const claims = (ac: unknown): string =>
  `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from(JSON.stringify({ nbf: 1, exp: 4e9, ac: JSON.stringify(ac) })).toString('base64url')}.c2ln`;
const MAIN = { Scope: 'refs/heads/main' };
const ENTRY = /GetCacheEntryDownloadURL$/;
const STORAGE = { 'x-ms-request-id': 'injected' };

const FAULTS: readonly (readonly [string, Fault, RegExp])[] = [
  ['connection closed', { kind: 'reset' }, /cannot be reached: ECONNRESET/],
  ['403', { kind: 'status', status: 403, message: 'cache read denied' }, /refuses us \(403/],
  ['500', { kind: 'status', status: 500 }, /its service fails \(500/],
  ['429 for ever', { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, /429, and wants us to wait for 1 s/],
  ['accepts and never answers', { kind: 'hang' }, /did not answer within 2.5 s/],
];

test('gha, what the question shows: refused, closed, 403, 500, 429 for ever, never an answer, all in one build', async () => {
  const services = await Promise.all(FAULTS.map(() => startGitHub()));
  standIns.push(...services);
  for (const [at, [, fault]] of FAULTS.entries()) services[at]?.fault({ path: /CacheService/ }, fault);
  const urls = [...services.map(({ url }) => url), 'http://127.0.0.1:9'];
  const caches = urls.map(url => ({ scope: fresh(), url_v2: `${url}/` }));
  const { builder } = await harbour.builder({ files: files(), env: service(), caches: { times: short.questions } });
  const started = performance.now();
  const built = await builder.build(
    orderWith({ imports: caches.map(cache => reads('gha', cache)), exports: caches.map(cache => writes('gha', cache)) }),
  );
  const written = await builder.writeCaches('beside');
  await right(built);
  expect(performance.now() - started).toBeLessThan(20_000);
  const reasons = [...FAULTS.map(([, , reason]) => reason), /cannot be reached: ECONNREFUSED/];
  for (const uses of [built.facts.caches, written]) {
    expect(uses.map(({ state, trouble, reason }) => [state, trouble, reason])).toEqual(
      reasons.map(reason => ['left out', true, expect.stringMatching(reason)]),
    );
  }
  // Each is told once, although it was to be read and written.
  expect(cacheWarnings([...built.facts.caches, ...written])).toHaveLength(reasons.length);
  expect(built.facts.again).toBeUndefined();
  expect(services.flatMap(({ requests }) => requests.filter(({ path }) => !ENTRY.test(path)))).toEqual([]);
});

const standIns: GitHub[] = [];
afterAll(async () => {
  await Promise.all(standIns.map(one => one.close()));
});

interface Case {
  readonly name: string;
  readonly env?: () => Record<string, string>;
  readonly fault?: readonly [{ readonly method?: string; readonly path: RegExp }, Fault, number?];
  /** When they are not the generous ones. */
  readonly limits?: typeof times;
  /** What is said of the import and of the export. */
  readonly read: RegExp;
  readonly written: RegExp;
  readonly warnings: number;
}

const FINE = /: done$/;

test.each<Case>([
  {
    name: 'a token that may only read drops the export alone',
    env: () => service({ ACTIONS_RUNTIME_TOKEN: claims([{ ...MAIN, Permission: 1 }]) }),
    read: FINE,
    written: /left out \(GitHub lets this run only read/,
    warnings: 1,
  },
  {
    name: 'a token that is none',
    env: () => service({ ACTIONS_RUNTIME_TOKEN: 'not.a-token' }),
    read: /left out \(.*no JSON web token/,
    written: /left out \(.*no JSON web token/,
    warnings: 1,
  },
  {
    name: '429 once, with a short Retry-After, then fine',
    fault: [{ path: ENTRY }, { kind: 'status', status: 429, headers: { 'retry-after': '0.1' } }, 1],
    read: FINE,
    written: FINE,
    warnings: 0,
  },
  {
    name: '429 three times while it is written to',
    fault: [{ path: /CreateCacheEntry$/ }, { kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 3],
    read: FINE,
    written: FINE,
    warnings: 0,
  },
  {
    name: 'every write is refused',
    fault: [{ path: /CreateCacheEntry$/ }, { kind: 'status', status: 403, message: 'cache write denied' }],
    read: FINE,
    written: /gha written: failed \(.*cache write denied/,
    warnings: 1,
  },
  {
    name: 'the storage fails for ever, while it is written to',
    limits: short.exports,
    fault: [{ path: /^\/account\/container\// }, { kind: 'status', status: 500, headers: STORAGE }],
    read: FINE,
    written: /gha written: failed \((?:it was not done after 3 s|.*500)/,
    warnings: 1,
  },
])('gha, $name', async ({ env = service, fault, limits = times, read, written, warnings }) => {
  const scope = fresh();
  const { builder } = await harbour.builder({ files: files(), env: env(), caches: { times: limits } });
  if (fault !== undefined) github.fault(...fault);
  try {
    const built = await builder.build(orderWith({ imports: [reads('gha', { scope })], exports: [writes('gha', { scope })] }));
    const exports = await builder.writeCaches('beside');
    await right(built);
    expect(brief(built.facts.caches)).toEqual([expect.stringMatching(read)]);
    expect(brief(exports)).toEqual([expect.stringMatching(written)]);
    expect(cacheWarnings([...built.facts.caches, ...exports])).toHaveLength(warnings);
    expect(built.facts.again).toBeUndefined();
  } finally {
    github.clearFaults();
  }
});

test('the storage fails for a table of contents that is there: seen by the question', async () => {
  const scope = fresh();
  const order = orderWith({ imports: [reads('gha', { scope })], exports: [writes('gha', { scope })] });
  const first = await harbour.builder({ files: files(), env: service(), caches: { times } });
  await first.builder.build(order);
  expect(brief(await first.builder.writeCaches('beside'))).toEqual(['gha written: done']);
  for (const fault of [{ kind: 'status', status: 500, headers: STORAGE }, { kind: 'hang' }] as const) {
    github.fault({ path: /^\/account\/container\// }, fault);
    const { builder } = await harbour.builder({ files: files(), env: service(), caches: { times: short.questions } });
    const built = await builder.build(order);
    github.clearFaults();
    await right(built);
    expect(brief(built.facts.caches)).toEqual([
      expect.stringMatching(/^gha read: left out \(its (?:service fails|storage did not answer)/),
    ]);
  }
});

test('layers of the cache cannot be read any more: the steps are run', async () => {
  const scope = fresh();
  const context = files();
  const order = orderWith({ imports: [reads('gha', { scope })], exports: [writes('gha', { scope })] });
  const first = await harbour.builder({ files: context, env: service(), caches: { times } });
  await first.builder.build(order);
  await first.builder.writeCaches('beside');
  await harbour.prune();
  const table = github.caches.length;
  github.fault({ path: new RegExp(`^/account/container/(?!${table}$)`) }, { kind: 'status', status: 404, headers: STORAGE });
  const second = await harbour.builder({ files: context, env: service(), caches: { times } });
  const built = await second.builder.build(order).finally(() => github.clearFaults());
  await right(built);
});

test('a registry that never answers, one that refuses, one that limits, and one that is not there', async () => {
  const answers = await answering([401, 429, 503]);
  const silent = await silentServer();
  const refs = [silent, ...answers.map(({ host }) => host)].map(host => `${host}/app:cache`);
  const imports = [...refs, '127.0.0.1:9/app:cache', `${testbed.registries.plain.host}/no-${fresh()}:cache`].map(ref =>
    reads('registry', { ref }),
  );
  const exports = [silent, '127.0.0.1:9'].map(host => writes('registry', { ref: `${host}/app:cache` }, 'last'));
  const { builder } = await harbour.builder({ files: files(), caches: { times: short.questions } });
  const started = performance.now();
  const built = await builder.build(orderWith({ imports, exports }));
  expect(performance.now() - started).toBeLessThan(20_000);
  const written = await builder.writeCaches('last');
  await right(built);
  const uses = [...built.facts.caches, ...written];
  expect(brief(uses)).toEqual([
    expect.stringMatching(/read: left out \(its registry did not answer within 2.5 s\)/),
    expect.stringMatching(/read: left out \(.*401/),
    expect.stringMatching(/read: left out \(.*limits our rate/),
    expect.stringMatching(/read: left out \(.*503/),
    'registry read: left out (not there yet)',
    expect.stringMatching(/read: failed \(.*connection refused/),
    expect.stringMatching(/written: left out \(its registry did not answer/),
    expect.stringMatching(/written: failed \(.*connection refused/),
  ]);
  expect(cacheWarnings(uses)).toHaveLength(6);
});

test('a daemon that hangs at a cache which had answered the question: ended, and built again on a fresh builder', async () => {
  const wedge = await openHarbour();
  let questions = 0;
  const service2 = createServer((_request, response) => {
    questions += 1;
    if (questions === 1) response.setHeader('content-type', 'application/json').end('{"ok":false}');
  });
  const url = await listen(service2);
  const env = service({ ACTIONS_RESULTS_URL: url });
  const { builder, lines } = await wedge.builder({ files: files(), env, caches: { times: short.standstill } });
  const order = orderWith(
    { imports: [reads('gha', { scope: fresh() })], exports: [writes('gha', { scope: fresh() })] },
    { setup: { image: 'moby/buildkit:buildx-stable-1', configInline: await hubSettings(), driverOpts: [], keep: false } },
  );
  const built = await builder.build(order);
  await right(built);
  expect(questions).toBeGreaterThan(1);
  expect(built.facts.again).toMatch(
    /^the first try, on the builder harbour, stood still for 2\.5 s at "importing cache manifest from gha:/,
  );
  expect(built.facts.builder).toMatchObject({ driver: 'docker-container', nodes: 1 });
  expect(brief(await builder.writeCaches('beside'))).toEqual([
    'gha written: left out (the build had to be begun again without caches)',
  ]);

  expect(lines.join('\n')).toMatch(/begun again without caches on a fresh builder/);

  // The next build on that daemon hangs before its first step, without any cache; where no other builder can be had, it is said what happened and what to do.
  const next = await wedge.builder({
    files: files(),
    env: { DOCKER_HOST: 'tcp://127.0.0.1:9' },
    caches: { times: short.standstill },
  });
  await expect(next.builder.build({ ...order, caches: { imports: [], exports: [] } })).rejects.toMatchObject({
    message: expect.stringMatching(
      /^The build stood still .*load build definition.* A fresh builder for another try could not be made/,
    ),
    hint: expect.stringMatching(/restart the daemon/),
  });
  await builder.close();
  await close(service2);
});

test('an export that hangs is ended', async () => {
  const wedge = await openHarbour();
  let questions = 0;
  const service2 = createServer((_request, response) => {
    questions += 1;
    if (questions === 1) response.setHeader('content-type', 'application/json').end('{"ok":false}');
  });
  const url = await listen(service2);
  const { builder } = await wedge.builder({
    files: files(),
    env: service({ ACTIONS_RESULTS_URL: url }),
    caches: { times: short.exports },
  });
  const exports = [writes('gha', { scope: fresh() }), writes('gha', { scope: fresh() })];
  await right(await builder.build(orderWith({ imports: [], exports })));
  const started = performance.now();
  expect(brief(await builder.writeCaches('beside'))).toEqual([
    expect.stringMatching(/^gha written: failed \(it was not done after 3 s\)/),
    'gha written: left out (the builder may still hang at the cache before it)',
  ]);
  expect(performance.now() - started).toBeLessThan(15_000);
  await close(service2);
});

test('local: a directory that is damaged is not read and is replaced; a disk that is full costs a warning', async () => {
  const place = join(await temporaryDirectory(), 'cache');
  const order = orderWith({
    imports: [{ ...reads('local', { src: place }), automatic: false }],
    exports: [{ ...writes('local', { dest: place }), automatic: false }],
  });
  const context = files();
  const build = async (): Promise<readonly CacheUse[]> => {
    const { builder } = await harbour.builder({ files: context });
    const built = await builder.build(order);
    const written = await builder.writeCaches('beside');
    await right(built);
    await builder.close();
    return [...built.facts.caches, ...written];
  };
  expect(brief(await build())).toEqual(['local read: left out (not there yet)', 'local written: done']);
  const blobs = join(place, 'blobs', 'sha256');
  const [first = ''] = await readdir(blobs);
  await chmod(join(blobs, first), 0o644);
  await writeFile(join(blobs, first), 'short');
  const uses = await build();
  expect(brief(uses)).toEqual([
    expect.stringMatching(/^local read: left out \(the directory is damaged: the blob sha256:\w+ has 5 bytes instead of \d+\)/),
    'local written: done',
  ]);
  expect(cacheWarnings(uses)).toHaveLength(1);
  await writeFile(join(place, 'index.json'), '{');
  expect(brief(await build())[0]).toMatch(/damaged: .*JSON/);

  await withTinyDisk(async disk => {
    const full = {
      ...order,
      caches: { imports: [], exports: [{ ...writes('local', { dest: join(disk, 'cache') }), automatic: false }] },
    };
    const { builder } = await harbour.builder({ files: context });
    const built = await builder.build(full);
    expect(brief(await builder.writeCaches('beside'))).toEqual([
      expect.stringMatching(/^local written: failed \(.*no space left on device/),
    ]);
    await right(built);
    expect(await readdir(disk)).toEqual([]);
  });
});

/** A context that nobody has built before. */
function files(): Record<string, string> {
  return { Dockerfile: `FROM debian:12\nRUN echo ${fresh()} > /made\nCOPY own /own\n`, own: fresh() };
}

/** The build's result is whole, whatever became of caches. */
async function right({ layout, facts }: Built): Promise<void> {
  const bundle = await readBundle(layout, { digest: facts.metadataDigest });
  expect(bundle.images).toHaveLength(1);
}

/** A registry for each status, which answers nothing else. */
async function answering(statuses: readonly number[]): Promise<readonly { readonly host: string }[]> {
  return Promise.all(
    statuses.map(async status => {
      const server = createServer((_request, response) => void response.writeHead(status).end());
      opened.push(server);
      return { host: new URL(await listen(server)).host };
    }),
  );
}

const opened: Server[] = [];
afterAll(async () => {
  await Promise.all(opened.map(close));
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}

/** A file system of 64 KiB; the testbed runs as root, and so do its tests. */
async function withTinyDisk(work: (disk: string) => Promise<void>): Promise<void> {
  const command = promisify(execFile);
  const disk = await mkdtemp('/var/tmp/seaworthy-disk-');
  await mkdir(disk, { recursive: true });
  await command('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  try {
    await work(disk);
  } finally {
    await command('umount', [disk]);
    await rm(disk, { recursive: true });
  }
}

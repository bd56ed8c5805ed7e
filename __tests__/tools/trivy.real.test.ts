// The real Trivy behind the adapter: what it finds, what it gets to see, and every way in which it can end.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { judge } from '../../src/gate/judge.ts';
import { accept } from '../../src/scan/accept.ts';
import { scan } from '../../src/scan/run-scan.ts';
import type { RawScan } from '../../src/scan/scan.ts';
import { run } from '../../src/tools/command.ts';
import type { CommandOptions, Run } from '../../src/tools/command.ts';
import { createRegistry } from '../../src/tools/registry/registry.ts';
import { prepareDatabase } from '../../src/tools/trivy-db.ts';
import type { DatabaseOptions } from '../../src/tools/trivy-db.ts';
import { createTrivy } from '../../src/tools/trivy.ts';
import { installTrivy } from '../../src/tools/install.ts';
import { aPolicy } from '../builders/findings.ts';
import { ALPINE, CLEAN_DEBIAN, DEBIAN, LODASH, NOTHING, TOKEN, TOKEN_FILE } from '../builders/packages.ts';
import { AMD64, ARM64, temporaryDirectory } from '../fakes/layouts.ts';
import type { ImageSpec } from '../fakes/layouts.ts';
import { bundleOf, imageOf, realScanner, SETTINGS, sharedScanner, testbed } from '../scan/real-scanner.ts';

const TWO: readonly ImageSpec[] = [
  imageOf([CLEAN_DEBIAN]),
  imageOf([DEBIAN, LODASH, TOKEN_FILE], { platform: ARM64, env: [`APP_TOKEN=${TOKEN}`] }),
];

async function rawOf(
  image: ImageSpec,
  options: Parameters<typeof realScanner>[0] = {},
): Promise<{ readonly raw: RawScan; readonly problems: readonly string[] }> {
  const bundle = await bundleOf(image);
  const { scanner } = Object.keys(options).length === 0 ? await sharedScanner() : await realScanner(options);
  const [only] = bundle.images;
  if (only === undefined) throw new Error('one image was made');
  const raw = await scanner.scan(bundle, only, SETTINGS);
  return { raw, problems: accept(raw, only, SETTINGS, await scanner.prepare()).problems };
}

describe('two platforms', () => {
  test('amd64 clean, arm64 not: both are looked at, and arm64 blocks', async () => {
    const { scanner } = await sharedScanner();
    const result = await scan({ bundle: await bundleOf(...TWO), scanner, settings: SETTINGS });
    expect(result.problems).toEqual([]);
    expect(result.platforms.map(({ status, packages, findings }) => [status, packages, findings.length])).toEqual([
      ['accepted', 2, 0],
      ['accepted', 4, 9],
    ]);
    const verdict = judge({ scan: result, policy: aPolicy(), today: new Date(), platforms: [AMD64, ARM64] });
    expect(verdict.outcome).toBe('blocked');
    const blocking = verdict.findings.filter(({ ruling }) => ruling === 'blocks');
    expect(blocking.map(({ finding }) => finding.id)).toEqual(
      expect.arrayContaining(['CVE-2019-10744', 'CVE-2023-4911', 'github-pat']),
    );
    expect(new Set(blocking.flatMap(({ finding }) => finding.platforms))).toEqual(new Set(['linux/arm64']));
    const lodash = blocking.find(({ finding }) => finding.id === 'CVE-2019-10744');
    expect(lodash?.finding).toMatchObject({
      aliases: ['GHSA-jf85-cpcp-j695'],
      package: 'lodash',
      fixed: '4.17.12',
      path: 'app/node_modules/lodash/package.json',
    });
  });

  test('scanned at the same time, the answers are the same as one after the other', async () => {
    const bundle = await bundleOf(...TWO, imageOf([ALPINE], { platform: { os: 'linux', architecture: 's390x' } }));
    const { scanner } = await sharedScanner();
    const ids = async (parallel: number): Promise<string[][]> =>
      (await scan({ bundle, scanner, settings: SETTINGS, parallel })).platforms.map(({ status, findings }) => [
        status,
        ...findings.map(({ id }) => id),
      ]);
    expect(await ids(3)).toEqual(await ids(1));
  });
});

describe('promise 5: the scanner gets no secrets, and none leaves the adapter', () => {
  test("a secret in the parent's environment, in the image's ENV or in a file is nowhere in what the adapter returns", async () => {
    process.env['TRIVY_SEVERITY'] = 'UNKNOWN';
    process.env['SEAWORTHY_TEST_CANARY'] = 'canary-of-the-parent';
    const seen: CommandOptions[] = [];
    const watched: Run = (command, args, options) => {
      seen.push(options);
      return run(command, args, options);
    };
    const { raw, problems } = await rawOf(TWO[1] ?? imageOf([]), { run: watched });
    delete process.env['TRIVY_SEVERITY'];
    expect(problems).toEqual([]);
    const text = JSON.stringify(raw);
    expect(text).toContain('github-pat');
    for (const secret of [TOKEN, 'canary-of-the-parent', 'APP_TOKEN', 'GITHUB_TOKEN', '****']) expect(text).not.toContain(secret);
    expect(seen.map(({ env }) => Object.keys(env))).toEqual([['TMPDIR', 'HOME']]);
  });

  test('it needs no network: in an empty network namespace it finds the same', async () => {
    const offline: Run = (command, args, options) =>
      run('unshare', ['-n', '--', command, ...args], { ...options, env: { ...options.env, PATH: '/usr/bin:/bin' } });
    const apart = await rawOf(imageOf([DEBIAN, LODASH]), { run: offline });
    expect(apart.problems).toEqual([]);
    expect(idsOf(apart.raw)).toEqual(idsOf((await rawOf(imageOf([DEBIAN, LODASH]))).raw));
    expect(idsOf(apart.raw)).toContain('CVE-2019-10744');
  });

  test('files for Trivy in the working directory of the run are not read', async () => {
    const hostile = await temporaryDirectory();
    for (const name of ['trivy.yaml', '.trivyignore', 'trivy-secret.yaml'])
      await writeFile(path.join(hostile, name), 'CVE-2019-10744\n');
    const here = process.cwd();
    process.chdir(hostile);
    try {
      expect(idsOf((await rawOf(imageOf([LODASH]))).raw)).toContain('CVE-2019-10744');
    } finally {
      process.chdir(here);
    }
  });

  test('nothing stays behind: no view, no report, no temporary file', async () => {
    const { scanner, directory } = await realScanner();
    await scan({ bundle: await bundleOf(...TWO), scanner, settings: SETTINGS });
    for (const name of ['views', 'reports', 'tmp', 'home']) expect(await readdir(path.join(directory, name))).toEqual([]);
  });
});

function idsOf(raw: RawScan): unknown[] {
  const { Results = [] } = raw.report as { Results?: { Vulnerabilities?: { VulnerabilityID: unknown }[] }[] };
  return Results.flatMap(({ Vulnerabilities = [] }) => Vulnerabilities.map(({ VulnerabilityID }) => VulnerabilityID));
}

describe('promise 4: a scanner that fails is never a pass', () => {
  const instead =
    (script: string): Run =>
    (_command, _args, options) =>
      run('/bin/sh', ['-c', script], { ...options, env: { ...options.env, PATH: '/usr/bin:/bin' } });

  test.each<[string, Run, string]>([
    ['killed', instead('kill -9 $$'), 'ended by SIGKILL'],
    ['exit code 0 without a report', instead('exit 0'), 'no readable report'],
    ['not there any more', (_, args, options) => run('/no/such/trivy', args, options), 'not installed'],
    [
      'out of time by its own clock',
      (command, args, options) =>
        run(
          command,
          args.map(arg => (arg === '120s' ? '1ms' : arg)),
          options,
        ),
      'deadline exceeded',
    ],
    [
      'out of time by ours',
      (_, __, options) => run('/bin/sleep', ['30'], { ...options, timeout: 200 }),
      'stopped: no result after 120 s',
    ],
    ['an unknown flag', (command, args, options) => run(command, [...args, '--no-such-flag'], options), 'exit code 1'],
  ])('%s', async (_, broken, says) => {
    const { problems } = await rawOf(imageOf([DEBIAN]), { run: broken });
    expect(problems).toEqual([expect.stringContaining(says)]);
  });

  test('a report of an earlier scan is not taken for this one', async () => {
    const fails = instead('exit 0');
    let first = true;
    const { scanner } = await realScanner({
      run: (command, args, options) => {
        const answer = first ? run(command, args, options) : fails(command, args, options);
        first = false;
        return answer;
      },
    });
    const bundle = await bundleOf(imageOf([CLEAN_DEBIAN]));
    const [image] = bundle.images;
    if (image === undefined) throw new Error('one image was made');
    expect((await scanner.scan(bundle, image, SETTINGS)).report).toBeDefined();
    expect((await scanner.scan(bundle, image, SETTINGS)).report).toBeUndefined();
  });

  test('a cancelled run ends the scanner', async () => {
    const stop = new AbortController();
    const { scanner } = await realScanner({
      signal: stop.signal,
      run: (_, __, options) => {
        setTimeout(() => stop.abort(), 100);
        return run('/bin/sleep', ['30'], options);
      },
    });
    const bundle = await bundleOf(imageOf([DEBIAN]));
    const [image] = bundle.images;
    if (image === undefined) throw new Error('one image was made');
    expect((await scanner.scan(bundle, image, SETTINGS)).signal).toBe('SIGTERM');
  });
});

describe('canaries', () => {
  test('lodash and the releases that the database knows', async () => {
    const { scanner } = await sharedScanner();
    const known = (family: string, name: string): Promise<boolean> =>
      scanner.systemCanary({ family, name, endOfLife: false }, SETTINGS);
    expect(await scanner.canary(SETTINGS)).toBe(true);
    expect(
      await Promise.all([
        known('debian', '12.15'),
        known('alpine', '3.19.0'),
        known('debian', '13.1'),
        known('wolfi', '20230201'),
      ]),
    ).toEqual([true, true, false, false]);
  });
});

describe('the database from a real registry', () => {
  async function database(change: Partial<DatabaseOptions> = {}): Promise<DatabaseOptions> {
    const directory = await temporaryDirectory();
    return {
      registry: createRegistry({ run, env: {}, retry: { tries: 1, budget: 0 } }),
      mirrors: [testbed.trivyDb.repository],
      cache: path.join(directory, 'cache'),
      directory: path.join(directory, 'job'),
      maxAgeSeconds: 172_800,
      run,
      ...change,
    };
  }

  test('is fetched, unpacked, and used by Trivy', async () => {
    const options = await database();
    const prepared = await prepareDatabase(options);
    expect(prepared.facts).toMatchObject({ version: 2, repository: testbed.trivyDb.repository });
    const scanner = createTrivy({
      run,
      directory: await mkdtemp(path.join(options.directory, 'trivy-')),
      tool: () =>
        installTrivy({
          path: testbed.tools.trivy,
          directory: options.directory,
          cache: options.cache,
          run,
          download: () => Promise.reject(new Error('no download')),
        }),
      database: () => Promise.resolve(prepared),
    });
    const { platforms } = await scan({ bundle: await bundleOf(imageOf([LODASH])), scanner, settings: SETTINGS });
    expect(platforms).toMatchObject([{ status: 'accepted' }]);
    expect(platforms[0]?.findings.map(({ id }) => id)).toContain('CVE-2019-10744');
  });

  test('an old one is used, and makes the outcome error', async () => {
    const options = await database({ now: () => new Date(Date.now() + 10 * 86_400_000) });
    const { facts } = await prepareDatabase(options);
    expect(facts.ageSeconds).toBeGreaterThan(facts.maxAgeSeconds);
  });

  test('a dead mirror before a live one costs a note', async () => {
    const { facts, notes } = await prepareDatabase(
      await database({ mirrors: ['127.0.0.1:1/trivy-db:2', testbed.trivyDb.repository] }),
    );
    expect(facts.repository).toBe(testbed.trivyDb.repository);
    expect(notes).toEqual([expect.stringContaining('127.0.0.1:1/trivy-db:2 failed')]);
  });
});

/** Rewritten by `RECORD=1` with this test; the pure tests read them. */
const RECORDED = fileURLToPath(new URL('../scan/recorded/', import.meta.url));

describe('recorded runs (RECORD=1 records them anew)', () => {
  test.each<[string, ImageSpec]>([
    ['vulnerable', TWO[1] ?? imageOf([])],
    ['clean', imageOf([CLEAN_DEBIAN])],
    ['alpine', imageOf([ALPINE])],
    ['npm', imageOf([LODASH])],
    ['scratch', imageOf([NOTHING])],
  ])('%s: Trivy still answers as it did', async (name, spec) => {
    const bundle = await bundleOf(spec);
    const [image] = bundle.images;
    if (image === undefined) throw new Error('one image was made');
    const { scanner } = await sharedScanner();
    const raw = await scanner.scan(bundle, image, SETTINGS);
    const file = path.join(RECORDED, `${name}.json`);
    if (process.env['RECORD'] === '1') {
      await rm(file, { force: true });
      await writeFile(file, `${JSON.stringify({ image, raw }, undefined, 2)}\n`);
    }
    const { raw: before } = JSON.parse(await readFile(file, 'utf8')) as { raw: RawScan };
    expect(shapeOf(raw.report)).toEqual(shapeOf(before.report));
    expect(idsOf(raw)).toEqual(idsOf(before));
  });
});

/** Every path of a value with the type that stands there. */
function shapeOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(entry => shapeOf(entry, `${at}[]`)))].sort();
  if (typeof value !== 'object' || value === null) return [`${at}: ${typeof value}`];
  return Object.entries(value)
    .flatMap(([key, entry]) => shapeOf(entry, `${at}.${key}`))
    .sort();
}

// A bundle of several platforms -> one result, with faults.

import { describe, expect, test } from '@jest/globals';
import type { Bundle, PlatformImage } from '../../src/bundle/bundle.ts';
import { Cancelled, UserError } from '../../src/errors.ts';
import { scan } from '../../src/scan/run-scan.ts';
import type { ScanSettings } from '../../src/scan/scan.ts';
import { aFinding, scannerFacts } from '../builders/findings.ts';
import { anImage } from '../builders/trivy-run.ts';
import { fakeScanner } from '../fakes/scanner.ts';

const settings: ScanSettings = { scanners: ['vuln', 'secret'], allowUnrecognised: false, timeout: 300 };
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

function image(architecture: string, letter: string): PlatformImage {
  const made = anImage({ platform: { os: 'linux', architecture } });
  return { ...made, manifest: { ...made.manifest, digest: digest(letter) } };
}

function bundle(...images: PlatformImage[]): Bundle {
  const root = { mediaType: 'application/vnd.oci.image.index.v1+json', digest: digest('0'), size: 500 };
  return {
    directory: '/nowhere',
    root,
    images,
    manifests: [...images.map(({ manifest }) => manifest), root],
    referrers: [],
    blobs: [],
  };
}

const TWO = bundle(image('amd64', '1'), image('arm64', '2'));

describe('scan', () => {
  test('every platform is scanned, with its own findings', async () => {
    const scanner = fakeScanner({ findings: { 'linux/arm64': [aFinding()] } });
    const result = await scan({ bundle: TWO, scanner, settings });
    expect(result.problems).toEqual([]);
    expect(
      result.platforms.map(({ status, manifest, findings }) => [status, manifest, findings.map(({ platforms }) => platforms)]),
    ).toEqual([
      ['accepted', digest('1'), []],
      ['accepted', digest('2'), [['linux/arm64']]],
    ]);
  });

  test('no more at the same time than asked for', async () => {
    const images = ['amd64', 'arm64', 's390x', 'ppc64le', 'riscv64'].map((architecture, at) =>
      image(architecture, String(at + 1)),
    );
    for (const parallel of [1, 3]) {
      const scanner = fakeScanner();
      await scan({ bundle: bundle(...images), scanner, settings, parallel });
      expect(scanner.peak()).toBe(parallel);
    }
  });

  test('platforms of one manifest are scanned once, and each has its scan', async () => {
    const shared = image('amd64', '1');
    const scanner = fakeScanner();
    const result = await scan({
      bundle: bundle(shared, { ...shared, platform: { os: 'linux', architecture: 'amd64', variant: 'v1' } }),
      scanner,
      settings,
    });
    expect(scanner.calls.filter(call => call.startsWith('scan'))).toHaveLength(1);
    expect(result.platforms.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
  });

  test('one platform that fails is rejected with its findings, the other is not', async () => {
    const scanner = fakeScanner({
      findings: { 'linux/arm64': [aFinding()] },
      fault: (raw, { platform }) => (platform.architecture === 'arm64' ? { ...raw, exitCode: null, signal: 'SIGKILL' } : raw),
    });
    const { platforms } = await scan({ bundle: TWO, scanner, settings });
    expect(platforms[0]).toMatchObject({ status: 'accepted' });
    expect(platforms[1]).toMatchObject({
      status: 'rejected',
      problems: [expect.stringContaining('linux/arm64: the scanner was ended by SIGKILL')],
    });
    expect(platforms[1]?.findings).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof fakeScanner>[0], string]>([
    ['a canary that is not found', { canary: false }, 'canary'],
    ['a database older than allowed', { facts: { database: { ...scannerFacts().database, ageSeconds: 200_000 } } }, 'max-db-age'],
    ['a database of unknown age', { facts: { database: { ...scannerFacts().database, ageSeconds: Number.NaN } } }, 'unknown age'],
    ['a database of another schema', { facts: { database: { ...scannerFacts().database, version: 3 } } }, 'schema version 3'],
  ])('%s is a problem of the whole run', async (_, spec, says) => {
    const { problems } = await scan({ bundle: TWO, scanner: fakeScanner(spec), settings });
    expect(problems).toEqual([expect.stringContaining(says)]);
  });

  test('a database of exactly the allowed age is good', async () => {
    const facts = { database: { ...scannerFacts().database, ageSeconds: 172_800, maxAgeSeconds: 172_800 } };
    expect((await scan({ bundle: TWO, scanner: fakeScanner({ facts }), settings })).problems).toEqual([]);
  });

  test('a release that the database does not know rejects the platforms that have it', async () => {
    const scanner = fakeScanner({ os: { family: 'debian', name: '13.1' }, blind: ['debian 13.1'] });
    const { platforms } = await scan({ bundle: TWO, scanner, settings });
    expect(platforms.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(platforms[1]).toMatchObject({ problems: [expect.stringMatching(/^linux\/arm64: .* no advisories for debian 13\.1/)] });
    expect(scanner.calls.filter(call => call === 'canary debian 13.1')).toHaveLength(1);
  });

  test('a canary that throws was not found', async () => {
    const scanner = { ...fakeScanner(), canary: () => Promise.reject(new Error('spawn')) };
    expect((await scan({ bundle: TWO, scanner, settings })).problems).toEqual([expect.stringContaining('canary')]);
  });

  test('without vulnerabilities to look for there is no canary', async () => {
    const scanner = fakeScanner({ canary: false, blind: ['debian 12.1'] });
    const result = await scan({ bundle: TWO, scanner, settings: { ...settings, scanners: ['secret'] } });
    expect(scanner.calls.filter(call => call.startsWith('canary'))).toEqual([]);
    expect(result.platforms.map(({ status }) => status)).toEqual(['accepted', 'accepted']);
  });

  test('a scanner that cannot be had ends the stage with its own error', async () => {
    const failure = new UserError('no vulnerability database');
    await expect(scan({ bundle: TWO, scanner: fakeScanner({ failure }), settings })).rejects.toBe(failure);
  });

  test('a run that was cancelled starts nothing more', async () => {
    const stop = new AbortController();
    const scanner = fakeScanner({ fault: raw => (stop.abort(), raw) });
    await expect(scan({ bundle: TWO, scanner, settings, parallel: 1, signal: stop.signal })).rejects.toBeInstanceOf(Cancelled);
    expect(scanner.calls.filter(call => call.startsWith('scan'))).toEqual(['scan linux/amd64']);
  });
});

// Recorded runs of the real Trivy 0.76.0 (see recorded/README.md) are accepted, and what they found comes out.

import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import type { PlatformImage } from '../../src/bundle/bundle.ts';
import { accept } from '../../src/scan/accept.ts';
import type { RawScan, ScanSettings } from '../../src/scan/scan.ts';

const SETTINGS: ScanSettings = { scanners: ['vuln', 'secret'], allowUnrecognised: false, timeout: 300 };

interface Recording {
  readonly image: PlatformImage;
  readonly raw: RawScan;
}

async function recorded(name: string): Promise<Recording> {
  return JSON.parse(await readFile(new URL(`recorded/${name}.json`, import.meta.url), 'utf8')) as Recording;
}

describe('a recorded run', () => {
  test.each<[string, number, readonly string[]]>([
    [
      'vulnerable',
      4,
      [
        ...['CVE-2011-3374 apt LOW', 'CVE-2023-4911 libc6 HIGH', 'CVE-2010-4756 libc6 LOW'],
        ...[
          'CVE-2019-10744 lodash CRITICAL',
          'CVE-2020-8203 lodash HIGH',
          'CVE-2021-23337 lodash HIGH',
          'CVE-2020-28500 lodash MEDIUM',
        ],
        ...['github-pat srv/app.env CRITICAL', 'github-pat  CRITICAL'],
      ],
    ],
    ['clean', 2, []],
    ['alpine', 2, ['CVE-2023-6129 libcrypto3 MEDIUM']],
    [
      'npm',
      1,
      [
        'CVE-2019-10744 lodash CRITICAL',
        'CVE-2020-8203 lodash HIGH',
        'CVE-2021-23337 lodash HIGH',
        'CVE-2020-28500 lodash MEDIUM',
      ],
    ],
  ])('%s', async (name, packages, expected) => {
    const { image, raw } = await recorded(name);
    const examined = accept(raw, image, SETTINGS, { version: '0.76.0' });
    expect(examined.problems).toEqual([]);
    expect(examined.packages).toBe(packages);
    const seen = examined.findings.map(({ id, package: inPackage, path, severity }) => `${id} ${inPackage || path} ${severity}`);
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });

  test('scratch: nothing was recognised', async () => {
    const { image, raw } = await recorded('scratch');
    expect(accept(raw, image, SETTINGS, { version: '0.76.0' }).problems).toEqual([expect.stringContaining('allow-unrecognised')]);
    expect(accept(raw, image, { ...SETTINGS, allowUnrecognised: true }, { version: '0.76.0' }).problems).toEqual([]);
  });

  test('another image of the same release does not pass for it', async () => {
    const { raw } = await recorded('clean');
    const { image } = await recorded('vulnerable');
    expect(accept(raw, image, SETTINGS, { version: '0.76.0' }).problems.length).toBeGreaterThan(2);
  });

  test('the end of life of a release is told', async () => {
    const { image, raw } = await recorded('alpine');
    expect(accept(raw, image, SETTINGS, { version: '0.76.0' }).os).toEqual({ family: 'alpine', name: '3.19.0', endOfLife: true });
  });
});

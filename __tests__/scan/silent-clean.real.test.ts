// Every way in which the real Trivy is silently clean (exit code 0, no findings) that acceptance can see: each is refused with its own message.

import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { blobPath } from '../../src/bundle/blobs.ts';
import type { Bundle, PlatformImage } from '../../src/bundle/bundle.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { accept } from '../../src/scan/accept.ts';
import { scan } from '../../src/scan/run-scan.ts';
import type { PlatformScan, RawScan } from '../../src/scan/scan.ts';
import { emptyBolt } from '../builders/bolt.ts';
import { ALPINE, CLEAN_DEBIAN, DEBIAN, debian, dpkg, LODASH, NOTHING } from '../builders/packages.ts';
import type { Files } from '../builders/packages.ts';
import { AMD64, ARM64, changeManifest, addBlob, json, makeLayout, writeLayout } from '../fakes/layouts.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { bundleOf, imageOf, realScanner, SETTINGS, sharedScanner } from './real-scanner.ts';

async function problemsOf(bundle: Bundle, settings = SETTINGS): Promise<readonly string[]> {
  const { scanner } = await sharedScanner();
  const result = await scan({ bundle, scanner, settings });
  return [...result.problems, ...result.platforms.flatMap(rejection)];
}

function rejection(scanned: PlatformScan): readonly string[] {
  return scanned.status === 'rejected' ? scanned.problems : [];
}

const STATUS = 'var/lib/dpkg/status';

describe('images', () => {
  test.each<[string, readonly Files[], string]>([
    [
      'a release file that Trivy does not know (kali)',
      [{ 'etc/os-release': 'ID=kali\nVERSION_ID="2026.1"\n', [STATUS]: dpkg('apt', '2.6.1') }],
      'operating system is one that Trivy does not know',
    ],
    [
      'Debian without etc/debian_version',
      [{ 'etc/os-release': 'ID=debian\nVERSION_ID="12"\n', [STATUS]: dpkg('apt', '2.6.1') }],
      'operating system is one that Trivy does not know',
    ],
    ['an emptied list of packages', [{ ...DEBIAN, [STATUS]: '' }], 'not one of its packages'],
    ['a list of packages that is garbage', [{ ...DEBIAN, [STATUS]: 'garbage\n' }], 'not one of its packages'],
    ['a list of packages that a later layer removes', [DEBIAN, { 'var/lib/dpkg/.wh.status': '' }], 'not one of its packages'],
    [
      'a release without a bucket in the database (Debian 13)',
      [debian('13.1', dpkg('apt', '3.0.3'), dpkg('libc6', '2.41-1', 'glibc'))],
      'no advisories for debian 13.1',
    ],
    ['an Alpine without a bucket', [{ ...ALPINE, 'etc/alpine-release': '3.22.1\n' }], 'no advisories for alpine 3.22.1'],
    ['a release that nobody knows yet (Debian 99)', [debian('99.1', dpkg('apt', '9.0'))], 'not on the EOL list'],
    ['a later layer that says another release', [DEBIAN, { 'etc/debian_version': '13.1\n' }], 'no advisories for debian 13.1'],
    ['Debian packages under Alpine files', [DEBIAN, { 'etc/alpine-release': '3.19.0\n' }], 'comes from dpkg'],
    [
      'a version that cannot be compared',
      [debian('12.1', dpkg('apt', 'not a version!'), dpkg('base-files', '12.4'))],
      'Invalid version',
    ],
    ['nothing that a scanner recognises', [NOTHING], 'neither an operating system nor packages'],
  ])('%s', async (_, layers, says) => {
    const problems = await problemsOf(await bundleOf(imageOf(layers)));
    expect(problems.join('\n')).toContain(says);
    expect(problems.every(problem => problem.startsWith('linux/amd64: '))).toBe(true);
  });

  test('sound ones of the same kind are accepted', async () => {
    const kinds = [[DEBIAN], [CLEAN_DEBIAN, LODASH], [ALPINE], [LODASH]];
    for (const layers of kinds) expect(await problemsOf(await bundleOf(imageOf(layers)))).toEqual([]);
    expect(await problemsOf(await bundleOf(imageOf([NOTHING])), { ...SETTINGS, allowUnrecognised: true })).toEqual([]);
  });
});

describe('layouts', () => {
  const raw = async (bundle: Bundle, image: PlatformImage): Promise<RawScan> =>
    (await sharedScanner()).scanner.scan(bundle, image, SETTINGS);
  const first = (bundle: Bundle): PlatformImage => {
    const [image] = bundle.images;
    if (image === undefined) throw new Error('no image');
    return image;
  };

  test('the scan of another image', async () => {
    const bundle = await bundleOf(imageOf([CLEAN_DEBIAN]), imageOf([DEBIAN], { platform: ARM64 }));
    const [amd, arm] = bundle.images;
    if (amd === undefined || arm === undefined) throw new Error('two images were made');
    const { problems } = accept(await raw(bundle, amd), arm, SETTINGS, { version: '0.76.0' });
    for (const says of ['another image', 'other layers', 'layer 1 of 1', 'is for linux/amd64'])
      expect(problems.join('\n')).toContain(says);
  });

  test('an attestation that is an OCI artefact: Trivy takes it for an image without layers', async () => {
    const layout = makeLayout({ images: [{ ...imageOf([DEBIAN]), attestation: 'artifact' }] });
    const bundle = await readBundle(await writeLayout(layout));
    const image = first(bundle);
    const [attestation] = image.attestations;
    if (attestation === undefined) throw new Error('no attestation was made');
    const { config } = json<{ config: PlatformImage['config'] }>(layout, attestation.digest);
    const answer = await raw(bundle, { ...image, manifest: attestation, config, layers: [], diffIds: [] });
    expect(answer.exitCode).toBe(0);
    const { problems, findings } = accept(answer, image, SETTINGS, { version: '0.76.0' });
    expect(findings).toEqual([]);
    expect(problems.join('\n')).toContain('another image');
    expect(
      accept(answer, { ...image, config, layers: [], diffIds: [] }, SETTINGS, { version: '0.76.0' }).problems.join(),
    ).toContain('has no layers');
  });

  test('two layers that claim one diff_id: Trivy never reads the second, and the hashes of the bundle tell', async () => {
    const layout = makeLayout({ images: [imageOf([CLEAN_DEBIAN, LODASH])] });
    const lying = changeManifest(layout, 0, manifest => {
      const config = json<{ rootfs: { diff_ids: string[] } }>(layout, manifest.config.digest);
      const [id = ''] = config.rootfs.diff_ids;
      return {
        ...manifest,
        config: addBlob(layout.blobs, manifest.config.mediaType, { ...config, rootfs: { type: 'layers', diff_ids: [id, id] } }),
      };
    });
    const bundle = await readBundle(await writeLayout(lying));
    const answer = await raw(bundle, first(bundle));
    expect(accept(answer, first(bundle), SETTINGS, { version: '0.76.0' }).findings).toEqual([]);
    await expect(verifyBlobs(bundle)).rejects.toThrow(/layer/);
  });

  test.each<[string, (file: string) => Promise<void>]>([
    ['a layer that is cut off', async file => writeFile(file, (await readFile(file)).subarray(0, 60))],
    ['a layer of random bytes', file => writeFile(file, Buffer.alloc(500, 7))],
  ])('%s', async (_, damage) => {
    const bundle = await bundleOf(imageOf([DEBIAN]));
    const image = first(bundle);
    await damage(blobPath(bundle.directory, image.layers[0]?.digest ?? ''));
    const { problems } = accept(await raw(bundle, image), image, SETTINGS, { version: '0.76.0' });
    expect(problems).toEqual([expect.stringContaining('exit code 1')]);
  });

  test('a layer without a byte: Trivy does not mind, acceptance and hashes do', async () => {
    const bundle = await bundleOf(imageOf([DEBIAN]));
    const file = blobPath(bundle.directory, first(bundle).layers[0]?.digest ?? '');
    await rm(file);
    await writeFile(file, '');
    expect(await problemsOf(bundle)).toEqual([expect.stringContaining('neither an operating system nor packages')]);
    await expect(verifyBlobs(bundle)).rejects.toThrow();
  });
});

describe('databases', () => {
  test('an emptied one: valid, young, and knows nothing', async () => {
    const bundle = await bundleOf(imageOf([DEBIAN, LODASH], { platform: AMD64 }));
    const { scanner } = await realScanner({ database: emptyBolt() });
    const { problems, platforms } = await scan({ bundle, scanner, settings: SETTINGS });
    expect(platforms.flatMap(({ findings }) => findings)).toEqual([]);
    expect(problems).toEqual([expect.stringContaining('the canary was not found')]);
    expect(platforms).toMatchObject([
      { status: 'rejected', problems: [expect.stringContaining('no advisories for debian 12.1')] },
    ]);
  });

  test('random bytes: the scanner fails, and so do the canaries', async () => {
    const { scanner } = await realScanner({ database: Buffer.alloc(65_536, 7) });
    const { problems, platforms } = await scan({ bundle: await bundleOf(imageOf([DEBIAN])), scanner, settings: SETTINGS });
    expect(problems).toEqual([expect.stringContaining('canary')]);
    expect(platforms.map(({ status }) => status)).toEqual(['rejected']);
  });
});

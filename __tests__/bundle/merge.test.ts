// The merge rule: order of the platforms, each image followed by its attestations, same input = same bytes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { merge } from '../../src/bundle/merge.ts';
import type { Index } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { UserError } from '../../src/errors.ts';
import { aLayout, AMD64, ARM64, ARMV7, blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import type { ImageSpec, LayoutSpec } from '../fakes/layouts.ts';

const bundleOf = async (image: ImageSpec, more: LayoutSpec = {}): Promise<Bundle> =>
  readBundle((await aLayout({ images: [image], ...more })).directory);
const fresh = async (): Promise<string> => join(await temporaryDirectory(), 'merged');
const rootBytes = async (bundle: Bundle): Promise<string> => readFile(blobFile(bundle.directory, bundle.root.digest), 'utf8');
const ANNOTATIONS = { 'org.opencontainers.image.version': '1', 'org.opencontainers.image.revision': 'abc' };

describe('merge', () => {
  test('follows the order of platforms, whatever the order of the bundles', async () => {
    const amd = await bundleOf({ platform: AMD64, attestation: 'legacy' });
    const arm = await bundleOf({ platform: ARM64, attestation: 'artifact' }, { shape: 'nested' });
    const v7 = await bundleOf({ platform: ARMV7, listed: false }, { shape: 'manifest', names: ['a:1', 'a:2'] });
    const order = { platforms: [ARM64, ARMV7, AMD64], annotations: ANNOTATIONS };
    const merged = await merge([amd, arm, v7], { ...order, directory: await fresh() });
    const index = JSON.parse(await rootBytes(merged)) as Index;
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.annotations).toEqual(ANNOTATIONS);
    expect(index.manifests.map(entry => entry.digest)).toEqual([
      arm.images[0]?.manifest.digest,
      arm.images[0]?.attestations[0]?.digest,
      v7.images[0]?.manifest.digest,
      amd.images[0]?.manifest.digest,
      amd.images[0]?.attestations[0]?.digest,
    ]);
    expect(index.manifests[2]).toEqual({
      ...v7.images[0]?.manifest,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    });
    expect(JSON.stringify(index)).not.toContain('io.containerd.image.name');
    await verifyBlobs(merged);

    const again = await merge([v7, arm, amd], { ...order, annotations: reversed(ANNOTATIONS), directory: await fresh() });
    expect(await rootBytes(again)).toBe(await rootBytes(merged));
  });

  test('the bytes are fixed: a change of the rule changes published digests and must be meant', async () => {
    // Not compressed: the bytes that zlib makes may change with its version.
    const layers = [{ files: { 'etc/hello': 'hello' }, compression: 'none' as const }];
    const parts = [
      await bundleOf({ platform: AMD64, layers }),
      await bundleOf({ platform: ARM64, layers, attestation: 'legacy' }),
    ];
    const order = { platforms: [AMD64, ARM64], annotations: ANNOTATIONS, directory: await fresh() };
    const merged = await merge(parts, order);
    expect(await rootBytes(merged)).toMatchSnapshot();
    expect(await readFile(join(merged.directory, 'index.json'), 'utf8')).toMatchSnapshot();
  });

  test('keeps platform manifests and attestations byte for byte', async () => {
    const amd = await bundleOf({ platform: AMD64, attestation: 'artifact' });
    const merged = await merge([amd], { platforms: [AMD64], annotations: {}, directory: await fresh() });
    for (const { digest } of [...amd.blobs, ...amd.manifests.slice(0, -1)]) {
      expect(await readFile(blobFile(merged.directory, digest))).toEqual(await readFile(blobFile(amd.directory, digest)));
    }
    expect(merged.images[0]?.attestations).toHaveLength(1);
    expect(merged.blobs.map(blob => blob.digest).sort()).toEqual(amd.blobs.map(blob => blob.digest).sort());
  });
});

describe('merge refuses', () => {
  test.each<[string, ImageSpec[], (typeof AMD64)[], RegExp]>([
    ['a missing platform', [{ platform: AMD64 }], [AMD64, ARM64], /none of the 1 bundles holds linux\/arm64/],
    ['no bundle', [], [AMD64], /none of the 0 bundles holds linux\/amd64/],
    [
      'a platform built twice',
      [{ platform: AMD64 }, { platform: AMD64, labels: { a: 'b' } }],
      [AMD64],
      /linux\/amd64 was built twice: sha256:\w{64} in .*, sha256:\w{64} in/,
    ],
    [
      'a platform built twice with the same bytes',
      [{ platform: ARM64 }, { platform: ARM64 }],
      [ARM64],
      /linux\/arm64 was built twice/,
    ],
    [
      'a platform nobody asked for',
      [{ platform: AMD64 }, { platform: ARMV7 }],
      [AMD64],
      /holds linux\/arm\/v7, which is not among the platforms/,
    ],
    ['a platform asked for twice', [{ platform: ARM64 }], [ARM64, { ...ARM64, variant: 'v8' }], /listed twice/],
  ])('%s', async (_name, images, platforms, message) => {
    const bundles = await Promise.all(images.map(image => bundleOf(image)));
    const merging = merge(bundles, { platforms, annotations: {}, directory: await fresh() });
    await expect(merging).rejects.toThrow(message);
    await expect(merging).rejects.toBeInstanceOf(UserError);
  });
});

function reversed(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).reverse());
}

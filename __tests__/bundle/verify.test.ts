// Every byte of every blob: as stored, and unpacked.

import { readFile, writeFile } from 'node:fs/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../src/bundle/bundle.ts';
import type { Manifest } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs, verifyManifests } from '../../src/bundle/verify.ts';
import { UserError } from '../../src/errors.ts';
import {
  addBlob,
  aLayout,
  AMD64,
  ARM64,
  blobFile,
  changeManifest,
  json,
  makeLayout,
  sha256,
  tar,
  writeLayout,
} from '../fakes/layouts.ts';

const FILES = { 'etc/hello': 'hello '.repeat(200_000), 'etc/other': 'x' };

/** A one-image layout whose only layer has these stored bytes, and whose config says that they unpack to `plain`. */
async function withLayer(stored: Buffer, plain: Buffer, type = 'tar+gzip'): Promise<Bundle> {
  const whole = makeLayout({ images: [{ platform: AMD64 }] });
  const layer = addBlob(whole.blobs, `application/vnd.oci.image.layer.v1.${type}`, stored);
  const changed = changeManifest(whole, 0, manifest => {
    const config = json<Record<string, unknown>>(whole, manifest.config.digest);
    const fixed = { ...config, rootfs: { type: 'layers', diff_ids: [sha256(plain)] } };
    return { ...manifest, layers: [layer], config: addBlob(whole.blobs, manifest.config.mediaType, fixed) };
  });
  return readBundle(await writeLayout(changed));
}

const skippable = (text: string): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a50, 0);
  head.writeUInt32LE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

describe('sound blobs', () => {
  const plain = tar(FILES);
  const half = Math.floor(plain.length / 2);
  test.each<[string, Buffer, string]>([
    ['gzip', gzipSync(plain), 'tar+gzip'],
    ['gzip in several members', Buffer.concat([gzipSync(plain.subarray(0, half)), gzipSync(plain.subarray(half))]), 'tar+gzip'],
    ['zstd', zstdCompressSync(plain), 'tar+zstd'],
    [
      'zstd in several frames, some to be skipped',
      Buffer.concat([
        skippable('a'),
        zstdCompressSync(plain.subarray(0, half)),
        skippable('bc'),
        zstdCompressSync(plain.subarray(half)),
        skippable('d'),
      ]),
      'tar+zstd',
    ],
    ['not compressed', plain, 'tar'],
    ['compressed in another way than its type says: engines go by the bytes, so do we', zstdCompressSync(plain), 'tar+gzip'],
  ])('%s', async (_name, stored, type) => {
    await verifyBlobs(await withLayer(stored, plain, type));
  });

  test('attestations, shared layers, progress up to the total', async () => {
    const layer = { files: FILES };
    const { directory } = await aLayout({
      images: [
        { platform: AMD64, layers: [layer, { files: { a: 'b' }, compression: 'zstd' }], attestation: 'legacy' },
        { platform: ARM64, layers: [layer, { files: { c: 'd' }, compression: 'none' }], attestation: 'artifact' },
      ],
    });
    const bundle = await readBundle(directory);
    const seen: number[] = [];
    await verifyBlobs(bundle, { onProgress: ({ bytes, total }) => seen.push(bytes / total) });
    expect(seen).toHaveLength(bundle.blobs.length);
    expect(seen.at(-1)).toBe(1);
  });
});

describe('blobs that are not what they claim', () => {
  const plain = tar(FILES);
  const other = tar({ 'etc/hello': 'something else' });
  test.each<[string, Buffer, RegExp]>([
    [
      'the diff_id of other content',
      gzipSync(other),
      /layer sha256:\w{64} of linux\/amd64 \(sha256:\w{64}\) unpacks to sha256:\w{64}, but its config says/,
    ],
    ['gzip cut short', gzipSync(plain).subarray(0, 900), /cannot be unpacked: unexpected end of file/],
    ['gzip with a wrong checksum', Buffer.concat([gzipSync(plain).subarray(0, -8), Buffer.alloc(8)]), /cannot be unpacked/],
    ['gzip followed by other bytes', Buffer.concat([gzipSync(plain), Buffer.from('#!/bin/sh')]), /cannot be unpacked/],
    ['gzip followed by zeros', Buffer.concat([gzipSync(plain), Buffer.alloc(512)]), /512 bytes follow the gzip data/],
    ['zstd followed by other bytes', Buffer.concat([zstdCompressSync(plain), Buffer.from('#!/bin/sh')]), /cannot be unpacked/],
    ['zstd cut short', zstdCompressSync(plain).subarray(0, 40), /cannot be unpacked/],
    ['nothing', Buffer.alloc(0), /unpacks to sha256:e3b0c442/],
  ])('%s', async (_name, stored, message) => {
    const bundle = await withLayer(stored, plain);
    const verifying = verifyBlobs(bundle);
    await expect(verifying).rejects.toThrow(message);
    await expect(verifying).rejects.toBeInstanceOf(UserError);
  });

  test('two layers under one diff_id: the lie that makes scanners skip the second', async () => {
    const layout = makeLayout({ images: [{ platform: AMD64, layers: [{ files: { a: '1' } }, { files: { b: '2' } }] }] });
    const lying = changeManifest(layout, 0, manifest => {
      const config = json<{ rootfs: { diff_ids: string[] } }>(layout, manifest.config.digest);
      const ids = config.rootfs.diff_ids;
      return {
        ...manifest,
        config: addBlob(layout.blobs, manifest.config.mediaType, {
          ...config,
          rootfs: { type: 'layers', diff_ids: [ids[0], ids[0]] },
        }),
      };
    });
    await expect(verifyBlobs(await readBundle(await writeLayout(lying)))).rejects.toThrow(/unpacks to .* but its config says/);
  });

  test('one bit of any blob', async () => {
    const { directory, layout } = await aLayout();
    const bundle = await readBundle(directory);
    for (const blob of bundle.blobs) {
      const file = blobFile(directory, blob.digest);
      const bytes = await readFile(file);
      const changed = Buffer.from(bytes);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      await writeFile(file, changed);
      await expect(verifyBlobs(bundle)).rejects.toThrow(blob.digest);
      await writeFile(file, bytes);
    }
    expect(layout.blobs.size).toBeGreaterThan(bundle.blobs.length);
    await verifyBlobs(bundle);
  });
});

test('the quick form sees a changed manifest, and only those', async () => {
  const { directory, layout } = await aLayout();
  const bundle = await readBundle(directory);
  await verifyManifests(bundle);
  const layer = json<Manifest>(layout, layout.images[0]?.manifest.digest ?? '').layers[0];
  await writeFile(blobFile(directory, layer?.digest ?? ''), 'changed');
  await verifyManifests(bundle);
  await writeFile(blobFile(directory, layout.root.digest), '{}');
  await expect(verifyManifests(bundle)).rejects.toThrow(layout.root.digest);
});

test('stops when the run is cancelled', async () => {
  const bundle = await readBundle((await aLayout()).directory);
  await expect(verifyBlobs(bundle, { signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow('cancelled');
});

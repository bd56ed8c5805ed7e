// The view for scanners: one image, nothing else, readable for everybody.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readBundle } from '../../src/bundle/read.ts';
import { writeView } from '../../src/bundle/view.ts';
import { aLayout, AMD64, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';

test.each(['index', 'nested'] as const)('each image gets a layout with one descriptor and only its blobs (%s)', async shape => {
  const bundle = await readBundle((await aLayout({ shape })).directory);
  for (const image of bundle.images) {
    const view = await writeView(bundle, image, join(await temporaryDirectory(), 'linux-x'));
    const seen = await readBundle(view);
    expect(seen.root.digest).toBe(image.manifest.digest);
    expect(seen.images).toMatchObject([{ platform: image.platform, attestations: [] }]);
    expect(await readdir(join(view, 'blobs', 'sha256'))).toHaveLength(2 + image.layers.length);
    const index = JSON.parse(await readFile(join(view, 'index.json'), 'utf8')) as { manifests: unknown[] };
    expect(index.manifests).toHaveLength(1);
  }
});

test('blobs are hard links, a layer that is used twice is linked once, and others may read', async () => {
  const layer = { files: { a: 'b' } };
  const { directory } = await aLayout({ images: [{ platform: AMD64, layers: [layer, layer] }, { platform: ARM64 }] });
  const bundle = await readBundle(directory);
  const image = bundle.images[0];
  if (image === undefined) throw new Error('no image');
  const view = await writeView(bundle, image, join(await temporaryDirectory(), 'view'));
  const digest = image.layers[0]?.digest ?? '';
  const linked = await stat(blobFile(view, digest));
  expect(linked.ino).toBe((await stat(blobFile(directory, digest))).ino);
  expect(linked.mode & 0o777).toBe(0o644);
  for (const made of ['', 'blobs', 'blobs/sha256']) expect((await stat(join(view, made))).mode & 0o777).toBe(0o755);
  for (const made of ['index.json', 'oci-layout']) expect((await stat(join(view, made))).mode & 0o777).toBe(0o644);
});

test('on another file system blobs are copied', async () => {
  const { directory } = await aLayout();
  const elsewhere = '/dev/shm';
  if ((await stat(directory)).dev === (await stat(elsewhere)).dev)
    throw new Error('this test needs two file systems: /tmp and /dev/shm');
  const bundle = await readBundle(directory);
  const image = bundle.images[0];
  if (image === undefined) throw new Error('no image');
  const view = await writeView(bundle, image, join(await temporaryDirectory(elsewhere), 'view'));
  expect((await readBundle(view)).root.digest).toBe(image.manifest.digest);
});

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MANIFEST_LIMIT, readSmallBlob } from '../../src/bundle/blobs.ts';
import { pullBundle, pullLayout } from '../../src/bundle/pull.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { aLayout, AMD64, ARM64, ARMV7, temporaryDirectory, type LayoutSpec } from '../fakes/layouts.ts';
import { memoryRegistry, type MemoryRegistry } from '../fakes/registry.ts';

const IMAGE = 'ghcr.io/acme/app';

interface Published {
  readonly registry: MemoryRegistry;
  readonly directory: string;
  readonly root: string;
}

async function published(spec: LayoutSpec = {}): Promise<Published> {
  const registry = memoryRegistry();
  const { directory } = await aLayout(spec);
  const bundle = await readBundle(directory);
  for (const blob of bundle.blobs) await registry.pushBlob(IMAGE, blob, bundle, []);
  for (const { digest, mediaType, size } of bundle.manifests) {
    const bytes = await readSmallBlob(directory, { digest, mediaType, size }, 'manifest', MANIFEST_LIMIT);
    await registry.pushManifest(IMAGE, digest, { digest, mediaType, bytes });
  }
  return { registry, directory, root: bundle.root.digest };
}

async function fresh(): Promise<string> {
  return join(await temporaryDirectory(), 'pulled');
}

describe('a pulled image', () => {
  test.each<[string, LayoutSpec]>([
    ['two platforms with attestations', {}],
    ['attestations as artifacts', { images: [{ platform: AMD64, attestation: 'artifact' }] }],
    ['a lone manifest', { images: [{ platform: AMD64, listed: false }], shape: 'manifest' }],
    ['an index in an index', { shape: 'nested' }],
  ])('is the same bundle, byte for byte: %s', async (_, spec) => {
    const { registry, directory, root } = await published(spec);
    const target = await fresh();
    const pulled = await pullBundle({ registry, image: IMAGE, digest: root, directory: target, platforms: [AMD64] });
    const original = await readBundle(directory);
    expect({ ...pulled, directory: '' }).toEqual({ ...original, directory: '', root: { ...original.root, platform: undefined } });
    await verifyBlobs(pulled, {});
    for (const name of await readdir(join(directory, 'blobs', 'sha256')))
      expect(
        (await readFile(join(target, 'blobs', 'sha256', name))).equals(await readFile(join(directory, 'blobs', 'sha256', name))),
      ).toBe(true);
  });

  test('must have the planned platforms', async () => {
    const { registry, root } = await published();
    const pulling = pullBundle({
      registry,
      image: IMAGE,
      digest: root,
      directory: await fresh(),
      platforms: [AMD64, ARM64, ARMV7],
    });
    await expect(pulling).rejects.toThrow(/no image for linux\/arm\/v7/);
  });

  test('that is not there is named', async () => {
    const { registry } = await published();
    const digest = `sha256:${'0'.repeat(64)}`;
    await expect(pullLayout({ registry, image: IMAGE, digest, directory: await fresh() })).rejects.toThrow(
      `manifest ${IMAGE}@${digest} is not in the registry`,
    );
  });

  test('with a manifest of other bytes is refused, and its layout is not whole', async () => {
    const { registry, root } = await published();
    const stored = registry.repository(IMAGE).manifests;
    const [victim] = [...stored.keys()].filter(digest => digest !== root);
    stored.set(victim ?? '', {
      digest: victim ?? '',
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      bytes: Buffer.from('{}'),
    });
    const directory = await fresh();
    await expect(pullLayout({ registry, image: IMAGE, digest: root, directory })).rejects.toThrow(
      /other bytes than its digest says/,
    );
    expect(await readdir(directory)).not.toContain('index.json');
  });

  test('that lacks a blob is refused, and its layout is not whole', async () => {
    const { registry, root } = await published();
    const { blobs } = registry.repository(IMAGE);
    blobs.delete([...blobs.keys()][0] ?? '');
    const directory = await fresh();
    await expect(pullLayout({ registry, image: IMAGE, digest: root, directory })).rejects.toThrow(/has no blob/);
    expect(await readdir(directory)).not.toContain('index.json');
  });
});

// Reading layouts: sound ones of every shape, and broken ones, each refused with the digest in the message.

import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Descriptor, Index, Manifest } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { UserError } from '../../src/errors.ts';
import { platformName } from '../../src/plan/platform.ts';
import {
  addBlob,
  aLayout,
  AMD64,
  ARM64,
  ARMV7,
  blobFile,
  changeManifest,
  changeRoot,
  json,
  makeLayout,
  writeLayout,
} from '../fakes/layouts.ts';
import type { LayoutSpec, MemoryLayout } from '../fakes/layouts.ts';

const platforms = async (directory: string): Promise<string[]> =>
  (await readBundle(directory)).images.map(image => platformName(image.platform));

describe('sound layouts', () => {
  test.each<[string, LayoutSpec, string[]]>([
    ['two platforms with attestations', {}, ['linux/amd64', 'linux/arm64']],
    ['one platform, bare manifest', { images: [{ platform: ARM64 }], shape: 'manifest' }, ['linux/arm64']],
    [
      'bare manifest without a platform in the descriptor',
      { images: [{ platform: ARMV7, listed: false }], shape: 'manifest' },
      ['linux/arm/v7'],
    ],
    ['index in an index', { shape: 'nested' }, ['linux/amd64', 'linux/arm64']],
    ['artifact attestations', { images: [{ platform: AMD64, attestation: 'artifact' }] }, ['linux/amd64']],
    ['several names', { names: ['a/b:1', 'a/b:2'] }, ['linux/amd64', 'linux/arm64']],
    ['arm64 written with its v8', { images: [{ platform: { ...ARM64, variant: 'v8' } }] }, ['linux/arm64']],
    [
      'a config without variant',
      { images: [{ platform: { os: 'linux', architecture: 'arm', variant: 'v6' }, configPlatform: { variant: undefined } }] },
      ['linux/arm/v6'],
    ],
  ])('%s', async (_name, spec, expected) => {
    expect(await platforms((await aLayout(spec)).directory)).toEqual(expected);
  });

  test('manifests come children first, root last; blobs once each; attestations with their image', async () => {
    const { directory, layout } = await aLayout({
      images: [{ platform: AMD64, attestation: 'artifact', labels: { a: 'b' } }, { platform: ARM64 }],
    });
    const bundle = await readBundle(directory, { digest: layout.root.digest, platforms: [ARM64, AMD64] });
    expect(bundle.manifests.at(-1)?.digest).toBe(layout.root.digest);
    expect(bundle.manifests).toHaveLength(4);
    expect(new Set(bundle.blobs.map(blob => blob.digest)).size).toBe(bundle.blobs.length);
    expect(bundle.blobs).toHaveLength(6);
    expect(bundle.images[0]?.attestations.map(item => item.digest)).toEqual([layout.images[0]?.attestation?.digest]);
    expect(bundle.images[0]?.labels).toEqual({ a: 'b' });
    expect(bundle.images[1]?.attestations).toEqual([]);
    expect(JSON.stringify(bundle)).not.toContain('PATH=');
  });

  test('the names of index.json do not become part of the root', async () => {
    const bundle = await readBundle((await aLayout({ names: ['a/b:1'] })).directory);
    expect(bundle.root.annotations).toBeUndefined();
  });

  test('one attestation manifest may speak of two images, as BuildKit writes it for images without names', async () => {
    const layout = makeLayout();
    const shared = changeRoot(layout, index => ({
      ...index,
      manifests: index.manifests.map((entry, at) =>
        at === 3 ? { ...index.manifests[2], annotations: entry.annotations } : entry,
      ),
    }));
    const bundle = await readBundle(await writeLayout(shared));
    expect(bundle.images.map(image => image.attestations.length)).toEqual([1, 1]);
    expect(bundle.manifests).toHaveLength(4);
  });
});

const first = (layout: MemoryLayout): Descriptor => layout.images[0]?.manifest ?? layout.root;
const editEntry =
  (at: number, change: (entry: Descriptor) => object) =>
  (index: Index): object => ({ ...index, manifests: index.manifests.map((entry, i) => (i === at ? change(entry) : entry)) });
const editConfig =
  (change: (config: Record<string, unknown>) => object) =>
  (layout: MemoryLayout): MemoryLayout =>
    changeManifest(layout, 0, manifest => ({
      ...manifest,
      config: addBlob(
        layout.blobs,
        manifest.config.mediaType,
        change(json<Record<string, unknown>>(layout, manifest.config.digest)),
      ),
    }));
const editManifest =
  (change: (manifest: Manifest, layout: MemoryLayout) => object) =>
  (layout: MemoryLayout): MemoryLayout =>
    changeManifest(layout, 0, manifest => change(manifest, layout));

describe('layouts that are sound bytes, but must not be used', () => {
  test.each<[string, LayoutSpec, (layout: MemoryLayout) => MemoryLayout, RegExp]>([
    [
      'two different images',
      {},
      layout => ({ ...layout, entries: [layout.root, first(layout)] }),
      /2 different images: sha256:\w{64}, sha256:\w{64}/,
    ],
    [
      'one digest described in two ways',
      {},
      layout => ({ ...layout, entries: [layout.root, { ...layout.root, size: 1 }] }),
      /two different ways/,
    ],
    ['no image at all', {}, layout => ({ ...layout, entries: [] }), /is empty/],
    ['no runnable image', {}, layout => changeRoot(layout, index => ({ ...index, manifests: [] })), /no image that could be run/],
    [
      'sha512',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({ ...entry, digest: `sha512:${'a'.repeat(128)}` })),
        ),
      /only sha256/,
    ],
    [
      'a path as digest',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({ ...entry, digest: 'sha256:../../etc/passwd' })),
        ),
      /only sha256/,
    ],
    [
      'an unknown manifest type',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({ ...entry, mediaType: 'text/html' })),
        ),
      /sha256:\w{64} has the unknown media type text\/html/,
    ],
    [
      'a manifest listed as Docker manifest',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({ ...entry, mediaType: 'application/vnd.docker.distribution.manifest.v2+json' })),
        ),
      /calls itself/,
    ],
    [
      'a platform twice',
      { images: [{ platform: AMD64 }, { platform: AMD64, labels: { x: 'y' } }] },
      layout => layout,
      /two images for linux\/amd64: sha256:\w{64} and sha256:\w{64}/,
    ],
    [
      'arm64 and arm64/v8 are one platform',
      { images: [{ platform: ARM64 }, { platform: { ...ARM64, variant: 'v8' } }] },
      layout => layout,
      /two images for linux\/arm64/,
    ],
    [
      'config of another architecture',
      { images: [{ platform: AMD64, configPlatform: ARM64 }] },
      layout => layout,
      /listed for linux\/amd64, but its config \(linux\/arm64\)/,
    ],
    [
      'config of another variant',
      { images: [{ platform: ARMV7, configPlatform: { variant: 'v6' } }] },
      layout => layout,
      /listed for linux\/arm\/v7, but its config \(linux\/arm\/v6\)/,
    ],
    [
      'no platform anywhere',
      { images: [{ platform: AMD64, listed: false }] },
      editConfig(config => ({ ...config, os: undefined })),
      /has no platform/,
    ],
    [
      'too few diff_ids',
      {},
      editConfig(config => ({ ...config, rootfs: { type: 'layers', diff_ids: [] } })),
      /1 layers, but its config has 0 diff_ids/,
    ],
    [
      'an unknown layer type',
      {},
      editManifest(manifest => ({
        ...manifest,
        layers: manifest.layers.map(layer => ({ ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted' })),
      })),
      /layer sha256:\w{64} of the unknown media type/,
    ],
    [
      'an unknown config type',
      {},
      editManifest(manifest => ({
        ...manifest,
        config: { ...manifest.config, mediaType: 'application/vnd.cncf.helm.config.v1+json' },
      })),
      /config of the unknown media type/,
    ],
    [
      'a foreign layer without its bytes',
      {},
      editManifest(manifest => ({
        ...manifest,
        layers: [
          {
            mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
            digest: `sha256:${'b'.repeat(64)}`,
            size: 5,
            urls: ['https://example.org/x'],
          },
        ],
      })),
      /sha256:b{64}\) is a foreign layer/,
    ],
    [
      'a manifest that is an index too',
      {},
      editManifest(manifest => ({ ...manifest, manifests: [] })),
      /index and a manifest at once/,
    ],
    [
      'an index that is a manifest too',
      {},
      layout => changeRoot(layout, index => ({ ...index, layers: [] })),
      /index and a manifest at once/,
    ],
    ['a key in another case, which Go reads', {}, editManifest(manifest => ({ ...manifest, Layers: [] })), /the key "Layers"/],
    [
      'a descriptor key in another case',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({ ...entry, Digest: `sha256:${'c'.repeat(64)}` })),
        ),
      /the key "Digest"/,
    ],
    ['schema version 1', {}, editManifest(manifest => ({ ...manifest, schemaVersion: 1 })), /schemaVersion 1/],
    [
      'a runnable image that claims to be an attestation',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({
            ...entry,
            annotations: {
              'vnd.docker.reference.type': 'attestation-manifest',
              'vnd.docker.reference.digest': layout.images[1]?.manifest.digest ?? '',
            },
          })),
        ),
      /could be run, and would not be scanned/,
    ],
    [
      'the same without a platform',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({
            ...entry,
            platform: undefined,
            annotations: {
              'vnd.docker.reference.type': 'attestation-manifest',
              'vnd.docker.reference.digest': layout.images[1]?.manifest.digest ?? '',
            },
          })),
        ),
      /not an in-toto statement/,
    ],
    [
      'an unknown reference type',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(2, entry => ({ ...entry, annotations: { 'vnd.docker.reference.type': 'other' } })),
        ),
      /unknown vnd.docker.reference.type "other"/,
    ],
    [
      'an attestation of an image that is not there',
      {},
      layout => changeRoot(layout, index => ({ ...index, manifests: index.manifests.slice(1) })),
      /attestation manifest sha256:\w{64} speaks of sha256:\w{64}, which is not in the layout/,
    ],
    [
      'an attestation that names nobody',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(2, entry => ({ ...entry, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } })),
        ),
      /does not say which image/,
    ],
    [
      'an attestation with two subjects',
      { images: [{ platform: AMD64, attestation: 'artifact' }, { platform: ARM64 }] },
      layout =>
        changeRoot(
          layout,
          editEntry(2, entry => ({
            ...entry,
            annotations: { ...entry.annotations, 'vnd.docker.reference.digest': layout.images[1]?.manifest.digest ?? '' },
          })),
        ),
      /names two images/,
    ],
    [
      'an image of an unknown platform',
      {},
      layout =>
        changeRoot(
          layout,
          editEntry(0, entry => ({ ...entry, platform: { os: 'unknown', architecture: 'unknown' } })),
        ),
      /has no platform/,
    ],
  ])('%s', async (_name, spec, change, message) => {
    const directory = await writeLayout(change(makeLayout(spec)));
    await expect(readBundle(directory)).rejects.toThrow(message);
    await expect(readBundle(directory)).rejects.toBeInstanceOf(UserError);
  });

  test('indexes nested without end', async () => {
    let layout = makeLayout();
    for (let depth = 0; depth < 8; depth += 1) {
      const root = addBlob(layout.blobs, layout.root.mediaType, { schemaVersion: 2, manifests: [layout.root] });
      layout = { ...layout, root, entries: [root] };
    }
    await expect(readBundle(await writeLayout(layout))).rejects.toThrow(/nested more than 4 levels/);
  });

  test('an index that lists another a thousand times is not walked', async () => {
    const layout = makeLayout();
    const many = changeRoot(layout, index => ({ ...index, manifests: Array.from({ length: 1001 }, () => index.manifests[0]) }));
    await expect(readBundle(await writeLayout(many))).rejects.toThrow(/more than 1000 manifests/);
  });
});

describe('layouts with damaged files', () => {
  test.each<[string, (directory: string, layout: MemoryLayout) => Promise<void>, RegExp]>([
    ['no oci-layout', directory => rm(join(directory, 'oci-layout')), /is not an OCI layout: oci-layout is missing/],
    ['no index.json', directory => rm(join(directory, 'index.json')), /index.json is missing/],
    [
      'another layout version',
      directory => writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}'),
      /unknown version "2.0.0"/,
    ],
    ['index.json is no JSON', directory => writeFile(join(directory, 'index.json'), '{'), /index.json in .* is not valid JSON/],
    ['index.json is no object', directory => writeFile(join(directory, 'index.json'), '[]'), /is not a JSON object/],
    [
      'the root index is missing',
      (directory, layout) => rm(blobFile(directory, layout.root.digest)),
      /index \(sha256:\w{64}\) is missing/,
    ],
    [
      'a manifest is missing',
      (directory, layout) => rm(blobFile(directory, first(layout).digest)),
      /manifest \(sha256:\w{64}\) is missing/,
    ],
    [
      'a manifest was changed',
      async (directory, layout) => {
        const bytes = layout.blobs.get(first(layout).digest) ?? Buffer.alloc(0);
        await writeFile(
          blobFile(directory, first(layout).digest),
          bytes.toString().replace('schemaVersion":2', 'schemaVersion":3'),
        );
      },
      /manifest \(sha256:\w{64}\) was changed: its bytes have the digest sha256:\w{64}/,
    ],
    [
      'a manifest has another size',
      (directory, layout) => truncate(blobFile(directory, first(layout).digest), 10),
      /has 10 bytes, \d+ are expected/,
    ],
    [
      'a config is missing',
      (directory, layout) => rm(blobFile(directory, json<Manifest>(layout, first(layout).digest).config.digest)),
      /config of image sha256:\w{64} \(sha256:\w{64}\) is missing/,
    ],
    [
      'a layer is missing',
      (directory, layout) => rm(blobFile(directory, json<Manifest>(layout, first(layout).digest).layers[0]?.digest ?? '')),
      /layer of sha256:\w{64} \(sha256:\w{64}\) is missing/,
    ],
    [
      'a layer is cut',
      (directory, layout) =>
        truncate(blobFile(directory, json<Manifest>(layout, first(layout).digest).layers[0]?.digest ?? ''), 0),
      /has 0 bytes/,
    ],
    [
      'a layer is a link',
      async (directory, layout) => {
        const file = blobFile(directory, json<Manifest>(layout, first(layout).digest).layers[0]?.digest ?? '');
        await rm(file);
        await symlink('/etc/hostname', file);
      },
      /is not a regular file/,
    ],
    [
      'a layer is a directory',
      async (directory, layout) => {
        const file = blobFile(directory, json<Manifest>(layout, first(layout).digest).layers[0]?.digest ?? '');
        await rm(file);
        await mkdir(file);
      },
      /is not a regular file/,
    ],
  ])('%s', async (_name, damage, message) => {
    const { directory, layout } = await aLayout();
    await damage(directory, layout);
    const reading = readBundle(directory);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(UserError);
  });
});

describe('expectations', () => {
  test('another digest is refused with both named', async () => {
    const { directory, layout } = await aLayout();
    const other = `sha256:${'d'.repeat(64)}`;
    await expect(readBundle(directory, { digest: other })).rejects.toThrow(`${layout.root.digest}, expected was ${other}`);
  });

  test('a missing platform is refused, and the message says what is there', async () => {
    const { directory } = await aLayout();
    const error = await readBundle(directory, { platforms: [AMD64, ARMV7] }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/no image for linux\/arm\/v7$/);
    expect((error as UserError).hint).toContain('linux/amd64, linux/arm64');
  });

  test('more platforms than wanted are no mistake', async () => {
    await expect(readBundle((await aLayout()).directory, { platforms: [ARM64] })).resolves.toBeDefined();
  });
});

// Small real OCI layouts for tests: made in memory, so that a test can break them, then written to disk.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll } from '@jest/globals';
import { MEDIA, REFERENCE_DIGEST, REFERENCE_TYPE } from '../../src/bundle/oci.ts';
import type { Descriptor, Index, Manifest } from '../../src/bundle/oci.ts';
import { platformName } from '../../src/plan/platform.ts';
import type { Platform } from '../../src/plan/platform.ts';

export const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
export const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
export const ARMV7: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };

export interface LayerSpec {
  /** Path (no leading slash) -> content. */
  readonly files: Readonly<Record<string, string>>;
  readonly compression?: 'gzip' | 'zstd' | 'none';
}

export interface ImageSpec {
  readonly platform: Platform;
  /** One gzip layer with `etc/platform` when left out. */
  readonly layers?: readonly LayerSpec[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly created?: string;
  /** Further entries of the config's Env. */
  readonly env?: readonly string[];
  /** BuildKit's two forms of attestation manifests. */
  readonly attestation?: 'none' | 'legacy' | 'artifact';
  /** What the config says, when that is not `platform`. */
  readonly configPlatform?: { readonly [Key in keyof Platform]?: string | undefined };
  /** False: the descriptor has no platform. */
  readonly listed?: boolean;
}

export interface LayoutSpec {
  readonly images?: readonly ImageSpec[];
  /** One entry of index.json each, as BuildKit writes them. */
  readonly names?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** index: an image index; manifest: the lone manifest of the first image; nested: an index that holds an index. */
  readonly shape?: 'index' | 'manifest' | 'nested';
}

/** A layout in memory; blobs and entries may be changed before writeLayout(). */
export interface MemoryLayout {
  readonly blobs: Map<string, Buffer>;
  /** The manifests of index.json. */
  entries: Descriptor[];
  readonly root: Descriptor;
  /** In the order of the specification. */
  readonly images: readonly { readonly manifest: Descriptor; readonly attestation?: Descriptor }[];
}

/** Makes a layout in memory; two platforms with legacy attestations by default. */
export function makeLayout(spec: LayoutSpec = {}): MemoryLayout {
  const blobs = new Map<string, Buffer>();
  const specs = spec.images ?? [
    { platform: AMD64, attestation: 'legacy' as const },
    { platform: ARM64, attestation: 'legacy' as const },
  ];
  const images = specs.map(image => addImage(blobs, image));
  const root = addRoot(blobs, spec, images);
  const entries = (spec.names ?? ['registry.example/acme/app:1']).map(name => ({
    ...root,
    annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.split(':').at(-1) ?? '' },
  }));
  return { blobs, entries, root, images };
}

/** Writes the layout into `directory`, or a new one below the temporary directory, and resolves to it. */
export async function writeLayout(layout: MemoryLayout, directory?: string): Promise<string> {
  const target = directory ?? (await temporaryDirectory());
  await mkdir(join(target, 'blobs', 'sha256'), { recursive: true });
  for (const [digest, bytes] of layout.blobs) await writeFile(blobFile(target, digest), bytes);
  await writeFile(join(target, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(target, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: layout.entries }));
  return target;
}

const made: string[] = [];
afterAll(async () => {
  await Promise.all(made.map(directory => rm(directory, { recursive: true, force: true })));
});

/** A new directory that is removed after the last test of the file. */
export async function temporaryDirectory(parent = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(parent, 'seaworthy-test-'));
  made.push(directory);
  return directory;
}

/** makeLayout() and writeLayout() in one. */
export async function aLayout(spec: LayoutSpec = {}): Promise<{ readonly directory: string; readonly layout: MemoryLayout }> {
  const layout = makeLayout(spec);
  return { directory: await writeLayout(layout), layout };
}

export function blobFile(directory: string, digest: string): string {
  return join(directory, 'blobs', 'sha256', digest.replace('sha256:', ''));
}

/** Adds bytes to the layout and describes them. */
export function addBlob(blobs: Map<string, Buffer>, mediaType: string, content: Buffer | object): Descriptor {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  const digest = sha256(bytes);
  blobs.set(digest, bytes);
  return { mediaType, digest, size: bytes.length };
}

/** Replaces the root index by what `change` makes of it, with all digests right: a layout that is sound but says something else. */
export function changeRoot(layout: MemoryLayout, change: (index: Index) => object): MemoryLayout {
  const root = addBlob(layout.blobs, layout.root.mediaType, change(json<Index>(layout, layout.root.digest)));
  return { ...layout, root, entries: [root] };
}

/** Replaces one image manifest, and the index above it, by what `change` makes of it, with all digests right. */
export function changeManifest(layout: MemoryLayout, at: number, change: (manifest: Manifest) => object): MemoryLayout {
  const before = layout.images[at]?.manifest;
  if (before === undefined) throw new Error(`the layout has no image ${at}`);
  const after = addBlob(layout.blobs, before.mediaType, change(json<Manifest>(layout, before.digest)));
  const text = (layout.blobs.get(layout.root.digest) ?? Buffer.alloc(0)).toString().replaceAll(before.digest, after.digest);
  const index = JSON.parse(text) as Index;
  const manifests = index.manifests.map(entry => (entry.digest === after.digest ? { ...entry, size: after.size } : entry));
  return changeRoot(layout, () => ({ ...index, manifests }));
}

/** Parses a blob of the layout; the caller knows what it is. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- shorter than a cast at every call
export function json<T>(layout: MemoryLayout, digest: string): T {
  const bytes = layout.blobs.get(digest);
  if (bytes === undefined) throw new Error(`the layout has no blob ${digest}`);
  return JSON.parse(bytes.toString()) as T;
}

export function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A tar archive (ustar) of regular files, always the same bytes for the same files. */
export function tar(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text);
    return [tarHeader(name, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0` + '00000000000\0' + '        0', 124);
  header.write('ustar\0' + '00', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const LAYER_TYPES = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  none: 'application/vnd.oci.image.layer.v1.tar',
};

function addImage(blobs: Map<string, Buffer>, spec: ImageSpec): { manifest: Descriptor; attestation?: Descriptor } {
  const layers = (spec.layers ?? [{ files: { 'etc/platform': platformName(spec.platform) } }]).map(layer =>
    addLayer(blobs, layer),
  );
  const config = addBlob(blobs, MEDIA.config, {
    ...spec.platform,
    ...spec.configPlatform,
    created: spec.created ?? '2026-01-02T03:04:05Z',
    config: { Env: ['PATH=/bin', ...(spec.env ?? [])], Labels: spec.labels ?? {} },
    rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.diffId) },
  });
  const bare = addBlob(blobs, MEDIA.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA.manifest,
    config,
    layers: layers.map(layer => layer.descriptor),
  });
  const manifest = spec.listed === false ? bare : { ...bare, platform: spec.platform };
  const form = spec.attestation ?? 'none';
  return form === 'none' ? { manifest } : { manifest, attestation: addAttestation(blobs, bare, form) };
}

function addLayer(blobs: Map<string, Buffer>, spec: LayerSpec): { descriptor: Descriptor; diffId: string } {
  const plain = tar(spec.files);
  const compression = spec.compression ?? 'gzip';
  const bytes = compression === 'gzip' ? gzipSync(plain) : compression === 'zstd' ? zstdCompressSync(plain) : plain;
  return { descriptor: addBlob(blobs, LAYER_TYPES[compression], bytes), diffId: sha256(plain) };
}

function addAttestation(blobs: Map<string, Buffer>, image: Descriptor, form: 'legacy' | 'artifact'): Descriptor {
  const statement = addBlob(blobs, 'application/vnd.in-toto+json', {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v1',
    subject: [{ name: 'pkg:docker/acme/app@1', digest: { sha256: image.digest.slice(7) } }],
    predicate: {},
  });
  const layers = [{ ...statement, annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' } }];
  const content =
    form === 'legacy'
      ? {
          config: addBlob(blobs, MEDIA.config, {
            architecture: 'unknown',
            os: 'unknown',
            config: {},
            rootfs: { type: 'layers', diff_ids: [statement.digest] },
          }),
          layers,
        }
      : {
          artifactType: 'application/vnd.docker.attestation.manifest.v1+json',
          config: addBlob(blobs, 'application/vnd.oci.empty.v1+json', {}),
          layers,
          subject: image,
        };
  return {
    ...addBlob(blobs, MEDIA.manifest, { schemaVersion: 2, mediaType: MEDIA.manifest, ...content }),
    annotations: { [REFERENCE_DIGEST]: image.digest, [REFERENCE_TYPE]: 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
}

function addRoot(
  blobs: Map<string, Buffer>,
  spec: LayoutSpec,
  images: readonly { readonly manifest: Descriptor; readonly attestation?: Descriptor }[],
): Descriptor {
  const [first] = images;
  if (spec.shape === 'manifest' && first !== undefined) return first.manifest;
  // As BuildKit does: images first, attestations after all of them.
  const manifests = [...images.map(image => image.manifest), ...images.flatMap(image => image.attestation ?? [])];
  const annotations = spec.annotations === undefined ? {} : { annotations: spec.annotations };
  const index = addBlob(blobs, MEDIA.index, { schemaVersion: 2, mediaType: MEDIA.index, manifests, ...annotations });
  return spec.shape === 'nested'
    ? addBlob(blobs, MEDIA.index, { schemaVersion: 2, mediaType: MEDIA.index, manifests: [index] })
    : index;
}

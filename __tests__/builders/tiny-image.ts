// File names and texts -> an OCI layout on disk with one small image per platform, and the Bundle that describes it: real bytes for real scanners.

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bundle, PlatformImage } from '../../src/bundle/bundle.ts';
import { MEDIA } from '../../src/bundle/oci.ts';
import type { Descriptor } from '../../src/bundle/oci.ts';
import type { Platform } from '../../src/plan/platform.ts';

/** A file's text by its path inside the image (no leading slash); one record per layer. */
export type Files = Readonly<Record<string, string>>;

export interface TinyImage {
  readonly platform: Platform;
  readonly layers: readonly Files[];
  readonly env?: readonly string[];
  readonly history?: readonly { readonly created_by: string; readonly empty_layer?: boolean }[];
  /** What the config says about itself, when it must differ from the descriptor. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A Debian 12 with two vulnerable and two harmless packages. `etc/debian_version` is what Trivy reads: os-release alone gives family `none`. */
export const DEBIAN: Files = {
  'etc/debian_version': '12.1\n',
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
  'var/lib/dpkg/status': [dpkg('libc6', '2.36-9+deb12u1', 'glibc'), dpkg('apt', '2.6.1'), dpkg('base-files', '12.4')].join('\n'),
};

/** The same Debian with nothing that the testbed's database knows a flaw of. */
export const CLEAN_DEBIAN: Files = {
  ...DEBIAN,
  'var/lib/dpkg/status': [dpkg('base-files', '12.4+deb12u12'), dpkg('hostname', '3.23+nmu1')].join('\n'),
};

/** lodash 4.17.11: CVE-2019-10744 (CRITICAL) and three more. */
export const LODASH: Files = {
  'app/node_modules/lodash/package.json': '{"name":"lodash","version":"4.17.11","license":"MIT"}\n',
};

/** A token in the form that GitHub gives out; no such token exists. */
export const TOKEN = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
export const TOKEN_FILE: Files = { 'srv/app.env': `# deployment\nGITHUB_TOKEN=${TOKEN}\n` };

export function dpkg(name: string, version: string, source = name): string {
  return [
    `Package: ${name}`,
    'Status: install ok installed',
    'Maintainer: Debian Developers <d@debian.org>',
    'Architecture: all',
    `Source: ${source}`,
    `Version: ${version}`,
    'Description: test\n',
  ].join('\n');
}

/** Writes the layout below `directory` and returns the Bundle as bundle/read.ts would. */
export async function tinyBundle(directory: string, images: readonly TinyImage[]): Promise<Bundle> {
  const blobs = path.join(directory, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const written = new Map<string, Descriptor>();
  const put = async (mediaType: string, bytes: Uint8Array): Promise<Descriptor> => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    await writeFile(path.join(blobs, hex), bytes);
    const descriptor = { mediaType, digest: `sha256:${hex}`, size: bytes.length };
    written.set(descriptor.digest, descriptor);
    return descriptor;
  };
  const made: PlatformImage[] = [];
  for (const image of images) made.push(await putImage(image, put));
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: made.map(image => ({ ...image.manifest, platform: image.platform })),
  };
  const root = await put(MEDIA.index, json(index));
  await writeFile(path.join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(path.join(directory, 'index.json'), json({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [root] }));
  const manifests = [...new Map(made.map(image => [image.manifest.digest, image.manifest])).values(), root];
  const known = new Set(manifests.map(manifest => manifest.digest));
  return { directory, root, images: made, manifests, blobs: [...written.values()].filter(blob => !known.has(blob.digest)) };
}

async function putImage(
  image: TinyImage,
  put: (mediaType: string, bytes: Uint8Array) => Promise<Descriptor>,
): Promise<PlatformImage> {
  const tars = image.layers.map(tar);
  const diffIds = tars.map(bytes => `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  const layers: Descriptor[] = [];
  for (const bytes of tars) layers.push(await put('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(bytes)));
  const config = {
    ...image.platform,
    ...image.config,
    config: { Env: ['PATH=/usr/bin:/bin', ...(image.env ?? [])] },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: image.history ?? image.layers.map((_, n) => ({ created_by: `COPY layer${n} / # buildkit` })),
  };
  const configured = await put(MEDIA.config, json(config));
  const manifest = await put(MEDIA.manifest, json({ schemaVersion: 2, mediaType: MEDIA.manifest, config: configured, layers }));
  return { platform: image.platform, manifest, config: configured, layers, diffIds, labels: {}, attestations: [] };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** A ustar archive: 512-byte headers, padded files, two empty blocks. */
export function tar(files: Files): Buffer {
  const blocks = Object.entries(files).flatMap(([name, text]) => {
    const body = Buffer.from(text);
    return [header(name, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(name, 0, 100);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}

// A bundle -> one tar archive that container engines with either image store, other OCI tools and our own reader take: the same bytes for the same bundle.

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Platform } from '../plan/platform.ts';
import { blobPath } from './blobs.ts';
import type { Bundle, PlatformImage } from './bundle.ts';
import { readBundleFile, sealBundleFile } from './bundle-file.ts';
import { MEDIA } from './oci.ts';
import type { Descriptor } from './oci.ts';
import { packTar } from './tar.ts';
import type { TarEntry } from './tar.ts';

const LAYOUT_FILE = '{"imageLayoutVersion":"1.0.0"}';

/** What goes into an archive. */
export interface ArchiveOrder {
  readonly bundle: Bundle;
  /** What the image is called where the archive is loaded, e.g. `ghcr.io/acme/app:1`. */
  readonly names: readonly string[];
  /** This image alone, without attestations; the whole bundle when left out. */
  readonly only?: PlatformImage;
  /** The image for engines that know one platform (`manifest.json`); none: they cannot load the archive. */
  readonly classic?: PlatformImage;
  /** Whether bundle.json goes with it. */
  readonly described?: boolean;
}

/** The bytes of the archive. Blobs are hashed while they are read: rejects with a UserError when one is not what it was. */
export async function* archiveBytes(order: ArchiveOrder, signal?: AbortSignal): AsyncGenerator<Buffer> {
  yield* packTar(await entriesOf(order), signal);
}

/** Writes the archive, whole or not at all; a file that is there is replaced. Rejects as archiveBytes() does, and with what the file system says. */
export async function writeArchive(order: ArchiveOrder, file: string, signal?: AbortSignal): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(draft, 'wx', 0o644);
    try {
      for await (const chunk of archiveBytes(order, signal)) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** The image that engines without a multi-platform store get: of the machine's own platform, else the first. */
export function classicImage({ images }: Bundle, isNative: (platform: Platform) => boolean): PlatformImage | undefined {
  return images.find(({ platform }) => isNative(platform)) ?? images[0];
}

/** What index.json lists for the whole bundle under these names, and the bytes of `oci-layout`. */
export function describeLayout(
  { root, referrers }: Bundle,
  names: readonly string[],
): { readonly entries: readonly Descriptor[]; readonly layoutFile: string } {
  return { entries: [...namedDescriptors(root, names), ...referrers.map(({ manifest }) => manifest)], layoutFile: LAYOUT_FILE };
}

async function entriesOf({ bundle, names, only, classic, described = false }: ArchiveOrder): Promise<TarEntry[]> {
  const root = only === undefined ? bundle.root : { ...only.manifest, platform: only.platform };
  const referrers = only === undefined ? bundle.referrers.map(({ manifest }) => manifest) : [];
  const blobs =
    only === undefined ? [...bundle.manifests, ...referrers, ...bundle.blobs] : [only.manifest, only.config, ...only.layers];
  const index = Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.index, manifests: [...namedDescriptors(root, names), ...referrers] }),
  );
  const layout = Buffer.from(LAYOUT_FILE);
  const files = { 'index.json': index, 'oci-layout': layout };
  const description = described ? await readBundleFile(bundle.directory) : undefined;
  return [
    { name: 'blobs/' },
    { name: 'blobs/sha256/' },
    ...[...new Map(blobs.map(blob => [blob.digest, blob])).values()].sort(byDigest).map(blob => ({
      name: `blobs/sha256/${hexOf(blob)}`,
      size: blob.size,
      digest: blob.digest,
      read: () => createReadStream(blobPath(bundle.directory, blob.digest), { highWaterMark: 1024 * 1024 }),
    })),
    ...(description === undefined ? [] : [{ name: 'bundle.json', bytes: Buffer.from(sealBundleFile(description, files)) }]),
    { name: 'index.json', bytes: index },
    ...(classic === undefined ? [] : [{ name: 'manifest.json', bytes: Buffer.from(classicManifest(classic, names)) }]),
    { name: 'oci-layout', bytes: layout },
  ];
}

/** One entry for each name, as BuildKit writes it: engines read the first annotation, other OCI tools the second. */
function namedDescriptors(root: Descriptor, names: readonly string[]): Descriptor[] {
  const { mediaType, digest, size, platform } = root;
  const bare = { mediaType, digest, size, ...(platform === undefined ? {} : { platform }) };
  const unique = [...new Set(names.map(fullName))];
  if (unique.length === 0) return [bare];
  return unique.map(name => ({
    ...bare,
    annotations: {
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
    },
  }));
}

/** `acme/app:1` is `docker.io/acme/app:1`: containerd wants names whole. */
function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return name;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${name}`;
}

/** The form of `docker save`, for engines with the classic image store. */
function classicManifest({ config, layers }: PlatformImage, names: readonly string[]): string {
  const path = (blob: Descriptor): string => `blobs/sha256/${hexOf(blob)}`;
  return JSON.stringify([{ Config: path(config), RepoTags: [...new Set(names)], Layers: layers.map(path) }]);
}

function hexOf({ digest }: Descriptor): string {
  return digest.slice('sha256:'.length);
}

function byDigest(a: Descriptor, b: Descriptor): number {
  return a.digest < b.digest ? -1 : 1;
}

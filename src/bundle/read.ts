// A directory -> Bundle: reads an OCI layout, believes nothing, and says by digest what is wrong with it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platformName, samePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { UserError } from '../errors.ts';
import { checkFile, CONFIG_LIMIT, MANIFEST_LIMIT, readSmallBlob } from './blobs.ts';
import type { Bundle, PlatformImage, Referrer } from './bundle.ts';
import { asImage, attestedDigest, checkImageTypes, isAttestation } from './classify.ts';
import type { Leaf } from './classify.ts';
import { INDEX_TYPES, isForeignLayerType, MANIFEST_TYPES, MEDIA } from './oci.ts';
import type { Descriptor } from './oci.ts';
import { broken, parseConfig, parseIndex, parseManifest, parseObject } from './parse.ts';

/** What the reader of a bundle already knows about it. */
export interface Expectation {
  /** Digest of the root. */
  readonly digest?: string;
  /** Platforms that must be there; more may be. */
  readonly platforms?: readonly Platform[];
}

/** Nested indexes are legal and rare; these bounds stop a layout that was made to keep us busy. */
const MAX_DEPTH = 4;
const MAX_MANIFESTS = 1000;

/**
 * Reads the layout in `directory`: every manifest and config hashed, every blob there with its size (their bytes: see verifyBlobs()).
 * Throws UserError naming the digest for anything missing, altered, unknown or contradictory.
 */
export async function readBundle(directory: string, expect: Expectation = {}): Promise<Bundle> {
  await checkVersion(directory);
  const { root, others } = await readTopEntries(directory);
  if (expect.digest !== undefined && root.digest !== expect.digest) {
    throw broken(`the layout in ${directory} holds ${root.digest}, expected was ${expect.digest}`);
  }
  const walk: Walk = { directory, leaves: [], manifests: new Map(), seen: 0 };
  await visit(walk, root, 0);
  const images = await readImages(directory, walk.leaves);
  checkPlatforms(images, expect.platforms ?? [], directory);
  const attached = await readReferrers(directory, others, images);
  const blobs = new Map<string, Descriptor>();
  for (const leaf of [...walk.leaves, ...attached.map(({ leaf }) => leaf)]) await collectBlobs(directory, leaf, blobs);
  const referrers = attached.map(({ referrer }) => referrer);
  return { directory, root, images, manifests: [...walk.manifests.values()], referrers, blobs: [...blobs.values()] };
}

interface Walk {
  readonly directory: string;
  readonly leaves: Leaf[];
  /** By digest, children before parents. */
  readonly manifests: Map<string, Descriptor>;
  seen: number;
}

async function checkVersion(directory: string): Promise<void> {
  const bytes = await readTop(directory, 'oci-layout');
  const version = parseObject(bytes, `oci-layout in ${directory}`)['imageLayoutVersion'];
  if (version !== '1.0.0') throw broken(`${directory} is an OCI layout of the unknown version ${JSON.stringify(version)}`);
}

/** The image, and what is attached to it. An entry with an artifact type is no image: a referrer, or refused as such. */
async function readTopEntries(directory: string): Promise<{ readonly root: Descriptor; readonly others: readonly Descriptor[] }> {
  const { manifests } = parseIndex(await readTop(directory, 'index.json'), `index.json in ${directory}`);
  const others = manifests.filter(entry => entry.artifactType !== undefined);
  const roots = manifests.filter(entry => entry.artifactType === undefined);
  // BuildKit writes one entry for each name of the image.
  const digests = [...new Set(roots.map(entry => entry.digest))];
  const [first] = roots;
  if (first === undefined) throw broken(`the layout in ${directory} is empty`);
  if (digests.length > 1) {
    throw new UserError(`the layout in ${directory} holds ${digests.length} different images: ${digests.join(', ')}`, {
      hint: 'A bundle holds one image: write it into a fresh directory.',
    });
  }
  if (roots.some(entry => entry.mediaType !== first.mediaType || entry.size !== first.size)) {
    throw broken(`index.json in ${directory} describes ${first.digest} in two different ways`);
  }
  // The annotations of this entry name the image inside the layout; they are not part of what is published.
  const { mediaType, digest, size, platform } = first;
  return { root: { mediaType, digest, size, ...(platform === undefined ? {} : { platform }) }, others };
}

interface Attached {
  readonly referrer: Referrer;
  readonly leaf: Leaf;
}

/** Reads what is attached to the images: attestations of one of them, and nothing else. */
async function readReferrers(
  directory: string,
  entries: readonly Descriptor[],
  images: readonly PlatformImage[],
): Promise<readonly Attached[]> {
  const attached: Attached[] = [];
  for (const descriptor of new Map(entries.map(entry => [entry.digest, entry])).values()) {
    const what = `referrer ${descriptor.digest}`;
    if (attached.length >= MAX_MANIFESTS) throw broken(`the layout in ${directory} has more than ${MAX_MANIFESTS} referrers`);
    if (descriptor.mediaType !== MEDIA.manifest) throw broken(`${what} has the media type ${descriptor.mediaType}`);
    const manifest = parseManifest(await readSmallBlob(directory, descriptor, 'referrer', MANIFEST_LIMIT), what);
    sameType(manifest.mediaType, descriptor, what);
    const subject = attestedDigest({ descriptor, manifest });
    if (manifest.subject === undefined) throw broken(`${what} has no subject`);
    if (!images.some(image => image.manifest.digest === subject))
      throw broken(`${what} speaks of ${subject}, which is not in the layout`);
    const { mediaType, digest, size } = descriptor;
    const artifactType = manifest.artifactType ?? manifest.config.mediaType;
    attached.push({ referrer: { subject, manifest: { mediaType, digest, size, artifactType } }, leaf: { descriptor, manifest } });
  }
  return attached;
}

async function readTop(directory: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(directory, name));
  } catch (error) {
    throw new UserError(`${directory} is not an OCI layout: ${name} is missing or cannot be read`, {
      hint: 'Name the directory that holds oci-layout, index.json and blobs/.',
      cause: error,
    });
  }
}

async function visit(walk: Walk, descriptor: Descriptor, depth: number): Promise<void> {
  walk.seen += 1;
  if (depth > MAX_DEPTH) throw broken(`index ${descriptor.digest} is nested more than ${MAX_DEPTH} levels deep`);
  if (walk.seen > MAX_MANIFESTS) throw broken(`the layout in ${walk.directory} lists more than ${MAX_MANIFESTS} manifests`);
  if (INDEX_TYPES.includes(descriptor.mediaType)) {
    const what = `index ${descriptor.digest}`;
    const index = parseIndex(await readSmallBlob(walk.directory, descriptor, 'index', MANIFEST_LIMIT), what);
    sameType(index.mediaType, descriptor, what);
    for (const child of index.manifests) await visit(walk, child, depth + 1);
  } else if (MANIFEST_TYPES.includes(descriptor.mediaType)) {
    const what = `manifest ${descriptor.digest}`;
    const manifest = parseManifest(await readSmallBlob(walk.directory, descriptor, 'manifest', MANIFEST_LIMIT), what);
    sameType(manifest.mediaType, descriptor, what);
    walk.leaves.push({ descriptor, manifest });
  } else {
    throw broken(
      `${descriptor.digest} has the unknown media type ${descriptor.mediaType}; an image index or an image manifest is expected`,
    );
  }
  if (!walk.manifests.has(descriptor.digest)) walk.manifests.set(descriptor.digest, descriptor);
}

function sameType(mediaType: string | undefined, descriptor: Descriptor, what: string): void {
  if (mediaType !== undefined && mediaType !== descriptor.mediaType) {
    throw broken(`${what} calls itself ${mediaType}, but is listed as ${descriptor.mediaType}`);
  }
}

async function readImages(directory: string, leaves: readonly Leaf[]): Promise<PlatformImage[]> {
  const runnable = leaves.filter(leaf => !isAttestation(leaf));
  if (runnable.length === 0) throw broken(`the layout in ${directory} holds no image that could be run`);
  const attestations = new Map<string, Descriptor[]>(runnable.map(leaf => [leaf.descriptor.digest, []]));
  for (const leaf of leaves.filter(isAttestation)) {
    const about = attestedDigest(leaf);
    const list = attestations.get(about);
    if (list === undefined)
      throw broken(`attestation manifest ${leaf.descriptor.digest} speaks of ${about}, which is not in the layout`);
    list.push(leaf.descriptor);
  }
  const images: PlatformImage[] = [];
  for (const leaf of runnable) {
    checkImageTypes(leaf);
    const { digest } = leaf.descriptor;
    const bytes = await readSmallBlob(directory, leaf.manifest.config, `config of image ${digest}`, CONFIG_LIMIT);
    const config = parseConfig(bytes, `config ${leaf.manifest.config.digest} of image ${digest}`);
    images.push(asImage(leaf, config, attestations.get(digest) ?? []));
  }
  return images;
}

function checkPlatforms(images: readonly PlatformImage[], wanted: readonly Platform[], directory: string): void {
  images.forEach((image, at) => {
    const twin = images.slice(0, at).find(earlier => samePlatform(earlier.platform, image.platform));
    if (twin !== undefined) {
      throw broken(
        `the layout in ${directory} holds two images for ${platformName(image.platform)}: ${twin.manifest.digest} and ${image.manifest.digest}`,
      );
    }
  });
  const missing = wanted.filter(platform => !images.some(image => samePlatform(image.platform, platform)));
  if (missing.length > 0) {
    throw new UserError(`the layout in ${directory} has no image for ${missing.map(platformName).join(', ')}`, {
      hint: `It holds ${images.map(image => platformName(image.platform)).join(', ')}: build the missing platform, or take it out of "platforms".`,
    });
  }
}

async function collectBlobs(directory: string, { descriptor, manifest }: Leaf, blobs: Map<string, Descriptor>): Promise<void> {
  for (const blob of [manifest.config, ...manifest.layers]) {
    const known = blobs.get(blob.digest);
    if (known?.size === blob.size) continue;
    const what = `${blob === manifest.config ? 'config' : 'layer'} of ${descriptor.digest}`;
    await checkFile(directory, blob, what).catch((error: unknown) => {
      if (!isForeignLayerType(blob.mediaType)) throw error;
      throw new UserError(`${what} (${blob.digest}) is a foreign layer whose bytes are not in ${directory}`, {
        hint: 'What is not there cannot be scanned: make the layout with foreign layers included.',
        cause: error,
      });
    });
    blobs.set(blob.digest, blob);
  }
}

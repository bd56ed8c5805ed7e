// Several bundles -> one: the fixed rule by which platform images become one index. Same input, same bytes.

import { UserError } from '../errors.ts';
import { platformName, samePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { addBlob, finishLayout, linkBlob, MANIFEST_LIMIT, readSmallBlob, startLayout } from './blobs.ts';
import type { Bundle, PlatformImage } from './bundle.ts';
import { ATTESTATION_MANIFEST, MEDIA, REFERENCE_DIGEST, REFERENCE_TYPE } from './oci.ts';
import type { Descriptor, OciPlatform } from './oci.ts';
import { parseManifest } from './parse.ts';
import { readBundle } from './read.ts';

export interface MergeOrder {
  /** Order of the images in the index; each must be in exactly one bundle, and no bundle may hold another. */
  readonly platforms: readonly Platform[];
  /** Annotations of the index. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Annotations of an image's entry in the index, by the name of its platform. */
  readonly descriptors?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Annotations of the index's entry in the layout; they are not part of what is published. */
  readonly indexDescriptor?: Readonly<Record<string, string>>;
  /** New or empty. */
  readonly directory: string;
}

interface Part {
  readonly bundle: Bundle;
  readonly image: PlatformImage;
}

/**
 * Joins the images of all bundles into one OCI index in a fresh layout: platform manifests in the order of `platforms`, each followed by
 * its attestation manifests (by digest), then the planned annotations. Referrers stay attached to their images. Blobs are linked, not copied, where the file system allows it.
 * Throws UserError for platforms that are missing, double or not asked for.
 */
export async function merge(bundles: readonly Bundle[], order: MergeOrder): Promise<Bundle> {
  const parts = choose(bundles, order.platforms);
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    manifests: parts.flatMap(part => entriesOf(part, order.descriptors?.[platformName(part.image.platform)] ?? {})),
    ...(Object.keys(order.annotations).length === 0 ? {} : { annotations: sorted(order.annotations) }),
  };
  await startLayout(order.directory);
  for (const { bundle, image } of parts) {
    for (const digest of await digestsOf(bundle, image)) await linkBlob(bundle.directory, order.directory, digest);
  }
  // The form in which BuildKit writes an index: two spaces, keys in the order of the specification's Go types.
  const bytes = Buffer.from(JSON.stringify(index, undefined, 2));
  const digest = await addBlob(order.directory, bytes);
  const named = order.indexDescriptor ?? {};
  const root: Descriptor = {
    mediaType: MEDIA.index,
    digest,
    size: bytes.length,
    ...(Object.keys(named).length === 0 ? {} : { annotations: sorted(named) }),
  };
  const referrers = parts.flatMap(({ bundle, image }) => referrersOf(bundle, image));
  await finishLayout(order.directory, root, referrers);
  return readBundle(order.directory, { digest, platforms: order.platforms });
}

function choose(bundles: readonly Bundle[], platforms: readonly Platform[]): Part[] {
  const all = bundles.flatMap(bundle => bundle.images.map(image => ({ bundle, image })));
  const unasked = all.find(({ image }) => !platforms.some(platform => samePlatform(platform, image.platform)));
  if (unasked !== undefined) {
    throw new UserError(
      `the bundle in ${unasked.bundle.directory} holds ${platformName(unasked.image.platform)}, which is not among the platforms`,
      {
        hint: `Add it to "platforms" (now ${platforms.map(platformName).join(', ')}), or leave that bundle out.`,
      },
    );
  }
  return platforms.map((platform, at) => {
    if (platforms.findIndex(other => samePlatform(other, platform)) !== at) {
      throw new UserError(`${platformName(platform)} is listed twice in "platforms"`, { hint: 'Name each platform once.' });
    }
    const [part, twin] = all.filter(({ image }) => samePlatform(image.platform, platform));
    if (part === undefined) {
      throw new UserError(`none of the ${bundles.length} bundles holds ${platformName(platform)}`, {
        hint: `They hold ${all.map(({ image }) => platformName(image.platform)).join(', ') || 'nothing'}: build the missing platform, or take it out of "platforms".`,
      });
    }
    if (twin !== undefined) {
      throw new UserError(
        `${platformName(platform)} was built twice: ${part.image.manifest.digest} in ${part.bundle.directory}, ${twin.image.manifest.digest} in ${twin.bundle.directory}`,
        { hint: 'Each platform must come from one bundle: remove one of them.' },
      );
    }
    return part;
  });
}

function entriesOf({ image }: Part, planned: Readonly<Record<string, string>>): Descriptor[] {
  const attestations = [...image.attestations].sort((a, b) => compare(a.digest, b.digest));
  return [
    descriptorOf(image.manifest, image.manifest.platform ?? image.platform, { ...image.manifest.annotations, ...planned }),
    ...attestations.map(attestation =>
      descriptorOf(
        attestation,
        { os: 'unknown', architecture: 'unknown' },
        {
          ...attestation.annotations,
          [REFERENCE_DIGEST]: image.manifest.digest,
          [REFERENCE_TYPE]: ATTESTATION_MANIFEST,
        },
      ),
    ),
  ];
}

/** Keys in a fixed order, whatever the order was in the bundle. */
function descriptorOf(from: Descriptor, platform: OciPlatform, annotations: Descriptor['annotations']): Descriptor {
  const features = platform['os.features'];
  return {
    mediaType: from.mediaType,
    digest: from.digest,
    size: from.size,
    ...(annotations === undefined || Object.keys(annotations).length === 0 ? {} : { annotations: sorted(annotations) }),
    platform: {
      architecture: platform.architecture,
      os: platform.os,
      ...(platform['os.version'] === undefined ? {} : { 'os.version': platform['os.version'] }),
      ...(features === undefined ? {} : { 'os.features': features }),
      ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    },
    ...(from.artifactType === undefined ? {} : { artifactType: from.artifactType }),
  };
}

/** What is attached to an image, by digest. */
export function referrersOf(bundle: Bundle, image: PlatformImage): Descriptor[] {
  const own = bundle.referrers.filter(({ subject }) => subject === image.manifest.digest).map(({ manifest }) => manifest);
  return own.sort((a, b) => compare(a.digest, b.digest));
}

/** Everything that one image and its attestations are made of, in the index or attached. */
export async function digestsOf(bundle: Bundle, image: PlatformImage): Promise<Set<string>> {
  const digests = new Set([image.manifest, image.config, ...image.layers].map(blob => blob.digest));
  for (const attestation of [...image.attestations, ...referrersOf(bundle, image)]) {
    digests.add(attestation.digest);
    const bytes = await readSmallBlob(bundle.directory, attestation, 'attestation manifest', MANIFEST_LIMIT);
    const { config, layers } = parseManifest(bytes, `attestation manifest ${attestation.digest}`);
    for (const blob of [config, ...layers]) digests.add(blob.digest);
  }
  return digests;
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => compare(a, b)));
}

/** By code units: never by the locale of the machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

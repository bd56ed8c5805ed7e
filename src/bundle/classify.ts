// A manifest of the layout -> a runnable image, or an attestation and the image that it speaks of; anything else is refused.

import { normalisePlatform, platformName, samePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { PlatformImage } from './bundle.ts';
import { ATTESTATION_MANIFEST, CONFIG_TYPES, isLayerType, REFERENCE_DIGEST, REFERENCE_TYPE } from './oci.ts';
import type { Descriptor, ImageConfig, Manifest, OciPlatform } from './oci.ts';
import { broken } from './parse.ts';

/** A manifest as an index (or index.json) names it. */
export interface Leaf {
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
}

/** True when the manifest is not an image: BuildKit's annotation (legacy form) or an artifact type (OCI-artifact form). */
export function isAttestation(leaf: Leaf): boolean {
  const { descriptor, manifest } = leaf;
  return (
    descriptor.annotations?.[REFERENCE_TYPE] !== undefined ||
    descriptor.artifactType !== undefined ||
    manifest.artifactType !== undefined
  );
}

/** Digest of the image that an attestation speaks of. Refuses what only claims to be an attestation: nobody would scan it. */
export function attestedDigest({ descriptor, manifest }: Leaf): string {
  const what = `attestation manifest ${descriptor.digest}`;
  const type = descriptor.annotations?.[REFERENCE_TYPE];
  if (type !== undefined && type !== ATTESTATION_MANIFEST) throw broken(`${what} has the unknown ${REFERENCE_TYPE} "${type}"`);
  if (descriptor.platform !== undefined && !isUnknown(descriptor.platform)) {
    throw broken(`${what} is listed for ${platformName(descriptor.platform)}: it could be run, and would not be scanned`);
  }
  const other = manifest.layers.find(layer => !layer.mediaType.startsWith('application/vnd.in-toto'));
  if (other !== undefined)
    throw broken(`${what} holds ${other.digest} of type ${other.mediaType}, which is not an in-toto statement`);
  const named = descriptor.annotations?.[REFERENCE_DIGEST];
  const subject = manifest.subject?.digest;
  if (named !== undefined && subject !== undefined && named !== subject) {
    throw broken(`${what} names two images: ${named} in its annotation, ${subject} as its subject`);
  }
  const digest = named ?? subject;
  if (digest === undefined) throw broken(`${what} does not say which image it speaks of`);
  return digest;
}

/** Manifest + config of a runnable image, checked against each other. */
export function asImage(leaf: Leaf, config: ImageConfig, attestations: readonly Descriptor[]): PlatformImage {
  const { descriptor, manifest } = leaf;
  const platform = platformOf(descriptor, config);
  const diffIds = config.rootfs?.diff_ids ?? [];
  if (diffIds.length !== manifest.layers.length) {
    throw broken(
      `image ${descriptor.digest} has ${manifest.layers.length} layers, but its config has ${diffIds.length} diff_ids`,
    );
  }
  return {
    platform,
    manifest: descriptor,
    config: manifest.config,
    layers: manifest.layers,
    diffIds,
    labels: config.config?.Labels ?? {},
    ...(config.created === undefined ? {} : { created: config.created }),
    attestations,
  };
}

/** Refuses media types that no container engine would run, before their blobs are looked at. */
export function checkImageTypes({ descriptor, manifest }: Leaf): void {
  const what = `image ${descriptor.digest}`;
  if (!CONFIG_TYPES.includes(manifest.config.mediaType)) {
    throw broken(`${what} has a config of the unknown media type ${manifest.config.mediaType} (${manifest.config.digest})`);
  }
  const odd = manifest.layers.find(layer => !isLayerType(layer.mediaType));
  if (odd !== undefined) throw broken(`${what} has the layer ${odd.digest} of the unknown media type ${odd.mediaType}`);
}

function platformOf(descriptor: Descriptor, config: ImageConfig): Platform {
  const said = descriptor.platform ?? fromConfig(config);
  if (said === undefined || isUnknown(said))
    throw broken(`image ${descriptor.digest} has no platform, neither in its descriptor nor in its config`);
  const platform = plain(said);
  // What the config leaves out cannot contradict; what it says decides what an engine runs.
  const configured = plain({
    os: config.os ?? said.os,
    architecture: config.architecture ?? said.architecture,
    ...((config.variant ?? said.variant) === undefined ? {} : { variant: config.variant ?? said.variant ?? '' }),
  });
  if (!samePlatform(platform, configured)) {
    throw broken(
      `image ${descriptor.digest} is listed for ${platformName(platform)}, but its config (${platformName(configured)}) is for another platform`,
    );
  }
  return normalisePlatform(configured);
}

function fromConfig(config: ImageConfig): OciPlatform | undefined {
  if (config.os === undefined || config.architecture === undefined) return undefined;
  return {
    os: config.os,
    architecture: config.architecture,
    ...(config.variant === undefined ? {} : { variant: config.variant }),
  };
}

function plain({ os, architecture, variant }: OciPlatform): Platform {
  return { os, architecture, ...(variant === undefined || variant === '' ? {} : { variant }) };
}

function isUnknown(platform: OciPlatform): boolean {
  return platform.os === 'unknown' || platform.architecture === 'unknown';
}

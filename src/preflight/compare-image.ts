// A published image and the plan -> what differs between it and the image that this run would build.

import { MANIFEST_TYPES, INDEX_TYPES, REFERENCE_TYPE, type Descriptor, type ImageConfig } from '../bundle/oci.ts';
import { parseConfig, parseIndex, parseManifest } from '../bundle/parse.ts';
import { ToolError } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import { INPUTS_LABEL, RUN_LABEL } from '../plan/input-hash.ts';
import { normalisePlatform, platformName } from '../plan/platform.ts';
import type { PreflightOrder, RegistryReader } from './preflight.ts';

export const REVISION_LABEL = 'org.opencontainers.image.revision';
const CREATED_LABEL = 'org.opencontainers.image.created';
/** More images than any plan has platforms: whatever this index is, it is not ours. */
const MOST_IMAGES = 50;

export interface Comparison {
  /** Set when it is an image of another commit, or of nobody knows which: never adopted, never left silently. */
  readonly foreign?: string;
  /** Why it is not the image that this run would build, though it is of this commit. Empty: it is. */
  readonly differences: readonly string[];
}

interface Found {
  readonly platform: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads index and configs of `image@digest`; no layer is fetched. */
export async function compareImage({ plan, registry }: PreflightOrder, image: string, digest: string): Promise<Comparison> {
  const found = await readImages(registry, image, digest);
  const strangers = found.filter(one => one.labels[REVISION_LABEL] !== plan.commit);
  const [stranger] = strangers;
  if (stranger !== undefined) {
    const revision = stranger.labels[REVISION_LABEL];
    const foreign =
      revision === undefined
        ? `its ${stranger.platform} has no label ${REVISION_LABEL}`
        : `its ${stranger.platform} is commit ${revision}, this run is ${plan.commit}`;
    return { foreign, differences: [] };
  }
  return {
    differences: [
      ...platformDifferences(found, plan.platforms.map(normalisedName)),
      ...labelDifferences(found, plan.buildLabels),
    ],
  };
}

function normalisedName(platform: Parameters<typeof normalisePlatform>[0]): string {
  return platformName(normalisePlatform(platform));
}

function platformDifferences(found: readonly Found[], planned: readonly string[]): string[] {
  const names = found.map(one => one.platform);
  const missing = planned.filter(name => !names.includes(name));
  const more = names.filter(name => !planned.includes(name));
  return [
    ...(missing.length === 0 ? [] : [`it has no image for ${missing.join(', ')}`]),
    ...(more.length === 0 ? [] : [`it also has ${more.join(', ')}, which is not planned`]),
  ];
}

/** The hash decides. Labels that differ are named, since they are the usual reason and the only inputs that can be read back. */
function labelDifferences(found: readonly Found[], planned: Readonly<Record<string, string>>): string[] {
  const wanted = planned[INPUTS_LABEL];
  const odd = found.find(one => one.labels[INPUTS_LABEL] !== wanted || wanted === undefined);
  if (odd === undefined) return [];
  if (odd.labels[INPUTS_LABEL] === undefined)
    return [`its ${odd.platform} has no label ${INPUTS_LABEL}, so what it was built from is not known`];
  const ignored = [INPUTS_LABEL, RUN_LABEL, CREATED_LABEL];
  const labels = Object.entries(planned)
    .filter(([key, value]) => !ignored.includes(key) && odd.labels[key] !== value)
    .map(([key, value]) => `label ${key} is ${JSON.stringify(odd.labels[key] ?? '')}, planned ${JSON.stringify(value)}`);
  const named = labels.length > 0 ? labels.join(', ') : 'context, file, target, build-args, labels or attestation settings';
  return [`it was built from other inputs (${named})`];
}

async function readImages(registry: RegistryReader, image: string, digest: string): Promise<Found[]> {
  const root = await readStored(registry, image, digest);
  if (!INDEX_TYPES.includes(root.mediaType)) return [await readImage(registry, image, root.bytes, digest)];
  const children = parseIndex(root.bytes, `index ${image}@${digest}`).manifests.filter(isImage);
  if (children.length > MOST_IMAGES) throw unusable(`${image}@${digest} lists ${children.length} images`);
  return inParallel(children, 5, async child => {
    const { bytes } = await readStored(registry, image, child.digest);
    return readImage(registry, image, bytes, child.digest);
  });
}

function isImage(descriptor: Descriptor): boolean {
  if (descriptor.annotations?.[REFERENCE_TYPE] !== undefined || descriptor.artifactType !== undefined) return false;
  return descriptor.platform?.os !== 'unknown' && MANIFEST_TYPES.includes(descriptor.mediaType);
}

async function readStored(
  registry: RegistryReader,
  image: string,
  digest: string,
): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array }> {
  const stored = await registry.manifest(image, digest);
  if (stored === undefined) throw unusable(`${image} lists ${digest}, but does not have it`);
  return stored;
}

async function readImage(registry: RegistryReader, image: string, bytes: Uint8Array, digest: string): Promise<Found> {
  const { config } = parseManifest(bytes, `manifest ${image}@${digest}`);
  const parsed: ImageConfig = parseConfig(await registry.blob(image, config), `config of ${image}@${digest}`);
  const { os = 'unknown', architecture = 'unknown', variant } = parsed;
  return {
    platform: normalisedName({ os, architecture, ...(variant === undefined ? {} : { variant }) }),
    labels: parsed.config?.Labels ?? {},
  };
}

function unusable(message: string): ToolError {
  return new ToolError(message, {
    tool: 'registry',
    hint: 'The published image is damaged: delete its tag in the registry and run again.',
  });
}

// What docker/metadata-action prints for the same inputs: the outputs that other steps of a workflow read.

import type { MetadataInputs } from './inputs.ts';
import type { Pair } from './labels.ts';

/** One annotation with its level, as the `annotations` output and buildx write it. */
export interface PlannedAnnotation {
  /** `manifest`, `index`, `manifest-descriptor` or `index-descriptor`, as typed; several are several annotations. */
  readonly level: string;
  readonly key: string;
  readonly value: string;
}

/** The peer's outputs, byte for byte: what is listed twice there is listed twice here, and what is no valid reference is here too. */
export interface Metadata {
  readonly version: string;
  /** `image:tag`, or the bare tag without images. */
  readonly tags: readonly string[];
  readonly tagNames: readonly string[];
  /** `key=value`, sorted by key. */
  readonly labels: readonly string[];
  /** `level:key=value`. */
  readonly annotations: readonly string[];
  /** Text of the `json` output. */
  readonly json: string;
  /** Text of the bake definitions behind `bake-file`, `bake-file-tags`, `bake-file-labels`, `bake-file-annotations`. */
  readonly bake: { readonly all: string; readonly tags: string; readonly labels: string; readonly annotations: string };
  readonly separators: { readonly tags: string; readonly labels: string; readonly annotations: string };
}

/** What was planned, as the peer sees it. */
export interface MetadataOrder {
  readonly inputs: MetadataInputs;
  /** Enabled names, as typed but lower-case; one may be there twice, or empty. */
  readonly images: readonly string[];
  readonly tagNames: readonly string[];
  readonly version: string;
  readonly labels: readonly Pair[];
  readonly annotations: readonly Pair[];
}

/** The peer's outputs. */
export function makeMetadata({ inputs, images, tagNames, version, ...order }: MetadataOrder): Metadata {
  const tags =
    images.length === 0 ? tagNames : images.flatMap(image => tagNames.map(tag => (image === '' ? tag : `${image}:${tag}`)));
  const labels = labelMap(order.labels);
  const typedLevels = inputs.annotationsLevels ?? 'manifest';
  const annotations = levelled(order.annotations, typedLevels);
  const args = { DOCKER_META_IMAGES: images.join(','), ...(version !== '' && { DOCKER_META_VERSION: version }) };
  const bake = (definition: unknown): string => JSON.stringify({ target: { [inputs.bakeTarget]: definition } }, null, 2);
  return {
    version,
    tags,
    tagNames,
    labels: order.labels.map(([key, value]) => `${key}=${value}`),
    annotations,
    json: JSON.stringify({ tags, 'tag-names': tagNames, labels, annotations }),
    bake: {
      all: bake({ tags, labels, args }),
      tags: bake({ tags, args }),
      labels: bake({ labels }),
      // The peer reads the levels of this file only up to a colon.
      annotations: bake({ annotations: levelled(order.annotations, typedLevels.split(':')[0] ?? '') }),
    },
    separators: { tags: inputs.sepTags, labels: inputs.sepLabels, annotations: inputs.sepAnnotations },
  };
}

function levelled(pairs: readonly Pair[], levels: string): string[] {
  return levels.split(',').flatMap(level => pairs.map(([key, value]) => `${level}:${key}=${value}`));
}

/** In JSON the peer keeps of each value the first line only, and drops a key that JavaScript's objects do not hold. */
function labelMap(pairs: readonly Pair[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.filter(([key]) => key !== '__proto__').map(([key, value]) => [key, /^.*/.exec(value)?.[0] ?? '']),
  );
}

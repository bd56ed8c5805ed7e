// Inputs + facts -> everything that names the image: repositories, tags, labels, annotations, and the outputs of docker/metadata-action.

import semver from 'semver';
import type { Inputs } from './inputs.ts';
import { planAnnotations, planLabels } from './labels.ts';
import type { Metadata, PlannedAnnotation } from './metadata.ts';
import type { Mistakes } from './mistakes.ts';
import type { PlannedTag } from './plan.ts';
import type { Reference } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import { planTags, renderer } from './tags.ts';
import type { TagPlan } from './tags.ts';

export type NamingInputs = Pick<
  Inputs,
  'mode' | 'images' | 'tags' | 'references' | 'flavor' | 'labels' | 'annotations' | 'metadata'
>;

export interface NamingOrder {
  readonly inputs: NamingInputs;
  readonly facts: TagFacts;
  /** Told which rule, label or annotation is worked on: when planning takes too long, the error names it. */
  readonly onRule?: (text: string) => void;
}

export interface Naming {
  /** Repositories without tag, each once. */
  readonly images: readonly string[];
  /** Valid names, each once, in the order of the peer. */
  readonly tags: readonly PlannedTag[];
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly PlannedAnnotation[];
  readonly metadata: Metadata;
  /** Why a rule gave no tag, one line a rule. */
  readonly idle: readonly string[];
  readonly warnings: readonly string[];
}

/** Names the image. What is wrong goes to `mistakes`; in `mode: plan` what docker/metadata-action would print all the same is only a warning. */
export function planNaming({ inputs, facts }: NamingOrder, mistakes: Mistakes): Naming {
  const { images, ...tagPlan } = planNames(inputs, facts, mistakes);
  const warned = new Set<string>();
  const render = renderer(facts, name => warned.add(`labels: {{${name}}} is not known and gives nothing`));
  const order = { facts, version: tagPlan.version, render };
  const labels = planLabels(order, inputs.labels, mistakes);
  const pairs = planAnnotations(order, inputs.annotations, mistakes);
  const levels = (inputs.metadata.annotationsLevels ?? 'manifest').split(',');
  const annotations = levels.flatMap(level => Object.entries(pairs).map(([key, value]) => ({ level, key, value })));
  return {
    images,
    tags: tagPlan.tags,
    version: tagPlan.version,
    labels,
    annotations,
    metadata: makeMetadata(inputs, { images, ...tagPlan }, labels, annotations),
    idle: tagPlan.idle,
    warnings: [...tagPlan.warnings, ...warned],
  };
}

function makeMetadata(
  { metadata }: NamingInputs,
  names: Names,
  labels: Readonly<Record<string, string>>,
  annotations: readonly PlannedAnnotation[],
): Metadata {
  const tagNames = names.tags.map(tag => tag.name);
  const tags = names.images.length === 0 ? tagNames : names.images.flatMap(image => tagNames.map(tag => `${image}:${tag}`));
  const lines = annotations.map(({ level, key, value }) => `${level}:${key}=${value}`);
  const args = { DOCKER_META_IMAGES: names.images.join(','), DOCKER_META_VERSION: names.version };
  const bake = (definition: unknown): string => JSON.stringify({ target: { [metadata.bakeTarget]: definition } }, null, 2);
  return {
    version: names.version,
    tags,
    tagNames,
    labels: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    annotations: lines,
    json: JSON.stringify({ tags, 'tag-names': tagNames, labels, annotations: lines }),
    bake: {
      all: bake({ tags, labels, args }),
      tags: bake({ tags, args }),
      labels: bake({ labels }),
      annotations: bake({ annotations: lines }),
    },
    separators: { tags: metadata.sepTags, labels: metadata.sepLabels, annotations: metadata.sepAnnotations },
  };
}

type Names = TagPlan & { readonly images: readonly string[] };

/** Images and tags: from `images` × rules, or from the full references in `tags`. */
function planNames(inputs: NamingInputs, facts: TagFacts, mistakes: Mistakes): Names {
  if (inputs.references.length > 0) return namesOfReferences(inputs.references, mistakes);
  const images = [...new Set(inputs.images.filter(image => image.enable).map(image => image.name))];
  return { images, ...planTags({ facts, rules: inputs.tags, flavor: inputs.flavor }, mistakes) };
}

/** Every image must have the same tags: the plan is images × tags. */
function namesOfReferences(references: readonly Reference[], mistakes: Mistakes): Names {
  const images = [...new Set(references.map(reference => reference.image))];
  const names = [...new Set(references.map(reference => reference.tag))];
  const typed = new Set(references.map(({ image, tag }) => `${image}:${tag}`));
  const missing = images.flatMap(image => names.map(name => `${image}:${name}`)).filter(name => !typed.has(name));
  if (missing.length > 0)
    mistakes.add(
      'tags',
      `every image needs the same tags in one step; ${missing.slice(0, 3).join(', ')} is not listed. Add it, or use one step per set of tags`,
    );
  const tags = names.map((name): PlannedTag => {
    return {
      name,
      kind: semver.valid(name) === null ? 'floating' : 'immutable',
      rule: references.find(({ tag }) => tag === name)?.image ?? name,
    };
  });
  return { images, tags, version: names[0] ?? '', idle: [], warnings: [] };
}

// Inputs + facts -> everything that names the image: repositories, tags, labels, annotations, and the outputs of docker/metadata-action.

import { createRenderer } from './expressions.ts';
import type { Renderer } from './expressions.ts';
import type { Inputs } from './inputs.ts';
import { defaultPairs, isLevel, levelAnnotations, planPairs } from './labels.ts';
import type { Pair } from './labels.ts';
import { expandMeta, metaValues, renderWithMeta, showPlaces } from './meta-expressions.ts';
import type { MetaValues } from './meta-expressions.ts';
import { makeMetadata } from './metadata.ts';
import type { Metadata, PlannedAnnotation } from './metadata.ts';
import type { Mistakes } from './mistakes.ts';
import type { PlannedTag } from './plan.ts';
import { imageProblem, shorten } from './reference.ts';
import type { Reference } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import { planTags } from './tags.ts';
import type { TagPlan } from './tags.ts';
import { isFullVersion } from './version-answer.ts';

export type NamingInputs = Pick<
  Inputs,
  'mode' | 'images' | 'tags' | 'references' | 'flavor' | 'labels' | 'annotations' | 'metadata' | 'baked'
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
  /** What the image is to get: with the levels asked for, or typed (`index:key=value`), else on the manifests and the index. */
  readonly annotations: readonly PlannedAnnotation[];
  readonly metadata: Metadata;
  /** Why a rule gave no tag, one line a rule. */
  readonly idle: readonly string[];
  readonly warnings: readonly string[];
}

/** Names the image. What is wrong goes to `mistakes`; in `mode: plan` what docker/metadata-action would print all the same is only a warning. */
export function planNaming(order: NamingOrder, mistakes: Mistakes): Naming {
  const { inputs } = order;
  const warned = new Set<string>();
  const plan = planNames(order, warned, mistakes);
  const values = metaOf(order, plan);
  const pairs = (input: 'labels' | 'annotations'): readonly Pair[] => {
    const { renderer, ...others } = tools(order, input, warned);
    const meta = { values, refuse: (what: string) => mistakes.add(input, what) };
    const render = (template: string): string => renderWithMeta(template, renderer.render, meta);
    const { version } = plan;
    const baked = (inputs.baked?.[input] ?? []).map(([key, text]): Pair => [key, expandMeta(text, values, meta.refuse)]);
    return planPairs({ mode: inputs.mode, input, custom: inputs[input], baked, version, render, ...others }, mistakes);
  };
  const [labels, annotations] = [pairs('labels'), pairs('annotations')];
  checkLevels(inputs, warned, mistakes);
  return {
    images: [...new Set(plan.images.filter(image => imageProblem(image) === undefined))],
    tags: plan.tags,
    version: plan.version,
    labels: Object.fromEntries(labels),
    annotations: levelAnnotations(annotations, imageLevels(inputs)),
    metadata: makeMetadata({
      inputs: inputs.metadata,
      images: plan.images,
      tagNames: plan.names,
      version: plan.version,
      labels,
      annotations,
    }),
    idle: plan.idle,
    warnings: [...warned],
  };
}

interface Tools {
  readonly facts: TagFacts;
  readonly renderer: Renderer;
  readonly warn: (text: string) => void;
  readonly onRule: (text: string) => void;
}

/** What the rules of one input work with: whatever they say begins with the name of that input. */
function tools({ inputs, facts, onRule }: NamingOrder, input: string, warned: Set<string>): Tools {
  const warn = (text: string): void => void warned.add(`${input}: ${showPlaces(text)}`);
  return {
    facts,
    renderer: createRenderer({ facts, shortShaLength: inputs.metadata.shortShaLength, warn }),
    warn,
    onRule: text => onRule?.(`${input}: ${text}`),
  };
}

type Names = TagPlan & { readonly images: readonly string[] };

/** Images and tags: from `images` × rules, or from the full references in `tags`. */
function planNames(order: NamingOrder, warned: Set<string>, mistakes: Mistakes): Names {
  const { inputs } = order;
  if (inputs.references.length > 0) return namesOfReferences(inputs.references, mistakes);
  const images = inputs.images.filter(image => image.enable).map(image => image.name);
  const { mode, tags: rules, flavor } = inputs;
  return { images, ...planTags({ mode, rules, flavor, ...tools(order, 'tags', warned) }, mistakes) };
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
      kind: isFullVersion(name) ? 'immutable' : 'floating',
      rule: references.find(({ tag }) => tag === name)?.image ?? name,
    };
  });
  return { images, tags, names, version: names[0] ?? '', idle: [] };
}

function levelsOf({ metadata }: NamingInputs): readonly string[] {
  return (metadata.annotationsLevels ?? 'manifest').split(',');
}

/** GHCR reads the description of an image of several platforms only from the index, so that it is annotated too unless levels were asked for. */
function imageLevels(inputs: NamingInputs): readonly string[] {
  return inputs.metadata.annotationsLevels === undefined ? ['manifest', 'index'] : levelsOf(inputs);
}

/** What `{{meta.…}}` means in labels and annotations: what is known before they are. */
function metaOf({ inputs: { metadata }, facts }: NamingOrder, plan: Names): MetaValues {
  const made = makeMetadata({
    inputs: metadata,
    images: plan.images,
    tagNames: plan.names,
    version: plan.version,
    labels: [],
    annotations: [],
  });
  const outputs = {
    version: plan.version,
    tags: made.tags.join(metadata.sepTags),
    'tag-names': plan.names.join(metadata.sepTags),
  };
  return metaValues({ labels: Object.fromEntries(defaultPairs({ facts, version: plan.version })), outputs });
}

/** The peer takes any text for a level. */
function checkLevels(inputs: NamingInputs, warned: Set<string>, mistakes: Mistakes): void {
  for (const level of levelsOf(inputs).filter(text => !isLevel(text))) {
    const problem = `"${shorten(level)}" is not one of manifest, index, manifest-descriptor, index-descriptor (DOCKER_METADATA_ANNOTATIONS_LEVELS says the same)`;
    if (inputs.mode === 'plan') warned.add(`annotations-levels: ${problem}`);
    else mistakes.add('annotations-levels', problem);
  }
}

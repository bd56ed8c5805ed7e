// `images`, `tags`, `flavor`, `labels`, `annotations` and the switches beside them -> typed values, read as docker/metadata-action reads them.

import { looksLikeReference, parseReferences, readImages } from './image-inputs.ts';
import { readBoolean, readChoice, readList, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Flavor, Inputs, MetadataInputs, TagRule } from './inputs.ts';
import type { Mode } from './plan.ts';
import { shorten } from './reference.ts';
import type { Reference } from './reference.ts';
import { DEFAULT_RULES, parseFlavor, parseTagRule, unknownAttributes } from './tag-rules.ts';

/** Variables of the step, as far as they are switches of docker/metadata-action. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Naming = Pick<Inputs, 'images' | 'tags' | 'references' | 'flavor' | 'labels' | 'annotations' | 'metadata'>;

/** Reads everything that names the image. A typed input wins over the variable of the same meaning. */
export function readNaming(
  source: Source,
  { env }: { readonly mode: Mode; readonly env: Environment },
  warnings: string[],
): Naming {
  const images = readImages(source);
  const imagesTyped = readText(source, 'images') !== undefined;
  return {
    images,
    ...readTags(source, imagesTyped, warnings),
    flavor: readFlavor(source),
    labels: readPairs(source, 'labels', warnings),
    annotations: readPairs(source, 'annotations', warnings),
    metadata: readMetadata(source, env),
  };
}

function readMetadata(source: Source, env: Environment): MetadataInputs {
  const variable = (name: string): string | undefined => {
    const value = env[name];
    return value === undefined || value === '' ? undefined : value;
  };
  // A separator may be blanks only: it is taken as typed.
  const separator = (name: string): string => source.get(name) || '\n';
  return {
    context: readChoice(source, 'metadata-context', ['workflow', 'git']) ?? 'workflow',
    sepTags: separator('sep-tags'),
    sepLabels: separator('sep-labels'),
    sepAnnotations: separator('sep-annotations'),
    bakeTarget: readText(source, 'bake-target') ?? 'docker-metadata-action',
    prHeadSha: readBoolean(source, 'pr-head-sha') ?? /true/i.test(variable('DOCKER_METADATA_PR_HEAD_SHA') ?? ''),
    shortShaLength: readText(source, 'short-sha-length') ?? variable('DOCKER_METADATA_SHORT_SHA_LENGTH'),
    annotationsLevels: readText(source, 'annotations-levels') ?? variable('DOCKER_METADATA_ANNOTATIONS_LEVELS'),
  };
}

function readTags(
  source: Source,
  imagesTyped: boolean,
  warnings: string[],
): { tags: readonly TagRule[]; references: readonly Reference[] } {
  const entries = readList(source, 'tags', { commas: false, comments: true });
  const plain = imagesTyped ? [] : entries.filter(looksLikeReference);
  const ruleTexts = entries.filter(entry => !plain.includes(entry));
  const references = parseReferences(source, plain);
  if (plain.length > 0 && ruleTexts.length > 0)
    source.mistakes.add(
      'tags',
      `full references ("${shorten(plain[0] ?? '')}") and rules ("${shorten(ruleTexts[0] ?? '')}") cannot be mixed: put the names into "images" and only rules into "tags"`,
    );
  const tags: TagRule[] = [];
  for (const text of entries.length === 0 ? DEFAULT_RULES : ruleTexts) {
    const rule = parseTagRule(text);
    if (typeof rule === 'string') source.mistakes.add('tags', rule);
    else tags.push(rule);
  }
  for (const rule of tags)
    for (const attribute of unknownAttributes(rule))
      warnings.push(`tags: type=${rule.type} does not know the attribute ${attribute}; it is ignored in "${shorten(rule.text)}"`);
  return { tags, references };
}

function readFlavor(source: Source): Flavor {
  const lines = readList(source, 'flavor', { commas: false, comments: true });
  const flavor = parseFlavor(lines);
  if (typeof flavor !== 'string') return flavor;
  source.mistakes.add('flavor', flavor);
  return { latest: 'auto', prefix: '', prefixLatest: false, suffix: '', suffixLatest: false };
}

/** `key=value` lines. One without `=` is dropped, as the peer does, with a warning. */
function readPairs(source: Source, name: string, warnings: string[]): readonly string[] {
  const entries = readList(source, name, { commas: false, comments: true });
  for (const entry of entries) {
    if (!entry.includes('=')) warnings.push(`${name}: "${shorten(entry)}" has no "=" and is ignored; write key=value`);
    else if (entry.startsWith('=')) source.mistakes.add(name, `"${shorten(entry)}" has no key before the "="`);
  }
  return entries.filter(entry => entry.includes('='));
}

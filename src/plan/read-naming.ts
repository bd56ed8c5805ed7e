// `images`, `tags`, `flavor`, `labels`, `annotations` and the switches beside them -> typed values, read as docker/metadata-action reads them.

import { CsvMistake, splitLines } from './csv.ts';
import { looksLikeReference, parseReferences, readImages } from './image-inputs.ts';
import { readBoolean, readChoice, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Flavor, Inputs, MetadataInputs, TagRule } from './inputs.ts';
import type { Mode } from './plan.ts';
import { shorten } from './reference.ts';
import type { Reference } from './reference.ts';
import { DEFAULT_RULES, parseFlavor, parseTagRule, unknownAttributes } from './tag-rules.ts';

/** Variables of the step, as far as they are switches of docker/metadata-action. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Naming = Pick<Inputs, 'images' | 'tags' | 'references' | 'flavor' | 'labels' | 'annotations' | 'metadata'>;

/** Where an input is read, and how strictly. */
interface Reading {
  readonly source: Source;
  readonly mode: Mode;
  readonly warnings: string[];
}

/**
 * Reads everything that names the image. A typed input wins over the variable of the same meaning. `mode: plan` refuses what
 * docker/metadata-action refuses, and takes what it takes; modes that build pass over blank lines, and want names that can be published to.
 */
export function readNaming(
  source: Source,
  { mode, env }: { readonly mode: Mode; readonly env: Environment },
  warnings: string[],
): Naming {
  const reading = { source, mode, warnings };
  const imagesTyped = readText(source, 'images') !== undefined;
  return {
    images: readImages({ lines: readEntries(reading, 'images'), lenient: mode === 'plan' }, source, warnings),
    ...readTags(reading, imagesTyped || mode === 'plan'),
    flavor: readFlavor(reading),
    labels: readEntries(reading, 'labels'),
    annotations: readEntries(reading, 'annotations'),
    metadata: readMetadata(source, env),
  };
}

/** The entries of a list, as many as there are. docker/metadata-action fails on a line of blanks: `mode: plan` keeps it, and whoever reads it fails as well. */
function readEntries({ source, mode }: Reading, name: string): readonly string[] {
  try {
    const entries = splitLines(source.get(name).trim(), { commas: false, comments: true });
    return mode === 'plan' ? entries : entries.filter(entry => entry !== '');
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add(name, error.message);
    return [];
  }
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
    shortShaLength: readShaLength(source) ?? variable('DOCKER_METADATA_SHORT_SHA_LENGTH'),
    annotationsLevels: readLevels(source) ?? variable('DOCKER_METADATA_ANNOTATIONS_LEVELS'),
  };
}

/** A SHA-256 commit has 64 characters. The variable is looked at only when a short commit is asked for, as the peer does. */
function readShaLength(source: Source): string | undefined {
  const text = readText(source, 'short-sha-length');
  if (text !== undefined && !/^(?:[1-9]|[1-5]\d|6[0-4])$/.test(text)) {
    source.mistakes.add('short-sha-length', `"${shorten(text)}" is not a whole number from 1 to 64`);
    return undefined;
  }
  return text;
}

function readLevels(source: Source): string | undefined {
  const levels = readText(source, 'annotations-levels')
    ?.split(',')
    .map(level => level.trim())
    .filter(level => level !== '');
  return levels === undefined || levels.length === 0 ? undefined : levels.join(',');
}

/** Full references are told from rules only where docker/build-push-action would stand: in a mode that builds, without `images`. */
function readTags(reading: Reading, onlyRules: boolean): { tags: readonly TagRule[]; references: readonly Reference[] } {
  const { source, warnings } = reading;
  const entries = readEntries(reading, 'tags');
  const plain = onlyRules ? [] : entries.filter(looksLikeReference);
  const ruleTexts = onlyRules ? entries : entries.filter(entry => !looksLikeReference(entry));
  const references = parseReferences(source, plain);
  if (plain.length > 0 && ruleTexts.length > 0)
    source.mistakes.add(
      'tags',
      `full references ("${shorten(plain[0] ?? '')}") and rules ("${shorten(ruleTexts[0] ?? '')}") cannot be mixed: put the names into "images" and only rules into "tags"`,
    );
  // What is left of a workflow with a metadata step: its outputs, fed to an input that takes rules.
  for (const entry of ruleTexts.filter(text => looksLikeReference(text) && /\/.*:/.test(text)))
    warnings.push(
      `tags: "${shorten(entry)}" is a full reference and is taken as a raw rule, with "-" for what no tag may hold; write the rule that gives its tag, or leave "images" out`,
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

function readFlavor(reading: Reading): Flavor {
  const flavor = parseFlavor(readEntries(reading, 'flavor'));
  if (typeof flavor !== 'string') return flavor;
  reading.source.mistakes.add('flavor', flavor);
  return { latest: 'auto', prefix: '', prefixLatest: false, suffix: '', suffixLatest: false };
}

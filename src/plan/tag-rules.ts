// One line of `tags` or `flavor` -> a rule, read as docker/metadata-action v6 reads it.

import { CsvMistake, splitFields } from './csv.ts';
import type { Flavor, TagRule } from './inputs.ts';
import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';

export const TAG_TYPES = ['schedule', 'semver', 'pep440', 'match', 'edge', 'ref', 'raw', 'sha'] as const;
/** Attributes of every type, then of each one. */
const COMMON = ['type', 'enable', 'priority', 'prefix', 'suffix'];
const ATTRIBUTES: Readonly<Record<TagRule['type'], readonly string[]>> = {
  schedule: ['pattern'],
  semver: ['pattern', 'value', 'match'],
  pep440: ['pattern', 'value', 'match'],
  match: ['pattern', 'group', 'value'],
  edge: ['branch'],
  ref: ['event'],
  raw: ['value'],
  sha: ['format'],
};
const PRIORITIES: Readonly<Record<TagRule['type'], string>> = {
  schedule: '1000',
  semver: '900',
  pep440: '900',
  match: '800',
  edge: '700',
  ref: '600',
  raw: '200',
  sha: '100',
};
/** Attributes that every rule of a type has, also when they are not typed. */
const DEFAULTS: Readonly<Record<TagRule['type'], Readonly<Record<string, string>>>> = {
  schedule: { pattern: 'nightly' },
  semver: { value: '', match: '' },
  pep440: { value: '', match: '' },
  match: { group: '0', value: '' },
  edge: { branch: '' },
  ref: {},
  raw: {},
  sha: { prefix: 'sha-', format: 'short' },
};

/** The rules of an empty `tags` input. */
export const DEFAULT_RULES = ['type=schedule', 'type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'];

/** A rule with the defaults of its type filled in; a string tells what is wrong. */
export function parseTagRule(text: string): TagRule | string {
  const fields = fieldsOf(text);
  if (typeof fields === 'string') return fields;
  const attributes = new Map<string, string>();
  let type: TagRule['type'] = 'raw';
  for (const field of fields) {
    // Only the first `=` separates, and not at the very start: values may hold more of them.
    const split = field.indexOf('=');
    const key = split < 1 ? 'value' : field.slice(0, split).trim().toLowerCase();
    const value = split < 1 ? field.trim() : field.slice(split + 1).trim();
    if (key !== 'type') attributes.set(key, value);
    else if (isTagType(value)) type = value;
    else
      return `"${shorten(text)}": there is no type "${shorten(value)}"; the types are ${TAG_TYPES.join(', ')}${didYouMean(value, TAG_TYPES)}`;
  }
  const problem = missingIn(type, attributes, text);
  if (problem !== undefined) return problem;
  const pr = type === 'ref' && attributes.get('event') === 'pr' ? { prefix: 'pr-' } : {};
  const defaults = { ...DEFAULTS[type], ...pr, enable: 'true', priority: PRIORITIES[type] };
  return { type, attributes: { ...defaults, ...Object.fromEntries(attributes) }, text };
}

/** Attributes that the rule's type does not know: ignored, as the peer does, but worth a warning. */
export function unknownAttributes(rule: TagRule): string[] {
  const known = [...COMMON, ...ATTRIBUTES[rule.type]];
  return Object.keys(rule.attributes)
    .filter(name => !known.includes(name) && !(name === 'value' && rule.attributes['value'] === ''))
    .map(name => `"${shorten(name)}"${didYouMean(name, known)}`);
}

/** An attribute that must hold one of a few words; without a default it must be typed. */
const WORDS: Readonly<Partial<Record<TagRule['type'], readonly [name: string, words: readonly string[]]>>> = {
  ref: ['event', ['branch', 'tag', 'pr']],
  sha: ['format', ['short', 'long']],
};
/** An attribute that must be typed, and how. */
const NEEDED: Readonly<Partial<Record<TagRule['type'], readonly [name: string, example: string]>>> = {
  semver: ['pattern', 'pattern={{version}}'],
  pep440: ['pattern', 'pattern={{version}}'],
  match: ['pattern', 'pattern=v(.*),group=1'],
  raw: ['value', 'value=nightly'],
};

/** What the type needs and the rule does not say, or says wrongly. */
function missingIn(type: TagRule['type'], attributes: ReadonlyMap<string, string>, text: string): string | undefined {
  const typed = `"${shorten(text)}"`;
  const [needed, example = ''] = NEEDED[type] ?? [];
  if (needed !== undefined && !attributes.has(needed)) return `${typed} needs a ${needed}, ${hintFor(type, text, example)}`;
  const [name, words] = WORDS[type] ?? [];
  if (name !== undefined && words !== undefined) {
    const word = attributes.get(name) ?? DEFAULTS[type][name] ?? '';
    if (!words.includes(word))
      return `${typed} needs ${words.map(one => `${name}=${one}`).join(' or ')}${didYouMean(word, words)}`;
  }
  const group = attributes.get('group') ?? '0';
  if (type === 'match' && Number.isNaN(Number(group))) return `${typed}: group is a number, not "${shorten(group)}"`;
  return undefined;
}

/** An "=" inside of a plain expression splits it, as in the peer. */
function hintFor(type: TagRule['type'], text: string, example: string): string {
  if (type === 'raw' && /^[^=]*\{\{/.test(text)) return 'write value={{…}} when an expression holds an "="';
  return `e.g. type=${type},${example}`;
}

/** All lines of `flavor`; a string tells what is wrong. */
export function parseFlavor(lines: readonly string[]): Flavor | string {
  let flavor: Flavor = { latest: 'auto', prefix: '', prefixLatest: false, suffix: '', suffixLatest: false };
  for (const line of lines) {
    const fields = fieldsOf(line);
    if (typeof fields === 'string') return fields;
    let affix: 'prefix' | 'suffix' | undefined;
    for (const field of fields) {
      const [key = '', value] = field.split('=').map(part => part.trim());
      const name = key.toLowerCase();
      const next = value === undefined ? undefined : setFlavor(flavor, name, value, affix);
      if (next === undefined) return flavorProblem(line, name, value);
      flavor = next;
      if (name === 'prefix' || name === 'suffix') affix = name;
    }
  }
  return flavor;
}

function setFlavor(flavor: Flavor, name: string, value: string, affix: 'prefix' | 'suffix' | undefined): Flavor | undefined {
  switch (name) {
    case 'latest':
      return value === 'auto' || value === 'true' || value === 'false' ? { ...flavor, latest: value } : undefined;
    case 'prefix':
      return { ...flavor, prefix: value };
    case 'suffix':
      return { ...flavor, suffix: value };
    case 'onlatest':
      if (value !== 'true' && value !== 'false') return undefined;
      return affix === undefined ? flavor : { ...flavor, [`${affix}Latest`]: value === 'true' };
    default:
      return undefined;
  }
}

function flavorProblem(line: string, name: string, value: string | undefined): string {
  const known = ['latest', 'prefix', 'suffix', 'onlatest'];
  const allowed = 'latest=auto|true|false, prefix=TEXT, suffix=TEXT, each with onlatest=true|false';
  const guess = known.includes(name) ? '' : didYouMean(name, known);
  return `"${shorten(value === undefined ? line : `${name}=${value}`)}" is not one of ${allowed}${guess}`;
}

function isTagType(type: string): type is TagRule['type'] {
  return (TAG_TYPES as readonly string[]).includes(type);
}

/** The fields of an entry; none at all is a mistake too, since the peer trips over a line of blanks. */
function fieldsOf(text: string): readonly string[] | string {
  try {
    const fields = splitFields(text);
    return fields.length > 0 ? fields : 'there is a line that holds nothing but blanks; delete it';
  } catch (error) {
    if (error instanceof CsvMistake) return `"${shorten(text)}": ${error.message}`;
    throw error;
  }
}

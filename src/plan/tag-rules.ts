// One line of `tags` or `flavor` -> a rule, read as docker/metadata-action v6 reads it.

import { CsvMistake, splitFields } from './csv.ts';
import type { Flavor, TagRule } from './inputs.ts';
import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';

export const TAG_TYPES = ['raw', 'sha', 'semver', 'ref'] as const;
const PLANNED_TYPES = ['schedule', 'pep440', 'match', 'edge'];
/** Attributes of every type, then of each one. */
const COMMON = ['type', 'enable', 'priority', 'prefix', 'suffix'];
const ATTRIBUTES: Readonly<Record<TagRule['type'], readonly string[]>> = {
  raw: ['value'],
  sha: ['format'],
  semver: ['pattern', 'value', 'match'],
  ref: ['event'],
};
const PRIORITIES: Readonly<Record<TagRule['type'], string>> = { semver: '900', ref: '600', raw: '200', sha: '100' };

/** The rules of an empty `tags` input. The peer's first one, `type=schedule`, comes with that type. */
export const DEFAULT_RULES = ['type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'];

/** A rule with the defaults of its type filled in; a string tells what is wrong. */
export function parseTagRule(text: string): TagRule | string {
  const fields = fieldsOf(text);
  if (typeof fields === 'string') return fields;
  const attributes = new Map<string, string>();
  for (const field of fields) {
    // Only the first `=` separates, and not at the very start: values may hold more of them.
    const split = field.indexOf('=');
    if (split < 1) attributes.set('value', field.trim());
    else attributes.set(field.slice(0, split).trim().toLowerCase(), field.slice(split + 1).trim());
  }
  const type = attributes.get('type') ?? 'raw';
  attributes.delete('type');
  if (!isTagType(type)) return unknownType(type, text);
  const problem = complete(type, attributes, text);
  if (problem !== undefined) return problem;
  fill(attributes, 'enable', 'true');
  fill(attributes, 'priority', PRIORITIES[type]);
  return { type, attributes: Object.fromEntries(attributes), text };
}

/** Attributes that the rule's type does not know: ignored, as the peer does, but worth a warning. */
export function unknownAttributes(rule: TagRule): string[] {
  const known = [...COMMON, ...ATTRIBUTES[rule.type]];
  return Object.keys(rule.attributes)
    .filter(name => !known.includes(name) && !(name === 'value' && rule.attributes['value'] === ''))
    .map(name => `"${shorten(name)}"${didYouMean(name, known)}`);
}

/** Fills in what the type needs; answers what is missing. */
function complete(type: TagRule['type'], attributes: Map<string, string>, text: string): string | undefined {
  switch (type) {
    case 'semver':
      fill(attributes, 'value', '');
      fill(attributes, 'match', '');
      return attributes.has('pattern') ? undefined : `"${shorten(text)}" needs a pattern, e.g. type=semver,pattern={{version}}`;
    case 'ref': {
      const event = attributes.get('event');
      if (event === undefined || !['branch', 'tag', 'pr'].includes(event))
        return `"${shorten(text)}" needs event=branch, event=tag or event=pr${didYouMean(event ?? '', ['branch', 'tag', 'pr'])}`;
      if (event === 'pr') fill(attributes, 'prefix', 'pr-');
      return undefined;
    }
    case 'sha': {
      fill(attributes, 'prefix', 'sha-');
      fill(attributes, 'format', 'short');
      const format = attributes.get('format') ?? '';
      return ['short', 'long'].includes(format)
        ? undefined
        : `"${shorten(text)}": format is short or long${didYouMean(format, ['short', 'long'])}`;
    }
    case 'raw':
      return attributes.has('value') ? undefined : `"${shorten(text)}" needs a value, e.g. type=raw,value=nightly`;
  }
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

function unknownType(type: string, text: string): string {
  if (PLANNED_TYPES.includes(type))
    return `type=${type} is not supported yet in "${shorten(text)}"; the types that work are ${TAG_TYPES.join(', ')}`;
  return `"${shorten(text)}": there is no type "${shorten(type)}"; the types are ${TAG_TYPES.join(', ')}${didYouMean(type, TAG_TYPES)}`;
}

function fill(attributes: Map<string, string>, name: string, value: string): void {
  if (!attributes.has(name)) attributes.set(name, value);
}

function fieldsOf(text: string): string[] | string {
  try {
    return splitFields(text);
  } catch (error) {
    if (error instanceof CsvMistake) return `"${shorten(text)}": ${error.message}`;
    throw error;
  }
}

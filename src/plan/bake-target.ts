// What `buildx bake --print` printed -> the one target that is built, with every attribute typed, in the shapes of newer and older buildx.

import { splitFields } from './csv.ts';
import { joinFields } from './join-fields.ts';
import { matrixHint } from './read-bake.ts';

/** Attributes of an output, a cache or an attestation by their names; `type` is one of them. */
export type Fields = Readonly<Record<string, string>>;

/** One target, with everything that it inherits. Texts are as the bake file means them. */
export interface BakeTarget {
  readonly name: string;
  readonly context: string | undefined;
  readonly contexts: readonly Entry[];
  readonly dockerfile: string | undefined;
  readonly dockerfileInline: string | undefined;
  readonly args: readonly Entry[];
  readonly labels: readonly Entry[];
  /** `key=value`, perhaps with levels before it. */
  readonly annotations: readonly string[];
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  readonly target: string | undefined;
  readonly secrets: readonly BakeSecret[];
  readonly ssh: readonly BakeKey[];
  readonly cacheFrom: readonly Fields[];
  readonly cacheTo: readonly Fields[];
  readonly outputs: readonly Fields[];
  readonly attests: readonly Fields[];
  readonly noCache: boolean | undefined;
  readonly noCacheFilters: readonly string[];
  readonly pull: boolean | undefined;
  readonly network: string | undefined;
  readonly shmSize: string | undefined;
  readonly ulimits: readonly string[];
  readonly entitlements: readonly string[];
  readonly extraHosts: readonly Entry[];
  readonly call: string | undefined;
  readonly description: string | undefined;
  /** Attributes that this version does not know. */
  readonly unknown: readonly string[];
}

export type Entry = readonly [name: string, value: string];

/** With neither, the id is the name of a variable, else of a file. */
export interface BakeSecret {
  readonly id: string;
  readonly env: string | undefined;
  readonly src: string | undefined;
}

export interface BakeKey {
  readonly id: string;
  readonly paths: readonly string[];
}

/** Why there is not one target, in words that follow the name of the input. */
export type NotOne = string;

type Json = Readonly<Record<string, unknown>>;

const KNOWN = new Set(
  [
    'annotations args attest cache-from cache-to call context contexts description dockerfile dockerfile-inline entitlements',
    'extra-hosts inherits labels network no-cache no-cache-filter output platforms pull secret shm-size ssh tags target ulimits',
  ].flatMap(names => names.split(' ')),
);

/** The one target that `asked` means: a name, or a group or pattern that comes to one. Linked targets (`target:` contexts) are printed beside it and are not it. */
export function chooseTarget(printed: unknown, asked: string): BakeTarget | NotOne {
  const [groups, targets] = [objectOf(objectOf(printed)['group']), objectOf(objectOf(printed)['target'])];
  const names = membersOf('default', groups, new Set()).filter(name => Object.hasOwn(targets, name));
  const [name, ...others] = names;
  if (name === undefined) return `"${asked}" has no target`;
  if (others.length > 0) return `"${asked}" is ${names.length} targets, and a step builds one image; ${matrixHint(names)}`;
  return readTarget(name, objectOf(targets[name]));
}

/** What was asked for is the group "default" of what is printed. A group may have the name of one of its targets. */
function membersOf(name: string, groups: Json, seen: Set<string>): string[] {
  if (!Object.hasOwn(groups, name) || seen.has(name)) return [name];
  seen.add(name);
  return [...new Set(textsOf(objectOf(groups[name])['targets']).flatMap(member => membersOf(member, groups, seen)))];
}

function readTarget(name: string, json: Json): BakeTarget {
  const fields = (key: string): readonly Fields[] => listOf(json[key]).map(fieldsOf);
  return {
    name,
    context: textOf(json['context']),
    contexts: entriesOf(json['contexts']),
    dockerfile: textOf(json['dockerfile']),
    dockerfileInline: literal(textOf(json['dockerfile-inline'])),
    args: entriesOf(json['args'], literal),
    labels: entriesOf(json['labels'], literal),
    annotations: textsOf(json['annotations']).map(literal),
    tags: textsOf(json['tags']),
    platforms: textsOf(json['platforms']),
    target: textOf(json['target']),
    secrets: listOf(json['secret']).map(secretOf),
    ssh: listOf(json['ssh']).map(keyOf),
    cacheFrom: fields('cache-from').map(asCache),
    cacheTo: fields('cache-to').map(asCache),
    outputs: fields('output').map(asOutput),
    attests: fields('attest'),
    noCache: switchOf(json['no-cache']),
    noCacheFilters: textsOf(json['no-cache-filter']),
    pull: switchOf(json['pull']),
    network: textOf(json['network']),
    shmSize: textOf(json['shm-size']),
    ulimits: textsOf(json['ulimits']),
    entitlements: textsOf(json['entitlements']),
    extraHosts: entriesOf(json['extra-hosts'], literal),
    call: textOf(json['call']),
    description: textOf(json['description']),
    unknown: Object.keys(json).filter(key => !KNOWN.has(key)),
  };
}

/** buildx prints a definition that could be read again: in these attributes `${` and `%{` are doubled. */
function literal<T extends string | undefined>(text: T): T {
  return text?.replaceAll('$${', '${').replaceAll('%%{', '%{') as T;
}

/** `null` (`A = null` in HCL) is no value at all. */
function entriesOf(value: unknown, read: (text: string) => string = text => text): readonly Entry[] {
  return Object.entries(objectOf(value)).flatMap(([key, entry]) => {
    const text = textOf(entry);
    return text === undefined ? [] : [[key, read(text)] as const];
  });
}

/** An object, or one line of CSV as older versions print it; a field without `=` has an empty name. */
function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'string') return Object.fromEntries(entriesOf(value));
  return Object.fromEntries(
    splitFields(value).map(field => {
      const split = field.indexOf('=');
      return split === -1 ? ['', field] : [field.slice(0, split).trim().toLowerCase(), field.slice(split + 1)];
    }),
  );
}

/** A lone name is a cache in a registry. */
function asCache({ '': ref, ...fields }: Fields): Fields {
  return ref === undefined ? fields : { type: 'registry', ref, ...fields };
}

/** A lone path is a directory. */
function asOutput({ '': dest, ...fields }: Fields): Fields {
  return dest === undefined ? fields : { type: 'local', dest, ...fields };
}

function secretOf(value: unknown): BakeSecret {
  const { id = '', type, env, src, source = src } = fieldsOf(value);
  return type === 'env' && env === undefined ? { id, env: source, src: undefined } : { id, env, src: source };
}

function keyOf(value: unknown): BakeKey {
  if (typeof value !== 'string') return { id: textOf(objectOf(value)['id']) ?? '', paths: textsOf(objectOf(value)['paths']) };
  const [id = '', ...paths] = value.split('=');
  return { id, paths: paths.length === 0 ? [] : paths.join('=').split(',') };
}

/** The fields as one line, `type` first. */
export function fieldLine({ type = '', ...others }: Fields): string {
  return joinFields([`type=${type}`, ...Object.entries(others).map(([key, value]) => `${key}=${value}`)]);
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap(entry => textOf(entry) ?? []);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function switchOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

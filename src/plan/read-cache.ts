// The inputs cache, cache-from and cache-to -> what buildx is told, and what would push before the verdict -> a mistake.

import { CsvMistake, splitFields } from './csv.ts';
import { readChoice, readList, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { CacheMode, Inputs } from './inputs.ts';
import { didYouMean } from './nearest.ts';
import type { CacheType, LayerCache } from './plan.ts';
import { shorten } from './reference.ts';

export type CacheInputs = Pick<Inputs, 'cache' | 'cacheScope' | 'cacheTrust' | 'cacheFrom' | 'cacheTo'>;

const MODES: readonly CacheMode[] = ['auto', 'gha', 'registry', 'local', 'inline', 'off'];
const IMPORTERS = ['registry', 'gha', 'local', 's3', 'azblob'];
const EXPORTERS = ['registry', 'gha', 'local', 'inline', 's3', 'azblob'];
const TOLERANT = 'ignore-error';
/** Ours, always: a limit is set on every cache. */
const LIMIT = 'timeout';

/** What holds a secret, which would stand in the argument list for every process of the machine to see, and the way out by the type of the cache. */
const SECRET_ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  token: { gha: "the runner's own token is used without it" },
  ghtoken: { gha: 'the cache works without it' },
  secret_access_key: {
    s3: 'set AWS_SECRET_ACCESS_KEY in the environment of the step, or give the builder its own credentials',
    azblob:
      "give BuildKit its own credentials: an identity of the machine, or what the Azure SDK for Go reads (AZURE_CLIENT_ID, …) in the builder's environment, which is not that of the step",
  },
  session_token: { s3: 'set AWS_SESSION_TOKEN in the environment of the step, or give the builder its own credentials' },
};

/** The caches, as typed; every export gets `ignore-error=true`: a cache that is down must not fail a good build. */
export function readCache(source: Source, warnings: string[]): CacheInputs {
  const list = (name: string): readonly string[] => readList(source, name, { commas: false, comments: false });
  return {
    cache: readMode(source),
    cacheScope: readText(source, 'cache-scope'),
    cacheTrust: readChoice(source, 'cache-trust', ['any', 'trusted']) ?? 'any',
    cacheFrom: list('cache-from').flatMap(entry => readImport(source, entry, warnings)),
    cacheTo: list('cache-to').flatMap(entry => readExport(source, entry, warnings)),
  };
}

/** `true` and `false` come from trivy-action, whose input of this name is a switch. */
function readMode(source: Source): CacheMode | undefined {
  const text = readText(source, 'cache')?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === 'true') return 'auto';
  if (text === 'false') return 'off';
  const mode = MODES.find(known => known === text);
  if (mode === undefined)
    source.mistakes.add(
      'cache',
      `"${shorten(text)}" is not one of ${MODES.join(', ')}${didYouMean(text, MODES)}; caches of your own go into cache-from and cache-to`,
    );
  return mode;
}

/** One entry as buildx reads it: a lone name is a registry cache. Undefined when it cannot be read; that is told. */
function attributesOf(source: Source, name: string, entry: string): ReadonlyMap<string, string> | undefined {
  const fields = fieldsOf(source, name, entry);
  if (fields === undefined) return undefined;
  if (fields.every(field => !field.includes('=')))
    return new Map([
      ['type', 'registry'],
      ['ref', fields.join(',')],
    ]);
  const attributes = new Map<string, string>();
  for (const field of fields) {
    const split = field.indexOf('=');
    if (split > 0) attributes.set(field.slice(0, split).trim().toLowerCase(), field.slice(split + 1).trim());
  }
  const secret = Object.keys(SECRET_ATTRIBUTES).find(key => attributes.has(key));
  if (secret !== undefined) {
    source.mistakes.add(
      name,
      `"${secret}" would show a secret in an argument list: leave it out; ${withoutSecret(secret, attributes.get('type') ?? '')}`,
    );
    return undefined;
  }
  if (attributes.size === fields.length && attributes.has('type')) return attributes;
  source.mistakes.add(name, `"${shorten(entry)}" is not type=TYPE,key=value,…, nor the name of an image`);
  return undefined;
}

function withoutSecret(attribute: string, type: string): string {
  const ways = SECRET_ATTRIBUTES[attribute] ?? {};
  return (
    (Object.hasOwn(ways, type) ? ways[type] : undefined) ?? `it is an attribute of type=${Object.keys(ways).join(' and type=')}`
  );
}

function fieldsOf(source: Source, name: string, entry: string): readonly string[] | undefined {
  try {
    return splitFields(entry);
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add(name, `an entry ${error.message}`);
    return undefined;
  }
}

function readImport(source: Source, entry: string, warnings: string[]): LayerCache[] {
  const attributes = attributesOf(source, 'cache-from', entry);
  if (attributes === undefined) return [];
  if (!known(source, 'cache-from', attributes, IMPORTERS) || !complete(source, 'cache-from', attributes, 'src')) return [];
  return [layerCache('cache-from', attributes, warnings)];
}

/** The cache, or nothing when it was refused. */
function readExport(source: Source, entry: string, warnings: string[]): LayerCache[] {
  const attributes = attributesOf(source, 'cache-to', entry);
  if (attributes === undefined) return [];
  if (!known(source, 'cache-to', attributes, EXPORTERS) || !complete(source, 'cache-to', attributes, 'dest')) return [];
  return [layerCache('cache-to', attributes, warnings)];
}

function layerCache(name: string, attributes: ReadonlyMap<string, string>, warnings: string[]): LayerCache {
  const tolerant = attributes.get(TOLERANT);
  if (tolerant !== undefined && !/^(?:1|t|true)$/i.test(tolerant))
    warnings.push(`${name}: ${TOLERANT}=${shorten(tolerant)} is not followed: a cache that fails never fails the build`);
  const { type = '', ...others } = Object.fromEntries(attributes);
  return {
    type: type as CacheType,
    attributes: Object.fromEntries(Object.entries(others).filter(([key]) => ![TOLERANT, LIMIT].includes(key))),
  };
}

function known(source: Source, name: string, attributes: ReadonlyMap<string, string>, types: readonly string[]): boolean {
  const type = attributes.get('type') ?? '';
  if (types.includes(type)) return true;
  source.mistakes.add(name, `there is no cache of type "${shorten(type)}": ${types.join(', ')}${didYouMean(type, types)}`);
  return false;
}

function complete(source: Source, name: string, attributes: ReadonlyMap<string, string>, needed: string): boolean {
  const has = (key: string): boolean => (attributes.get(key) ?? '') !== '';
  const type = attributes.get('type');
  const lacks = (type === 'local' && !has(needed)) || (type === 'registry' && !has('ref'));
  if (lacks)
    source.mistakes.add(name, type === 'local' ? `type=local needs ${needed}=DIRECTORY` : 'type=registry needs ref=NAME');
  return !lacks;
}

// The text of a policy file -> PolicyFile, or one error that tells every mistake with its line.

import { POLICY_INPUTS } from './inputs.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistakes } from './mistakes.ts';
import { didYouMean } from './nearest.ts';
import { parsePlatform } from './parse-platform.ts';
import { dateProblem } from './parse-value.ts';
import { platformName } from './platform.ts';
import type { Exception, PolicyFile } from './policy.ts';
import { imageProblem, shorten } from './reference.ts';
import { SEVERITIES } from './severity.ts';
import type { Severity } from './severity.ts';
import { YamlMistake, readYaml } from './yaml.ts';
import type { YamlDocument, YamlPath } from './yaml.ts';

export const POLICY_KEYS = [
  'version',
  'block',
  'ignore-unfixed',
  'exceptions',
  'gate',
  'on-scan-error',
  'images',
  'inputs-may-loosen',
] as const;
const EXCEPTION_KEYS = ['id', 'package', 'platform', 'path', 'reason', 'expires'];
/** Keys of the design that this version cannot honour: ignoring one would be a hole. */
const LATER_KEYS = [
  'end-of-life',
  'grace',
  'grace-known-exploited',
  'rules',
  'size',
  'require-isolation',
  'coverage',
  'misconfig',
  'license',
  'purl',
  'image',
];

/** One file being read. */
interface Reader {
  readonly path: string;
  readonly document: YamlDocument;
  readonly found: { readonly line: number; readonly what: string }[];
}

type Mapping = Readonly<Record<string, unknown>>;

/** Parses a policy file. `where` names it and the commit for messages and reasons. Throws UserError. */
export function parsePolicy(text: string, where: Pick<PolicyFile, 'path' | 'commit' | 'uncompared'>): PolicyFile {
  const mistakes = collectMistakes();
  const reader: Reader = { path: where.path, document: readDocument(text, where.path, mistakes), found: [] };
  const root = readMapping(reader, [], reader.document.value ?? {}, POLICY_KEYS);
  if (root['version'] !== undefined && root['version'] !== 1)
    wrong(reader, ['version'], root['version'], 'is not a version of the policy file: 1');
  const block = readMapping(reader, ['block'], root['block'] ?? {}, ['vuln', 'secret']);
  const file: PolicyFile = {
    ...where,
    blockVuln: readSeverities(reader, ['block', 'vuln'], block['vuln']),
    blockSecret: readSeverities(reader, ['block', 'secret'], block['secret']),
    ignoreUnfixed: readBoolean(reader, ['ignore-unfixed'], root['ignore-unfixed']),
    exceptions: readEntries(reader, ['exceptions'], root['exceptions']).flatMap((entry, index) =>
      readException(reader, index, entry),
    ),
    gate: readWord(reader, ['gate'], root['gate'], ['enforce', 'warn', 'off']),
    onScanError: readWord(reader, ['on-scan-error'], root['on-scan-error'], ['fail', 'warn']),
    unrecognised: readImages(reader, root['images']),
    inputsMayLoosen: readWords(reader, ['inputs-may-loosen'], root['inputs-may-loosen'], POLICY_INPUTS),
    lines: new Map(
      [['block', 'vuln'], ['block', 'secret'], ...POLICY_KEYS.map(key => [key])].map(path => [
        path.join('.'),
        reader.document.lineOf(path),
      ]),
    ),
  };
  for (const { line, what } of reader.found.sort((a, b) => a.line - b.line)) mistakes.add(`${where.path}:${line}`, what);
  mistakes.check(where.path, 'The keys of the policy file are described in schema/policy.schema.json; nothing was run.');
  return file;
}

function readDocument(text: string, path: string, mistakes: Mistakes): YamlDocument {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlMistake)) throw error;
    mistakes.add(`${path}:${error.line}`, `this is not YAML: ${error.message}`);
    return { value: {}, lineOf: () => 1 };
  }
}

function wrong(reader: Reader, path: YamlPath, value: unknown, what: string): void {
  const shown = typeof value === 'string' ? `"${shorten(value, 60)}"` : cut(JSON.stringify(value), 60);
  report(reader, path, `${keyName(path)}: ${shown} ${what}`);
}

/** The mistakes of a file come in the order of its lines. */
function report(reader: Reader, path: YamlPath, what: string): void {
  reader.found.push({ line: reader.document.lineOf(path), what });
}

/** `"exceptions[0].reason"` */
function keyName(path: YamlPath): string {
  const name = path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('');
  return `"${shorten(name)}"`;
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}...` : text;
}

/** A mapping whose keys are all known; anything else is reported and read as empty. */
function readMapping(reader: Reader, path: YamlPath, value: unknown, keys: readonly string[]): Mapping {
  if (!isMapping(value)) {
    const name = path.length === 0 ? 'the file' : keyName(path);
    report(reader, path, `${name} must be a mapping of ${keys.join(', ')}`);
    return {};
  }
  for (const key of Object.keys(value).filter(name => !keys.includes(name))) {
    const later = LATER_KEYS.includes(key)
      ? 'is not supported yet: take it out, nothing may seem to be enforced that is not'
      : `is not a key here: ${keys.join(', ')}${didYouMean(key, keys)}`;
    report(reader, [...path, key], `${keyName([...path, key])} ${later}`);
  }
  // Keys such as __proto__ must not be looked up on the prototype.
  return Object.fromEntries(keys.filter(key => Object.hasOwn(value, key)).map(key => [key, value[key] ?? undefined]));
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readEntries(reader: Reader, path: YamlPath, value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  wrong(reader, path, value, 'is not a list: each entry begins with "- "');
  return [];
}

function readBoolean(reader: Reader, path: YamlPath, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  wrong(reader, path, value, `is not true or false${typeof value === 'string' ? didYouMean(value, ['true', 'false']) : ''}`);
  return undefined;
}

function readWord<T extends string>(reader: Reader, path: YamlPath, value: unknown, words: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const word = words.find(candidate => candidate === value);
  if (word === undefined)
    wrong(reader, path, value, `is not one of ${words.join(', ')}${typeof value === 'string' ? didYouMean(value, words) : ''}`);
  return word;
}

function readWords<T extends string>(reader: Reader, path: YamlPath, value: unknown, words: readonly T[]): readonly T[] {
  return readEntries(reader, path, value).flatMap((entry, index) => readWord(reader, [...path, index], entry, words) ?? []);
}

/** `all`, or a list; an empty list blocks nothing. */
function readSeverities(reader: Reader, path: YamlPath, value: unknown): readonly Severity[] | undefined {
  if (value === undefined) return undefined;
  if (value === 'all') return SEVERITIES;
  if (!Array.isArray(value)) {
    wrong(reader, path, value, `is not "all" or a list of ${SEVERITIES.join(', ')}, e.g. [HIGH, CRITICAL]`);
    return undefined;
  }
  return readWords(reader, path, value, SEVERITIES);
}

function readException(reader: Reader, index: number, value: unknown): Exception[] {
  const path: YamlPath = ['exceptions', index];
  const entry = readMapping(reader, path, value, EXCEPTION_KEYS);
  if (!isMapping(value)) return [];
  const text = (key: string): string | undefined => readText(reader, [...path, key], entry[key]);
  const required = (key: string, why: string): string => {
    const found = text(key);
    if (found === undefined && entry[key] === undefined) report(reader, path, `${keyName(path)} has no "${key}": ${why}`);
    return found ?? '';
  };
  const exception = {
    id: required('id', 'the CVE, GHSA or secret rule that it excuses'),
    reason: required('reason', 'say why this finding may ship'),
    expires: readDate(reader, [...path, 'expires'], required('expires', 'the last day on which it excuses, YYYY-MM-DD')),
  };
  const optional = {
    package: text('package'),
    platform: readPlatform(reader, [...path, 'platform'], text('platform')),
    path: text('path'),
  };
  const typed = Object.fromEntries(Object.entries(optional).filter(([, found]) => found !== undefined));
  return [{ ...exception, ...typed, source: `${reader.path}:${reader.document.lineOf(path)}` }];
}

function readText(reader: Reader, path: YamlPath, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  wrong(reader, path, value, 'is not a text (quote it)');
  return undefined;
}

function readDate(reader: Reader, path: YamlPath, text: string): string {
  const problem = text === '' ? undefined : dateProblem(text);
  if (problem !== undefined) wrong(reader, path, text, problem);
  return text;
}

function readPlatform(reader: Reader, path: YamlPath, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const platform = parsePlatform(text);
  if (typeof platform !== 'string') return platformName(platform);
  report(reader, path, `${keyName(path)}: ${platform}`);
  return undefined;
}

function readImages(reader: Reader, value: unknown): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  if (value === undefined) return reasons;
  if (!isMapping(value)) {
    wrong(reader, ['images'], value, 'is not a mapping of image names, e.g. ghcr.io/acme/app: {allow-unrecognised: REASON}');
    return reasons;
  }
  for (const [name, settings] of Object.entries(value)) {
    const path: YamlPath = ['images', name];
    const problem = imageProblem(name.toLowerCase());
    if (problem !== undefined) report(reader, path, `"${shorten(name)}" is not an image name, because ${problem}`);
    const entry = readMapping(reader, path, settings ?? {}, ['allow-unrecognised']);
    const reason = readText(reader, [...path, 'allow-unrecognised'], entry['allow-unrecognised']);
    if (reason !== undefined) reasons.set(name.toLowerCase(), reason);
  }
  return reasons;
}

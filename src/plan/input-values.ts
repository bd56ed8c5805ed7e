// One input's text -> one typed value. Every reader adds what is wrong to the mistakes and then answers with the default.

import { CsvMistake, splitList } from './csv.ts';
import type { ListOptions } from './csv.ts';
import type { Mistakes } from './mistakes.ts';
import { didYouMean } from './nearest.ts';
import { parsePlatform } from './parse-platform.ts';
import { parseBoolean, parseDuration, sizeProblem } from './parse-value.ts';
import type { Bounds } from './parse-value.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import { hostProblem, referenceProblem, shorten } from './reference.ts';
import { SEVERITIES } from './severity.ts';
import type { Severity } from './severity.ts';

/** Where a value comes from and where its mistakes go. */
export interface Source {
  /** The text as typed, blanks at its ends included. */
  readonly get: (name: string) => string;
  readonly mistakes: Mistakes;
  /** What is accepted and said once. */
  readonly warnings?: string[];
  /** Architecture of the machine that this runs on; undefined when it is not known. */
  readonly machine?: string | undefined;
}

/** The trimmed text, as @actions/core trims it; undefined when it is empty. */
export function readText(source: Source, name: string): string | undefined {
  const text = source.get(name).trim();
  return text === '' ? undefined : text;
}

/** As the runner defines booleans (YAML 1.2 core schema). */
export function readBoolean(source: Source, name: string): boolean | undefined {
  return readParsed(source, name, parseBoolean);
}

/** One of a few words, in any case. */
export function readChoice<T extends string>(source: Source, name: string, choices: readonly T[]): T | undefined {
  const text = readText(source, name);
  if (text === undefined) return undefined;
  const choice = choices.find(candidate => candidate === text.toLowerCase());
  if (choice === undefined)
    source.mistakes.add(name, `"${shorten(text)}" is not one of ${choices.join(', ')}${didYouMean(text, choices)}`);
  return choice;
}

/** Several of a few words; `later` names the ones that are planned but do not work yet. Undefined when nothing was typed. */
export function readChoices<T extends string>(
  source: Source,
  name: string,
  choices: readonly T[],
  later: readonly string[] = [],
): readonly T[] | undefined {
  const entries = readList(source, name, { commas: true, comments: true });
  if (entries.length === 0) return undefined;
  const chosen = new Set<T>();
  for (const entry of entries) {
    const choice = choices.find(candidate => candidate.toLowerCase() === entry.toLowerCase());
    if (choice !== undefined) chosen.add(choice);
    else if (later.includes(entry.toLowerCase()))
      source.mistakes.add(name, `"${entry}" is not supported yet; use ${choices.join(', ')}`);
    else source.mistakes.add(name, `"${shorten(entry)}" is not one of ${choices.join(', ')}${didYouMean(entry, choices)}`);
  }
  return [...chosen];
}

/** Severities, in any case; undefined when nothing was typed. */
export function readSeverities(source: Source, name: string): readonly Severity[] | undefined {
  return readChoices(source, name, SEVERITIES);
}

/** A duration in seconds. */
export function readDuration(source: Source, name: string, bounds: Bounds & { readonly otherwise: number }): number {
  return readParsed(source, name, text => parseDuration(text, bounds)) ?? bounds.otherwise;
}

/** An amount of memory, as typed: buildx reads it. */
export function readSize(source: Source, name: string): string | undefined {
  const text = readText(source, name);
  const problem = text === undefined ? undefined : sizeProblem(text);
  if (problem !== undefined) source.mistakes.add(name, problem);
  return text;
}

/** Parsers answer with a sentence when the text has no value. */
function readParsed<T extends number | boolean>(
  source: Source,
  name: string,
  parse: (text: string) => T | string,
): T | undefined {
  const text = readText(source, name);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (typeof value !== 'string') return value;
  source.mistakes.add(name, value);
  return undefined;
}

const MOST_ENTRIES = 500;

/** The entries of a list; a quoting mistake is reported without the value, which may be long or secret. */
export function readList(source: Source, name: string, options: ListOptions): string[] {
  try {
    const entries = splitList(source.get(name).trim(), options);
    if (entries.length <= MOST_ENTRIES) return entries;
    source.mistakes.add(name, `has ${entries.length} entries; the most is ${MOST_ENTRIES}`);
    return [];
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add(name, error.message);
    return [];
  }
}

/** References to images that exist, `name[:tag][@digest]`, as typed. */
export function readReferences(source: Source, name: string): readonly string[] {
  const entries = readList(source, name, { commas: true, comments: true });
  for (const entry of entries) checkReference(source, name, entry);
  return entries;
}

/** A reference to an image that exists. */
export function readReference(source: Source, name: string): string | undefined {
  const text = readText(source, name);
  if (text !== undefined) checkReference(source, name, text);
  return text;
}

function checkReference(source: Source, name: string, text: string): void {
  const problem = referenceProblem(text);
  if (problem !== undefined)
    source.mistakes.add(name, `"${shorten(text)}" is not a reference to an image (name[:tag][@digest]), because ${problem}`);
}

const REGISTRIES = ['ghcr.io', 'docker.io', 'quay.io', 'public.ecr.aws', 'registry.gitlab.com', 'gcr.io'];

/** `host` or `host:port`, lower-case. Scheme and path are left out, as `docker login` does. */
export function readRegistry(source: Source, name: string): string | undefined {
  const text = readText(source, name);
  if (text === undefined) return undefined;
  const host = text.replace(/^https?:\/\//i, '').replace(/\/.*$/s, '');
  const problem = registryProblem(host);
  if (problem === undefined) return host.toLowerCase();
  source.mistakes.add(
    name,
    `"${shorten(text)}" is not a registry such as ghcr.io, because ${problem}${didYouMean(host, REGISTRIES)}`,
  );
  return undefined;
}

function registryProblem(host: string): string | undefined {
  if (host.includes('@')) return 'it holds a login; that goes into the inputs username and password';
  return host === 'localhost' || /[.:]/.test(host) ? hostProblem(host) : 'a registry host has a dot or a port, or is localhost';
}

/** Platforms in the typed order, each once. */
export function readPlatforms(source: Source, name: string): readonly Platform[] {
  const platforms = new Map<string, Platform>();
  for (const entry of readList(source, name, { commas: true, comments: true })) {
    const platform = parsePlatform(entry, source.machine);
    if (typeof platform === 'string') source.mistakes.add(name, platform);
    else if (platforms.has(platformName(platform)))
      source.warnings?.push(`${name}: ${platformName(platform)} is listed twice ("${shorten(entry)}"); it is built once`);
    else platforms.set(platformName(platform), platform);
  }
  return [...platforms.values()];
}

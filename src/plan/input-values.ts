// One input's text -> one typed value. Every reader adds what is wrong to the mistakes and then answers with the default.

import { CsvMistake, splitList } from './csv.ts';
import type { ListOptions } from './csv.ts';
import type { Mistakes } from './mistakes.ts';
import { didYouMean } from './nearest.ts';
import { normalisePlatform, platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import { shorten } from './reference.ts';
import { SEVERITIES } from './severity.ts';
import type { Severity } from './severity.ts';

/** Where a value comes from and where its mistakes go. */
export interface Source {
  readonly get: (name: string) => string;
  readonly mistakes: Mistakes;
}

/** The trimmed text; undefined when it is empty. */
export function readText(source: Source, name: string): string | undefined {
  const text = source.get(name).trim();
  return text === '' ? undefined : text;
}

/** As the runner defines booleans (YAML 1.2 core schema). */
export function readBoolean(source: Source, name: string): boolean | undefined {
  const text = readText(source, name);
  if (text === undefined) return undefined;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  source.mistakes.add(name, `"${shorten(text)}" is not a boolean: true or false${didYouMean(text, ['true', 'false'])}`);
  return undefined;
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

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `48h`, `1h30m`, `900s`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhd])+$/.test(text)) return undefined;
  const seconds = [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  return seconds > 0 ? seconds : undefined;
}

/** A duration in seconds. */
export function readDuration(source: Source, name: string, otherwise: number): number {
  const text = readText(source, name);
  if (text === undefined) return otherwise;
  const seconds = parseDuration(text);
  if (seconds === undefined)
    source.mistakes.add(name, `"${shorten(text)}" is not a duration above zero, such as 15m, 48h or 1h30m`);
  return seconds ?? otherwise;
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

/** What buildx and the OCI specification know; Windows and the BSDs parse, the build tells when a builder lacks them. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  '386': [],
  amd64: ['v2', 'v3', 'v4'],
  arm: ['v5', 'v6', 'v7'],
  arm64: [],
  loong64: [],
  mips: [],
  mips64: [],
  mips64le: [],
  mipsle: [],
  ppc64: [],
  ppc64le: [],
  riscv64: [],
  s390x: [],
  wasm: [],
};
const SYSTEMS = ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'wasip1'];
const PLATFORMS = Object.entries(ARCHITECTURES).flatMap(([architecture, variants]) => [
  `linux/${architecture}`,
  ...variants.map(variant => `linux/${architecture}/${variant}`),
]);

/** One platform, normalised; a string when it is none, with the nearest that exists. */
export function parsePlatform(text: string): Platform | string {
  const [os = '', architecture = '', variant, ...rest] = text.toLowerCase().split('/');
  const platform = normalisePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
  const variants = ARCHITECTURES[platform.architecture];
  const known =
    rest.length === 0 &&
    Object.hasOwn(ARCHITECTURES, platform.architecture) &&
    SYSTEMS.includes(platform.os) &&
    (platform.variant === undefined ||
      variants?.includes(platform.variant) === true ||
      /^v\d+(?:\.\d+)?$/.test(platform.variant));
  if (known) return platform;
  return `"${shorten(text)}" is not a platform (os/architecture[/variant], e.g. linux/amd64, linux/arm64, linux/arm/v7)${didYouMean(text, PLATFORMS)}`;
}

/** Platforms in the typed order, each once. */
export function readPlatforms(source: Source, name: string): readonly Platform[] {
  const platforms = new Map<string, Platform>();
  for (const entry of readList(source, name, { commas: true, comments: true })) {
    const platform = parsePlatform(entry);
    if (typeof platform === 'string') source.mistakes.add(name, platform);
    else platforms.set(platformName(platform), platform);
  }
  return [...platforms.values()];
}

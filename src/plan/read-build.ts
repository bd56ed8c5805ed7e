// The inputs of docker/build-push-action -> typed values.

import { parsePlatform, readBoolean, readChoice, readList, readPlatforms, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { ANY_PLATFORM, unusedRunners } from './matrix.ts';
import type { Runners } from './matrix.ts';
import { didYouMean } from './nearest.ts';
import type { RunnerLabel } from './plan.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import { shorten } from './reference.ts';

type BuildInputs = Pick<
  Inputs,
  | 'platforms'
  | 'runners'
  | 'context'
  | 'file'
  | 'target'
  | 'buildArgs'
  | 'provenance'
  | 'noCache'
  | 'pull'
  | 'builder'
  | 'builderImage'
  | 'push'
>;

/** Everything that decides what is built, and where. */
export function readBuild(source: Source): BuildInputs {
  const context = readText(source, 'context') ?? '.';
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(context) || context.includes('{{'))
    source.mistakes.add(
      'context',
      'a Git or URL context is not supported yet: check the repository out (actions/checkout) and give a path, default "."',
    );
  if (context === '-') source.mistakes.add('context', '"-" (standard input) cannot be used: give a directory');
  const buildArgs = readList(source, 'build-args', { commas: false, comments: false });
  if (buildArgs.some(entry => !/^[^=\s]/.test(entry)))
    source.mistakes.add('build-args', 'an entry has no name before the "="; write NAME=value');
  const platforms = readPlatforms(source, 'platforms');
  return {
    platforms,
    runners: readRunners(source, platforms),
    context,
    file: readText(source, 'file'),
    target: readText(source, 'target'),
    buildArgs,
    provenance: readProvenance(source),
    noCache: readBoolean(source, 'no-cache') ?? false,
    pull: readBoolean(source, 'pull') ?? false,
    builder: readText(source, 'builder'),
    builderImage: readText(source, 'builder-image'),
    push: readChoice(source, 'push', ['auto', 'true', 'false']) ?? 'auto',
  };
}

const PROVENANCE_KEYS = ['mode', 'builder-id', 'inline-only', 'reproducible', 'filename', 'version'];

/** `true`, `false`, `min`, `max` or buildx's attributes. */
function readProvenance(source: Source): string | undefined {
  const text = readText(source, 'provenance');
  if (text === undefined) return undefined;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase();
  if (text === 'min' || text === 'max') return `mode=${text}`;
  for (const field of text.split(',')) {
    const [key = '', value] = field.split('=').map(part => part.trim());
    if (value === undefined || !PROVENANCE_KEYS.includes(key) || (key === 'mode' && !['min', 'max'].includes(value))) {
      source.mistakes.add(
        'provenance',
        `"${shorten(text)}" is not true, false, mode=min, mode=max or attributes of ${PROVENANCE_KEYS.join(', ')}${didYouMean(key, PROVENANCE_KEYS)}`,
      );
      return undefined;
    }
  }
  return text;
}

/** `platform=label` lines; the platform is normalised like those of `platforms`, `default` is all others. */
function readRunners(source: Source, platforms: readonly Platform[]): Runners {
  const runners: Record<string, RunnerLabel> = {};
  for (const entry of readList(source, 'runners', { commas: false, comments: true })) {
    const at = entry.indexOf('=');
    const typed = entry.slice(0, Math.max(0, at)).trim();
    const label = readLabel(entry.slice(at + 1).trim());
    const key = typed.toLowerCase() === ANY_PLATFORM ? ANY_PLATFORM : parsePlatform(typed);
    if (typed === '' || label === undefined)
      source.mistakes.add(
        'runners',
        `"${shorten(entry)}" is not platform=label, e.g. linux/arm64=ubuntu-24.04-arm, default=my-runner or linux/arm64=["self-hosted","arm64"]`,
      );
    else if (typeof key === 'string' && key !== ANY_PLATFORM) source.mistakes.add('runners', key);
    else runners[typeof key === 'string' ? key : platformName(key)] = label;
  }
  // Without `platforms` the machine's own is built, which only planning knows.
  if (platforms.length > 0) for (const mistake of unusedRunners(platforms, runners)) source.mistakes.add('runners', mistake);
  return runners;
}

/** One label, or a JSON list of them; undefined when it is neither. */
function readLabel(text: string): RunnerLabel | undefined {
  if (!text.startsWith('[')) return text === '' ? undefined : text;
  try {
    const labels: unknown = JSON.parse(text);
    const named = (label: unknown): label is string => typeof label === 'string' && label !== '';
    return Array.isArray(labels) && labels.length > 0 && labels.every(named) ? labels : undefined;
  } catch {
    return undefined;
  }
}

// The input `runners` -> labels by platform.

import { readList } from './input-values.ts';
import type { Source } from './input-values.ts';
import { ANY_PLATFORM, unusedRunners } from './matrix.ts';
import type { Runners } from './matrix.ts';
import { didYouMean } from './nearest.ts';
import { parsePlatform } from './parse-platform.ts';
import type { RunnerLabel } from './plan.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import { shorten } from './reference.ts';

/** `platform=label` lines; the platform is normalised like those of `platforms`, which are given, and `default` is all others. The last one wins. */
export function readRunners(source: Source, platforms: readonly Platform[]): Runners {
  const runners: Record<string, RunnerLabel> = {};
  for (const entry of readList(source, 'runners', { commas: false, comments: true })) {
    const at = entry.indexOf('=');
    const typed = entry.slice(0, Math.max(0, at)).trim();
    const label = readLabel(entry.slice(at + 1).trim());
    const key = typed.toLowerCase() === ANY_PLATFORM ? ANY_PLATFORM : readKey(typed);
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

/** The platform, or what is wrong with it. */
function readKey(typed: string): Platform | string {
  const platform = parsePlatform(typed);
  const meant = didYouMean(typed, [ANY_PLATFORM]);
  return typeof platform === 'string' && meant !== ''
    ? `"${shorten(typed)}" is neither a platform nor "${ANY_PLATFORM}"${meant}`
    : platform;
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

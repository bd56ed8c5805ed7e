// Facts of a build -> what log, summary and comment say of it in the same words.

import type { BuildFacts, BuildNote, BuildStep, CacheUse } from '../build/build.ts';
import type { Delivery } from '../deliver/deliver.ts';
import type { RunRecord } from '../record.ts';
import { count, duration, list, size } from './wording.ts';

/** Steps of a table. */
const SHOWN = 10;

/** The ten steps that took longest, slowest first; those that took no time are none. */
export function slowest(steps: readonly BuildStep[]): BuildStep[] {
  return steps
    .filter(({ seconds }) => seconds >= 0.05)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SHOWN);
}

/** How many instructions of the Dockerfile were in a cache, of how many; exports and other errands of BuildKit are none. */
export function cacheRatio(steps: readonly BuildStep[]): { readonly cached: number; readonly all: number } {
  const instructions = steps.filter(({ name }) => /\[[^\]]*\d+\/\d+\] /.test(name));
  return { cached: instructions.filter(step => step.cached).length, all: instructions.length };
}

/** `5 min 42 s on seaworthy-1a2b (docker-container), 3 of 9 steps from the cache`. */
export function buildSentence({ seconds, builder, steps }: BuildFacts): string {
  const { cached, all } = cacheRatio(steps);
  const share =
    all === 0 ? '' : `, ${cached === all ? `all ${count(all, 'step')}` : `${cached} of ${count(all, 'step')}`} from the cache`;
  return `${duration(seconds)} on ${builder.name} (${builder.driver})${share}`;
}

/** Name and sentence of everything about a build that is worth a line. */
export function buildFactPairs({ builder, emulated, sbom, again }: BuildFacts): [string, string][] {
  const nodes =
    builder.nodes !== undefined && builder.nodes > 1 ? `, ${builder.nodes} nodes, each platform built on its own` : '';
  return [
    ['Builder', `${builder.name} (${builder.driver}${nodes}): ${builder.reason}`],
    ...pair('Emulated', emulated && `${list(emulated.platforms)}: ${emulated.reason}`),
    ...pair(
      'SBOM',
      sbom && `${sbom.from === 'buildkit' ? "by BuildKit's scanner" : 'from our own scan of the same bytes'}: ${sbom.reason}`,
    ),
    ...pair('Built a second time', again),
  ];
}

/** Name and sentence of what was handed over on this machine. */
export function deliveryPairs({ outputs, loaded, archive }: Delivery): [string, string][] {
  return [
    ...pair('Loaded', loaded && `${loaded.platform} as ${list(loaded.names, 3)}, id ${loaded.id}`),
    ...outputs.map(({ type, dest }): [string, string] => [`Output ${type}`, dest]),
    ...pair('Archive', archive),
  ];
}

/** Reads, then writes. */
export function cachesOf({ build, cacheWrites }: Pick<RunRecord, 'build' | 'cacheWrites'>): CacheUse[] {
  return [...(build?.caches ?? []), ...(cacheWrites ?? [])];
}

/** `8.4 s, 184.2 MB`; empty when nothing was spent. */
export function cacheCost({ seconds, bytes }: CacheUse): string {
  return [...(seconds < 0.05 ? [] : [duration(seconds)]), ...(bytes === undefined ? [] : [size(bytes)])].join(', ');
}

/** `docker/Dockerfile:14`. */
export function notePlace({ file, line }: BuildNote): string {
  if (file === undefined) return line === undefined ? '' : `line ${line}`;
  return line === undefined ? file : `${file}:${line}`;
}

/** Rules about secrets and about what the image will do come first, those about its looks last. */
const FIRST = /^Secrets/;
const LAST = /Casing$|^MaintainerDeprecated$|^LegacyKeyValueFormat$|Deprecated$/;

/** The same remarks, most important first, then by line. */
export function ranked(notes: readonly BuildNote[]): BuildNote[] {
  const rank = ({ rule = '' }: BuildNote): number => (FIRST.test(rule) ? 0 : LAST.test(rule) ? 2 : 1);
  return [...notes].sort((a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0));
}

function pair(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

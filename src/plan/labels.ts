// Event + version + clock + custom pairs -> OCI labels or annotations, as docker/metadata-action writes them.

import type { Render } from './expressions.ts';
import type { PlannedAnnotation } from './metadata.ts';
import type { Mistakes } from './mistakes.ts';
import type { Mode } from './plan.ts';
import { shorten } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import { TemplateMistake } from './template.ts';

/** `key=value`, taken apart. */
export type Pair = readonly [key: string, value: string];

export interface LabelOrder {
  readonly mode: Mode;
  /** The input: for messages. */
  readonly input: 'labels' | 'annotations';
  readonly custom: readonly string[];
  /** Pairs of a bake target, filled in; typed ones win. */
  readonly baked: readonly Pair[];
  readonly facts: TagFacts;
  /** `org.opencontainers.image.version`: the first tag. */
  readonly version: string;
  readonly render: Render;
  readonly warn: (text: string) => void;
  /** Told each pair before it is worked on. */
  readonly onRule: (text: string) => void;
}

/** The eight default pairs and the custom ones, which win; sorted by key as the peer sorts them. A pair without `=` is dropped with a warning. */
export function planPairs(order: LabelOrder, mistakes: Mistakes): readonly Pair[] {
  const { mode, input, custom, render, warn } = order;
  const pairs = new Map([...defaultPairs(order), ...order.baked]);
  for (const typed of custom) {
    if (typed === '') continue;
    order.onRule(typed);
    try {
      const pair = render(typed);
      const split = pair.indexOf('=');
      if (split === -1) warn(`"${shorten(typed)}" has no "=" and is ignored; write key=value`);
      else if (split === 0 && mode !== 'plan') mistakes.add(input, `"${shorten(typed)}" has no key before the "="`);
      else pairs.set(pair.slice(0, split), pair.slice(split + 1));
      if (split === 0 && mode === 'plan') warn(`"${shorten(typed)}" has no key before the "="`);
    } catch (error) {
      if (!(error instanceof TemplateMistake)) throw error;
      mistakes.add(input, `"${shorten(typed)}" ${error.message}`);
    }
  }
  return [...pairs].sort(([a], [b]) => compareKeys(a, b));
}

/** As the peer's localeCompare; for ordinary keys both orders are one, and asking for a locale's takes longer than the whole plan. */
function compareKeys(a: string, b: string): number {
  if (!ORDINARY.test(a) || !ORDINARY.test(b)) return a.localeCompare(b);
  return a < b ? -1 : Number(a > b);
}

const ORDINARY = /^[a-z0-9.-]*$/;

/** The eight that are always there, in the peer's order: keys that a locale holds for equal keep it. */
export function defaultPairs({ facts, version }: Pick<LabelOrder, 'facts' | 'version'>): Pair[] {
  const { repository } = facts;
  return [
    ['org.opencontainers.image.title', repository.name],
    ['org.opencontainers.image.description', repository.description],
    ['org.opencontainers.image.url', repository.url],
    ['org.opencontainers.image.source', repository.url],
    ['org.opencontainers.image.version', version],
    ['org.opencontainers.image.created', facts.now.toISOString()],
    ['org.opencontainers.image.revision', facts.sha],
    ['org.opencontainers.image.licenses', repository.license],
  ];
}

const LEVEL = /^(?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]]*\])?$/;

/** Whether buildx knows the level: `index`, or `manifest[linux/amd64]`. */
export function isLevel(text: string): boolean {
  return LEVEL.test(text);
}

/** Pairs and the levels asked for -> annotations. A pair that names its own levels (`index:key=value`) gets those, and stands against a default one. */
export function levelAnnotations(pairs: readonly Pair[], levels: readonly string[]): PlannedAnnotation[] {
  const own = pairs.flatMap(([typed, value]) => {
    const typedLevels = levelsOf(typed);
    return typedLevels.map(level => ({ level, key: annotationKey(typed), value }));
  });
  const taken = new Set(own.map(({ level, key }) => `${level}:${key}`));
  const general = levels.flatMap(level =>
    pairs.filter(([key]) => levelsOf(key).length === 0).map(([key, value]) => ({ level, key, value })),
  );
  return [...general.filter(({ level, key }) => !taken.has(`${level}:${key}`)), ...own];
}

/** The key without the levels before it. */
export function annotationKey(typed: string): string {
  const levels = levelsOf(typed);
  return levels.length === 0 ? typed : typed.slice(levels.join(',').length + 1);
}

/** The levels typed before a key: `index,manifest:key`. */
function levelsOf(key: string): readonly string[] {
  const colon = key.indexOf(':');
  const levels = colon === -1 ? [] : key.slice(0, colon).split(',');
  return levels.every(isLevel) ? levels : [];
}

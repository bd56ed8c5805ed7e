// Annotations as named -> annotations that the planned image can carry: platforms resolved, and what has no place in it left out with a note.

import type { PlannedAnnotation } from './metadata.ts';
import { parsePlatform } from './parse-platform.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import { shorten } from './reference.ts';

/** The four places that buildx knows. */
export type AnnotationPlace = 'manifest' | 'index' | 'manifest-descriptor' | 'index-descriptor';

/** A level, taken apart. */
export interface AnnotationLevel {
  readonly place: AnnotationPlace;
  /** Undefined: every platform. */
  readonly platform?: string;
}

export interface AnnotationOrder {
  readonly annotations: readonly PlannedAnnotation[];
  /** True when the levels were asked for; else `index` beside `manifest` is our own addition, and nothing is said when there is no index. */
  readonly typed: boolean;
  readonly platforms: readonly Platform[];
  /** False when the result is one bare manifest. */
  readonly hasIndex: boolean;
}

const LEVEL = /^(manifest|index|manifest-descriptor|index-descriptor)(?:\[([^\]]*)\])?$/;

/** `manifest[linux/arm64/v8]` -> place and normalised platform; undefined when buildx would not know it. */
export function parseLevel(level: string): AnnotationLevel | undefined {
  const [, place, platform] = LEVEL.exec(level.trim()) ?? [];
  if (place === undefined) return undefined;
  const known = platform === undefined ? undefined : parsePlatform(platform);
  if (typeof known === 'string') return undefined;
  return { place: place as AnnotationPlace, ...(known !== undefined && { platform: platformName(known) }) };
}

/**
 * What the image gets. BuildKit fails for index annotations of a bare manifest and for platforms that are not built, and ignores a platform where only
 * one is built; so those are left out or written without it.
 */
export function planImageAnnotations(order: AnnotationOrder): {
  readonly annotations: readonly PlannedAnnotation[];
  readonly warnings: readonly string[];
} {
  const names = order.platforms.map(platformName);
  const planned = new Map<string, PlannedAnnotation>();
  const warnings = new Set<string>();
  for (const annotation of order.annotations) {
    const { level, key, value } = annotation;
    const parsed = parseLevel(level);
    const problem = parsed === undefined ? 'its level is none' : problemOf(parsed, order, names);
    if (parsed !== undefined && problem === undefined) {
      const own = parsed.platform !== undefined && names.length > 1 ? `[${parsed.platform}]` : '';
      const written = parsed.place + own;
      planned.set(`${written}:${key}`, { level: written, key, value });
    } else if (order.typed || !isOurs(order, annotation))
      warnings.add(`annotations: "${shorten(`${level}:${key}`)}" is left out of the image: ${problem ?? ''}`);
  }
  return { annotations: [...planned.values()], warnings: [...warnings] };
}

function problemOf(
  { place, platform }: AnnotationLevel,
  { hasIndex }: AnnotationOrder,
  names: readonly string[],
): string | undefined {
  if (place === 'index' || place === 'index-descriptor')
    return hasIndex ? undefined : 'the image is one manifest without an index (one platform, no attestations)';
  return platform === undefined || names.includes(platform) ? undefined : `${platform} is not built here`;
}

/** An index annotation with a twin on the manifest: nobody asked for it. */
function isOurs({ annotations }: AnnotationOrder, { level, key, value }: PlannedAnnotation): boolean {
  return level === 'index' && annotations.some(one => one.level === 'manifest' && one.key === key && one.value === value);
}

/** The annotations of one place, for one platform (or for none): those that name it win over those for every platform. */
export function annotationsAt(
  annotations: readonly PlannedAnnotation[],
  place: AnnotationPlace,
  platform?: string,
): Readonly<Record<string, string>> {
  const found = annotations.map(one => ({ ...one, at: parseLevel(one.level) })).filter(({ at }) => at?.place === place);
  const general = found.filter(({ at }) => at?.platform === undefined);
  const own = platform === undefined ? [] : found.filter(({ at }) => at?.platform === platform);
  return Object.fromEntries([...general, ...own].map(({ key, value }) => [key, value]));
}

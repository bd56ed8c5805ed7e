// Event + version + clock + custom pairs -> OCI labels or index annotations, as docker/metadata-action writes them.

import type { Mistakes } from './mistakes.ts';
import { shorten } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import type { Render } from './tags.ts';
import { TemplateMistake } from './template.ts';

const LEVEL =
  /^(?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]]*\])?(?:,(?:manifest|index|manifest-descriptor|index-descriptor)(?:\[[^\]]*\])?)*:/;

export interface LabelInputs {
  readonly facts: TagFacts;
  /** `org.opencontainers.image.version`: the first tag. */
  readonly version: string;
  readonly render: Render;
}

/** The eight default labels and the custom ones, which win; sorted by key. */
export function planLabels(inputs: LabelInputs, custom: readonly string[], mistakes: Mistakes): Record<string, string> {
  return withDefaults(inputs, custom, 'labels', mistakes);
}

/** The same for the index. A typed level other than `index:` is a mistake: only index annotations are written. */
export function planAnnotations(inputs: LabelInputs, custom: readonly string[], mistakes: Mistakes): Record<string, string> {
  const pairs: string[] = [];
  for (const pair of custom) {
    const level = LEVEL.exec(pair)?.[0];
    if (level === undefined || level === 'index:') pairs.push(pair.slice(level?.length ?? 0));
    else mistakes.add('annotations', `the level "${shorten(level)}" is not supported yet; write key=value or index:key=value`);
  }
  return withDefaults(inputs, pairs, 'annotations', mistakes);
}

function withDefaults(inputs: LabelInputs, custom: readonly string[], name: string, mistakes: Mistakes): Record<string, string> {
  const labels = new Map(defaults(inputs));
  for (const typed of custom) {
    try {
      const pair = inputs.render(typed);
      const split = pair.indexOf('=');
      if (split > 0) labels.set(pair.slice(0, split), pair.slice(split + 1));
      else mistakes.add(name, `"${shorten(typed)}" comes out without a key before the "="`);
    } catch (error) {
      if (!(error instanceof TemplateMistake)) throw error;
      mistakes.add(name, `"${shorten(typed)}" ${error.message}`);
    }
  }
  return Object.fromEntries([...labels].sort(([a], [b]) => a.localeCompare(b)));
}

function defaults({ facts, version }: LabelInputs): [string, string][] {
  const { repository } = facts;
  return [
    ['org.opencontainers.image.created', facts.now.toISOString()],
    ['org.opencontainers.image.description', repository.description],
    ['org.opencontainers.image.licenses', repository.license],
    ['org.opencontainers.image.revision', facts.sha],
    ['org.opencontainers.image.source', repository.url],
    ['org.opencontainers.image.title', repository.name],
    ['org.opencontainers.image.url', repository.url],
    ['org.opencontainers.image.version', version],
  ];
}

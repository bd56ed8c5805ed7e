// Plan -> the one sentence that tells it, and the words that log and summary share.

import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { SEVERITIES } from '../plan/severity.ts';
import type { Severity } from '../plan/severity.ts';
import { count, list, WORST_FIRST } from './wording.ts';

/** `2 images × 3 tags for linux/amd64, linux/arm64; push: yes, sign: keyless`. */
export function planSentence(plan: Plan): string {
  const platforms = plan.platforms.map(platformName);
  const shown = platforms.length > 5 ? [...platforms.slice(0, 4), `${platforms.length - 4} more`] : platforms;
  return `${namesOf(plan)} for ${shown.join(', ')}; push: ${plan.push ? 'yes' : 'no'}, sign: ${signingOf(plan)}`;
}

function namesOf({ images, tags }: Plan): string {
  if (images.length === 0) return tags.length === 0 ? 'no image and no tag' : `${count(tags.length, 'tag')} without an image`;
  if (tags.length === 0) return `${count(images.length, 'image')}, but no tag,`;
  return `${count(images.length, 'image')} × ${count(tags.length, 'tag')}`;
}

function signingOf({ signing }: Plan): string {
  if (signing.method === 'off') return 'no';
  return signing.method === 'key' ? 'with a key' : signing.method;
}

/** What stops the image, in one line: severities per scanner, worst first. */
export function blockingRule({ policy }: Plan): string {
  if (policy.gate === 'off') return 'nothing: gate is off, nothing is scanned';
  const rules = policy.scanners.map(scanner => `${scanner}: ${severities(policy.block[scanner])}`);
  const fix = policy.ignoreUnfixed ? '; not without a fix' : '';
  return `${rules.join('; ')}${fix}${policy.gate === 'warn' ? ' (gate: warn, said but let through)' : ''}`;
}

function severities(block: readonly Severity[]): string {
  if (block.length === SEVERITIES.length) return 'all';
  return block.length === 0
    ? 'nothing'
    : WORST_FIRST.flatMap(({ severity }) => (block.includes(severity) ? severity : [])).join(', ');
}

/** `ubuntu-24.04-arm`, or `self-hosted and arm64` for several labels that one runner must have. */
export function runnerName(runner: Plan['matrix'][number]['runner']): string {
  return typeof runner === 'string' ? runner : list(runner);
}

/** Annotations are the labels again by default: then the reader is told so instead of reading them twice. Undefined where they are not. */
export function annotationsAsLabels({ labels, annotations }: Plan): string | undefined {
  if (annotations.length === 0 || annotations.some(({ key, value }) => labels[key] !== value)) return undefined;
  const keys = new Set(annotations.map(({ key }) => key));
  const levels = [...new Set(annotations.map(({ level }) => level))];
  // The same keys at every level, or it is not the same.
  if (annotations.length !== keys.size * levels.length) return undefined;
  const others = Object.keys(labels).filter(key => !keys.has(key));
  return `the same as the labels${others.length === 0 ? '' : `, without ${list(others, 5)}`} (${list(levels)})`;
}

/** `index:org.opencontainers.image.title` and its value, for tables. */
export function annotationPairs({ annotations }: Plan): [string, string][] {
  return annotations.map(({ level, key, value }) => [`${level}:${key}`, value]);
}

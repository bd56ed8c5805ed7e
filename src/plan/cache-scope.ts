// Workflow, job, image, target, platforms -> the name under which a layer cache is kept, so that no two images or jobs overwrite each other's.

import { digestOfBytes } from '../bundle/blobs.ts';
import type { Event } from './event.ts';
import type { Inputs } from './inputs.ts';
import { platformName, platformSlug } from './platform.ts';
import type { Platform } from './platform.ts';

export interface ScopeOrder {
  readonly event: Event;
  readonly inputs: Pick<Inputs, 'file' | 'target' | 'flavor' | 'bake' | 'cacheScope'>;
  readonly context: string;
  /** Repositories that are published to; the repository itself stands in for none. */
  readonly images: readonly string[];
  readonly platforms: readonly Platform[];
}

/** A registry takes tags of 128 characters, and a branch and a platform are appended. */
const LONGEST_WORD = 20;

/**
 * A readable name with a hash of everything that tells caches apart. Letters, digits, `-` and `.` only. The ref is not part of it, nor is anything that
 * changes with the commit: runs of one branch must find what others have left.
 */
export function cacheScope({ event, inputs, context, images, platforms }: ScopeOrder): string {
  const workflow = workflowFile(event);
  const names = images.length > 0 ? [...images].sort() : [event.repository.toLowerCase()];
  const sorted = [...platforms].sort((a, b) => (platformName(a) < platformName(b) ? -1 : 1));
  const parts = {
    workflow,
    job: event.job,
    names,
    context: context.replace(/#[0-9a-f]{40}/, ''),
    file: inputs.file ?? null,
    target: inputs.target ?? null,
    bake: inputs.bake ?? null,
    // Legs of a matrix that build variants of one image differ in this.
    flavor: [inputs.flavor.prefix, inputs.flavor.suffix],
    platforms: sorted.map(platformName),
    ...(inputs.cacheScope !== undefined && { scope: inputs.cacheScope }),
  };
  const hash = digestOfBytes(new TextEncoder().encode(JSON.stringify(parts))).slice('sha256:'.length, 'sha256:'.length + 8);
  const readable = [
    workflow.replace(/^.*\//, '').replace(/\.ya?ml$/i, ''),
    names[0]?.replace(/^.*\//, '') ?? '',
    inputs.cacheScope ?? inputs.target ?? '',
    ...(platforms.length === 1 ? platforms.map(platformSlug) : []),
  ];
  return ['seaworthy', ...readable.map(word), hash].filter(part => part !== '').join('-');
}

/** The part of a cache's name that a branch has; two branches never share one. */
export function branchScope(branch: string): string {
  const readable = word(branch);
  const hash = digestOfBytes(new TextEncoder().encode(branch)).slice('sha256:'.length, 'sha256:'.length + 6);
  return readable === branch ? readable : [readable, hash].filter(part => part !== '').join('-');
}

/** `owner/repo/.github/workflows/x.yml@ref` without the ref, which differs between the branches that share a cache. */
function workflowFile({ workflowRef }: Event): string {
  return workflowRef.replace(/@.*$/, '');
}

function word(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .slice(0, LONGEST_WORD)
    .replaceAll(/^[-.]+|[-.]+$/g, '');
}

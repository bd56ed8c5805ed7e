// Every repository has the signed digest -> tags: immutable ones everywhere, then floating ones; each read again after it was written.

import { Cancelled, explain } from '../errors.ts';
import { isShaTag } from '../plan/plan.ts';
import type { PlannedTag } from '../plan/plan.ts';
import type { Registry, StoredManifest, TagResult } from './publish.ts';

export interface TagOrder {
  readonly images: readonly string[];
  readonly tags: readonly PlannedTag[];
  readonly registry: Registry;
  /** The very bytes of the bundle's root. */
  readonly root: StoredManifest;
  readonly onProgress: (line: string) => void;
}

/** What became of the tags of one repository. */
export interface TagOutcome {
  readonly tags: readonly TagResult[];
  readonly error?: string;
}

/** Moves the tags of all repositories; after the first failure none moves any more. Returns one outcome per image. */
export async function moveTags(order: TagOrder): Promise<ReadonlyMap<string, TagOutcome>> {
  const outcomes = new Map(order.images.map(image => [image, emptyOutcome()]));
  const immutable = order.tags.filter(tag => tag.kind === 'immutable');
  const floating = order.tags.filter(tag => tag.kind === 'floating');
  let failed = false;
  for (const group of [immutable, floating]) {
    for (const [image, outcome] of outcomes) {
      for (const tag of group) {
        if (failed) {
          outcome.tags.push({ name: tag.name, state: 'not attempted' });
          continue;
        }
        const { result, error } = await moveTag(order, image, tag);
        outcome.tags.push(result);
        if (error === undefined) continue;
        outcome.error = error;
        failed = true;
      }
    }
  }
  return outcomes;
}

function emptyOutcome(): { readonly tags: TagResult[]; error?: string } {
  return { tags: [] };
}

async function moveTag(
  order: TagOrder,
  image: string,
  tag: PlannedTag,
): Promise<{ readonly result: TagResult; readonly error?: string }> {
  const { registry, root, onProgress } = order;
  const { name } = tag;
  let before: string | undefined;
  const failure = (error: string): { readonly result: TagResult; readonly error: string } => ({
    result: { name, state: 'failed', ...(before === undefined ? {} : { before }) },
    error,
  });
  try {
    before = (await registry.resolve(image, name))?.digest;
    if (before === root.digest) {
      onProgress(`${image}:${name} points to ${root.digest} already`);
      return { result: { name, state: 'unchanged' } };
    }
    if (before !== undefined && isShaTag(tag)) {
      onProgress(`${image}:${name} stays at ${before}, another build of this commit`);
      return { result: { name, state: 'kept', before } };
    }
    if (before !== undefined && tag.kind === 'immutable')
      return failure(`${image}:${name} was taken by ${before} while this run was publishing; it is not overwritten`);
    await registry.pushManifest(image, name, root);
    const after = (await registry.resolve(image, name))?.digest;
    if (after !== root.digest)
      return failure(`${image}:${name} was written, but points to ${after ?? 'nothing'}: another run moved it`);
    onProgress(`${image}:${name} -> ${root.digest}`);
    return { result: before === undefined ? { name, state: 'created' } : { name, state: 'moved', before } };
  } catch (error) {
    // A cancel is told like a failure: what has moved until now must be in the record.
    if (error instanceof Cancelled) return failure(`${image}:${name}: the run was cancelled`);
    const { kind, message, hint } = explain(error);
    if (kind === 'bug') throw error;
    return failure(`${image}:${name}: ${hint === undefined ? message : `${message} - ${hint}`}`);
  }
}

// The preflight stage: are the logins right, which planned tags are there, and is this commit published already?

import { inParallel } from '../parallel.ts';
import type { Event } from '../plan/event.ts';
import type { Plan } from '../plan/plan.ts';
import { decideAdoption } from './decide-adoption.ts';
import type { Facts, PreflightOrder, RegistryReader, TargetFacts } from './preflight.ts';

const PARALLEL_READS = 5;

/**
 * Reads, never writes. A run that does not push asks no registry. Throws UserError when a login is refused or missing, or when an immutable tag is taken by an image that this run may neither adopt nor replace.
 */
export async function preflight(order: PreflightOrder): Promise<Facts> {
  const { plan, event, registry } = order;
  if (!plan.push || plan.images.length === 0) return { targets: [], notes: [] };
  const targets = await readTargets(plan, registry);
  const immutable = plan.tags.filter(tag => tag.kind === 'immutable').map(tag => tag.name);
  const found = targets.flatMap(target => immutable.map(name => target.tags[name]));
  const [digest] = found;
  if (leavesImmutableTags(event) && digest !== undefined && found.every(one => one === digest)) {
    const floating = plan.tags.filter(tag => tag.kind === 'floating');
    const standing = `${immutable.join(', ')} stand${immutable.length === 1 ? 's' : ''} at ${digest} everywhere and stay${immutable.length === 1 ? 's' : ''} there`;
    if (floating.length === 0)
      return { targets, leave: immutable, nothingToDo: `${standing}; no floating tag is planned`, notes: [] };
    return {
      targets,
      leave: immutable,
      notes: [`${standing}; this ${event.name} builds anew for ${floating.map(tag => tag.name).join(', ')}`],
    };
  }
  return { targets, ...(await decideAdoption(order, targets)) };
}

/** A rebuild of a published commit, asked for by the clock or by a person, is meant for the floating tags (rules 16). */
function leavesImmutableTags(event: Event): boolean {
  if (event.name === 'schedule') return true;
  return (event.name === 'workflow_dispatch' || event.name === 'repository_dispatch') && event.ref.startsWith('refs/heads/');
}

async function readTargets(plan: Plan, registry: RegistryReader): Promise<TargetFacts[]> {
  const images = [...new Set(plan.images)];
  // Without a tag to look for, one read still shows that name and credentials are right.
  const names = plan.tags.length === 0 ? ['latest'] : plan.tags.map(tag => tag.name);
  const references = images.flatMap(image => names.map(name => ({ image, name })));
  const digests = await inParallel(
    references,
    PARALLEL_READS,
    async ({ image, name }) => (await registry.resolve(image, name))?.digest,
  );
  const planned = new Set(plan.tags.map(tag => tag.name));
  return images.map(image => {
    const tags: Record<string, string> = {};
    references.forEach((reference, at) => {
      const digest = digests[at];
      if (reference.image === image && digest !== undefined && planned.has(reference.name)) tags[reference.name] = digest;
    });
    return { image, tags };
  });
}

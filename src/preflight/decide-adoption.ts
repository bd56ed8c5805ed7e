// Immutable tags that exist -> adopt the image, leave the tag, or stop before the build (rules 11-13).

import { UserError } from '../errors.ts';
import { isShaTag } from '../plan/plan.ts';
import type { Plan } from '../plan/plan.ts';
import { movingSources } from '../plan/remote-sources.ts';
import { compareImage } from './compare-image.ts';
import type { Adoption, Facts, PreflightOrder, TargetFacts } from './preflight.ts';

type Decision = Pick<Facts, 'adopt' | 'leave' | 'notes'>;

/** A tag in one repository. */
interface Standing {
  readonly image: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * Full versions decide first, since nothing may take their place; without one the sha tags do. Throws UserError with both digests
 * when an immutable tag means different images, and with what differs when a full version is not what this run would build or cannot be told to be ours.
 */
export async function decideAdoption(order: PreflightOrder, targets: readonly TargetFacts[]): Promise<Decision> {
  const standing = standingTags(order.plan, targets);
  const isSha = new Map(order.plan.tags.map(tag => [tag.name, isShaTag(tag)]));
  const versions = standing.filter(one => isSha.get(one.tag) !== true);
  const shas = standing.filter(one => isSha.get(one.tag) === true);
  const decisive = versions.length > 0 ? versions : shas;
  const [first] = decisive;
  if (first === undefined) return { notes: [] };
  requireOneDigest(decisive);

  const { foreign, differences } = await compareImage(order, first.image, first.digest);
  if (foreign !== undefined) throw taken(first, foreign);
  const reasons = differences.length > 0 ? differences : certificateProblem(order);
  if (reasons.length > 0) {
    if (versions.length > 0) throw taken(first, reasons.join('; '));
    return leaveShaTags(shas, reasons);
  }
  const adopt = await adoptFrom(order, decisive);
  const others = standing.filter(one => one.digest !== adopt.digest);
  return {
    adopt,
    ...(others.length === 0 ? {} : { leave: [...new Set(others.map(one => one.tag))] }),
    notes: [
      ...others.map(one => `${one.image}:${one.tag} is ${one.digest}, from another build of this commit; it stays as it is`),
      ...unsettled(order.plan, adopt),
    ],
  };
}

/** The hash of the inputs counts an address; what stands there now is never fetched to compare: a commit is never published as two digests (promise 6). */
function unsettled({ build: { context, file, buildContexts } }: Plan, { image, tag }: Adoption): string[] {
  const moving = movingSources({ context, file, buildContexts });
  if (moving.length === 0) return [];
  return [
    `${image}:${tag} counts as built from the same inputs by the address of what can change: ${moving.join(', ')}. What stands there now was not compared and is not published; name a commit, or publish under a new version`,
  ];
}

/** A certificate names the event's commit, and an image is adopted only when that is the image's own (rules 11). */
function certificateProblem({ plan, event }: PreflightOrder): string[] {
  if (plan.signing.method !== 'keyless' || plan.commit === event.sha) return [];
  return [
    `it cannot be told to be ours, as the image is of commit ${plan.commit} (pr-head-sha or metadata-context: git), but the certificate of a keyless signature names the event's, ${event.sha}; sign: key has no such limit`,
  ];
}

function standingTags(plan: Plan, targets: readonly TargetFacts[]): Standing[] {
  const immutable = plan.tags.filter(tag => tag.kind === 'immutable');
  return immutable.flatMap(tag =>
    targets.flatMap(target => {
      const digest = target.tags[tag.name];
      return digest === undefined ? [] : [{ image: target.image, tag: tag.name, digest }];
    }),
  );
}

function requireOneDigest(standing: readonly Standing[]): void {
  const [first] = standing;
  const other = standing.find(one => one.digest !== first?.digest);
  if (first === undefined || other === undefined) return;
  throw new UserError(
    `${first.image}:${first.tag} is ${first.digest}, but ${other.image}:${other.tag} is ${other.digest}; immutable tags of one commit must be one image`,
    {
      hint: 'Find out which one is right, delete the other tag in its registry and run again: what is missing is then completed.',
    },
  );
}

function taken(standing: Standing, why: string): UserError {
  return new UserError(
    `${standing.image}:${standing.tag} exists (${standing.digest}) and is not what this run would publish: ${why}`,
    {
      hint:
        'Nothing was built. Publish under a new version; or, if the tag was a mistake, delete it in the registry and run again; ' +
        'or undo the change of inputs so that the published image can be completed.',
    },
  );
}

function leaveShaTags(shas: readonly Standing[], differences: readonly string[]): Decision {
  return {
    leave: [...new Set(shas.map(one => one.tag))],
    notes: shas.map(one => `${one.image}:${one.tag} stays at ${one.digest}, and this run builds anew: ${differences.join('; ')}`),
  };
}

/** The image counts when one repository has our signature on it; the others hold the same bytes or nothing and are completed. */
async function adoptFrom({ plan, signer }: PreflightOrder, standing: readonly Standing[]): Promise<Adoption> {
  const [first] = standing;
  if (first === undefined) throw new Error('adoption without a tag');
  const same = 'is this commit, built from the same inputs';
  if (plan.signing.method === 'off')
    return {
      ...first,
      reason: `${first.image}:${first.tag} ${same}: completed, not built again (on the registry's word: signing is off)`,
    };
  if (signer === undefined) throw new Error('preflight was called without a signer although signing is on');
  const reader = await signer();
  const holders = [...new Map(standing.map(one => [one.image, one])).values()];
  for (const one of holders) {
    if (await reader.verify(one.image, one.digest))
      return {
        ...one,
        reason: `${one.image}:${one.tag} ${same} and signed by ${reader.identity.description}: completed, not built again`,
      };
  }
  throw taken(first, `its labels are right, but no signature by ${reader.identity.description} verifies`);
}

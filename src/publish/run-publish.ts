// The publish stage: check, then all bytes by digest to every repository, signed and verified, and only then the tags (promises 1, 3, 6).

import { MANIFEST_LIMIT, readSmallBlob } from '../bundle/blobs.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { Cancelled, explain, UserError } from '../errors.ts';
import type { Verdict } from '../gate/verdict.ts';
import { inParallel } from '../parallel.ts';
import { isShaTag } from '../plan/plan.ts';
import type { Plan, PlannedTag } from '../plan/plan.ts';
import type { Facts } from '../preflight/preflight.ts';
import type { ScanResult } from '../scan/scan.ts';
import { isEqual, readEquality, requireScanned } from './check-equality.ts';
import { moveTags, type TagOutcome } from './move-tags.ts';
import type { Publication, Registry, Signer, StoredManifest, TargetResult } from './publish.ts';
import { pushTarget, type BlobCounts } from './push-target.ts';

export interface PublishOrder {
  readonly bundle: Bundle;
  readonly plan: Plan;
  readonly facts?: Facts;
  readonly verdict: Verdict;
  readonly scan: ScanResult | undefined;
  readonly registry: Registry;
  /** Needed unless the plan says that signing is off. */
  readonly signer?: Signer;
  /** Of the event: goes into the signature, so that it can be told which run made it. */
  readonly run: { readonly id: string; readonly attempt: string };
  readonly onProgress?: (line: string) => void;
}

/** The annotation of our signatures that names the run. */
export const RUN_ANNOTATION = 'dev.seaworthy.run';

/**
 * Publishes the bundle. Throws (and has written nothing) when it must not be published: no such verdict, something unscanned, an
 * immutable tag that is taken. What goes wrong later is in the answer, per repository: then no tag has moved anywhere, or exactly
 * those that are listed. Running again completes what is missing and repeats nothing.
 */
export async function publish(order: PublishOrder): Promise<Publication> {
  const { bundle, plan, verdict } = order;
  if (!verdict.publish || !plan.push)
    throw new Error(`publish was called although the verdict is ${verdict.outcome} and push is ${plan.push}`);
  if (plan.signing.method !== 'off' && order.signer === undefined) throw new Error('publish was called without a signer');
  const tags = plan.tags.filter(tag => order.facts?.leave?.includes(tag.name) !== true);
  const images = [...new Set(plan.images)];
  requireScanned(bundle, order.scan, plan.policy);
  const manifests = await readManifests(bundle);
  const root = manifests.get(bundle.root.digest);
  if (root === undefined) throw new Error(`the bundle does not list its own root ${bundle.root.digest}`);
  await requireFree(
    order.registry,
    images,
    tags.filter(tag => !isShaTag(tag)),
    root.digest,
  );

  const results = await pushTargets(order, images, manifests);
  if (results.some(result => result.state !== 'published')) {
    return publication(
      order,
      results.map(result => ({ ...result, tags: tags.map(({ name }) => ({ name, state: 'not attempted' })) })),
    );
  }
  const onProgress = order.onProgress ?? ignore;
  const outcomes = await moveTags({ images, tags, registry: order.registry, root, onProgress });
  return publication(
    order,
    results.map(result => withTags(result, outcomes.get(result.image))),
  );
}

/** Reads every manifest of the bundle with its hash checked, right before anything is written. */
async function readManifests(bundle: Bundle): Promise<Map<string, StoredManifest>> {
  const found = new Map<string, StoredManifest>();
  const all = [...bundle.manifests, ...bundle.referrers.map(({ manifest }) => manifest)];
  for (const { digest, mediaType, size } of all) {
    const bytes = await readSmallBlob(bundle.directory, { digest, mediaType, size }, 'manifest', MANIFEST_LIMIT);
    found.set(digest, { digest, mediaType, bytes });
  }
  return found;
}

/** A full version (or another immutable tag) with another digest stops everything before the first write; a sha tag of the same commit is left where it is. Preflight looked before the build; that may be long ago. */
async function requireFree(
  registry: Registry,
  images: readonly string[],
  tags: readonly PlannedTag[],
  digest: string,
): Promise<void> {
  const references = images.flatMap(image =>
    tags.filter(tag => tag.kind === 'immutable').map(tag => ({ image, name: tag.name })),
  );
  const taken = await inParallel(references, 5, async ({ image, name }) => {
    const found = await registry.resolve(image, name);
    return found === undefined || found.digest === digest ? [] : [`${image}:${name} is ${found.digest}`];
  });
  if (taken.flat().length === 0) return;
  throw new UserError(`immutable tags are taken by another image: ${taken.flat().join('; ')}; ours is ${digest}`, {
    hint: 'Nothing was published. Publish under a new version, or delete the tag in the registry if it was a mistake.',
  });
}

/** One repository after the other; after a failure the rest is not begun. */
async function pushTargets(
  order: PublishOrder,
  images: readonly string[],
  manifests: ReadonlyMap<string, StoredManifest>,
): Promise<TargetResult[]> {
  const results: TargetResult[] = [];
  const complete: string[] = [];
  for (const image of images) {
    const counts: BlobCounts = { sent: 0, sentBytes: 0, mounted: 0, present: 0 };
    if (results.some(result => result.state === 'failed')) {
      results.push({ image, state: 'not attempted', blobs: counts, signature: 'missing', verified: false, tags: [] });
      continue;
    }
    try {
      const signed = await pushTarget(
        {
          image,
          manifests,
          bundle: order.bundle,
          registry: order.registry,
          signer: order.plan.signing.method === 'off' ? undefined : order.signer,
          annotations: { [RUN_ANNOTATION]: `${order.run.id}/${order.run.attempt}` },
          mountFrom: complete,
          onProgress: order.onProgress ?? ignore,
        },
        counts,
      );
      complete.push(image);
      results.push({ image, state: 'published', blobs: counts, ...signed, tags: [] });
    } catch (error) {
      const cancelled = error instanceof Cancelled;
      const { kind, message, hint } = explain(cancelled ? new Cancelled('the run was cancelled') : error);
      if (kind === 'bug') throw error;
      const text = hint === undefined ? message : `${message} - ${hint}`;
      results.push({ image, state: 'failed', blobs: counts, signature: 'missing', verified: false, tags: [], error: text });
    }
  }
  return results;
}

function withTags(result: TargetResult, outcome: TagOutcome | undefined): TargetResult {
  if (outcome === undefined) return result;
  if (outcome.error === undefined) return { ...result, tags: outcome.tags };
  return { ...result, tags: outcome.tags, state: 'failed', error: outcome.error };
}

async function publication(order: PublishOrder, targets: readonly TargetResult[]): Promise<Publication> {
  const { bundle, registry, scan, signer } = order;
  const there = targets.filter(target => target.state === 'published').map(target => target.image);
  const equality = await readEquality(bundle, scan, registry, there);
  const digest = bundle.root.digest;
  return {
    digest,
    complete: targets.every(isComplete) && equality.every(isEqual),
    targets,
    equality,
    verifyCommands: signer === undefined ? [] : there.map(image => signer.verifyCommand(image, digest)),
  };
}

function isComplete(target: TargetResult): boolean {
  return target.state === 'published' && target.tags.every(tag => tag.state !== 'failed' && tag.state !== 'not attempted');
}

function ignore(): void {
  // Nobody listens.
}

// A builder with several nodes -> one build per platform side by side, merged into one layout.

import { join } from 'node:path';
import type { BuildOrder } from '../build/build.ts';
import { merge } from '../bundle/merge.ts';
import { readBundle } from '../bundle/read.ts';
import { Cancelled } from '../errors.ts';
import { annotationsAt } from '../plan/image-annotations.ts';
import { platformName, platformSlug } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { buildLeg, throwIfCancelled } from './buildx-run.ts';
import type { Leg, Work } from './buildx-run.ts';

/** A builder with several nodes cannot write a layout (knowledge: buildx refuses), so each platform is built alone and the results are merged. */
export async function buildSplit(work: Work): Promise<Leg> {
  const { options, order, directory } = work;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const legs = order.platforms.map(async platform => {
    const name = platformName(platform);
    const place = join(directory, platformSlug(platform));
    try {
      const leg = { ...work, options: { ...options, signal }, order: aloneOn(platform, order), directory: place };
      return await buildLeg(leg, `[${name}] `);
    } catch (error) {
      stop.abort();
      throw error;
    }
  });
  const outcomes = await Promise.allSettled(legs);
  throwIfCancelled(options.signal);
  // The leg that failed by itself, not one that was stopped because of it.
  const failed = outcomes.filter(outcome => outcome.status === 'rejected').map(outcome => outcome.reason as unknown);
  if (failed.length > 0) throw failed.find(error => !(error instanceof Cancelled)) ?? failed[0];
  const built = await Promise.all(legs);
  const bundles = await Promise.all(built.map(leg => readBundle(leg.layout, { digest: leg.digest })));
  const names = order.platforms.map(platformName);
  const merged = await merge(bundles, {
    platforms: order.platforms,
    annotations: annotationsAt(order.annotations, 'index'),
    descriptors: Object.fromEntries(names.map(name => [name, annotationsAt(order.annotations, 'manifest-descriptor', name)])),
    indexDescriptor: annotationsAt(order.annotations, 'index-descriptor'),
    directory: join(directory, 'merged'),
  });
  return {
    layout: merged.directory,
    digest: merged.root.digest,
    outputs: [],
    steps: built.flatMap(leg => leg.steps),
    notes: built.flatMap(leg => leg.notes),
  };
}

/** The index and its entries are ours here, and so are their annotations; a manifest gets its own. */
function aloneOn(platform: Platform, order: BuildOrder): BuildOrder {
  const own = annotationsAt(order.annotations, 'manifest', platformName(platform));
  const annotations = Object.entries(own).map(([key, value]) => ({ level: 'manifest', key, value }));
  return { ...order, platforms: [platform], annotations };
}

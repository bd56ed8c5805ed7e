// A builder with several nodes -> one build per platform side by side, merged into one layout.

import { join } from 'node:path';
import type { BuildNote, BuildOrder } from '../build/build.ts';
import { merge } from '../bundle/merge.ts';
import { readBundle } from '../bundle/read.ts';
import { ToolError } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import { annotationsAt } from '../plan/image-annotations.ts';
import { platformName, platformSlug } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { buildLeg, throwIfCancelled } from './buildx-run.ts';
import type { Leg, Work } from './buildx-run.ts';
import { splitPlaces, withoutSplit } from './output-places.ts';

/** What buildx says when it spreads a build that wants one layout (docker/buildx, build/opt.go). */
const SPREAD =
  /\b(oci|docker) for multi-node builds currently not supported|exporter is not (currently )?supported .*multi-node/i;
/** Builds on one node at once: buildx runs all platforms of one build side by side as well. */
const ON_ONE_NODE = 4;

/** One build for all platforms. Where buildx spreads them over nodes after all, each is built on its own. */
export async function buildTogether(work: Work): Promise<Leg> {
  try {
    return await buildLeg(work);
  } catch (error) {
    const several = work.builder.nodes > 1 && work.order.platforms.length > 1;
    if (!several || !(error instanceof ToolError) || ![error.message, ...error.tail].some(line => SPREAD.test(line))) throw error;
    return buildSplit({ ...work, directory: join(work.directory, 'split') });
  }
}

/** Platforms on several nodes cannot be written into one layout (buildx refuses), so each platform is built alone and the results are merged. */
export async function buildSplit(work: Work): Promise<Leg> {
  const { options, order, directory } = work;
  const places = await splitPlaces(options.directory, order);
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const leg = async (platform: Platform): Promise<Leg> => {
    const slug = platformSlug(platform);
    const caches = (await work.cachesAlone?.(platform)) ?? order.caches;
    const own = { ...aloneOn(platform, order), caches };
    const alone = {
      ...work,
      options: { ...options, signal },
      order: own,
      directory: join(directory, slug),
      slug,
      outputs: places.of(platform),
    };
    try {
      return await buildLeg(alone, `[${platformName(platform)}] `);
    } catch (error) {
      // The first to fail is the one that is told; those that are ended because of it say only that.
      stop.abort();
      throw error;
    }
  };
  const built = await inParallel(order.platforms, ON_ONE_NODE * work.builder.nodes, leg).catch((error: unknown) => {
    throwIfCancelled(options.signal);
    throw error;
  });
  const outputs = await places.join();
  const rest = {
    steps: built.flatMap(each => each.steps),
    notes: distinct(built.flatMap(each => each.notes)),
    caches: built.flatMap(each => each.caches),
    outputs,
  };
  if (work.outputsAlone === true) return { layout: '', digest: '', ...rest };
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
    ...rest,
  };
}

/** Every platform has the same Dockerfile. */
function distinct(notes: readonly BuildNote[]): BuildNote[] {
  return [...new Map(notes.map(note => [JSON.stringify(note), note])).values()];
}

/** The index and its entries are ours here, and so are their annotations; a manifest gets its own. */
function aloneOn(platform: Platform, order: BuildOrder): BuildOrder {
  const own = annotationsAt(order.annotations, 'manifest', platformName(platform));
  const annotations = Object.entries(own).map(([key, value]) => ({ level: 'manifest', key, value }));
  return { ...order, platforms: [platform], annotations, outputs: order.outputs.map(withoutSplit) };
}

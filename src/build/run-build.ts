// Plan + Builder -> Bundle: one order, one layout, and the proof that the layout holds what the builder says it built.

import type { Bundle } from '../bundle/bundle.ts';
import { detach } from '../bundle/detach.ts';
import { readBundle } from '../bundle/read.ts';
import { ToolError, UserError } from '../errors.ts';
import { annotationsAt } from '../plan/image-annotations.ts';
import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import type { Builder, BuildFacts, BuildOrder } from './build.ts';

/** What a builder is asked for to carry out this plan. */
export function orderOf(plan: Plan): BuildOrder {
  const { outputs, export: archive } = plan.delivery;
  const handedOver = [...outputs.map(({ dest }) => dest), ...(archive === undefined ? [] : [archive])];
  return {
    ...plan.build,
    names: plan.buildNames,
    labels: plan.buildLabels,
    annotations: plan.annotations,
    platforms: plan.platforms,
    ...(handedOver.length > 0 && { handedOver }),
  };
}

/** With `attestations: referrer` what was built is taken apart before anybody looks at it: the root that is scanned is the one that is published (rules 20). */
async function place(built: Bundle, { attestations, annotations, platforms }: Plan): Promise<Bundle> {
  if (attestations !== 'referrer') return built;
  const names = platforms.map(platformName);
  return detach(built, {
    platforms,
    annotations: annotationsAt(annotations, 'index'),
    descriptors: Object.fromEntries(names.map(name => [name, annotationsAt(annotations, 'manifest-descriptor', name)])),
    indexDescriptor: annotationsAt(annotations, 'index-descriptor'),
    directory: `${built.directory}-plain`,
  });
}

/**
 * Builds all platforms of the plan and reads the result. Throws what the builder throws, and ToolError when the layout is not what the
 * builder reported or lacks a platform: then nobody knows what was built.
 */
export async function build(work: {
  readonly plan: Plan;
  readonly builder: Builder;
}): Promise<{ readonly bundle: Bundle; readonly outputs: readonly string[]; readonly facts: BuildFacts }> {
  const { layout, outputs, facts } = await work.builder.build(orderOf(work.plan));
  try {
    const built = await readBundle(layout, { digest: facts.metadataDigest, platforms: work.plan.platforms });
    return { bundle: await place(built, work.plan), outputs, facts };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new ToolError(`The build ended well, but its result is not usable: ${error.message}`, {
      tool: 'docker buildx build',
      hint: 'Nothing was published. Run again; if it stays, report it with the versions of buildx and BuildKit.',
      cause: error,
    });
  }
}

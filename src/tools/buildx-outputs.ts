// An order -> the user's own outputs alone, for a run that adopts its image and builds none (rules 14).

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { isSpread } from './builder-nodes.ts';
import { buildLeg } from './buildx-run.ts';
import type { Work } from './buildx-run.ts';
import { buildSplit } from './buildx-split.ts';
import { withoutCaches } from './cache-keeper.ts';

/** Without caches: no probe has looked at them. Resolves to where the outputs are, in their order. */
export async function buildOutputsAlone({
  options,
  builder,
  order,
  secrets,
}: Omit<Work, 'directory'>): Promise<readonly string[]> {
  options.onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
  const directory = await mkdtemp(join(options.directory, 'outputs-build-'));
  const work = { options, builder, order: withoutCaches(order), directory, secrets, outputsAlone: true } as const;
  const spread = isSpread(builder.inspected ?? [], order.platforms);
  const { outputs } = await (spread ? buildSplit(work) : buildLeg(work));
  return outputs;
}

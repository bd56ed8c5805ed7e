// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder, BuildFacts, BuildOrder } from '../build/build.ts';
import { placeSecrets } from './build-secrets.ts';
import type { SecretOrder, SecretsInPlace } from './build-secrets.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { isSpread } from './builder-nodes.ts';
import { openBuilderSession } from './builder-session.ts';
import { actionsCacheProblem } from './buildx-env.ts';
import { callBuildx } from './buildx-call.ts';
import { throwIfCancelled } from './buildx-run.ts';
import type { BuildxOptions, Leg } from './buildx-run.ts';
import { buildSplit, buildTogether } from './buildx-split.ts';
import { explainForeign } from './emulation-failure.ts';
import { prepareEmulation } from './emulation.ts';

export type { BuildxOptions } from './buildx-run.ts';

/** A Builder on top of the installed docker and buildx. The builder is chosen at the first build and kept until close(). */
export function createBuilder(options: BuildxOptions): Builder {
  const { docker, choose, close } = openBuilderSession(options);
  return {
    async build(order) {
      const started = performance.now();
      throwIfCancelled(options.signal);
      const secrets = await placeSecrets(secretOrder(options, order));
      const { leg, builder } = await choose(order)
        .then(async builder => ({ builder, leg: await buildOn(options, builder, order, secrets, docker) }))
        .finally(secrets.remove);
      const { name, driver, reason, nodes, buildkit, buildx } = builder;
      const facts: BuildFacts = {
        builder: { name, driver, reason, nodes, ...(buildkit && { buildkit }), ...(buildx && { buildx }) },
        metadataDigest: leg.digest,
        steps: leg.steps,
        notes: leg.notes,
        caches: [],
        ...(leg.emulated && { emulated: leg.emulated }),
        seconds: (performance.now() - started) / 1000,
      };
      return { layout: leg.layout, outputs: leg.outputs, facts };
    },

    async call(order, call) {
      throwIfCancelled(options.signal);
      const secrets = await placeSecrets(secretOrder(options, order));
      return choose(order)
        .then(builder => callBuildx({ options, builder, order, call, secrets }))
        .finally(secrets.remove);
    },

    writeCaches: () => Promise.resolve([]),

    close,
  };
}

function secretOrder(options: BuildxOptions, { secrets }: BuildOrder): SecretOrder {
  return {
    secrets,
    values: options.secrets ?? new Map(),
    token: options.token,
    env: options.env,
    directory: options.directory,
    cwd: options.cwd ?? '.',
    onSecret: value => options.onSecret?.(value),
  };
}

async function buildOn(
  options: BuildxOptions,
  builder: ChosenBuilder,
  order: BuildOrder,
  secrets: SecretsInPlace,
  docker: Docker,
): Promise<Leg & Pick<BuildFacts, 'emulated'>> {
  const { onLine, signal } = options;
  const { platforms } = order;
  onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
  const problem = actionsCacheProblem(options.env, order);
  if (problem !== undefined) onLine(problem);
  const emulation = await prepareEmulation({
    docker,
    builder,
    platforms,
    wish: order.emulation,
    onLine,
    ...(signal && { signal }),
  });
  throwIfCancelled(options.signal);
  const directory = await mkdtemp(join(options.directory, 'build-'));
  const work = { options, builder, order, directory, secrets };
  try {
    const leg = await (isSpread(builder.inspected ?? [], platforms) ? buildSplit(work) : buildTogether(work));
    return { ...leg, ...(emulation.emulated && { emulated: emulation.emulated }) };
  } catch (error) {
    throw explainForeign(error, platforms, emulation);
  }
}

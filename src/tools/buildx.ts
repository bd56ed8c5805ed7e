// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder, BuildFacts, BuildOrder } from '../build/build.ts';
import { placeSecrets } from './build-secrets.ts';
import type { SecretOrder, SecretsInPlace } from './build-secrets.ts';
import { chooseBuilder, removeBuilder } from './builder.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { actionsCacheProblem, dockerEnvironment } from './buildx-env.ts';
import { buildLeg, throwIfCancelled } from './buildx-run.ts';
import type { BuildxOptions, Leg } from './buildx-run.ts';
import { buildSplit } from './buildx-split.ts';
import { explainForeign } from './emulation-failure.ts';
import { prepareEmulation } from './emulation.ts';

export type { BuildxOptions } from './buildx-run.ts';

/** A Builder on top of the installed docker and buildx. The builder is chosen at the first build and kept until close(). */
export function createBuilder(options: BuildxOptions): Builder {
  const base = options.cwd === undefined ? {} : { cwd: options.cwd };
  const ask = (signal?: AbortSignal): Docker => {
    const env = dockerEnvironment(options.env);
    return (args, { timeout }) => options.run('docker', args, { ...base, env, timeout, ...(signal && { signal }) });
  };
  let chosen: Promise<ChosenBuilder> | undefined;
  const choose = async (order: BuildOrder): Promise<ChosenBuilder> => {
    const {
      builder,
      setup: { image },
      allow,
    } = order;
    chosen ??= chooseBuilder(ask(options.signal), { ...(builder && { builder }), ...(image && { image }), allow });
    return chosen.catch((error: unknown) => {
      chosen = undefined;
      throwIfCancelled(options.signal);
      throw error;
    });
  };

  return {
    async build(order) {
      const started = performance.now();
      throwIfCancelled(options.signal);
      const secrets = await placeSecrets(secretOrder(options, order));
      const { leg, builder } = await choose(order)
        .then(async builder => ({ builder, leg: await buildOn(options, builder, order, secrets, ask(options.signal)) }))
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

    call: () => Promise.reject(new Error('call is not there yet')),
    writeCaches: () => Promise.resolve([]),

    async close() {
      const builder = await chosen?.catch(() => undefined);
      chosen = undefined;
      if (builder?.created !== true) return;
      // Not with the run's signal: a cancelled run must clean up as well.
      const problem = await removeBuilder(ask(), builder.name);
      if (problem !== undefined) options.onLine(`the builder ${builder.name} could not be removed: ${problem}`);
    },
  };
}

function secretOrder(options: BuildxOptions, { secrets }: BuildOrder): SecretOrder {
  return {
    secrets,
    values: options.secrets ?? new Map(),
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
    const leg = await (builder.nodes > 1 && platforms.length > 1 ? buildSplit(work) : buildLeg(work));
    return { ...leg, ...(emulation.emulated && { emulated: emulation.emulated }) };
  } catch (error) {
    throw explainForeign(error, platforms, emulation);
  }
}

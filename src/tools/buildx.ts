// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.

import type { Builder, BuildFacts, BuildOrder } from '../build/build.ts';
import { placeSecrets } from './build-secrets.ts';
import type { SecretOrder, SecretsInPlace } from './build-secrets.ts';
import { openBuilderSession } from './builder-session.ts';
import { removeBuilder } from './builder.ts';
import { buildOrAgain } from './buildx-again.ts';
import { callBuildx } from './buildx-call.ts';
import { throwIfCancelled } from './buildx-run.ts';
import type { BuildxOptions } from './buildx-run.ts';
import { withoutGitTimes } from './git-times.ts';
import { keepCaches } from './cache-keeper.ts';

export type { BuildxOptions } from './buildx-run.ts';

/** A Builder on top of the installed docker and buildx. The builder is chosen at the first build and kept until close(). */
export function createBuilder(given: BuildxOptions): Builder {
  const options = { ...given, run: withoutGitTimes(given.run) };
  const session = openBuilderSession(options);
  const keeper = keepCaches(options);
  const fresh = new Set<string>();
  const onFresh = (name: string): unknown => fresh.add(name);
  return {
    prepare: session.prepare,

    async build(order) {
      const started = performance.now();
      throwIfCancelled(options.signal);
      const place = (): Promise<SecretsInPlace> => placeSecrets(secretOrder(options, order));
      const secrets = await place();
      const work = { options, session, keeper, order, secrets, onFresh };
      const { leg, builder, emulated, sbom, again } = await buildOrAgain(work).finally(secrets.remove);
      const { name, driver, reason, nodes, buildkit, buildx } = builder;
      const caches = keeper.finish({
        order,
        builder: name,
        layout: leg.layout,
        legs: leg.caches,
        placeSecrets: place,
        discard: () => session.discard(builder),
        ...(again !== undefined && { without: 'the build had to be begun again without caches' }),
      });
      const facts: BuildFacts = {
        builder: { name, driver, reason, nodes, ...(buildkit && { buildkit }), ...(buildx && { buildx }) },
        metadataDigest: leg.digest,
        steps: leg.steps,
        notes: leg.notes,
        caches,
        ...(emulated && { emulated }),
        ...(sbom && { sbom }),
        ...(again !== undefined && { again }),
        seconds: (performance.now() - started) / 1000,
      };
      return { layout: leg.layout, outputs: leg.outputs, facts };
    },

    async buildOutputs(order) {
      throwIfCancelled(options.signal);
      const secrets = await placeSecrets(secretOrder(options, order));
      const work = { options, session, keeper, order, secrets, onFresh, outputsAlone: true } as const;
      return buildOrAgain(work)
        .then(({ leg }) => leg.outputs)
        .finally(secrets.remove);
    },

    async call(order, call) {
      throwIfCancelled(options.signal);
      const secrets = await placeSecrets(secretOrder(options, order));
      return session
        .choose(order)
        .then(builder => callBuildx({ options, builder, order, call, secrets }))
        .finally(secrets.remove);
    },

    writeCaches: keeper.write,

    async close() {
      await keeper.close();
      // After a cancel the runner waits for seconds only, and the post step knows them.
      const left = options.sharing?.cancelled() === true;
      const problems = await Promise.all(left ? [] : [...fresh].map(name => removeBuilder(session.docker, name)));
      fresh.clear();
      for (const problem of problems) if (problem !== undefined) options.onLine(`a builder could not be removed: ${problem}`);
      await session.close();
    },
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

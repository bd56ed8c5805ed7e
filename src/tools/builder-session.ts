// One step's use of a builder: chosen at the first build, kept for all others, and left or removed when the step is over.

import type { BuildOrder } from '../build/build.ts';
import { chooseBuilder, removeBuilder, UnfitBuildx } from './builder.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { dockerEnvironment } from './buildx-env.ts';
import { throwIfCancelled } from './buildx-run.ts';
import type { BuildxOptions } from './buildx-run.ts';

export interface BuilderSession {
  /** Asks docker and buildx, in the environment of builds; ended with the run, unless `always` is set. */
  readonly docker: Docker;
  /** Throws what chooseBuilder throws, and Cancelled; after a failure the next build chooses again. */
  readonly choose: (order: BuildOrder) => Promise<ChosenBuilder>;
  /** Removes what was made for this step alone, or, after a cancel, by it; never throws. */
  readonly close: () => Promise<void>;
}

/** Opens a session; nothing is started. */
export function openBuilderSession(options: BuildxOptions): BuilderSession {
  const { signal, cwd, sharing, onLine } = options;
  const base = { ...(cwd !== undefined && { cwd }), env: dockerEnvironment(options.env) };
  const docker: Docker = (args, { timeout, always = false, signal: own }) => {
    const signals = [...(always || signal === undefined ? [] : [signal]), ...(own === undefined ? [] : [own])];
    return options.run('docker', args, { ...base, timeout, ...(signals.length > 0 && { signal: AbortSignal.any(signals) }) });
  };
  const chooseOnce = async (order: BuildOrder): Promise<ChosenBuilder> => {
    const place = { env: options.env, directory: options.directory, cwd: cwd ?? '.', onLine };
    const around = { ...place, ...(sharing && { sharing }), ...(signal && { signal }) };
    try {
      return await chooseBuilder(docker, order, around);
    } catch (error) {
      if (!(error instanceof UnfitBuildx) || options.replaceBuildx === undefined) throw error;
      await options.replaceBuildx(error);
      return chooseBuilder(docker, order, around);
    }
  };
  let chosen: Promise<ChosenBuilder> | undefined;
  let keeps = false;
  return {
    docker,
    choose: order => {
      keeps = order.setup.keep;
      chosen ??= chooseOnce(order);
      return chosen.catch((error: unknown) => {
        chosen = undefined;
        throwIfCancelled(signal);
        throw error;
      });
    },
    async close() {
      const builder = await chosen?.catch(() => undefined);
      chosen = undefined;
      if (builder?.created !== true) return;
      // Later steps of the job use it, and then the post step removes it; after a cancel there are no later steps, and what was half done there is worth nothing.
      if (keeps || sharing?.cancelled() === false) return;
      const problem = await removeBuilder(docker, builder.name);
      if (problem !== undefined) onLine(`the builder ${builder.name} could not be removed: ${problem}`);
    },
  };
}

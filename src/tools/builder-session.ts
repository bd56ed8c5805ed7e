// One step's use of a builder: chosen at the first build, kept for all others, and left or removed when the step is over.

import type { BuildOrder } from '../build/build.ts';
import { early } from '../parallel.ts';
import { findBuilder, removeBuilder, UnfitBuildx } from './builder.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { dockerEnvironment } from './buildx-env.ts';
import { throwIfCancelled } from './buildx-run.ts';
import type { BuildxOptions } from './buildx-run.ts';

export interface BuilderSession {
  /** Asks docker and buildx, in the environment of builds; ended with the run, unless `always` is set. */
  readonly docker: Docker;
  /** Asks which builder it is, so that choose() need not; nothing is made. Never throws: choose() does. */
  readonly prepare: (order: BuildOrder) => Promise<void>;
  /** Throws what chooseBuilder throws, and Cancelled; after a failure the next build chooses again. */
  readonly choose: (order: BuildOrder) => Promise<ChosenBuilder>;
  /** Removes a builder that stands still, if it is ours: it would for every later step too. Never throws. */
  readonly discard: (builder: ChosenBuilder) => Promise<void>;
  /** Removes what was made for this step alone; in a job the post step does, also after a cancel. Never throws. */
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
  let finding: ReturnType<typeof findBuilder> | undefined;
  const find = (order: BuildOrder): ReturnType<typeof findBuilder> => {
    const place = { env: options.env, directory: options.directory, cwd: cwd ?? '.', onLine };
    return (finding ??= findBuilder(docker, order, { ...place, ...(sharing && { sharing }), ...(signal && { signal }) }));
  };
  const chooseOnce = async (order: BuildOrder): Promise<ChosenBuilder> => {
    try {
      return await (
        await find(order)
      )();
    } catch (error) {
      if (!(error instanceof UnfitBuildx) || options.replaceBuildx === undefined) throw error;
      await options.replaceBuildx(error);
      finding = undefined;
      return (await find(order))();
    }
  };
  let chosen: Promise<ChosenBuilder> | undefined;
  const forget = (): void => {
    chosen = undefined;
    finding = undefined;
  };
  const remove = async (name: string): Promise<void> => {
    const problem = await removeBuilder(docker, name);
    if (problem !== undefined) onLine(`the builder ${name} could not be removed: ${problem}`);
  };
  return {
    docker,
    prepare: order => early(find(order)).then(nothing, nothing),
    choose: order => {
      chosen ??= chooseOnce(order);
      return chosen.catch((error: unknown) => {
        forget();
        throwIfCancelled(signal);
        throw error;
      });
    },
    async discard({ own, name }) {
      if (own !== true) return;
      forget();
      await remove(name);
    },
    async close() {
      const builder = await chosen?.catch(nothing);
      forget();
      if (builder?.created === true && sharing === undefined) await remove(builder.name);
    },
  };
}

function nothing(): undefined {
  return undefined;
}

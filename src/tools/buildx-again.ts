// An order -> one build on the chosen builder; where that one stands still, once more without caches on a builder that is fresh.

import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildFacts, BuildOrder } from '../build/build.ts';
import { ToolError } from '../errors.ts';
import type { SecretsInPlace } from './build-secrets.ts';
import { ownBuilder } from './builder-create.ts';
import { isSpread } from './builder-nodes.ts';
import type { BuilderSession } from './builder-session.ts';
import type { ChosenBuilder } from './builder.ts';
import { throwIfCancelled } from './buildx-run.ts';
import type { BuildxOptions, Leg, Work } from './buildx-run.ts';
import { buildSplit, buildTogether } from './buildx-split.ts';
import { withoutCaches } from './cache-keeper.ts';
import type { CacheKeeper } from './cache-keeper.ts';
import { StoodStill } from './cache-standstill.ts';
import { explainForeign } from './emulation-failure.ts';
import { prepareEmulation } from './emulation.ts';
import { buildWithSbom } from './sbom-scanner.ts';

export interface AgainWork {
  readonly options: BuildxOptions;
  readonly session: BuilderSession;
  readonly keeper: CacheKeeper;
  readonly order: BuildOrder;
  readonly secrets: SecretsInPlace;
  /** Only the user's own outputs are made, for an image that is adopted (rules 14). */
  readonly outputsAlone?: true;
  /** Told the name of a builder that was made for the second try alone. */
  readonly onFresh: (name: string) => void;
}

export interface Attempt {
  readonly leg: Leg;
  readonly builder: ChosenBuilder;
  readonly emulated?: BuildFacts['emulated'];
  readonly sbom?: BuildFacts['sbom'];
  /** Why there was a second try. */
  readonly again?: string;
}

type Try = Pick<Work, 'options' | 'builder' | 'order' | 'cachesAlone'>;

/** Throws what a build throws; StoodStill when there can be no second try. */
export async function buildOrAgain(work: AgainWork): Promise<Attempt> {
  const { options, session, keeper, order } = work;
  // Caches are asked while the builder is chosen.
  const choosing = session.choose(order);
  const spread = choosing.then(({ inspected = [] }) => isSpread(inspected, order.platforms));
  const [builder, ready] = await Promise.all([choosing, keeper.prepare(order, spread)]);
  const { plan: caches, alone: cachesAlone, login } = ready;
  const own = login === undefined ? options : { ...options, env: { ...options.env, ...login } };
  try {
    return await buildOn(work, { options: own, builder, order: { ...order, caches }, cachesAlone });
  } catch (error) {
    throwIfCancelled(options.signal);
    if (!(error instanceof StoodStill)) throw error;
    const again = `the first try, on the builder ${builder.name}, ${error.reason}`;
    options.onLine(`${again}; it was ended, and is begun again without caches on a fresh builder`);
    // A daemon that is wedged may take long to go, and a fresh one to come.
    const [fresh] = await Promise.all([freshBuilder(work, error), session.discard(builder)]);
    return { ...(await buildOn(work, { options, builder: fresh, order: withoutCaches(order) })), again };
  }
}

async function freshBuilder({ options, session, order, onFresh }: AgainWork, reason: StoodStill): Promise<ChosenBuilder> {
  const { directory, cwd = '.', onLine, signal, sharing, env } = options;
  try {
    const made = await ownBuilder(session.docker, {
      setup: { ...order.setup, keep: false },
      allow: order.allow,
      because: 'the first one stood still',
      directory,
      cwd,
      engine: '',
      env,
      // For nobody else, but the post step must know it.
      ...(sharing && { sharing: { ...sharing, job: `${sharing.job} ${randomUUID()}` } }),
      onLine,
      ...(signal && { signal }),
    });
    onFresh(made.name);
    return made;
  } catch (error) {
    throwIfCancelled(signal);
    const why = error instanceof Error ? error.message : String(error);
    const { hint } = reason;
    throw new ToolError(`${reason.message} A fresh builder for another try could not be made: ${why}`, {
      tool: reason.tool,
      cause: error,
      ...(hint !== undefined && { hint }),
    });
  }
}

async function buildOn(
  { session, secrets, outputsAlone }: AgainWork,
  { options, builder, order, cachesAlone }: Try,
): Promise<Attempt> {
  const { onLine, signal } = options;
  const { platforms } = order;
  onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
  const emulation = await prepareEmulation({
    docker: session.docker,
    builder,
    platforms,
    wish: order.emulation,
    onLine,
    ...(signal && { signal }),
  });
  throwIfCancelled(signal);
  const spread = isSpread(builder.inspected ?? [], platforms);
  const build = async (asked: BuildOrder): Promise<Leg> => {
    const directory = await mkdtemp(join(options.directory, 'build-'));
    const rest = { ...(cachesAlone && { cachesAlone }), ...(outputsAlone && { outputsAlone }) };
    const work = { options, builder, order: asked, directory, secrets, ...rest };
    return spread ? buildSplit(work) : buildTogether(work);
  };
  try {
    const { built, sbom } = await buildWithSbom(order, build, onLine);
    return { leg: built, builder, ...(emulation.emulated && { emulated: emulation.emulated }), ...(sbom && { sbom }) };
  } catch (error) {
    throw explainForeign(error, platforms, emulation);
  }
}

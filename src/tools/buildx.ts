// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.

import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder, BuildFacts, BuildOrder } from '../build/build.ts';
import { merge } from '../bundle/merge.ts';
import { readBundle } from '../bundle/read.ts';
import { Cancelled, ToolError } from '../errors.ts';
import { annotationsAt } from '../plan/image-annotations.ts';
import { platformName, platformSlug } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { placeSecrets } from './build-secrets.ts';
import type { SecretOrder, SecretsInPlace } from './build-secrets.ts';
import { chooseBuilder, removeBuilder } from './builder.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { buildArgs } from './buildx-args.ts';
import { actionsCacheProblem, buildEnvironment, dockerEnvironment } from './buildx-env.ts';
import { buildFailure } from './buildx-errors.ts';
import { readProgress } from './buildx-progress.ts';
import type { Run } from './command.ts';

export interface BuildxOptions {
  readonly run: Run;
  /** The environment of the step; what builds must not see is taken out here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run's own temporary directory: layouts are made below it, and stay. */
  readonly directory: string;
  /** Told every line of progress. */
  readonly onLine: (line: string) => void;
  /** Told each command line. */
  readonly onStart?: (commandLine: string) => void;
  readonly signal?: AbortSignal;
  /** Where relative contexts, Dockerfiles and files of secrets start; the current directory when left out. */
  readonly cwd?: string;
  /** The values of secrets that were typed, by id. */
  readonly secrets?: ReadonlyMap<string, string>;
  /** Told the value of every secret before the build begins. */
  readonly onSecret?: (value: string) => void;
}

/** One build and all that it needs. */
interface Work {
  readonly options: BuildxOptions;
  readonly builder: ChosenBuilder;
  readonly order: BuildOrder;
  /** New, or empty. */
  readonly directory: string;
  readonly secrets: SecretsInPlace;
}

/** The result of one buildx run. */
interface Leg {
  readonly layout: string;
  readonly digest: string;
  readonly steps: BuildFacts['steps'];
}

/** A Builder on top of the installed docker and buildx. The builder is chosen at the first build and kept until close(). */
export function createBuilder(options: BuildxOptions): Builder {
  const base = options.cwd === undefined ? {} : { cwd: options.cwd };
  const ask = (signal?: AbortSignal): Docker => {
    const env = dockerEnvironment(options.env);
    return (args, { timeout }) => options.run('docker', args, { ...base, env, timeout, ...(signal && { signal }) });
  };
  let chosen: Promise<ChosenBuilder> | undefined;
  const choose = async (order: BuildOrder): Promise<ChosenBuilder> => {
    const { builder, builderImage: image, allow } = order;
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
        .then(async builder => ({ builder, leg: await buildOn(options, builder, order, secrets) }))
        .finally(secrets.remove);
      const { name, driver, reason, nodes, buildkit, buildx } = builder;
      const facts: BuildFacts = {
        builder: { name, driver, reason, nodes, ...(buildkit && { buildkit }), ...(buildx && { buildx }) },
        metadataDigest: leg.digest,
        steps: leg.steps,
        seconds: (performance.now() - started) / 1000,
      };
      return { layout: leg.layout, facts };
    },

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

async function buildOn(options: BuildxOptions, builder: ChosenBuilder, order: BuildOrder, secrets: SecretsInPlace): Promise<Leg> {
  options.onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
  const problem = actionsCacheProblem(options.env, order);
  if (problem !== undefined) options.onLine(problem);
  const directory = await mkdtemp(join(options.directory, 'build-'));
  const work = { options, builder, order, directory, secrets };
  return builder.nodes > 1 && order.platforms.length > 1 ? buildSplit(work) : buildLeg(work);
}

/** A builder with several nodes cannot write a layout (knowledge: buildx refuses), so each platform is built alone and the results are merged. */
async function buildSplit(work: Work): Promise<Leg> {
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
  return { layout: merged.directory, digest: merged.root.digest, steps: built.flatMap(leg => leg.steps) };
}

/** The index and its entries are ours here, and so are their annotations; a manifest gets its own. */
function aloneOn(platform: Platform, order: BuildOrder): BuildOrder {
  const own = annotationsAt(order.annotations, 'manifest', platformName(platform));
  const annotations = Object.entries(own).map(([key, value]) => ({ level: 'manifest', key, value }));
  return { ...order, platforms: [platform], annotations };
}

async function buildLeg({ options, builder, order, directory, secrets }: Work, prefix = ''): Promise<Leg> {
  const layout = join(directory, 'layout');
  const metadataFile = join(directory, 'metadata.json');
  await mkdir(directory, { recursive: true });
  throwIfCancelled(options.signal);
  const progress = readProgress(options.onLine, prefix);
  const place = { builder: builder.name, layout, metadataFile, secretFiles: secrets.files };
  const result = await options.run('docker', buildArgs(order, place), {
    env: buildEnvironment(options.env, order, secrets.env),
    onStderr: progress.read,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal && { signal: options.signal }),
    ...(options.onStart && { onStart: options.onStart }),
  });
  throwIfCancelled(options.signal);
  if (result.exitCode !== 0) throw buildFailure(result, progress, order);
  const platforms = order.platforms.map(platformName).join(', ');
  const steps = progress.steps().map(step => (prefix === '' ? step : { ...step, name: prefix + step.name }));
  return { layout, digest: await metadataDigest(metadataFile, platforms), steps };
}

async function metadataDigest(file: string, platforms: string): Promise<string> {
  try {
    const metadata = JSON.parse(await readFile(file, 'utf8')) as { readonly 'containerimage.digest'?: unknown } | null;
    const digest = metadata?.['containerimage.digest'];
    if (typeof digest === 'string') return digest;
  } catch (error) {
    throw new ToolError(`buildx ended well, but left no readable metadata file for ${platforms}`, {
      tool: 'docker buildx build',
      cause: error,
    });
  }
  throw new ToolError(`buildx ended well, but its metadata file names no image digest for ${platforms}`, {
    tool: 'docker buildx build',
  });
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Cancelled('The build was cancelled.');
}

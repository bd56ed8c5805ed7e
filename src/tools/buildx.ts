// Builder, made of `docker buildx build`: an order -> an OCI layout in a fresh directory.

import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Builder, BuildFacts, BuildOrder } from '../build/build.ts';
import { merge } from '../bundle/merge.ts';
import { readBundle } from '../bundle/read.ts';
import { Cancelled, ToolError } from '../errors.ts';
import { platformName, platformSlug } from '../plan/platform.ts';
import { chooseBuilder, removeBuilder } from './builder.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { buildArgs } from './buildx-args.ts';
import { buildEnvironment, dockerEnvironment } from './buildx-env.ts';
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
  /** Where relative contexts and Dockerfiles start; the current directory when left out. */
  readonly cwd?: string;
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

  return {
    async build(order) {
      const started = performance.now();
      throwIfCancelled(options.signal);
      const wish = { ...(order.builder && { builder: order.builder }), ...(order.builderImage && { image: order.builderImage }) };
      chosen ??= chooseBuilder(ask(options.signal), wish);
      const builder = await chosen.catch((error: unknown) => {
        chosen = undefined;
        throwIfCancelled(options.signal);
        throw error;
      });
      options.onLine(`builder ${builder.name} (${builder.driver}): ${builder.reason}`);
      const directory = await mkdtemp(join(options.directory, 'build-'));
      const split = builder.nodes > 1 && order.platforms.length > 1;
      const leg = split
        ? await buildSplit(options, builder, order, directory)
        : await buildLeg(options, builder, order, directory);
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

/** A builder with several nodes cannot write a layout (knowledge: buildx refuses), so each platform is built alone and the results are merged. */
async function buildSplit(options: BuildxOptions, builder: ChosenBuilder, order: BuildOrder, directory: string): Promise<Leg> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const legs = order.platforms.map(async platform => {
    // The index is ours here, and so are its annotations.
    const alone = { ...order, platforms: [platform], annotations: {} };
    const place = join(directory, platformSlug(platform));
    try {
      return await buildLeg({ ...options, signal }, builder, alone, place, `[${platformName(platform)}] `);
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
  const merged = await merge(bundles, {
    platforms: order.platforms,
    annotations: order.annotations,
    directory: join(directory, 'merged'),
  });
  return { layout: merged.directory, digest: merged.root.digest, steps: built.flatMap(leg => leg.steps) };
}

async function buildLeg(
  options: BuildxOptions,
  builder: ChosenBuilder,
  order: BuildOrder,
  directory: string,
  prefix = '',
): Promise<Leg> {
  const layout = join(directory, 'layout');
  const metadataFile = join(directory, 'metadata.json');
  await mkdir(directory, { recursive: true });
  throwIfCancelled(options.signal);
  const progress = readProgress(options.onLine, prefix);
  const result = await options.run('docker', buildArgs(order, { builder: builder.name, layout, metadataFile }), {
    env: buildEnvironment(options.env, order),
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

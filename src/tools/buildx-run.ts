// One run of `docker buildx build` -> an OCI layout, the steps, and the digest that buildx reports.

import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildNote, BuildOrder, BuildStep } from '../build/build.ts';
import { Cancelled, ToolError } from '../errors.ts';
import type { UserError } from '../errors.ts';
import type { CachePlan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { SecretsInPlace } from './build-secrets.ts';
import type { ChosenBuilder } from './builder.ts';
import type { Sharing } from './builder-create.ts';
import { buildArgs, outputArgs } from './buildx-args.ts';
import { buildEnvironment } from './buildx-env.ts';
import { buildFailure } from './buildx-errors.ts';
import { cacheTimes } from './cache-around.ts';
import type { CacheSettings } from './cache-around.ts';
import { legCaches } from './cache-facts.ts';
import type { LegCaches } from './cache-facts.ts';
import { watchCaches } from './cache-progress.ts';
import { guardBuild } from './cache-standstill.ts';
import { readProgress } from './buildx-progress.ts';
import type { Run } from './command.ts';
import { placeNotes } from './dockerfile-place.ts';
import { privatePlaces } from './output-places.ts';

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
  /** The value of secrets that come from `github-token`. */
  readonly token?: string;
  /** Told the value of every secret before the build begins. */
  readonly onSecret?: (value: string) => void;
  /** Where caches are, and how long they may take. */
  readonly caches?: CacheSettings;
  /** How a builder that is made outlives this step; left out: it does not. */
  readonly sharing?: Sharing;
  /** Gets another buildx, because the installed one does not do. Throws when it cannot be had. */
  readonly replaceBuildx?: (problem: UserError) => Promise<void>;
}

/** Milliseconds between two looks at what is silent. */
export const TICK = 5_000;

/** One build and all that it needs. */
export interface Work {
  readonly options: BuildxOptions;
  readonly builder: ChosenBuilder;
  readonly order: BuildOrder;
  /** New, or empty. */
  readonly directory: string;
  readonly secrets: SecretsInPlace;
  /** The caches of a build of one platform beside others; those of the order when left out. */
  readonly cachesAlone?: (platform: Platform) => Promise<CachePlan>;
  /** The slug of the platform that is built beside others. */
  readonly slug?: string;
  /** Where the user's own outputs go; new places when left out. */
  readonly outputs?: readonly string[];
  /** Only the user's own outputs are made: no layout, no digest. */
  readonly outputsAlone?: true;
}

/** The result of one buildx run. */
export interface Leg {
  readonly layout: string;
  readonly digest: string;
  /** Where each of the user's outputs was written, in their order. */
  readonly outputs: readonly string[];
  readonly steps: readonly BuildStep[];
  readonly notes: readonly BuildNote[];
  /** What each run of buildx had to do with caches. */
  readonly caches: readonly LegCaches[];
}

/** Runs buildx once. `prefix` tells builds apart that run side by side. Throws ToolError, and Cancelled. */
export async function buildLeg(work: Work, prefix = ''): Promise<Leg> {
  const { options, builder, order, directory, secrets, slug } = work;
  const layout = join(directory, 'layout');
  const metadataFile = join(directory, 'metadata.json');
  await mkdir(directory, { recursive: true });
  throwIfCancelled(options.signal);
  const progress = readProgress(options.onLine, prefix);
  const outputs = work.outputs ?? (await privatePlaces(options.directory, order.outputs));
  const place = { builder: builder.name, layout, metadataFile, outputs, secretFiles: secrets.files };
  const ticking = setInterval(progress.tick, TICK);
  const watch = watchCaches();
  const guard = guardBuild(watch, cacheTimes(options.caches).standstill, options.signal);
  const result = await options
    .run('docker', work.outputsAlone === true ? outputArgs(order, place) : buildArgs(order, place), {
      env: buildEnvironment(options.env, order, secrets.env),
      onStderr: line => {
        progress.read(line);
        watch.read(line);
      },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      signal: guard.signal,
      ...(options.onStart && { onStart: options.onStart }),
    })
    .finally(() => {
      clearInterval(ticking);
      guard.stop();
    });
  throwIfCancelled(options.signal);
  if (result.exitCode !== 0) {
    guard.check();
    throw buildFailure(result, progress, order, options);
  }
  const platforms = order.platforms.map(platformName).join(', ');
  const notes = placeNotes(progress.notes(), order, options);
  const steps = progress.steps().map(step => (prefix === '' ? step : { ...step, name: prefix + step.name }));
  return {
    layout,
    digest: work.outputsAlone === true ? '' : await metadataDigest(metadataFile, platforms),
    outputs,
    steps,
    notes,
    caches: [legCaches(watch, order.caches.imports, slug)],
  };
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

/** Throws Cancelled when the run was ended from outside. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Cancelled('The build was cancelled.');
}

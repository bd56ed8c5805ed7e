// A build that is over + one cache -> the same build once more, with every step in the builder's cache, that writes this cache and nothing else.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOrder } from '../build/build.ts';
import type { LayerCache } from '../plan/plan.ts';
import { inOneLine, inSeconds } from './cache-answers.ts';
import { watchCaches } from './cache-progress.ts';
import type { CacheWatch, Pin } from './cache-progress.ts';
import { exportArgs } from './buildx-args.ts';
import { buildEnvironment } from './buildx-env.ts';
import type { BuildxOptions } from './buildx-run.ts';
import type { SecretsInPlace } from './build-secrets.ts';
import { ending, tail } from './command.ts';
import type { CommandResult } from './command.ts';

export interface ExportOrder {
  readonly options: BuildxOptions;
  readonly builder: string;
  /** As it was built. */
  readonly order: BuildOrder;
  readonly cache: LayerCache;
  /** What the references to base images meant then. */
  readonly pins: readonly Pin[];
  readonly secrets: SecretsInPlace;
  /** Variables that give docker the logins of the inputs, where they are needed. */
  readonly login?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export type Exported =
  | { readonly state: 'done'; readonly seconds: number; readonly layers: readonly string[] }
  /** `empty`: there was no layer to write. */
  | { readonly state: 'empty' }
  | { readonly state: 'failed'; readonly reason: string; readonly late?: boolean };

const POLICY = 'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY';

/** Ended as soon as a step is executed: then the cache would hold something else than what was shipped (rules 19). Never throws. */
export async function exportCache(work: ExportOrder): Promise<Exported> {
  const { options } = work;
  const directory = await mkdtemp(join(options.directory, 'cache-'));
  try {
    return await runExport(work, directory);
  } catch (error) {
    return { state: 'failed', reason: inOneLine(error instanceof Error ? error.message : String(error)) };
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

async function runExport(work: ExportOrder, directory: string): Promise<Exported> {
  const { options, builder, order, cache, secrets, limit, signal } = work;
  const foreign = new AbortController();
  const watch = watchCaches();
  const result = await options.run('docker', exportArgs(order, cache, { builder, secretFiles: secrets.files }), {
    env: await environmentOf(work, directory),
    timeout: limit,
    onStderr: line => {
      watch.read(line);
      if (watch.executed() !== undefined) foreign.abort();
    },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.onStart && { onStart: options.onStart }),
    signal: AbortSignal.any([signal, foreign.signal]),
  });
  const executed = watch.executed();
  if (executed !== undefined)
    return {
      state: 'failed',
      reason: `dropped, because a step was no longer in the builder's cache: ${inOneLine(executed, 120)}`,
    };
  return outcome(result, watch, limit);
}

async function environmentOf(
  { options, order, cache, pins, secrets, login }: ExportOrder,
  directory: string,
): Promise<Record<string, string>> {
  const caches = { ...order.caches, exports: [{ ...cache, automatic: false, when: 'beside' as const }] };
  const env = buildEnvironment(options.env, { ...order, caches }, secrets.env);
  // A policy of the user's own decides alone.
  if (pins.length === 0 || env[POLICY] !== undefined) return { ...env, ...login };
  const file = join(directory, 'pins.json');
  await writeFile(file, JSON.stringify({ rules: pins.map(ruleOf) }), { mode: 0o600 });
  return { ...env, ...login, [POLICY]: file };
}

/** BuildKit reads the image under its digest wherever the Dockerfile, or a build context, names it. */
function ruleOf({ reference, digest }: Pin): object {
  const identifier = `docker-image://${reference}`;
  return { action: 'CONVERT', selector: { identifier }, updates: { identifier: `${identifier}@${digest}` } };
}

function outcome(result: CommandResult, watch: CacheWatch, limit: number): Exported {
  // A large layer is sent without a word: slow and never cannot be told apart before the time is over.
  if (result.timedOut) return { state: 'failed', reason: `it was not done after ${inSeconds(limit)}`, late: true };
  const errand = watch.errands().find(({ direction }) => direction === 'written');
  const refused = errand?.error;
  if (refused !== undefined) return { state: 'failed', reason: inOneLine(refused) };
  if (result.exitCode !== 0) return { state: 'failed', reason: inOneLine(lastError(result)) };
  const layers = watch.layers();
  return errand === undefined ? { state: 'empty' } : { state: 'done', seconds: errand.seconds, layers };
}

function lastError(result: CommandResult): string {
  const line = tail(result.stderr).findLast(text => text.startsWith('ERROR: ')) ?? ending(result);
  return line.replace(/^ERROR: /, '').replace(/^(failed to build: |failed to solve: )+/, '');
}

// The settings of a builder of our own -> a docker-container builder that runs: found again from an earlier step of the job, or made, with patience for the registry.

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { splitFields } from '../plan/csv.ts';
import type { BuilderSetup } from '../plan/plan.ts';
import { bootFailure, createFailure, inspectFailure, isPassing, isUnknown } from './builder-failure.ts';
import { removeBuilder } from './builder-remove.ts';
import { isStored } from './builder-store.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { parseInspect } from './buildx-inspect.ts';
import type { Inspected } from './buildx-inspect.ts';
import { throwIfCancelled } from './buildx-run.ts';
import { IMAGES } from './pins.ts';
import { retry, Retriable, systemClock } from './registry/retry.ts';
import type { Clock, RetryPolicy } from './registry/retry.ts';

/** How a builder of our own outlives the step that makes it. */
export interface Sharing {
  /** Tells jobs apart, also those that share one machine at one time. */
  readonly job: string;
  /** Tells machines and repositories apart: for builders that outlive the job. */
  readonly machine: string;
  /** Told the name before the builder is made: whoever cleans up after the job must know it even if this process is killed. */
  readonly onCreate: (name: string) => void;
  /** True when the runner waits for seconds only: what takes longer is left to the post step. */
  readonly cancelled: () => boolean;
}

export interface OwnBuilderOrder {
  readonly setup: BuilderSetup;
  /** Entitlements that the build asks for. */
  readonly allow: readonly string[];
  /** Why it is wanted, after "because". */
  readonly because: string;
  /** The run's own private directory. */
  readonly directory: string;
  /** Where relative paths start. */
  readonly cwd: string;
  /** What else tells one builder from another: which engine. */
  readonly engine: string;
  /** Says where buildx keeps its builders; left out: buildx is asked. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Left out: a random name, known to nobody else. */
  readonly sharing?: Sharing;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** moby/buildkit v0.33.1; the only version that is known to work with everything we ask for. */
export const BUILDER_IMAGE = IMAGES.buildkit;
const DRIVER = 'docker-container';
const QUESTION = 60_000;
/** Pulling the builder's image included. */
const BOOT = 300_000;
/** Waits of 0.5 + 1 + 2 + 4 + 8 + 16 s at most; a server that lets every try run into its time limit ends it sooner. */
const PATIENCE: RetryPolicy = { tries: 7, budget: 90_000 };
const ONCE: RetryPolicy = { tries: 1, budget: 0 };

type Own = Omit<ChosenBuilder, 'buildx'>;

/**
 * Asks for one of an earlier step or job. Resolves to what gives the builder: that one, started again where it had been stopped, or a new one. That throws UserError
 * for settings that cannot be used, ToolError when it does not start, Cancelled; what it has begun to make is then removed, or (after a cancel) left to the post step.
 */
export async function findOwn(docker: Docker, order: OwnBuilderOrder): Promise<() => Promise<Own>> {
  const { setup, sharing, because } = order;
  const config = await readConfig(order);
  const image = imageOf(setup);
  const name = nameOf(order, image, config);
  const from = `from ${image}, because ${because}`;
  const when = setup.keep ? 'kept by an earlier job or step' : 'made by an earlier step of this job';
  const found = (earlier: Inspected): Own => ({ ...facts(name, earlier), created: false, reason: `${when} ${from}` });
  const there = sharing === undefined ? undefined : await lookFor(docker, name, order);
  return async () => {
    throwIfCancelled(order.signal);
    const earlier = there === undefined ? undefined : await revive(docker, there, image, order);
    if (earlier !== undefined) return found(earlier);
    if (!image.includes('@sha256:'))
      order.onLine(`builder: ${image} has no digest, so what it is may change from one run to the next`);
    // A builder that is kept is nobody's to remove.
    if (!setup.keep) sharing?.onCreate(name);
    throwIfCancelled(order.signal);
    // Another job of this machine may have made the kept one a moment ago.
    let made = sharing === undefined;
    try {
      made = (await create(docker, name, image, config, order)) || made;
      const booted = await boot(docker, name, image, order, PATIENCE);
      return made ? { ...facts(name, booted), created: true, reason: `created ${from}` } : found(booted);
    } catch (error) {
      const left = sharing !== undefined && order.signal?.aborted === true;
      if (made && !left) await removeBuilder(docker, name);
      throw error;
    }
  };
}

/** Finds or makes it at once: see findOwn(). */
export async function ownBuilder(docker: Docker, order: OwnBuilderOrder): Promise<Own> {
  return (await findOwn(docker, order))();
}

/** The image: of its own input, or as setup-buildx-action takes it. */
function imageOf({ image, driverOpts }: BuilderSetup): string {
  const options = driverOpts.flatMap(splitFields).map(field => field.trim());
  const typed = options.findLast(option => option.startsWith('image='))?.slice('image='.length);
  return image ?? typed ?? BUILDER_IMAGE;
}

/** Steps of one job with the same settings share a builder; two jobs never do, unless it is kept. */
function nameOf({ sharing, setup, allow, engine }: OwnBuilderOrder, image: string, config: string | undefined): string {
  if (sharing === undefined) return `seaworthy-${randomBytes(4).toString('hex')}`;
  const settings = digest([image, setup.driverOpts, config ?? '', buildkitdFlags(setup, allow) ?? '', engine]);
  return setup.keep
    ? `seaworthy-kept-${digest([sharing.machine])}-${settings}`
    : `seaworthy-${digest([sharing.job])}-${settings}`;
}

function digest(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);
}

/** The text of the buildkitd.toml, wherever it comes from. */
async function readConfig({ setup: { config, configInline }, cwd }: OwnBuilderOrder): Promise<string | undefined> {
  if (config === undefined) return configInline;
  try {
    return await readFile(resolve(cwd, config), 'utf8');
  } catch (cause) {
    throw new UserError(`buildkitd-config: "${config}" cannot be read: ${(cause as Error).message}`, {
      hint: 'Paths are relative to the workspace: was actions/checkout run before this step?',
      cause,
    });
  }
}

/** Undefined only when there surely is none. Throws ToolError. */
async function lookFor(docker: Docker, name: string, { env }: OwnBuilderOrder): Promise<Inspected | undefined> {
  if (env !== undefined && (await isStored(env, name)) === false) return undefined;
  const result = await docker(['buildx', 'inspect', name], { timeout: QUESTION });
  if (result.exitCode === 0) return { ...parseInspect(result.stdout), name };
  if (isUnknown(result)) return undefined;
  throw inspectFailure(result, QUESTION);
}

/** The builder when it runs, or does again; its cache is worth a start. What is left of one that does not is removed, so that it can be made anew. */
async function revive(docker: Docker, there: Inspected, image: string, order: OwnBuilderOrder): Promise<Inspected | undefined> {
  const { name, nodes, error } = there;
  const [node] = nodes;
  const broken = error ?? node?.error;
  if (broken === undefined && node?.status === 'running') return there;
  const state = broken ?? `is ${node?.status ?? 'without a node'}`;
  try {
    order.onLine(`builder ${name} is there, but not ready (${state}): it is started again`);
    return await boot(docker, name, image, order, broken === undefined ? PATIENCE : ONCE);
  } catch (failure) {
    throwIfCancelled(order.signal);
    const why = failure instanceof Error ? failure.message : String(failure);
    order.onLine(`builder ${name} cannot be used (${state}; ${why}): it is removed and made anew`);
    await removeBuilder(docker, name);
    return undefined;
  }
}

/** False when there is one of that name already. */
async function create(
  docker: Docker,
  name: string,
  image: string,
  config: string | undefined,
  order: OwnBuilderOrder,
): Promise<boolean> {
  const { setup, allow } = order;
  const options = setup.driverOpts.filter(option => !/^"?image=[^,]*"?$/.test(option));
  const flags = buildkitdFlags(setup, allow);
  const written = config === undefined ? undefined : await writePrivate(order.directory, config);
  try {
    const made = await docker(
      [
        ...['buildx', 'create', '--name', name, '--driver', DRIVER, '--driver-opt', `image=${image}`],
        ...options.flatMap(option => ['--driver-opt', option]),
        ...(flags === undefined ? [] : ['--buildkitd-flags', flags]),
        ...(written === undefined ? [] : ['--buildkitd-config', join(written, 'buildkitd.toml')]),
      ],
      { timeout: QUESTION },
    );
    if (made.exitCode === 0) return true;
    if (/existing instance/.test(made.stderr)) return false;
    throwIfCancelled(order.signal);
    throw createFailure(made, setup);
  } finally {
    if (written !== undefined) await rm(written, { recursive: true, force: true });
  }
}

/** buildx reads it once, while it creates; registries' logins may stand in it. */
async function writePrivate(directory: string, text: string): Promise<string> {
  const place = await mkdtemp(join(directory, 'buildkitd-'));
  await writeFile(join(place, 'buildkitd.toml'), text, { mode: 0o600, flag: 'wx' });
  return place;
}

async function boot(
  docker: Docker,
  name: string,
  image: string,
  order: OwnBuilderOrder,
  policy: RetryPolicy,
): Promise<Inspected> {
  const attempt = async (): Promise<Inspected> => {
    const result = await docker(['buildx', 'inspect', '--bootstrap', name], { timeout: BOOT });
    const found = parseInspect(result.stdout);
    const problem = found.error ?? found.nodes[0]?.error;
    if (result.exitCode === 0 && problem === undefined) return found;
    throwIfCancelled(order.signal);
    const failure = bootFailure(result, image, problem);
    if (!isPassing(failure)) throw failure;
    order.onLine(`builder: ${failure.message}; trying again for a while`);
    throw new Retriable(failure);
  };
  return retry(attempt, { clock: order.clock ?? systemClock, policy, signal: order.signal });
}

function facts(name: string, found: Inspected): Omit<Own, 'created' | 'reason'> {
  const buildkit = found.nodes[0]?.buildkit;
  return { name, driver: DRIVER, own: true, nodes: 1, inspected: found.nodes, ...(buildkit === undefined ? {} : { buildkit }) };
}

/**
 * The typed flags, and what the build asks for besides. buildx itself grants network.host when no flags are given at all (and docker/setup-buildx-action
 * grants everything by default: here only what "allow" names).
 */
function buildkitdFlags({ flags }: BuilderSetup, allow: readonly string[]): string | undefined {
  const asked = [...new Set(allow.map(entitlement => entitlement.split('=')[0] ?? ''))];
  const wanted =
    flags === undefined && asked.some(entitlement => entitlement !== 'network.host') ? ['network.host', ...asked] : asked;
  const missing = [...new Set(wanted)].filter(entitlement => flags === undefined || !flags.includes(entitlement));
  if (flags === undefined && missing.every(entitlement => entitlement === 'network.host')) return undefined;
  return [
    ...(flags === undefined ? [] : [flags]),
    ...missing.map(entitlement => `--allow-insecure-entitlement=${entitlement}`),
  ].join(' ');
}

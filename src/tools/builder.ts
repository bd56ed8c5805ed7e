// The builders of this machine -> the one to use, and why: the user's own if it can write an OCI layout, else one that we create.

import { ToolError, UserError } from '../errors.ts';
import { early } from '../parallel.ts';
import type { BuilderSetup } from '../plan/plan.ts';
import type { Platform } from '../plan/platform.ts';
import { findOwn } from './builder-create.ts';
import type { Sharing } from './builder-create.ts';
import { lastWords } from './builder-failure.ts';
import { lookAtBuilder } from './builder-look.ts';
import { readStoredBuilder } from './builder-store.ts';
import { atLeast, parseBuildxVersion } from './buildx-inspect.ts';
import type { BuilderNode, Inspected } from './buildx-inspect.ts';
import { ending, tail } from './command.ts';
import type { CommandResult } from './command.ts';
import type { Clock } from './registry/retry.ts';

export { BUILDER_IMAGE } from './builder-create.ts';
export { removeBuilder } from './builder-remove.ts';

export interface DockerOptions {
  /** Milliseconds. */
  readonly timeout: number;
  /** Also after the run was cancelled: for cleaning up. */
  readonly always?: boolean;
  /** Ends this command alone. */
  readonly signal?: AbortSignal;
}

/** Runs `docker` with the environment of builds. */
export type Docker = (args: readonly string[], options: DockerOptions) => Promise<CommandResult>;

export interface ChosenBuilder {
  readonly name: string;
  readonly driver: string;
  readonly nodes: number;
  readonly reason: string;
  readonly buildkit?: string;
  readonly buildx?: string;
  /** Its nodes as buildx described them last. */
  readonly inspected?: readonly BuilderNode[];
  /** True when it was made by this step. */
  readonly created: boolean;
  /** Made by this or an earlier step of ours, so it is ours to remove. */
  readonly own?: true;
}

/** What the build asks of its builder. */
export interface BuilderWish {
  /** Of the input `builder`. */
  readonly builder?: string;
  readonly setup: BuilderSetup;
  readonly allow: readonly string[];
  readonly platforms: readonly Platform[];
}

/** Where the choice is made. */
export interface BuilderPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run's own private directory. */
  readonly directory: string;
  /** Where relative paths start. */
  readonly cwd: string;
  /** Left out: a builder of our own is for this step alone. */
  readonly sharing?: Sharing;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** The installed buildx is missing or too old: another one may do. */
export class UnfitBuildx extends UserError {}

const QUESTION = 60_000;
/** The oldest that writes what we ask for: several outputs, metadata of each, `--buildkitd-config`. */
const OLDEST = [0, 13] as const;

/** Chooses the builder, and makes it where it must be made: findBuilder() and then what it gives. */
export async function chooseBuilder(docker: Docker, wish: BuilderWish, place: BuilderPlace): Promise<ChosenBuilder> {
  return (await findBuilder(docker, wish, place))();
}

/**
 * Asks which builder it is; nothing is made before what it resolves to is called. Both throw UserError when docker, buildx (UnfitBuildx) or the engine is missing, a
 * named builder does not exist, a node that is needed does not answer, or settings are refused; ToolError when a builder cannot be started.
 */
export async function findBuilder(docker: Docker, wish: BuilderWish, place: BuilderPlace): Promise<() => Promise<ChosenBuilder>> {
  const typed = wish.builder === undefined ? typedSettings(wish.setup) : [];
  // Asked at once: each question costs the start of two programs. What is missing is told by the first.
  const version = early(buildxVersion(docker));
  const own = async (because: string): Promise<() => Promise<ChosenBuilder>> => {
    const make = early(findOwn(docker, ownOrder(wish, because, place)));
    const buildx = await version;
    const ready = await make;
    return async () => ({ ...(await ready()), ...(buildx !== undefined && { buildx }) });
  };
  if (typed.length > 0)
    return own(`${typed.map(name => `"${name}"`).join(' and ')} ${typed.length === 1 ? 'asks' : 'ask'} for one of our own`);

  const { found, reason } = await firstOf(version, chooseExisting(docker, wish, place));
  if (found === undefined) return own(reason);
  const buildx = await version;
  const chosen = { ...described(found), created: false, reason, ...(buildx !== undefined && { buildx }) };
  return () => Promise.resolve(chosen);
}

/** The second, unless the first fails: then its failure is the one that is told. */
async function firstOf<T>(first: Promise<unknown>, second: Promise<T>): Promise<T> {
  void early(second);
  await first;
  return second;
}

/** A builder that is there, or why one of our own is needed. */
async function chooseExisting(
  docker: Docker,
  wish: BuilderWish,
  place: BuilderPlace,
): Promise<{ readonly found?: Inspected; readonly reason: string }> {
  const stored = await readStoredBuilder(place.env, wish.builder);
  // What buildx keeps in a file is hardly ever the engine itself.
  const store = wish.builder === undefined && stored === undefined ? early(askStore(docker)) : undefined;
  const found = await lookAtBuilder(docker, wish, place, stored);
  if (wish.builder !== undefined) return { found, reason: 'named by the input "builder"' };
  if (found.driver !== 'docker' && found.driver !== '')
    return { found, reason: `the current builder, and its driver (${found.driver}) writes OCI layouts` };
  const context = found.nodes[0]?.endpoint ?? 'default';
  const asked = context === 'default' ? (store ?? askStore(docker)) : askStore(docker, context);
  if (!(await asked)) return { reason: "the engine's classic image store cannot write OCI layouts" };
  // moby/moby, daemon/internal/builder-next: only network.host is granted unless the engine's configuration says more.
  if (wish.allow.includes('security.insecure')) return { reason: "the engine's own builder does not grant security.insecure" };
  return { found, reason: 'the engine has the containerd image store, so its own builder writes OCI layouts' };
}

/** The inputs that only make sense for a builder of our own. */
function typedSettings({ image, driverOpts, config, configInline, flags }: BuilderSetup): string[] {
  const typed: readonly (readonly [string, boolean])[] = [
    ['builder-image', image !== undefined],
    ['driver-opts', driverOpts.length > 0],
    ['buildkitd-config', config !== undefined],
    ['buildkitd-config-inline', configInline !== undefined],
    ['buildkitd-flags', flags !== undefined],
  ];
  return typed.filter(([, given]) => given).map(([name]) => name);
}

function ownOrder(
  { setup, allow }: BuilderWish,
  because: string,
  { env, ...place }: BuilderPlace,
): Parameters<typeof findOwn>[1] {
  return {
    ...place,
    setup,
    allow,
    because,
    env,
    engine: [env['DOCKER_HOST'], env['DOCKER_CONTEXT'], env['DOCKER_CONFIG']].join('\n'),
  };
}

async function buildxVersion(docker: Docker): Promise<string | undefined> {
  const result = await docker(['buildx', 'version'], { timeout: QUESTION }).catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
    throw new UserError(error.message, {
      hint: 'Use a runner with Docker (GitHub-hosted ubuntu runners have it), or install Docker with buildx before this step.',
      cause: error,
    });
  });
  const oldest = OLDEST.join('.');
  const wayOut = `Name a version in "buildx-version" that Seaworthy downloads and verifies, update the package docker-buildx-plugin, or run docker/setup-buildx-action before this step.`;
  if (result.exitCode !== 0) throw new UnfitBuildx(`docker has no usable buildx: ${buildxWords(result)}`, { hint: wayOut });
  const version = parseBuildxVersion(result.stdout);
  if (version !== undefined && !atLeast(version, ...OLDEST))
    throw new UnfitBuildx(`buildx ${version} is too old: ${oldest} or newer is needed`, { hint: wayOut });
  return version;
}

/** Docker without the plugin says what is missing first, and then how to get help. */
function buildxWords(result: CommandResult): string {
  return (tail(result.stderr)[0] ?? ending(result, QUESTION)).replace(/^(ERROR|docker): /, '');
}

/** Whether the engine behind a docker-driver builder has the containerd image store; `context` left out: the engine that docker speaks to anyway. */
async function askStore(docker: Docker, context?: string): Promise<boolean> {
  const where = context === undefined ? [] : ['--context', context];
  const result = await docker([...where, 'info', '--format', '{{json .DriverStatus}}'], { timeout: QUESTION });
  if (result.exitCode !== 0) {
    throw new UserError(`The Docker engine does not answer: ${lastWords(result)}`, {
      hint: 'Start Docker before this step (GitHub-hosted ubuntu runners have it running), or name a remote builder with "builder".',
    });
  }
  return result.stdout.includes('io.containerd.snapshotter');
}

function described(found: Inspected): Omit<ChosenBuilder, 'buildx' | 'created' | 'reason'> {
  const buildkit = found.nodes.find(node => node.buildkit !== undefined)?.buildkit;
  return {
    name: found.name,
    driver: found.driver,
    nodes: Math.max(1, found.nodes.length),
    inspected: found.nodes,
    ...(buildkit === undefined ? {} : { buildkit }),
  };
}

// The builders of this machine -> the one to use, and why: the user's own if it can write an OCI layout, else one that we create.

import { ToolError, UserError } from '../errors.ts';
import { early } from '../parallel.ts';
import type { BuilderSetup } from '../plan/plan.ts';
import type { Platform } from '../plan/platform.ts';
import { ownBuilder } from './builder-create.ts';
import type { Sharing } from './builder-create.ts';
import { lastWords } from './builder-failure.ts';
import { describeStored, findDeadNodes, judgeNodes } from './builder-nodes.ts';
import { readStoredBuilder } from './builder-store.ts';
import type { StoredBuilder } from './builder-store.ts';
import { atLeast, parseBuildxVersion, parseInspect } from './buildx-inspect.ts';
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
/** A cluster or a cloud may have to wake up; buildx itself gives its nodes 20 s. */
const INSPECTION = 30_000;
/** The oldest that writes what we ask for: several outputs, metadata of each, `--buildkitd-config`. */
const OLDEST = [0, 13] as const;

/**
 * Chooses the builder. Throws UserError when docker, buildx (UnfitBuildx) or the engine is missing, a named builder does not exist, a node that is needed does not
 * answer, or settings are refused; ToolError when a builder cannot be started.
 */
export async function chooseBuilder(docker: Docker, wish: BuilderWish, place: BuilderPlace): Promise<ChosenBuilder> {
  const typed = wish.builder === undefined ? typedSettings(wish.setup) : [];
  const make = async (because: string): Promise<ChosenBuilder> =>
    withBuildx(await ownBuilder(docker, ownOrder(wish, because, place)));
  // Asked at once: each question costs the start of two programs. What is missing is told by the first.
  const looking = typed.length > 0 ? undefined : early(look(docker, wish, place));
  const buildx = await buildxVersion(docker);
  const withBuildx = (chosen: Omit<ChosenBuilder, 'buildx'>): ChosenBuilder => ({
    ...chosen,
    ...(buildx !== undefined && { buildx }),
  });
  if (looking === undefined)
    return make(`${typed.map(name => `"${name}"`).join(' and ')} ${typed.length === 1 ? 'asks' : 'ask'} for one of our own`);

  const found = await looking;
  const use = (reason: string): ChosenBuilder => withBuildx({ ...described(found), created: false, reason });
  if (wish.builder !== undefined) return use('named by the input "builder"');
  if (found.driver !== 'docker' && found.driver !== '')
    return use(`the current builder, and its driver (${found.driver}) writes OCI layouts`);
  if (!(await hasContainerdStore(docker, found))) return make("the engine's classic image store cannot write OCI layouts");
  // moby/moby, daemon/internal/builder-next: only network.host is granted unless the engine's configuration says more.
  if (wish.allow.includes('security.insecure')) return make("the engine's own builder does not grant security.insecure");
  return use('the engine has the containerd image store, so its own builder writes OCI layouts');
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
): Parameters<typeof ownBuilder>[1] {
  return {
    ...place,
    setup,
    allow,
    because,
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

/** The named or the current builder, when every node that is needed is alive. buildx gives a node that is stuck 20 s, and a build that needs it 40: remote ones are greeted by us. */
async function look(docker: Docker, wish: BuilderWish, { env, onLine, signal }: BuilderPlace): Promise<Inspected> {
  const stop = new AbortController();
  let known: Inspected | undefined;
  const inspecting = early(inspect(docker, wish.builder, stop.signal).then(found => (known = found)));
  const stored = await readStoredBuilder(env, wish.builder);
  const dead = stored?.driver === 'remote' ? await findDeadNodes(stored, signal) : new Map<number, string>();
  const found = stored === undefined || dead.size === 0 ? await inspecting : atOnce(stored, dead, known);
  stop.abort();
  const problems = await findProblems(docker, found);
  for (const warning of judgeNodes(found, wish.platforms, problems)) onLine(warning);
  return found;
}

/** Nodes did not greet: what buildx says is only taken when it has said it already. */
function atOnce(stored: StoredBuilder, dead: ReadonlyMap<number, string>, known: Inspected | undefined): Inspected {
  if (known?.nodes.length !== stored.nodes.length) return describeStored(stored, dead);
  const nodes = known.nodes.map((node, place) => {
    const error = dead.get(place);
    return error === undefined || node.status === 'running' ? node : { ...node, error };
  });
  return { ...known, nodes };
}

/** What is wrong with which node. Nodes of docker-container and kubernetes builders that do not run yet are started by the build. */
async function findProblems(docker: Docker, { driver, nodes }: Inspected): Promise<ReadonlyMap<number, string>> {
  if (driver !== 'remote' && driver !== 'docker-container' && nodes.length < 2) return new Map();
  const problems = nodes.map(async (node): Promise<string | undefined> => {
    if (driver === 'remote')
      return node.error ?? (node.status === 'running' ? undefined : `does not answer (${node.status ?? 'no status'})`);
    if (node.error === undefined) return undefined;
    const state = driver === 'docker-container' ? await containerState(docker, node) : undefined;
    return `cannot be used: ${state ?? node.error}`;
  });
  const found = await Promise.all(problems);
  return new Map(found.flatMap((problem, at) => (problem === undefined ? [] : [[at, problem] as const])));
}

/** What the engine says of a node's container, when that explains anything. */
async function containerState(docker: Docker, { name, endpoint }: BuilderNode): Promise<string | undefined> {
  const engine = endpoint === '' || endpoint === 'default' ? [] : [endpoint.includes('://') ? '--host' : '--context', endpoint];
  const format = '{{.State.Status}}, exit code {{.State.ExitCode}}{{if .State.OOMKilled}}, out of memory{{end}}';
  const asked = await docker([...engine, 'inspect', '--format', format, `buildx_buildkit_${name}`], {
    timeout: INSPECTION,
  }).catch(() => undefined);
  if (asked?.exitCode !== 0) return undefined;
  const [status = ''] = asked.stdout.split(',');
  if (status === 'running') return undefined;
  return `its container is ${status === 'paused' ? `paused (docker unpause buildx_buildkit_${name})` : asked.stdout.trim()}`;
}

async function inspect(docker: Docker, name: string | undefined, signal: AbortSignal): Promise<Inspected> {
  const result = await docker(['buildx', 'inspect', ...(name === undefined ? [] : [name])], { timeout: INSPECTION, signal });
  if (result.exitCode === 0) return parseInspect(result.stdout);
  if (name !== undefined && /no builder/.test(result.stderr)) {
    throw new UserError(`There is no builder "${name}", which the input "builder" names`, {
      hint: 'Pass the output "name" of docker/setup-buildx-action, or leave "builder" out. `docker buildx ls` lists what is there.',
    });
  }
  throw new ToolError(`docker buildx inspect failed: ${lastWords(result, INSPECTION)}`, {
    tool: 'docker buildx inspect',
    tail: tail(result.stderr),
    ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
    ...(result.timedOut && {
      hint: 'The builder (its cluster, cloud or engine) does not answer: look after it, or name another one with "builder".',
    }),
  });
}

/** Asks the engine behind a docker-driver builder. */
async function hasContainerdStore(docker: Docker, builder: Inspected): Promise<boolean> {
  const context = builder.nodes[0]?.endpoint ?? 'default';
  const where = context === 'default' ? [] : ['--context', context];
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

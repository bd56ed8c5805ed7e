// The builders of this machine -> the one to use, and why: the user's own if it can write an OCI layout, else one that we create.

import { randomBytes } from 'node:crypto';
import { ToolError, UserError } from '../errors.ts';
import { atLeast, parseBuildxVersion, parseInspect } from './buildx-inspect.ts';
import type { BuilderNode, Inspected } from './buildx-inspect.ts';
import { ending, tail } from './command.ts';
import type { CommandResult } from './command.ts';

/** moby/buildkit v0.33.1; the only version that is known to work with everything we ask for. */
export const BUILDER_IMAGE = 'moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea';

/** Runs `docker` with the environment of builds; `timeout` in milliseconds. */
export type Docker = (args: readonly string[], options: { readonly timeout: number }) => Promise<CommandResult>;

export interface ChosenBuilder {
  readonly name: string;
  readonly driver: string;
  readonly nodes: number;
  readonly reason: string;
  readonly buildkit?: string;
  readonly buildx?: string;
  /** Its nodes as buildx described them last. */
  readonly inspected?: readonly BuilderNode[];
  /** True when it was made for this run and must be removed. */
  readonly created: boolean;
}

const QUESTION = 60_000;
/** Pulling the builder's image included. */
const BOOT = 300_000;

/**
 * Chooses the builder. Throws UserError when docker, buildx or the engine is missing, or a named builder does not exist; ToolError when a
 * builder cannot be created.
 */
export async function chooseBuilder(
  docker: Docker,
  wish: { readonly builder?: string; readonly image?: string; readonly allow?: readonly string[] },
): Promise<ChosenBuilder> {
  // Asked at once: each question costs the start of two programs. What is missing is told by the first.
  const inspecting = inspect(docker, wish.builder);
  inspecting.catch(() => undefined);
  const buildx = await buildxVersion(docker);
  const found = await inspecting;
  const base = { ...(buildx === undefined ? {} : { buildx }), created: false };
  if (wish.builder !== undefined) return { ...base, ...described(found), reason: 'named by the input "builder"' };
  if (found.driver !== 'docker' && found.driver !== '') {
    return { ...base, ...described(found), reason: `the current builder, and its driver (${found.driver}) writes OCI layouts` };
  }
  if (await hasContainerdStore(docker, found)) {
    return {
      ...base,
      ...described(found),
      reason: 'the engine has the containerd image store, so its own builder writes OCI layouts',
    };
  }
  return { ...base, ...(await create(docker, wish.image ?? BUILDER_IMAGE, wish.allow ?? [])) };
}

/** Removes a builder that was created here, its container and its cache. Resolves to what went wrong, if something did. */
export async function removeBuilder(docker: Docker, name: string): Promise<string | undefined> {
  try {
    const result = await docker(['buildx', 'rm', '--force', name], { timeout: QUESTION });
    return result.exitCode === 0 ? undefined : (tail(result.stderr, 1)[0] ?? ending(result, QUESTION));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function buildxVersion(docker: Docker): Promise<string | undefined> {
  const result = await docker(['buildx', 'version'], { timeout: QUESTION }).catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
    throw new UserError(error.message, {
      hint: 'Use a runner with Docker (GitHub-hosted ubuntu runners have it), or install Docker with buildx before this step.',
      cause: error,
    });
  });
  if (result.exitCode !== 0) {
    throw new UserError(`docker has no usable buildx: ${buildxWords(result)}`, {
      hint: 'Install the buildx plugin (package docker-buildx-plugin), or run docker/setup-buildx-action before this step.',
    });
  }
  const version = parseBuildxVersion(result.stdout);
  if (version !== undefined && !atLeast(version, 0, 13)) {
    throw new UserError(`buildx ${version} is too old: 0.13 or newer is needed`, {
      hint: 'Update the package docker-buildx-plugin, or run docker/setup-buildx-action before this step.',
    });
  }
  return version;
}

/** Docker without the plugin says what is missing first, and then how to get help. */
function buildxWords(result: CommandResult): string {
  return (tail(result.stderr)[0] ?? ending(result, QUESTION)).replace(/^(ERROR|docker): /, '');
}

async function inspect(docker: Docker, name?: string): Promise<Inspected> {
  const result = await docker(['buildx', 'inspect', ...(name === undefined ? [] : [name])], { timeout: QUESTION });
  if (result.exitCode === 0) return parseInspect(result.stdout);
  if (name !== undefined && /no builder/.test(result.stderr)) {
    throw new UserError(`There is no builder "${name}", which the input "builder" names`, {
      hint: 'Pass the output "name" of docker/setup-buildx-action, or leave "builder" out. `docker buildx ls` lists what is there.',
    });
  }
  throw new ToolError(`docker buildx inspect failed: ${lastWords(result)}`, {
    tool: 'docker buildx inspect',
    tail: tail(result.stderr),
    ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
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

async function create(docker: Docker, image: string, allow: readonly string[]): Promise<Omit<ChosenBuilder, 'buildx'>> {
  const name = `seaworthy-${randomBytes(4).toString('hex')}`;
  const driver = 'docker-container';
  const options = ['--name', name, '--driver', driver, '--driver-opt', `image=${image}`, ...entitlementFlags(allow)];
  const made = await docker(['buildx', 'create', ...options], { timeout: QUESTION });
  if (made.exitCode !== 0) throw notCreated(made, image);
  const booted = await docker(['buildx', 'inspect', '--bootstrap', name], { timeout: BOOT }).catch(async (error: unknown) => {
    await removeBuilder(docker, name);
    throw error;
  });
  const found = parseInspect(booted.stdout);
  const problem = found.error ?? found.nodes[0]?.error;
  if (booted.exitCode !== 0 || problem !== undefined) {
    await removeBuilder(docker, name);
    throw notCreated(booted, image, problem);
  }
  const { buildkit, inspected } = described(found);
  return {
    name,
    driver,
    nodes: 1,
    created: true,
    reason: `created from ${image}, because the engine's classic image store cannot write OCI layouts`,
    inspected,
    ...(buildkit === undefined ? {} : { buildkit }),
  };
}

/** A builder of our own grants what the build asks for; buildx itself grants network.host when no flags are given. */
function entitlementFlags(allow: readonly string[]): string[] {
  const granted = [...new Set(allow.map(entitlement => entitlement.split('=')[0] ?? ''))];
  if (granted.every(entitlement => entitlement === 'network.host')) return [];
  const flags = [...new Set(['network.host', ...granted])].map(entitlement => `--allow-insecure-entitlement=${entitlement}`);
  return ['--buildkitd-flags', flags.join(' ')];
}

function notCreated(result: CommandResult, image: string, problem?: string): ToolError {
  return new ToolError(`A builder from ${image} could not be started: ${problem ?? lastWords(result)}`, {
    tool: 'docker buildx create',
    tail: tail(result.stderr),
    hint: 'If that image cannot be pulled here, name a mirror with "builder-image"; or turn on the containerd image store of the engine, or bring a builder (docker/setup-buildx-action).',
    ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
  });
}

function described(
  found: Inspected,
): Pick<ChosenBuilder, 'name' | 'driver' | 'nodes' | 'buildkit'> & { readonly inspected: readonly BuilderNode[] } {
  const buildkit = found.nodes.find(node => node.buildkit !== undefined)?.buildkit;
  return {
    name: found.name,
    driver: found.driver,
    nodes: Math.max(1, found.nodes.length),
    inspected: found.nodes,
    ...(buildkit === undefined ? {} : { buildkit }),
  };
}

/** The line that says most: the last error, else the last line of standard error, else of standard output. */
function lastWords(result: CommandResult): string {
  const errors = tail(result.stderr);
  const line = errors.findLast(text => /^ERROR: /.test(text)) ?? errors.at(-1) ?? tail(result.stdout, 1)[0];
  return (line ?? ending(result, QUESTION)).replace(/^(ERROR|docker): /, '');
}

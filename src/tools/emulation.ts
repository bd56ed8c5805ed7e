// Foreign platforms + a builder -> emulators that are there before the build, or the reason why not.

import { setTimeout } from 'node:timers/promises';
import type { BuildFacts } from '../build/build.ts';
import type { Emulation } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { ChosenBuilder, Docker } from './builder.ts';
import { parseInspect } from './buildx-inspect.ts';
import type { BuilderNode } from './buildx-inspect.ts';
import { ending, tail } from './command.ts';
import type { CommandResult } from './command.ts';
import { emulationNeed, emulatorNames, names } from './emulation-need.ts';
import { IMAGES } from './pins.ts';

export interface EmulationOrder {
  readonly docker: Docker;
  readonly builder: Pick<ChosenBuilder, 'name' | 'driver' | 'inspected'>;
  readonly platforms: readonly Platform[];
  readonly wish: Emulation;
  /** Told what is registered, and why something is not. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Milliseconds before the second and the third try. */
  readonly pauses?: readonly number[];
}

/** How it stands with the platforms of one build. */
export interface EmulationState {
  readonly nodes: readonly BuilderNode[];
  /** For the record: what runs under emulation. */
  readonly emulated?: NonNullable<BuildFacts['emulated']>;
  /** What cannot be run, as far as is known, and why. A build that only copies into it, or cross-compiles, does without. */
  readonly absent?: { readonly platforms: readonly Platform[]; readonly reason: string };
}

const QUESTION = 60_000;
/** Starting a builder, pulling its image included. */
const BOOT = 300_000;
/** Pulling the image of the emulators (about 30 MB) included. */
const INSTALL = 180_000;
const PAUSES = [2_000, 6_000];
/** Programs of QEMU that the images of BuildKit bring along, by architecture (moby/buildkit, solver/llbsolver/ops/exec_binfmt.go). */
const BUILDKIT_QEMU: Readonly<Record<string, string>> = {
  '386': 'i386',
  amd64: 'x86_64',
  arm: 'arm',
  arm64: 'aarch64',
  ppc64le: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/**
 * Registers emulators for wanted platforms that the builder does not list. Never throws for want of one: a Dockerfile that only copies, or cross-compiles, needs
 * none. What is registered stays until the machine is started again, as with docker/setup-qemu-action.
 */
export async function prepareEmulation(order: EmulationOrder): Promise<EmulationState> {
  const nodes = await listedNodes(order);
  const { listed, missing, hopeless } = emulationNeed(order.platforms, nodes);
  const before = listed.length === 0 ? undefined : `${names(listed)}: the builder lists it, so an emulator was there already`;
  if (missing.length === 0) {
    const reason = 'nothing emulates it';
    return state(nodes, listed, before, hopeless.length === 0 ? undefined : { platforms: hopeless, reason });
  }
  const outcome = await provide(order, nodes, missing);
  order.onLine(`emulation: ${outcome.reason}`);
  const reasons = [...(before === undefined ? [] : [before]), ...(outcome.there.length === 0 ? [] : [outcome.reason])];
  const still = missing.filter(one => !outcome.there.includes(one));
  const absent = [...still, ...hopeless];
  return state(
    outcome.nodes,
    [...listed, ...outcome.there],
    reasons.join('; '),
    absent.length === 0 ? undefined : { platforms: absent, reason: still.length === 0 ? 'nothing emulates it' : outcome.reason },
  );
}

function state(
  nodes: readonly BuilderNode[],
  emulated: readonly Platform[],
  reason: string | undefined,
  absent: EmulationState['absent'],
): EmulationState {
  return {
    nodes,
    ...(emulated.length > 0 && { emulated: { platforms: emulated.map(platformName), reason: reason ?? '' } }),
    ...(absent && { absent }),
  };
}

/** A builder that is not running lists nothing; the build would start it anyway. */
async function listedNodes({ docker, builder: { name, inspected = [] } }: EmulationOrder): Promise<readonly BuilderNode[]> {
  if (inspected.some(({ platforms }) => platforms !== undefined)) return inspected;
  const result = await docker(['buildx', 'inspect', '--bootstrap', name], { timeout: BOOT }).catch(() => undefined);
  return result?.exitCode === 0 ? parseInspect(result.stdout).nodes : inspected;
}

interface Outcome {
  readonly there: readonly Platform[];
  readonly nodes: readonly BuilderNode[];
  readonly reason: string;
}

async function provide(order: EmulationOrder, nodes: readonly BuilderNode[], missing: readonly Platform[]): Promise<Outcome> {
  const { builder, wish } = order;
  const nothing = (reason: string): Outcome => ({ there: [], nodes, reason: `${names(missing)}: ${reason}` });
  const own = await bundledEmulators(order, nodes, missing);
  if (own.length === missing.length)
    return { there: own, nodes, reason: `${names(own)}: the builder's image brings the emulator` };
  if (wish.mode === 'off') return nothing('no emulator is registered, because qemu is "off"');
  if (builder.driver !== 'docker' && builder.driver !== 'docker-container')
    return nothing(
      `no node of the builder ${builder.name} runs it, and its machines (driver ${builder.driver}) are not ours to change`,
    );
  return register(order, nodes, missing);
}

/** Steps of docker-container builders run with the emulators of their own image, which no list shows. */
async function bundledEmulators(
  { docker, builder }: EmulationOrder,
  nodes: readonly BuilderNode[],
  missing: readonly Platform[],
): Promise<readonly Platform[]> {
  const [node] = nodes;
  if (builder.driver !== 'docker-container' || node === undefined) return [];
  const asked = missing.map(async platform => {
    const qemu = BUILDKIT_QEMU[platform.architecture];
    if (qemu === undefined) return [];
    const command = ['exec', `buildx_buildkit_${node.name}`, `buildkit-qemu-${qemu}`, '-version'];
    const answer = await docker([...engineOf(node), ...command], { timeout: QUESTION }).catch(() => undefined);
    return answer?.exitCode === 0 ? [platform] : [];
  });
  return (await Promise.all(asked)).flat();
}

async function register(order: EmulationOrder, nodes: readonly BuilderNode[], missing: readonly Platform[]): Promise<Outcome> {
  const { docker, builder, wish, onLine } = order;
  const image = wish.image ?? IMAGES.binfmt;
  if (!image.includes('@sha256:'))
    onLine(`binfmt-image: ${image} has no digest, so what runs there with all rights of the engine can change from run to run`);
  const result = await runImage(order, image, [...engineOf(nodes[0])], missing);
  if (typeof result === 'string') return { there: [], nodes, reason: `${names(missing)}: ${image} could not be run: ${result}` };
  const told = toldBy(result, missing);
  // BuildKit looks at its emulators anew only after 20 seconds (util/archutil): its list may still be the old one, while its steps run already.
  const asked =
    told.length === missing.length ? undefined : await docker(['buildx', 'inspect', builder.name], { timeout: QUESTION });
  const now = asked?.exitCode === 0 ? parseInspect(asked.stdout).nodes : nodes;
  const unlisted = emulationNeed(missing, now).missing;
  const there = missing.filter(one => told.includes(one) || !unlisted.includes(one));
  const left = missing.filter(one => !there.includes(one));
  const done = there.length === 0 ? [] : [`${names(there)}: the emulator was registered with ${image}`];
  const not = left.length === 0 ? [] : [`${names(left)}: ${image} ran, but it is not there (${lastWord(result)})`];
  return { there, nodes: now, reason: [...done, ...not].join('; ') };
}

/** Runs the image, up to three times where another try may help. Resolves to what went wrong, in words, or to the result. */
async function runImage(
  { docker, signal, pauses = PAUSES }: EmulationOrder,
  image: string,
  engine: readonly string[],
  missing: readonly Platform[],
): Promise<CommandResult | string> {
  const args = [...engine, 'run', '--privileged', '--rm', image, '--install', emulatorNames(missing)];
  for (let tries = 0; ; tries += 1) {
    const result = await docker(args, { timeout: INSTALL }).catch((error: unknown) => String(error));
    if (typeof result !== 'string' && result.exitCode === 0) return result;
    const problem = typeof result === 'string' ? result : lastWord(result);
    const next = pauses[tries];
    if (typeof result === 'string' || result.timedOut || !isPassing(result) || next === undefined) return problem;
    await setTimeout(next, undefined, signal && { signal }).catch(() => undefined);
  }
}

/** What the image says it registered, or found registered: a line per architecture, and what the machine now runs as JSON. */
function toldBy({ stdout, stderr }: CommandResult, missing: readonly Platform[]): readonly Platform[] {
  const lines = [...stderr.matchAll(/^installing: (\S+) (?:OK|.* already registered)$/gm)].map(([, name]) => name);
  const supported = /"supported":\s*\[([^\]]*)\]/.exec(stdout)?.[1] ?? '';
  const runs = new Set([...supported.matchAll(/"linux\/([^"/]+)/g)].map(([, name]) => name));
  return missing.filter(({ architecture }) => lines.includes(architecture) || runs.has(architecture));
}

/** Exit code 125 is Docker's own: the image could not be pulled, or the container not made. What a registry or engine refuses stays refused. */
function isPassing({ exitCode, stderr }: CommandResult): boolean {
  return (
    exitCode === 125 &&
    !/not found|manifest unknown|no such image|denied|unauthorized|authentication|privileged|not permitted|invalid/i.test(stderr)
  );
}

/** The image ends well whatever comes of it, and says so in a line per architecture. */
function lastWord(result: CommandResult): string {
  const lines = tail(result.stderr).filter(line => !/^(?:See|Run) '?docker /.test(line));
  const line = lines.findLast(text => text.startsWith('installing: ') || /error/i.test(text)) ?? lines.at(-1);
  return (line ?? ending(result, INSTALL)).replace(/^(?:docker: |Error response from daemon: )+/, '');
}

/** Arguments that name the engine of a node: its endpoint is the name of a context, or an address. */
function engineOf(node: BuilderNode | undefined): readonly string[] {
  const endpoint = node?.endpoint ?? 'default';
  if (endpoint === 'default' || endpoint === '') return [];
  return endpoint.includes('://') ? ['--host', endpoint] : ['--context', endpoint];
}

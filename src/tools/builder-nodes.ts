// The nodes of a builder + the wanted platforms -> which node builds what, and whether those that are needed are alive.

import { UserError } from '../errors.ts';
import { platformName, samePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { BuilderNode, Inspected } from './buildx-inspect.ts';
import type { StoredBuilder } from './builder-store.ts';
import { probeEndpoint } from './probe-endpoint.ts';

/** A node as far as choosing needs it. */
type Listed = Pick<BuilderNode, 'platforms'>;

/**
 * For each platform the place of the node that buildx sends it to: the first one that was given this platform by `--platform`, else the first that lists it (buildx then
 * asks all nodes for their lists), else the first of all (docker/buildx, build/resolver/driver.go).
 */
export function assignNodes(nodes: readonly Listed[], platforms: readonly Platform[]): readonly number[] {
  return platforms.map(wanted => {
    const given = givenNode(nodes, wanted);
    if (given !== -1) return given;
    return Math.max(
      0,
      nodes.findIndex(({ platforms: listed = [] }) => listed.some(entry => samePlatform(entry.platform, wanted))),
    );
  });
}

/** True when the platforms go to more than one node: then buildx writes no layout, and each is built on its own. */
export function isSpread(nodes: readonly Listed[], platforms: readonly Platform[]): boolean {
  return new Set(assignNodes(nodes, platforms)).size > 1;
}

function givenNode(nodes: readonly Listed[], wanted: Platform): number {
  return nodes.findIndex(({ platforms = [] }) => platforms.some(entry => entry.given && samePlatform(entry.platform, wanted)));
}

/** What is wrong with each node of a remote builder that does not answer, by its place; asked all at once. */
export async function findDeadNodes({ nodes }: StoredBuilder, signal?: AbortSignal): Promise<ReadonlyMap<number, string>> {
  const asked = nodes.map(({ endpoint, options }) => probeEndpoint(endpoint, { options, ...(signal && { signal }) }));
  const problems = await Promise.all(asked);
  return new Map(problems.flatMap((problem, place) => (problem === undefined ? [] : [[place, problem] as const])));
}

/** What is known of a stored builder whose nodes were only greeted. */
export function describeStored({ name, driver, nodes }: StoredBuilder, dead: ReadonlyMap<number, string>): Inspected {
  return {
    name,
    driver,
    nodes: nodes.map(({ name: node, endpoint, platforms }, place) => {
      const error = dead.get(place);
      return {
        name: node,
        endpoint,
        ...(platforms.length > 0 && { platforms: platforms.map(platform => ({ platform, given: true })) }),
        ...(error === undefined ? { status: 'running' } : { error }),
      };
    }),
  };
}

/**
 * Warnings for dead nodes that nothing needs. Throws UserError when one is needed: because a wanted platform was given to it, or because one was given to no node
 * (then buildx asks every node, and fails at the dead one).
 */
export function judgeNodes(
  { name, nodes }: Inspected,
  platforms: readonly Platform[],
  problems: ReadonlyMap<number, string>,
): readonly string[] {
  if (problems.size === 0) return [];
  const homes = platforms.map(platform => ({ platform, home: givenNode(nodes, platform) }));
  const homeless = homes.filter(({ home }) => home === -1).map(({ platform }) => platformName(platform));
  const needed = [...problems].map(([place, problem]) => ({
    place,
    text: `the node "${nodes[place]?.name ?? ''}" (${nodes[place]?.endpoint ?? ''}) ${problem}`,
    platforms: [...homes.filter(({ home }) => home === place).map(({ platform }) => platformName(platform)), ...homeless],
  }));
  const missed = needed.filter(node => node.platforms.length > 0);
  if (missed.length === 0) return needed.map(({ text }) => `builder ${name}: ${text}; no wanted platform needs it`);
  const said = missed.map(({ text, platforms: wants }) => `${text}; needed for ${wants.join(', ')}`);
  throw new UserError(`Builder "${name}": ${said.join('. And ')}`, {
    hint: wayOut(
      name,
      missed.map(({ place }) => nodes[place]?.name ?? ''),
      nodes.length,
      homeless,
    ),
  });
}

function wayOut(name: string, dead: readonly string[], count: number, homeless: readonly string[]): string {
  const start = 'Start it again, or correct its endpoint';
  if (count === 1) return `${start}; or leave "builder" out, and Seaworthy uses the engine of this machine.`;
  const leave = dead.map(node => `docker buildx create --name ${name} --node ${node} --leave`).join('; ');
  const spread =
    homeless.length === 0
      ? 'or build its platforms elsewhere'
      : `${homeless.join(', ')} ${homeless.length === 1 ? 'was' : 'were'} given to no node, so every node is asked: name the platforms of each node when it is created (--platform)`;
  return `${start}; or take it out of the builder (${leave}); ${spread}.`;
}

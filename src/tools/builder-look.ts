// The named or the current builder -> what buildx says of it, once every node that is needed is alive.

import { UserError } from '../errors.ts';
import { early } from '../parallel.ts';
import { inspectFailure, isUnknown } from './builder-failure.ts';
import { describeStored, findDeadNodes, judgeNodes } from './builder-nodes.ts';
import type { StoredBuilder } from './builder-store.ts';
import type { BuilderPlace, BuilderWish, Docker } from './builder.ts';
import { parseInspect } from './buildx-inspect.ts';
import type { BuilderNode, Inspected } from './buildx-inspect.ts';

/** A cluster or a cloud may have to wake up; buildx itself gives its nodes 20 s. */
const INSPECTION = 30_000;

/**
 * buildx gives a node that is stuck 20 s, and a build that needs it 40: remote ones are greeted by us. `stored`: what buildx keeps of this builder in a file.
 * Throws UserError when there is none, or a node that is needed does not answer; ToolError when buildx does not.
 */
export async function lookAtBuilder(
  docker: Docker,
  wish: BuilderWish,
  { onLine, signal }: BuilderPlace,
  stored: StoredBuilder | undefined,
): Promise<Inspected> {
  const [stop, answered] = [new AbortController(), new AbortController()];
  let known: Inspected | undefined;
  const inspecting = early(inspect(docker, wish.builder, stop.signal).then(found => (known = found)));
  // Whoever has answered buildx need not greet us.
  void inspecting.then(
    ({ nodes }) => nodes.every(({ status }) => status === 'running') && answered.abort(),
    () => undefined,
  );
  const until = signal === undefined ? answered.signal : AbortSignal.any([signal, answered.signal]);
  const dead = stored?.driver === 'remote' ? await findDeadNodes(stored, until) : new Map<number, string>();
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
  if (name === undefined || !isUnknown(result)) throw inspectFailure(result, INSPECTION);
  throw new UserError(`There is no builder "${name}", which the input "builder" names`, {
    hint: 'Pass the output "name" of docker/setup-buildx-action, or leave "builder" out. `docker buildx ls` lists what is there.',
  });
}

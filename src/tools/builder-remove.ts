// The name of a builder of ours -> nothing left of it: not in buildx, not in the engine. Loaded by the post step, so it brings nothing else along.

import type { Docker } from './builder.ts';

const LIMIT = 60_000;

/** Removes the builder, its container and its cache, whatever is left of it; that nothing is left is no problem. Resolves to what went wrong, if something did. */
export async function removeBuilder(docker: Docker, name: string): Promise<string | undefined> {
  const problem = await ask(docker, 'buildx', 'rm', '--force', name);
  if (problem === undefined) return undefined;
  // A buildx that was ended while the engine was still at work may know nothing of the container.
  const container = `buildx_buildkit_${name}0`;
  const rest = [
    await ask(docker, 'rm', '--force', '--volumes', container),
    await ask(docker, 'volume', 'rm', '--force', `${container}_state`),
  ];
  const gone = rest.every(left => left === undefined || /no such (container|volume)/i.test(left));
  return gone && /no builder/.test(problem) ? undefined : problem.split('\n').at(-1);
}

async function ask(docker: Docker, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { exitCode, stderr, timedOut } = await docker(args, { timeout: LIMIT, always: true });
    if (exitCode === 0) return undefined;
    return timedOut ? `no answer after ${LIMIT / 1000} s` : stderr.trim() || `exit code ${exitCode ?? '?'}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

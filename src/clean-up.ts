// The post step: what was kept for later steps of the job is removed. It never fails the job, and brings along only what it needs.

import { rm } from 'node:fs/promises';
import { readCleanups } from './runner/after-job.ts';
import type { Cleanup } from './runner/after-job.ts';
import { createCommands } from './runner/commands.ts';
import { removeBuilder } from './tools/builder-remove.ts';
import { dockerEnvironment } from './tools/buildx-env.ts';
import { run } from './tools/command.ts';
import type { Run } from './tools/command.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Removes everything that this step has kept; one warning for all that could not be. Posts run in reverse order, so what the first step made goes last. */
export async function cleanUp(env: Environment, write: (text: string) => void, start: Run = run): Promise<void> {
  const commands = createCommands(env, write);
  const problems: string[] = [];
  try {
    for (const cleanup of readCleanups(commands)) {
      const problem = await removeOne(cleanup, env, start);
      if (problem !== undefined) problems.push(problem);
      else commands.info(`Removed the ${nameOf(cleanup)}.`);
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (problems.length > 0) commands.warning(`What Seaworthy kept for this job could not be removed: ${problems.join('; ')}`);
}

async function removeOne(cleanup: Cleanup, env: Environment, start: Run): Promise<string | undefined> {
  if (cleanup.kind === 'directory') {
    await rm(cleanup.path, { recursive: true, force: true, maxRetries: 3 });
    return undefined;
  }
  const { name, buildx } = cleanup;
  // The variables of the step that made it: a later step may have changed them for the job.
  const around = { ...dockerEnvironment(env), ...cleanup.env };
  const problem = await removeBuilder((args, { timeout }) => {
    const alone = buildx !== undefined && args[0] === 'buildx';
    return start(alone ? buildx : 'docker', alone ? args.slice(1) : args, { env: around, timeout });
  }, name);
  return problem === undefined ? undefined : `builder ${name} (${problem})`;
}

function nameOf(cleanup: Cleanup): string {
  return cleanup.kind === 'builder' ? `builder ${cleanup.name}` : `directory ${cleanup.path}`;
}

/** Stops what this testbed started, and only that, and leaves nothing of it behind but the cache. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { stopDaemon } from './daemon.ts';
import { runningDaemons } from './describe.ts';
import type { Context, Part } from './part.ts';

/** What was stopped, and what could not be, in words. */
export interface Down {
  readonly stopped: readonly string[];
  readonly failures: readonly string[];
}

/** Stops everything, the parts that need others first; one that cannot be stopped does not keep the rest. */
export async function takeDown(context: Context, parts: readonly Part[], purge: boolean): Promise<Down> {
  const stopped = (await runningDaemons(context)).map(({ name }) => name);
  const failures: string[] = [];
  const tryTo = async (name: string, action: () => Promise<unknown>): Promise<void> => {
    await action().catch((error: unknown) => failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`));
  };
  for (const part of [...parts].reverse())
    await tryTo(part.name, async () => {
      await part.stop?.(context);
      await stopDaemon(context, part.name);
    });
  for (const name of stopped) await tryTo(name, () => stopDaemon(context, name)); // of parts that are no longer in the list
  await tryTo('data', () => rm(context.data, { recursive: true, force: true }));
  // The run directory knows what is ours: it goes only when nothing is left that a second `down` would have to find in it.
  if (failures.length === 0) await tryTo('run directory', () => rm(context.run, { recursive: true, force: true }));
  await tryTo('unpack', () => rm(path.join(context.cache, 'unpack'), { recursive: true, force: true }));
  if (purge) await tryTo('cache', () => removeCache(context.cache));
  return { stopped, failures };
}

/** By name: other files in the directory are not ours. */
async function removeCache(cache: string): Promise<void> {
  const ours = [
    'apt',
    'cli',
    'data',
    'docker-config',
    'emulators',
    'engine',
    'go',
    'packages',
    'registries',
    'servers',
    'tools',
    'unpack',
  ];
  for (const name of [...ours, 'chromium', 'zizmor']) await rm(path.join(cache, name), { recursive: true, force: true });
}

/** Stops what this testbed started, and only that, and leaves nothing of it behind but the cache. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { stopDaemon } from './daemon.ts';
import { runningDaemons } from './describe.ts';
import type { Context, Part } from './part.ts';

/** Stops everything, the parts that need others first; returns what it stopped. */
export async function takeDown(context: Context, parts: readonly Part[], purge: boolean): Promise<readonly string[]> {
  const daemons = (await runningDaemons(context)).map(({ name }) => name);
  for (const part of [...parts].reverse()) {
    await part.stop?.(context);
    await stopDaemon(context, part.name);
  }
  for (const name of daemons) await stopDaemon(context, name); // of parts that are no longer in the list
  await rm(context.run, { recursive: true, force: true });
  await rm(context.data, { recursive: true, force: true });
  if (purge) await removeCache(context.cache);
  return daemons;
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

// A directory with a layer cache <-> the cache of Actions, for machines that live for one job.

import { createHash } from 'node:crypto';
import { inSeconds } from './cache-answers.ts';
import type { CacheAround } from './cache-around.ts';

/** `seaworthy-layers/linux-x64/<scope>/<what is in it>`. */
function prefixOf(scope: string): string {
  // Keys have 512 characters at most, and no comma.
  const name = /^[\w./-]{1,300}$/.test(scope) ? scope : createHash('sha256').update(scope).digest('hex');
  return `seaworthy-layers/${process.platform}-${process.arch}/${name}/`;
}

/** Brings the newest directory of this scope back, when there is a store and it has one. Never throws; takes no longer than the times allow. */
export async function restoreDirectory(scope: string, directory: string, around: CacheAround): Promise<void> {
  const { store } = around.settings;
  if (store === undefined) return;
  const prefix = prefixOf(scope);
  await inTime('restored', store.restore(`${prefix}newest`, [directory], [prefix]), around);
}

/** Keeps the directory for other machines, under a name that its content has: what is there already is not sent again. Resolves to false when it took too long. */
export async function keepDirectory(scope: string, directory: string, digest: string, around: CacheAround): Promise<boolean> {
  const { store } = around.settings;
  if (store === undefined) return true;
  return inTime('saved', store.save(`${prefixOf(scope)}${digest.replace(':', '-')}`, [directory]), around);
}

async function inTime(done: string, work: Promise<unknown>, { times, onLine }: CacheAround): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), times.store);
  });
  const result = await Promise.race([work.then(() => true), late]).catch(() => false);
  clearTimeout(timer);
  if (!result) onLine(`the layer cache was not ${done} within ${inSeconds(times.store)}`);
  return result;
}

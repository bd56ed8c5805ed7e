// A directory with a layer cache <-> the cache of Actions, for machines that live for one job.

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { inSeconds, within } from './cache-answers.ts';
import type { CacheAround } from './cache-around.ts';
import { freeze, lookThrough } from './cache-directory.ts';
import { besides, replaceDirectory } from './cache-replace.ts';

/** `seaworthy-layers/linux-x64/<scope>/<what is in it>`. */
function prefixOf(scope: string): string {
  // Keys have 512 characters at most, and no comma.
  const name = /^[\w./-]{1,300}$/.test(scope) ? scope : createHash('sha256').update(scope).digest('hex');
  return `seaworthy-layers/${process.platform}-${process.arch}/${name}/`;
}

/**
 * Where a directory is while it goes to the cache of Actions or comes from there: what is sent comes back under the same path, and what still comes in after the time is
 * over must not fall into what is read or replaced.
 */
function crateOf(directory: string): string {
  return join(dirname(directory), `.${basename(directory)}.kept`);
}

/** Brings the newest directory of this scope back, when there is a store and it has one. Never throws; takes no longer than the times and the signal allow. */
export async function restoreDirectory(
  scope: string,
  directory: string,
  around: CacheAround,
  signal?: AbortSignal,
): Promise<void> {
  const { store } = around.settings;
  if (store === undefined) return;
  const prefix = prefixOf(scope);
  const crate = crateOf(directory);
  const bring = async (): Promise<void> => {
    await rm(crate, { recursive: true, force: true });
    await store.restore(`${prefix}newest`, [crate], [prefix]);
  };
  if (!(await inTime('restored', bring(), around, signal))) return;
  const { state } = await lookThrough(crate);
  if (state !== 'missing') await replaceDirectory(directory, crate, besides(directory)).catch(() => undefined);
  await rm(crate, { recursive: true, force: true }).catch(() => undefined);
}

/** Keeps the directory for other machines, under a name that its content has: what is there already is not sent again. Resolves to why it is not kept. */
export async function keepDirectory(
  scope: string,
  { directory, digest }: { readonly directory: string; readonly digest: string },
  around: CacheAround,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { store } = around.settings;
  if (store === undefined) return undefined;
  const crate = crateOf(directory);
  if (!(await freeze(directory, crate))) return 'it was not saved: another run saves it, or what it left behind is in the way';
  const send = store.save(`${prefixOf(scope)}${digest.replace(':', '-')}`, [crate]);
  const saved = await inTime('saved', send, around, signal);
  await rm(crate, { recursive: true, force: true }).catch(() => undefined);
  return saved ? undefined : `it was not saved within ${inSeconds(around.times.store)}`;
}

async function inTime(
  done: string,
  work: Promise<unknown>,
  { times, onLine }: CacheAround,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), times.store);
  const end = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
  const result = await within(end, work).then(
    () => true,
    () => false,
  );
  clearTimeout(timer);
  if (!result && signal?.aborted !== true) onLine(`the layer cache was not ${done} within ${inSeconds(times.store)}`);
  return result;
}

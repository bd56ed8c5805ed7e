/** One `up` or `down` at a time for one testbed; the lock of a process that has died counts for nothing. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startOf, waitUntil } from './daemon.ts';

/** Runs the action while holding the lock of the directory. */
export async function locked<T>(directory: string, note: (text: string) => void, action: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  const file = path.join(directory, 'lock');
  const mine = `${process.pid} ${(await startOf(process.pid)) ?? ''}`;
  let told = false;
  const acquire = async (): Promise<boolean> => {
    try {
      await writeFile(file, mine, { flag: 'wx' });
      return true;
    } catch {
      const holder = await readFile(file, 'utf8').catch(() => '');
      const [pid = '0', started = ''] = holder.split(' ');
      if (holder !== '' && (await startOf(Number(pid))) !== started) await rm(file, { force: true });
      else if (!told) {
        note(`waiting for another testbed command (process ${pid})`);
        told = true;
      }
      return false;
    }
  };
  if (!(await waitUntil(acquire, 30 * 60_000))) throw new Error(`another testbed command holds ${file} for too long`);
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

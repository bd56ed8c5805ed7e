// How large the last build of the same thing was: a small file in the tool cache, for the next guess.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildOrder } from '../build/build.ts';
import { platformName } from '../plan/platform.ts';

/** Builds that are remembered; the oldest goes. */
const KEPT = 200;

/** Two orders with one key build the same thing at different commits. */
export function keyOf({ names, context, file, target, platforms }: BuildOrder): string {
  const repositories = names.map(name => name.replace(/[:@][^/]*$/, ''));
  const parts = [
    [...new Set(repositories)].sort(),
    context.replace(/#.*$/, ''),
    file ?? '',
    target ?? '',
    platforms.map(platformName),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** Bytes of its layout; undefined when nobody knows. */
export async function recall(file: string, key: string): Promise<number | undefined> {
  const bytes = (await read(file))[key];
  return typeof bytes === 'number' && bytes > 0 ? bytes : undefined;
}

/** Never throws: without a memory the next guess is worse, that is all. */
export async function remember(file: string, key: string, bytes: number): Promise<void> {
  try {
    const others = Object.entries(await read(file)).filter(([other]) => other !== key);
    const kept = others.slice(1 - KEPT);
    await mkdir(path.dirname(file), { recursive: true });
    const fresh = `${file}.${process.pid}`;
    await writeFile(fresh, JSON.stringify({ ...Object.fromEntries(kept), [key]: bytes }));
    await rename(fresh, file);
  } catch {
    return;
  }
}

async function read(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

// Directories -> free bytes, and how many bytes lie in them; looking is bounded in time, because it only serves a guess.

import { lstat, readdir, statfs } from 'node:fs/promises';
import path from 'node:path';

/** What was counted; `whole` is false when the time ran out before everything was seen. */
export interface Counted {
  readonly bytes: number;
  readonly whole: boolean;
}

/** What can be had of a file system without being root; undefined where there is none. */
export interface Space {
  readonly free: number;
  /** Equal for two directories of one file system. */
  readonly device: number;
}

export async function spaceOf(directory: string): Promise<Space | undefined> {
  try {
    const [{ bavail, bsize }, { dev }] = await Promise.all([statfs(directory), lstat(directory)]);
    return { free: bavail * bsize, device: dev };
  } catch {
    return undefined;
  }
}

/** Bytes of the files below `directory`, links not followed. `isLeftOut` gets paths relative to it. Milliseconds. Never throws: what cannot be read counts nothing. */
export async function countBytes(
  directory: string,
  milliseconds: number,
  isLeftOut: (relative: string) => boolean = () => false,
): Promise<Counted> {
  const end = performance.now() + milliseconds;
  const waiting = [''];
  let bytes = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (performance.now() > end) return { bytes, whole: false };
    const entries = await readdir(path.join(directory, at), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const relative = path.join(at, entry.name);
      if (isLeftOut(relative)) continue;
      if (entry.isDirectory()) waiting.push(relative);
      else if (entry.isFile()) bytes += (await lstat(path.join(directory, relative)).catch(() => undefined))?.size ?? 0;
    }
  }
  return { bytes, whole: true };
}

/**
 * The lines of a .dockerignore -> what is surely left out of a context: names, paths and `*` without exceptions. A pattern that is not understood leaves nothing
 * out: the guess gets larger, never smaller.
 */
export function leftOut(dockerignore: string): (relative: string) => boolean {
  const lines = dockerignore.split(/\r?\n/).map(line => line.trim());
  // With an exception nobody knows what stays of the rest.
  if (lines.some(line => line.startsWith('!'))) return () => false;
  const patterns = lines.filter(line => line !== '' && !line.startsWith('#')).flatMap(patternOf);
  return relative => patterns.some(pattern => pattern.test(relative));
}

function patternOf(line: string): RegExp[] {
  const clean = line.replace(/^\.?\/+/, '').replace(/\/+$/, '');
  if (clean === '' || /[[\]\\?]/.test(clean)) return [];
  const parts = clean.split(/(\*\*\/|\*\*|\*)/).map(part => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+^${}()|]/g, String.raw`\$&`);
  });
  return [new RegExp(`^${parts.join('')}(?:/|$)`)];
}

/** `1.4 GB`: decimal, as `docker system df` counts. */
export function inWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? 'B'}`;
}

// What BuildKit says of "Dockerfile, line 3" -> the file of the workspace, as GitHub wants it for an annotation.

import path from 'node:path';
import type { BuildNote, BuildOrder } from '../build/build.ts';
import type { Place } from '../errors.ts';
import { parseContext } from '../plan/git-address.ts';

/** Where the order was given. */
export interface Surroundings {
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The Dockerfile of an order, relative to the workspace. Undefined where the workspace (and so a checkout of it) has none: standard input, an address, another
 * repository. The event's own repository as a Git context is the same tree.
 */
export function dockerfileOf({ context, file }: BuildOrder, { cwd, env }: Surroundings): string | undefined {
  if (file === '-' || (file !== undefined && /^https?:\/\//i.test(file))) return undefined;
  const address = parseContext(context);
  if (address.kind === 'path') return inWorkspace(file ?? path.join(context, 'Dockerfile'), cwd);
  if (address.kind !== 'git') return file !== undefined && path.isAbsolute(file) ? inWorkspace(file, cwd) : undefined;
  const own = `${env['GITHUB_SERVER_URL'] ?? 'https://github.com'}/${env['GITHUB_REPOSITORY'] ?? ''}`;
  const asked = `${address.scheme}://${address.host}/${address.path.replace(/\.git$/, '')}`;
  if (asked.toLowerCase() !== own.toLowerCase()) return undefined;
  return inWorkspace(path.join(address.subdir ?? '', file ?? 'Dockerfile'), undefined);
}

/** The same notes, each at its file; of another file than the Dockerfile nobody knows where it is. */
export function placeNotes(notes: readonly BuildNote[], order: BuildOrder, around: Surroundings): BuildNote[] {
  const dockerfile = dockerfileOf(order, around);
  return notes.map(({ file, ...note }) =>
    dockerfile !== undefined && isOf(dockerfile, file) ? { ...note, file: dockerfile } : note,
  );
}

/** The place of `Dockerfile:3` and of the lines that the excerpt below it marks. */
export function placeOf(said: readonly string[], order: BuildOrder, around: Surroundings): Place | undefined {
  const at = said.findIndex(line => /^\S+:\d+$/.test(line));
  const [, name, first] = /^(\S+):(\d+)$/.exec(said[at] ?? '') ?? [];
  const file = dockerfileOf(order, around);
  if (name === undefined || file === undefined || !isOf(file, name)) return undefined;
  const marked = said.slice(at).flatMap(line => /^ *(\d+) \| >>>/.exec(line)?.[1] ?? []);
  const endLine = Math.max(Number(first), ...marked.map(Number));
  return { file, line: Number(first), endLine };
}

/** Relative to the working directory, which is the workspace; undefined outside of it. */
function inWorkspace(file: string, cwd = '.'): string | undefined {
  const relative = path.relative(cwd, path.resolve(cwd, file));
  return relative === '' || relative.startsWith('..') || path.isAbsolute(relative)
    ? undefined
    : relative.split(path.sep).join('/');
}

function isOf(dockerfile: string, name: string | undefined): boolean {
  return name !== undefined && path.posix.basename(name) === path.posix.basename(dockerfile);
}

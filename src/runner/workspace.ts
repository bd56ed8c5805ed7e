// Directories on disk -> the Git checkouts that they belong to and hold, and the commit of each, read from .git without starting git.

import { lstat, readFile, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Inputs } from '../plan/inputs.ts';
import type { Checkout } from '../plan/trust.ts';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The commit of HEAD; undefined when the directory is no checkout or is written in a way that we do not read. */
export async function workspaceCommit(directory: string): Promise<string | undefined> {
  const git = await gitDirectory(directory);
  const head = git === undefined ? undefined : (await readText(path.join(git, 'HEAD')))?.trim();
  if (git === undefined || head === undefined) return undefined;
  const ref = /^ref: (refs\/[^\s]+)$/.exec(head)?.[1];
  if (ref === undefined) return COMMIT.test(head) ? head : undefined;
  if (ref.split('/').includes('..')) return undefined;
  // A worktree has its own HEAD, and its branches are those of the repository.
  const common = (await readText(path.join(git, 'commondir')))?.trim();
  const refs = common === undefined ? git : path.resolve(git, common);
  const loose = (await readText(path.join(refs, ref)))?.trim();
  const commit = loose ?? packed(await readText(path.join(refs, 'packed-refs')), ref);
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

/** A file of the workspace as text; undefined when it is not there. */
export async function readWorkspaceFile(directory: string, file: string): Promise<string | undefined> {
  return readText(path.join(directory, file));
}

/**
 * The checkouts that a build reads from: those that the workspace, the context, the Dockerfile and the named contexts lie in, and those that lie
 * close below the contexts. A submodule belongs to the checkout around it.
 */
export async function findCheckouts(
  workspace: string,
  { context, file, buildContexts }: Pick<Inputs, 'context' | 'file' | 'buildContexts'>,
): Promise<readonly Checkout[]> {
  const absolute = (place: string): string => path.resolve(workspace, place);
  const contexts = [context, ...buildContexts.map(entry => entry.slice(entry.indexOf('=') + 1))].filter(isLocal).map(absolute);
  const places = [workspace, ...contexts, ...(file === undefined || !isLocal(file) ? [] : [path.dirname(absolute(file))])];
  const around = await Promise.all(places.map(checkoutAround));
  const below = await Promise.all(contexts.map(checkoutsBelow));
  const directories = new Set([...around.filter(one => one !== undefined), ...below.flat()]);
  const from = await resolved(workspace);
  return Promise.all(
    [...directories].map(async directory => ({ directory: display(from, directory), commit: await workspaceCommit(directory) })),
  );
}

/** Not a URL, an image, a stage or a layout. */
function isLocal(place: string): boolean {
  return place !== '' && !/^(?:[a-z][a-z0-9+.-]*:|git@)/i.test(place) && !place.includes('{{');
}

/** The nearest directory upwards that is a checkout and no submodule. */
async function checkoutAround(place: string): Promise<string | undefined> {
  const start = await resolved(place);
  for (let directory = start; ; directory = path.dirname(directory)) {
    if (await isCheckout(directory)) return directory;
    if (path.dirname(directory) === directory) return undefined;
  }
}

/** Levels below a context, and directories looked at: actions/checkout puts `path:` close to the top. */
const DEPTH = 3;
const MOST_DIRECTORIES = 2_000;

async function checkoutsBelow(context: string): Promise<string[]> {
  const found: string[] = [];
  let level = [await resolved(context)];
  let left = MOST_DIRECTORIES;
  for (let depth = 0; depth < DEPTH && level.length > 0 && left > 0; depth++) {
    const next = (await Promise.all(level.slice(0, left).map(directoriesIn))).flat();
    left -= level.length;
    for (const directory of next) if (await isCheckout(directory)) found.push(directory);
    level = next;
  }
  return found;
}

async function directoriesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    const inner = entries.filter(entry => entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules');
    return inner.map(entry => path.join(directory, entry.name));
  } catch {
    return [];
  }
}

/** Submodules have a file `.git` that points into the repository of the checkout around them, whose commit says theirs. */
async function isCheckout(directory: string): Promise<boolean> {
  const dotGit = path.join(directory, '.git');
  try {
    await lstat(dotGit);
  } catch {
    return false;
  }
  const link = await linkOf(dotGit);
  return link === undefined || !/[/\\]modules[/\\]/.test(link);
}

function display(workspace: string, directory: string): string {
  const relative = path.relative(workspace, directory);
  if (relative === '') return 'the workspace';
  return relative.startsWith('..') ? directory : relative;
}

/** What is not there yet has no links to follow. */
async function resolved(place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch {
    return path.resolve(place);
  }
}

/** `.git` is a directory, or (worktrees, submodules) a file that names one. */
async function gitDirectory(directory: string): Promise<string | undefined> {
  const dotGit = path.join(directory, '.git');
  const link = await linkOf(dotGit);
  return link === undefined ? dotGit : path.resolve(directory, link);
}

async function linkOf(dotGit: string): Promise<string | undefined> {
  return /^gitdir: (.+)$/m.exec((await readText(dotGit)) ?? '')?.[1]?.trim();
}

function packed(refs: string | undefined, ref: string): string | undefined {
  return refs
    ?.split('\n')
    .find(line => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) return undefined;
    throw error;
  }
}

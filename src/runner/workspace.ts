// Directories on disk -> the Git checkouts that they belong to and hold, the commit of each, and what lies in none; read without starting git.

import type { Dirent } from 'node:fs';
import { lstat, readFile, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { isLocalFile } from '../plan/build-context.ts';
import { isRemoteContext } from '../plan/git-address.ts';
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
 * close below the contexts. A submodule belongs to the checkout around it. What is read and lies in no checkout is an entry without a commit.
 */
export async function findCheckouts(
  workspace: string,
  { context = '.', file, buildContexts }: Pick<Inputs, 'context' | 'file' | 'buildContexts'>,
): Promise<readonly Checkout[]> {
  const from = await resolved(workspace);
  const absolute = (place: string): string => path.resolve(workspace, place);
  const named = buildContexts.map(entry => entry.slice(entry.indexOf('=') + 1));
  // buildx takes `github.com/…` for a directory where there is one.
  const isHere = context.startsWith('github.com/') || !(context === '-' || isRemoteContext(context));
  const contexts = [...(isHere ? [context] : []), ...named.flatMap(localPlace)].map(absolute);
  const dockerfile = file !== undefined && (isHere || isLocalFile(file, context)) ? [absolute(file)] : [];
  const around = await Promise.all([workspace, ...contexts, ...dockerfile].map(checkoutAround));
  const below = await Promise.all(contexts.map(checkoutsBelow));
  const directories = new Set([...around.filter(one => one !== undefined), ...below.flat()]);
  const loose = await Promise.all([...new Set([...contexts, ...dockerfile])].map(looseEntry));
  const bare = new Set(loose.flatMap(place => (place === undefined ? [] : [display(from, place)])));
  return [
    ...(await Promise.all(
      [...directories].map(async directory => ({
        directory: display(from, directory),
        commit: await workspaceCommit(directory),
      })),
    )),
    ...[...bare].map(directory => ({ directory, commit: undefined, instead: WITHOUT_GIT })),
    ...buildContexts.filter(isOpen).map(entry => ({ directory: `build-contexts "${entry}"`, commit: undefined, instead: OPEN })),
  ];
}

const WITHOUT_GIT = 'files without .git, as actions/checkout leaves them where git is missing';
const OPEN = 'a place that {{meta.…}} decides; begin it with its kind, e.g. docker-image://';

/** Named contexts that buildx never opens as a directory. All else is looked at (`git@…`, a URL in `file`): what is not there does no harm. */
const REMOTE = /^(?:(?:https?|git|ssh|docker-image):\/\/|target:)/;

/** The directory of a named context. A layout is bytes of a directory, `oci-layout://path[:tag][@digest]`. */
function localPlace(place: string): string[] {
  if (place === '' || REMOTE.test(place)) return [];
  return [/^oci-layout:\/\/([^@:]*)/.exec(place)?.[1] ?? place];
}

/** True for a named context that stands nowhere yet: values are filled in when all is planned. */
function isOpen(entry: string): boolean {
  const place = entry.slice(entry.indexOf('=') + 1);
  return /\{\{\s*meta\./.test(place) && !REMOTE.test(place);
}

/** The place itself when it holds something that lies in no checkout. */
async function looseEntry(place: string): Promise<string | undefined> {
  const start = await resolved(place);
  return (await checkoutAround(start)) === undefined && (await holdsLooseFiles(start)) ? start : undefined;
}

/** True for a file, and for a directory with a file that no checkout below it holds. What is not there holds nothing. */
async function holdsLooseFiles(place: string): Promise<boolean> {
  let entries: Dirent[];
  try {
    entries = await readdir(place, { withFileTypes: true });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
  if (entries.some(entry => !entry.isDirectory())) return true;
  for (const { name } of entries) {
    const inner = path.join(place, name);
    if (!(await isCheckout(inner)) && (await holdsLooseFiles(inner))) return true;
  }
  return false;
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

/**
 * Submodules have a file `.git` that points into the repository of the checkout around them, whose commit says theirs. The worktree of a submodule
 * points there too, and has a commit of its own.
 */
async function isCheckout(directory: string): Promise<boolean> {
  const dotGit = path.join(directory, '.git');
  try {
    await lstat(dotGit);
  } catch {
    return false;
  }
  const link = await linkOf(dotGit);
  if (link === undefined) return true;
  const git = path.resolve(directory, link);
  return !/[/\\]\.git[/\\]modules[/\\]/.test(git) || (await readText(path.join(git, 'commondir'))) !== undefined;
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

// A checkout on disk -> the commit it is at, read from .git without starting git.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** The commit of HEAD; undefined when the directory is no checkout or is written in a way that we do not read. */
export async function workspaceCommit(directory: string): Promise<string | undefined> {
  const git = await gitDirectory(directory);
  const head = git === undefined ? undefined : (await readText(path.join(git, 'HEAD')))?.trim();
  if (git === undefined || head === undefined) return undefined;
  const ref = /^ref: (refs\/[^\s]+)$/.exec(head)?.[1];
  if (ref === undefined) return COMMIT.test(head) ? head : undefined;
  if (ref.split('/').includes('..')) return undefined;
  const loose = (await readText(path.join(git, ref)))?.trim();
  const commit = loose ?? packed(await readText(path.join(git, 'packed-refs')), ref);
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}

/** A file of the workspace as text; undefined when it is not there. */
export async function readWorkspaceFile(directory: string, file: string): Promise<string | undefined> {
  return readText(path.join(directory, file));
}

/** `.git` is a directory, or (worktrees, submodules) a file that names one. */
async function gitDirectory(directory: string): Promise<string | undefined> {
  const dotGit = path.join(directory, '.git');
  const link = /^gitdir: (.+)$/m.exec((await readText(dotGit)) ?? '')?.[1];
  return link === undefined ? dotGit : path.resolve(directory, link.trim());
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

/** A checkout to run a step in. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Workspace {
  readonly directory: string;
  /** The commit that is checked out. */
  readonly sha: string;
  /** Writes more files and commits them; returns the new commit. */
  commit(files: Readonly<Record<string, string | Buffer>>, message?: string): string;
  remove(): void;
}

export interface WorkspaceOptions {
  readonly repository?: string;
  readonly branch?: string;
  /** Where the checkout is made; a fresh temporary directory by default. */
  readonly directory?: string;
}

/** The same files give the same commit, on every machine and for every user's git settings. */
const IDENTITY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Alice',
  GIT_AUTHOR_EMAIL: 'alice@example.com',
  GIT_AUTHOR_DATE: '2026-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Alice',
  GIT_COMMITTER_EMAIL: 'alice@example.com',
  GIT_COMMITTER_DATE: '2026-01-02T03:04:05Z',
};

/** Makes a git checkout with these files, as actions/checkout leaves one. Files that begin with `#!` can be executed. */
export function workspace(files: Readonly<Record<string, string | Buffer>>, options: WorkspaceOptions = {}): Workspace {
  const directory = options.directory ?? mkdtempSync(path.join(tmpdir(), 'workspace-'));
  mkdirSync(directory, { recursive: true });
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: directory, env: { PATH: process.env['PATH'], ...IDENTITY }, encoding: 'utf8' }).trim();
  const commit: Workspace['commit'] = (more, message = 'Change something') => {
    for (const [name, content] of Object.entries(more)) {
      const file = path.join(directory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      chmodSync(file, content.slice(0, 2).toString() === '#!' ? 0o755 : 0o644);
    }
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch', options.branch ?? 'main');
  git('remote', 'add', 'origin', `https://github.com/${options.repository ?? 'acme/app'}`);
  const sha = commit(files, 'First commit');
  return { directory, sha, commit, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

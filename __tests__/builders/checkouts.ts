// Checkouts of every shape, each made by git in a temporary directory.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Everything is made below this directory; whoever uses it removes it. */
export const root = mkdtempSync(path.join(tmpdir(), 'git-head-'));

/** The committer's date of all commits that do not say another one. */
export const DATE = '2026-01-02T03:04:05+05:30';
const IDENTITY = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Alice',
  GIT_AUTHOR_EMAIL: 'alice@example.com',
  GIT_AUTHOR_DATE: '2001-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'Bob',
  GIT_COMMITTER_EMAIL: 'bob@example.com',
};

/** Runs git and answers its text. */
export type Git = (...args: string[]) => string;

/** git in a directory, independent of the settings of whoever runs the test. */
export function gitIn(directory: string, date = DATE): Git {
  const env = { PATH: process.env['PATH'], ...IDENTITY, GIT_COMMITTER_DATE: date };
  return (...args) =>
    execFileSync('git', args, { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

let count = 0;
/** A fresh directory. */
export function aDirectory(): string {
  const directory = path.join(root, String((count += 1)));
  mkdirSync(directory);
  return directory;
}

/** A repository with one commit on `main`. */
export function aRepository(): { readonly directory: string; readonly git: Git } {
  const directory = aDirectory();
  const git = gitIn(directory);
  git('init', '--quiet', '--initial-branch', 'main');
  git('commit', '--quiet', '--allow-empty', '--message', 'one');
  return { directory, git };
}

/** What actions/checkout does: `git fetch origin +<commit>:<refs>` and a checkout of that, here from `origin`. */
function fetched(origin: string, what: readonly string[], checkout: readonly string[]): string {
  const directory = aDirectory();
  const git = gitIn(directory);
  git('init', '--quiet', '--initial-branch', 'nothing');
  git('remote', 'add', 'origin', `file://${origin}`);
  git('fetch', '--quiet', '--no-tags', ...what);
  git('checkout', '--quiet', ...checkout);
  return directory;
}

/** Shapes of repositories: how they are made, and the ref. */
export const SHAPES: readonly [name: string, make: () => string, ref: string][] = [
  ['a branch', (): string => aRepository().directory, 'refs/heads/main'],
  [
    'a branch with slashes',
    (): string => {
      const { directory, git } = aRepository();
      git('checkout', '--quiet', '-b', 'feature/a/b');
      return directory;
    },
    'refs/heads/feature/a/b',
  ],
  [
    'a branch on a tagged commit',
    (): string => {
      const { directory, git } = aRepository();
      git('tag', 'v1');
      return directory;
    },
    'refs/heads/main',
  ],
  [
    'a directory inside of the checkout',
    (): string => {
      const { directory } = aRepository();
      mkdirSync(path.join(directory, 'app'));
      return path.join(directory, 'app');
    },
    'refs/heads/main',
  ],
  [
    'detached on a tag alone, shallow, as actions/checkout leaves a tag push',
    (): string => {
      const { directory, git } = aRepository();
      git('commit', '--quiet', '--allow-empty', '--message', 'two');
      git('tag', 'v1.2.3');
      return fetched(directory, ['--depth=1', 'origin', '+refs/tags/v1.2.3:refs/tags/v1.2.3'], ['refs/tags/v1.2.3']);
    },
    'refs/tags/v1.2.3',
  ],
  [
    'detached on an annotated tag with a slash',
    (): string => {
      const { directory, git } = aRepository();
      git('tag', '--annotate', '--message', 'x', 'app/v1');
      return fetched(directory, ['origin', '+refs/tags/app/v1:refs/tags/app/v1'], ['refs/tags/app/v1']);
    },
    'refs/tags/app/v1',
  ],
  [
    'detached on a pull request, shallow, as actions/checkout leaves it',
    (): string => {
      const { directory, git } = aRepository();
      git('commit', '--quiet', '--allow-empty', '--message', 'two');
      git('update-ref', 'refs/pull/15/merge', 'HEAD');
      const sha = git('rev-parse', 'HEAD');
      git('checkout', '--quiet', '--detach', 'HEAD~1');
      return fetched(directory, ['--depth=1', 'origin', `+refs/pull/15/merge:refs/remotes/pull/15/merge`], [sha]);
    },
    'refs/pull/15/merge',
  ],
  [
    'detached on the head of a pull request',
    (): string => {
      const { directory, git } = aRepository();
      git('update-ref', 'refs/pull/2/head', 'HEAD');
      return fetched(directory, ['origin', '+refs/pull/2/head:refs/remotes/pull/2/head'], ['refs/remotes/pull/2/head']);
    },
    'refs/pull/2/head',
  ],
  [
    'detached on the tip of a remote branch',
    (): string => {
      const { directory } = aRepository();
      return fetched(directory, ['origin', '+refs/heads/main:refs/remotes/origin/main'], ['refs/remotes/origin/main']);
    },
    'refs/heads/main',
  ],
  [
    'detached on the tip of a remote branch with slashes',
    (): string => {
      const { directory, git } = aRepository();
      git('branch', 'feature/x');
      const refs = '+refs/heads/feature/x:refs/remotes/origin/feature/x';
      return fetched(directory, ['origin', refs], ['refs/remotes/origin/feature/x']);
    },
    'refs/heads/feature/x',
  ],
  [
    'detached on the tip of a remote branch that is there locally too',
    (): string => {
      const { directory } = aRepository();
      const clone = fetched(directory, ['origin', '+refs/heads/main:refs/remotes/origin/main'], ['-b', 'work', 'origin/main']);
      gitIn(clone)('checkout', '--quiet', '--detach');
      return clone;
    },
    'refs/heads/work',
  ],
  [
    'detached behind the tip: the branch that contains it',
    (): string => {
      const { directory, git } = aRepository();
      git('commit', '--quiet', '--allow-empty', '--message', 'two');
      git('checkout', '--quiet', '--detach', 'HEAD~1');
      return directory;
    },
    'refs/heads/main',
  ],
  [
    'detached behind several tips: the branch with the newest commit',
    (): string => {
      const { directory, git } = aRepository();
      git('checkout', '--quiet', '-b', 'younger');
      gitIn(directory, '2026-05-05T00:00:00Z')('commit', '--quiet', '--allow-empty', '--message', 'two');
      git('checkout', '--quiet', 'main');
      git('commit', '--quiet', '--allow-empty', '--message', 'three');
      git('checkout', '--quiet', '--detach', 'HEAD~1');
      return directory;
    },
    'refs/heads/younger',
  ],
  [
    'detached behind the tip of a remote branch',
    (): string => {
      const { directory, git } = aRepository();
      git('commit', '--quiet', '--allow-empty', '--message', 'two');
      git('branch', '--move', 'release/1');
      return fetched(directory, ['origin', '+refs/heads/release/1:refs/remotes/origin/release/1'], ['origin/release/1~1']);
    },
    'refs/heads/release/1',
  ],
  [
    'detached behind a tag alone',
    (): string => {
      const { directory, git } = aRepository();
      git('commit', '--quiet', '--allow-empty', '--message', 'two');
      git('tag', 'v9');
      return fetched(directory, ['origin', '+refs/tags/v9:refs/tags/v9'], ['v9~1']);
    },
    'refs/tags/v9',
  ],
  [
    'a worktree',
    (): string => {
      const { git } = aRepository();
      const worktree = path.join(aDirectory(), 'tree');
      git('worktree', 'add', '--quiet', '-b', 'side', worktree);
      return worktree;
    },
    'refs/heads/side',
  ],
];

// A checkout -> the ref and the commit that it stands for, as docker/metadata-action reads them with `context: git`; and a file as a commit holds it.

import { stat } from 'node:fs/promises';
import { ToolError, UserError } from '../errors.ts';
import { tail } from './command.ts';
import type { CommandResult, Run } from './command.ts';

/** What HEAD is. */
export interface GitHead {
  /** `refs/heads/…`, `refs/tags/…` or `refs/pull/N/merge`. */
  readonly ref: string;
  readonly sha: string;
  /** The committer's date. */
  readonly commitDate: Date;
  /** What of it is probably not what was meant. */
  readonly warnings: readonly string[];
}

export interface GitOptions {
  readonly run: Run;
  readonly env: Readonly<Record<string, string>>;
  /** The checkout, or a directory inside of it. */
  readonly directory: string;
  readonly signal?: AbortSignal;
}

const TIMEOUT = 20_000;
const HINT = 'metadata-context: git reads ref and commit from the checkout; without it they come from the event.';

/** Runs git in the checkout and answers its text. Throws when git ends with an error and says why, as everything after depends on it. */
type Ask = (...args: readonly string[]) => Promise<string>;

/** Reads HEAD. Throws UserError when there is no git, no checkout, or no name for the commit. */
export async function readGitHead(options: GitOptions): Promise<GitHead> {
  const ask = asker(options);
  // One call for the commit, its names and its date: the format of %D is what the names are read from.
  const [sha = '', names = '', date = ''] = (await ask('show', '--no-patch', '--format=%H%n%D%n%cI', 'HEAD', '--')).split('\n');
  const branch = await ask('branch', '--show-current');
  const named = branch === '' ? await refOfDetached(names, ask) : { ref: `refs/heads/${branch}`, warnings: [] };
  return { ...named, sha, commitDate: new Date(date) };
}

/** A file of a commit: its text, with line ends as `\n`; without `text` the commit holds no such file. */
export interface CommittedFile {
  readonly text?: string;
}

/**
 * Reads a file as the commit holds it, whatever the working files are: from git's objects, links inside of the commit followed, without filters, hooks
 * or a network. Undefined where git cannot tell: there is no git, or the commit or the file's content is not here (a partial clone), or a link leads out.
 */
export async function readCommittedFile(options: GitOptions, commit: string, path: string): Promise<CommittedFile | undefined> {
  if (!(await isDirectory(options.directory))) return undefined;
  const input = `${commit}:${path}\n${commit}\n`;
  let result: CommandResult;
  try {
    result = await starter(options)(['cat-file', '--batch', '--follow-symlinks'], input);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
  // The commit's own entry is the last one, and no commit holds its own name: it tells a file that is not in the commit from a commit that is not here.
  const end = result.stdout.lastIndexOf(`\n${commit} commit `);
  if (result.exitCode !== 0 || end === -1) return undefined;
  const [header = '', ...lines] = result.stdout.slice(0, end).split('\n');
  if (/^[0-9a-f]+ blob \d+$/.test(header)) return { text: lines.join('\n') };
  return /^[0-9a-f]+ tree \d+$|^notdir \d+$/.test(header) || header === `${commit}:${path} missing` ? {} : undefined;
}

interface Named {
  readonly ref: string;
  readonly warnings: readonly string[];
}

/**
 * The ref of a detached HEAD, from the names that git shows beside it (`HEAD, tag: v1`, `grafted, HEAD, pull/2/merge`, `HEAD, origin/main, main`).
 * Where there are several, docker/metadata-action takes more than one of them as one ref: the ref is the same here, and a warning tells it.
 */
async function refOfDetached(names: string, ask: Ask): Promise<Named> {
  const seen = names.replace(/^grafted, /, '').trim();
  if (seen === 'HEAD') return { ref: await refThatContainsHead(ask), warnings: [] };
  const others = /^HEAD, (.+)$/.exec(seen)?.[1];
  const ref = others === undefined ? undefined : refOfNames(others);
  if (ref === undefined)
    throw new UserError(
      `metadata-context: git finds no branch, tag or pull request for the detached HEAD (git shows "${names}")`,
      {
        hint: 'Check out a branch or a tag, or what actions/checkout leaves; a branch that is only local does not name a detached HEAD.',
      },
    );
  const warning = `metadata-context: git: the detached HEAD has several names (${String(others)}); as with docker/metadata-action the ref is read as "${ref}". Check out a branch, or fetch only the ref that you mean`;
  return { ref, warnings: ref.includes(', ') ? [warning] : [] };
}

function refOfNames(names: string): string | undefined {
  if (names.startsWith('tag: ')) return `refs/tags/${(names.split(':')[1] ?? '').trim()}`;
  if (/^pull\/\d+\/(?:head|merge)$/.test(names)) return `refs/${names}`;
  // `origin/main, main`: the local one. `origin/main`, `origin/a/b`: the branch of that name.
  const branch = /^[^/]+\/[^/]+, (.+)$/.exec(names)?.[1] ?? /^[^/]+\/(.+)$/.exec(names)?.[1];
  return branch === undefined ? undefined : `refs/heads/${branch.trim()}`;
}

/** Nothing is named like HEAD itself: the newest local branch that contains it, else of a remote, else a tag. */
async function refThatContainsHead(ask: Ask): Promise<string> {
  const newest = async (scope: string): Promise<string | undefined> =>
    firstLine(await ask('for-each-ref', '--format=%(refname)', '--contains', 'HEAD', '--sort=-committerdate', scope));
  const local = await newest('refs/heads/');
  if (local !== undefined) return local;
  const remote = await newest('refs/remotes/');
  if (remote !== undefined) return remote.replace(/^refs\/remotes\/[^/]+\/(?=.)/, 'refs/heads/');
  const tag = firstLine(await ask('tag', '--contains', 'HEAD'));
  if (tag !== undefined) return `refs/tags/${tag}`;
  throw new UserError('metadata-context: git finds no branch or tag that contains the detached HEAD', { hint: HINT });
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map(line => line.trim())
    .find(line => line !== '');
}

/** What may make git run something else, ask somebody, write, or fetch, is switched off; `safe.directory`: runners and containers have different users. */
const SETTINGS = [
  'safe.directory=*',
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'log.showSignature=false',
  'color.ui=false',
  'protocol.allow=never',
];

/** Starts git in the checkout. Throws ToolError when it cannot be started. */
function starter({
  run,
  env,
  directory,
  signal,
}: GitOptions): (args: readonly string[], input?: string) => Promise<CommandResult> {
  const own = Object.fromEntries(
    ['PATH', 'HOME', 'XDG_CONFIG_HOME'].flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const settings = SETTINGS.flatMap(setting => ['-c', setting]);
  const quiet = {
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_PAGER: 'cat',
  };
  return (args, input) =>
    run('git', ['--no-pager', ...settings, ...args], {
      env: { ...own, ...quiet },
      cwd: directory,
      timeout: TIMEOUT,
      ...(input !== undefined && { input }),
      ...(signal !== undefined && { signal }),
    });
}

function asker(options: GitOptions): Ask {
  const start = starter(options);
  return async (...args) => {
    const result = await started(() => start(args), options.directory);
    if (result.exitCode !== 0) throw refusal(result, options.directory);
    return result.stdout.trim();
  };
}

/** A working directory that is not there fails like a program that is not there: it is looked at first, lest git is blamed. */
async function started(start: () => Promise<CommandResult>, directory: string): Promise<CommandResult> {
  if (!(await isDirectory(directory)))
    throw new UserError(`metadata-context: git: the workspace ${directory} is not there, or is no directory`, {
      hint: `Run actions/checkout before this step. ${HINT}`,
    });
  try {
    return await start();
  } catch (cause) {
    if (!(cause instanceof ToolError)) throw cause;
    throw new UserError(`metadata-context: git needs git: ${cause.message}`, { hint: HINT, cause });
  }
}

async function isDirectory(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory();
  } catch {
    return false;
  }
}

function refusal(result: CommandResult, directory: string): UserError {
  const said = tail(result.stderr, 1)[0] ?? 'it says nothing';
  if (/not a git repository/i.test(result.stderr))
    return new UserError(`metadata-context: git: ${directory} is not a checkout`, {
      hint: `Run actions/checkout before this step. ${HINT}`,
    });
  if (/dubious ownership/i.test(result.stderr))
    return new UserError(`metadata-context: git: ${directory} belongs to another user, and this git does not read it`, {
      hint: `Before this step: git config --global --add safe.directory ${directory}`,
    });
  if (/bad revision|ambiguous argument|unknown revision|bad default revision/i.test(result.stderr))
    return new UserError('metadata-context: git: the checkout has no commit yet', { hint: HINT });
  return new UserError(`metadata-context: git cannot read the checkout: ${said}`, { hint: HINT });
}

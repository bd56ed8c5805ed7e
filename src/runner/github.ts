// GitHub's REST API as this action needs it: files and dates of commits, comments, statuses; bounded in time and tries.

import { getOctokit } from '@actions/github';
import { UserError } from '../errors.ts';
import type { Event } from '../plan/event.ts';
import type { CommitStatus } from '../report/status.ts';

export interface StoredComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

export interface GitHub {
  /**
   * A file at a commit or branch, with the commit that `ref` stands for. Undefined only when the commit can be read and holds no such file;
   * anything else throws (GitHub answers 404 both for what is not there and for what the token may not see, so the commit is read first).
   */
  readonly fetchFile: (path: string, ref: string) => Promise<{ readonly text: string; readonly commit: string } | undefined>;
  /** When the commit was made; undefined when that cannot be found out. */
  readonly commitDate: (sha: string) => Promise<Date | undefined>;
  /** All pages, oldest first. */
  readonly listComments: (pullRequest: number) => Promise<readonly StoredComment[]>;
  /** Not tried again after an unclear answer: the caller has to look first whether the comment is there. */
  readonly createComment: (pullRequest: number, body: string) => Promise<void>;
  /** False when the comment is gone. */
  readonly updateComment: (id: number, body: string) => Promise<boolean>;
  readonly createStatus: (sha: string, status: CommitStatus) => Promise<void>;
  /** Login of who acts with this token. */
  readonly viewer: () => Promise<string>;
}

export interface GitHubOptions {
  readonly token: string;
  readonly event: Pick<Event, 'repository' | 'apiUrl'>;
  /** Resolves after so many milliseconds; a test does not wait. */
  readonly wait?: (milliseconds: number) => Promise<void>;
  /** Milliseconds that one request may take. */
  readonly timeout?: number;
}

const PAGE = 100;
const MOST_PAGES = 50;
const TRIES = 3;
/** Seconds. Secondary limits that ask for more are not waited for: a side channel must not hold the job up. */
const LONGEST_WAIT = 60;

/** Connects to the API of the event's server with this token. Nothing is sent before the first call. */
export function createGitHub(options: GitHubOptions): GitHub {
  const { token, event } = options;
  const [owner = '', repo = ''] = event.repository.split('/');
  const here = { owner, repo };
  const wait = options.wait ?? (milliseconds => new Promise<void>(resolve => setTimeout(resolve, milliseconds)));
  const silent = (): void => undefined;
  const connect = (): Octokit => {
    if (token === '')
      throw new UserError('"github-token" is empty', {
        hint: 'Leave it out, or give ${{ github.token }} or a token of your own.',
      });
    // Octokit prints deprecations and failed requests by itself; what matters is said by the callers.
    return getOctokit(token, { baseUrl: event.apiUrl, log: { debug: silent, info: silent, warn: silent, error: silent } });
  };
  const call = <T>(work: (octokit: Octokit, request: { signal: AbortSignal }) => Promise<T>, again = true): Promise<T> =>
    attempt(() => work(connect(), { signal: AbortSignal.timeout(options.timeout ?? 10_000) }), again, wait);

  return {
    fetchFile: async (path, ref) => {
      const commit = await call((octokit, request) => octokit.rest.repos.getCommit({ ...here, ref, request }));
      const text = await call((octokit, request) => readText(octokit, { ...here, path, ref: commit.data.sha, request }));
      return text === undefined ? undefined : { text, commit: commit.data.sha };
    },
    commitDate: async sha => {
      try {
        const commit = await call((octokit, request) => octokit.rest.repos.getCommit({ ...here, ref: sha, request }));
        const date = new Date(commit.data.commit.committer?.date ?? '');
        return Number.isNaN(date.getTime()) ? undefined : date;
      } catch {
        return undefined;
      }
    },
    listComments: async pullRequest => {
      const all: StoredComment[] = [];
      // Page by page instead of octokit.paginate, which drops the signal: each page has its own time and tries.
      for (let page = 1; page <= MOST_PAGES; page++) {
        const where = { ...here, issue_number: pullRequest, per_page: PAGE, page };
        const { data } = await call((octokit, request) => octokit.rest.issues.listComments({ ...where, request }));
        // A proxy's login page is a 200 too.
        const answer: unknown = data;
        if (!Array.isArray(answer)) throw new Error('the answer is not a list of comments');
        all.push(...data.map(comment => ({ id: comment.id, author: comment.user?.login ?? '', body: comment.body ?? '' })));
        if (data.length < PAGE) break;
      }
      return all;
    },
    createComment: async (pullRequest, body) => {
      await call(
        (octokit, request) => octokit.rest.issues.createComment({ ...here, issue_number: pullRequest, body, request }),
        false,
      );
    },
    updateComment: async (id, body) => {
      try {
        await call((octokit, request) => octokit.rest.issues.updateComment({ ...here, comment_id: id, body, request }));
        return true;
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw error;
      }
    },
    createStatus: async (sha, { state, context, description, targetUrl }) => {
      await call((octokit, request) =>
        octokit.rest.repos.createCommitStatus({ ...here, sha, state, context, description, target_url: targetUrl, request }),
      );
    },
    viewer: async () => {
      const answer = await call((octokit, request) =>
        octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }', { request }),
      );
      return answer.viewer.login;
    },
  };
}

type Octokit = ReturnType<typeof getOctokit>;
type FileOrder = Parameters<Octokit['rest']['repos']['getContent']>[0] & { readonly path: string };

async function readText(octokit: Octokit, order: FileOrder): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getContent({ ...order });
    if (Array.isArray(data) || data.type !== 'file' || data.encoding !== 'base64')
      throw new UserError(`${order.path} is not a file of ordinary size in ${order.owner}/${order.repo}`);
    return Buffer.from(data.content, 'base64').toString('utf8');
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Tries again after secondary limits (the request was not carried out), and, when `again`, after answers that leave that open. */
async function attempt<T>(work: () => Promise<T>, again: boolean, wait: (milliseconds: number) => Promise<void>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const seconds = pause(error, tried, again);
      if (seconds === undefined || tried >= TRIES) throw error;
      await wait(seconds * 1000);
    }
  }
}

/** Seconds until the next try; undefined: do not try again. */
function pause(error: unknown, tried: number, again: boolean): number | undefined {
  if (error instanceof UserError) return undefined;
  if (isSecondaryLimit(error)) {
    const asked = Number(headerOf(error, 'retry-after') ?? '60');
    return asked <= LONGEST_WAIT ? asked : undefined;
  }
  return again && isUnclear(error) ? tried * tried : undefined;
}

/** True for answers of 500 and above, cut connections and no answer in time: the request may or may not have been carried out. */
export function isUnclear(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined
    ? error instanceof Error && /timeout|abort|fetch|network|socket|ECONN/i.test(`${error.name} ${error.message}`)
    : status >= 500;
}

/** "You have exceeded a secondary rate limit": too many writes in a short time. */
export function isSecondaryLimit(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== 403 && status !== 429) return false;
  return headerOf(error, 'retry-after') !== undefined || /secondary rate limit/i.test(messageOf(error));
}

/** Why a side channel could not write, in one line, with the permission that would help. */
export function describeRefusal(error: unknown, what: string, permission: string): string {
  const status = statusOf(error);
  if (isSecondaryLimit(error)) return `${what}: GitHub's secondary rate limit is reached; the next run writes it`;
  if (headerOf(error, 'x-ratelimit-remaining') === '0')
    return `${what}: the token's hourly rate limit is used up; the next run writes it`;
  if (status === 403 && /locked/i.test(messageOf(error))) return `${what}: the conversation is locked`;
  if (status === 401) return `${what}: GitHub does not accept the token given as "github-token"`;
  if (status === 403 || status === 404)
    return `${what}: the token may not write it; give the job "permissions: ${permission}" (on pull requests from forks and by Dependabot that is not possible)`;
  const why = messageOf(error).split('\n')[0]?.slice(0, 200) ?? '';
  return `${what}: ${status === undefined ? 'no usable answer from GitHub' : `GitHub answered ${status}`}${why === '' ? '' : ` (${why})`}`;
}

/** True when trying again in this run cannot help. */
export function isRefused(error: unknown): boolean {
  return !isSecondaryLimit(error) && [401, 403, 404].includes(statusOf(error) ?? 0);
}

function statusOf(error: unknown): number | undefined {
  const status = property(error, 'status');
  return typeof status === 'number' ? status : undefined;
}

function headerOf(error: unknown, name: string): string | undefined {
  const value = property(property(property(error, 'response'), 'headers'), name);
  return typeof value === 'string' ? value : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

// GitHub's REST API as this action needs it: files and dates of commits, comments, statuses; bounded in time and tries.

import type { GitHub as Client } from '@actions/github/lib/utils';
import { UserError } from '../errors.ts';
import type { Event } from '../plan/event.ts';
import type { RepositoryFacts } from '../plan/tag-facts.ts';
import type { CommitStatus } from '../report/status.ts';
import { createCodeScanning, type CodeScanning } from './code-scanning.ts';
import { headerOf, isSecondaryLimit, isUnclear, statusOf } from './github-errors.ts';
import { at, booleanOf, textOf } from './payload.ts';

export interface StoredComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
}

/** What GitHub says of a repository; empty: it has none. */
export interface RepositoryAnswer extends RepositoryFacts {
  readonly private: boolean | undefined;
}

export interface GitHub extends CodeScanning {
  /**
   * A file at a commit, branch or tag, with the commit that `ref` stands for; of the event's repository, or of the one named. Undefined only when
   * the commit can be read and holds no such file; anything else throws (GitHub answers 404 both for what is not there and for what the token may
   * not see, so the commit is read first). `quick`: for who has a fallback.
   */
  readonly fetchFile: (
    path: string,
    ref: string,
    repository?: string,
    haste?: 'quick',
  ) => Promise<{ readonly text: string; readonly commit: string } | undefined>;
  /** GET /repos/{owner}/{repo}; without a token too, as everyone may read what is public. `quick`: within a few seconds. Throws when there is no answer. */
  readonly repository: (haste?: 'quick') => Promise<RepositoryAnswer>;
  /** When the commit was made (the committer's date), within a few seconds. Throws when there is no answer or no date in it. */
  readonly commitDate: (sha: string) => Promise<Date>;
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
/** Seconds. Secondary limits that ask for more are not waited for: a side channel must not hold the job up. */
const LONGEST_WAIT = 60;

/** How long a call may take. */
export interface Patience {
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly tries: number;
  /** Seconds between two tries. */
  readonly longestWait: number;
  /** Whether to try again when it is open whether the request was carried out. */
  readonly again: boolean;
  /** Whether to go on without a token. */
  readonly anonymous?: boolean;
}

const PATIENT: Patience = { timeout: 10_000, tries: 3, longestWait: LONGEST_WAIT, again: true };
/** For what has a fallback: nobody waits long for it. */
const QUICK: Patience = { timeout: 2_500, tries: 2, longestWait: 1, again: true, anonymous: true };

/** Connects to the API of the event's server with this token. Nothing is sent before the first call. */
export function createGitHub(options: GitHubOptions): GitHub {
  const here = ownerAndName(options.event.repository);
  const call = createCall(options);
  return {
    fetchFile: async (path, ref, repository, haste) => {
      const where = repository === undefined ? here : ownerAndName(repository);
      const patience = haste === 'quick' ? QUICK : PATIENT;
      const commit = await call((octokit, request) => octokit.rest.repos.getCommit({ ...where, ref, request }), patience);
      const order = { ...where, path, ref: commit.data.sha };
      const text = await call((octokit, request) => readText(octokit, { ...order, request }), patience);
      return text === undefined ? undefined : { text, commit: commit.data.sha };
    },
    repository: async haste => {
      const patience = haste === 'quick' ? QUICK : { ...PATIENT, anonymous: true };
      const { data } = await call((octokit, request) => octokit.rest.repos.get({ ...here, request }), patience);
      return readRepository(data);
    },
    commitDate: async sha => {
      const { data } = await call((octokit, request) => octokit.rest.repos.getCommit({ ...here, ref: sha, request }), QUICK);
      const date = new Date(textOf(at(data, 'commit', 'committer', 'date')) ?? '');
      if (Number.isNaN(date.getTime())) throw new Error('the answer holds no date');
      return date;
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
      await call((octokit, request) => octokit.rest.issues.createComment({ ...here, issue_number: pullRequest, body, request }), {
        ...PATIENT,
        again: false,
      });
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
    ...createCodeScanning(call, here),
    viewer: async () => {
      const answer = await call((octokit, request) =>
        octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }', { request }),
      );
      return answer.viewer.login;
    },
  };
}

type Octokit = InstanceType<typeof Client>;
type Work<T> = (octokit: Octokit, request: { readonly signal: AbortSignal }) => Promise<T>;
/** Sends with this patience, the usual one when it is left out. */
export type Call = <T>(work: Work<T>, patience?: Patience) => Promise<T>;

/** Each try of a call has its own time. */
function createCall({ token, event, timeout = Infinity, wait = sleep }: GitHubOptions): Call {
  const silent = (): void => undefined;
  // Octokit prints deprecations and failed requests by itself; what matters is said by the callers.
  const settings = { baseUrl: event.apiUrl, log: { debug: silent, info: silent, warn: silent, error: silent } };
  const connect = async (anonymous: boolean): Promise<Octokit> => {
    if (token === '' && !anonymous)
      throw new UserError('"github-token" is empty', {
        hint: 'Leave it out, or give ${{ github.token }} or a token of your own.',
      });
    // Loaded when it is needed: a plan mostly is made without a request, and loading the client takes longer than planning.
    // eslint-disable-next-line no-restricted-syntax -- see above
    const client = await import('@actions/github/lib/utils');
    return new client.GitHub(token === '' ? settings : client.getOctokitOptions(token, settings));
  };
  return (work, patience = PATIENT) => {
    const milliseconds = Math.min(patience.timeout, timeout);
    const once = async (): ReturnType<typeof work> =>
      work(await connect(patience.anonymous === true), { signal: AbortSignal.timeout(milliseconds) });
    return attempt(once, patience, wait);
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

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

function ownerAndName(repository: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}

function readRepository(data: unknown): RepositoryAnswer {
  // A proxy's login page is a 200 too.
  if (typeof data !== 'object' || data === null) throw new Error('the answer is not a repository');
  const text = (...names: string[]): string => textOf(at(data, ...names)) ?? '';
  return {
    name: text('name'),
    url: text('html_url'),
    description: text('description'),
    defaultBranch: text('default_branch'),
    license: text('license', 'spdx_id'),
    private: booleanOf(at(data, 'private')),
  };
}

/** Tries again after secondary limits (the request was not carried out), and, when `again`, after answers that leave that open. */
async function attempt<T>(work: () => Promise<T>, patience: Patience, wait: (milliseconds: number) => Promise<void>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const seconds = pause(error, tried, patience);
      if (seconds === undefined || tried >= patience.tries) throw error;
      await wait(seconds * 1000);
    }
  }
}

/** Seconds until the next try; undefined: do not try again. */
function pause(error: unknown, tried: number, { again, longestWait }: Patience): number | undefined {
  if (error instanceof UserError) return undefined;
  if (isSecondaryLimit(error)) {
    const asked = Number(headerOf(error, 'retry-after') ?? '60');
    return asked <= longestWait ? asked : undefined;
  }
  return again && isUnclear(error) ? tried * tried : undefined;
}

/** The state behind the stand-in: repositories with commits, references, pull requests, comments and statuses. */
import { createHash } from 'node:crypto';
import type { CheckRun, Comment, Issue, NewCommit, NewPull, NewRepository, SarifUpload, Status } from './types.ts';

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
  readonly date: string;
  readonly files: Map<string, string>;
}

export interface Pull {
  readonly number: number;
  readonly headRef: string;
  readonly headSha: string;
  readonly headRepository: string | null;
  readonly baseRef: string;
  readonly merged: boolean;
  readonly mergeCommitSha: string | null;
}

/** An issue, or the issue side of a pull request. */
export interface IssueRecord extends Issue {
  readonly id: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly pull?: Pull;
}

/** A check run as GitHub keeps it: what was sent, merged over time. */
export interface CheckRecord extends CheckRun {
  readonly sent: Readonly<Record<string, unknown>>;
  readonly startedAt: string;
  readonly completedAt: string | null;
}

export interface Repository {
  readonly id: number;
  readonly name: string;
  readonly private: boolean;
  readonly codeScanning: boolean;
  readonly defaultBranch: string;
  readonly description: string | null;
  readonly license: string | null;
  readonly commits: Map<string, Commit>;
  /** `heads/main`, `tags/v1` -> commit. */
  readonly refs: Map<string, string>;
  readonly issues: Map<number, IssueRecord>;
  readonly comments: Map<number, Comment>;
  readonly statuses: Status[];
  readonly checks: Map<number, CheckRecord>;
  readonly sarifs: Map<string, SarifUpload & { readonly polls: number }>;
}

/** GitHub writes times without milliseconds. */
export const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex');

/** A stable number for a name, as accounts and repositories have one. */
export const idOf = (name: string): number => Number.parseInt(sha1(name).slice(0, 7), 16) + 1000;

export class World {
  readonly repositories = new Map<string, Repository>();
  readonly main: string;
  readonly #privateByDefault: boolean;
  #next = 2_100_000_000;

  constructor(main: string, options: NewRepository) {
    this.main = main;
    this.#privateByDefault = options.private ?? false;
    this.addRepository(main, options);
  }

  /** Ids only grow, across everything, as on GitHub. */
  nextId(): number {
    this.#next += 7;
    return this.#next;
  }

  repository(name: string = this.main): Repository {
    const found = this.repositories.get(name.toLowerCase());
    if (found === undefined) throw new Error(`the stand-in has no repository ${name}: call addRepository first`);
    return found;
  }

  addRepository(name: string, options: NewRepository = {}): Repository {
    const repository: Repository = {
      id: idOf(name),
      name,
      private: options.private ?? (name === this.main && this.#privateByDefault),
      codeScanning: options.codeScanning ?? true,
      defaultBranch: options.defaultBranch ?? 'main',
      description: options.description ?? null,
      license: options.license ?? null,
      commits: new Map(),
      refs: new Map(),
      issues: new Map(),
      comments: new Map(),
      statuses: [],
      checks: new Map(),
      sarifs: new Map(),
    };
    this.repositories.set(name.toLowerCase(), repository);
    this.addCommit({ repository: name, branch: repository.defaultBranch, message: 'First commit' });
    return repository;
  }

  addCommit(commit: NewCommit): string {
    const repository = this.repository(commit.repository);
    const tip = commit.branch === undefined ? undefined : repository.refs.get(`heads/${commit.branch}`);
    const parents = commit.parents ?? (tip === undefined ? [] : [tip]);
    const sha = commit.sha ?? sha1(`${repository.name} ${commit.message ?? ''} ${repository.commits.size}`);
    if (!repository.commits.has(sha)) {
      const files = new Map(repository.commits.get(parents[0] ?? '')?.files);
      repository.commits.set(sha, {
        sha,
        parents: parents.filter(parent => parent !== sha),
        message: commit.message ?? `Commit ${repository.commits.size}`,
        author: commit.author ?? 'alice',
        date: commit.date ?? now(),
        files,
      });
    }
    for (const [name, content] of Object.entries(commit.files ?? {})) repository.commits.get(sha)?.files.set(name, content);
    if (commit.branch !== undefined) repository.refs.set(`heads/${commit.branch}`, sha);
    if (commit.tag !== undefined) repository.refs.set(`tags/${commit.tag}`, sha);
    return sha;
  }

  addPull(pull: NewPull): number {
    const repository = this.repository(pull.repository);
    const number = pull.number ?? Math.max(0, ...repository.issues.keys()) + 1;
    const headRef = pull.headRef ?? `change-${number}`;
    const sameRepository = pull.headRepository === undefined || pull.headRepository === repository.name;
    const base = repository.refs.get(`heads/${pull.baseRef ?? repository.defaultBranch}`);
    // A fork's commits are reachable through the repository as well (refs/pull/N/head), so both kinds live here.
    const headSha = this.addCommit({
      repository: repository.name,
      ...(pull.headSha === undefined ? {} : { sha: pull.headSha }),
      ...(sameRepository ? { branch: headRef } : {}),
      parents: base === undefined ? [] : [base],
      message: pull.title ?? `Change ${number}`,
    });
    repository.refs.set(`pull/${number}/head`, headSha);
    const at = now();
    repository.issues.set(number, {
      id: this.nextId(),
      number,
      title: pull.title ?? `Change ${number}`,
      body: pull.body ?? null,
      state: pull.state ?? (pull.merged === true ? 'closed' : 'open'),
      labels: [],
      assignees: [],
      author: pull.author ?? 'alice',
      createdAt: at,
      updatedAt: at,
      pull: {
        number,
        headRef,
        headSha,
        headRepository: pull.headRepository === undefined ? repository.name : pull.headRepository,
        baseRef: pull.baseRef ?? repository.defaultBranch,
        merged: pull.merged ?? false,
        mergeCommitSha: pull.mergeCommitSha ?? null,
      },
    });
    return number;
  }

  addComment(repository: Repository, issue: number, body: string, author: string): Comment {
    const at = now();
    const comment: Comment = { id: this.nextId(), issue, body, author, createdAt: at, updatedAt: at };
    repository.comments.set(comment.id, comment);
    return comment;
  }
}

/** The commit that a branch, a tag, a full reference or a sha (also a short one) names. */
export function resolveRef(repository: Repository, ref: string): Commit | undefined {
  const short = ref.replace(/^refs\//, '');
  const named = [short, `heads/${short}`, `tags/${short}`].map(name => repository.refs.get(name)).find(sha => sha !== undefined);
  if (named !== undefined) return repository.commits.get(named);
  if (ref === 'HEAD') return resolveRef(repository, repository.defaultBranch);
  if (!/^[0-9a-f]{7,40}$/.test(ref)) return undefined;
  return repository.commits.get(ref) ?? [...repository.commits.values()].find(commit => commit.sha.startsWith(ref));
}

/** A commit and all that came before it, newest first. */
export function ancestry(repository: Repository, commit: Commit): Commit[] {
  const seen = new Map<string, Commit>();
  const todo = [commit];
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    if (seen.has(next.sha)) continue;
    seen.set(next.sha, next);
    todo.push(...next.parents.flatMap(parent => repository.commits.get(parent) ?? []));
  }
  return [...seen.values()];
}

/** Pull requests. */
import { missing, page, type Request, type Route } from '../router.ts';
import { nodeId, repository as repositoryShape, user, type Json } from '../shapes.ts';
import type { Needs } from '../tokens.ts';
import { resolveRef, type IssueRecord, type Pull, type Repository } from '../world.ts';
import { issueBase } from './issues.ts';

const REPOSITORY = '/repos/{owner}/{repo}';
const READ: Needs = [['pull-requests', 'read']];

type PullRecord = IssueRecord & { readonly pull: Pull };
const isPull = (issue: IssueRecord | undefined): issue is PullRecord => issue?.pull !== undefined;
const pullsOf = (repository: Repository): PullRecord[] => [...repository.issues.values()].filter(isPull);

function side(request: Request, ref: string, sha: string, repository: Json | null, owner: string): Json {
  return { label: `${owner}:${ref}`, ref, sha, user: user(owner, request.api), repo: repository };
}

/** What lists of pull requests show. */
function short(request: Request, record: PullRecord): Json {
  const { api, repository } = request;
  const { pull } = record;
  const url = `${api}/repos/${repository.name}`;
  const own = `${url}/pulls/${pull.number}`;
  const issue = `${url}/issues/${pull.number}`;
  const web = `https://github.com/${repository.name}/pull/${pull.number}`;
  const [owner = ''] = repository.name.split('/');
  const base = repositoryShape(repository, api);
  const fork = pull.headRepository !== repository.name;
  const head =
    pull.headRepository === null ? null : fork ? repositoryShape({ name: pull.headRepository, fork: true }, api) : base;
  const baseSha = repository.refs.get(`heads/${pull.baseRef}`) ?? '0'.repeat(40);
  const addresses = {
    self: own,
    html: web,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${own}/comments`,
    review_comment: `${url}/pulls/comments{/number}`,
    commits: `${own}/commits`,
    statuses: `${url}/statuses/${pull.headSha}`,
  };
  return {
    ...issueBase(request, record),
    url: own,
    node_id: nodeId('PR', record.id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issue,
    commits_url: addresses.commits,
    review_comments_url: addresses.review_comments,
    review_comment_url: addresses.review_comment,
    comments_url: addresses.comments,
    statuses_url: addresses.statuses,
    merged_at: pull.merged ? record.updatedAt : null,
    merge_commit_sha: pull.mergeCommitSha,
    requested_reviewers: [],
    requested_teams: [],
    draft: false,
    auto_merge: null,
    head: side(request, pull.headRef, pull.headSha, head, (pull.headRepository ?? record.author).split('/')[0] ?? ''),
    base: side(request, pull.baseRef, baseSha, base, owner),
    _links: Object.fromEntries(Object.entries(addresses).map(([name, href]) => [name, { href }])),
  };
}

function full(request: Request, record: PullRecord): Json {
  const { pull } = record;
  return {
    ...short(request, record),
    merged: pull.merged,
    mergeable: record.state === 'open' ? true : null,
    rebaseable: null,
    mergeable_state: record.state === 'open' ? 'clean' : 'unknown',
    merged_by: pull.merged ? user(record.author, request.api) : null,
    comments: [...request.repository.comments.values()].filter(comment => comment.issue === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: 1,
  };
}

function asked(request: Request): PullRecord | undefined {
  const record = request.repository.issues.get(Number(request.params['pull_number']));
  return isPull(record) ? record : undefined;
}

export const pullRoutes: readonly Route[] = [
  {
    operation: `GET ${REPOSITORY}/pulls`,
    needs: READ,
    handle: request => {
      const { query, repository } = request;
      const state = query.get('state') ?? 'open';
      const head = query.get('head');
      const found = pullsOf(repository).filter(
        ({ state: is, pull, author }) =>
          (state === 'all' || is === state) &&
          (query.get('base') ?? pull.baseRef) === pull.baseRef &&
          (head === null || head === `${(pull.headRepository ?? author).split('/')[0] ?? ''}:${pull.headRef}`),
      );
      return page(
        request,
        found.reverse().map(record => short(request, record)),
      );
    },
  },
  {
    operation: `GET ${REPOSITORY}/pulls/{pull_number}`,
    needs: READ,
    handle: request => {
      const record = asked(request);
      return record === undefined ? missing(request) : { status: 200, body: full(request, record) };
    },
  },
  {
    operation: `GET ${REPOSITORY}/pulls/{pull_number}/files`,
    needs: READ,
    handle: request => {
      const record = asked(request);
      if (record === undefined) return missing(request);
      const { api, repository } = request;
      const head = resolveRef(repository, record.pull.headSha);
      const base = resolveRef(repository, record.pull.baseRef);
      const changed = [...(head?.files ?? [])].filter(([name, content]) => base?.files.get(name) !== content);
      const { headSha } = record.pull;
      const web = `https://github.com/${repository.name}`;
      const files = changed.map(([name, content]) => ({
        sha: nodeId('B', name.length),
        filename: name,
        status: base?.files.has(name) === true ? 'modified' : 'added',
        additions: content.split('\n').length,
        deletions: 0,
        changes: content.split('\n').length,
        blob_url: `${web}/blob/${headSha}/${name}`,
        raw_url: `${web}/raw/${headSha}/${name}`,
        contents_url: `${api}/repos/${repository.name}/contents/${encodeURIComponent(name)}?ref=${headSha}`,
      }));
      return page(request, files);
    },
  },
  {
    operation: `GET ${REPOSITORY}/commits/{commit_sha}/pulls`,
    needs: READ,
    handle: request => {
      const sha = request.params['commit_sha'] ?? '';
      const { repository } = request;
      if (resolveRef(repository, sha) === undefined) return missing(request);
      const found = pullsOf(repository).filter(({ pull }) => pull.headSha === sha || pull.mergeCommitSha === sha);
      return page(
        request,
        found.map(record => short(request, record)),
      );
    },
  },
];

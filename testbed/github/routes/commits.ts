/** Commits, how two of them relate, and the references that name them. */
import { createHash } from 'node:crypto';
import type { Answer } from '../http.ts';
import { invalid, missing, page, type Request, type Route } from '../router.ts';
import { nodeId, user, type Json } from '../shapes.ts';
import { refuse, type Needs } from '../tokens.ts';
import { ancestry, idOf, resolveRef, type Commit } from '../world.ts';

const REPOSITORY = '/repos/{owner}/{repo}';
const READ: Needs = [['contents', 'read']];

/** A commit with everything about it. */
export function commitShape(request: Request, commit: Commit): Json {
  const { api, repository } = request;
  const url = `${api}/repos/${repository.name}`;
  const web = `https://github.com/${repository.name}`;
  const person = { name: commit.author, email: `${commit.author}@users.noreply.github.com`, date: commit.date };
  const tree = createHash('sha1').update(`tree ${commit.sha}`).digest('hex');
  return {
    sha: commit.sha,
    node_id: nodeId('C', idOf(commit.sha)),
    url: `${url}/commits/${commit.sha}`,
    html_url: `${web}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    commit: {
      author: person,
      committer: person,
      message: commit.message,
      tree: { sha: tree, url: `${url}/git/trees/${tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    author: user(commit.author, api),
    committer: user(commit.author, api),
    parents: commit.parents.map(sha => ({ sha, url: `${url}/commits/${sha}`, html_url: `${web}/commit/${sha}` })),
  };
}

function compare(request: Request): Answer {
  const { api, repository } = request;
  const basehead = request.params['basehead'] ?? '';
  const [from = '', to = ''] = basehead.split('...');
  const base = resolveRef(repository, from);
  const head = resolveRef(repository, to);
  if (base === undefined || head === undefined) return missing(request);
  const before = ancestry(repository, base);
  const after = ancestry(repository, head);
  const ahead = after.filter(commit => !before.includes(commit));
  const behind = before.filter(commit => !after.includes(commit));
  const common = after.find(commit => before.includes(commit));
  if (common === undefined) {
    return refuse(404, `No common ancestor between ${from} and ${to}.`, request.documentation);
  }
  const relation = ahead.length > 0 ? (behind.length > 0 ? 'diverged' : 'ahead') : behind.length > 0 ? 'behind' : 'identical';
  const web = `https://github.com/${repository.name}/compare/${basehead}`;
  const paged = page(request, ahead.map(commit => commitShape(request, commit)).reverse());
  const body = {
    url: `${api}/repos/${repository.name}/compare/${encodeURIComponent(basehead)}`,
    html_url: web,
    permalink_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: commitShape(request, base),
    merge_base_commit: commitShape(request, common),
    status: relation,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: paged.body,
    files: [],
  };
  return { ...paged, body };
}

export const commitRoutes: readonly Route[] = [
  {
    operation: `GET ${REPOSITORY}/commits`,
    needs: READ,
    handle: request => {
      const start = resolveRef(request.repository, request.query.get('sha') ?? request.repository.defaultBranch);
      if (start === undefined) return missing(request);
      return page(
        request,
        ancestry(request.repository, start).map(commit => commitShape(request, commit)),
      );
    },
  },
  {
    operation: `GET ${REPOSITORY}/commits/{ref}`,
    needs: READ,
    handle: request => {
      const ref = request.params['ref'] ?? '';
      const commit = resolveRef(request.repository, ref);
      if (commit === undefined) return invalid(request, `No commit found for SHA: ${ref}`);
      if (/\.sha(\+json)?$/.test(request.call.headers.accept ?? '')) {
        return {
          status: 200,
          body: Buffer.from(commit.sha),
          headers: { 'content-type': 'application/vnd.github.sha; charset=utf-8' },
        };
      }
      return {
        status: 200,
        body: { ...commitShape(request, commit), stats: { additions: 1, deletions: 0, total: 1 }, files: [] },
      };
    },
  },
  { operation: `GET ${REPOSITORY}/compare/{basehead}`, needs: READ, handle: compare },
  {
    operation: `GET ${REPOSITORY}/git/ref/{ref}`,
    needs: READ,
    handle: request => {
      const { api, repository } = request;
      const ref = request.params['ref'] ?? '';
      const sha = repository.refs.get(ref);
      if (sha === undefined) return missing(request);
      const url = `${api}/repos/${repository.name}/git`;
      const object = { sha, type: 'commit', url: `${url}/commits/${sha}` };
      return { status: 200, body: { ref: `refs/${ref}`, node_id: nodeId('REF', idOf(ref)), url: `${url}/refs/${ref}`, object } };
    },
  },
];

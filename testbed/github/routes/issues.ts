/** Issues; a pull request is one too. */
import { missing, page, type Request, type Route } from '../router.ts';
import { nodeId, user, type Json } from '../shapes.ts';
import type { Needs } from '../tokens.ts';
import { idOf, now, type IssueRecord } from '../world.ts';
import { reactions } from './comments.ts';
import { limitExceeded } from './limits.ts';

const ISSUES = '/repos/{owner}/{repo}/issues';
const READ: Needs = [
  ['issues', 'read'],
  ['pull-requests', 'read'],
];
const WRITE: Needs = [['issues', 'write']];

interface IssueBody {
  readonly title?: string | number | null;
  readonly body?: string | null;
  readonly state?: 'open' | 'closed';
  readonly state_reason?: string | null;
  readonly labels?: readonly (string | { readonly name?: string })[];
  readonly assignees?: readonly string[];
}

/** The address of an issue and the little that issues and pull requests show alike. */
export function issueBase(request: Request, issue: IssueRecord): Json {
  const { api, repository } = request;
  const label = (name: string): Json => ({
    id: idOf(name),
    node_id: nodeId('LA', idOf(name)),
    url: `${api}/repos/${repository.name}/labels/${encodeURIComponent(name)}`,
    name,
    color: 'ededed',
    default: false,
    description: null,
  });
  return {
    id: issue.id,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.state,
    locked: false,
    user: user(issue.author, api),
    labels: issue.labels.map(label),
    assignee: issue.assignees[0] === undefined ? null : user(issue.assignees[0], api),
    assignees: issue.assignees.map(login => user(login, api)),
    milestone: null,
    author_association: 'CONTRIBUTOR',
    active_lock_reason: null,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.state === 'closed' ? issue.updatedAt : null,
  };
}

function shape(request: Request, issue: IssueRecord): Json {
  const { api, repository } = request;
  const url = `${api}/repos/${repository.name}/issues/${issue.number}`;
  const web = `https://github.com/${repository.name}`;
  const pull = `${web}/pull/${issue.number}`;
  const pullUrl = url.replace('/issues/', '/pulls/');
  const links = { url: pullUrl, html_url: pull, diff_url: `${pull}.diff`, patch_url: `${pull}.patch`, merged_at: null };
  return {
    ...issueBase(request, issue),
    node_id: nodeId('I', issue.id),
    url,
    repository_url: `${api}/repos/${repository.name}`,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: issue.pull === undefined ? `${web}/issues/${issue.number}` : pull,
    comments: [...repository.comments.values()].filter(comment => comment.issue === issue.number).length,
    state_reason: null,
    reactions: reactions(`${url}/reactions`),
    performed_via_github_app: null,
    ...(issue.pull && { pull_request: links }),
  };
}

const names = (labels: IssueBody['labels']): string[] =>
  (labels ?? []).flatMap(label => (typeof label === 'string' ? label : (label.name ?? [])));

function matches(request: Request, issue: IssueRecord): boolean {
  const { query } = request;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(label => label !== '');
  return (
    (state === 'all' || issue.state === state) &&
    labels.every(label => issue.labels.includes(label)) &&
    (query.get('creator') ?? issue.author) === issue.author
  );
}

export const issueRoutes: readonly Route[] = [
  {
    operation: `GET ${ISSUES}`,
    needs: READ,
    handle: request => {
      const found = [...request.repository.issues.values()].filter(issue => matches(request, issue));
      // Newest first, unless asked otherwise.
      const ordered = request.query.get('direction') === 'asc' ? found : found.reverse();
      return page(
        request,
        ordered.map(issue => shape(request, issue)),
      );
    },
  },
  {
    operation: `POST ${ISSUES}`,
    needs: WRITE,
    handle: request => {
      const sent = request.body as IssueBody;
      const refused = sent.body ? limitExceeded(request, 'Issue', 'body', sent.body) : undefined;
      if (refused) return refused;
      const { repository, world } = request;
      const at = now();
      const issue: IssueRecord = {
        id: world.nextId(),
        number: Math.max(0, ...repository.issues.keys()) + 1,
        title: String(sent.title),
        body: sent.body ?? null,
        state: 'open',
        labels: names(sent.labels),
        assignees: sent.assignees ?? [],
        author: request.token?.login ?? 'ghost',
        createdAt: at,
        updatedAt: at,
      };
      repository.issues.set(issue.number, issue);
      return { status: 201, body: shape(request, issue) };
    },
  },
  {
    operation: `GET ${ISSUES}/{issue_number}`,
    needs: READ,
    handle: request => {
      const issue = request.repository.issues.get(Number(request.params['issue_number']));
      return issue === undefined ? missing(request) : { status: 200, body: shape(request, issue) };
    },
  },
  {
    operation: `PATCH ${ISSUES}/{issue_number}`,
    needs: [...WRITE, ['pull-requests', 'write']],
    handle: request => {
      const issue = request.repository.issues.get(Number(request.params['issue_number']));
      if (issue === undefined) return missing(request);
      const sent = request.body as IssueBody;
      const refused = sent.body ? limitExceeded(request, 'Issue', 'body', sent.body) : undefined;
      if (refused) return refused;
      const changed: IssueRecord = {
        ...issue,
        title: sent.title == null ? issue.title : String(sent.title),
        body: sent.body === undefined ? issue.body : sent.body,
        state: sent.state ?? issue.state,
        labels: sent.labels === undefined ? issue.labels : names(sent.labels),
        assignees: sent.assignees ?? issue.assignees,
        updatedAt: now(),
      };
      request.repository.issues.set(issue.number, changed);
      return { status: 200, body: shape(request, changed) };
    },
  },
];

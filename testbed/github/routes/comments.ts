/** Comments of issues and pull requests. */
import { missing, page, type Request, type Route } from '../router.ts';
import { actionsApp, nodeId, user, type Json } from '../shapes.ts';
import { WORKFLOW_LOGIN, type Needs } from '../tokens.ts';
import type { Comment } from '../types.ts';
import { now } from '../world.ts';
import { limitExceeded } from './limits.ts';

const COMMENTS = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}';
const READ: Needs = [
  ['issues', 'read'],
  ['pull-requests', 'read'],
];
const WRITE: Needs = [
  ['issues', 'write'],
  ['pull-requests', 'write'],
];

function shape(request: Request, comment: Comment): Json {
  const { repository, api } = request;
  const url = `${api}/repos/${repository.name}`;
  const isPull = repository.issues.get(comment.issue)?.pull !== undefined;
  const web = `https://github.com/${repository.name}/${isPull ? 'pull' : 'issues'}/${comment.issue}`;
  return {
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${web}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${comment.issue}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: user(comment.author, api),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: comment.author.endsWith('[bot]') ? 'NONE' : 'CONTRIBUTOR',
    reactions: reactions(`${url}/issues/comments/${comment.id}/reactions`),
    performed_via_github_app: comment.author === WORKFLOW_LOGIN ? actionsApp(api) : null,
  };
}

export function reactions(url: string): Json {
  return { url, total_count: 0, '+1': 0, '-1': 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 };
}

const found = (request: Request): Comment | undefined => request.repository.comments.get(Number(request.params['comment_id']));

export const commentRoutes: readonly Route[] = [
  {
    operation: `GET ${COMMENTS}`,
    needs: READ,
    handle: request => {
      const number = Number(request.params['issue_number']);
      if (!request.repository.issues.has(number)) return missing(request);
      const since = request.query.get('since') ?? '';
      const comments = [...request.repository.comments.values()];
      const mine = comments.filter(comment => comment.issue === number && comment.updatedAt >= since);
      return page(
        request,
        mine.map(comment => shape(request, comment)),
      );
    },
  },
  {
    operation: `POST ${COMMENTS}`,
    needs: WRITE,
    handle: request => {
      const number = Number(request.params['issue_number']);
      if (!request.repository.issues.has(number)) return missing(request);
      const { body } = request.body as { body: string };
      const refused = limitExceeded(request, 'IssueComment', 'body', body);
      if (refused) return refused;
      const comment = request.world.addComment(request.repository, number, body, request.token?.login ?? 'ghost');
      const answer = shape(request, comment);
      return { status: 201, body: answer, headers: { location: String(answer['url']) } };
    },
  },
  {
    operation: `GET ${COMMENT}`,
    needs: READ,
    handle: request => {
      const comment = found(request);
      return comment === undefined ? missing(request) : { status: 200, body: shape(request, comment) };
    },
  },
  {
    operation: `PATCH ${COMMENT}`,
    needs: WRITE,
    handle: request => {
      const comment = found(request);
      if (comment === undefined) return missing(request);
      const { body } = request.body as { body: string };
      const refused = limitExceeded(request, 'IssueComment', 'body', body);
      if (refused) return refused;
      const changed = { ...comment, body, updatedAt: now() };
      request.repository.comments.set(comment.id, changed);
      return { status: 200, body: shape(request, changed) };
    },
  },
  {
    operation: `DELETE ${COMMENT}`,
    needs: WRITE,
    handle: request => {
      const comment = found(request);
      if (comment === undefined) return missing(request);
      request.repository.comments.delete(comment.id);
      return { status: 204 };
    },
  },
];

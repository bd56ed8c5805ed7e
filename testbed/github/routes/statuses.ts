/** Commit statuses, and all of a commit's taken together. */
import { invalid, missing, page, type Request, type Route } from '../router.ts';
import { nodeId, repository as repositoryShape, user, type Json } from '../shapes.ts';
import type { Needs } from '../tokens.ts';
import type { Status, StatusState } from '../types.ts';
import { now, resolveRef } from '../world.ts';
import { statusLimits } from './limits.ts';

const REPOSITORY = '/repos/{owner}/{repo}';
const READ: Needs = [['statuses', 'read']];
/** GitHub's own bound per commit and context. */
const MOST = 1000;

function shape(request: Request, status: Status, full: boolean): Json {
  const { api, repository } = request;
  const creator = user(status.creator, api);
  return {
    url: `${api}/repos/${repository.name}/statuses/${status.sha}`,
    avatar_url: creator['avatar_url'],
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    ...(full && { creator }),
  };
}

/** The newest status of each context, newest first. */
function latest(statuses: readonly Status[]): Status[] {
  const byContext = new Map<string, Status>();
  for (const status of [...statuses].reverse()) if (!byContext.has(status.context)) byContext.set(status.context, status);
  return [...byContext.values()];
}

function combined(statuses: readonly Status[]): string {
  if (statuses.some(status => status.state === 'failure' || status.state === 'error')) return 'failure';
  return statuses.length > 0 && statuses.every(status => status.state === 'success') ? 'success' : 'pending';
}

export const statusRoutes: readonly Route[] = [
  {
    operation: `POST ${REPOSITORY}/statuses/{sha}`,
    needs: [['statuses', 'write']],
    handle: request => {
      const { repository, world } = request;
      const sha = request.params['sha'] ?? '';
      const body = request.body as {
        state: StatusState;
        context?: string;
        description?: string | null;
        target_url?: string | null;
      };
      const context = body.context ?? 'default';
      const refused = statusLimits(request, body.description ?? null, context);
      if (refused) return refused;
      if (!repository.commits.has(sha)) return invalid(request, `No commit found for SHA: ${sha}`);
      if (repository.statuses.filter(status => status.sha === sha && status.context === context).length >= MOST) {
        return invalid(request, 'Validation Failed', ['This SHA and context has reached the maximum number of statuses.']);
      }
      const status: Status = {
        id: world.nextId(),
        sha,
        state: body.state,
        context,
        description: body.description ?? null,
        targetUrl: body.target_url ?? null,
        creator: request.token?.login ?? 'ghost',
        createdAt: now(),
      };
      repository.statuses.push(status);
      return { status: 201, body: shape(request, status, true) };
    },
  },
  {
    operation: `GET ${REPOSITORY}/commits/{ref}/statuses`,
    needs: READ,
    handle: request => {
      const commit = resolveRef(request.repository, request.params['ref'] ?? '');
      if (commit === undefined) return missing(request);
      const mine = request.repository.statuses.filter(status => status.sha === commit.sha).reverse();
      return page(
        request,
        mine.map(status => shape(request, status, true)),
      );
    },
  },
  {
    operation: `GET ${REPOSITORY}/commits/{ref}/status`,
    needs: READ,
    handle: request => {
      const { api, repository } = request;
      const commit = resolveRef(repository, request.params['ref'] ?? '');
      if (commit === undefined) return missing(request);
      const statuses = latest(repository.statuses.filter(status => status.sha === commit.sha));
      const url = `${api}/repos/${repository.name}/commits/${commit.sha}`;
      const body = {
        state: combined(statuses),
        statuses: statuses.map(status => shape(request, status, false)),
        sha: commit.sha,
        total_count: statuses.length,
        repository: repositoryShape(repository, api),
        commit_url: url,
        url: `${url}/status`,
      };
      return { status: 200, body };
    },
  },
];

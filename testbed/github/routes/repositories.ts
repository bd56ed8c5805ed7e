/** The repository itself, its tags and branches, and how many requests are left. */
import { missing, page, type Request, type Route } from '../router.ts';
import { nodeId, repository as shape, type Json } from '../shapes.ts';
import { idOf } from '../world.ts';
import { commitShape } from './commits.ts';

const REPOSITORY = '/repos/{owner}/{repo}';

/** What GitHub grants a workflow's token per hour and repository. */
export const HOURLY_LIMIT = 1000;

/** The end of the current hour's window, in seconds. */
export const limitResetsAt = (): number => Math.ceil(Date.now() / 3_600_000) * 3600;

function rateLimit(request: Request): Json {
  const used = request.token?.used ?? 0;
  const reset = limitResetsAt();
  const of = (limit: number): Json => ({ limit, used: Math.min(used, limit), remaining: Math.max(0, limit - used), reset });
  const other = { limit: 30, used: 0, remaining: 30, reset };
  return { resources: { core: of(HOURLY_LIMIT), search: other, graphql: of(HOURLY_LIMIT) }, rate: of(HOURLY_LIMIT) };
}

export const repositoryRoutes: readonly Route[] = [
  { operation: 'GET /rate_limit', needs: [], handle: request => ({ status: 200, body: rateLimit(request) }) },
  {
    operation: `GET ${REPOSITORY}`,
    needs: [],
    handle: request => ({
      status: 200,
      body: { ...shape(request.repository, request.api), network_count: 0, subscribers_count: 0 },
    }),
  },
  {
    operation: `GET ${REPOSITORY}/branches/{branch}`,
    needs: [['contents', 'read']],
    handle: request => {
      const { api, repository } = request;
      const name = request.params['branch'] ?? '';
      const commit = repository.commits.get(repository.refs.get(`heads/${name}`) ?? '');
      if (commit === undefined) return missing(request);
      const url = `${api}/repos/${repository.name}/branches/${name}`;
      const links = { self: url, html: `https://github.com/${repository.name}/tree/${name}` };
      const protection = { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } };
      const state = { protected: false, protection, protection_url: `${url}/protection` };
      return { status: 200, body: { name, commit: commitShape(request, commit), _links: links, ...state } };
    },
  },
  {
    operation: `GET ${REPOSITORY}/tags`,
    needs: [['contents', 'read']],
    handle: request => {
      const { api, repository } = request;
      const url = `${api}/repos/${repository.name}`;
      const tags = [...repository.refs].flatMap(([ref, sha]) => {
        if (!ref.startsWith('tags/')) return [];
        const name = ref.slice('tags/'.length);
        const balls = { zipball_url: `${url}/zipball/refs/tags/${name}`, tarball_url: `${url}/tarball/refs/tags/${name}` };
        return [{ name, ...balls, commit: { sha, url: `${url}/commits/${sha}` }, node_id: nodeId('REF', idOf(ref)) }];
      });
      return page(request, tags.reverse());
    },
  },
];

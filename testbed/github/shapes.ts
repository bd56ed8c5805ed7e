/** GitHub's JSON for people and repositories: used in answers of the API and in the events that workflows get. */
import { idOf, type Repository } from './world.ts';

export type Json = Record<string, unknown>;

const WEB = 'https://github.com';

const nodeId = (kind: string, id: number): string => `${kind}_${Buffer.from(String(id)).toString('base64url')}`;

/** A person, an organisation or a bot. */
export function user(login: string, api: string, type?: 'Organization'): Json {
  const id = idOf(login);
  const url = `${api}/users/${encodeURIComponent(login)}`;
  const bot = login.endsWith('[bot]');
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: '',
    url,
    html_url: bot ? `${WEB}/apps/${login.replace('[bot]', '')}` : `${WEB}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: type ?? (bot ? 'Bot' : 'User'),
    site_admin: false,
  };
}

/** The app behind the workflow's own token. */
export function actionsApp(api: string): Json {
  return {
    id: 15368,
    slug: 'github-actions',
    node_id: 'MDM6QXBwMTUzNjg=',
    owner: user('github', api, 'Organization'),
    name: 'GitHub Actions',
    description: 'Automate your workflow from idea to production',
    external_url: 'https://help.github.com/en/actions',
    html_url: `${WEB}/apps/github-actions`,
    created_at: '2018-07-30T09:30:17Z',
    updated_at: '2024-04-10T20:33:16Z',
    permissions: { checks: 'write', contents: 'read', issues: 'write', metadata: 'read', statuses: 'write' },
    events: ['check_run', 'pull_request', 'push'],
  };
}

const REPOSITORY_URLS: readonly (readonly [string, string])[] = [
  ['archive', '/{archive_format}{/ref}'],
  ['assignees', '/assignees{/user}'],
  ['blobs', '/git/blobs{/sha}'],
  ['branches', '/branches{/branch}'],
  ['collaborators', '/collaborators{/collaborator}'],
  ['comments', '/comments{/number}'],
  ['commits', '/commits{/sha}'],
  ['compare', '/compare/{base}...{head}'],
  ['contents', '/contents/{+path}'],
  ['contributors', '/contributors'],
  ['deployments', '/deployments'],
  ['downloads', '/downloads'],
  ['events', '/events'],
  ['forks', '/forks'],
  ['git_commits', '/git/commits{/sha}'],
  ['git_refs', '/git/refs{/sha}'],
  ['git_tags', '/git/tags{/sha}'],
  ['hooks', '/hooks'],
  ['issue_comment', '/issues/comments{/number}'],
  ['issue_events', '/issues/events{/number}'],
  ['issues', '/issues{/number}'],
  ['keys', '/keys{/key_id}'],
  ['labels', '/labels{/name}'],
  ['languages', '/languages'],
  ['merges', '/merges'],
  ['milestones', '/milestones{/number}'],
  ['notifications', '/notifications{?since,all,participating}'],
  ['pulls', '/pulls{/number}'],
  ['releases', '/releases{/id}'],
  ['stargazers', '/stargazers'],
  ['statuses', '/statuses/{sha}'],
  ['subscribers', '/subscribers'],
  ['subscription', '/subscription'],
  ['tags', '/tags'],
  ['teams', '/teams'],
  ['trees', '/git/trees{/sha}'],
];

/** The part of a repository that its JSON shows; a plain fork needs no more than a name. */
export type RepositoryFacts = Pick<Repository, 'name'> &
  Partial<Pick<Repository, 'private' | 'defaultBranch' | 'description' | 'license'>> & { readonly fork?: boolean };

/** A repository. */
export function repository(facts: RepositoryFacts, api: string): Json {
  const { name: full } = facts;
  const [owner = '', name = ''] = full.split('/');
  const url = `${api}/repos/${full}`;
  const id = idOf(full);
  const license = facts.license ?? null;
  return {
    id,
    node_id: nodeId('R', id),
    name,
    full_name: full,
    private: facts.private ?? false,
    visibility: facts.private === true ? 'private' : 'public',
    owner: user(owner, api, 'Organization'),
    html_url: `${WEB}/${full}`,
    description: facts.description ?? null,
    fork: facts.fork ?? false,
    url,
    ...Object.fromEntries(REPOSITORY_URLS.map(([key, suffix]) => [`${key}_url`, `${url}${suffix}`])),
    git_url: `git://github.com/${full}.git`,
    ssh_url: `git@github.com:${full}.git`,
    clone_url: `${WEB}/${full}.git`,
    svn_url: `${WEB}/${full}`,
    mirror_url: null,
    homepage: null,
    language: null,
    license: license === null ? null : licence(license, api),
    topics: [],
    default_branch: facts.defaultBranch ?? 'main',
    archived: false,
    disabled: false,
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    size: 108,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    forks_count: 0,
    forks: 0,
    open_issues_count: 0,
    open_issues: 0,
    created_at: '2024-01-02T03:04:05Z',
    updated_at: '2026-01-02T03:04:05Z',
    pushed_at: '2026-01-02T03:04:05Z',
  };
}

function licence(spdx: string, api: string): Json {
  const key = spdx.toLowerCase();
  return { key, name: `${spdx} License`, spdx_id: spdx, url: `${api}/licenses/${key}`, node_id: nodeId('L', idOf(spdx)) };
}

export { nodeId };

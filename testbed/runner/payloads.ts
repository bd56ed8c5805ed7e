/** The webhooks' JSON, with the fields that GitHub sends. */
import { nodeId, repository as repositoryShape, user, type Json, type RepositoryFacts } from '../github/shapes.ts';
import { idOf, now } from '../github/world.ts';

const API = 'https://api.github.com';
const WEB = 'https://github.com';

export interface PayloadFacts extends RepositoryFacts {
  readonly actor: string;
}

/** What every webhook carries. */
export function envelope(facts: PayloadFacts): Json {
  const [owner = ''] = facts.name.split('/');
  const organisation = user(owner, API, 'Organization');
  return {
    repository: repositoryShape(facts, API),
    organization: { login: owner, id: organisation['id'], node_id: organisation['node_id'], url: `${API}/orgs/${owner}` },
    sender: user(facts.actor, API),
  };
}

function commit(facts: PayloadFacts, sha: string): Json {
  const person = { name: facts.actor, email: `${facts.actor}@users.noreply.github.com`, username: facts.actor };
  return {
    id: sha,
    tree_id: sha.split('').reverse().join(''),
    distinct: true,
    message: 'Change something',
    timestamp: now(),
    url: `${WEB}/${facts.name}/commit/${sha}`,
    author: person,
    committer: person,
    added: [],
    removed: [],
    modified: ['Dockerfile'],
  };
}

const NONE = '0'.repeat(40);

/** A push; a deletion has no commit afterwards. */
export function pushPayload(facts: PayloadFacts, ref: string, sha: string, before: string, deleted: boolean): Json {
  const created = before === NONE;
  return {
    ref,
    before,
    after: deleted ? NONE : sha,
    created,
    deleted,
    forced: false,
    base_ref: null,
    compare: `${WEB}/${facts.name}/compare/${before.slice(0, 12)}...${sha.slice(0, 12)}`,
    commits: deleted ? [] : [commit(facts, sha)],
    head_commit: deleted ? null : commit(facts, sha),
    pusher: { name: facts.actor, email: `${facts.actor}@users.noreply.github.com` },
    ...envelope(facts),
  };
}

export interface PullPayload {
  readonly number: number;
  readonly action: string;
  readonly title: string;
  readonly author: string;
  readonly headRef: string;
  readonly headSha: string;
  readonly headRepository: string | null;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly mergeSha: string;
}

/** A pull request as webhooks show it. */
function pullRequest(facts: PayloadFacts, pull: PullPayload): Json {
  const url = `${API}/repos/${facts.name}`;
  const own = `${url}/pulls/${pull.number}`;
  const web = `${WEB}/${facts.name}/pull/${pull.number}`;
  const base = repositoryShape(facts, API);
  const fork = pull.headRepository !== facts.name;
  const headOwner = pull.headRepository?.split('/')[0] ?? pull.author;
  const forked = pull.headRepository === null ? null : repositoryShape({ name: pull.headRepository, fork: true }, API);
  const at = now();
  const id = idOf(`${facts.name}#${pull.number}`);
  return {
    url: own,
    id,
    node_id: nodeId('PR', id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: `${url}/issues/${pull.number}`,
    number: pull.number,
    state: 'open',
    locked: false,
    title: pull.title,
    user: user(pull.author, API),
    body: null,
    created_at: at,
    updated_at: at,
    closed_at: null,
    merged_at: null,
    merge_commit_sha: pull.mergeSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: [],
    milestone: null,
    draft: false,
    commits_url: `${own}/commits`,
    review_comments_url: `${own}/comments`,
    comments_url: `${url}/issues/${pull.number}/comments`,
    statuses_url: `${url}/statuses/${pull.headSha}`,
    head: {
      label: `${headOwner}:${pull.headRef}`,
      ref: pull.headRef,
      sha: pull.headSha,
      user: user(headOwner, API),
      repo: fork ? forked : base,
    },
    base: {
      label: `${facts.name.split('/')[0] ?? ''}:${pull.baseRef}`,
      ref: pull.baseRef,
      sha: pull.baseSha,
      user: base['owner'],
      repo: base,
    },
    author_association: fork ? 'CONTRIBUTOR' : 'MEMBER',
    auto_merge: null,
    active_lock_reason: null,
    merged: false,
    mergeable: null,
    rebaseable: null,
    mergeable_state: 'unknown',
    merged_by: null,
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: fork,
    commits: 1,
    additions: 1,
    deletions: 1,
    changed_files: 1,
  };
}

/** `pull_request` and `pull_request_target`. */
export function pullPayload(facts: PayloadFacts, pull: PullPayload): Json {
  const { number, action } = pull;
  const moved = action === 'synchronize' ? { before: NONE.replace(/^0/, '1'), after: pull.headSha } : {};
  return { action, number, pull_request: pullRequest(facts, pull), ...moved, ...envelope(facts) };
}

/** `merge_group`: the pull request is only in the name of the branch. */
export function mergeGroupPayload(facts: PayloadFacts, headRef: string, headSha: string, baseRef: string, baseSha: string): Json {
  const { id, tree_id, message, timestamp, author, committer } = commit(facts, headSha);
  const head = { id, tree_id, message, timestamp, author, committer };
  const group = { head_sha: headSha, head_ref: headRef, base_ref: baseRef, base_sha: baseSha, head_commit: head };
  return { action: 'checks_requested', merge_group: group, ...envelope(facts), installation: { id: 1, node_id: nodeId('I', 1) } };
}

/** `release`, on publication. */
export function releasePayload(facts: PayloadFacts, tag: string, prerelease: boolean): Json {
  const url = `${API}/repos/${facts.name}/releases/1`;
  const at = now();
  const release = {
    url,
    assets_url: `${url}/assets`,
    upload_url: `https://uploads.github.com/repos/${facts.name}/releases/1/assets{?name,label}`,
    html_url: `${WEB}/${facts.name}/releases/tag/${tag}`,
    id: 1,
    node_id: nodeId('RE', 1),
    author: user(facts.actor, API),
    tag_name: tag,
    target_commitish: facts.defaultBranch ?? 'main',
    name: tag,
    draft: false,
    immutable: false,
    prerelease,
    created_at: at,
    published_at: at,
    assets: [],
    tarball_url: `${API}/repos/${facts.name}/tarball/${tag}`,
    zipball_url: `${API}/repos/${facts.name}/zipball/${tag}`,
    body: '',
  };
  return { action: 'published', release, ...envelope(facts) };
}

/** `workflow_dispatch`. */
export function dispatchPayload(facts: PayloadFacts, ref: string, workflow: string, inputs: Json | null): Json {
  return { inputs, ref, workflow, ...envelope(facts) };
}

/** `workflow_run`, on completion of another workflow; forks' pull requests are not listed by GitHub. */
export function workflowRunPayload(facts: PayloadFacts, headSha: string, headBranch: string, event: string): Json {
  const url = `${API}/repos/${facts.name}/actions/runs/41`;
  const run = {
    id: 41,
    name: 'test',
    node_id: nodeId('WFR', 41),
    head_branch: headBranch,
    head_sha: headSha,
    path: '.github/workflows/test.yml',
    run_number: 41,
    run_attempt: 1,
    event,
    status: 'completed',
    conclusion: 'success',
    workflow_id: 5,
    url,
    html_url: `${WEB}/${facts.name}/actions/runs/41`,
    pull_requests: [],
    actor: user(facts.actor, API),
    triggering_actor: user(facts.actor, API),
    head_repository: repositoryShape(facts, API),
    repository: repositoryShape(facts, API),
  };
  return {
    action: 'completed',
    workflow_run: run,
    workflow: { id: 5, name: 'test', path: run.path, state: 'active' },
    ...envelope(facts),
  };
}

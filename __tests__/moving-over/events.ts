// The events of the cases: variables and payload as the runner gives them, for the original actions and for ours alike.

export const SHA = '90dd6032fac8bda1b6c4436a2e65de27961ed071';
export const PR_SHA = 'b0b1c2d3e4f5061728394a5b6c7d8e9f00112233';
/** The clock of every case. */
export const NOW = '2026-03-08T14:05:09.123Z';
/** When SHA was made. */
export const COMMIT_DATE = '2026-03-07T23:30:00+02:00';

/** What GitHub's API and the payloads say of the repository. */
export const REPOSITORY = {
  name: 'app',
  full_name: 'acme/app',
  private: false,
  description: 'Ships images',
  html_url: 'https://github.com/acme/app',
  default_branch: 'main',
  license: { spdx_id: 'MIT' },
  owner: { login: 'acme' },
};

export interface CaseEvent {
  readonly name: string;
  readonly ref: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

function push(ref: string): CaseEvent {
  const head = { id: SHA, timestamp: COMMIT_DATE };
  return { name: 'push', ref, payload: { ref, head_commit: head, commits: [head], base_ref: null, repository: REPOSITORY } };
}

function pullRequest(headRepository: string): CaseEvent {
  const pull_request = {
    number: 7,
    head: { ref: 'feature/login', sha: PR_SHA, repo: { full_name: headRepository } },
    base: { ref: 'main', sha: SHA, repo: { full_name: 'acme/app' } },
  };
  return { name: 'pull_request', ref: 'refs/pull/7/merge', payload: { number: 7, pull_request, repository: REPOSITORY } };
}

const NAMED: Readonly<Record<string, CaseEvent>> = {
  'pull-request': pullRequest('acme/app'),
  fork: pullRequest('stranger/app'),
  schedule: { name: 'schedule', ref: 'refs/heads/main', payload: { schedule: '0 4 * * *', repository: REPOSITORY } },
  release: {
    name: 'release',
    ref: 'refs/tags/v3.1.0-beta.2',
    payload: { action: 'published', release: { tag_name: 'v3.1.0-beta.2' }, repository: REPOSITORY },
  },
  dispatch: {
    name: 'workflow_dispatch',
    ref: 'refs/heads/main',
    payload: { inputs: { version: '2.3.4' }, ref: 'refs/heads/main', repository: REPOSITORY },
  },
};

/** `branch NAME`, `tag NAME`, or one of the names above. */
export function eventOf(name: string): CaseEvent {
  const [kind = '', ref = ''] = name.split(' ');
  if (kind === 'branch') return push(`refs/heads/${ref}`);
  if (kind === 'tag') return push(`refs/tags/${ref}`);
  const found = NAMED[name];
  if (found === undefined) throw new Error(`there is no event ${name}`);
  return found;
}

/** Variables of the runner. */
export function environmentOf(event: CaseEvent): Readonly<Record<string, string>> {
  return {
    GITHUB_EVENT_NAME: event.name,
    GITHUB_REF: event.ref,
    GITHUB_SHA: SHA,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_ACTOR: 'octocat',
    GITHUB_WORKFLOW: 'image',
    GITHUB_JOB: 'image',
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_NUMBER: '7',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_WORKFLOW_REF: 'acme/app/.github/workflows/image.yml@refs/heads/main',
  };
}

import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { getOctokit } from '@actions/github';
import { gzipSync } from 'node:zlib';
import { startGitHub, type GitHub, type Permissions } from '../../testbed/github/server.ts';

const repo = { owner: 'acme', repo: 'app' };
let github: GitHub;

beforeEach(async () => {
  github = await startGitHub({ description: 'An app', license: 'Apache-2.0' });
});
afterEach(() => github.close());

type Octokit = ReturnType<typeof getOctokit>;
const client = (kind?: 'write' | 'read' | Permissions): Octokit => getOctokit(github.token(kind), { baseUrl: github.url });

describe('comments', () => {
  test('are created, listed over several pages, edited and deleted', async () => {
    const { rest, paginate } = client();
    const number = github.addPull();
    for (let index = 0; index < 120; index += 1) github.addComment(number, `comment ${index}`);
    const created = await rest.issues.createComment({ ...repo, issue_number: number, body: 'ours' });
    expect(created.data.user?.login).toBe('github-actions[bot]');

    const all = await paginate(rest.issues.listComments, { ...repo, issue_number: number, per_page: 50 });
    expect(all).toHaveLength(121);
    expect(github.requests.filter(request => request.method === 'GET')).toHaveLength(3);

    await rest.issues.updateComment({ ...repo, comment_id: created.data.id, body: 'ours, edited' });
    expect(github.comments(number).at(-1)).toMatchObject({ body: 'ours, edited', author: 'github-actions[bot]' });
    await rest.issues.deleteComment({ ...repo, comment_id: created.data.id });
    expect(github.comments(number)).toHaveLength(120);
    await expect(rest.issues.updateComment({ ...repo, comment_id: created.data.id, body: 'x' })).rejects.toMatchObject({
      status: 404,
    });
    expect(github.violations).toEqual([]);
  });

  test('that are too long are refused in the words of GitHub, and recorded', async () => {
    const number = github.addPull();
    const create = (length: number) =>
      client().rest.issues.createComment({ ...repo, issue_number: number, body: 'x'.repeat(length) });
    await create(65_536);
    await expect(create(65_537)).rejects.toThrow(/Body is too long \(maximum is 65536 characters\)/);
    expect(github.violations).toHaveLength(1);
  });

  test('of an issue that does not exist', async () => {
    await expect(client().rest.issues.listComments({ ...repo, issue_number: 77 })).rejects.toMatchObject({ status: 404 });
  });
});

describe('statuses', () => {
  test('the newest of each context counts', async () => {
    const { rest } = client();
    const sha = github.addCommit({ branch: 'main' });
    await rest.repos.createCommitStatus({ ...repo, sha, state: 'pending', context: 'seaworthy' });
    await rest.repos.createCommitStatus({ ...repo, sha, state: 'failure', context: 'seaworthy', description: 'blocked' });
    await rest.repos.createCommitStatus({ ...repo, sha, state: 'success', context: 'other' });
    const { data } = await rest.repos.getCombinedStatusForRef({ ...repo, ref: 'main' });
    expect(data).toMatchObject({ state: 'failure', total_count: 2 });
    expect(github.statuses(sha).map(status => status.state)).toEqual(['pending', 'failure', 'success']);
    expect(github.violations).toEqual([]);
  });

  test('bounds: description, state, commit', async () => {
    const { rest } = client();
    const sha = github.addCommit();
    const create = (more: object) => rest.repos.createCommitStatus({ ...repo, sha, state: 'success', ...more });
    await expect(create({ description: 'x'.repeat(141) })).rejects.toThrow(
      /description is too long \(maximum is 140 characters\)/,
    );
    await expect(create({ state: 'passed' })).rejects.toMatchObject({ status: 422 });
    await expect(create({ sha: 'b'.repeat(40) })).rejects.toThrow(/No commit found for SHA/);
  });
});

describe('who may do what', () => {
  test.each<[string, Permissions]>([
    ['issues=write; pull_requests=write', { contents: 'write', statuses: 'write' }],
    ['issues=write; pull_requests=write', { issues: 'read', 'pull-requests': 'read' }],
  ])('a comment needs %s', async (accepted, permissions) => {
    const number = github.addPull();
    await expect(
      client(permissions).rest.issues.createComment({ ...repo, issue_number: number, body: 'x' }),
    ).rejects.toMatchObject({
      status: 403,
      message: expect.stringMatching(/^Resource not accessible by integration - https:\/\/docs\.github\.com\/rest\//),
      response: { headers: { 'x-accepted-github-permissions': accepted } },
    });
    expect(github.comments(number)).toEqual([]);
    expect(github.violations).toEqual([]);
  });

  test('either of two permissions is enough', async () => {
    const number = github.addPull();
    await client({ issues: 'write' }).rest.issues.createComment({ ...repo, issue_number: number, body: 'a' });
    await client({ 'pull-requests': 'write' }).rest.issues.createComment({ ...repo, issue_number: number, body: 'b' });
    expect(github.comments(number)).toHaveLength(2);
  });

  test('a token that only reads cannot write statuses', async () => {
    const sha = github.addCommit();
    await expect(client('read').rest.repos.createCommitStatus({ ...repo, sha, state: 'success' })).rejects.toMatchObject({
      status: 403,
    });
  });

  test('private repositories: hidden from others, closed without permission', async () => {
    github.addRepository('acme/policies', { private: true });
    github.addFile('acme/policies', 'main', 'seaworthy.yml', 'version: 1\n');
    const file = { owner: 'acme', repo: 'policies', path: 'seaworthy.yml' };
    await expect(client().rest.repos.getContent(file)).rejects.toMatchObject({ status: 404 });
    const blind = getOctokit(github.token({ issues: 'write' }, { repositories: ['acme/policies'] }), { baseUrl: github.url });
    await expect(blind.rest.repos.getContent(file)).rejects.toMatchObject({ status: 403 });
    const seeing = getOctokit(github.token('read', { repositories: ['acme/policies'] }), { baseUrl: github.url });
    expect((await seeing.rest.repos.getContent(file)).status).toBe(200);
  });

  test('a token says who it is', async () => {
    const who = async (octokit: Octokit) =>
      (await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }')).viewer.login;
    expect(await who(client('read'))).toBe('github-actions[bot]');
    const app = getOctokit(github.token('write', { login: 'harbour[bot]' }), { baseUrl: github.url });
    expect(await who(app)).toBe('harbour[bot]');
    await expect(app.graphql('{ rateLimit { cost } }')).rejects.toThrow();
    expect(github.violations).toHaveLength(1);
  });

  test('a wrong token, and none', async () => {
    await expect(getOctokit('nonsense', { baseUrl: github.url }).rest.repos.get(repo)).rejects.toMatchObject({ status: 401 });
    const number = github.addPull();
    const anonymous = await fetch(`${github.url}/repos/acme/app/issues/${number}/comments`, {
      method: 'POST',
      body: '{"body":"x"}',
    });
    expect(anonymous.status).toBe(401);
  });
});

describe('what is read', () => {
  test('files at a commit: as JSON, raw, directories, missing', async () => {
    const { rest } = client();
    github.addFile('acme/app', 'main', '.github/seaworthy.yml', 'version: 1\n');
    const where = { ...repo, path: '.github/seaworthy.yml', ref: 'main' };
    const { data } = await rest.repos.getContent(where);
    expect(data).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: `${Buffer.from('version: 1\n').toString('base64')}\n`,
    });
    expect((await rest.repos.getContent({ ...where, mediaType: { format: 'raw' } })).data).toBe('version: 1\n');
    expect((await rest.repos.getContent({ ...where, path: '.github' })).data).toMatchObject([{ name: 'seaworthy.yml' }]);
    await expect(rest.repos.getContent({ ...where, path: 'nope' })).rejects.toMatchObject({ status: 404 });
    await expect(rest.repos.getContent({ ...where, ref: 'nope' })).rejects.toThrow(/No commit found for the ref nope/);
    expect(github.violations).toEqual([]);
  });

  test('how two commits relate', async () => {
    const { rest } = client();
    const base = github.addCommit({ branch: 'main' });
    const left = github.addCommit({ branch: 'left', parents: [base] });
    const right = github.addCommit({ branch: 'feature/right', parents: [base] });
    const compare = async (basehead: string) => (await rest.repos.compareCommitsWithBasehead({ ...repo, basehead })).data;
    expect(await compare(`${base}...${left}`)).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0 });
    expect(await compare('left...main')).toMatchObject({ status: 'behind', ahead_by: 0, behind_by: 1 });
    expect(await compare('left...feature/right')).toMatchObject({ status: 'diverged', merge_base_commit: { sha: base } });
    expect(await compare(`${right}...${right}`)).toMatchObject({ status: 'identical' });
    await expect(compare(`main...${'c'.repeat(40)}`)).rejects.toMatchObject({ status: 404 });
    expect(github.violations).toEqual([]);
  });

  test('pull requests, also of forks that are gone, and the pull requests of a commit', async () => {
    const { rest } = client();
    const own = github.addPull({ headRef: 'change', headSha: 'd'.repeat(40) });
    const gone = github.addPull({ headRepository: null, author: 'bob' });
    expect((await rest.pulls.get({ ...repo, pull_number: own })).data).toMatchObject({
      head: { ref: 'change', repo: { full_name: 'acme/app' } },
    });
    expect((await rest.pulls.get({ ...repo, pull_number: gone })).data.head.repo).toBeNull();
    const { data } = await rest.repos.listPullRequestsAssociatedWithCommit({ ...repo, commit_sha: 'd'.repeat(40) });
    expect(data.map(pull => pull.number)).toEqual([own]);
    expect((await rest.pulls.list(repo)).data).toHaveLength(2);
    expect((await rest.pulls.listFiles({ ...repo, pull_number: own })).data).toEqual([]);
    expect(github.violations).toEqual([]);
  });

  test('repository, references, branches, tags, commits, rate limit', async () => {
    const { rest } = client();
    const sha = github.addCommit({ branch: 'main', tag: 'v1.0.0', message: 'Second' });
    expect((await rest.repos.get(repo)).data).toMatchObject({ description: 'An app', license: { spdx_id: 'Apache-2.0' } });
    expect((await rest.git.getRef({ ...repo, ref: 'tags/v1.0.0' })).data.object.sha).toBe(sha);
    expect((await rest.repos.getBranch({ ...repo, branch: 'main' })).data.commit.sha).toBe(sha);
    expect((await rest.repos.listTags(repo)).data).toMatchObject([{ name: 'v1.0.0' }]);
    expect((await rest.repos.listCommits(repo)).data).toHaveLength(2);
    expect((await rest.repos.getCommit({ ...repo, ref: sha })).data.commit.message).toBe('Second');
    expect((await rest.rateLimit.get()).data.rate.limit).toBe(1000);
    expect(github.violations).toEqual([]);
  });
});

describe('issues, checks, code scanning', () => {
  test('an issue is opened, found by its label, updated and closed', async () => {
    const { rest } = client();
    const { data } = await rest.issues.create({
      ...repo,
      title: 'Findings',
      body: 'x',
      labels: ['seaworthy'],
      assignees: ['bob'],
    });
    github.addPull();
    expect((await rest.issues.listForRepo({ ...repo, labels: 'seaworthy' })).data.map(issue => issue.number)).toEqual([
      data.number,
    ]);
    await rest.issues.update({ ...repo, issue_number: data.number, state: 'closed', body: 'fixed' });
    expect((await rest.issues.get({ ...repo, issue_number: data.number })).data.state).toBe('closed');
    expect(github.issues()).toMatchObject([{ title: 'Findings', state: 'closed', body: 'fixed', labels: ['seaworthy'] }]);
    expect(github.violations).toEqual([]);
  });

  test('a check run is made, completed and listed; completed without a conclusion is refused', async () => {
    const { rest } = client();
    const sha = github.addCommit({ branch: 'main' });
    const { data } = await rest.checks.create({ ...repo, name: 'seaworthy', head_sha: sha, status: 'in_progress' });
    await rest.checks.update({ ...repo, check_run_id: data.id, conclusion: 'failure', output: { title: 't', summary: 's' } });
    expect((await rest.checks.get({ ...repo, check_run_id: data.id })).data.status).toBe('completed');
    expect((await rest.checks.listForRef({ ...repo, ref: sha })).data.total_count).toBe(1);
    expect(github.checks(sha)).toMatchObject([{ name: 'seaworthy', conclusion: 'failure', title: 't' }]);
    expect(github.violations).toEqual([]);
    const completed = { ...repo, name: 'x', head_sha: sha, status: 'completed', conclusion: undefined } as const;
    await expect(rest.checks.create(completed as never)).rejects.toThrow(/conclusion is required/);
  });

  test('a SARIF upload is unpacked and processed after a moment; a broken one fails', async () => {
    const { rest } = client();
    const upload = async (sarif: string): Promise<string> => {
      const sent = { commit_sha: github.addCommit(), ref: 'refs/heads/main', sarif };
      return (await rest.codeScanning.uploadSarif({ ...repo, ...sent })).data.id ?? '';
    };
    const look = async (id: string) => (await rest.codeScanning.getSarif({ ...repo, sarif_id: id })).data.processing_status;
    const run = { tool: { driver: { name: 'x', rules: [] } }, results: [], automationDetails: { id: 'a/b/' } };
    const packed = (...runs: unknown[]) => gzipSync(JSON.stringify({ version: '2.1.0', runs })).toString('base64');
    const id = await upload(packed(run));
    expect([await look(id), await look(id)]).toEqual(['pending', 'complete']);
    const broken = await upload('bm90IGd6aXA=');
    expect([await look(broken), await look(broken)]).toEqual(['pending', 'failed']);
    await upload(packed(run, { ...run, automationDetails: { id: 'a/b/2026-11-21' } }));
    await upload(packed({ ...run, results: [{ message: { text: 'x' }, colour: 'red' }] }));
    const [good, , twice, wrong] = github.sarifs();
    expect(good).toMatchObject({ sarif: { version: '2.1.0' }, errors: [] });
    expect(github.sarifs()[1]?.errors).toEqual([expect.stringContaining('gzip')]);
    expect(twice?.errors).toEqual([expect.stringContaining('same category')]);
    expect(wrong?.errors).toEqual(
      expect.arrayContaining([expect.stringContaining('additional properties'), 'result 0 has no location']),
    );
    expect(github.violations).toEqual([]);
  });

  test('without Code Security there is no code scanning', async () => {
    const other = await startGitHub({ codeScanning: false });
    const sent = { commit_sha: other.addCommit(), ref: 'refs/heads/main', sarif: '' };
    const answer = await fetch(`${other.url}/repos/acme/app/code-scanning/sarifs`, {
      method: 'POST',
      headers: { authorization: `token ${other.token()}` },
      body: JSON.stringify(sent),
    });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('Code Security must be enabled')]);
    expect(other.violations).toEqual([]);
    await other.close();
  });
});

describe('the judge', () => {
  const post = (path: string, body: unknown) =>
    fetch(`${github.url}${path}`, {
      method: 'POST',
      headers: { authorization: `token ${github.token()}` },
      body: JSON.stringify(body),
    });

  test.each<[string, string, unknown]>([
    ['a missing field', 'issues/1/comments', {}],
    ['a field with a typing mistake', 'statuses/SHA', { state: 'success', targetUrl: 'https://example.com' }],
    ['a value that does not exist', 'check-runs', { name: 'x', head_sha: 'SHA', conclusion: 'failed' }],
    ['a reference without its kind', 'code-scanning/sarifs', { commit_sha: 'SHA', ref: 'main', sarif: '' }],
    ['a parameter that does not exist', 'issues/1/comments?page_size=3', { body: 'x' }],
  ])('finds %s in a request', async (_, path, body) => {
    github.addPull({ number: 1 });
    const sha = github.addCommit();
    const answer = await post(
      `/repos/acme/app/${path.replace('SHA', sha)}`,
      JSON.parse(JSON.stringify(body).replace('SHA', sha)),
    );
    expect(answer.status).toBe(422);
    expect(github.violations).not.toEqual([]);
  });

  test('finds operations that do not exist or are not served', async () => {
    expect((await post('/repos/acme/app/comments', { body: 'x' })).status).toBe(404);
    expect(github.violations).toEqual(['POST /repos/acme/app/comments: no such operation in api.subset.json']);
  });

  test('finds mistakes in our own answers', async () => {
    // A comment whose time is no time: the world is ours, so only the judge can notice.
    const number = github.addPull();
    const clock = jest.spyOn(Date.prototype, 'toISOString').mockReturnValue('yesterday');
    github.addComment(number, 'x');
    clock.mockRestore();
    await client().rest.issues.listComments({ ...repo, issue_number: number });
    expect(github.violations).toContainEqual(
      expect.stringMatching(/own answer 200: \/0\/created_at must match format "date-time"/),
    );
  });
});

describe('faults', () => {
  const get = () => fetch(`${github.url}/repos/acme/app`);

  test('a status, as often as said', async () => {
    github.fault({ method: 'GET', path: /^\/repos\// }, { kind: 'status', status: 502 }, 2);
    expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([502, 502, 200]);
  });

  test('limits', async () => {
    github.fault({ path: /app$/ }, { kind: 'secondary-limit', retryAfter: 3 }, 1);
    const secondary = await get();
    expect([secondary.status, secondary.headers.get('retry-after')]).toEqual([403, '3']);
    github.fault({ path: /app$/ }, { kind: 'rate-limit' }, 1);
    const hourly = await get();
    expect([hourly.status, hourly.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
  });

  test('a connection that is cut, one that is slow, one that never answers, garbage', async () => {
    github.fault({ path: /app$/ }, { kind: 'reset' }, 1);
    await expect(get()).rejects.toThrow();
    github.fault({ path: /app$/ }, { kind: 'slow', ms: 80 }, 1);
    const start = performance.now();
    expect((await get()).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThan(75);
    github.fault({ path: /app$/ }, { kind: 'hang' }, 1);
    await expect(fetch(`${github.url}/repos/acme/app`, { signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/);
    github.fault({ path: /app$/ }, { kind: 'garbage', text: '<html>' }, 1);
    await expect(client().rest.repos.get(repo)).resolves.toMatchObject({ data: '<html>' });
    expect(github.requests.map(request => request.status)).toEqual([0, 200, 0, 200]);
  });
});

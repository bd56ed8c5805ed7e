// The API client against the GitHub stand-in: files, dates, bounded tries.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { describeFailure } from '../../src/runner/github-errors.ts';
import { createGitHub, type GitHub } from '../../src/runner/github.ts';
import { startGitHub, type GitHub as StandIn } from '../../testbed/github/server.ts';

let standIn: StandIn;
const waits: number[] = [];

beforeAll(async () => {
  standIn = await startGitHub();
});
afterEach(() => {
  standIn.clearFaults();
  waits.length = 0;
});
afterAll(async () => {
  expect(standIn.violations).toEqual([]);
  await standIn.close();
});

const client = (token = standIn.token(), timeout = 500): GitHub =>
  createGitHub({
    token,
    event: { repository: standIn.repository, apiUrl: standIn.url },
    timeout,
    wait: ms => (waits.push(ms), Promise.resolve()),
  });

describe('fetchFile()', () => {
  test('the text and the commit that a branch stands for', async () => {
    const commit = standIn.addCommit({ branch: 'policy', files: { '.github/seaworthy.yml': 'version: 1 # é\n' } });
    await expect(client().fetchFile('.github/seaworthy.yml', 'policy')).resolves.toEqual({ text: 'version: 1 # é\n', commit });
    await expect(client().fetchFile('.github/seaworthy.yml', commit)).resolves.toEqual({ text: 'version: 1 # é\n', commit });
  });

  test('undefined when the commit can be read and has no such file', async () => {
    await expect(client().fetchFile('nope.yml', 'main')).resolves.toBeUndefined();
  });

  test('a commit that cannot be read is an error, not an absent file', async () => {
    await expect(client().fetchFile('x.yml', 'no-such-branch')).rejects.toThrow(/No commit found|Not Found/);
  });

  test('a private repository without `contents: read` is an error, not an absent file', async () => {
    const hidden = await startGitHub({ private: true });
    const token = hidden.token({ 'pull-requests': 'write' });
    const github = createGitHub({ token, event: { repository: hidden.repository, apiUrl: hidden.url } });
    await expect(github.fetchFile('x.yml', 'main')).rejects.toThrow(/not accessible|Not Found/i);
    await hidden.close();
  });

  test('a directory is refused', async () => {
    standIn.addFile(standIn.repository, 'main', 'dir/file.txt', 'x');
    await expect(client().fetchFile('dir', 'main')).rejects.toThrow('dir is not a file');
  });
});

describe('commitDate()', () => {
  test('when the commit was made', async () => {
    const sha = standIn.addCommit({ date: '2026-03-01T10:20:30Z' });
    await expect(client().commitDate(sha)).resolves.toEqual(new Date('2026-03-01T10:20:30Z'));
  });
  test('an unknown commit, or an answer without a date, is an error: the caller says what is done instead', async () => {
    await expect(client().commitDate('f'.repeat(40))).rejects.toMatchObject({ status: 422 });
    standIn.fault({ path: /commits/ }, { kind: 'garbage', text: '<html>' });
    await expect(client().commitDate('f'.repeat(40))).rejects.toThrow('no date');
  });
});

describe('repository()', () => {
  test('what the labels need; what the repository has not is empty', async () => {
    const small = await startGitHub({ repository: 'acme/small', description: 'Small', license: 'MIT', defaultBranch: 'trunk' });
    const github = createGitHub({ token: small.token(), event: { repository: small.repository, apiUrl: small.url } });
    await expect(github.repository()).resolves.toEqual({
      name: 'small',
      url: 'https://github.com/acme/small',
      description: 'Small',
      defaultBranch: 'trunk',
      license: 'MIT',
      private: false,
    });
    expect(small.violations).toEqual([]);
    await small.close();
    await expect(client().repository()).resolves.toMatchObject({ description: '', license: '' });
  });

  test('public ones are read without a token too', async () => {
    await expect(client('').repository()).resolves.toMatchObject({ name: standIn.repository.split('/')[1] });
    await expect(client('').commitDate(standIn.addCommit({ date: '2026-03-01T10:20:30Z' }))).resolves.toBeInstanceOf(Date);
  });

  test.each([
    ['a page of a proxy', { kind: 'garbage', text: '<html>' } as const, /not a repository/],
    ['an answer of 404', { kind: 'status', status: 404 } as const, /Injected/],
  ])('%s is an error', async (_name, fault, message) => {
    standIn.fault({ path: /^\/repos\/[^/]+\/[^/]+$/ }, fault);
    await expect(client().repository()).rejects.toThrow(message);
  });

  test('where there is a fallback nobody waits long: two tries, a second between them', async () => {
    standIn.fault({ path: /./ }, { kind: 'hang' });
    await expect(client().repository('quick')).rejects.toThrow();
    await expect(client().commitDate('a'.repeat(40))).rejects.toThrow();
    expect(waits).toEqual([1000, 1000]);
  });

  test('what a build hangs on is asked for three times; with or without a token a short outage is waited out', async () => {
    standIn.fault({ path: /./ }, { kind: 'hang' });
    await expect(client().repository()).rejects.toThrow();
    expect(waits).toEqual([1000, 4000]);
    standIn.clearFaults();
    for (const token of [standIn.token(), '']) {
      standIn.fault({ path: /./ }, { kind: 'status', status: 502 }, 2);
      await expect(client(token).repository()).resolves.toMatchObject({ private: false });
      standIn.clearFaults();
    }
  });
});

test('a failure in a few words', async () => {
  const why = (work: Promise<unknown>): Promise<string> => work.then(() => 'it worked', describeFailure);
  const refusing = createGitHub({
    token: 't',
    event: { repository: 'a/b', apiUrl: 'http://127.0.0.1:1' },
    wait: () => Promise.resolve(),
  });
  expect(await why(refusing.repository())).toMatch(/^no usable answer from GitHub \(/);
  standIn.fault({ path: /./ }, { kind: 'hang' });
  // Inside of jest the error comes from another realm, and octokit does not know it as one.
  expect(await why(client().repository())).toMatch(
    /^GitHub did not answer in time$|^no usable answer from GitHub \(Unknown Error\)$/,
  );
  standIn.clearFaults();
  standIn.fault({ path: /./ }, { kind: 'rate-limit' });
  expect(await why(client().repository())).toBe("the token's hourly rate limit is used up");
  standIn.clearFaults();
  expect(await why(client('ghs_unknown').repository())).toBe('GitHub does not accept the token given as "github-token"');
  expect(await why(client().commitDate('f'.repeat(40)))).toMatch(/^GitHub answered 422 \(No commit found/);
  expect(await why(client('').fetchFile('x', 'main'))).toBe('"github-token" is empty');
});

describe('fetchFile() of another repository', () => {
  test.each([
    ['a branch', 'main'],
    ['a branch with a slash', 'release/1.x'],
    ['a tag', 'v1'],
  ])('at %s, with the commit that it stands for', async (_name, ref) => {
    const repository = `acme/policies-${ref.replaceAll('/', '-')}`;
    standIn.addRepository(repository);
    const commit = standIn.addCommit({
      repository,
      ...(ref === 'v1' ? { tag: ref } : { branch: ref }),
      files: { 'images/strict/policy.yml': 'version: 1\n' },
    });
    await expect(client().fetchFile('images/strict/policy.yml', ref, repository)).resolves.toEqual({
      text: 'version: 1\n',
      commit,
    });
    await expect(client().fetchFile('images/policy.yml', ref, repository)).resolves.toBeUndefined();
  });

  test("a private one is not there for the job's token", async () => {
    standIn.addRepository('acme/secret-policies', { private: true });
    await expect(client().fetchFile('p.yml', 'main', 'acme/secret-policies')).rejects.toMatchObject({ status: 404 });
    const token = standIn.token('read', { repositories: [standIn.repository, 'acme/secret-policies'] });
    await expect(client(token).fetchFile('p.yml', 'main', 'acme/secret-policies')).resolves.toBeUndefined();
  });
});

describe('bounded tries', () => {
  test.each([
    ['502 twice', { kind: 'status', status: 502 } as const],
    ['cut connections twice', { kind: 'reset' } as const],
    ['no answer twice', { kind: 'hang' } as const],
  ])('%s: answered at the third try', async (_name, fault) => {
    standIn.fault({ path: /commits/ }, fault, 2);
    await expect(client().fetchFile('nope.yml', 'main')).resolves.toBeUndefined();
    expect(waits).toEqual([1000, 4000]);
  });

  test('for ever 502: three tries, then the error', async () => {
    standIn.fault({ path: /commits/ }, { kind: 'status', status: 502 });
    await expect(client().fetchFile('nope.yml', 'main')).rejects.toMatchObject({ status: 502 });
    expect(waits).toHaveLength(2);
  });

  test('a secondary limit is waited for as long as it asks', async () => {
    const number = standIn.addPull();
    standIn.fault({ method: 'POST', path: /comments/ }, { kind: 'secondary-limit', retryAfter: 7 }, 1);
    await client().createComment(number, 'hello');
    expect(waits).toEqual([7000]);
    expect(standIn.comments(number)).toHaveLength(1);
  });

  test('... unless it asks for more than a minute', async () => {
    standIn.fault({ method: 'POST', path: /comments/ }, { kind: 'secondary-limit', retryAfter: 600 });
    await expect(client().createComment(standIn.addPull(), 'hello')).rejects.toThrow(/secondary rate limit/);
    expect(waits).toEqual([]);
  });

  test('a comment whose fate is open is not simply sent again', async () => {
    standIn.fault({ method: 'POST', path: /comments/ }, { kind: 'status', status: 502 }, 1);
    await expect(client().createComment(standIn.addPull(), 'hello')).rejects.toMatchObject({ status: 502 });
  });

  test('a refusal is not tried again', async () => {
    const before = standIn.requests.length;
    await expect(client(standIn.token('read')).createComment(standIn.addPull(), 'x')).rejects.toMatchObject({ status: 403 });
    expect(standIn.requests.length - before).toBe(1);
  });
});

test('viewer() is who the token acts for', async () => {
  await expect(client().viewer()).resolves.toBe('github-actions[bot]');
  await expect(client(standIn.token('write', { login: 'acme-bot[bot]' })).viewer()).resolves.toBe('acme-bot[bot]');
});

test('an empty token is said in words', async () => {
  await expect(client('').fetchFile('x', 'main')).rejects.toThrow('"github-token" is empty');
});

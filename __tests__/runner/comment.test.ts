// One comment, kept up to date; nobody else's touched; every fault is one warning (promise 7).

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { renderComment } from '../../src/report/comment.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { markerPrefix, writeComment } from '../../src/runner/comment.ts';
import { createGitHub, type GitHub } from '../../src/runner/github.ts';
import { startGitHub, type Fault, type GitHub as StandIn } from '../../testbed/github/server.ts';
import { aBlockedRecord, aFinding, anEvent, aPullRequestEvent, blocks } from '../builders/record.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startGitHub();
});
afterEach(() => standIn.clearFaults());
afterAll(async () => {
  expect(standIn.violations).toEqual([]);
  await standIn.close();
});

interface Written {
  readonly warnings: string[];
  readonly requests: string[];
}

const TITLE = 'seaworthy / acme/app';
const github = (token = standIn.token()): GitHub =>
  createGitHub({
    token,
    event: { repository: standIn.repository, apiUrl: standIn.url },
    timeout: 300,
    wait: () => Promise.resolve(),
  });

async function write(
  number: number,
  body: string,
  over: { token?: string; title?: string; run?: string; github?: GitHub } = {},
): Promise<Written> {
  const warnings: string[] = [];
  const before = standIn.requests.length;
  const event = aPullRequestEvent({ number }, { runNumber: over.run ?? '57' });
  await writeComment({
    github: over.github ?? github(over.token),
    event,
    title: over.title ?? TITLE,
    body,
    warn: line => void warnings.push(line),
  });
  return { warnings, requests: standIn.requests.slice(before).map(request => `${request.method} ${request.status}`) };
}

describe('writeComment()', () => {
  test('writes once, then edits the same comment; the marker comes first', async () => {
    const number = standIn.addPull();
    expect((await write(number, 'first')).warnings).toEqual([]);
    await write(number, 'second', { run: '58' });
    const comments = standIn.comments(number);
    expect(comments).toHaveLength(1);
    expect(comments[0]?.body).toMatch(/^<!-- seaworthy:v1:[0-9a-f]{16} run=58\.1 -->\nsecond$/);
  });

  test('is found among 250 others, over all pages', async () => {
    const number = standIn.addPull();
    for (let index = 0; index < 120; index++) standIn.addComment(number, `before ${index}`, 'someone');
    await write(number, 'ours');
    for (let index = 0; index < 130; index++) standIn.addComment(number, `after ${index}`, 'someone');
    await write(number, 'changed', { run: '58' });
    expect(standIn.comments(number)).toHaveLength(251);
    expect(standIn.comments(number).filter(comment => comment.body.endsWith('\nchanged'))).toHaveLength(1);
  });

  test('says nothing when nothing changed', async () => {
    const number = standIn.addPull();
    await write(number, 'same');
    expect((await write(number, 'same')).requests).toEqual(['GET 200']);
  });

  test('a real report fits', async () => {
    const number = standIn.addPull();
    const findings = Array.from({ length: 2000 }, (_, index) =>
      blocks(aFinding({ id: `CVE-2026-${index}`, title: 'ü'.repeat(200) })),
    );
    expect((await write(number, renderComment(makeReport(aBlockedRecord(findings))))).warnings).toEqual([]);
    expect(Buffer.byteLength(standIn.comments(number)[0]?.body ?? '')).toBeLessThan(65_000);
  });

  test.each(['visitor', 'other-bot[bot]'])('a comment by %s with our marker pasted is not touched', async author => {
    const number = standIn.addPull();
    const pasted = `${markerPrefix(aPullRequestEvent({ number }), TITLE)} run=1.1 -->\nforged`;
    standIn.addComment(number, pasted, author);
    expect((await write(number, 'ours')).warnings).toEqual([]);
    await write(number, 'ours again', { run: '58' });
    expect(standIn.comments(number).map(comment => [comment.author, comment.body.split('\n').at(-1)])).toEqual([
      [author, 'forged'],
      ['github-actions[bot]', 'ours again'],
    ]);
  });

  test("an app's own token finds the app's own comment", async () => {
    const number = standIn.addPull();
    const token = standIn.token('write', { login: 'acme-release[bot]' });
    await write(number, 'one', { token });
    await write(number, 'two', { token, run: '58' });
    expect(standIn.comments(number).map(comment => comment.body.split('\n')[1])).toEqual(['two']);
  });

  test('our marker quoted further down is not ours', async () => {
    const number = standIn.addPull();
    standIn.addComment(
      number,
      `> quoted\n${markerPrefix(aPullRequestEvent({ number }), TITLE)} run=1.1 -->`,
      'github-actions[bot]',
    );
    await write(number, 'ours');
    expect(standIn.comments(number)).toHaveLength(2);
  });

  test('another image, job or workflow has its own', async () => {
    const number = standIn.addPull();
    await write(number, 'app');
    await write(number, 'api', { title: 'seaworthy / acme/api' });
    await write(number, 'app again', { run: '58' });
    expect(standIn.comments(number).map(comment => comment.body.split('\n')[1])).toEqual(['app again', 'api']);
    const keys = [
      aPullRequestEvent(),
      aPullRequestEvent({}, { job: 'other' }),
      aPullRequestEvent({}, { workflowRef: 'acme/app/.github/workflows/b.yml@x' }),
    ].map(event => markerPrefix(event, TITLE));
    expect(new Set(keys).size).toBe(3);
    expect(
      markerPrefix(aPullRequestEvent({}, { workflowRef: 'acme/app/.github/workflows/ship.yml@refs/pull/9/merge' }), TITLE),
    ).toBe(keys[0]);
  });

  test('a slow old run does not overwrite a newer one', async () => {
    const number = standIn.addPull();
    await write(number, 'new', { run: '58' });
    expect((await write(number, 'old', { run: '57' })).requests).toEqual(['GET 200']);
    expect(standIn.comments(number)[0]?.body).toMatch(/\nnew$/);
  });

  test('deleted between look and edit: written anew', async () => {
    const number = standIn.addPull();
    await write(number, 'one');
    standIn.fault({ method: 'PATCH', path: /comments/ }, { kind: 'status', status: 404, message: 'Not Found' }, 1);
    expect((await write(number, 'two', { run: '58' })).warnings).toEqual([]);
    expect(standIn.comments(number)).toHaveLength(2);
  });

  test('an answer that is lost after the comment was written does not write a second one', async () => {
    const number = standIn.addPull();
    const real = github();
    let lost = 1;
    const losing: GitHub = {
      ...real,
      createComment: async (pull, body) => {
        await real.createComment(pull, body);
        if (lost-- > 0) throw Object.assign(new Error('Bad gateway'), { status: 502 });
      },
    };
    expect((await write(number, 'once', { github: losing })).warnings).toEqual([]);
    expect(standIn.comments(number)).toHaveLength(1);
  });

  test('without a pull request nothing is asked', async () => {
    const before = standIn.requests.length;
    await writeComment({ github: github(), event: anEvent(), title: TITLE, body: 'x', warn: () => expect(true).toBe(false) });
    expect(standIn.requests.length).toBe(before);
  });
});

const ALL: { path: RegExp } = { path: /./ };
const FAULTS: [string, { method?: string; path: RegExp }, Fault, RegExp][] = [
  ['500 for ever', ALL, { kind: 'status', status: 500 }, /GitHub answered 500/],
  ['503 on the write', { method: 'POST', path: /comments/ }, { kind: 'status', status: 503 }, /GitHub answered 503/],
  [
    'locked',
    { method: 'POST', path: /comments/ },
    { kind: 'status', status: 403, message: 'Unable to create comment because issue is locked.' },
    /the conversation is locked/,
  ],
  ['rate limit', ALL, { kind: 'rate-limit' }, /hourly rate limit/],
  ['secondary limit', ALL, { kind: 'secondary-limit', retryAfter: 1 }, /secondary rate limit/],
  ['secondary limit as 429', ALL, { kind: 'secondary-limit', retryAfter: 3600, status: 429 }, /secondary rate limit/],
  ['cut connections', ALL, { kind: 'reset' }, /no usable answer|GitHub answered 500/],
  ['no answer', ALL, { kind: 'hang' }, /no usable answer|GitHub answered 500/],
  ['garbage', { method: 'GET', path: /comments/ }, { kind: 'garbage', text: '<html>proxy</html>' }, /not a list of comments/],
  ['bad credentials', ALL, { kind: 'status', status: 401, message: 'Bad credentials' }, /does not accept the token/],
];

describe('every fault is one warning', () => {
  test.each(FAULTS)('%s', async (_name, match, fault, expected) => {
    const number = standIn.addPull();
    standIn.fault(match, fault);
    const { warnings } = await write(number, 'x');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^no comment on the pull request: /);
    expect(warnings[0]).toMatch(expected);
    expect(warnings[0]).not.toContain('\n');
  });

  test.each([
    ['a read-only token', (): string => standIn.token('read')],
    ['a token without the permission', (): string => standIn.token({ contents: 'read' })],
  ])('%s: the permission is named', async (_name, token) => {
    const { warnings } = await write(standIn.addPull(), 'x', { token: token() });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"permissions: pull-requests: write"');
  });

  test('a body above the limit', async () => {
    const violations = standIn.violations.length;
    const { warnings } = await write(standIn.addPull(), 'x'.repeat(70_000));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('422');
    // The stand-in notes the client's mistake, which is the point of this test.
    (standIn.violations as string[]).length = violations;
  });
});

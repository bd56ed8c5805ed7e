import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { startGitHub, type GitHub } from '../../testbed/github/server.ts';
import { forkPullRequest, push, schedule, tagPush, type RunnerEvent } from '../../testbed/runner/events.ts';
import { runStep, workspace, type StepOptions, type StepResult, type Workspace } from '../../testbed/runner/step.ts';

const action = fileURLToPath(new URL('fixtures/action', import.meta.url));

let github: GitHub;
let checkout: Workspace;
const results: StepResult[] = [];

beforeAll(async () => {
  github = await startGitHub();
  checkout = workspace({ Dockerfile: 'FROM scratch\n', 'run.sh': '#!/bin/sh\n' });
});
afterEach(() => results.splice(0).forEach(result => result.job.remove()));
afterAll(async () => {
  checkout.remove();
  await github.close();
});

async function step(event: RunnerEvent, inputs: Record<string, string>, more: Partial<StepOptions> = {}): Promise<StepResult> {
  const result = await runStep({ action, event, inputs, workspace: checkout.directory, github, timeoutMs: 20_000, ...more });
  results.push(result);
  return result;
}

interface Seen {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly node: string;
  readonly event: { readonly ref?: string };
}
const seen = (result: StepResult): Seen => JSON.parse(result.outputs['seen'] ?? '{}') as Seen;

describe('what the step gets', () => {
  test('runs on Node 24 in the checkout, with inputs and defaults as the runner passes them', async () => {
    const result = await step(push({ sha: checkout.sha }), { 'image-name': 'ghcr.io/acme/app' });
    const { env, cwd, node, event } = seen(result);
    expect(node).toMatch(/^v24\./);
    expect(cwd).toBe(checkout.directory);
    expect(env['INPUT_IMAGE-NAME']).toBe('ghcr.io/acme/app');
    expect(env['INPUT_COUNT']).toBe('3');
    expect(env['INPUT_EMPTY']).toBe('');
    expect(env['INPUT_GITHUB-TOKEN']).toMatch(/^ghs_/);
    expect(env['GITHUB_SHA']).toBe(checkout.sha);
    expect(event.ref).toBe('refs/heads/main');
  });

  test('nothing of the caller but PATH', async () => {
    process.env['CALLER_SECRET'] = 'x';
    try {
      const { env } = seen(await step(push(), { 'image-name': 'a' }));
      expect(env['CALLER_SECRET']).toBeUndefined();
      expect(env['PATH']).toBe(process.env['PATH']);
      expect(env['HOME']).not.toBe(process.env['HOME']);
    } finally {
      delete process.env['CALLER_SECRET'];
    }
  });

  test('a fork gets no identity and a token that only reads', async () => {
    const result = await step(forkPullRequest({ sha: checkout.sha, number: 12 }), { 'image-name': 'a' });
    const { env } = seen(result);
    expect(env).not.toHaveProperty('ACTIONS_ID_TOKEN_REQUEST_URL');
    expect(env['GITHUB_REF']).toBe('refs/pull/12/merge');
    expect(env['GITHUB_HEAD_REF']).toBe('change-12');
    const answer = await fetch(`${github.url}/repos/acme/app/issues/12/comments`, {
      method: 'POST',
      headers: { authorization: `token ${env['INPUT_GITHUB-TOKEN'] ?? ''}` },
      body: '{"body":"x"}',
    });
    expect(answer.status).toBe(403);
  });

  test('a tag, and the clock, which tells nothing about the repository', async () => {
    expect(seen(await step(tagPush({ tag: 'v2.0.0' }), { 'image-name': 'a' })).env).toMatchObject({
      GITHUB_REF_TYPE: 'tag',
      GITHUB_REF_NAME: 'v2.0.0',
    });
    expect(seen(await step(schedule(), { 'image-name': 'a' })).event).not.toHaveProperty('repository');
  });
});

describe('what the runner notices', () => {
  test('outputs, state, environment, path and summary', async () => {
    const result = await step(push(), { 'image-name': 'app' });
    expect(result).toMatchObject({
      exitCode: 0,
      signal: null,
      state: { cleanup: 'yes' },
      env: { A: 'b' },
      path: ['/opt/tool'],
      summary: '## Hello app\n',
      summaryDropped: false,
    });
    expect(result.outputs['many']).toBe('one\ntwo');
  });

  test('annotations, unescaped, and none while commands are stopped', async () => {
    const { annotations } = await step(push(), { 'image-name': 'app' });
    expect(annotations).toEqual([
      { level: 'warning', message: 'first\nsecond', title: 'Careful, now', file: 'Dockerfile', line: '3' },
      { level: 'error', message: 'broken: really' },
    ]);
  });

  test('inputs that action.yml does not know', async () => {
    const { annotations } = await step(push(), { 'image-name': 'app', imagename: 'typo' });
    expect(annotations[0]?.message).toMatch(/^Unexpected input\(s\) 'imagename', valid inputs are \['image-name', /);
  });

  test('a masked value that is printed, and secrets given from outside', async () => {
    expect((await step(push(), { 'image-name': 'app', empty: '' }, { secrets: ['unseen-secret'] })).masks).toContain(
      'unseen-secret',
    );
    const result = await step(push(), { 'image-name': 'app', leak: 'yes' });
    expect(result.leaked).toContainEqual({ value: 'hunter2%secret', where: 'log' });
  });

  test('a summary that is too large', async () => {
    expect((await step(push(), { 'image-name': 'app', big: 'yes' })).summaryDropped).toBe(true);
  });

  test('the exit code, and the state handed to the last stage', async () => {
    const main = await step(push(), { 'image-name': 'app', exit: '3' });
    expect(main.exitCode).toBe(3);
    const post = await step(push(), { 'image-name': 'app' }, { stage: 'post', state: main.state, job: main.job });
    expect(post.log).toContain('cleanup=yes');
  });

  test('programs left behind, which end with the job', async () => {
    const { orphans, job } = await step(push(), { 'image-name': 'app', orphan: 'yes' });
    expect(orphans.map(orphan => orphan.command)).toEqual(['sleep 300']);
    job.remove();
    expect(job.orphans()).toEqual([]);
  });
});

describe('how it is stopped', () => {
  test('a cancel, as soon as something was seen in the output', async () => {
    const chunks: string[] = [];
    const result = await step(
      push(),
      { 'image-name': 'app', wait: 'yes' },
      { signal: { signal: 'cancel', when: /waiting/ }, onOutput: chunk => chunks.push(chunk) },
    );
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('cancelled');
    expect(chunks.join('')).toBe(result.log);
  });

  test('a kill', async () => {
    const result = await step(push(), { 'image-name': 'app', wait: 'yes' }, { signal: { signal: 'SIGKILL', when: /waiting/ } });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  test('a kill at a moment that is seen from outside', async () => {
    const moment = new AbortController();
    const onOutput = (chunk: string): void => {
      if (/waiting/.test(chunk)) setTimeout(() => moment.abort(), 50);
    };
    const signal = { signal: 'SIGTERM', on: moment.signal } as const;
    const result = await step(push(), { 'image-name': 'app', wait: 'yes' }, { signal, onOutput });
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  });

  test('a step that never ends is an error', async () => {
    await expect(step(push(), { 'image-name': 'app', wait: 'yes' }, { timeoutMs: 300 })).rejects.toThrow(
      /did not end within 0\.3 s/,
    );
  });
});

test('the same files give the same commit', () => {
  const again = workspace({ Dockerfile: 'FROM scratch\n', 'run.sh': '#!/bin/sh\n' });
  expect(again.sha).toBe(checkout.sha);
  expect(again.commit({ Dockerfile: 'FROM scratch\nUSER 1\n' })).not.toBe(checkout.sha);
  again.remove();
});

// The bundle as a step with `mode: plan`: every kind of event, a GitHub that does not answer, a machine that has nothing but Node, mistakes, and what must not happen at all.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readAction } from '../../scripts/docs.ts';
import { startGitHub, type Fault, type GitHub } from '../../testbed/github/server.ts';
import * as events from '../../testbed/runner/events.ts';
import type { RunnerEvent } from '../../testbed/runner/events.ts';
import { runStep, workspace, type Job, type StepOptions, type StepResult, type Workspace } from '../../testbed/runner/step.ts';

const IMAGE = 'ghcr.io/acme/app';
/** Programs that a run which builds, or a careless plan, would start. */
const PROGRAMS = ['docker', 'docker-buildx', 'buildx', 'podman', 'git', 'trivy', 'cosign', 'curl', 'sh', 'bash', 'tar', 'uname'];

let github: GitHub;
let checkout: Workspace;
let machine: string;
const jobs = new Set<Job>();

beforeAll(async () => {
  github = await startGitHub({ repository: 'acme/app', description: 'An app', license: 'MIT' });
  checkout = workspace({ Dockerfile: 'FROM scratch\n' });
  machine = bareMachine();
});
afterEach(() => github.clearFaults());
afterAll(async () => {
  for (const job of jobs) job.remove();
  rmSync(machine, { recursive: true });
  checkout.remove();
  await github.close();
});

/** A PATH with Node, and with programs that do nothing but write down that they were started. */
function bareMachine(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'bare-machine-'));
  const bin = path.join(directory, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, path.join(bin, 'node'));
  for (const name of PROGRAMS)
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho "${name} $*" >> '${directory}/started'\nexit 1\n`, { mode: 0o755 });
  return directory;
}

/** What a plan may start: git, without a network, for the policy as the commit holds it. */
const POLICY_OF_COMMIT = /^git --no-pager .*-c protocol\.allow=never cat-file --batch --follow-symlinks$/;

/** The command lines of all plans so far. */
function started(): readonly string[] {
  const file = path.join(machine, 'started');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

interface Planned extends StepResult {
  /** What GitHub was asked, as `GET /path`. */
  readonly asked: readonly string[];
}

async function plan(
  event: RunnerEvent,
  inputs: Readonly<Record<string, string>> = {},
  step: Partial<StepOptions> = {},
): Promise<Planned> {
  const before = github.requests.length;
  const result = await runStep({
    event,
    github,
    workspace: checkout.directory,
    timeoutMs: 60_000,
    ...step,
    env: { PATH: path.join(machine, 'bin'), ...step.env },
    inputs: { mode: 'plan', images: IMAGE, ...inputs },
  });
  jobs.add(result.job);
  const asked = github.requests.slice(before).map(({ method, path: where }) => `${method} ${where}`);
  return { ...result, asked };
}

/** What holds for every plan, whatever is planned. */
function expectPlanAlone(result: Planned): void {
  expect({ exit: result.exitCode, verdict: result.outputs['verdict'] }).toEqual({ exit: 0, verdict: 'skipped' });
  expect(result.asked.filter(request => !request.startsWith('GET /repos/'))).toEqual([]);
  expect(github.violations).toEqual([]);
  expect(started().filter(line => !POLICY_OF_COMMIT.test(line))).toEqual([]);
  expect({ home: readdirSync(result.job.home), tools: readdirSync(result.job.toolCache) }).toEqual({ home: [], tools: [] });
  expect({ orphans: result.orphans, leaked: result.leaked, env: result.env, state: result.state }).toEqual({
    orphans: [],
    leaked: [],
    env: {},
    state: {},
  });
  expect(result.log).not.toMatch(/\n\s+at |::group::(?:preflight|build|scan|gate|publish)/);
}

const sha = (): string => checkout.sha;
const repositoryDispatch = (): RunnerEvent => {
  const { payload, ...event } = events.workflowDispatch({ sha: sha() });
  const { repository, sender } = payload;
  return {
    ...event,
    name: 'repository_dispatch',
    payload: { action: 'rebuild', branch: 'main', client_payload: {}, repository, sender },
  };
};

describe('every event', () => {
  test.each<[string, () => RunnerEvent, readonly string[], { push: string; sign: string }]>([
    ['a branch push', () => events.push({ sha: sha() }), ['main'], { push: 'true', sign: 'true' }],
    ['a tag push', () => events.tagPush({ sha: sha(), tag: 'v1.4.2' }), ['v1.4.2', 'latest'], { push: 'true', sign: 'true' }],
    ['a pull request', () => events.pullRequest({ sha: sha(), number: 11 }), ['pr-11'], { push: 'false', sign: 'false' }],
    ['a fork', () => events.forkPullRequest({ sha: sha(), number: 12 }), ['pr-12'], { push: 'false', sign: 'false' }],
    ['Dependabot', () => events.dependabotPullRequest({ sha: sha(), number: 13 }), ['pr-13'], { push: 'false', sign: 'false' }],
    [
      'pull_request_target',
      () => events.pullRequestTarget({ sha: sha(), number: 14 }),
      ['pr-14'],
      { push: 'false', sign: 'false' },
    ],
    ['the clock', () => events.schedule({ sha: sha() }), ['nightly', 'main'], { push: 'true', sign: 'true' }],
    ['a release', () => events.release({ sha: sha(), tag: 'v2.0.0' }), ['v2.0.0', 'latest'], { push: 'true', sign: 'true' }],
    ['a dispatch', () => events.workflowDispatch({ sha: sha() }), ['main'], { push: 'true', sign: 'true' }],
    ['a repository dispatch', repositoryDispatch, ['main'], { push: 'true', sign: 'true' }],
    ['workflow_run', () => events.workflowRun({ sha: sha() }), ['main'], { push: 'false', sign: 'false' }],
    [
      'a merge group',
      () => events.mergeGroup({ sha: sha(), number: 15 }),
      [`gh-readonly-queue-main-pr-15-${events.fakeSha('base main')}`],
      { push: 'false', sign: 'false' },
    ],
    ['no event', () => ({ ...events.push({ sha: sha() }), name: '', payload: {} }), ['main'], { push: 'false', sign: 'false' }],
  ])('%s', async (_name, event, tags, decided) => {
    const result = await plan(event());
    expectPlanAlone(result);
    const { outputs } = result;
    expect(outputs['tags']).toBe(tags.map(tag => `${IMAGE}:${tag}`).join('\n'));
    expect(outputs['tag-names']).toBe(tags.join('\n'));
    expect(outputs).toMatchObject({ version: tags[0], ...decided });
    expect(outputs['labels']).toContain(`org.opencontainers.image.revision=${sha()}`);
    expect(JSON.parse(outputs['json'] ?? '')).toMatchObject({ tags: tags.map(tag => `${IMAGE}:${tag}`) });
    const decisions = JSON.parse(outputs['decisions'] ?? '') as readonly { readonly name: string; readonly reason: string }[];
    expect(decisions.map(decision => decision.name)).toEqual(expect.arrayContaining(['push', 'sign', 'comment']));
    for (const { reason } of decisions) expect(reason).not.toBe('');
    expect(result.log).toMatch(/::group::plan/);
    expect(result.summary).toMatch(/Planned/);
  });
});

describe('outputs', () => {
  test('every output of action.yml is set, and none is lost to its separators, line breaks or quotes', async () => {
    const labels = ['a.label=with "quotes", commas', 'b.label==', 'c.label={{branch}}'];
    const result = await plan(events.push({ sha: sha() }), {
      tags: 'type=raw,value=one\ntype=raw,value=two\ntype=sha',
      labels: labels.map(label => `"${label.replaceAll('"', '""')}"`).join('\n'),
      'sep-tags': ' ',
      'sep-labels': '\t|',
      'sep-annotations': ',',
      platforms: 'linux/amd64,linux/arm64',
      'bake-target': 'release',
    });
    expectPlanAlone(result);
    const { outputs } = result;
    expect(outputs['tags']).toBe(`${IMAGE}:one ${IMAGE}:two ${IMAGE}:sha-${sha().slice(0, 7)}`);
    expect(outputs['tag-names']).toBe(`one two sha-${sha().slice(0, 7)}`);
    expect(outputs['labels']?.split('\t|')).toEqual(
      expect.arrayContaining(['a.label=with "quotes", commas', 'b.label==', 'c.label=main']),
    );
    expect(outputs['annotations']).toContain(`manifest:org.opencontainers.image.revision=${sha()},`);
    expect(JSON.parse(outputs['matrix'] ?? '')).toMatchObject({
      include: [
        { platform: 'linux/amd64', runner: 'ubuntu-24.04' },
        { platform: 'linux/arm64', runner: 'ubuntu-24.04-arm' },
      ],
    });
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(readAction().outputs).sort());
  });

  test('the bake files last longer than the step, and each holds its part', async () => {
    const { outputs } = await plan(events.tagPush({ sha: sha(), tag: 'v1.4.2' }), { 'bake-target': 'release' });
    const read = (name: string): unknown => JSON.parse(readFileSync(outputs[name] ?? '', 'utf8'));
    const tags = [`${IMAGE}:v1.4.2`, `${IMAGE}:latest`];
    const args = { DOCKER_META_IMAGES: IMAGE, DOCKER_META_VERSION: 'v1.4.2' };
    const labels = expect.objectContaining({ 'org.opencontainers.image.revision': sha() });
    expect(read('bake-file-tags')).toEqual({ target: { release: { tags, args } } });
    expect(read('bake-file-labels')).toEqual({ target: { release: { labels } } });
    expect(read('bake-file')).toEqual({ target: { release: { tags, labels, args } } });
    const { target } = read('bake-file-annotations') as { target: { release: { annotations: readonly string[] } } };
    expect(target.release.annotations).toContain(`manifest:org.opencontainers.image.revision=${sha()}`);
  });

  test('the report file is there, too', async () => {
    const { outputs } = await plan(events.push({ sha: sha() }));
    const report = JSON.parse(readFileSync(outputs['report'] ?? '', 'utf8')) as { plan: { mode: string } };
    expect(report.plan.mode).toBe('plan');
  });

  test('the switches of docker/metadata-action in the environment count, and an input wins over them', async () => {
    const env = {
      DOCKER_METADATA_PR_HEAD_SHA: 'true',
      DOCKER_METADATA_SHORT_SHA_LENGTH: '12',
      DOCKER_METADATA_ANNOTATIONS_LEVELS: 'index',
    };
    const event = events.pullRequest({ sha: sha(), number: 21 });
    const switched = await plan(event, { tags: 'type=sha' }, { env });
    expect(switched.outputs['tag-names']).toBe(`sha-${event.headSha.slice(0, 12)}`);
    expect(switched.outputs['annotations']).toMatch(/^index:/);
    const typed = await plan(event, { tags: 'type=sha', 'pr-head-sha': 'false', 'short-sha-length': '9' }, { env });
    expect(typed.outputs['tag-names']).toBe(`sha-${sha().slice(0, 9)}`);
  });

  test('the value of a secret that is part of a tag does not break the outputs', async () => {
    const result = await plan(events.push({ sha: sha() }), {
      tags: 'type=raw,value=hunter2',
      username: 'u',
      password: 'hunter2',
    });
    expect(result.outputs['tags']).toBe(`${IMAGE}:hunter2`);
    expect(result.summary).not.toContain('hunter2');
  });
});

describe('the network', () => {
  test.each<[string, () => RunnerEvent]>([
    ['a push', () => events.push({ sha: sha() })],
    ['a tag', () => events.tagPush({ sha: sha() })],
    ['a pull request', () => events.pullRequest({ sha: sha(), number: 31 })],
    ['a release', () => events.release({ sha: sha() })],
    ['a dispatch', () => events.workflowDispatch({ sha: sha() })],
  ])('%s says enough: GitHub is not asked at all', async (_name, event) => {
    expect((await plan(event())).asked).toEqual([]);
  });

  test('a directory that is no checkout is enough as well', async () => {
    const empty = mkdtempSync(path.join(tmpdir(), 'no-checkout-'));
    try {
      const result = await plan(events.push({ sha: sha() }), {}, { workspace: empty });
      expectPlanAlone(result);
      expect({ asked: result.asked, annotations: result.annotations }).toEqual({ asked: [], annotations: [] });
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  test('the clock says little: the repository is asked for, and what GitHub says is in the labels', async () => {
    const result = await plan(events.schedule({ sha: sha() }));
    expect(result.asked).toEqual(['GET /repos/acme/app']);
    expect(result.outputs['labels']).toContain('org.opencontainers.image.licenses=MIT');
    expect(result.annotations).toEqual([]);
  });

  test.each<[string, Fault]>([
    ['answers 500', { kind: 'status', status: 500, message: 'down' }],
    ['answers 403', { kind: 'status', status: 403, message: 'Resource not accessible by integration' }],
    ['cuts the connection', { kind: 'reset' }],
    ['never answers', { kind: 'hang' }],
    ['answers something else', { kind: 'garbage', text: '<html>log in</html>' }],
  ])(
    'a GitHub that %s: one warning for it, one for the signature that hangs on it, and the outputs all the same',
    async (_name, fault) => {
      github.fault({ path: /./ }, fault);
      const result = await plan(events.schedule({ sha: sha() }));
      expect(result.exitCode).toBe(0);
      expect(result.outputs['tag-names']).toBe('nightly\nmain');
      expect(result.annotations).toEqual([
        expect.objectContaining({
          level: 'warning',
          message: expect.stringContaining("GitHub's API does not tell the repository"),
        }),
        expect.objectContaining({ level: 'warning', message: expect.stringMatching(/^sign: .*`mode: ship` would stop here/) }),
      ]);
    },
  );
});

describe('mistakes', () => {
  test('are told all at once, by name and with a way out, and without a stack trace', async () => {
    const result = await plan(events.push({ sha: sha() }), {
      platforms: 'linux/adm64',
      servity: 'HIGH',
      push: 'perhaps',
      images: 'ghcr.io/acme/app,enable=maybe',
      flavor: 'latest=sometimes',
    });
    expect(result.exitCode).toBe(1);
    const errors = result.annotations.filter(note => note.level === 'error');
    expect(errors).toHaveLength(1);
    for (const said of ['linux/adm64', 'linux/amd64', 'servity', 'severity', 'perhaps', 'images', 'flavor'])
      expect(errors[0]?.message).toContain(said);
    expect(result.log).not.toMatch(/\n\s+at /);
    expect(result.asked).toEqual([]);
  });

  test('a payload that is no JSON is told as such', async () => {
    const file = path.join(machine, 'broken.json');
    writeFileSync(file, '{"repository":');
    const result = await plan(events.push({ sha: sha() }), {}, { env: { GITHUB_EVENT_PATH: file } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('GITHUB_EVENT_PATH');
    expect(result.log).not.toMatch(/\n\s+at /);
  });

  test.each<[string, () => RunnerEvent, string, string]>([
    [
      'a pattern that tries every way to split its text',
      () => events.tagPush({ sha: sha(), tag: `${'a'.repeat(60)}b!` }),
      'type=match,pattern=^(a+)+$',
      '(a+)+$',
    ],
    [
      'a template that multiplies',
      () => events.push({ sha: sha() }),
      `type=raw,value=${'{{#each @root}}'.repeat(24)}x${'{{/each}}'.repeat(24)}`,
      '{{#each @root}}',
    ],
  ])('%s ends within seconds, and the rule is named', async (_name, event, rule, named) => {
    const start = performance.now();
    const result = await plan(event(), { tags: rule });
    expect(performance.now() - start).toBeLessThan(20_000);
    expect(result.exitCode).toBe(1);
    expect(
      result.annotations
        .filter(note => note.level === 'error')
        .map(note => note.message)
        .join(),
    ).toContain(named);
    expect(result.log).not.toMatch(/\n\s+at /);
  });
});

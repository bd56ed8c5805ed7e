// The builder of a job, on the bundle: made by the first step, found by the next, removed by the post step of the one that made it, whatever became of that; and what must not keep a step.

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run as start } from '../../src/tools/command.ts';
import { startGitHub, type GitHub } from '../../testbed/github/server.ts';
import { push } from '../../testbed/runner/events.ts';
import { runStep, startJob, workspace, type Job, type StepOptions, type StepResult } from '../../testbed/runner/step.ts';
import { jobEnvironment, toolInputs } from '../../testbed/step-defaults.ts';
import { hubSettings, makeBuilderImage } from '../tools/buildkit-parts.ts';
import { ownDockerConfig, testbed } from '../tools/buildx-testbed.ts';

const REPOSITORY = 'acme/posts';
const DOCKERFILE = 'FROM debian:12\nCOPY a /a\nRUN if [ -s /a ]; then sleep 60; fi\n';
let github: GitHub;
let image: string;
let env: Record<string, string>;
const jobs: Job[] = [];
const checkout = workspace({ Dockerfile: DOCKERFILE, a: '' }, { repository: REPOSITORY });
const slow = workspace({ Dockerfile: DOCKERFILE, a: 'x' }, { repository: REPOSITORY });

beforeAll(async () => {
  github = await startGitHub({ repository: REPOSITORY });
  image = await makeBuilderImage(testbed.engine.dockerHost, `seaworthy-test/buildkit:${randomBytes(6).toString('hex')}`);
  env = { ...jobEnvironment(testbed), DOCKER_CONFIG: await ownDockerConfig(await hubSettings()) };
}, 60_000);
afterAll(async () => {
  for (const job of jobs) job.remove();
  await github.close();
});

function aJob(): Job {
  const job = startJob();
  jobs.push(job);
  return job;
}

/** A step that builds and publishes nothing. */
function step(job: Job, over: Partial<StepOptions> = {}, place = checkout): Promise<StepResult> {
  return runStep({
    event: push({ repository: REPOSITORY, sha: place.sha }),
    workspace: place.directory,
    github,
    job,
    env,
    ...over,
    inputs: {
      platforms: 'linux/amd64',
      gate: 'off',
      'builder-image': image,
      'driver-opts': 'env.A=b',
      cache: 'off',
      ...over.inputs,
    },
  });
}
const post = (job: Job, { state }: StepResult): Promise<StepResult> => step(job, { stage: 'post', state });

async function containers(): Promise<string> {
  return (await start('docker', ['ps', '--all', '--format', '{{.Names}}'], { env })).stdout;
}
const nameIn = ({ log }: StepResult): string => /builder (seaworthy-[\w-]+) \(/.exec(log)?.[1] ?? '';

test('two steps share one builder; the post step of the first removes it, and that of the second leaves it', async () => {
  const job = aJob();
  const first = await step(job);
  const second = await step(job);
  expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
  expect(nameIn(first)).toMatch(/^seaworthy-\w{10}-\w{10}$/);
  expect(nameIn(second)).toBe(nameIn(first));
  expect(second.log).toContain('made by an earlier step of this job');
  expect(second.state).toEqual({});
  expect(first.orphans).toEqual([]);

  // The runner's order.
  const later = await post(job, second);
  expect([later.exitCode, later.log]).toEqual([0, '']);
  expect(await containers()).toContain(nameIn(first));
  const last = await post(job, first);
  expect([last.exitCode, last.annotations]).toEqual([0, []]);
  expect(last.log).toContain(`Removed the builder ${nameIn(first)}.`);
  expect(await containers()).not.toContain(nameIn(first));

  const other = aJob();
  const elsewhere = await step(other, { inputs: { 'keep-builder': 'true' } });
  expect(nameIn(elsewhere)).toMatch(/^seaworthy-kept-/);
  expect(elsewhere.state).toEqual({});
  expect((await post(other, elsewhere)).log).toBe('');
  expect(await containers()).toContain(nameIn(elsewhere));
  await start('docker', ['buildx', 'rm', '--force', nameIn(elsewhere)], { env });
}, 180_000);

test('a step that is killed: its post step still removes the builder', async () => {
  const job = aJob();
  const killed = await step(job, { signal: { signal: 'SIGKILL', when: /builder seaworthy-/ } }, slow);
  expect(killed.signal).toBe('SIGKILL');
  expect(await containers()).toContain(nameIn(killed));
  const after = await post(job, killed);
  expect([after.exitCode, after.annotations]).toEqual([0, []]);
  expect(await containers()).not.toContain(nameIn(killed));
}, 120_000);

test('a cancelled step tells what happened without waiting for its builder, which its post step removes', async () => {
  const job = aJob();
  let seen = 0;
  const onOutput = (chunk: string): void => void (seen ||= chunk.includes('RUN if') ? performance.now() : 0);
  const cancelled = await step(job, { signal: { signal: 'cancel', when: /RUN if/ }, onOutput }, slow);
  expect((performance.now() - seen) / 1000).toBeLessThan(7.5);
  expect(cancelled.exitCode).toBe(1);
  expect(cancelled.outputs['report']).toMatch(/report\.json$/);
  expect(await containers()).toContain(nameIn(cancelled));
  const after = await post(job, cancelled);
  expect([after.exitCode, after.annotations]).toEqual([0, []]);
  expect(await containers()).not.toContain(nameIn(cancelled));
  expect((await start('docker', ['volume', 'ls', '--quiet'], { env })).stdout).not.toContain(nameIn(cancelled));
}, 120_000);

test('a cache service that never answers keeps no cancelled step running', async () => {
  const job = aJob();
  github.fault({ path: /CacheService/ }, { kind: 'hang' });
  let told = 0;
  const onOutput = (chunk: string): void => void (told ||= chunk.includes('Cancelled: ') ? performance.now() : 0);
  const inputs = { ...toolInputs(testbed), gate: 'warn' };
  const cancelled = await step(job, { inputs, onOutput, signal: { signal: 'cancel', when: /RUN if/ } }, slow);
  expect([cancelled.exitCode, cancelled.signal]).toEqual([1, null]);
  expect(cancelled.outputs['report']).toMatch(/report\.json$/);
  expect(told).toBeGreaterThan(0);
  expect((performance.now() - told) / 1000).toBeLessThan(7.5);
  expect((await post(job, cancelled)).exitCode).toBe(0);
}, 120_000);

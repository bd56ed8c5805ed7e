// The bundle as a step with a bake target: planned with buildx and without any engine, told with all other mistakes, and never read from elsewhere.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGitHub, type GitHub } from '../../testbed/github/server.ts';
import * as events from '../../testbed/runner/events.ts';
import { runStep, workspace, type Job, type StepResult, type Workspace } from '../../testbed/runner/step.ts';
import { jobEnvironment } from '../../testbed/step-defaults.ts';
import { readTestbed } from '../../testbed/testbed.ts';

const PROJECTS = fileURLToPath(new URL('../fixtures/bake/projects', import.meta.url));
const testbed = readTestbed();
const jobs: Job[] = [];
let github: GitHub;
let checkout: Workspace;

beforeAll(async () => {
  github = await startGitHub({ repository: 'acme/app', description: 'An app', license: 'MIT' });
  checkout = workspace({ 'README.md': 'a project' });
  cpSync(path.join(PROJECTS, 'service'), checkout.directory, { recursive: true });
});
afterAll(async () => {
  for (const job of jobs) job.remove();
  checkout.remove();
  await github.close();
});

/** A step on a machine where no engine listens. */
async function step(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Promise<StepResult> {
  const result = await runStep({
    event: events.tagPush({ tag: 'v2.3.4' }),
    github,
    workspace: checkout.directory,
    timeoutMs: 60_000,
    env: { ...jobEnvironment(testbed), DOCKER_HOST: 'tcp://127.0.0.1:1', ...env },
    inputs: { mode: 'plan', ...inputs },
  });
  jobs.push(result.job);
  return result;
}

function platformsOf({ matrix = '{"include": []}' }: StepResult['outputs']): readonly string[] {
  return (JSON.parse(matrix) as { readonly include: readonly { readonly platform: string }[] }).include.map(
    ({ platform }) => platform,
  );
}

test('a target is planned without an engine: its names, platforms and labels', async () => {
  const { exitCode, log, outputs } = await step({ bake: 'service' }, { VERSION: '2.3.4', PLATFORMS: 'linux/arm64' });
  expect([exitCode, exitCode === 0 ? '' : log]).toEqual([0, '']);
  expect(outputs['tags']?.split('\n')).toEqual(['registry.example/harbour/service:2.3.4', 'registry.example/harbour/service:2']);
  expect(platformsOf(outputs)).toEqual(['linux/arm64']);
  expect(outputs['labels']).toContain('com.example.team=harbour');
  expect(log).toContain('target service (The service itself)');
});

test('typed inputs win over it', async () => {
  const typed = {
    images: 'ghcr.io/acme/app',
    tags: 'type=semver,pattern={{version}}',
    platforms: 'linux/amd64',
    labels: 'com.example.team=typed',
  };
  const { outputs } = await step({ bake: 'service', ...typed });
  expect(outputs['tags']?.split('\n')).toContain('ghcr.io/acme/app:2.3.4');
  expect(platformsOf(outputs)).toEqual(['linux/amd64']);
  expect(outputs['labels']).toContain('com.example.team=typed');
  expect(outputs['labels']).not.toContain('com.example.team=harbour');
});

test('mistakes are told at once, a group with the matrix to write', async () => {
  const { exitCode, annotations } = await step({ bake: 'default', severity: 'HIHG' });
  const told = annotations.map(({ message }) => message).join('\n');
  expect(exitCode).toBe(1);
  expect(told).toContain('2 mistakes in the inputs');
  expect(told).toContain('strategy: {matrix: {target: [service, tools-1-0, tools-2-0]}}');
  expect(told).toContain('severity: "HIHG"');
});

test('what bake itself says is one line, without a stack', async () => {
  const { exitCode, log } = await step({ bake: 'service' }, { VERSION: 'two' });
  expect(exitCode).toBe(1);
  expect(log).toContain('bake: docker-bake.hcl:10,21-86: Validation failed; VERSION must begin like 1.2.3');
  expect(log).not.toMatch(/^\s+at |github\.com\/docker\/buildx\//m);
});

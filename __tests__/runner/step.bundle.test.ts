// The committed bundle as a step: what every kind of event, a mistake in the inputs and a cancel look like from outside.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { forkPullRequest, mergeGroup, push, tagPush } from '../../testbed/runner/events.ts';
import { exampleFiles } from '../../testbed/step-defaults.ts';
import { berth, openHarbour, REPOSITORY, tagsOf, type Harbour } from '../promises/harbour.ts';
import { isWrite } from '../promises/recording-proxy.ts';

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterAll(() => harbour.close());

/** The base branch as GitHub has it: where the policy of forks and merge groups is read, whatever the checkout says (rules 3). */
function policyOnMain(text: string): void {
  harbour.github.addFile(REPOSITORY, 'main', '.github/seaworthy.yml', text);
}

describe('events', () => {
  test('a tag push publishes the version, its minor and latest, and says so in the outputs', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const result = await run({
      event: sha => tagPush({ repository: REPOSITORY, sha, tag: 'v1.4.2' }),
      inputs: { tags: 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}' },
    });
    expect(result.exitCode).toBe(0);
    const tags = await tagsOf(harbour, image);
    expect([...tags.keys()].sort()).toEqual(['1.4', '1.4.2', 'latest']);
    expect(new Set(tags.values())).toEqual(new Set([result.outputs['digest']]));
    expect(result.outputs['version']).toBe('1.4.2');
    expect(result.outputs['published-tags']?.split('\n').sort()).toEqual([`${image}:1.4`, `${image}:1.4.2`, `${image}:latest`]);
    expect(result.env).toEqual({});
  });

  test('a pull request from a fork: scans, writes nothing, no warning, no red step', async () => {
    const { run } = berth(harbour, 'seaworthy');
    policyOnMain(exampleFiles('seaworthy')['.github/seaworthy.yml'] ?? '');
    const result = await run({ event: sha => forkPullRequest({ repository: REPOSITORY, number: 900, sha }) });
    expect({ exit: result.exitCode, verdict: result.outputs['verdict'] }).toEqual({ exit: 0, verdict: 'passed' });
    expect(result.requests.filter(isWrite)).toEqual([]);
    expect(harbour.github.comments(900)).toEqual([]);
    expect(result.annotations).toEqual([]);
    expect(result.summary).toMatch(/would ship/i);
  });

  test('a fork cannot excuse its own findings: the rules of the base branch count', async () => {
    const { run } = berth(harbour, 'seaworthy');
    policyOnMain('version: 1\n');
    const result = await run({ event: sha => forkPullRequest({ repository: REPOSITORY, number: 901, sha }) });
    expect({ exit: result.exitCode, verdict: result.outputs['verdict'] }).toEqual({ exit: 1, verdict: 'blocked' });
    expect(result.summary).toContain('CVE-2023-45853');
  });

  test('a merge group builds and scans, and publishes nothing', async () => {
    const { run } = berth(harbour, 'seaworthy');
    policyOnMain(exampleFiles('seaworthy')['.github/seaworthy.yml'] ?? '');
    const result = await run({ event: sha => mergeGroup({ repository: REPOSITORY, sha }) });
    expect({ exit: result.exitCode, verdict: result.outputs['verdict'] }).toEqual({ exit: 0, verdict: 'passed' });
    expect(result.requests.filter(isWrite)).toEqual([]);
  });

  test('a push that deletes its branch does nothing and is green', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const result = await run({ event: sha => push({ repository: REPOSITORY, sha, branch: 'old', deleted: true }) });
    expect(result.exitCode).toBe(0);
    expect(result.outputs['verdict']).toBe('skipped');
    expect(result.log).not.toMatch(/::group::build/);
  });
});

describe('mistakes', () => {
  test('all mistakes in the inputs are told at once, by name, before anything runs', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const result = await run({
      inputs: { platforms: 'linux/adm64', servity: 'HIGH', 'scan-timeout': 'soon', images: 'ghcr.io/acme/app:latest' },
    });
    expect(result.exitCode).toBe(1);
    for (const said of ['linux/adm64', 'linux/amd64', 'servity', 'severity', 'scan-timeout', 'images'])
      expect(result.log).toContain(said);
    expect(result.log).not.toMatch(/::group::build|\n\s+at /);
  });

  test('a Dockerfile that fails: the failing line, one error, exit 1', async () => {
    const { run } = berth(harbour, 'seaworthy', { Dockerfile: 'FROM debian:12\nRUN echo before && false\n' });
    const result = await run({ inputs: { platforms: 'linux/amd64' } });
    expect(result.exitCode).toBe(1);
    expect(result.log).toContain('RUN echo before && false');
    const errors = result.annotations.filter(note => note.level === 'error');
    expect(errors.map(({ file, line }) => [file, line])).toEqual([['Dockerfile', '2']]);
    expect(result.requests.filter(isWrite)).toEqual([]);
    expect(result.summary).toMatch(/failed/i);
    expect(result.summary).toContain('>>> RUN echo before');
  });

  test('call: check fails at the lines that break a rule, and builds, scans and publishes nothing', async () => {
    const { run } = berth(harbour, 'seaworthy', { Dockerfile: 'FROM debian:12 as Build\nRUN true\n' });
    const result = await run({ inputs: { call: 'check', platforms: 'linux/amd64' } });
    expect([result.exitCode, result.outputs['verdict'], result.outputs['push']]).toEqual([1, 'skipped', 'false']);
    const warnings = result.annotations.filter(note => note.title !== undefined);
    expect(warnings.map(({ title, file, line }) => `${title} ${file}:${line}`).sort()).toEqual([
      'FromAsCasing Dockerfile:1',
      'StageNameCasing Dockerfile:1',
    ]);
    expect(result.log).not.toMatch(/::group::(preflight|build|scan)/);
    expect(result.requests.filter(isWrite)).toEqual([]);
    expect(result.summary).toContain('2 remarks on the Dockerfile');
  });

  test('a policy with a mistake is told with its line, before anything runs', async () => {
    const { run } = berth(harbour, 'seaworthy', { '.github/seaworthy.yml': 'version: 1\nexceptoins:\n  - id: CVE-1\n' });
    const result = await run();
    expect(result.exitCode).toBe(1);
    expect(result.log).toMatch(/seaworthy\.yml:2/);
    expect(result.log).toContain('exceptions');
    expect(result.log).not.toMatch(/::group::build/);
  });
});

describe('a cancel', () => {
  test('in the middle of the build: final status, nothing published, nothing left running or lying about', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    let sha = '';
    const result = await run({
      event: commit => push({ repository: REPOSITORY, sha: (sha = commit) }),
      step: { signal: { signal: 'cancel', when: /::group::build/ } },
    });
    expect(result.exitCode).toBe(1);
    expect(result.log).toMatch(/cancelled/i);
    expect(result.orphans).toEqual([]);
    expect(await tagsOf(harbour, image)).toEqual(new Map());
    const states = harbour.github.statuses(sha).map(status => status.state);
    expect(states.at(-1)).toBe('error');
  });

  test('leaves bundle and report, and no temporary file or credential', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const result = await run();
    const directory = path.dirname(result.outputs['report'] ?? '');
    expect(existsSync(path.join(result.outputs['bundle'] ?? '', 'index.json'))).toBe(true);
    const outputs = ['report.json', 'seaworthy.sarif', 'bake'];
    const left = readdirSync(directory).filter(name => !outputs.includes(name) && !name.startsWith('build-'));
    expect(left).toEqual([]);
    const file = JSON.parse(readFileSync(path.join(result.outputs['bundle'] ?? '', 'bundle.json'), 'utf8')) as { digest: string };
    expect(file.digest).toBe(result.outputs['digest']);
  });
});

// Promise 7 (comment, status, code scanning): whatever GitHub answers, one warning each; the verdict and the publish result alone decide.

import { afterEach, afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { categoryOf, sarifProblems } from '../../testbed/github/sarif.ts';
import type { Fault } from '../../testbed/github/server.ts';
import { forkPullRequest, pullRequest, push } from '../../testbed/runner/events.ts';
import { berth, openHarbour, REPOSITORY, type Harbour } from './harbour.ts';

let harbour: Harbour;
let number = 700;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterEach(() => {
  harbour.github.clearFaults();
});
afterAll(() => harbour.close());

describe('promise 7: side channels never decide', () => {
  test('when all is well, the pull request gets one comment and a final status, and GitHub’s description is kept', async () => {
    const { checkout, run } = berth(harbour, 'seaworthy');
    const event = pullRequest({ repository: REPOSITORY, number: ++number, sha: checkout.sha });
    const first = await run({ event: () => event });
    const second = await run({ event: () => event });
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(harbour.github.comments(number)).toHaveLength(1);
    const states = harbour.github.statuses(event.headSha).map(status => status.state);
    expect(states[0]).toBe('pending');
    expect(states.at(-1)).toBe('success');
    expect(harbour.github.violations).toEqual([]);
    expect(first.annotations.filter(note => note.level === 'warning')).toEqual([]);
  });

  test('the findings of a blocked image are in code scanning, by platform, and in a file that lasts', async () => {
    const { image, checkout, run } = berth(harbour, 'unseaworthy');
    const event = push({ repository: REPOSITORY, sha: checkout.sha });
    const result = await run({ event: () => event });
    expect(result.outputs['verdict']).toBe('blocked');
    const upload = harbour.github.sarifs().at(-1);
    expect(upload).toMatchObject({ commit: checkout.sha, ref: event.ref, errors: [] });
    const file: unknown = JSON.parse(readFileSync(result.outputs['sarif'] ?? '', 'utf8'));
    expect(sarifProblems(file)).toEqual([]);
    for (const { runs } of [file, upload?.sarif] as { runs: { results: { level: string }[] }[] }[]) {
      expect(runs.map(categoryOf)).toEqual([`seaworthy/${image}/linux/amd64`, `seaworthy/${image}/linux/arm64`]);
      // What blocks is in one of the two only.
      for (const each of runs) expect(each.results.length).toBeGreaterThan(0);
      expect(runs.flatMap(each => each.results.map(found => found.level))).toContain('error');
    }
    expect(harbour.github.violations).toEqual([]);
  });

  test("a fork's pull request sends nothing to code scanning and still has the file", async () => {
    const before = harbour.github.sarifs().length;
    const { run } = berth(harbour, 'unseaworthy');
    const result = await run({ event: sha => forkPullRequest({ repository: REPOSITORY, number: ++number, sha }) });
    expect(harbour.github.sarifs()).toHaveLength(before);
    expect(sarifProblems(JSON.parse(readFileSync(result.outputs['sarif'] ?? '', 'utf8')))).toEqual([]);
  });

  test.each([
    ['comments are forbidden', /\/comments/, { kind: 'status', status: 403, message: 'Resource not accessible by integration' }],
    ['comments fail for ever', /\/comments/, { kind: 'status', status: 500 }],
    [
      'statuses are forbidden',
      /\/statuses\//,
      { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    ],
    ['the connection is cut', /\/(comments|statuses)/, { kind: 'reset' }],
    [
      'code scanning is forbidden',
      /\/code-scanning\//,
      { kind: 'status', status: 403, message: 'Resource not accessible by integration' },
    ],
    ['code scanning fails for ever', /\/code-scanning\//, { kind: 'status', status: 503 }],
    ['code scanning never answers', /\/code-scanning\//, { kind: 'hang' }],
  ] satisfies [string, RegExp, Fault][])('%s: a warning, exit 0', async (name, path, fault) => {
    harbour.github.fault({ path }, fault);
    const { run } = berth(harbour, 'seaworthy');
    const result = await run({ event: sha => pullRequest({ repository: REPOSITORY, number: ++number, sha }) });
    expect({ name, exitCode: result.exitCode, verdict: result.outputs['verdict'] }).toEqual({
      name,
      exitCode: 0,
      verdict: 'passed',
    });
    const warnings = result.annotations.filter(note => note.level === 'warning');
    expect(warnings.length).toBeGreaterThan(0);
    // One for the comment, one for the status: never one for each try.
    expect(warnings.length).toBeLessThanOrEqual(2);
    expect(result.annotations.filter(note => note.level === 'error')).toEqual([]);
  });

  test('a blocked image stays blocked when nobody can be told', async () => {
    harbour.github.fault({ path: /\/(comments|statuses)/ }, { kind: 'status', status: 500 });
    const { run } = berth(harbour, 'unseaworthy');
    const result = await run({ event: sha => pullRequest({ repository: REPOSITORY, number: ++number, sha }) });
    expect({ exitCode: result.exitCode, verdict: result.outputs['verdict'] }).toEqual({ exitCode: 1, verdict: 'blocked' });
  });
});

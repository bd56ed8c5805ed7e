// Pending, then final, on the commit that people pushed; refusals are one warning (promise 7).

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { RunRecord } from '../../src/record.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { renderStatus } from '../../src/report/status.ts';
import { createGitHub } from '../../src/runner/github.ts';
import { createStatusSender, type SendStatus } from '../../src/runner/status.ts';
import { startGitHub, type Fault, type GitHub as StandIn } from '../../testbed/github/server.ts';
import {
  aBlockedRecord,
  aFailedRecord,
  aFinding,
  aPullRequestEvent,
  aPullRequestRecord,
  aRecord,
  blocks,
} from '../builders/record.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startGitHub();
});
afterEach(() => standIn.clearFaults());
afterAll(async () => {
  expect(standIn.violations).toEqual([]);
  await standIn.close();
});

function aSender(token = standIn.token()): { send: SendStatus; sha: string; merge: string; warnings: string[] } {
  const warnings: string[] = [];
  const [sha, merge] = [standIn.addCommit({ message: 'head' }), standIn.addCommit({ message: 'test merge' })];
  const event = aPullRequestEvent({ headSha: sha }, { sha: merge });
  const github = createGitHub({
    token,
    event: { repository: standIn.repository, apiUrl: standIn.url },
    timeout: 300,
    wait: () => Promise.resolve(),
  });
  return { send: createStatusSender(github, event, line => void warnings.push(line)), sha, merge, warnings };
}

const status = (record: RunRecord): ReturnType<typeof renderStatus> => renderStatus(makeReport(record));
const RUNNING = aPullRequestRecord({ state: 'running', verdict: undefined });

describe('the status', () => {
  test.each<[string, RunRecord, string]>([
    ['would ship', aPullRequestRecord(), 'success'],
    ['blocked', aBlockedRecord([blocks(aFinding())]), 'failure'],
    ['failed', aFailedRecord('build', { kind: 'tool', message: 'x'.repeat(500), details: [] }), 'error'],
    ['cancelled', aFailedRecord('scan', { kind: 'cancelled', message: 'x', details: [] }), 'error'],
    ['shipped', aRecord(), 'success'],
  ])('pending, then final: %s', async (_name, record, state) => {
    const { send, sha, merge, warnings } = aSender();
    await send(status(RUNNING));
    await send(status(record));
    expect(standIn.statuses(sha).map(each => each.state)).toEqual(['pending', state]);
    expect(new Set(standIn.statuses(sha).map(each => each.context))).toEqual(new Set(['seaworthy / acme/app']));
    expect(standIn.statuses(sha)[1]?.targetUrl).toContain('/actions/runs/');
    expect(standIn.statuses(merge)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('a read-only token: one warning with the permission, and nothing more is tried', async () => {
    const { send, warnings } = aSender(standIn.token('read'));
    const before = standIn.requests.length;
    await send(status(RUNNING));
    await send(status(aPullRequestRecord()));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"permissions: statuses: write"');
    expect(standIn.requests.length - before).toBe(1);
  });

  test.each<[string, Fault]>([
    ['500', { kind: 'status', status: 500 }],
    ['cut connections', { kind: 'reset' }],
    ['no answer', { kind: 'hang' }],
    ['rate limit', { kind: 'rate-limit' }],
    ['secondary limit', { kind: 'secondary-limit', retryAfter: 600 }],
    ['422', { kind: 'status', status: 422, message: 'No commit found for SHA' }],
  ])('%s for ever: one warning for both', async (_name, fault) => {
    const { send, warnings } = aSender();
    standIn.fault({ path: /statuses/ }, fault);
    await send(status(RUNNING));
    await send(status(aPullRequestRecord()));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^no commit status: /);
  });

  test('trouble at the start does not keep the final state from being set', async () => {
    const { send, sha, warnings } = aSender();
    standIn.fault({ path: /statuses/ }, { kind: 'status', status: 503 }, 3);
    await send(status(RUNNING));
    await send(status(aPullRequestRecord()));
    expect(standIn.statuses(sha).map(each => each.state)).toEqual(['success']);
    expect(warnings).toHaveLength(1);
  });
});

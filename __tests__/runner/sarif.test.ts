// The SARIF file and its upload: where it lands, how much of it, and that every refusal is one line (promise 7).

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Plan } from '../../src/plan/plan.ts';
import type { RunRecord } from '../../src/record.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { createGitHub } from '../../src/runner/github.ts';
import { fitted, placeOf, readLockFiles, tellCodeScanning, type SarifOrder } from '../../src/runner/sarif.ts';
import { startGitHub, type Fault, type GitHub as StandIn } from '../../testbed/github/server.ts';
import { categoryOf } from '../../testbed/github/sarif.ts';
import {
  aBlockedRecord,
  AMD64,
  aFailedRecord,
  aFinding,
  anEvent,
  aPlan,
  aPlatformScan,
  aPullRequestEvent,
  aRecord,
  aRejectedScan,
  ARM64,
  aScan,
  aVerdict,
  blocks,
  excused,
  SHA,
} from '../builders/record.ts';

let standIn: StandIn;
let directory: string;
beforeAll(async () => {
  standIn = await startGitHub();
});
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sarif-'));
});
afterEach(() => {
  standIn.clearFaults();
  rmSync(directory, { recursive: true, force: true });
});
afterAll(async () => {
  expect(standIn.violations).toEqual([]);
  await standIn.close();
});

interface Told {
  readonly path: string;
  readonly infos: readonly string[];
  readonly warnings: readonly string[];
  readonly waited: number;
  readonly requests: readonly string[];
  /** Uploads of this call. */
  readonly uploads: ReturnType<StandIn['sarifs']>;
}

interface Over {
  readonly token?: string;
  readonly server?: StandIn;
  readonly file?: string;
  /** Milliseconds for a request; the default suits a busy machine. */
  readonly timeout?: number;
  readonly github?: SarifOrder['github'];
}

async function tell(record: RunRecord, over: Over = {}): Promise<Told> {
  const server = over.server ?? standIn;
  const infos: string[] = [];
  const warnings: string[] = [];
  let waited = 0;
  const before = { requests: server.requests.length, uploads: server.sarifs().length };
  const wait = (milliseconds: number): Promise<void> => {
    waited += milliseconds;
    return Promise.resolve();
  };
  const event = { repository: server.repository, apiUrl: server.url };
  const told = await tellCodeScanning({
    report: makeReport(record),
    file: over.file ?? path.join(directory, 'run', 'seaworthy.sarif'),
    workspace: directory,
    github: over.github ?? createGitHub({ token: over.token ?? server.token(), event, timeout: over.timeout ?? 8_000, wait }),
    info: line => void infos.push(line),
    warn: line => void warnings.push(line),
    wait,
  });
  return {
    path: told,
    infos,
    warnings,
    waited,
    requests: server.requests.slice(before.requests).map(request => `${request.method} ${request.status}`),
    uploads: server.sarifs().slice(before.uploads),
  };
}

const withSarif = (over: Partial<Plan> = {}, asked = 'auto'): Plan => {
  const plan = aPlan(over);
  const decisions = [...plan.decisions, { name: 'sarif', asked, outcome: 'yes', reason: 'x' }];
  return { ...plan, sarif: true, decisions };
};
const blocked = (plan = withSarif(), over: Parameters<typeof aRecord>[0] = {}): RunRecord =>
  aBlockedRecord([blocks(aFinding()), excused(aFinding({ id: 'CVE-2' }))], { plan, ...over });

describe('tellCodeScanning()', () => {
  test('writes the file and uploads what is not excused, for every platform', async () => {
    const told = await tell(blocked());
    expect(told.warnings).toEqual([]);
    expect(told.infos).toEqual(['Code scanning: 2 results of linux/amd64, linux/arm64 are in.']);
    const file = JSON.parse(readFileSync(told.path, 'utf8')) as { runs: { results: unknown[] }[] };
    expect(file.runs.map(run => run.results.length)).toEqual([2, 2]);
    const [upload] = told.uploads;
    expect(upload).toMatchObject({ commit: SHA, ref: 'refs/tags/v1.4.2', errors: [] });
    const { runs } = upload?.sarif as typeof file;
    expect(runs.map(run => [categoryOf(run), run.results.length])).toEqual([
      ['seaworthy/ghcr.io/acme/app/linux/amd64', 1],
      ['seaworthy/ghcr.io/acme/app/linux/arm64', 1],
    ]);
    expect(told.requests).toEqual(['POST 202', 'GET 200', 'GET 200']);
  });

  test('a run without findings is uploaded too: it closes what was mended', async () => {
    const { uploads } = await tell(aRecord({ plan: withSarif() }));
    expect(uploads).toMatchObject([{ errors: [], sarif: { runs: [{ results: [] }, { results: [] }] } }]);
  });

  test('only the file when the plan says so', async () => {
    const told = await tell(blocked(aPlan({ sarif: false })));
    expect(existsSync(told.path)).toBe(true);
    expect([told.requests, told.infos, told.warnings]).toEqual([[], [], []]);
  });

  test.each<[string, RunRecord]>([
    ['failed before the gate', aFailedRecord('build', { kind: 'tool', message: 'x', details: [] }, { plan: withSarif() })],
    ['has no plan', aFailedRecord('plan', { kind: 'user', message: 'x', details: [] })],
    ['was not scanned', aRecord({ plan: withSarif(), scan: undefined, verdict: aVerdict([], { outcome: 'skipped' }) })],
  ])('nothing for a run that %s', async (_name, record) => {
    expect(await tell(record)).toMatchObject({ path: '', requests: [], infos: [], warnings: [] });
  });

  test('a platform that was not scanned is not uploaded as clean', async () => {
    const platforms = [aPlatformScan(AMD64), aRejectedScan(ARM64, ['killed'])];
    const verdict = aVerdict([], { outcome: 'error', problems: ['killed'] });
    const { uploads } = await tell(aRecord({ plan: withSarif(), scan: aScan([], { platforms }), verdict }));
    const { runs } = uploads[0]?.sarif as { runs: unknown[] };
    expect(runs.map(categoryOf)).toEqual(['seaworthy/ghcr.io/acme/app/linux/amd64']);
  });

  test('without an accepted scan there is a file and no upload', async () => {
    const scan = aScan([], { platforms: [aRejectedScan(AMD64, ['killed']), aRejectedScan(ARM64, ['killed'])] });
    const told = await tell(
      aRecord({ plan: withSarif(), scan, verdict: aVerdict([], { outcome: 'error', problems: ['killed'] }) }),
    );
    expect(existsSync(told.path)).toBe(true);
    expect(told).toMatchObject({ requests: [], warnings: [], infos: [expect.stringContaining('nothing is uploaded')] });
  });

  test('a file that cannot be written is one warning, and no path', async () => {
    writeFileSync(path.join(directory, 'in-the-way'), '');
    const told = await tell(blocked(), { file: path.join(directory, 'in-the-way', 'seaworthy.sarif') });
    expect(told).toMatchObject({ path: '', uploads: [], warnings: [expect.stringMatching(/^no SARIF file: /)] });
  });

  test('a finding of a locked package is at its line in the lock file', async () => {
    writeFileSync(path.join(directory, 'requirements.txt'), '\nrequests==2.28.0\n');
    const finding = aFinding({ package: 'requests', installed: '2.28.0', purl: 'pkg:pypi/requests@2.28.0' });
    const { uploads } = await tell(aBlockedRecord([blocks(finding)], { plan: withSarif() }));
    expect(JSON.stringify(uploads[0]?.sarif)).toContain('"uri":"requirements.txt"},"region":{"startLine":2');
  });
});

describe('what GitHub answers', () => {
  const POST = { method: 'POST', path: /code-scanning\/sarifs$/ };
  const ALL = { path: /code-scanning/ };
  const forbidden = 'Resource not accessible by integration';

  test.each<[string, { method?: string; path: RegExp }, Fault, RegExp]>([
    [
      'a token without the permission',
      POST,
      { kind: 'status', status: 403, message: forbidden },
      /"permissions: security-events: write"/,
    ],
    ['404', POST, { kind: 'status', status: 404, message: 'Not Found' }, /"permissions: security-events: write"/],
    ['bad credentials', POST, { kind: 'status', status: 401 }, /does not accept the token/],
    ['a file that is too large', POST, { kind: 'status', status: 413, message: 'Payload too large' }, /GitHub answered 413/],
    ['400', POST, { kind: 'status', status: 400, message: 'Bad Request' }, /GitHub answered 400 \(Bad Request/],
    ['500 for ever', ALL, { kind: 'status', status: 500 }, /GitHub answered 500/],
    ['503 for ever', ALL, { kind: 'status', status: 503 }, /GitHub answered 503/],
    ['rate limit', ALL, { kind: 'rate-limit' }, /hourly rate limit/],
    ['secondary limit', ALL, { kind: 'secondary-limit', retryAfter: 60 }, /secondary rate limit/],
    ['secondary limit as 429', ALL, { kind: 'secondary-limit', retryAfter: 1, status: 429 }, /secondary rate limit/],
    ['cut connections', ALL, { kind: 'reset' }, /no usable answer|GitHub answered 500/],
    ['no answer', ALL, { kind: 'hang' }, /no usable answer|GitHub answered 500/],
    ['garbage', POST, { kind: 'garbage', text: '<html>proxy</html>' }, /not a receipt/],
  ])('%s: the file, and one warning', async (_name, match, fault, expected) => {
    standIn.fault(match, fault);
    const told = await tell(blocked(), { timeout: fault.kind === 'hang' ? 200 : 8_000 });
    expect(existsSync(told.path)).toBe(true);
    expect(told.warnings).toHaveLength(1);
    expect(told.warnings[0]).toMatch(/^nothing in code scanning \(the output "sarif" has the file\): /);
    expect(told.warnings[0]).toMatch(expected);
    expect(told.warnings[0]).not.toContain('\n');
    expect(told.requests.length).toBeLessThanOrEqual(2);
    expect(told.waited).toBeLessThanOrEqual(10_000);
  });

  test.each([
    ['read-only', (): string => standIn.token('read')],
    ['for other things', (): string => standIn.token({ contents: 'write' })],
  ])('a token %s', async (_name, token) => {
    const told = await tell(blocked(), { token: token() });
    expect(told.warnings).toEqual([expect.stringContaining('security-events: write')]);
    expect(told.requests).toEqual(['POST 403']);
  });

  test.each<[string, 'infos' | 'warnings']>([
    ['auto', 'infos'],
    ['true', 'warnings'],
  ])('without Code Security, sarif: %s says so in the %s', async (asked, where) => {
    const server = await startGitHub({ private: true, codeScanning: false });
    const told = await tell(blocked(withSarif({}, asked)), { server });
    expect(told[where]).toEqual([expect.stringContaining('GitHub Code Security')]);
    expect(told.infos.length + told.warnings.length).toBe(1);
    expect(server.violations).toEqual([]);
    await server.close();
  });

  test.each<[string, Fault]>([
    ['one 502', { kind: 'status', status: 502 }],
    ['one short secondary limit', { kind: 'secondary-limit', retryAfter: 1 }],
    ['one cut connection', { kind: 'reset' }],
  ])('%s is survived', async (_name, fault) => {
    standIn.fault(POST, fault, 1);
    const told = await tell(blocked());
    expect([told.warnings, told.uploads.length]).toEqual([[], 1]);
  });

  test('a file that GitHub cannot process is one warning with its reason', async () => {
    const github = {
      uploadSarif: () => Promise.resolve('id'),
      sarifState: () => Promise.resolve({ status: 'failed', errors: ['a delivery cannot contain\ntwo'] }),
    };
    const { warnings } = await tell(blocked(), { github });
    expect(warnings).toEqual([expect.stringMatching(/GitHub could not process it: a delivery cannot contain two$/)]);
  });

  test('a processing that takes long is not waited for, and no warning', async () => {
    standIn.fault({ method: 'GET', path: /sarifs\// }, { kind: 'garbage', text: '{"processing_status":"pending"}' });
    const told = await tell(blocked());
    expect(told.warnings).toEqual([]);
    expect(told.infos).toEqual([expect.stringContaining('still processing')]);
    expect(told.waited).toBeLessThan(10_000);
  });

  test('that the state cannot be read is no warning either', async () => {
    standIn.fault({ method: 'GET', path: /sarifs\// }, { kind: 'status', status: 500 });
    expect(await tell(blocked())).toMatchObject({ warnings: [], infos: [expect.stringContaining('still processing')] });
  });
});

describe('placeOf()', () => {
  test.each<[string, ReturnType<typeof anEvent>, string, string]>([
    ['a tag', anEvent(), 'refs/tags/v1.4.2', SHA],
    ['a branch', anEvent({ ref: 'refs/heads/main' }), 'refs/heads/main', SHA],
    ['a pull request: the test merge that was built', aPullRequestEvent(), 'refs/pull/104/merge', SHA],
    [
      'pull_request_target: never the base branch',
      aPullRequestEvent({}, { name: 'pull_request_target', ref: 'refs/heads/main' }),
      'refs/pull/104/head',
      '89e6c98d92887913cadf06b2adb97f26cde4849b',
    ],
  ])('%s', (_name, event, ref, sha) => expect(placeOf(event)).toEqual({ ref, sha }));
});

describe('fitted()', () => {
  const report = makeReport(
    aBlockedRecord(
      Array.from({ length: 300 }, (_, index) => blocks(aFinding({ id: `CVE-2026-${index}`, title: `${index} `.repeat(50) }))),
    ),
  );

  test.each([60_000, 20_000, 6_000])('%i bytes, compressed, are never passed', async limit => {
    const made = await fitted(report, { purpose: 'upload' }, limit);
    expect(made?.compressed.length).toBeLessThanOrEqual(limit);
    expect((made?.sarif.results ?? 0) + (made?.sarif.dropped ?? 0)).toBe(600);
    // Not cut to the bone either.
    expect(made?.compressed.length).toBeGreaterThan(Math.min(limit, 20_000) / 3);
  });

  test('what fits is not cut; the same findings are the same bytes', async () => {
    const [one, other] = [await fitted(report, { purpose: 'file' }), await fitted(report, { purpose: 'file' })];
    expect(one?.sarif.dropped).toBe(0);
    expect(one?.compressed.equals(other?.compressed ?? Buffer.of())).toBe(true);
  });
});

describe('readLockFiles()', () => {
  const names = async (build: Partial<Plan['build']>): Promise<string[]> => {
    const plan = aPlan();
    return Object.keys(await readLockFiles({ ...plan, build: { ...plan.build, ...build } }, directory)).sort();
  };

  test('beside the context, the Dockerfile, and at the root; regular files only', async () => {
    for (const place of ['', 'api', 'docker', 'other']) {
      mkdirSync(path.join(directory, place), { recursive: true });
      writeFileSync(path.join(directory, place, 'go.sum'), 'x');
    }
    symlinkSync('/etc/hostname', path.join(directory, 'api', 'yarn.lock'));
    mkdirSync(path.join(directory, 'api', 'Cargo.lock'));
    expect(await names({})).toEqual(['go.sum']);
    expect(await names({ context: './api' })).toEqual(['api/go.sum', 'go.sum']);
    expect(await names({ context: 'api', file: 'docker/Dockerfile' })).toEqual(['api/go.sum', 'docker/go.sum', 'go.sum']);
    expect(await names({ context: 'https://github.com/acme/app.git' })).toEqual([]);
    expect(await names({ context: '../elsewhere' })).toEqual([]);
  });

  test('huge files are left', async () => {
    writeFileSync(path.join(directory, 'go.sum'), Buffer.alloc(5_000_001));
    expect(await names({})).toEqual([]);
  });
});

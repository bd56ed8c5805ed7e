// What the report says first, and what it advises, for every way a run can end.

import { describe, expect, test } from '@jest/globals';
import { explain, ToolError, UserError } from '../../src/errors.ts';
import { makeReport, title } from '../../src/report/make-report.ts';
import type { RunRecord, Stage } from '../../src/record.ts';
import { STAGES } from '../../src/record.ts';
import {
  aBlockedRecord,
  aDigest,
  aFailedRecord,
  aFinding,
  aPlan,
  aPolicy,
  aPublication,
  aPullRequestRecord,
  aRecord,
  aRejectedScan,
  AMD64,
  anEvent,
  aPlatformScan,
  ARM64,
  aScan,
  aSecret,
  aTarget,
  aVerdict,
  blocks,
  excused,
  IMAGE,
  ROOT,
  shown,
  someBuildFacts,
  someFacts,
} from '../builders/record.ts';

const HIGH = aFinding({ severity: 'HIGH' });
const rejected = aScan([], { platforms: [aPlatformScan(AMD64), aRejectedScan(ARM64, ['no package was found'])] });
const errorVerdict = aVerdict([], {
  outcome: 'error',
  publish: false,
  exitCode: 1,
  problems: ['linux/arm64: no package was found'],
});

const CASES: readonly [string, RunRecord, { outcome: string; word: string; tone: string; reason: string | RegExp }][] = [
  [
    'shipped',
    aRecord(),
    {
      outcome: 'passed',
      word: 'Shipped',
      tone: 'good',
      reason: '2 platforms scanned, nothing blocks; published, signed and verified.',
    },
  ],
  [
    'shipped to two',
    aRecord({ publication: aPublication({ targets: [aTarget(), aTarget({ image: 'docker.io/acme/app' })] }) }),
    { outcome: 'passed', word: 'Shipped', tone: 'good', reason: /published in 2 repositories, signed and verified\.$/ },
  ],
  [
    'shipped without signature',
    aRecord({ publication: aPublication({ targets: [aTarget({ signature: 'off', verified: false })] }) }),
    { outcome: 'passed', word: 'Shipped', tone: 'good', reason: /not signed\.$/ },
  ],
  [
    'adopted',
    aRecord({ facts: someFacts({ adopt: { image: IMAGE, digest: ROOT, tag: '1.4.2', reason: 'x' } }), build: undefined }),
    { outcome: 'passed', word: 'Shipped', tone: 'good', reason: /completed, not built again\.$/ },
  ],
  [
    'blocked',
    aBlockedRecord([blocks(HIGH), blocks(aFinding({ id: 'CVE-2', severity: 'CRITICAL' }))]),
    { outcome: 'blocked', word: 'Blocked', tone: 'bad', reason: '2 findings block (1 critical, 1 high). Nothing was published.' },
  ],
  [
    'blocked on one platform',
    aBlockedRecord([blocks(aFinding({ platforms: ['linux/arm64'] }))]),
    {
      outcome: 'blocked',
      word: 'Blocked',
      tone: 'bad',
      reason: '1 finding blocks (1 high), all on linux/arm64. Nothing was published.',
    },
  ],
  [
    'adopted and blocked',
    aBlockedRecord([blocks(HIGH)], { facts: someFacts({ adopt: { image: IMAGE, digest: ROOT, tag: '1.4.2', reason: 'x' } }) }),
    {
      outcome: 'blocked',
      word: 'Blocked',
      tone: 'bad',
      reason: /already published as ghcr\.io\/acme\/app:1\.4\.2 .*nothing further was written\.$/,
    },
  ],
  [
    'scanner error',
    aRecord({ scan: rejected, verdict: errorVerdict, publication: undefined }),
    {
      outcome: 'error',
      word: 'Could not tell',
      tone: 'bad',
      reason: 'the scan of linux/arm64 could not be accepted: no package was found. Nothing was published.',
    },
  ],
  [
    'scanner error and something blocks',
    aRecord({ scan: rejected, verdict: { ...errorVerdict, findings: [blocks(HIGH)] }, publication: undefined }),
    { outcome: 'error', word: 'Could not tell', tone: 'bad', reason: /besides, 1 finding blocks/ },
  ],
  [
    'pull request',
    aPullRequestRecord(),
    {
      outcome: 'passed',
      word: 'Would ship',
      tone: 'good',
      reason: '2 platforms scanned, nothing blocks. Not pushed: a pull request does not publish.',
    },
  ],
  [
    'gate: warn',
    aRecord({ verdict: aVerdict([blocks(HIGH)], { publish: true, exitCode: 0 }) }),
    { outcome: 'blocked', word: 'Shipped', tone: 'careful', reason: /^although 1 finding blocks .*\(gate: warn\); published/ },
  ],
  [
    'gate: off',
    aRecord({ scan: undefined, verdict: aVerdict([], { outcome: 'skipped' }) }),
    { outcome: 'skipped', word: 'Shipped', tone: 'careful', reason: /^not scanned \(gate: off\); published/ },
  ],
  [
    'on-scan-error: warn',
    aRecord({ scan: rejected, verdict: { ...errorVerdict, publish: true, exitCode: 0 } }),
    {
      outcome: 'error',
      word: 'Shipped',
      tone: 'careful',
      reason: /^although the scan of linux\/arm64 could not be accepted: .*\(on-scan-error: warn\)/,
    },
  ],
  [
    'one target failed',
    aRecord({
      publication: aPublication({
        targets: [
          aTarget(),
          aTarget({
            image: 'docker.io/acme/app',
            state: 'failed',
            error: 'denied',
            tags: [],
            verified: false,
            signature: 'missing',
          }),
        ],
      }),
    }),
    {
      outcome: 'failed',
      word: 'Incomplete',
      tone: 'bad',
      reason: 'published in 1 of 2 targets; not finished: docker.io/acme/app.',
    },
  ],
  [
    'build failed',
    aFailedRecord('build', { kind: 'tool', message: 'Dockerfile:4 RUN make: exit code 2', details: [] }),
    {
      outcome: 'failed',
      word: 'Failed',
      tone: 'bad',
      reason: 'Dockerfile:4 RUN make: exit code 2. Ended in build. Nothing was published.',
    },
  ],
  [
    'publish failed',
    aFailedRecord('publish', { kind: 'tool', message: 'registry answers 503', details: [] }),
    { outcome: 'failed', word: 'Failed', tone: 'bad', reason: /tags move last\.$/ },
  ],
  [
    'cancelled',
    aFailedRecord('scan', { kind: 'cancelled', message: 'The run was cancelled.', details: [] }),
    { outcome: 'cancelled', word: 'Cancelled', tone: 'careful', reason: 'stopped during scan. Nothing was published.' },
  ],
  [
    'deleted ref',
    aRecord({
      plan: aPlan({ nothingToDo: 'refs/tags/v1 was deleted: there is nothing to build' }),
      facts: undefined,
      build: undefined,
      bundle: undefined,
      scan: undefined,
      verdict: undefined,
      publication: undefined,
    }),
    {
      outcome: 'nothing',
      word: 'Nothing to do',
      tone: 'neutral',
      reason: 'refs/tags/v1 was deleted: there is nothing to build.',
    },
  ],
  [
    'running',
    aRecord({ state: 'running', verdict: undefined, publication: undefined }),
    { outcome: 'running', word: 'Running', tone: 'neutral', reason: 'building and scanning.' },
  ],
];

describe('the first line', () => {
  test.each(CASES)('%s', (_name, record, { reason, ...expected }) => {
    const report = makeReport(record);
    expect(report).toMatchObject(expected);
    if (typeof reason === 'string') expect(report.reason).toBe(reason);
    else expect(report.reason).toMatch(reason);
    expect(report.headline).toContain(`${report.word}: `);
    expect(report.headline).not.toContain('\n');
  });

  test('names digest and tags when it shipped', () => {
    expect(makeReport(aRecord()).headline).toContain(`${ROOT} as 1.4.2, 1.4 and latest`);
  });

  test('tags that did not move are not claimed', () => {
    const targets = [
      aTarget({
        tags: [
          { name: '1.4.2', state: 'created' },
          { name: 'latest', state: 'failed' },
        ],
      }),
    ];
    expect(makeReport(aRecord({ publication: aPublication({ targets, complete: false }) })).tags).toEqual(['1.4.2']);
  });
});

test.each(STAGES.flatMap(stage => (['tool', 'user', 'bug', 'cancelled'] as const).map(kind => [stage, kind] as const)))(
  'a run that ended in %s with %s has a report that says so',
  (stage: Stage, kind) => {
    const report = makeReport(aFailedRecord(stage, { kind, message: 'boom', details: ['x'] }));
    expect(report.word).toBe(kind === 'cancelled' ? 'Cancelled' : 'Failed');
    expect(report.reason).toContain(stage);
  },
);

describe('hints', () => {
  const hints = (record: RunRecord): string[] => makeReport(record).hints.map(hint => hint.text);

  test('only unfixable findings block: ignore-unfixed comes first', () => {
    const unfixed = aFinding({ fixed: '', status: 'affected' });
    expect(hints(aBlockedRecord([blocks(unfixed)]))[0]).toContain('`ignore-unfixed: true`');
  });

  test('fixable system packages: base image, or the cache when steps came from it', () => {
    const cold = someBuildFacts({ steps: [{ name: 'x', cached: false, seconds: 1 }] });
    expect(hints(aBlockedRecord([blocks(HIGH)], { build: cold }))[0]).toMatch(
      /newer base image.*`libssl3` to `3\.0\.17-1~deb12u2`/,
    );
    expect(hints(aBlockedRecord([blocks(HIGH)]))[0]).toContain('`no-cache: true`');
  });

  test('packages of the application are named apart', () => {
    const lodash = aFinding({ package: 'lodash', path: 'srv/app/node_modules/lodash/package.json', fixed: '4.17.21, 5.0.0' });
    expect(hints(aBlockedRecord([blocks(lodash)]))[0]).toBe('Update `lodash` to `4.17.21` in the application.');
  });

  test('secrets: revoke and take out', () => {
    expect(hints(aBlockedRecord([blocks(aSecret())]))[0]).toMatch(/^Revoke what was found in `srv\/app\/\.env`/);
  });

  test('exceptions ready to paste, with a date 30 days on', () => {
    const copy = makeReport(aBlockedRecord([blocks(HIGH), blocks(HIGH)])).hints.at(-1)?.copy;
    expect(copy?.lines).toEqual([
      'exceptions:',
      '  - id: "CVE-2026-1234"',
      '    package: "libssl3"',
      '    reason: "TODO: why this is acceptable"',
      '    expires: 2026-12-21',
    ]);
  });

  test('no policy file yet: the version line is there too, and the default path', () => {
    const plan = aPlan({ policy: Object.fromEntries(Object.entries(aPolicy()).filter(([key]) => key !== 'file')) as never });
    const hint = makeReport(aBlockedRecord([blocks(HIGH)], { plan })).hints.at(-1);
    expect(hint?.text).toContain('.github/seaworthy.yml');
    expect(hint?.copy?.lines[0]).toBe('version: 1');
  });

  test.each([
    [false, '`id-token: write`'],
    [true, '`sign: keyless`'],
  ])('not signed, id-token %s: how to sign', (idToken, expected) => {
    const plan = aPlan({ signing: { method: 'off' } });
    const publication = aPublication({ targets: [aTarget({ signature: 'off', verified: false })] });
    expect(hints(aRecord({ plan, publication, event: anEvent({ idToken }) }))[0]).toContain(expected);
  });

  test('sign: off was asked for: no hint', () => {
    const plan = aPlan({
      signing: { method: 'off' },
      decisions: [{ name: 'sign', asked: 'off', outcome: 'no', reason: 'asked for' }],
    });
    expect(
      hints(aRecord({ plan, publication: aPublication({ targets: [aTarget({ signature: 'off', verified: false })] }) })),
    ).toEqual([]);
  });

  test.each([
    ['linux/amd64: the scanner ended with exit code 1: The first run cannot skip downloading Java DB', 'JAR files'],
    ['linux/amd64: the scanner was stopped: no result after 900 s (input: scan-timeout)', '`scan-timeout`'],
    ['linux/amd64: no operating system was recognised', '`allow-unrecognised: true`'],
    ['the vulnerability database is 3 days old', '`max-db-age`'],
  ])('a scan that proves nothing: %s', (problem, expected) => {
    const verdict = aVerdict([], { outcome: 'error', publish: false, exitCode: 1, problems: [problem] });
    expect(hints(aRecord({ verdict, publication: undefined })).join('\n')).toContain(expected);
  });

  test('the hint of a failure comes first', () => {
    expect(hints(aFailedRecord('preflight', { kind: 'user', message: 'denied', hint: 'Log in first.', details: [] }))[0]).toBe(
      'Log in first.',
    );
  });

  test.each<[string, Error, boolean]>([
    ['a build that failed', new ToolError('The build failed', { tool: 'docker buildx build', tail: ['x'] }), true],
    ['no docker', new UserError('docker is not installed', { hint: 'Install it.' }), false],
    ['a builder that does not start', new ToolError('no builder', { tool: 'docker buildx create', tail: ['x'] }), false],
    ['a secret that cannot be read', new UserError('secret-files: "a" does not exist'), false],
    ['a bug', new TypeError('x'), false],
  ])('the group "build" is named only when something is in it: %s', (_name, error, isNamed) => {
    const said = hints(aFailedRecord('build', explain(error))).join('\n');
    expect(said.includes('in the group "build"')).toBe(isNamed);
  });

  test('nothing to advise after a clean run', () => expect(hints(aRecord())).toEqual([]));
});

describe('findings and platforms', () => {
  test('sorted worst first, fixable first, then by name', () => {
    const findings = [
      blocks(aFinding({ id: 'B', package: 'b' })),
      blocks(aFinding({ id: 'A', package: 'a', fixed: '' })),
      blocks(aFinding({ id: 'C', package: 'c', severity: 'CRITICAL' })),
      blocks(aFinding({ id: 'D', package: 'a' })),
    ];
    expect(makeReport(aBlockedRecord(findings)).blocking.map(judged => judged.finding.id)).toEqual(['C', 'D', 'B', 'A']);
  });

  test('counted per platform; each ruling apart', () => {
    const arm = blocks(aFinding({ platforms: ['linux/arm64'] }));
    const both = excused(aFinding({ id: 'CVE-2023-45853', severity: 'CRITICAL' }));
    const low = shown(aFinding({ id: 'CVE-3', severity: 'LOW', platforms: ['linux/amd64'] }));
    const report = makeReport(aBlockedRecord([arm, both, low]));
    expect(report.platforms).toMatchObject([
      {
        platform: 'linux/amd64',
        blocking: 0,
        excused: 1,
        counts: { CRITICAL: 1, HIGH: 0, LOW: 1 },
        system: 'debian 12.9',
        packages: 88,
        accepted: true,
      },
      { platform: 'linux/arm64', blocking: 1, excused: 1, counts: { CRITICAL: 1, HIGH: 1, LOW: 0 }, compressedBytes: 49_817_226 },
    ]);
    expect([report.blocking.length, report.excused.length, report.others.length]).toEqual([1, 1, 1]);
  });

  test('built = scanned is shown before anything is published', () => {
    expect(makeReport(aPullRequestRecord()).equality).toEqual([
      { platform: 'linux/amd64', built: aDigest('m-linux/amd64'), scanned: aDigest('m-linux/amd64'), published: '' },
      { platform: 'linux/arm64', built: aDigest('m-linux/arm64'), scanned: aDigest('m-linux/arm64'), published: '' },
    ]);
  });
});

test.each([
  [['ghcr.io/acme/app', 'docker.io/acme/app'], 'seaworthy / acme/app'],
  [['acme/app'], 'seaworthy / acme/app'],
  [['localhost:5000/app'], 'seaworthy / app'],
  [['app'], 'seaworthy / app'],
  [[], 'seaworthy'],
])('title of %j is %s', (images, expected) => expect(title(images)).toBe(expected));

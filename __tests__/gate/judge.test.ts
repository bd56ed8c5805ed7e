// The outcome table in every cell, a reason for every finding, and what must hold for all inputs.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../src/gate/judge.ts';
import type { Verdict } from '../../src/gate/verdict.ts';
import type { Exception, Policy } from '../../src/plan/policy.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { SEVERITIES } from '../../src/plan/severity.ts';
import type { Finding } from '../../src/scan/findings.ts';
import type { PlatformScan, ScanResult } from '../../src/scan/scan.ts';
import {
  aFinding,
  anException,
  aPlatformScan,
  aPolicy,
  aRejectedScan,
  aScan,
  aSecret,
  scannerFacts,
} from '../builders/findings.ts';

const today = new Date('2026-11-21T12:00:00Z');
const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };

function verdictOn(
  scan: ScanResult | undefined,
  policy: Partial<Policy> = {},
  platforms: readonly Platform[] = [AMD64],
): Verdict {
  return judge({ scan, policy: aPolicy(policy), today, platforms });
}

function found(...findings: Finding[]): ScanResult {
  return aScan({ platforms: [aPlatformScan({ findings })] });
}

function rulings(scan: ScanResult, policy: Partial<Policy> = {}): string[] {
  return verdictOn(scan, policy).findings.map(({ finding, ruling, reason }) => `${finding.id} ${ruling}: ${reason}`);
}

const CLEAN = aScan();
const BLOCKED = found(aFinding());
const REJECTED = aScan({ platforms: [aRejectedScan()] });
/** One platform blocks, the other was not accepted. */
const BOTH = aScan({
  platforms: [aPlatformScan({ findings: [aFinding()] }), aRejectedScan({ platform: ARM64, problems: ['linux/arm64: killed'] })],
});
const CANARY = aScan({ problems: ['the canary was not found'] });

describe('outcome table (design 5, rule 1)', () => {
  type Row = readonly [
    gate: Policy['gate'],
    onScanError: Policy['onScanError'],
    scan: ScanResult,
    outcome: Verdict['outcome'],
    publish: boolean,
  ];
  const table: readonly Row[] = [
    ['enforce', 'fail', CLEAN, 'passed', true],
    ['enforce', 'fail', BLOCKED, 'blocked', false],
    ['enforce', 'fail', REJECTED, 'error', false],
    ['enforce', 'fail', CANARY, 'error', false],
    ['enforce', 'fail', BOTH, 'error', false],
    ['enforce', 'warn', CLEAN, 'passed', true],
    ['enforce', 'warn', BLOCKED, 'blocked', false],
    ['enforce', 'warn', REJECTED, 'error', true],
    ['enforce', 'warn', CANARY, 'error', true],
    ['enforce', 'warn', BOTH, 'error', false],
    ['warn', 'fail', CLEAN, 'passed', true],
    ['warn', 'fail', BLOCKED, 'blocked', true],
    ['warn', 'fail', REJECTED, 'error', false],
    ['warn', 'fail', CANARY, 'error', false],
    ['warn', 'fail', BOTH, 'error', false],
    ['warn', 'warn', CLEAN, 'passed', true],
    ['warn', 'warn', BLOCKED, 'blocked', true],
    ['warn', 'warn', REJECTED, 'error', true],
    ['warn', 'warn', CANARY, 'error', true],
    ['warn', 'warn', BOTH, 'error', true],
    ['off', 'fail', CLEAN, 'skipped', true],
    ['off', 'fail', BLOCKED, 'skipped', true],
    ['off', 'fail', REJECTED, 'skipped', true],
    ['off', 'warn', BOTH, 'skipped', true],
  ];
  test.each(table)('gate: %s, on-scan-error: %s', (gate, onScanError, scan, outcome, publish) => {
    const platforms = scan === BOTH ? [AMD64, ARM64] : [AMD64];
    const verdict = verdictOn(scan, { gate, onScanError }, platforms);
    expect([verdict.outcome, verdict.publish, verdict.exitCode]).toEqual([outcome, publish, publish ? 0 : 1]);
    expect(verdict.headline).not.toContain('\n');
    expect(verdict.headline).not.toBe('');
  });

  test('what a setting lets through is said in the first line', () => {
    expect(verdictOn(BLOCKED, { gate: 'warn' }).headline).toBe(
      '1 finding (1 CRITICAL) on linux/amd64 would block, but gate: warn lets it through',
    );
    expect(verdictOn(REJECTED, { onScanError: 'warn' }).headline).toContain('on-scan-error: warn lets it through');
    expect(verdictOn(undefined, { gate: 'off' }).headline).toContain('Not scanned');
    expect(verdictOn(BOTH, { onScanError: 'warn' }, [AMD64, ARM64]).headline).toBe(
      'Could not tell: linux/arm64: killed; 1 finding (1 CRITICAL) on linux/amd64 would block anyway',
    );
  });

  test('a finding of a scan that was not accepted is shown, not counted', () => {
    const scan = aScan({ platforms: [aRejectedScan({ findings: [aFinding()] })] });
    const verdict = verdictOn(scan, { onScanError: 'warn' });
    expect(verdict.findings).toMatchObject([{ ruling: 'shown', reason: expect.stringContaining('would block') }]);
    expect(verdict.publish).toBe(true);
  });
});

describe('every wanted platform has exactly one accepted scan', () => {
  test.each<[string, ScanResult | undefined, readonly Platform[], string]>([
    ['no scan at all', undefined, [AMD64], 'linux/amd64: was not scanned'],
    ['nothing scanned, nothing wanted', aScan({ platforms: [] }), [], 'nothing was scanned'],
    ['a platform is missing', CLEAN, [AMD64, ARM64], 'linux/arm64: was not scanned'],
    ['a platform was scanned twice', aScan({ platforms: [aPlatformScan(), aPlatformScan()] }), [AMD64], 'has 2 scans'],
    ['a rejection without a reason', aScan({ platforms: [aRejectedScan({ problems: [] })] }), [AMD64], 'not accepted'],
  ])('%s', (_, scan, platforms, says) => {
    const verdict = verdictOn(scan, {}, platforms);
    expect([verdict.outcome, verdict.publish]).toEqual(['error', false]);
    expect(verdict.problems.join()).toContain(says);
  });

  test('linux/arm64 and linux/arm64/v8 are one platform', () => {
    const scan = aScan({ platforms: [aPlatformScan({ platform: ARM64 })] });
    expect(verdictOn(scan, {}, [{ ...ARM64, variant: 'v8' }]).outcome).toBe('passed');
  });
});

describe('a reason for every finding', () => {
  test.each<[string, Finding, Partial<Policy>, string]>([
    ['blocks with its fix', aFinding(), {}, 'CVE-2019-10744 blocks: CRITICAL, fixed in 4.17.12'],
    [
      'blocks without a fix',
      aFinding({ fixed: '', status: 'will_not_fix' }),
      {},
      'CVE-2019-10744 blocks: CRITICAL, no fixed version yet: will not fix',
    ],
    ['a secret', aSecret(), {}, 'github-pat blocks: CRITICAL secret'],
    [
      'below what blocks',
      aFinding({ severity: 'MEDIUM' }),
      {},
      'CVE-2019-10744 shown: MEDIUM does not block (HIGH, CRITICAL of vulnerabilities do)',
    ],
    [
      'severities per kind',
      aSecret({ severity: 'LOW' }),
      { block: { vuln: [], secret: ['LOW'] } },
      'github-pat blocks: LOW secret',
    ],
    [
      'a kind of which nothing blocks',
      aFinding(),
      { block: { vuln: [], secret: ['LOW'] } },
      'CVE-2019-10744 shown: no vulnerabilities block',
    ],
    [
      'UNKNOWN when named',
      aFinding({ severity: 'UNKNOWN', fixed: '' }),
      { block: { vuln: ['UNKNOWN'], secret: [] } },
      'CVE-2019-10744 blocks: UNKNOWN, no fixed version yet',
    ],
    [
      'ignore-unfixed',
      aFinding({ fixed: '' }),
      { ignoreUnfixed: true },
      'CVE-2019-10744 excused: no fixed version yet (ignore-unfixed)',
    ],
    [
      'ignore-unfixed leaves what can be fixed',
      aFinding(),
      { ignoreUnfixed: true },
      'CVE-2019-10744 blocks: CRITICAL, fixed in 4.17.12',
    ],
    ['ignore-unfixed leaves secrets', aSecret(), { ignoreUnfixed: true }, 'github-pat blocks: CRITICAL secret'],
    [
      'an exception',
      aFinding(),
      { exceptions: [anException()] },
      'CVE-2019-10744 excused: defaultsDeep is never called (until 2026-12-31, .github/seaworthy.yml:7)',
    ],
    [
      'an exception on its last day',
      aFinding(),
      { exceptions: [anException({ expires: '2026-11-21' })] },
      'CVE-2019-10744 excused: defaultsDeep is never called (until 2026-11-21, .github/seaworthy.yml:7)',
    ],
    [
      'an expired exception',
      aFinding(),
      { exceptions: [anException({ expires: '2026-11-20' })] },
      'CVE-2019-10744 blocks: CRITICAL, fixed in 4.17.12; its exception expired on 2026-11-20 (.github/seaworthy.yml:7: defaultsDeep is never called)',
    ],
  ])('%s', (_, finding, policy, expected) => {
    expect(rulings(found(finding), policy)).toEqual([expected]);
  });
});

describe('what an exception covers', () => {
  test.each<[string, Partial<Exception>, Partial<Finding>, boolean]>([
    ['its id', {}, {}, true],
    ['its id in other letters', { id: 'cve-2019-10744' }, {}, true],
    ['an alias', { id: 'GHSA-jf85-cpcp-j695' }, { aliases: ['GHSA-jf85-cpcp-j695'] }, true],
    ['not another id', { id: 'CVE-2019-1074' }, {}, false],
    ['not everything', { id: '*' }, {}, false],
    ['its package', { package: 'lodash' }, {}, true],
    ['not another package', { package: 'lodash.merge' }, {}, false],
    ['its platform, however it is written', { platform: 'linux/x86_64' }, {}, true],
    ['not another platform', { platform: 'linux/arm64' }, {}, false],
    ['its path, with or without slash', { path: '/app/node_modules/lodash/package.json' }, {}, true],
    ['a directory', { path: 'app/node_modules' }, {}, true],
    ['not a directory of which the name only begins alike', { path: 'app/node' }, {}, false],
    ['not every path when its own is empty', { path: '/' }, {}, false],
    ['not a path where there is none', { path: 'app' }, { path: '' }, false],
  ])('%s', (_, exception, finding, covered) => {
    const verdict = verdictOn(found(aFinding(finding)), { exceptions: [anException(exception)] });
    expect(verdict.outcome).toBe(covered ? 'passed' : 'blocked');
  });

  test('an exception for one platform leaves the other blocked, as a row of its own', () => {
    const platforms = [aPlatformScan({ findings: [aFinding()] }), aPlatformScan({ platform: ARM64, findings: [aFinding()] })];
    const verdict = verdictOn(aScan({ platforms }), { exceptions: [anException({ platform: 'linux/arm64' })] }, [AMD64, ARM64]);
    expect(verdict.findings.map(({ ruling, finding }) => [ruling, finding.platforms])).toEqual([
      ['blocks', ['linux/amd64']],
      ['excused', ['linux/arm64']],
    ]);
    expect(verdict.outcome).toBe('blocked');
  });
});

test('the same finding on two platforms is one row', () => {
  const platforms = [aPlatformScan({ findings: [aFinding()] }), aPlatformScan({ platform: ARM64, findings: [aFinding()] })];
  const verdict = verdictOn(aScan({ platforms }), {}, [AMD64, ARM64]);
  expect(verdict.findings.map(({ finding }) => finding.platforms)).toEqual([['linux/amd64', 'linux/arm64']]);
  expect(verdict.headline).toBe('1 finding (1 CRITICAL) on linux/amd64, linux/arm64 block');
});

describe('notes', () => {
  const notes = (scan: ScanResult, policy: Partial<Policy> = {}): string => verdictOn(scan, policy).notes.join('\n');

  test('ignore-unfixed is named when only unfixable findings block', () => {
    expect(notes(found(aFinding({ fixed: '' })))).toContain('ignore-unfixed: true');
    expect(notes(found(aFinding({ fixed: '' }), aSecret()))).not.toContain('ignore-unfixed');
    expect(notes(found(aFinding()))).not.toContain('ignore-unfixed');
  });

  test('UNKNOWN warns unless it blocks', () => {
    expect(notes(found(aFinding({ severity: 'UNKNOWN' })))).toContain('1 finding without a known severity');
    expect(notes(found(aFinding({ severity: 'UNKNOWN' })), { block: { vuln: ['UNKNOWN'], secret: [] } })).not.toContain(
      'known severity',
    );
  });

  test('end of life, and what the scanner had to say', () => {
    const os = { family: 'alpine', name: '3.19.0', endOfLife: true };
    const scanner = scannerFacts({ notes: ['mirror.gcr.io failed'] });
    const platforms = [aPlatformScan({ os }), aPlatformScan({ os, platform: ARM64 })];
    expect(verdictOn(aScan({ platforms, scanner }), {}, [AMD64, ARM64]).notes).toEqual([
      'alpine 3.19.0 is at its end of life: no more security updates (linux/amd64, linux/arm64)',
      'mirror.gcr.io failed',
    ]);
  });

  test.each<[string, Partial<Exception>, ScanResult, string]>([
    [
      'unused',
      { package: 'x' },
      BLOCKED,
      'exception CVE-2019-10744 for x (.github/seaworthy.yml:7) covers nothing that was found: remove it, or correct it',
    ],
    ['soon over', { expires: '2026-12-05' }, BLOCKED, 'exception CVE-2019-10744 (.github/seaworthy.yml:7) expires on 2026-12-05'],
    ['not yet soon over', { expires: '2026-12-06' }, BLOCKED, ''],
    [
      'expired',
      { expires: '2026-11-20' },
      BLOCKED,
      'exception CVE-2019-10744 (.github/seaworthy.yml:7) expired on 2026-11-20: what it excused counts again',
    ],
    [
      'expired and unused',
      { expires: '2026-11-20' },
      CLEAN,
      'exception CVE-2019-10744 (.github/seaworthy.yml:7) expired on 2026-11-20',
    ],
    ['unused, but the scan is not complete', {}, CANARY, ''],
  ])('an exception that is %s', (_, exception, scan, expected) => {
    expect(notes(scan, { exceptions: [anException(exception)] })).toBe(expected);
  });
});

describe('for all inputs', () => {
  const ids = ['CVE-1', 'CVE-2', 'GHSA-3'];
  const finding = fc.record({
    id: fc.constantFrom(...ids),
    kind: fc.constantFrom('vuln' as const, 'secret' as const),
    severity: fc.constantFrom(...SEVERITIES),
    package: fc.constantFrom('a', 'b'),
    fixed: fc.constantFrom('', '2.0'),
    path: fc.constantFrom('', 'app/x'),
  });
  const findings = fc.array(finding.map(aFinding), { maxLength: 6 });
  const exception = fc
    .record(
      {
        id: fc.constantFrom(...ids),
        package: fc.constantFrom('a', 'b'),
        platform: fc.constantFrom('linux/amd64', 'linux/arm64'),
        expires: fc.constantFrom('2026-11-20', '2026-11-21', '2027-01-31'),
        reason: fc.constantFrom('one', 'two'),
        source: fc.constantFrom('file:1', 'file:2'),
      },
      { requiredKeys: ['id', 'expires', 'reason', 'source'] },
    )
    .map(change => anException(change as Partial<Exception>));
  const severities = fc.subarray([...SEVERITIES]);
  const policy = fc
    .record({
      block: fc.record({ vuln: severities, secret: severities }),
      ignoreUnfixed: fc.boolean(),
      exceptions: fc.array(exception, { maxLength: 4 }),
      gate: fc.constantFrom('enforce' as const, 'warn' as const),
      onScanError: fc.constantFrom('fail' as const, 'warn' as const),
    })
    .map(aPolicy);
  const scanOf = (platform: Platform): fc.Arbitrary<PlatformScan> =>
    fc
      .tuple(findings, fc.boolean())
      .map(([list, accepted]) =>
        accepted ? aPlatformScan({ platform, findings: list }) : aRejectedScan({ platform, findings: list }),
      );
  const scans = fc.tuple(scanOf(AMD64), scanOf(ARM64));
  const PLATFORMS = [AMD64, ARM64];
  const decide = (platforms: readonly PlatformScan[], applied: Policy): Verdict =>
    judge({ scan: aScan({ platforms }), policy: applied, today, platforms: PLATFORMS });
  const blocking = (verdict: Verdict): number =>
    verdict.findings.filter(({ ruling }) => ruling === 'blocks').flatMap(({ finding: { platforms } }) => platforms).length;

  test('adding a finding never publishes what was not published, and never turns blocked or error into passed', () => {
    fc.assert(
      fc.property(scans, policy, finding.map(aFinding), ([amd, arm], applied, more) => {
        const before = decide([amd, arm], applied);
        const after = decide([{ ...amd, findings: [...amd.findings, more] }, arm], applied);
        if (before.outcome !== 'passed') expect(after.outcome).toBe(before.outcome);
        if (!before.publish) expect(after.publish).toBe(false);
        expect(blocking(after)).toBeGreaterThanOrEqual(blocking(before));
      }),
    );
  });

  test('adding an exception never blocks more', () => {
    fc.assert(
      fc.property(scans, policy, exception, (both, applied, more) => {
        const before = decide(both, applied);
        const after = decide(both, { ...applied, exceptions: [...applied.exceptions, more] });
        expect(blocking(after)).toBeLessThanOrEqual(blocking(before));
        if (before.publish) expect(after.publish).toBe(true);
      }),
    );
  });

  test('the order of platforms, findings and exceptions does not matter', () => {
    fc.assert(
      fc.property(scans, policy, ([amd, arm], applied) => {
        const turned = (scan: PlatformScan): PlatformScan => ({ ...scan, findings: scan.findings.toReversed() });
        const after = decide([turned(arm), turned(amd)], { ...applied, exceptions: applied.exceptions.toReversed() });
        const before = decide([amd, arm], applied);
        expect(after.findings).toEqual(before.findings);
        expect([after.outcome, after.publish, after.exitCode]).toEqual([before.outcome, before.publish, before.exitCode]);
        expect(after.notes.toSorted()).toEqual(before.notes.toSorted());
      }),
    );
  });

  test('an error on any platform is never passed, and a finding that blocks never passes', () => {
    fc.assert(
      fc.property(scans, policy, (both, applied) => {
        const verdict = decide(both, applied);
        if (both.some(({ status }) => status === 'rejected')) expect(verdict.outcome).toBe('error');
        else expect(verdict.outcome).toBe(blocking(verdict) > 0 ? 'blocked' : 'passed');
        if (applied.gate === 'enforce' && blocking(verdict) > 0) expect(verdict.publish).toBe(false);
      }),
    );
  });

  test('no finding is lost, and every one has a reason', () => {
    fc.assert(
      fc.property(scans, policy, (both, applied) => {
        const { findings: judged } = decide(both, applied);
        const pairs = (list: readonly Finding[]): Set<string> =>
          new Set(
            list.flatMap(({ id, severity, kind, fixed, platforms }) =>
              platforms.map(name => [id, severity, kind, fixed, name].join()),
            ),
          );
        const given = both.flatMap(({ platform, findings: list }) =>
          list.map(entry => ({ ...entry, platforms: [platform === ARM64 ? 'linux/arm64' : 'linux/amd64'] })),
        );
        expect(pairs(judged.map(({ finding: entry }) => entry))).toEqual(pairs(given));
        expect(judged.every(({ reason }) => reason !== '')).toBe(true);
      }),
    );
  });
});

// SARIF: valid for the schema and for GitHub in every situation, the same alert in every run, nothing foreign that could do anything.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Judged } from '../../src/gate/verdict.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { SEVERITIES } from '../../src/plan/severity.ts';
import type { RunRecord } from '../../src/record.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { renderSarif, type Sarif, type SarifOptions } from '../../src/report/sarif.ts';
import { category, inRepository, uri } from '../../src/report/sarif-location.ts';
import { securitySeverity } from '../../src/report/sarif-rules.ts';
import type { Finding } from '../../src/scan/findings.ts';
import { categoryOf, sarifProblems } from '../../testbed/github/sarif.ts';
import {
  aBlockedRecord,
  aFailedRecord,
  aFinding,
  AMD64,
  anEvent,
  aPlan,
  aPlatformScan,
  aRecord,
  aRejectedScan,
  ARM64,
  aScan,
  aSecret,
  aVerdict,
  blocks,
  excused,
  shown,
} from '../builders/record.ts';
import { SITUATIONS } from '../builders/situations.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
  readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
  readonly properties: Readonly<Record<string, unknown>>;
}
interface Rule {
  readonly id: string;
  readonly helpUri?: string;
  readonly help: { readonly text: string; readonly markdown: string };
  readonly properties: { readonly 'security-severity': string; readonly tags: readonly string[] };
}
interface Run {
  readonly automationDetails?: { readonly id: string };
  readonly tool: {
    readonly driver: { readonly name: string; readonly semanticVersion: string; readonly rules: readonly Rule[] };
  };
  readonly invocations: readonly [
    {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly { readonly level: string; readonly message: { readonly text: string } }[];
    },
  ];
  readonly results: readonly Result[];
}

const render = (record: RunRecord, options: Partial<SarifOptions> = {}): Sarif | undefined =>
  renderSarif(makeReport(record), { purpose: 'file', ...options });
const parse = (sarif: Sarif | undefined): { readonly runs: readonly Run[] } =>
  JSON.parse(sarif?.text ?? '{"runs":[]}') as { readonly runs: readonly Run[] };
const runs = (record: RunRecord, options: Partial<SarifOptions> = {}): readonly Run[] => parse(render(record, options)).runs;
const first = (judged: readonly Judged[], options: Partial<SarifOptions> = {}, plan: Plan = aPlan()): Run => {
  const [run] = runs(aBlockedRecord(judged, { plan }), options);
  if (run === undefined) throw new Error('no run');
  return run;
};
const print = (result: Result | undefined): string => result?.partialFingerprints.primaryLocationLineHash ?? '';
const prints = (judged: readonly Judged[], plan?: Plan): string[] => first(judged, {}, plan).results.map(print);

describe('every situation', () => {
  test.each(Object.entries(SITUATIONS))('%s: valid, and taken by GitHub', (_name, record) => {
    for (const purpose of ['file', 'upload'] as const) {
      const sarif = render(record, { purpose });
      const judged = record.verdict !== undefined && record.verdict.outcome !== 'skipped';
      expect(sarif !== undefined).toBe(judged);
      if (sarif !== undefined) expect(sarifProblems(JSON.parse(sarif.text))).toEqual([]);
    }
  });

  test('the judge does find mistakes', () => {
    const log = parse(render(aBlockedRecord([blocks(aFinding())]))) as unknown as {
      runs: [{ results: [Record<string, unknown>] }];
    };
    log.runs[0].results[0]['locations'] = [];
    log.runs[0].results[0]['fingerprint'] = 'x';
    expect(sarifProblems(log)).toEqual(expect.arrayContaining(['result 0 has no location']));
    expect(sarifProblems(log).join()).toContain('additional properties');
  });
});

describe('runs and categories', () => {
  test('one run for each platform, each with a category of its own', () => {
    const both = runs(aBlockedRecord([blocks(aFinding()), blocks(aSecret({ platforms: ['linux/arm64'] }))]));
    expect(both.map(run => [categoryOf(run), run.results.length])).toEqual([
      ['seaworthy/ghcr.io/acme/app/linux/amd64', 1],
      ['seaworthy/ghcr.io/acme/app/linux/arm64', 2],
    ]);
    expect(both[0]?.tool.driver).toMatchObject({ name: 'Seaworthy', semanticVersion: '0.1.0' });
  });

  test.each<[string, Plan, string]>([
    ['images', aPlan({ images: ['ghcr.io/acme/app', 'docker.io/acme/app'] }), 'seaworthy/ghcr.io/acme/app/linux/amd64/'],
    ['other tags', aPlan({ tags: [] }), 'seaworthy/ghcr.io/acme/app/linux/amd64/'],
    ['no image', aPlan({ images: [] }), 'seaworthy/Dockerfile/linux/amd64/'],
    [
      'a Dockerfile without an image',
      withBuild({ file: 'api/Dockerfile' }, { images: [] }),
      'seaworthy/api/Dockerfile/linux/amd64/',
    ],
    ['the usual Dockerfile, spelt out', withBuild({ file: './Dockerfile' }), 'seaworthy/ghcr.io/acme/app/linux/amd64/'],
    [
      'another Dockerfile',
      withBuild({ file: 'Dockerfile.alpine' }),
      'seaworthy/ghcr.io/acme/app/file=Dockerfile.alpine/linux/amd64/',
    ],
    ['a target', withBuild({ target: 'debug' }), 'seaworthy/ghcr.io/acme/app/target=debug/linux/amd64/'],
  ])('category with %s', (_name, plan, expected) => expect(category(plan, 'linux/amd64')).toBe(expected));

  test('a platform whose scan was not accepted has no run: its alerts stay as they are', () => {
    const problem = 'linux/arm64: Trivy recognised no operating system and no packages';
    const record = aRecord({
      scan: aScan([], { platforms: [aPlatformScan(AMD64, [aFinding()]), aRejectedScan(ARM64, [problem])] }),
      verdict: aVerdict([blocks(aFinding())], { outcome: 'error', problems: [problem] }),
    });
    const sarif = render(record);
    expect(sarif?.platforms).toEqual(['linux/amd64']);
    const [run, ...others] = parse(sarif).runs;
    expect(others).toEqual([]);
    expect(run?.invocations[0].toolExecutionNotifications).toContainEqual({ level: 'error', message: { text: problem } });
  });

  test.each([
    ['no platform was accepted', aScan([], { platforms: [aRejectedScan(AMD64, ['killed']), aRejectedScan(ARM64, ['killed'])] })],
    ['the whole scan cannot be trusted', aScan([aFinding()], { problems: ['the canary was not found'] })],
  ])('%s: a run that says so, without a category', (_name, scan) => {
    const verdict = aVerdict([blocks(aFinding())], { outcome: 'error', problems: ['killed'] });
    const sarif = render(aRecord({ scan, verdict }));
    expect(sarif).toMatchObject({ platforms: [], results: 0 });
    const [run] = parse(sarif).runs;
    expect([run?.invocations[0].executionSuccessful, run?.results, run?.automationDetails]).toEqual([false, [], undefined]);
    expect(sarifProblems(parse(sarif))).toEqual([]);
  });

  test.each<[string, RunRecord]>([
    ['failed before the gate', aFailedRecord('scan', { kind: 'bug', message: 'x', details: [] })],
    ['was not scanned', aRecord({ scan: undefined, verdict: aVerdict([], { outcome: 'skipped' }) })],
  ])('a run that %s has none', (_name, record) => expect(render(record)).toBeUndefined());
});

function withBuild(build: Partial<Plan['build']>, over: Partial<Plan> = {}): Plan {
  const plan = aPlan(over);
  return { ...plan, build: { ...plan.build, ...build } };
}

describe('results', () => {
  test('one is what a reader needs, and leads to its rule', () => {
    const run = first([
      blocks(aFinding({ cvss: 7.5 }), 'HIGH, fixed in 3.0.17-1~deb12u2'),
      shown(aFinding({ id: 'CVE-2026-1', severity: 'LOW' })),
    ]);
    expect(run.results[0]).toMatchObject({
      ruleId: 'CVE-2026-1234',
      level: 'error',
      message: {
        text: expect.stringMatching(
          /^libssl3 3\.0\.15-1~deb12u1: CVE-2026-1234 \(HIGH\), fixed in 3\.0\.17-1~deb12u2\. openssl: /,
        ),
      },
      properties: { ruling: 'blocks', severity: 'HIGH', package: 'libssl3', cvss: 7.5 },
    });
    expect(run.results[0]?.message.text).toContain('It blocks on linux/amd64: HIGH, fixed in');
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    expect(run.tool.driver.rules.map(rule => rule.id)).toEqual(['CVE-2026-1', 'CVE-2026-1234']);
    expect(run.tool.driver.rules[1]).toMatchObject({
      helpUri: 'https://avd.aquasec.com/nvd/cve-2026-1234',
      help: { markdown: expect.stringContaining('| `libssl3` | `3.0.15-1~deb12u1` | `3.0.17-1~deb12u2` |') },
      properties: { tags: expect.arrayContaining(['security']) },
    });
  });

  test('what blocks comes first, then the worst', () => {
    const judged = [
      shown(aFinding({ id: 'CVE-3', severity: 'CRITICAL' })),
      excused(aFinding({ id: 'CVE-2', severity: 'HIGH' })),
      blocks(aFinding({ id: 'CVE-1', severity: 'MEDIUM' })),
      shown(aFinding({ id: 'CVE-4', severity: 'UNKNOWN' })),
    ];
    expect(first(judged).results.map(result => [result.ruleId, result.level])).toEqual([
      ['CVE-1', 'warning'],
      ['CVE-3', 'error'],
      ['CVE-2', 'error'],
      ['CVE-4', 'note'],
    ]);
  });

  test('excused findings are suppressions in the file, and left out of the upload', () => {
    const judged = [
      excused(aFinding(), 'not reachable (until 2027-06-30, .github/seaworthy.yml:7)'),
      blocks(aFinding({ id: 'CVE-2' })),
    ];
    expect(first(judged).results.map(result => result.suppressions)).toEqual([
      [],
      [{ kind: 'external', status: 'accepted', justification: 'not reachable (until 2027-06-30, .github/seaworthy.yml:7)' }],
    ]);
    const [uploaded, ...rest] = first(judged, { purpose: 'upload' }).results;
    expect([uploaded?.ruleId, uploaded?.suppressions, rest]).toEqual(['CVE-2', undefined, []]);
  });

  test('a secret has its place, never a value, and says what to do', () => {
    const run = first([blocks(aSecret())]);
    expect(run.results[0]).toMatchObject({
      ruleId: 'github-pat',
      message: {
        text: expect.stringMatching(/^A secret of the kind github-pat \(CRITICAL\) is in the image in \/srv\/app\/\.env:3\. /),
      },
    });
    expect(run.tool.driver.rules[0]?.help.text).toContain('Revoke');
    expect(run.tool.driver.rules[0]?.helpUri).toBeUndefined();
  });

  const many = (amount: number): RunRecord =>
    aBlockedRecord(
      Array.from({ length: amount }, (_, index) =>
        index === amount - 1
          ? blocks(aFinding({ id: 'CVE-worst', severity: 'CRITICAL' }))
          : shown(aFinding({ id: `CVE-${index}`, severity: 'LOW' })),
      ),
      { bundle: undefined, plan: aPlan({ platforms: [AMD64] }), scan: aScan([], { platforms: [aPlatformScan(AMD64)] }) },
    );

  test.each([
    ['as many as may be', 5, 0],
    ['more than may be', 8, 3],
  ])('%s: the least severe are left out, and that is said', (_name, amount, dropped) => {
    const sarif = render(many(amount), { most: 5 });
    expect(sarif).toMatchObject({ results: 5, dropped });
    const [run] = parse(sarif).runs;
    expect(run?.results[0]?.ruleId).toBe('CVE-worst');
    const notes = run?.invocations[0].toolExecutionNotifications.map(note => note.message.text) ?? [];
    expect(notes.filter(note => note.includes('left out'))).toHaveLength(dropped === 0 ? 0 : 1);
  });

  test('never more than 25,000 in a run', () => {
    expect(render(many(25_003), { most: 30_000 })).toMatchObject({ results: 25_000, dropped: 3 });
  });
});

describe('security-severity', () => {
  test.each<[Finding['severity'], number | undefined, string]>([
    ['CRITICAL', undefined, '9.5'],
    ['CRITICAL', 9.8, '9.8'],
    ['CRITICAL', 10, '10.0'],
    ['CRITICAL', 9, '9.1'],
    ['CRITICAL', 7.5, '9.1'],
    ['HIGH', undefined, '8.0'],
    ['HIGH', 7.8, '7.8'],
    ['HIGH', 9.8, '8.9'],
    ['MEDIUM', undefined, '5.5'],
    ['MEDIUM', 4, '4.0'],
    ['LOW', undefined, '2.0'],
    ['LOW', 9.8, '3.9'],
    ['UNKNOWN', undefined, '0.1'],
    ['UNKNOWN', 9.8, '0.1'],
  ])('%s with CVSS %p is %s', (severity, cvss, expected) => {
    expect(securitySeverity({ severity, ...(cvss === undefined ? {} : { cvss }) })).toBe(expected);
  });

  test('a rule has that of its worst finding', () => {
    const judged = [shown(aFinding({ severity: 'LOW' })), blocks(aFinding({ severity: 'HIGH', package: 'other', cvss: 7.1 }))];
    expect(first(judged).tool.driver.rules.map(rule => rule.properties['security-severity'])).toEqual(['7.1']);
  });
});

describe('locations', () => {
  const place = (plan: Plan, options: Partial<SarifOptions> = {}, finding = aFinding()): [string, number] | undefined => {
    const found = first([blocks(finding)], options, plan).results[0]?.locations[0]?.physicalLocation;
    return found && [found.artifactLocation.uri, found.region.startLine];
  };

  test.each<[string, Plan, string]>([
    ['the default', aPlan(), 'Dockerfile'],
    ['a context', withBuild({ context: './services/api/' }), 'services/api/Dockerfile'],
    ['a file', withBuild({ context: 'services/api', file: './docker/my file#1.Dockerfile' }), 'docker/my%20file%231.Dockerfile'],
    ['a path with ..', withBuild({ context: 'a/../b' }), 'b/Dockerfile'],
    ['a path of the workspace', withBuild({ file: '/checkout/x/Dockerfile' }), 'x/Dockerfile'],
    ['a file outside', withBuild({ file: '../Dockerfile' }), 'acme/app'],
    ['another absolute path', withBuild({ file: '/etc/Dockerfile' }), 'acme/app'],
    ['a Git context', withBuild({ context: 'https://github.com/acme/app.git#main' }), 'acme/app'],
    ['the same without an image', withBuild({ context: 'git@github.com:acme/x.git' }, { images: [] }), 'acme/app'],
  ])('%s', (_name, plan, expected) => {
    expect(place(plan, { workspace: '/checkout' })).toEqual([expected, 1]);
  });

  test('the line of a lock file that names the package in this version', () => {
    const lockFiles = { 'web/requirements.txt': '# x\nrequests==2.28.0\n' };
    const python = aFinding({ purl: 'pkg:pypi/requests@2.28.0', package: 'requests', installed: '2.28.0' });
    expect(place(aPlan(), { lockFiles }, python)).toEqual(['web/requirements.txt', 2]);
    expect(place(aPlan(), { lockFiles })).toEqual(['Dockerfile', 1]);
    expect(place(aPlan(), { lockFiles }, aSecret())).toEqual(['Dockerfile', 1]);
  });

  test.each([
    ['', undefined],
    ['.', undefined],
    ['a//b/./c', 'a/b/c'],
    ['a/../../b', undefined],
    ['/x', undefined],
  ])('inRepository(%p)', (path, expected) => expect(inRepository(path)).toBe(expected));

  test('any path is a URI reference', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), path => {
        expect(new URL(uri(path), 'https://example.com/a/').origin).toBe('https://example.com');
      }),
    );
  });
});

describe('fingerprints', () => {
  const finding = aFinding({
    path: 'usr/lib/python3/site-packages/requests-2.28.0.dist-info/METADATA',
    installed: '2.28.0',
    purl: 'pkg:pypi/requests@2.28.0',
  });
  const [original] = prints([blocks(finding)]);

  test('have the form that GitHub writes itself', () => expect(original).toMatch(/^[0-9a-f]{32}:1$/));

  test.each<[string, Judged]>([
    [
      'another version of the package',
      blocks({
        ...finding,
        installed: '2.29.0',
        purl: 'pkg:pypi/requests@2.29.0?x=y',
        path: finding.path.replace('2.28.0', '2.29.0'),
      }),
    ],
    ['a fix that has come', blocks({ ...finding, fixed: '9', status: 'fixed' })],
    ['another severity and score', blocks({ ...finding, severity: 'CRITICAL', cvss: 9.9 })],
    ['another title, address, layer', blocks({ ...finding, title: 'x', url: 'https://example.com', layer: 'sha256:1' })],
    ['an exception', excused(finding)],
    ['one platform instead of two', blocks({ ...finding, platforms: ['linux/amd64'] })],
  ])('stay the same with %s', (_name, judged) => expect(prints([judged])).toEqual([original]));

  test('stay the same in another run, on another event, with other tags, and on every platform', () => {
    const event = anEvent({ sha: 'f'.repeat(40), ref: 'refs/heads/main', runId: '1' });
    const record = aBlockedRecord([blocks(finding)], {
      event,
      seaworthy: '9.0.0',
      startedAt: '2027-01-01T00:00:00Z',
      plan: aPlan({ tags: [] }),
    });
    expect(runs(record).map(run => print(run.results[0]))).toEqual([original, original]);
  });

  test.each<[string, Judged, Plan | undefined]>([
    ['another advisory', blocks({ ...finding, id: 'CVE-1' }), undefined],
    ['another package', blocks({ ...finding, purl: 'pkg:pypi/flask@2.28.0' }), undefined],
    ['another place', blocks({ ...finding, path: 'other/METADATA' }), undefined],
    ['another image', blocks(finding), aPlan({ images: ['ghcr.io/acme/other'] })],
    ['another target', blocks(finding), withBuild({ target: 'debug' })],
  ])('differ with %s', (_name, judged, plan) => expect(prints([judged], plan)).not.toEqual([original]));

  test('of what differs in version or line only are numbered, whatever the order', () => {
    const secrets = [blocks(aSecret({ line: 40 })), blocks(aSecret({ line: 3 })), blocks(aSecret({ line: 100 }))];
    const numbers = (judged: readonly Judged[]): [unknown, string | undefined][] =>
      first(judged)
        .results.map((result): [unknown, string | undefined] => [result.properties['line'], print(result).split(':')[1]])
        .sort(([a], [b]) => Number(a) - Number(b));
    const expected = [
      [3, '1'],
      [40, '2'],
      [100, '3'],
    ];
    expect(numbers(secrets)).toEqual(expected);
    expect(numbers(secrets.toReversed())).toEqual(expected);
  });

  test('no two results of a run share one', () => {
    const all = Object.values(SITUATIONS).flatMap(record => runs(record).map(run => run.results.map(print)));
    for (const run of all) expect(new Set(run).size).toBe(run.length);
  });
});

/** Also as escapes of JSON. */
const HIDING =
  // eslint-disable-next-line no-control-regex -- these characters are the point
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\\u00[01]|\\ud[89a-f]/i;

describe('whatever the findings hold', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '__proto__',
      '\ud800',
      '[a](https://evil.example)',
      '{0}',
      '{{x}}',
      '\u202eexe',
      '\u0000\u001b[31m',
      '</details>',
      'a|b`c',
      'x'.repeat(5_000),
    ),
  );
  const finding = fc.record({
    id: text,
    title: text,
    package: text,
    purl: fc.oneof(text, fc.webUrl()),
    installed: text,
    fixed: text,
    status: text,
    path: text,
    url: fc.oneof(text, fc.webUrl()),
    severity: fc.constantFrom(...SEVERITIES),
    kind: fc.constantFrom('vuln' as const, 'secret' as const),
    aliases: fc.array(text, { maxLength: 3 }),
  });
  const judged = fc
    .tuple(finding, fc.constantFrom('blocks' as const, 'excused' as const, 'shown' as const), text)
    .map(([over, ruling, reason]): Judged => ({ finding: aFinding(over), ruling, reason }));

  test('the file is valid, has every result, and not one character that hides or turns others', () => {
    fc.assert(
      fc.property(fc.array(judged, { maxLength: 8 }), all => {
        const sarif = render(aBlockedRecord(all));
        expect(sarifProblems(JSON.parse(sarif?.text ?? ''))).toEqual([]);
        expect(sarif?.results).toBe(all.length * 2);
        expect(sarif?.text.replaceAll('\n', '')).not.toMatch(HIDING);
      }),
    );
  });

  test('messages hold no links and no placeholders', () => {
    fc.assert(
      fc.property(judged, one => {
        const run = first([one]);
        const texts = [...run.results.map(result => result.message.text), ...run.tool.driver.rules.map(rule => rule.help.text)];
        for (const each of texts) {
          expect(each).not.toMatch(/\]\(/);
          expect(each.replaceAll(/\{\{|\}\}/g, '')).not.toMatch(/[{}]/);
        }
      }),
    );
  });

  test('the order in which findings come never matters', () => {
    fc.assert(
      fc.property(fc.uniqueArray(judged, { maxLength: 8, selector: each => each.finding.id }), all => {
        const turned = render(aBlockedRecord(all.toReversed()));
        expect(turned?.text).toBe(render(aBlockedRecord(all))?.text);
      }),
    );
  });
});

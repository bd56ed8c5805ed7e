// Reports, sound and odd -> findings.

import { describe, expect, test } from '@jest/globals';
import { parseReport } from '../../src/scan/parse.ts';
import { mergeFindings } from '../../src/scan/merge.ts';
import { aFinding, aSecret } from '../builders/findings.ts';

type Json = Record<string, unknown>;

function findings(...results: Json[]): readonly unknown[] {
  return parseReport({ SchemaVersion: 2, Results: results })?.findings ?? [];
}

describe('parseReport', () => {
  test('a vulnerability with its aliases, fix, path and layer', () => {
    const entry = {
      VulnerabilityID: 'CVE-2019-10744',
      VendorIDs: ['GHSA-jf85-cpcp-j695'],
      PkgName: 'lodash',
      PkgPath: 'app/node_modules/lodash/package.json',
      PkgIdentifier: { PURL: 'pkg:npm/lodash@4.17.11' },
      InstalledVersion: '4.17.11',
      FixedVersion: '4.17.12',
      Status: 'fixed',
      Layer: { Digest: 'sha256:1' },
      PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2019-10744',
      Title: 'nodejs-lodash: prototype pollution',
      Severity: 'CRITICAL',
      PublishedDate: '2019-07-26T00:15:11Z',
    };
    expect(findings({ Class: 'lang-pkgs', Type: 'node-pkg', Target: 'Node.js', Vulnerabilities: [entry] })).toEqual([
      aFinding({ aliases: ['GHSA-jf85-cpcp-j695'], layer: 'sha256:1', published: '2019-07-26T00:15:11Z', platforms: [] }),
    ]);
  });

  test('a package inside a binary has the path of the binary', () => {
    const entry = { VulnerabilityID: 'CVE-1', PkgName: 'golang.org/x/text', Severity: 'HIGH' };
    const [found] = findings({ Class: 'lang-pkgs', Type: 'gobinary', Target: 'usr/local/bin/hello', Vulnerabilities: [entry] });
    expect(found).toMatchObject({ path: 'usr/local/bin/hello' });
  });

  test('an advisory without a score is UNKNOWN', () => {
    expect(findings({ Vulnerabilities: [{ VulnerabilityID: 'CVE-1', PkgName: 'x', Severity: '' }] })).toMatchObject([
      { severity: 'UNKNOWN' },
    ]);
  });

  test.each<[string, Json, number | undefined]>([
    ['of the source of the severity', { SeveritySource: 'ghsa', CVSS: { ghsa: { V3Score: 9.1 }, nvd: { V3Score: 7.5 } } }, 9.1],
    [
      'of the NVD when that source has none',
      { SeveritySource: 'debian', CVSS: { redhat: { V3Score: 6 }, nvd: { V3Score: 7.5 } } },
      7.5,
    ],
    ['of whoever has one', { CVSS: { zzz: { V3Score: 5 }, redhat: { V3Score: 6 } } }, 6],
    ['of version 4 where there is no version 3', { SeveritySource: 'ghsa', CVSS: { ghsa: { V2Score: 4, V40Score: 8.7 } } }, 8.7],
    ['that is none', { CVSS: { nvd: { V3Score: 0 }, a: { V3Score: '9.8' }, b: { V3Score: 11 }, c: null } }, undefined],
    ['of a list', { CVSS: [] }, undefined],
  ])('takes the CVSS score %s', (_name, entry, cvss) => {
    const [found] = findings({ Vulnerabilities: [{ VulnerabilityID: 'CVE-1', PkgName: 'x', Severity: 'HIGH', ...entry }] });
    expect(found).toMatchObject({ id: 'CVE-1' });
    expect((found as { cvss?: number }).cvss).toBe(cvss);
  });

  test('a secret in a file has its path and line, one in the configuration says so and has neither', () => {
    const secret = { RuleID: 'github-pat', Severity: 'CRITICAL', Title: 'GitHub Personal Access Token', StartLine: 2 };
    expect(findings({ Class: 'secret', Target: '/srv/app.env', Secrets: [secret] })).toEqual([aSecret({ platforms: [] })]);
    const [inConfig] = findings({ Class: 'secret', Target: 'linux-amd64', Secrets: [secret] });
    expect(inConfig).toMatchObject({ path: '', title: expect.stringContaining('environment or history') });
    expect(inConfig).not.toHaveProperty('line');
  });

  test.each([undefined, null, 'x', 3, []])('%p is no report', report => {
    expect(parseReport(report)).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['Results', { Results: {} }],
    ['Packages', { Results: [{ Class: 'os-pkgs', Packages: ['x'] }] }],
    ['Secrets', { Results: [{ Secrets: 'malformed' }] }],
    ['Metadata.DiffIDs', { Metadata: { DiffIDs: [1] } }],
    ['Metadata.OS', { Metadata: { OS: { Name: '12' } } }],
    ['VendorIDs', { Results: [{ Vulnerabilities: [{ VulnerabilityID: 'CVE-1', PkgName: 'x', VendorIDs: [3] }] }] }],
    ['PkgName', { Results: [{ Vulnerabilities: [{ VulnerabilityID: 'CVE-1' }] }] }],
    ['RuleID', { Results: [{ Target: '/x', Secrets: [{}] }] }],
  ])('names what is malformed: %s', (name, report) => {
    expect(parseReport(report)?.malformed.join()).toContain(name);
  });
});

describe('mergeFindings', () => {
  const apt = (arch: string): Partial<Parameters<typeof aFinding>[0]> => ({
    package: 'apt',
    path: '',
    purl: `pkg:deb/debian/apt@2.6.1?arch=${arch}&distro=debian-12.1`,
    layer: `sha256:${arch}`,
    platforms: [`linux/${arch}`],
  });

  test('the same finding on two platforms is one row without what differs', () => {
    const [row, ...more] = mergeFindings([aFinding(apt('amd64')), aFinding(apt('arm64'))]);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ platforms: ['linux/amd64', 'linux/arm64'], purl: 'pkg:deb/debian/apt@2.6.1?distro=debian-12.1' });
    expect(row).not.toHaveProperty('layer');
  });

  test('another installed version is another row', () => {
    expect(mergeFindings([aFinding(), aFinding({ installed: '4.17.10' })])).toHaveLength(2);
  });

  test('worst first, whatever the order', () => {
    const list = [
      aFinding({ id: 'CVE-3', severity: 'LOW' }),
      aFinding({ id: 'CVE-2' }),
      aSecret({ severity: 'HIGH' }),
      aFinding({ id: 'CVE-1' }),
    ];
    const ids = ['CVE-1', 'CVE-2', 'github-pat', 'CVE-3'];
    expect(mergeFindings(list).map(finding => finding.id)).toEqual(ids);
    expect(mergeFindings(list.toReversed()).map(finding => finding.id)).toEqual(ids);
  });
});

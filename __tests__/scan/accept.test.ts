// The acceptance rule, one case per way in which a scanner is silently clean; switching off any check lets at least one of them through.

import { describe, expect, test } from '@jest/globals';
import type { PlatformImage } from '../../src/bundle/bundle.ts';
import { accept, CHECKS } from '../../src/scan/accept.ts';
import type { RawScan, ScanSettings } from '../../src/scan/scan.ts';
import { aFinding, aSecret, scannerFacts } from '../builders/findings.ts';
import { anImage, trivyLog, trivyReport, trivyRun } from '../builders/trivy-run.ts';
import type { TrivyRun } from '../builders/trivy-run.ts';

const SETTINGS: ScanSettings = { scanners: ['vuln', 'secret'], allowUnrecognised: false, timeout: 300 };
const IMAGE = anImage();
const facts = scannerFacts();

type Report = Record<string, unknown>;

interface Case {
  readonly what: string;
  /** The check that must fire; no other one does. */
  readonly check: string;
  readonly says: string;
  readonly raw: RawScan;
  readonly image?: PlatformImage;
  readonly settings?: Partial<ScanSettings>;
}

function changed(change: Partial<RawScan>, run: TrivyRun = {}): RawScan {
  return { ...trivyRun(IMAGE, run), ...change };
}

function report(change: (report: Report) => void, run: TrivyRun = {}): RawScan {
  const made = trivyReport(IMAGE, run);
  change(made);
  return changed({ report: made }, run);
}

function metadata(change: Report): RawScan {
  return report(made => Object.assign(made['Metadata'] as Report, change));
}

function logged(line: string): RawScan {
  return changed({ stderr: `${trivyLog()}\n2026-11-21T14:22:13Z\t${line}` });
}

const [first, second] = IMAGE.layers;
const [firstId, secondId] = IMAGE.diffIds;
const layer = (digest: string | undefined, diffId: string | undefined): Report => ({ Digest: digest, DiffID: diffId });

const CASES: readonly Case[] = [
  {
    what: 'an error exit',
    check: 'ended well',
    says: 'exit code 1: FATAL run error',
    raw: changed({ exitCode: 1, stderr: 't\tFATAL\trun error' }),
  },
  { what: 'a kill', check: 'ended well', says: 'ended by SIGKILL', raw: changed({ exitCode: null, signal: 'SIGKILL' }) },
  {
    what: 'a time-out',
    check: 'ended well',
    says: 'no result after 300 s',
    raw: changed({ exitCode: null, signal: 'SIGTERM', timedOut: true }),
  },
  {
    what: 'a scanner that cannot be started',
    check: 'ended well',
    says: 'not installed',
    raw: changed({ exitCode: null, stderr: '/x/trivy is not installed or not on PATH', report: undefined }),
  },
  {
    what: 'no report although the exit code is 0',
    check: 'report is there',
    says: 'no readable report',
    raw: changed({ report: undefined }),
  },
  { what: 'a report that is a list', check: 'report is there', says: 'no readable report', raw: changed({ report: [] }) },
  {
    what: 'another schema',
    check: 'report is of an image',
    says: 'SchemaVersion 3',
    raw: report(made => (made['SchemaVersion'] = 3)),
  },
  {
    what: 'a report about a file system',
    check: 'report is of an image',
    says: 'about filesystem',
    raw: report(made => (made['ArtifactType'] = 'filesystem')),
  },
  {
    what: 'a report of another version',
    check: 'report is of this scanner',
    says: 'by Trivy 0.69.4, not by 0.76.0',
    raw: report(made => (made['Trivy'] = { Version: '0.69.4' })),
  },
  {
    what: 'results that are no list',
    check: 'report is well-formed',
    says: 'Results is not a list',
    raw: report(made => (made['Results'] = 'x'), { os: null, findings: [] }),
    settings: { allowUnrecognised: true },
  },
  {
    what: 'a vulnerability without id',
    check: 'report is well-formed',
    says: 'without VulnerabilityID',
    raw: report(made => (firstResult(made)['Vulnerabilities'] = [{ PkgName: 'x' }])),
  },
  {
    what: 'a severity that nobody knows',
    check: 'report is well-formed',
    says: '"SEVERE"',
    raw: report(
      made => (firstResult(made)['Vulnerabilities'] = [{ VulnerabilityID: 'CVE-1', PkgName: 'x', Severity: 'SEVERE' }]),
    ),
  },
  {
    what: 'another image',
    check: 'image id',
    says: 'looked at another image',
    raw: metadata({ ImageID: `sha256:${'9'.repeat(64)}` }),
  },
  {
    what: 'an artefact attestation (ImageID of {})',
    check: 'image id',
    says: 'sha256:44136fa3',
    raw: metadata({ ImageID: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' }),
  },
  { what: 'other layers', check: 'diff ids', says: 'saw other layers', raw: metadata({ DiffIDs: [firstId] }) },
  {
    what: 'an image without layers',
    check: 'diff ids',
    says: 'has no layers',
    raw: trivyRun(anImage({ layers: [], diffIds: [] })),
    image: anImage({ layers: [], diffIds: [] }),
  },
  {
    what: 'one layer analysed twice',
    check: 'layers',
    says: 'layer 2 of 2 was not read',
    raw: metadata({ Layers: [layer(first?.digest, firstId), layer(first?.digest, secondId)] }),
  },
  {
    what: 'layers in another order',
    check: 'layers',
    says: 'layer 1 of 2 was not read',
    raw: metadata({ Layers: [layer(second?.digest, secondId), layer(first?.digest, firstId)] }),
  },
  { what: 'a layer less', check: 'layers', says: 'layer 2 of 2', raw: metadata({ Layers: [layer(first?.digest, firstId)] }) },
  {
    what: 'a layer more',
    check: 'layers',
    says: 'read 3 layers',
    raw: metadata({ Layers: [layer(first?.digest, firstId), layer(second?.digest, secondId), layer('x', 'y')] }),
  },
  {
    what: 'another platform',
    check: 'platform',
    says: 'is for linux/s390x',
    raw: metadata({ ImageConfig: { os: 'linux', architecture: 's390x' } }),
  },
  {
    what: 'a configuration without platform',
    check: 'platform',
    says: 'does not name',
    raw: metadata({ ImageConfig: { os: 'linux' } }),
  },
  {
    what: 'an unknown release file (kali)',
    check: 'system is known',
    says: 'does not know',
    raw: trivyRun(IMAGE, { os: { family: 'none', name: '' } }),
  },
  {
    what: 'nothing recognised',
    check: 'something was recognised',
    says: 'allow-unrecognised',
    raw: trivyRun(IMAGE, { os: null }),
  },
  {
    what: 'a system without packages',
    check: 'system packages',
    says: 'not one of its packages',
    raw: trivyRun(IMAGE, { packages: [] }),
  },
  {
    what: 'Debian packages under Alpine files',
    check: 'package analyser',
    says: 'apt comes from dpkg',
    raw: trivyRun(IMAGE, { os: { family: 'alpine', name: '3.19.0' }, packages: [{ name: 'apt', analyzedBy: 'dpkg' }] }),
  },
  {
    what: 'rpm packages under Debian files',
    check: 'package analyser',
    says: 'bash comes from rpmqa',
    raw: trivyRun(IMAGE, { packages: [{ name: 'bash', analyzedBy: 'rpmqa' }] }),
  },
  {
    what: 'an error in the log',
    check: 'no errors in the log',
    says: 'reported ERROR something broke',
    raw: logged('ERROR\tsomething broke'),
  },
  ...[
    'Unsupported os\tfamily="kali"',
    'No OS package is detected',
    'This OS version is not on the EOL list',
    '[dpkg] Invalid version\tversion="x"',
    'Parse error',
    'Version matching error',
  ].map((warning): Case => ({
    what: `the warning "${warning}"`,
    check: 'no doubts in the log',
    says: warning.split('\t')[0] ?? '',
    raw: logged(`WARN\t${warning}`),
  })),
  {
    what: 'packages listed, vulnerabilities never looked for',
    check: 'scanners ran',
    says: 'the vuln scanner ran',
    raw: changed({ stderr: trivyLog().replace('[vuln] Vulnerability scanning is enabled', '') }),
  },
  {
    what: 'secrets never looked for',
    check: 'scanners ran',
    says: 'the secret scanner ran',
    raw: changed({ stderr: trivyLog({ scanners: ['vuln'] }) }),
  },
  {
    what: 'fewer packages matched than installed',
    check: 'all packages were matched',
    says: '1 packages of debian 12.1 were matched with advisories, but 2',
    raw: changed({ stderr: trivyLog().replace('pkg_num=2', 'pkg_num=1') }),
  },
  {
    what: 'packages matched as another family',
    check: 'all packages were matched',
    says: 'nothing shows that the packages of debian 12.1',
    raw: changed({ stderr: trivyLog().replace('[debian]', '[ubuntu]') }),
  },
];

function firstResult(made: Report): Report {
  return (made['Results'] as Report[])[0] ?? {};
}

function examine(one: Case, checks = CHECKS): readonly string[] {
  return accept(one.raw, one.image ?? IMAGE, { ...SETTINGS, ...one.settings }, facts, checks).problems;
}

describe('not accepted', () => {
  test.each(CASES.map(one => [one.what, one] as const))('%s', (_, one) => {
    const problems = examine(one);
    expect(problems.join('\n')).toContain(one.says);
    expect(problems.every(problem => problem.startsWith('linux/amd64: '))).toBe(true);
  });

  // Without it, `image id` would refuse the empty report, only with a misleading reason.
  const backedUp = ['report is there'];

  test.each(CHECKS.map(check => check.name))('without the check "%s" something broken would be accepted', name => {
    const without = CHECKS.filter(check => check.name !== name);
    const cases = CASES.filter(one => one.check === name);
    const missed = cases.filter(one => examine(one, without).length === 0);
    const misnamed = cases.filter(one => !examine(one, without).join('\n').includes(one.says));
    expect(backedUp.includes(name) ? misnamed : missed).not.toEqual([]);
  });

  test('findings are kept for the reader', () => {
    const { findings, problems } = accept(changed({ exitCode: 2 }, { findings: [aFinding()] }), IMAGE, SETTINGS, facts);
    expect(problems).toHaveLength(1);
    expect(findings.map(finding => finding.id)).toEqual(['CVE-2019-10744']);
  });

  test('one cause, one message: a killed scanner is not also accused of looking at another image', () => {
    expect(
      accept({ ...changed({ signal: 'SIGKILL', exitCode: null }), report: undefined }, IMAGE, SETTINGS, facts).problems,
    ).toHaveLength(1);
  });
});

const ARM = anImage({ platform: { os: 'linux', architecture: 'arm64' } });

interface Sound {
  readonly what: string;
  readonly raw: RawScan;
  readonly image?: PlatformImage;
  readonly settings?: Partial<ScanSettings>;
}

const SOUND: readonly Sound[] = [
  { what: 'Debian without findings', raw: trivyRun(IMAGE) },
  {
    what: 'Debian with findings',
    raw: trivyRun(IMAGE, { findings: [aFinding(), aFinding({ path: '', package: 'apt' }), aSecret()] }),
  },
  {
    what: 'Alpine',
    raw: trivyRun(IMAGE, {
      os: { family: 'alpine', name: '3.19.0', endOfLife: true },
      packages: [{ name: 'musl', analyzedBy: 'apk' }],
    }),
  },
  {
    what: 'a release with blanks in its name',
    raw: trivyRun(IMAGE, {
      os: { family: 'suse linux enterprise server', name: '15.6' },
      packages: [{ name: 'bash', analyzedBy: 'rpm' }],
    }),
  },
  {
    what: 'third-party packages, listed but not matched',
    raw: trivyRun(IMAGE, { packages: [{ name: 'apt' }, { name: 'docker-ce', thirdParty: true }] }),
  },
  { what: 'language packages without an operating system', raw: trivyRun(IMAGE, { os: null, findings: [aFinding()] }) },
  { what: 'scratch, allowed', raw: trivyRun(IMAGE, { os: null }), settings: { allowUnrecognised: true } },
  {
    what: 'secrets only: what the system is does not matter',
    raw: trivyRun(IMAGE, { os: null, scanners: ['secret'] }),
    settings: { scanners: ['secret'] },
  },
  { what: 'vulnerabilities only', raw: trivyRun(IMAGE, { scanners: ['vuln'] }), settings: { scanners: ['vuln'] } },
  {
    what: 'the harmless error about embedded checks',
    raw: logged('ERROR\t[misconfig] Falling back to embedded checks\terr="x"'),
  },
  {
    what: 'the end-of-life warning',
    raw: logged('WARN\tThis OS version is no longer supported by the distribution\tfamily="alpine"'),
  },
  {
    what: 'arm64 whose configuration says v8',
    image: ARM,
    raw: { ...trivyRun(ARM), report: withVariant(trivyReport(ARM), 'v8') },
  },
  {
    what: 'results that are null, as Go writes empty lists',
    raw: report(made => (made['Results'] = null), { os: null }),
    settings: { allowUnrecognised: true },
  },
];

function withVariant(made: Report, variant: string): Report {
  Object.assign((made['Metadata'] as Report)['ImageConfig'] as Report, { variant });
  return made;
}

describe('accepted', () => {
  test.each(SOUND.map(one => [one.what, one] as const))('%s', (_, one) => {
    expect(accept(one.raw, one.image ?? IMAGE, { ...SETTINGS, ...one.settings }, facts).problems).toEqual([]);
  });

  test('two layers of the same content, of which Trivy reads the first (bundle/verify.ts proves that they are the same)', () => {
    const twice = anImage({ diffIds: [firstId ?? '', firstId ?? ''] });
    const raw = trivyRun(twice);
    const made = raw.report as { Metadata: Report };
    made.Metadata['Layers'] = [layer(first?.digest, firstId), layer(first?.digest, firstId)];
    expect(accept(raw, twice, SETTINGS, facts).problems).toEqual([]);
  });

  test('a scratch image is not excused by allow-unrecognised when its release file is unknown', () => {
    const raw = trivyRun(IMAGE, { os: { family: 'none', name: '' } });
    expect(accept(raw, IMAGE, { ...SETTINGS, allowUnrecognised: true }, facts).problems).not.toEqual([]);
  });
});

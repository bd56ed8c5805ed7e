// One raw scanner run -> findings, and every reason why it does not prove that it looked at this image: one named check for each way
// in which Trivy is silently clean (measured: exit code 0, no findings, no warning).

import type { PlatformImage } from '../bundle/bundle.ts';
import { platformName } from '../plan/platform.ts';
import type { Check } from './check.ts';
import { knownSystem, packageAnalyser, packagesMatched, recognised, systemPackages } from './check-coverage.ts';
import { diffIds, imageId, layers, platform, reportKind, scannerVersion } from './check-image.ts';
import { endedWell, logDoubts, logErrors, reportIsThere, scannersRan } from './check-run.ts';
import type { Finding } from './findings.ts';
import { parseReport } from './parse.ts';
import type { ParsedReport } from './parse.ts';
import type { RawScan, ScannerFacts, ScanSettings, SystemFacts } from './scan.ts';

/** What one run of the scanner came to. It is accepted when `problems` is empty; findings are shown either way. */
export interface Examination {
  /** One line each, beginning with the platform. */
  readonly problems: readonly string[];
  readonly findings: readonly Finding[];
  readonly packages: number;
  readonly os?: SystemFacts;
}

/** Every check, in the order in which a person would ask. */
export const CHECKS: readonly Check[] = [
  { name: 'ended well', of: 'run', check: endedWell },
  { name: 'report is there', of: 'run', check: reportIsThere },
  { name: 'report is of an image', of: 'report', check: reportKind },
  { name: 'report is of this scanner', of: 'report', check: scannerVersion },
  {
    name: 'report is well-formed',
    of: 'report',
    check: ({ report }) => report.malformed.map(what => `the report is malformed: ${what}`),
  },
  { name: 'image id', of: 'report', check: imageId },
  { name: 'diff ids', of: 'report', check: diffIds },
  { name: 'layers', of: 'report', check: layers },
  { name: 'platform', of: 'report', check: platform },
  { name: 'system is known', of: 'report', check: knownSystem },
  { name: 'something was recognised', of: 'report', check: recognised },
  { name: 'system packages', of: 'report', check: systemPackages },
  { name: 'package analyser', of: 'report', check: packageAnalyser },
  { name: 'no errors in the log', of: 'report', check: logErrors },
  { name: 'no doubts in the log', of: 'report', check: logDoubts },
  { name: 'scanners ran', of: 'report', check: scannersRan },
  { name: 'all packages were matched', of: 'report', check: packagesMatched },
];

/**
 * Applies the acceptance rule to one run. `checks` is there for the test that switches them off one by one.
 * Two layers with one diff_id count as the same bytes: bundle/verify.ts proves that before the gate speaks.
 */
export function accept(
  raw: RawScan,
  image: PlatformImage,
  settings: ScanSettings,
  scanner: Pick<ScannerFacts, 'version'>,
  checks: readonly Check[] = CHECKS,
): Examination {
  const parsed = parseReport(raw.report);
  const report = parsed ?? NOTHING;
  const ask = (of: Check['of']): string[] =>
    checks.filter(check => check.of === of).flatMap(({ check }) => check({ raw, image, settings, scanner, report }));
  const [failed] = ask('run');
  const problems = failed === undefined ? ask('report') : [failed];
  const name = platformName(image.platform);
  return {
    problems: problems.map(problem => `${name}: ${problem}`),
    findings: report.findings.map(finding => ({ ...finding, platforms: [name] })),
    packages: report.osPackages.length + report.languagePackages,
    ...(report.os === undefined ? {} : { os: report.os }),
  };
}

const NOTHING: ParsedReport = {
  schemaVersion: undefined,
  artifactType: '',
  scannerVersion: '',
  imageId: '',
  diffIds: [],
  layers: [],
  config: { os: '', architecture: '' },
  os: undefined,
  osPackages: [],
  languageResults: 0,
  languagePackages: 0,
  findings: [],
  malformed: [],
};

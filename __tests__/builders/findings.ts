// Findings, exceptions, policies and scans for tests: sound by default, each test changes what it is about.

import type { Exception, Policy } from '../../src/plan/policy.ts';
import type { Platform } from '../../src/plan/platform.ts';
import type { Finding } from '../../src/scan/findings.ts';
import type { PlatformScan, ScannerFacts, ScanResult } from '../../src/scan/scan.ts';

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/** A CRITICAL vulnerability with a fix, on linux/amd64. */
export function aFinding(change: Partial<Finding> = {}): Finding {
  const name = change.package ?? 'lodash';
  const installed = change.installed ?? '4.17.11';
  return {
    kind: 'vuln',
    id: 'CVE-2019-10744',
    severity: 'CRITICAL',
    title: 'nodejs-lodash: prototype pollution',
    package: name,
    purl: `pkg:npm/${name}@${installed}`,
    installed,
    fixed: '4.17.12',
    status: change.fixed === '' ? 'affected' : 'fixed',
    path: 'app/node_modules/lodash/package.json',
    url: 'https://avd.aquasec.com/nvd/cve-2019-10744',
    platforms: ['linux/amd64'],
    ...change,
  };
}

/** A token in a file, on linux/amd64. */
export function aSecret(change: Partial<Finding> = {}): Finding {
  return {
    kind: 'secret',
    id: 'github-pat',
    severity: 'CRITICAL',
    title: 'GitHub Personal Access Token',
    package: '',
    purl: '',
    installed: '',
    fixed: '',
    status: '',
    path: 'srv/app.env',
    line: 2,
    url: '',
    platforms: ['linux/amd64'],
    ...change,
  };
}

/** For CVE-2019-10744, until the end of 2026. */
export function anException(change: Partial<Exception> = {}): Exception {
  return {
    id: 'CVE-2019-10744',
    reason: 'defaultsDeep is never called',
    expires: '2026-12-31',
    source: '.github/seaworthy.yml:7',
    ...change,
  };
}

/** The defaults: HIGH and CRITICAL block, enforced, errors fail. */
export function aPolicy(change: Partial<Policy> = {}): Policy {
  return {
    block: { vuln: ['HIGH', 'CRITICAL'], secret: ['HIGH', 'CRITICAL'] },
    ignoreUnfixed: false,
    exceptions: [],
    gate: 'enforce',
    onScanError: 'fail',
    allowUnrecognised: false,
    scanners: ['vuln', 'secret'],
    sources: {},
    ...change,
  };
}

export function scannerFacts(change: Partial<ScannerFacts> = {}): ScannerFacts {
  return {
    name: 'trivy',
    version: '0.76.0',
    origin: 'path',
    sha256: 'a'.repeat(64),
    isolation: 'process',
    database: { version: 2, updatedAt: '2026-11-21T06:00:00Z', ageSeconds: 3600, maxAgeSeconds: 172_800 },
    ...change,
  };
}

/** An accepted scan of linux/amd64 without findings. */
export function aPlatformScan(change: Partial<Extract<PlatformScan, { status: 'accepted' }>> = {}): PlatformScan {
  return {
    platform: AMD64,
    manifest: `sha256:${'1'.repeat(64)}`,
    seconds: 1,
    os: { family: 'debian', name: '12.1', endOfLife: false },
    packages: 2,
    findings: [],
    status: 'accepted',
    ...change,
  };
}

/** The same, not accepted. */
export function aRejectedScan(change: Partial<Extract<PlatformScan, { status: 'rejected' }>> = {}): PlatformScan {
  return { ...aPlatformScan(), problems: ['linux/amd64: the scanner was ended by SIGKILL'], ...change, status: 'rejected' };
}

/** One accepted platform without findings. */
export function aScan(change: Partial<ScanResult> = {}): ScanResult {
  return { scanner: scannerFacts(), platforms: [aPlatformScan()], problems: [], ...change };
}

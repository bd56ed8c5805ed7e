// A Scanner in memory, for stories: it finds what it is told, in reports that acceptance examines like any other.

import type { PlatformImage } from '../../src/bundle/bundle.ts';
import { platformName } from '../../src/plan/platform.ts';
import type { Finding } from '../../src/scan/findings.ts';
import type { RawScan, Scanner, ScannerFacts, ScanSettings, SystemFacts } from '../../src/scan/scan.ts';
import { scannerFacts } from '../builders/findings.ts';
import { trivyRun } from '../builders/trivy-run.ts';
import type { TrivyRun } from '../builders/trivy-run.ts';

export interface FakeScannerSpec {
  /** By platform (`linux/arm64`); none when left out. */
  readonly findings?: Readonly<Record<string, readonly Finding[]>>;
  readonly os?: TrivyRun['os'];
  /** Changes what the scanner would have answered: a fault. */
  readonly fault?: (raw: RawScan, image: PlatformImage) => RawScan;
  readonly facts?: Partial<ScannerFacts>;
  /** Thrown by prepare(). */
  readonly failure?: Error;
  /** Thrown by sbom(). */
  readonly sbomFailure?: Error;
  readonly canary?: boolean;
  /** Names of releases (`debian 13.1`) that the database does not know. */
  readonly blind?: readonly string[];
}

export interface FakeScanner extends Scanner {
  /** What was asked for, in order: `prepare`, `scan linux/arm64`, `canary`, `canary debian 12.1`. */
  readonly calls: readonly string[];
  /** The most scans that ran at the same time. */
  readonly peak: () => number;
}

/** Makes a scanner that answers at once, always the same. */
export function fakeScanner(spec: FakeScannerSpec = {}): FakeScanner {
  const calls: string[] = [];
  let running = 0;
  let peak = 0;
  const answer = (image: PlatformImage, settings: ScanSettings): RawScan => {
    const findings = (spec.findings?.[platformName(image.platform)] ?? []).filter(({ kind }) => settings.scanners.includes(kind));
    const raw = trivyRun(image, { findings, scanners: settings.scanners, ...(spec.os === undefined ? {} : { os: spec.os }) });
    return spec.fault?.(raw, image) ?? raw;
  };
  return {
    calls,
    peak: () => peak,
    prepare: () => {
      calls.push('prepare');
      return spec.failure === undefined ? Promise.resolve(scannerFacts(spec.facts)) : Promise.reject(spec.failure);
    },
    scan: async (_bundle, image, settings) => {
      calls.push(`scan ${platformName(image.platform)}`);
      peak = Math.max(peak, ++running);
      await new Promise(resolve => setImmediate(resolve));
      running--;
      return answer(image, settings);
    },
    sbom: (image, name) => {
      calls.push(`sbom ${platformName(image.platform)}`);
      if (spec.sbomFailure !== undefined) return Promise.reject(spec.sbomFailure);
      return Promise.resolve({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name, packages: [], relationships: [] });
    },
    canary: () => {
      calls.push('canary');
      return Promise.resolve(spec.canary ?? true);
    },
    systemCanary: (system: SystemFacts) => {
      const name = `${system.family} ${system.name}`;
      calls.push(`canary ${name}`);
      return Promise.resolve(spec.blind?.includes(name) !== true);
    },
  };
}

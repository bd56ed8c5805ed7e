// Bundle -> one accepted (or rejected) scan per platform. A scan that cannot prove what it looked at is not a scan.

import type { Platform } from '../plan/platform.ts';
import type { Scanner as ScannerKind } from '../plan/policy.ts';
import type { Bundle, PlatformImage } from '../bundle/bundle.ts';
import type { Finding } from './findings.ts';

export interface ScanSettings {
  readonly scanners: readonly ScannerKind[];
  readonly allowUnrecognised: boolean;
  /** Seconds for each platform. */
  readonly timeout: number;
  /** Keeps what sbom() needs. */
  readonly sbom?: boolean;
}

/** Which database the scanner used. */
export interface DatabaseFacts {
  readonly version: number;
  /** ISO times. */
  readonly updatedAt: string;
  readonly ageSeconds: number;
  /** What `max-db-age` allows: an older database makes the outcome `error`. */
  readonly maxAgeSeconds: number;
  readonly digest?: string;
  readonly repository?: string;
}

export interface ScannerFacts {
  readonly name: 'trivy';
  readonly version: string;
  /** How the binary came: pinned, path. */
  readonly origin: string;
  readonly sha256: string;
  readonly isolation: 'process';
  readonly database: DatabaseFacts;
  /** Mirrors that failed, a database that could not be compared with the registry: one line each. */
  readonly notes?: readonly string[];
}

/** The operating system as the scanner recognised it. */
export interface SystemFacts {
  readonly family: string;
  readonly name: string;
  readonly endOfLife: boolean;
}

export type PlatformScan = {
  readonly platform: Platform;
  /** Digest of the platform's image manifest: what was scanned. */
  readonly manifest: string;
  readonly seconds: number;
  readonly os?: SystemFacts;
  readonly packages: number;
  readonly findings: readonly Finding[];
} & ({ readonly status: 'accepted' } | { readonly status: 'rejected'; readonly problems: readonly string[] });

export interface ScanResult {
  readonly scanner: ScannerFacts;
  readonly platforms: readonly PlatformScan[];
  /** Problems of the whole run (database too old, canary not found): each makes the outcome `error`. */
  readonly problems: readonly string[];
}

/** What the scan stage needs; tools/trivy.ts implements it. */
export interface Scanner {
  /** Binary verified, database present. Throws UserError or ToolError when the tool or the database cannot be had. */
  prepare(): Promise<ScannerFacts>;
  /** Scans one image of the bundle. Never throws for what the scanner did: that is in the answer. */
  scan(bundle: Bundle, image: PlatformImage, settings: ScanSettings): Promise<RawScan>;
  /** The packages of an image that was scanned with `sbom`, as an SPDX document of `name` (a repository) at the image's digest. Throws ToolError when there is none. */
  sbom(image: PlatformImage, name: string): Promise<Readonly<Record<string, unknown>>>;
  /** True when the known-bad package of the canary is found by the same binary, database and flags. */
  canary(settings: ScanSettings): Promise<boolean>;
  /** True when age-old packages of this operating system release are found vulnerable: a release without a bucket in the database gives no findings and no warning. */
  systemCanary(system: SystemFacts, settings: ScanSettings): Promise<boolean>;
}

/** One scanner run, untrusted until accept() has looked at it. Environment and history were removed from the report. */
export interface RawScan {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly stderr: string;
  /** Parsed JSON; undefined when there is none. */
  readonly report: unknown;
  readonly seconds: number;
}

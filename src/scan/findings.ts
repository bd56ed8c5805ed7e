// What a scanner found, in our own words: one type for every kind of finding.

import type { Severity } from '../plan/severity.ts';

export interface Finding {
  readonly kind: 'vuln' | 'secret';
  /** CVE, GHSA, or the id of the secret rule. */
  readonly id: string;
  /** Other names of the same advisory (GHSA, DSA ...): an exception may use any of them. */
  readonly aliases?: readonly string[];
  readonly severity: Severity;
  /** CVSS score (version 3, else 4) by who gave the severity, else by the NVD or whoever has one; above 0, at most 10. */
  readonly cvss?: number;
  readonly title: string;
  /** Package name; empty for secrets. */
  readonly package: string;
  /** Package URL with version; empty for secrets. */
  readonly purl: string;
  readonly installed: string;
  /** Fixed version; empty when there is none. */
  readonly fixed: string;
  /** Trivy's status: affected, fixed, will_not_fix, end_of_life ... */
  readonly status: string;
  /** File inside the image: of the secret, or of a language package; empty for OS packages. No leading slash. */
  readonly path: string;
  readonly line?: number;
  readonly url: string;
  readonly published?: string;
  /** Digest of the layer that brought it. */
  readonly layer?: string;
  /** os/arch[/variant] of every platform that has it. */
  readonly platforms: readonly string[];
}

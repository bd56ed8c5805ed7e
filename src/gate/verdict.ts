// What the gate says.

import type { Finding } from '../scan/findings.ts';

export type Outcome = 'passed' | 'blocked' | 'error' | 'skipped';

/** A finding with what the policy made of it, and why. */
export interface Judged {
  readonly finding: Finding;
  readonly ruling: 'blocks' | 'excused' | 'shown';
  readonly reason: string;
}

export interface Verdict {
  readonly outcome: Outcome;
  /** What the outcome table (design 5) says: may anything leave? */
  readonly publish: boolean;
  readonly exitCode: 0 | 1;
  /** One line, first in every rendering. */
  readonly headline: string;
  readonly findings: readonly Judged[];
  /** Why a scan was not accepted, one line each. */
  readonly problems: readonly string[];
  /** Expired, unused and soon-expiring exceptions; end-of-life systems; and the like. */
  readonly notes: readonly string[];
}

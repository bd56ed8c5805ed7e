// RunRecord -> Report: the model that every rendering shares.

import type { Judged, Outcome } from '../gate/verdict.ts';
import type { Severity } from '../plan/severity.ts';
import type { RunRecord } from '../record.ts';

export interface PlatformRow {
  readonly platform: string;
  readonly manifest: string;
  readonly system: string;
  readonly packages: number;
  readonly compressedBytes: number;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly blocking: number;
  /** accepted, or why not. */
  readonly scan: string;
}

export interface Report {
  /** `seaworthy`, or `seaworthy / <name>` when the step has an image: key of comment sections and status. */
  readonly title: string;
  readonly outcome: Outcome | 'failed' | 'cancelled' | 'nothing';
  /** shipped / would ship / blocked / could not tell / cancelled, with the digest and tags. */
  readonly headline: string;
  /** What to do next, most useful first. */
  readonly hints: readonly string[];
  readonly digest?: string;
  readonly platforms: readonly PlatformRow[];
  readonly blocking: readonly Judged[];
  readonly excused: readonly Judged[];
  /** Everything else that was found, worst first. */
  readonly others: readonly Judged[];
  readonly published: readonly string[];
  readonly verifyCommands: readonly string[];
  readonly record: RunRecord;
}

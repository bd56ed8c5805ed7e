// RunRecord -> Report: the model that every rendering shares.

import type { Judged, Outcome } from '../gate/verdict.ts';
import type { Severity } from '../plan/severity.ts';
import type { EqualityRow } from '../publish/publish.ts';
import type { RunRecord } from '../record.ts';

/** The answer in one or two words. */
export type Word =
  | 'Running'
  | 'Shipped'
  | 'Would ship'
  | 'Blocked'
  | 'Could not tell'
  | 'Incomplete'
  | 'Failed'
  | 'Cancelled'
  | 'Nothing to do'
  | 'Planned'
  | 'Checked'
  | 'Check failed';

/** How a reader should feel: decides colours. */
export type Tone = 'good' | 'careful' | 'bad' | 'neutral';

export interface PlatformRow {
  readonly platform: string;
  readonly manifest: string;
  /** `debian 12.9`; empty when the scan did not see one. */
  readonly system: string;
  readonly packages: number;
  readonly compressedBytes: number;
  readonly counts: Readonly<Record<Severity, number>>;
  readonly blocking: number;
  readonly excused: number;
  /** accepted, or why not. */
  readonly scan: string;
  readonly accepted: boolean;
}

/** Something to do, with lines to copy when there are some. */
export interface Hint {
  readonly text: string;
  readonly copy?: { readonly language: string; readonly lines: readonly string[] };
}

export interface Report {
  /** `seaworthy`, or `seaworthy / <name>` when the step has an image: key of comment sections and status. */
  readonly title: string;
  readonly outcome: Outcome | 'failed' | 'cancelled' | 'nothing' | 'running';
  readonly word: Word;
  readonly tone: Tone;
  /** Why, in one sentence, without digest and tags. */
  readonly reason: string;
  /** Word, reason, digest and tags in one line of plain text. */
  readonly headline: string;
  /** What to do next, most useful first. */
  readonly hints: readonly Hint[];
  readonly digest?: string;
  /** Tag names: those that are out when something was published, else the planned ones. */
  readonly tags: readonly string[];
  readonly platforms: readonly PlatformRow[];
  /** Worst first, like the next two. */
  readonly blocking: readonly Judged[];
  readonly excused: readonly Judged[];
  /** Everything else that was found. */
  readonly others: readonly Judged[];
  /** `name@digest` of every target that has the image. */
  readonly published: readonly string[];
  readonly verifyCommands: readonly string[];
  /** Built = scanned = published; `published` is empty when nothing was. */
  readonly equality: readonly EqualityRow[];
  /** Scan problems, then what the gate noted. */
  readonly notes: readonly string[];
  readonly record: RunRecord;
}

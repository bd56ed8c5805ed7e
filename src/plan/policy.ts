// The shapes of the reviewed rules: the policy file as parsed, and the effective policy that the gate applies.

import type { Severity } from './severity.ts';

export type Scanner = 'vuln' | 'secret';

/** A finding that is excused, why, and until when. */
export interface Exception {
  readonly id: string;
  readonly package?: string;
  /** os/arch[/variant]; all platforms when left out. */
  readonly platform?: string;
  /** File or package path inside the image. */
  readonly path?: string;
  readonly reason: string;
  /** YYYY-MM-DD; the last day on which it excuses. */
  readonly expires: string;
  /** Where it was written, e.g. `.github/seaworthy.yml:7`. */
  readonly source: string;
}

/** What the gate applies, after policy file and inputs were merged (design: an input may only be stricter, unless the file allows it). */
export interface Policy {
  readonly block: { readonly vuln: readonly Severity[]; readonly secret: readonly Severity[] };
  readonly ignoreUnfixed: boolean;
  readonly exceptions: readonly Exception[];
  readonly gate: 'enforce' | 'warn' | 'off';
  readonly onScanError: 'fail' | 'warn';
  readonly allowUnrecognised: boolean;
  readonly scanners: readonly Scanner[];
  /** Where each value came from, for the report: key -> `input`, `.github/seaworthy.yml:3`, `default`. */
  readonly sources: Readonly<Record<string, string>>;
  /** The policy file and the commit that it was read at; undefined when there is none. `path`: of a central one with `owner/repo/` before it. `uncompared`: nobody could tell whether the commit holds the same. */
  readonly file?: { readonly path: string; readonly commit: string; readonly uncompared?: true };
  /** Where it was looked for, and why there. */
  readonly origin?: PolicyOrigin;
  /** Why it was not looked for, or could not be read (only in `mode: plan`; elsewhere that ends the run). */
  readonly unread?: string;
}

/** The input `policy`. */
export interface PolicyLocation {
  /** Relative to the root of the repository. */
  readonly path: string;
  /** Set when it is a file of another repository. */
  readonly central?: { readonly repository: string; readonly ref: string };
}

/** Where the policy is read. */
export interface PolicyOrigin {
  /** A commit, the branch whose tip counts, or what a central policy names (branch, tag or commit). */
  readonly kind: 'commit' | 'branch' | 'named';
  readonly ref: string;
  /** The other repository, of a central policy. */
  readonly repository?: string;
  readonly reason: string;
}

/** The policy file as written: a key that is not there is undefined. Made by parsePolicy(). */
export interface PolicyFile {
  /** Of a central one with `owner/repo/` before it. */
  readonly path: string;
  /** The commit that it was read at. */
  readonly commit: string;
  readonly uncompared?: true;
  readonly blockVuln: readonly Severity[] | undefined;
  readonly blockSecret: readonly Severity[] | undefined;
  readonly ignoreUnfixed: boolean | undefined;
  readonly exceptions: readonly Exception[];
  readonly gate: Policy['gate'] | undefined;
  readonly onScanError: Policy['onScanError'] | undefined;
  /** Reason by image name. */
  readonly unrecognised: ReadonlyMap<string, string>;
  /** Inputs that may be looser than this file. */
  readonly inputsMayLoosen: readonly string[];
  /** Line of each top-level key, `block.vuln` and `block.secret` apart. */
  readonly lines: ReadonlyMap<string, number>;
}

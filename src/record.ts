// The run as one value: filled as far as the run got. Report, outputs and exit status are computed from it, also after a failure or a cancel.

import type { BuildFacts, CacheUse, CallResult } from './build/build.ts';
import type { Bundle } from './bundle/bundle.ts';
import type { SbomFiles } from './collect-sboms.ts';
import type { Delivery } from './deliver/deliver.ts';
import type { Explained } from './errors.ts';
import type { Verdict } from './gate/verdict.ts';
import type { Event } from './plan/event.ts';
import type { Plan } from './plan/plan.ts';
import type { Facts } from './preflight/preflight.ts';
import type { Publication } from './publish/publish.ts';
import type { ScanResult } from './scan/scan.ts';

export const STAGES = ['plan', 'preflight', 'call', 'build', 'scan', 'gate', 'deliver', 'publish', 'cache', 'report'] as const;
export type Stage = (typeof STAGES)[number];

/** One stage as it went. */
export interface StageTime {
  readonly stage: Stage;
  readonly seconds: number;
  readonly result: string;
}

export interface RunRecord {
  readonly schemaVersion: 1;
  readonly seaworthy: string;
  readonly startedAt: string;
  readonly event: Event;
  readonly state: 'running' | 'completed' | 'failed' | 'cancelled';
  /** The stage that failed, and why. */
  readonly failure?: { readonly stage: Stage; readonly error: Explained };
  readonly plan?: Plan;
  readonly facts?: Facts;
  /** What `call` answered, instead of a build. */
  readonly call?: CallResult;
  readonly build?: BuildFacts;
  readonly bundle?: Bundle;
  /** Files that say what is inside, where that was asked for. */
  readonly sbom?: SbomFiles;
  readonly scan?: ScanResult;
  readonly verdict?: Verdict;
  /** What was handed over on this machine. */
  readonly delivery?: Delivery;
  readonly publication?: Publication;
  /** Layer caches that were written after the build. */
  readonly cacheWrites?: readonly CacheUse[];
  readonly stages: readonly StageTime[];
  /** One line each: side channels and other things that did not decide. */
  readonly warnings: readonly string[];
}

/** The exit status of a run: failed and cancelled runs, refused verdicts and incomplete publications are 1. */
export function exitCode(record: RunRecord): 0 | 1 {
  if (record.state !== 'completed') return 1;
  if (record.call?.failed === true || record.publication?.complete === false) return 1;
  return record.verdict?.exitCode ?? 0;
}

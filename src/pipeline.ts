// The story of a run: the plan, and with every other mode than `plan` its carrying out (carry-out.ts). Read these two files first.

import type { Builder } from './build/build.ts';
import type { Machine } from './deliver/deliver.ts';
import { Cancelled, explain } from './errors.ts';
import type { Plan } from './plan/plan.ts';
import { platformName } from './plan/platform.ts';
import type { Registry, Signer } from './publish/publish.ts';
import type { RunRecord, Stage } from './record.ts';
import type { Scanner } from './scan/scan.ts';

/** Everything outside that a run needs; main.ts connects the real ones, stories the in-memory ones. */
export interface Tools {
  readonly makePlan: () => Promise<Plan>;
  /** Only called when the plan is carried out: without it no tool is even loaded. */
  readonly equip: () => Promise<Equipment>;
}

/** What a plan is carried out with. */
export interface Equipment {
  readonly registry: Registry;
  readonly builder: Builder;
  readonly machine: Machine;
  readonly scanner: (plan: Plan) => Scanner;
  /** Only called when something will be signed; may download cosign and ask for an identity. */
  readonly signer: (plan: Plan) => Promise<Signer>;
}

/** What surrounds one run. */
export interface Voyage {
  readonly start: RunRecord;
  readonly today: Date;
  /** Seconds that the scan of one platform may take. */
  readonly scanTimeout: number;
  /** Scans at the same time: they share the processors with the hashing. */
  readonly parallelScans: number;
  readonly signal: AbortSignal;
  /** A directory of this run's own, for an adopted layout. */
  readonly directory: string;
  /** Where SBOM files go; made when there are any, and kept. */
  readonly sbomDirectory: string;
  /** Opens a group in the log, runs the work, closes it with the one-line result. */
  readonly stage: <T>(name: Stage, work: () => Promise<T>, result: (value: T) => string) => Promise<T>;
  readonly progress: (line: string) => void;
  /** Told after each stage, so that a run that is ended from outside still has its record. */
  readonly onRecord: (record: RunRecord) => void;
}

/** Runs the whole flow once. Never throws: whatever happens is in the record. */
export async function sail(voyage: Voyage, tools: Tools): Promise<RunRecord> {
  const book = openLogbook(voyage);
  try {
    await story(voyage, tools, book);
    book.keep({ state: 'completed' });
  } catch (error) {
    const cancelled = voyage.signal.aborted || error instanceof Cancelled;
    const reason = explain(cancelled ? new Cancelled('The run was cancelled.') : error);
    book.keep({ state: cancelled ? 'cancelled' : 'failed', failure: { stage: book.current(), error: reason } });
  }
  return book.record();
}

async function story(voyage: Voyage, tools: Tools, book: Logbook): Promise<void> {
  const { stage, keep, warn } = book;
  const plan = await stage('plan', tools.makePlan, planResult);
  keep({ plan });
  warn(plan.warnings);
  if (plan.mode === 'plan' || plan.nothingToDo !== undefined) return;
  // eslint-disable-next-line no-restricted-syntax -- see connect(): a plan alone does without
  const { carryOut } = await import('./carry-out.ts');
  await carryOut(plan, voyage, await tools.equip(), book);
}

export interface Logbook {
  readonly record: () => RunRecord;
  readonly current: () => Stage;
  readonly keep: (part: Partial<RunRecord>) => void;
  readonly warn: (lines: readonly string[]) => void;
  readonly stage: <T>(name: Stage, work: () => Promise<T>, result: (value: T) => string) => Promise<T>;
}

/** Fills the record as the run goes on. */
function openLogbook(voyage: Voyage): Logbook {
  let record = voyage.start;
  let current: Stage = 'plan';
  const keep = (part: Partial<RunRecord>): void => {
    record = { ...record, ...part };
    voyage.onRecord(record);
  };
  return {
    record: () => record,
    current: () => current,
    keep,
    warn: lines => {
      if (lines.length > 0) keep({ warnings: [...record.warnings, ...lines] });
    },
    stage: async (name, work, result) => {
      current = name;
      if (voyage.signal.aborted) throw new Cancelled('cancelled');
      const started = performance.now();
      const value = await voyage.stage(name, work, result);
      const seconds = (performance.now() - started) / 1000;
      keep({ stages: [...record.stages, { stage: name, seconds, result: result(value) }] });
      return value;
    },
  };
}

function planResult(plan: Plan): string {
  if (plan.nothingToDo !== undefined) return plan.nothingToDo;
  const where =
    plan.images.length === 0
      ? 'no image to publish'
      : `${plan.images.length} image(s), tags ${plan.tags.map(tag => tag.name).join(', ') || 'none'}`;
  return `${where}; ${plan.platforms.map(platformName).join(', ')}; push: ${plan.push ? 'yes' : 'no'}, sign: ${plan.signing.method}`;
}

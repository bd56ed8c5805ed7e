// The story of a run: plan -> preflight -> build (or adopt) -> scan -> gate -> publish; with `mode: plan` only its first word. Read this file first.

import { build } from './build/run-build.ts';
import type { Builder } from './build/build.ts';
import type { Bundle } from './bundle/bundle.ts';
import { describeBundle, writeBundleFile } from './bundle/bundle-file.ts';
import type { BundleOrigin } from './bundle/bundle-file.ts';
import { pullBundle } from './bundle/pull.ts';
import { verifyBlobs } from './bundle/verify.ts';
import { Cancelled, explain } from './errors.ts';
import { judge } from './gate/judge.ts';
import type { Plan } from './plan/plan.ts';
import { platformName } from './plan/platform.ts';
import { preflight } from './preflight/run-preflight.ts';
import type { Facts } from './preflight/preflight.ts';
import { publish } from './publish/run-publish.ts';
import type { Publication, Registry, Signer } from './publish/publish.ts';
import type { RunRecord, Stage } from './record.ts';
import { scan } from './scan/run-scan.ts';
import type { Scanner, ScanResult } from './scan/scan.ts';

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
  await carryOut(plan, voyage, await tools.equip(), book);
}

/** Everything after the plan. */
async function carryOut(plan: Plan, voyage: Voyage, equipment: Equipment, book: Logbook): Promise<void> {
  const { stage, keep, warn } = book;
  const { registry } = equipment;
  // Scanner, database and signer come while the registries answer and the build runs; who needs them awaits them.
  const scanner = equipment.scanner(plan);
  if (plan.policy.gate !== 'off') void early(scanner.prepare());
  const signing = plan.push && plan.signing.method !== 'off';
  const signer = signing ? early(equipment.signer(plan)) : undefined;

  const { event } = voyage.start;
  const look = { plan, event, registry, ...(signer && { signer: () => signer }) };
  const facts = await stage('preflight', () => preflight(look), factsResult);
  keep({ facts });
  warn(facts.notes);
  if (facts.nothingToDo !== undefined) return;

  const bundle = await stage('build', () => getBundle({ voyage, equipment, plan, facts, keep }), bundleResult);
  keep({ bundle });

  const gated = plan.policy.gate !== 'off';
  const scanned = gated ? await stage('scan', () => scanBundle(voyage, plan, bundle, scanner), scanResult) : undefined;
  if (scanned !== undefined) keep({ scan: scanned });

  const judged = { scan: scanned, policy: plan.policy, today: voyage.today, platforms: plan.platforms };
  const verdict = await stage(
    'gate',
    () => Promise.resolve(judge(judged)),
    value => value.headline,
  );
  keep({ verdict });
  await writeBundleFile(bundle.directory, describeBundle(bundle, originOf(book.record())));
  if (!verdict.publish || !plan.push) return;

  const run = { id: event.runId, attempt: event.runAttempt };
  const order = { bundle, plan, facts, verdict, scan: scanned, registry, run, onProgress: voyage.progress };
  const send = async (): Promise<Publication> => publish({ ...order, ...(signer && { signer: await signer }) });
  keep({ publication: await stage('publish', send, publicationResult) });
  // What was out before a cancel is in the record now.
  if (voyage.signal.aborted) throw new Cancelled('cancelled');
}

interface Logbook {
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

interface BundleOrder {
  readonly voyage: Voyage;
  readonly equipment: Equipment;
  readonly plan: Plan;
  readonly facts: Facts;
  readonly keep: Logbook['keep'];
}

/** Adopted images are fetched, not built: the same commit is never published as two digests (promise 6). */
async function getBundle({ voyage, equipment, plan, facts, keep }: BundleOrder): Promise<Bundle> {
  if (facts.adopt !== undefined) {
    const { image, digest } = facts.adopt;
    const { directory } = voyage;
    return pullBundle({ registry: equipment.registry, image, digest, directory, platforms: plan.platforms });
  }
  const built = await build({ plan, builder: equipment.builder });
  keep({ build: built.facts });
  return built.bundle;
}

/** Hashing every blob and scanning read the same bytes at the same time; both must agree before anything is decided. */
async function scanBundle(voyage: Voyage, plan: Plan, bundle: Bundle, scanner: Scanner): Promise<ScanResult> {
  const { scanners, allowUnrecognised } = plan.policy;
  const settings = { scanners, allowUnrecognised, timeout: voyage.scanTimeout };
  const { signal } = voyage;
  const [result] = await Promise.all([
    scan({ bundle, scanner, settings, signal, parallel: voyage.parallelScans }),
    verifyBlobs(bundle, { signal }),
  ]);
  return result;
}

/** What bundle.json says of a run beside the digests: for people, and never believed by whoever receives the bundle. */
function originOf({ seaworthy, event, plan, build: facts, scan: scanned, verdict }: RunRecord): BundleOrigin {
  const tools = { seaworthy, buildx: facts?.builder.buildx, buildkit: facts?.builder.buildkit, trivy: scanned?.scanner.version };
  return {
    names: plan?.buildNames ?? [],
    source: { repository: event.repository, commit: event.sha, ref: event.ref },
    tools: Object.fromEntries(Object.entries(tools).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    display: {
      version: plan?.version ?? '',
      tags: plan?.tags.map(tag => tag.name) ?? [],
      verdict: verdict?.outcome ?? '',
      scans:
        scanned?.platforms.map(one => `${platformName(one.platform)} ${one.status}, ${one.findings.length} finding(s)`) ?? [],
    },
  };
}

/** A promise that somebody awaits later: until then a rejection must not end the process. */
function early<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function planResult(plan: Plan): string {
  if (plan.nothingToDo !== undefined) return plan.nothingToDo;
  const where =
    plan.images.length === 0
      ? 'no image to publish'
      : `${plan.images.length} image(s), tags ${plan.tags.map(tag => tag.name).join(', ') || 'none'}`;
  return `${where}; ${plan.platforms.map(platformName).join(', ')}; push: ${plan.push ? 'yes' : 'no'}, sign: ${plan.signing.method}`;
}

function factsResult(facts: Facts): string {
  if (facts.nothingToDo !== undefined) return facts.nothingToDo;
  if (facts.adopt !== undefined) return facts.adopt.reason;
  const present = facts.targets.flatMap(target => Object.keys(target.tags).map(tag => `${target.image}:${tag}`));
  return present.length === 0 ? 'none of the planned tags exists yet' : `already there: ${present.join(', ')}`;
}

function scanResult(result: ScanResult): string {
  const accepted = result.platforms.filter(platform => platform.status === 'accepted').length;
  return `${accepted} of ${result.platforms.length} platform(s) scanned and accepted, by Trivy ${result.scanner.version} with the database of ${result.scanner.database.updatedAt}`;
}

function bundleResult(bundle: Bundle): string {
  return `${bundle.root.digest} (${bundle.images.map(image => platformName(image.platform)).join(', ')})`;
}

function publicationResult(publication: Publication): string {
  const done = publication.targets.filter(target => target.state === 'published').length;
  return `${publication.digest} in ${done} of ${publication.targets.length} target(s)`;
}

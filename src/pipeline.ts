// The story of a run: plan -> preflight -> build (or adopt) -> scan -> gate -> publish. Read this file first.

import { build } from './build/run-build.ts';
import type { Builder } from './build/build.ts';
import type { Bundle } from './bundle/bundle.ts';
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
import type { Scanner } from './scan/scan.ts';

/** Everything outside that a run needs; main.ts connects the real ones, stories the in-memory ones. */
export interface Tools {
  readonly makePlan: () => Promise<Plan>;
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
  let record = voyage.start;
  let current: Stage = 'plan';
  const keep = (part: Partial<RunRecord>): void => {
    record = { ...record, ...part };
    voyage.onRecord(record);
  };
  const stage = async <T>(name: Stage, work: () => Promise<T>, result: (value: T) => string): Promise<T> => {
    current = name;
    if (voyage.signal.aborted) throw new Cancelled('cancelled');
    const started = performance.now();
    const value = await voyage.stage(name, work, result);
    keep({ stages: [...record.stages, { stage: name, seconds: (performance.now() - started) / 1000, result: result(value) }] });
    return value;
  };

  try {
    const plan = await stage('plan', tools.makePlan, planResult);
    keep({ plan, warnings: [...record.warnings, ...plan.warnings] });
    if (plan.nothingToDo !== undefined) return finish();

    // Binary, database and signer come while the registries answer and the build runs; who needs them awaits them.
    const scanner = tools.scanner(plan);
    if (plan.policy.gate !== 'off') early(scanner.prepare());
    const signer = plan.push && plan.signing.method !== 'off' ? early(tools.signer(plan)) : undefined;

    const facts = await stage(
      'preflight',
      () => preflight({ plan, event: record.event, registry: tools.registry, ...(signer && { signer: () => signer }) }),
      factsResult,
    );
    keep({ facts, warnings: [...record.warnings, ...facts.notes] });
    if (facts.nothingToDo !== undefined) return finish();

    const bundle = await stage('build', () => getBundle(plan, facts), bundleResult);
    keep({ bundle });

    const scanned =
      plan.policy.gate === 'off'
        ? undefined
        : await stage(
            'scan',
            () => scanBundle(plan, bundle, scanner),
            value => `${value.platforms.length} platform(s) scanned`,
          );
    if (scanned !== undefined) keep({ scan: scanned });

    const verdict = await stage(
      'gate',
      () => Promise.resolve(judge({ scan: scanned, policy: plan.policy, today: voyage.today, platforms: plan.platforms })),
      value => value.headline,
    );
    keep({ verdict });
    if (!verdict.publish || !plan.push) return finish();

    const publication = await stage(
      'publish',
      async () =>
        publish({
          bundle,
          plan,
          facts,
          verdict,
          scan: scanned,
          registry: tools.registry,
          run: { id: record.event.runId, attempt: record.event.runAttempt },
          onProgress: voyage.progress,
          ...(signer && { signer: await signer }),
        }),
      publicationResult,
    );
    keep({ publication });
    return finish();
  } catch (error) {
    const cancelled = voyage.signal.aborted || error instanceof Cancelled;
    keep({
      state: cancelled ? 'cancelled' : 'failed',
      failure: { stage: current, error: explain(cancelled ? new Cancelled('The run was cancelled.') : error) },
    });
    return record;
  }

  function finish(): RunRecord {
    keep({ state: 'completed' });
    return record;
  }

  /** Adopted images are fetched, not built: the same commit is never published as two digests (promise 6). */
  async function getBundle(plan: Plan, facts: Facts): Promise<Bundle> {
    if (facts.adopt !== undefined)
      return pullBundle({
        registry: tools.registry,
        image: facts.adopt.image,
        digest: facts.adopt.digest,
        directory: voyage.directory,
        platforms: plan.platforms,
      });
    const built = await build({ plan, builder: tools.builder });
    keep({ build: built.facts });
    return built.bundle;
  }

  /** Hashing every blob and scanning read the same bytes at the same time; both must agree before anything is decided. */
  async function scanBundle(plan: Plan, bundle: Bundle, scanner: Scanner): ReturnType<typeof scan> {
    const settings = {
      scanners: plan.policy.scanners,
      allowUnrecognised: plan.policy.allowUnrecognised,
      timeout: plan.scanTimeout,
    };
    const [result] = await Promise.all([scan({ bundle, scanner, settings }), verifyBlobs(bundle, { signal: voyage.signal })]);
    return result;
  }
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

function bundleResult(bundle: Bundle): string {
  return `${bundle.root.digest} (${bundle.images.map(image => platformName(image.platform)).join(', ')})`;
}

function publicationResult(publication: Publication): string {
  const done = publication.targets.filter(target => target.state === 'published').length;
  return `${publication.digest} in ${done} of ${publication.targets.length} target(s)`;
}

// The second half of the story: preflight -> build (or adopt) -> scan -> gate -> deliver -> publish. Loaded only when a plan is carried out.

import type { Builder, CacheUse, CallResult } from './build/build.ts';
import { cacheWarnings } from './build/cache-warnings.ts';
import { build, orderOf } from './build/run-build.ts';
import type { Bundle } from './bundle/bundle.ts';
import { describeBundle, writeBundleFile } from './bundle/bundle-file.ts';
import type { BundleOrigin } from './bundle/bundle-file.ts';
import { pullBundle } from './bundle/pull.ts';
import { verifyBlobs } from './bundle/verify.ts';
import { adoptedWithout } from './adopted-without.ts';
import { collectSboms, lacksSbom } from './collect-sboms.ts';
import type { Delivery } from './deliver/deliver.ts';
import { deliver, delivers } from './deliver/run-deliver.ts';
import { Cancelled } from './errors.ts';
import { judge } from './gate/judge.ts';
import type { Verdict } from './gate/verdict.ts';
import { early } from './parallel.ts';
import type { Equipment, Logbook, Voyage } from './pipeline.ts';
import type { Plan, PlannedExport } from './plan/plan.ts';
import { platformName } from './plan/platform.ts';
import { preflight } from './preflight/run-preflight.ts';
import type { Facts } from './preflight/preflight.ts';
import { publish } from './publish/run-publish.ts';
import type { Publication } from './publish/publish.ts';
import type { RunRecord } from './record.ts';
import { scan } from './scan/run-scan.ts';
import type { Scanner, ScanResult } from './scan/scan.ts';

/** Everything after the plan, stage by stage; what each gives is kept in the book. Throws what a stage throws. */
export async function carryOut(plan: Plan, voyage: Voyage, equipment: Equipment, book: Logbook): Promise<void> {
  const { stage, keep, warn } = book;
  const { registry, builder } = equipment;
  if (plan.call !== 'build') {
    keep({ call: await stage('call', () => builder.call(orderOf(plan), plan.call), callResult) });
    return;
  }
  // Scanner, database, signer and the choice of the builder come while the registries answer and the build runs; who needs them awaits them.
  const scanner = equipment.scanner(plan);
  if (plan.policy.gate !== 'off') void early(scanner.prepare());
  void early(builder.prepare(orderOf(plan)));
  const signing = plan.push && plan.signing.method !== 'off';
  const signer = signing ? early(equipment.signer(plan)) : undefined;

  const { event } = voyage.start;
  const look = { plan, event, registry, ...(signer && { signer: () => signer }) };
  const ready = early(prepare(plan, equipment));
  const facts = await stage('preflight', () => preflight(look).then(found => ready.then(() => found)), factsResult);
  keep({ facts });
  warn(facts.notes);
  if (facts.nothingToDo !== undefined) return;

  const { bundle, outputs } = await stage('build', () => getBundle({ voyage, equipment, plan, facts, keep, warn }), bundleResult);
  keep({ bundle });
  // Caches that are no release are written while everything else goes on.
  const caching = early(builder.writeCaches('beside'));

  const gated = plan.policy.gate !== 'off';
  const scanned = gated ? await stage('scan', () => scanBundle(voyage, plan, bundle, scanner), scanResult) : undefined;
  if (scanned !== undefined) keep({ scan: scanned });
  const { sbom, notes } = await collectSboms({ plan, bundle, scanned, scanner, directory: voyage.sbomDirectory });
  if (sbom !== undefined) keep({ sbom });
  warn(notes);

  const judged = { scan: scanned, policy: plan.policy, today: voyage.today, platforms: plan.platforms };
  const verdict = await stage(
    'gate',
    () => Promise.resolve(judge(judged)),
    value => value.headline,
  );
  keep({ verdict });
  await writeBundleFile(bundle.directory, describeBundle(bundle, originOf(book.record())));

  await handOver({ plan, facts, bundle, built: outputs, verdict, equipment, voyage, book });
  if (verdict.publish && plan.push) {
    const run = { id: event.runId, attempt: event.runAttempt };
    const order = { bundle, plan, facts, verdict, scan: scanned, registry, run, onProgress: voyage.progress };
    const send = async (): Promise<Publication> => publish({ ...order, ...(signer && { signer: await signer }) });
    keep({ publication: await stage('publish', send, publicationResult) });
  }
  await endCaches({ plan, builder, caching, book });
  // What was out before a cancel is in the record now.
  if (voyage.signal.aborted) throw new Cancelled('cancelled');
}

/** Looks at what is to be handed over before anything is built. */
function prepare(plan: Plan, { machine }: Equipment): Promise<void> {
  return delivers(plan) ? machine.prepare(plan.delivery) : Promise.resolve();
}

interface Handover {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly bundle: Bundle;
  /** The user's own outputs, where the build left them. */
  readonly built: readonly string[];
  readonly verdict: Verdict;
  readonly equipment: Equipment;
  readonly voyage: Voyage;
  readonly book: Logbook;
}

/** What the user wants on this machine, only when the verdict lets it out. Of an adopted image nothing was built: the user's own outputs are built now, alone (rules 14). */
async function handOver({ plan, facts, bundle, built, verdict, equipment, voyage, book }: Handover): Promise<void> {
  if (!verdict.publish || !delivers(plan)) return;
  const { builder, machine } = equipment;
  const alone = facts.adopt !== undefined && plan.build.outputs.length > 0;
  const work = async (): Promise<Delivery> => {
    const outputs = alone ? await builder.buildOutputs(orderOf(plan)) : built;
    return deliver({ plan, bundle, verdict, outputs, machine, signal: voyage.signal });
  };
  book.keep({ delivery: await book.stage('deliver', work, deliveryResult) });
}

interface CacheEnd {
  readonly plan: Plan;
  readonly builder: Builder;
  readonly caching: Promise<readonly CacheUse[]>;
  readonly book: Logbook;
}

/** Waits for the caches; a registry cache leaves only now, and only after everything that was to be published is out (promise 2, rules 19). */
async function endCaches({ plan, builder, caching, book: { stage, keep, record, warn } }: CacheEnd): Promise<void> {
  const { exports } = plan.build.caches;
  if (record().build === undefined || exports.every(({ when }) => when === 'inside')) return;
  const released = record().publication?.complete === true;
  const write = async (): Promise<readonly CacheUse[]> => [
    ...(await caching),
    ...(released ? await builder.writeCaches('last') : exports.filter(({ when }) => when === 'last').map(unreleased)),
  ];
  const cacheWrites = await stage('cache', write, cacheResult);
  keep({ cacheWrites });
  warn(cacheWarnings(cacheWrites, record().build?.caches));
}

interface BundleOrder {
  readonly voyage: Voyage;
  readonly equipment: Equipment;
  readonly plan: Plan;
  readonly facts: Facts;
  readonly keep: Logbook['keep'];
  readonly warn: Logbook['warn'];
}

function unreleased({ type, attributes }: PlannedExport): CacheUse {
  const reason = 'a registry is only written to after a complete publication';
  return { type, name: attributes['ref'] ?? type, direction: 'written', state: 'left out', reason, seconds: 0 };
}

/** The bundle, and the user's own outputs of the same build. */
interface Goods {
  readonly bundle: Bundle;
  readonly outputs: readonly string[];
}

/** Adopted images are fetched, not built: the same commit is never published as two digests (promise 6). */
async function getBundle({ voyage, equipment, plan, facts, keep, warn }: BundleOrder): Promise<Goods> {
  if (facts.adopt !== undefined) {
    const { image, digest } = facts.adopt;
    const { directory } = voyage;
    const order = { registry: equipment.registry, image, digest, directory, platforms: plan.platforms };
    const adopted = await pullBundle({ ...order, attachedIn: attachedIn(plan, facts) });
    warn(await adoptedWithout(plan, adopted));
    return { bundle: adopted, outputs: [] };
  }
  const built = await build({ plan, builder: equipment.builder });
  keep({ build: built.facts });
  warn(cacheWarnings(built.facts.caches));
  const { sbom } = built.facts;
  if (sbom?.from === 'scan')
    warn([`the image has no SBOM attestation: ${sbom.reason}; the SBOM files are made from our own scan of the same bytes`]);
  return { bundle: built.bundle, outputs: built.outputs };
}

/** Where what is attached to an adopted image can be: the repository that it is adopted from, then others that have the image. */
function attachedIn({ attestations }: Plan, { adopt, targets }: Facts): readonly string[] {
  if (attestations !== 'referrer' || adopt === undefined) return [];
  const holders = targets.filter(({ tags }) => Object.values(tags).includes(adopt.digest)).map(({ image }) => image);
  return [...new Set([adopt.image, ...holders])];
}

/** Hashing every blob and scanning read the same bytes at the same time; both must agree before anything is decided. */
async function scanBundle(voyage: Voyage, plan: Plan, bundle: Bundle, scanner: Scanner): Promise<ScanResult> {
  const { scanners, allowUnrecognised } = plan.policy;
  const settings = { scanners, allowUnrecognised, timeout: voyage.scanTimeout, sbom: await lacksSbom(plan, bundle) };
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

function callResult({ notes, failed }: CallResult): string {
  return `${failed ? 'not passed' : 'passed'}, ${notes.length} remark(s)`;
}

function deliveryResult({ outputs, loaded, archive }: Delivery): string {
  const parts = [
    ...outputs.map(output => `${output.type} at ${output.dest}`),
    ...(loaded === undefined ? [] : [`${loaded.platform} loaded as ${loaded.names.join(', ')}`]),
    ...(archive === undefined ? [] : [`archive ${archive}`]),
  ];
  return parts.join('; ');
}

function cacheResult(uses: readonly CacheUse[]): string {
  return uses.map(({ type, state, reason }) => `${type} ${state}${reason === undefined ? '' : ` (${reason})`}`).join('; ');
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

function bundleResult({ bundle }: Goods): string {
  return `${bundle.root.digest} (${bundle.images.map(image => platformName(image.platform)).join(', ')})`;
}

function publicationResult(publication: Publication): string {
  const done = publication.targets.filter(target => target.state === 'published').length;
  return `${publication.digest} in ${done} of ${publication.targets.length} target(s)`;
}

// Bundle + scanner -> ScanResult: every image looked at once, every answer examined, the database shown to be alive.

import type { Bundle, PlatformImage } from '../bundle/bundle.ts';
import { Cancelled } from '../errors.ts';
import { platformName } from '../plan/platform.ts';
import { accept } from './accept.ts';
import type { PlatformScan, RawScan, Scanner, ScannerFacts, ScanResult, ScanSettings, SystemFacts } from './scan.ts';

export interface ScanOrder {
  readonly bundle: Bundle;
  readonly scanner: Scanner;
  readonly settings: ScanSettings;
  /** How many images at the same time; 2 when left out. */
  readonly parallel?: number;
  readonly signal?: AbortSignal;
}

/**
 * Scans all images of the bundle. What the scanner did wrong is in the result, never thrown: a rejected scan keeps its findings, and
 * `problems` holds what concerns the whole run. Throws only when scanner or database cannot be had, or Cancelled.
 */
export async function scan(order: ScanOrder): Promise<ScanResult> {
  const { bundle, scanner, settings } = order;
  const facts = await scanner.prepare();
  stopped(order.signal);
  // Queued first, so that they fill the gaps: the canary takes a tenth of a second, a platform seconds.
  const canary = libraryCanary(scanner, settings);
  const runs = await rawScans(order);
  const scans = bundle.images.map(image => examine(image, run(runs, image), settings, facts));
  const blind = await blindSystems(scanner, settings, scans);
  stopped(order.signal);
  return {
    scanner: facts,
    platforms: scans.map(platformScan => withoutBlindness(platformScan, blind)),
    problems: [...databaseAge(facts), ...(await canary)],
  };
}

/** One run for each manifest, however many platforms it serves. */
async function rawScans({ bundle, scanner, settings, parallel, signal }: ScanOrder): Promise<ReadonlyMap<string, RawScan>> {
  const queue = [...new Map(bundle.images.map(image => [image.manifest.digest, image])).values()];
  const runs = new Map<string, RawScan>();
  const work = async (): Promise<void> => {
    for (let image = queue.shift(); image !== undefined; image = queue.shift()) {
      stopped(signal);
      runs.set(image.manifest.digest, await scanner.scan(bundle, image, settings));
    }
  };
  const workers = Array.from({ length: Math.max(1, Math.min(parallel ?? 2, queue.length)) }, work);
  const results = await Promise.allSettled(workers);
  const failed = results.find(result => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return runs;
}

function run(runs: ReadonlyMap<string, RawScan>, image: PlatformImage): RawScan {
  const raw = runs.get(image.manifest.digest);
  if (raw === undefined) throw new Error(`no scan of ${image.manifest.digest}`);
  return raw;
}

function examine(image: PlatformImage, raw: RawScan, settings: ScanSettings, facts: ScannerFacts): PlatformScan {
  const { problems, findings, packages, os } = accept(raw, image, settings, facts);
  const seen = {
    platform: image.platform,
    manifest: image.manifest.digest,
    seconds: raw.seconds,
    packages,
    findings,
    ...(os === undefined ? {} : { os }),
  };
  return problems.length === 0 ? { ...seen, status: 'accepted' } : { ...seen, status: 'rejected', problems };
}

async function libraryCanary(scanner: Scanner, settings: ScanSettings): Promise<readonly string[]> {
  if (!settings.scanners.includes('vuln')) return [];
  const found = await quietly(() => scanner.canary(settings));
  return found
    ? []
    : ['the canary was not found: the scanner does not see a known-bad package (lodash 4.17.11) with this database'];
}

/** Releases of the accepted scans of which the database knows nothing, by name. */
async function blindSystems(
  scanner: Scanner,
  settings: ScanSettings,
  scans: readonly PlatformScan[],
): Promise<ReadonlySet<string>> {
  const systems = new Map<string, SystemFacts>();
  if (settings.scanners.includes('vuln'))
    for (const { os, status } of scans) if (os !== undefined && status === 'accepted') systems.set(systemName(os), os);
  const blind = new Set<string>();
  for (const [name, system] of systems) if (!(await quietly(() => scanner.systemCanary(system, settings)))) blind.add(name);
  return blind;
}

function withoutBlindness(scanned: PlatformScan, blind: ReadonlySet<string>): PlatformScan {
  if (scanned.os === undefined || scanned.status === 'rejected' || !blind.has(systemName(scanned.os))) return scanned;
  const name = systemName(scanned.os);
  const problem = `${platformName(scanned.platform)}: the vulnerability database has no advisories for ${name}: not even age-old packages of it are found`;
  return { ...scanned, status: 'rejected', problems: [problem] };
}

function databaseAge({ database }: ScannerFacts): string[] {
  if (database.version !== 2) return [`the vulnerability database has schema version ${database.version}, not 2`];
  // A time that cannot be read is NaN, and nothing is younger than that.
  if (database.ageSeconds <= database.maxAgeSeconds) return [];
  return [
    `the vulnerability database is ${hours(database.ageSeconds)} old (of ${database.updatedAt}); max-db-age allows ${hours(database.maxAgeSeconds)}`,
  ];
}

/** A canary that cannot even be run was not found. */
async function quietly(canary: () => Promise<boolean>): Promise<boolean> {
  try {
    return await canary();
  } catch {
    return false;
  }
}

function systemName(os: SystemFacts): string {
  return `${os.family} ${os.name}`.trim();
}

function hours(seconds: number): string {
  return Number.isFinite(seconds) ? `${Math.round(seconds / 3600)} h` : 'of unknown age';
}

function stopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Cancelled('cancelled');
}

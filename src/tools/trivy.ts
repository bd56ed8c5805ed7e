// Trivy -> the Scanner that the scan stage knows: no environment, no network, nothing but one image's view in its working directory.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { Bundle, PlatformImage } from '../bundle/bundle.ts';
import { writeView } from '../bundle/view.ts';
import { explain, ToolError } from '../errors.ts';
import { platformSlug } from '../plan/platform.ts';
import { parseReport } from '../scan/parse.ts';
import type { RawScan, Scanner, ScannerFacts, ScanSettings } from '../scan/scan.ts';
import type { CommandResult, Run } from './command.ts';
import type { InstalledTool } from './install.ts';
import { canaryArguments, NEUTRAL_FILES, scanArguments, type NeutralFiles } from './trivy-args.ts';
import { LIBRARY_CANARY, libraryBom, systemBom } from './trivy-canary.ts';
import type { PreparedDatabase } from './trivy-db.ts';
import { convertToSpdx, packagesOf } from './trivy-sbom.ts';
import { stripReport } from './trivy-strip.ts';

export interface TrivyOptions {
  /** Both are asked once, at the same time: the program (install.ts) and the database (trivy-db.ts). */
  readonly tool: () => Promise<InstalledTool>;
  readonly database: () => Promise<PreparedDatabase>;
  /** Private to this run, on the file system of the bundle if possible (views are hard links). */
  readonly directory: string;
  readonly run: Run;
  readonly signal?: AbortSignal;
  /** Told each command line. */
  readonly onStart?: (commandLine: string) => void;
}

/** Trivy gives up by itself after --timeout; this is for one that does not. */
const GRACE_SECONDS = 30;
const CANARY_SECONDS = 60;
const CONVERT_SECONDS = 120;

/** Makes the scanner. Nothing is started or fetched before prepare(). */
export function createTrivy(options: TrivyOptions): Scanner {
  let prepared: Promise<Prepared> | undefined;
  const prepare = (): Promise<Prepared> => (prepared ??= prepareAll(options));
  /** Packages by the digest of the manifest, where an SBOM may be asked for. */
  const seen = new Map<string, unknown>();
  return {
    prepare: async () => (await prepare()).facts,
    scan: async (bundle, image, settings) => {
      const raw = await scanImage(bundle, image, settings, await prepare(), options);
      if (settings.sbom === true && raw.report !== undefined) seen.set(image.manifest.digest, packagesOf(raw.report));
      return raw;
    },
    sbom: async (image, name) => sbomOf(image, name, seen.get(image.manifest.digest), await prepare(), options),
    canary: async () => {
      const found = await sbomFindings(libraryBom(), 'library', await prepare(), options);
      return found.includes(LIBRARY_CANARY.vulnerability);
    },
    systemCanary: async system => {
      const name = fileName(`${system.family}-${system.name}`);
      return (await sbomFindings(systemBom(system), name, await prepare(), options)).length > 0;
    },
  };
}

interface Prepared {
  readonly program: string;
  readonly cacheDirectory: string;
  readonly facts: ScannerFacts;
  /** Made for this run; `views` is Trivy's working directory and holds nothing but views. */
  readonly views: string;
  readonly reports: string;
  readonly temporary: string;
  /** Its HOME: plugins and modules are looked for there. */
  readonly empty: string;
  readonly neutral: NeutralFiles;
}

async function prepareAll(options: TrivyOptions): Promise<Prepared> {
  const [tool, database] = await Promise.all([options.tool(), options.database()]);
  const below = (name: string): string => path.join(options.directory, name);
  const directories = { views: below('views'), reports: below('reports'), temporary: below('tmp'), empty: below('home') };
  for (const directory of Object.values(directories)) await mkdir(directory, { recursive: true });
  const neutral = { config: below('trivy.yaml'), ignore: below('trivyignore'), secrets: below('trivy-secret.yaml') };
  await writeFile(neutral.config, NEUTRAL_FILES.config);
  await writeFile(neutral.ignore, NEUTRAL_FILES.ignore);
  await writeFile(neutral.secrets, NEUTRAL_FILES.secrets);
  const { version, origin, sha256 } = tool;
  const facts: ScannerFacts = {
    name: 'trivy',
    version,
    origin,
    sha256,
    isolation: 'process',
    database: database.facts,
    notes: database.notes,
  };
  return { program: tool.path, cacheDirectory: database.cacheDirectory, facts, neutral, ...directories };
}

async function scanImage(
  bundle: Bundle,
  image: PlatformImage,
  settings: ScanSettings,
  prepared: Prepared,
  options: TrivyOptions,
): Promise<RawScan> {
  // The platform of a foreign layout is somebody's text; the digest makes two images of one platform differ.
  const name = `${fileName(platformSlug(image.platform))}-${image.manifest.digest.slice(-12)}`;
  const view = path.join(prepared.views, name);
  const output = path.join(prepared.reports, `${name}.json`);
  const temporary = path.join(prepared.temporary, name);
  const clean = async (): Promise<void> => {
    for (const left of [view, output, temporary]) await rm(left, { recursive: true, force: true });
  };
  // On failure Trivy leaves an older report where it is: there must be none.
  await clean();
  try {
    await mkdir(temporary);
    await writeView(bundle, image, view);
    const args = scanArguments({
      view: name,
      cacheDirectory: prepared.cacheDirectory,
      scanners: settings.scanners,
      timeout: settings.timeout,
      parallel: Math.max(1, Math.floor(availableParallelism() / 2)),
      output,
      neutral: prepared.neutral,
    });
    const result = await runTrivy(args, prepared, temporary, settings.timeout + GRACE_SECONDS, options);
    const { exitCode, signal, timedOut, stderr, seconds } = result;
    return { exitCode, signal, timedOut, stderr, seconds, report: await readReport(output) };
  } finally {
    // The report still holds the image's environment, and Trivy leaves its temporary files behind when it is killed.
    await clean();
  }
}

async function sbomOf(
  { manifest: { digest } }: PlatformImage,
  name: string,
  report: unknown,
  prepared: Prepared,
  options: TrivyOptions,
): Promise<Readonly<Record<string, unknown>>> {
  if (report === undefined) throw new ToolError(`the scan of ${digest} kept no report`, { tool: 'trivy' });
  const file = `sbom-${digest.slice(-12)}`;
  const temporary = path.join(prepared.temporary, file);
  await mkdir(temporary, { recursive: true });
  const { neutral, reports: directory } = prepared;
  const runConvert = (args: readonly string[]): Promise<CommandResult> =>
    runTrivy(args, prepared, temporary, CONVERT_SECONDS, options);
  try {
    return await convertToSpdx({ report, image: `${name}@${digest}`, directory, name: file, neutral, runTrivy: runConvert });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** How it ended is a value, also when it could not even be started. */
async function runTrivy(
  args: readonly string[],
  prepared: Prepared,
  temporary: string,
  seconds: number,
  options: TrivyOptions,
): Promise<CommandResult> {
  try {
    return await options.run(prepared.program, args, {
      env: { TMPDIR: temporary, HOME: prepared.empty },
      cwd: prepared.views,
      timeout: seconds * 1000,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onStart === undefined ? {} : { onStart: options.onStart }),
    });
  } catch (error) {
    return { exitCode: null, signal: null, timedOut: false, stdout: '', stderr: explain(error).message, seconds: 0 };
  }
}

async function readReport(file: string): Promise<unknown> {
  try {
    return stripReport(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // Missing, empty or cut off: acceptance says so.
    return undefined;
  }
}

/** Ids of the vulnerabilities that the same program finds with the same database; none when it fails. */
async function sbomFindings(bom: unknown, name: string, prepared: Prepared, options: TrivyOptions): Promise<readonly string[]> {
  const file = path.join(prepared.reports, `canary-${name}.cdx.json`);
  const temporary = path.join(prepared.temporary, `canary-${name}`);
  await mkdir(temporary, { recursive: true });
  await writeFile(file, JSON.stringify(bom));
  try {
    const args = canaryArguments(file, prepared.cacheDirectory, CANARY_SECONDS, prepared.neutral);
    const result = await runTrivy(args, prepared, temporary, CANARY_SECONDS + GRACE_SECONDS, options);
    if (result.exitCode !== 0) return [];
    return parseReport(JSON.parse(result.stdout))?.findings.map(finding => finding.id) ?? [];
  } finally {
    for (const left of [file, temporary]) await rm(left, { recursive: true, force: true });
  }
}

function fileName(text: string): string {
  return text
    .replace(/[^\w.-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 80);
}

// A tool's pinned row or the user's own path -> a program that may be started, and what is known of it.

import { chmod, copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ToolError, UserError } from '../errors.ts';
import { ending, tail } from './command.ts';
import type { Run } from './command.ts';
import type { Download } from './download.ts';
import { sha256OfFile } from './hash.ts';
import { BUILDX, COSIGN, defaultVersion, TRIVY } from './pins.ts';
import type { Architecture, PinTable } from './pins.ts';

export interface InstallOptions {
  /** As typed, `v` allowed; the pinned default when left out. */
  readonly version?: string | undefined;
  /** A program that the user answers for. */
  readonly path?: string | undefined;
  /** A private directory of this job: where the program is unpacked. */
  readonly directory: string;
  /** Where verified downloads stay between jobs (RUNNER_TOOL_CACHE/seaworthy); they are hashed again before each use. */
  readonly cache: string;
  readonly run: Run;
  readonly download: Download;
  /** Where releases are; a test has its own. */
  readonly baseUrl?: string;
  /** As Node names them; those of this process when left out. */
  readonly machine?: { readonly platform: string; readonly arch: string };
  readonly pins?: PinTable;
  readonly onNote?: (note: string) => void;
}

export interface InstalledTool {
  readonly path: string;
  readonly version: string;
  /** Hex; of the released file when pinned (it is the row of the table), of the program itself when the user named it. */
  readonly sha256: string;
  readonly origin: 'pinned' | 'path';
}

const RELEASES = 'https://github.com';
/** Reading its own version takes a tool milliseconds. */
const VERSION_TIMEOUT = 30_000;

/** Trivy, ready to run. Throws UserError for what inputs can put right, ToolError when the download fails. */
export function installTrivy(options: InstallOptions): Promise<InstalledTool> {
  const table = options.pins ?? TRIVY;
  return install(table, options, async (file, directory) => {
    const tar = ['-xzf', file, '-C', directory, '--no-same-owner', 'trivy'];
    const result = await options.run('tar', tar, { env: { PATH: '/usr/bin:/bin' }, timeout: 120_000 });
    if (result.exitCode !== 0)
      throw new ToolError(`${path.basename(file)} could not be unpacked (${ending(result)})`, {
        tool: 'tar',
        tail: tail(result.stderr),
      });
    await rm(file, { force: true });
    return path.join(directory, 'trivy');
  });
}

/** cosign, ready to run. */
export function installCosign(options: InstallOptions): Promise<InstalledTool> {
  return install(options.pins ?? COSIGN, options, async file => {
    await chmod(file, 0o755);
    return file;
  });
}

/** buildx, ready to run on its own. */
export function installBuildx(options: InstallOptions): Promise<InstalledTool> {
  return install(options.pins ?? BUILDX, options, async file => {
    await chmod(file, 0o755);
    return file;
  });
}

type Unpack = (file: string, directory: string) => Promise<string>;

async function install(table: PinTable, options: InstallOptions, unpack: Unpack): Promise<InstalledTool> {
  const wanted = options.version?.replace(/^v(?=\d)/, '');
  if (wanted !== undefined) refuseVersion(table, wanted);
  await mkdir(options.directory, { recursive: true });
  if (options.path !== undefined) return ownProgram(table, options.path, wanted, options);
  const version = wanted ?? defaultVersion(table);
  const architecture = architectureOf(table, options);
  const sha256 = rowOf(table, version)[architecture];
  const directory = await mkdtemp(path.join(options.directory, `${table.tool}-`));
  const file = await verifiedCopy(table, version, architecture, sha256, directory, options);
  const program = await unpack(file, directory);
  const said = await versionOf(table, program, options);
  if (said !== version)
    throw new ToolError(
      `${table.file(version, architecture)} has the right sha256, but the program in it says that it is ${said}`,
      {
        tool: table.tool,
      },
    );
  return { path: program, version, sha256, origin: 'pinned' };
}

/** The user's own: hashed for the report, refused when it is known to be bad. */
async function ownProgram(
  table: PinTable,
  program: string,
  wanted: string | undefined,
  options: InstallOptions,
): Promise<InstalledTool> {
  const input = `${table.tool}-path`;
  const file = path.resolve(program);
  if (
    !(await stat(file).then(
      found => found.isFile(),
      () => false,
    ))
  )
    throw new UserError(`${input}: there is no file ${program}`, {
      hint: `Give the path of a ${table.tool} program, or leave ${input} out.`,
    });
  const sha256 = await sha256OfFile(file);
  if (table.refusedHashes.includes(sha256))
    throw new UserError(
      `${input}: ${program} is a known malicious release of ${table.tool} (sha256 ${sha256}): it is not started`,
      {
        hint: 'Treat the machine that it was on as compromised: see GHSA-69fq-xp46-6x23.',
      },
    );
  const version = await versionOf(table, file, options);
  refuseVersion(table, version);
  if (wanted !== undefined && wanted !== version)
    throw new UserError(`${input}: ${program} is version ${version}, but ${table.tool}-version asks for ${wanted}`, {
      hint: `Leave one of the two out.`,
    });
  return { path: file, version, sha256, origin: 'path' };
}

function refuseVersion(table: PinTable, version: string): void {
  if (!table.refusedVersions.includes(version)) return;
  throw new UserError(`${table.tool} ${version} was published by an intruder and is never used`, {
    hint: `See GHSA-69fq-xp46-6x23. Known good: ${Object.keys(table.rows).join(', ')}.`,
  });
}

function rowOf(table: PinTable, version: string): PinTable['rows'][string] {
  const row = Object.hasOwn(table.rows, version) ? table.rows[version] : undefined;
  if (row !== undefined) return row;
  throw new UserError(`${table.tool}-version: no checksum of ${table.tool} ${version} is built in`, {
    hint: `Versions with one: ${Object.keys(table.rows).join(', ')}. For another, ${insteadOf(table)}.`,
  });
}

function insteadOf({ tool, instead }: PinTable): string {
  return instead ?? `install ${tool} yourself and name it with ${tool}-path`;
}

function architectureOf(table: PinTable, { machine = process }: InstallOptions): Architecture {
  const architecture = machine.arch === 'x64' ? 'amd64' : machine.arch;
  if (machine.platform === 'linux' && (architecture === 'amd64' || architecture === 'arm64')) return architecture;
  throw new UserError(
    `no pinned ${table.tool} for this runner (${machine.platform}/${architecture}): only for linux/amd64 and linux/arm64`,
    {
      hint: `Use a Linux runner, or ${insteadOf(table)}.`,
    },
  );
}

/** A copy in the job's own directory, hashed there: what other jobs do to the cache afterwards does not matter. */
async function verifiedCopy(
  table: PinTable,
  version: string,
  architecture: Architecture,
  sha256: string,
  directory: string,
  options: InstallOptions,
): Promise<string> {
  const name = table.file(version, architecture);
  const kept = path.join(options.cache, table.tool, version, name);
  const file = path.join(directory, name);
  if (await copied(kept, file)) {
    if ((await sha256OfFile(file)) === sha256) return file;
    options.onNote?.(`${name} in the tool cache was not what it should be (sha256): it is downloaded again`);
    await rm(kept, { force: true });
  }
  const url = `${options.baseUrl ?? RELEASES}/${table.directory(version)}/${name}`;
  await options.download({
    url,
    file: kept,
    sha256,
    hint: `Without network, ${insteadOf(table)}.`,
  });
  await copyFile(kept, file);
  if ((await sha256OfFile(file)) !== sha256)
    throw new ToolError(`${name} in the tool cache changed while it was being used: it is not started`, { tool: table.tool });
  return file;
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** What the program says of itself, asked with an empty environment in an empty directory. */
async function versionOf(table: PinTable, program: string, options: InstallOptions): Promise<string> {
  const empty = await mkdtemp(path.join(options.directory, 'empty-'));
  try {
    const args = VERSION_ARGUMENTS[table.tool]?.(empty) ?? ['version', '--json'];
    const result = await options.run(program, args, { env: {}, cwd: empty, timeout: VERSION_TIMEOUT });
    const version = readVersion(result.stdout);
    if (result.exitCode === 0 && version !== undefined) return version;
    throw new UserError(
      `${program} does not behave like ${table.tool}: asked for its version, it gave ${ending(result, VERSION_TIMEOUT)}`,
      {
        hint:
          table.instead === undefined
            ? `Check ${table.tool}-path: it must be the program itself, for this machine's architecture.`
            : `Instead, ${table.instead}.`,
      },
    );
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

const VERSION_ARGUMENTS: Readonly<Record<string, (empty: string) => readonly string[]>> = {
  trivy: empty => ['version', '--format', 'json', '--cache-dir', empty],
  buildx: () => ['version'],
};

/** Trivy: `{"Version":"0.76.0",…}`, cosign: `{"gitVersion":"v3.1.1",…}`, buildx: `github.com/docker/buildx v0.36.1 48d6f3f`. */
function readVersion(stdout: string): string | undefined {
  const buildx = /^\S+\/buildx v?(\d\S*)/.exec(stdout)?.[1];
  if (buildx !== undefined) return buildx;
  try {
    const answer = JSON.parse(stdout) as { readonly Version?: unknown; readonly gitVersion?: unknown } | null;
    const version = answer?.Version ?? answer?.gitVersion;
    return typeof version === 'string' && version !== '' ? version.replace(/^v(?=\d)/, '') : undefined;
  } catch {
    return undefined;
  }
}

/** Programs out of Debian packages, chosen so that they run on this machine, and kept in the cache. */
import { access, chmod, copyFile, mkdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attempt, findProgram } from './command.ts';
import { candidates, unpack, type Package } from './debian.ts';

/** Where one program of a package goes. */
export interface Program {
  /** Path inside the package. */
  readonly from: string;
  /** Path inside the cache. */
  readonly to: string;
  /** Arguments with which it ends well when it can run at all; none: not tried. */
  readonly check?: readonly string[];
}

export interface ToolPackage {
  readonly package: string;
  readonly programs: readonly Program[];
}

/** What was taken for a package. */
export interface Taken {
  readonly version: string;
  readonly suite: string;
}

function recordFile(cache: string, name: string): string {
  return path.join(cache, 'packages', `${name}.json`);
}

/** What is in the cache of a package, or undefined. */
export async function taken(cache: string, name: string): Promise<Taken | undefined> {
  try {
    return JSON.parse(await readFile(recordFile(cache, name), 'utf8')) as Taken;
  } catch {
    return undefined;
  }
}

/** Whether every one of these packages is in the cache. */
export async function allTaken(cache: string, tools: readonly ToolPackage[]): Promise<boolean> {
  const found = await Promise.all(tools.map(tool => taken(cache, tool.package)));
  return found.every(record => record !== undefined);
}

/** "docker.io 28.5.2 (sid), runc 1.1.5 (own)": what was taken, for people. */
export async function describeTaken(cache: string, tools: readonly ToolPackage[]): Promise<string> {
  const found = await Promise.all(tools.map(async tool => ({ name: tool.package, record: await taken(cache, tool.package) })));
  return found
    .flatMap(({ name, record }) => (record === undefined ? [] : [`${name} ${shortVersion(record.version)} (${record.suite})`]))
    .join(', ');
}

/** A Debian version without epoch, repackaging mark and revision. */
export function shortVersion(version: string): string {
  return version.replace(/^\d+:/, '').replace(/[+~-].*$/, '');
}

/** Older suites have /bin, newer ones /usr/bin for the same program. */
async function inPackage(root: string, from: string): Promise<string> {
  const file = path.join(root, from);
  const missing = await access(file).then(
    () => false,
    () => true,
  );
  return missing ? path.join(root, 'usr', from) : file;
}

async function tryCandidate(cache: string, tool: ToolPackage, candidate: Package): Promise<string | undefined> {
  const members = tool.programs.map(program => `*/${path.basename(program.from)}`);
  const root = await unpack(cache, candidate, members);
  for (const program of tool.programs) {
    const file = await inPackage(root, program.from);
    await chmod(file, 0o755); // docker-buildx comes without the bit
    if (program.check === undefined) continue;
    const result = await attempt(file, program.check, { timeoutMs: 20_000 });
    if (result.status !== 0) return result.stderr.trim().split('\n').at(-1) ?? `status ${result.status}`;
  }
  for (const program of tool.programs) {
    const target = path.join(cache, program.to);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(await inPackage(root, program.from), `${target}.new`);
    await rename(`${target}.new`, target); // a running program keeps its old file
  }
  await record(cache, tool, { version: candidate.version, suite: candidate.suite.name });
  await rm(path.dirname(root), { recursive: true, force: true });
  return undefined;
}

/** Takes a program of the machine instead of a package's, by a link. */
export async function adopt(cache: string, tool: ToolPackage, file: string): Promise<void> {
  for (const program of tool.programs) {
    const target = path.join(cache, program.to);
    await mkdir(path.dirname(target), { recursive: true });
    await rm(target, { force: true });
    await symlink(await realpath(file), target);
  }
  await record(cache, tool, { version: 'as installed', suite: path.dirname(file) });
}

async function record(cache: string, tool: ToolPackage, what: Taken): Promise<void> {
  await mkdir(path.join(cache, 'packages'), { recursive: true });
  await writeFile(recordFile(cache, tool.package), JSON.stringify(what));
}

/** An older testbed may have taken fewer. */
async function hasPrograms(cache: string, { programs }: ToolPackage): Promise<boolean> {
  const missing = await Promise.all(
    programs.map(({ to }) =>
      access(path.join(cache, to)).then(
        () => false,
        () => true,
      ),
    ),
  );
  return !missing.includes(true);
}

/** Brings the programs of a package: the newest version that says it fits and proves it by running. */
export async function take(cache: string, tool: ToolPackage): Promise<void> {
  if ((await taken(cache, tool.package)) !== undefined && (await hasPrograms(cache, tool))) return;
  if ((await findProgram('apt-get')) === undefined) {
    const names = tool.programs.map(program => path.basename(program.to));
    const found = await findProgram(names[0] ?? tool.package);
    if (found === undefined) throw new Error(`${names.join(', ')} is missing: install it (no Debian packages on this machine)`);
    return adopt(cache, tool, found);
  }
  const failures: string[] = [];
  for await (const candidate of candidates(cache, tool.package)) {
    const failure = await tryCandidate(cache, tool, candidate);
    if (failure === undefined) return;
    failures.push(`${candidate.version} of ${candidate.suite.name}: ${failure}`);
  }
  throw new Error(`no version of ${tool.package} runs here (${failures.join('; ')})`);
}

/**
 * Debian packages without installing them: downloaded by apt over signed lists, unpacked with dpkg-deb. Lists and caches are
 * the testbed's own, so the machine's apt state stays as it was and no root is needed.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { architecture } from './context.ts';
import { attempt, findProgram, pipe, run } from './command.ts';

/** A set of package lists: "own" is what the machine itself uses, the others are suites of the same Debian archive. */
export interface Suite {
  readonly name: string;
  readonly options: readonly string[];
}

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly suite: Suite;
  /** The oldest C library its programs run with, "" when it says nothing. */
  readonly libc: string;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const FRESH_MS = 6 * 3_600_000; // Debian's archive changes four times a day
const opened = new Map<string, Promise<Suite>>();

async function isFresh(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < FRESH_MS;
}

async function open(cache: string, name: string, architectures: readonly string[]): Promise<Suite> {
  if ((await findProgram('apt-get')) === undefined || (await findProgram('dpkg-deb')) === undefined)
    throw new Error('this part comes from Debian packages and needs apt-get and dpkg-deb: run on Debian or Ubuntu');
  const directory = path.join(cache, 'apt', [name, ...architectures].join('-'));
  await mkdir(path.join(directory, 'lists', 'partial'), { recursive: true });
  await mkdir(path.join(directory, 'cache', 'archives', 'partial'), { recursive: true });
  const options = [
    `Dir::State::lists=${directory}/lists`,
    `Dir::Cache=${directory}/cache`,
    'Dir::Cache::pkgcache=pkgcache.bin', // container images turn it off, and then every call reads all lists again
    'Dir::Cache::srcpkgcache=', // only helps the next update
    'APT::Sandbox::User=root', // directories under a home are closed to apt's usual user
    'Acquire::Languages=none',
    'Acquire::Retries=3',
    'Acquire::Check-Valid-Until=false', // a frozen mirror does as well: the signature is what counts here, not the date
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false',
    ...architectures.map(known => `APT::Architectures::=${known}`),
  ];
  if (name !== 'own') {
    const sources = path.join(directory, 'sources.list');
    const archive = await debianArchive(cache);
    await writeFile(sources, `deb [signed-by=${KEYRING}] ${archive} ${name} main\n`);
    options.push(`Dir::Etc::sourcelist=${sources}`, 'Dir::Etc::sourceparts=-');
  }
  const suite = { name, options: options.flatMap(option => ['-o', option]) };
  const stamp = path.join(directory, 'updated');
  if (!(await isFresh(stamp))) {
    await run('apt-get', [...suite.options, '-qq', 'update']);
    await writeFile(stamp, '');
  }
  // Once, before several downloads read it at a time. It would take the lock of the machine's dpkg, which it has no business with.
  await run('apt-cache', [...suite.options, '-o', 'Debug::NoLocking=true', 'gencaches']);
  return suite;
}

/** Removes what apt makes out of the lists: several times their size, and made again in seconds. */
export async function trimCaches(cache: string): Promise<void> {
  for (const name of await readdir(path.join(cache, 'apt')).catch((): string[] => []))
    await rm(path.join(cache, 'apt', name, 'cache', 'pkgcache.bin'), { force: true });
}

/** Opens a suite, fetching its lists when they are missing or old. */
export function suite(cache: string, name: string, architectures: readonly string[] = []): Promise<Suite> {
  const key = [cache, name, ...architectures].join(' ');
  const known = opened.get(key) ?? open(cache, name, architectures);
  opened.set(key, known);
  return known;
}

/** The Debian archive the machine uses, as apt names it: no address is written down here. */
async function debianArchive(cache: string): Promise<string> {
  const own = await suite(cache, 'own');
  const format = '$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(REPO_URI)';
  const said = await run('apt-get', [...own.options, 'indextargets', '--format', format, 'Created-By: Packages']);
  for (const line of said.split('\n')) {
    const [origin, label, component, address] = line.split('|');
    if (origin === 'Debian' && label === 'Debian' && component === 'main' && address !== undefined) return address;
  }
  throw new Error('no Debian archive among the apt sources of this machine: the part needs one (Debian 12 or newer)');
}

/** What a suite has of the named packages. */
export async function lookUp(from: Suite, names: readonly string[]): Promise<readonly Package[]> {
  const said = await attempt('apt-cache', [...from.options, 'show', '--no-all-versions', ...names]);
  return said.stdout.split('\n\n').flatMap(paragraph => {
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
    const libc = /\blibc6 \(>= ([\d.]+)\)/.exec(/^(?:Pre-)?Depends: .*$/m.exec(paragraph)?.[0] ?? '')?.[1] ?? '';
    return name === undefined || version === undefined ? [] : [{ name, version, suite: from, libc }];
  });
}

/** Whether programs made for a C library run with the one of this machine. */
export function libcFits(needed: string, machine: string): boolean {
  const numbers = (text: string): number[] => text.split('.').map(Number);
  const [major = 0, minor = 0] = numbers(machine);
  const [neededMajor = 0, neededMinor = 0] = numbers(needed);
  return neededMajor < major || (neededMajor === major && neededMinor <= minor);
}

/** The version of the machine's C library; "0" where it is not GNU's. */
export function machineLibc(): string {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? '0';
}

/**
 * Every version of a package worth trying on this machine, best first: the rolling suite's when it fits, then the machine's own.
 * A suite is only asked when those before it were not good enough.
 */
export async function* candidates(cache: string, name: string): AsyncGenerator<Package> {
  let count = 0;
  let trouble = '';
  for (const from of ['sid', 'own']) {
    // Without a Debian archive there is no rolling suite: Ubuntu's own packages have to do.
    const opened = await (from === 'own'
      ? suite(cache, from)
      : suite(cache, from).catch((error: unknown) => void (trouble = `; ${String(error)}`)));
    if (opened === undefined) continue;
    const [found] = await lookUp(opened, [name]);
    if (found === undefined || !libcFits(found.libc, machineLibc())) continue;
    count += 1;
    yield found;
  }
  if (count === 0)
    throw new Error(`no package ${name} for ${architecture()} runs on this machine (C library ${machineLibc()})${trouble}`);
}

/** Downloads packages, given as "name" or "name:architecture", and returns the paths of the files in the same order. */
export async function download(from: Suite, names: readonly string[], directory: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  await run('apt-get', [...from.options, '-qq', 'download', ...names], { cwd: directory });
  const files = (await readdir(directory)).filter(file => file.endsWith('.deb'));
  return names.map(name => {
    const [bare = name, wanted] = name.split(':');
    const match = files.find(
      file => file.startsWith(`${bare}_`) && (wanted === undefined || new RegExp(`_(${wanted}|all)\\.deb$`).test(file)),
    );
    if (match === undefined) throw new Error(`apt-get downloaded no ${name}`);
    return path.join(directory, match);
  });
}

/** Unpacks a package into a directory that may have others, as dpkg would: links to directories stay. Returns the names. */
export async function unpackFile(file: string, root: string, members: readonly string[] = []): Promise<readonly string[]> {
  await mkdir(root, { recursive: true });
  const options = ['--verbose', '--no-same-owner', '--preserve-permissions', '--keep-directory-symlink', '--wildcards'];
  const names = await pipe(['dpkg-deb', '--fsys-tarfile', file], ['tar', '-x', '-C', root, ...options, ...members]);
  return names.split('\n').filter(name => name !== '');
}

/** Unpacks one version of a package, or only the members that match, with nothing run from it; returns the directory. */
export async function unpack(cache: string, wanted: Package, members: readonly string[] = []): Promise<string> {
  const work = path.join(cache, 'unpack', `${wanted.suite.name}-${wanted.name}`);
  await rm(work, { recursive: true, force: true });
  const [file = ''] = await download(wanted.suite, [wanted.name], work);
  await unpackFile(file, path.join(work, 'root'), members);
  await rm(file);
  return path.join(work, 'root');
}

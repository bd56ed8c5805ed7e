/** Builds the few parts that exist only as Go modules, with the machine's Go or with one unpacked from Debian packages. */
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { attempt, findProgram, run } from './command.ts';
import { lookUp, suite, unpack } from './debian.ts';

export interface Go {
  readonly program: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The oldest Go whose toolchain the modules below accept. */
const MINIMUM = 25;
/** Debian's names for it, newest first. */
const DEBIAN = ['1.28', '1.27', '1.26', '1.25'];
const FLAGS = { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -modcacherw', GOWORK: 'off' };

async function versionOf(program: string): Promise<string | undefined> {
  // Asked from the root directory: a go.mod nearby would make an old Go fetch a newer one.
  const said = await attempt(program, ['env', 'GOVERSION'], { cwd: '/', timeoutMs: 60_000 });
  return said.status === 0 ? /^go([\d.]+)/.exec(said.stdout)?.[1] : undefined;
}

const isEnough = (version: string): boolean => Number(version.split('.')[1] ?? 0) >= MINIMUM;
const unpacked = (cache: string): string => path.join(cache, 'goroot');

/** A Go that is there and new enough; undefined when one has to be brought. */
export async function findGo(cache: string): Promise<Go | undefined> {
  const machine = await findProgram('go');
  const version = machine === undefined ? undefined : await versionOf(machine);
  if (machine !== undefined && version !== undefined && isEnough(version)) return { program: machine, version, env: FLAGS };
  const own = path.join(unpacked(cache), 'bin', 'go');
  const ownVersion = await versionOf(own);
  if (ownVersion === undefined || !isEnough(ownVersion)) return undefined;
  const places = { GOROOT: unpacked(cache), GOPATH: path.join(cache, 'gopath'), GOCACHE: path.join(cache, 'gobuild') };
  return { program: own, version: ownVersion, env: { ...FLAGS, ...places, GOTOOLCHAIN: 'local' } };
}

/** Unpacks Debian's newest Go into the cache. */
export async function bringGo(cache: string): Promise<void> {
  const rolling = await suite(cache, 'sid');
  for (const name of DEBIAN) {
    const [compiler, library] = await lookUp(rolling, [`golang-${name}-go`, `golang-${name}-src`]);
    if (compiler === undefined || library === undefined) continue;
    const root = unpacked(cache);
    await rm(root, { recursive: true, force: true });
    // The two packages link to each other by relative paths: put together they are one tree.
    const [first, second] = [await unpack(cache, compiler), await unpack(cache, library)];
    await cp(second, first, { recursive: true, verbatimSymlinks: true });
    const merged = path.join(cache, 'unpack', 'goroot');
    await rm(merged, { recursive: true, force: true });
    await cp(path.join(first, 'usr/lib', `go-${name}`), merged, { recursive: true, dereference: true });
    await rename(merged, root);
    for (const left of [first, second]) await rm(path.dirname(left), { recursive: true });
    return;
  }
  throw new Error(
    `no Go 1.${MINIMUM} or newer here: install one from your distribution, then run "npm run testbed -- up --all" again`,
  );
}

let queue: Promise<unknown> = Promise.resolve();

/** One compilation after the other: each uses all processors already. */
function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const result = queue.then(action, action);
  queue = result.catch(() => undefined);
  return result;
}

async function goOf(cache: string): Promise<Go> {
  const go = await findGo(cache);
  if (go === undefined) throw new Error('Go has gone: run "npm run testbed -- up --all" again');
  return go;
}

/** Where built programs go. */
export const goDirectory = (cache: string): string => path.join(cache, 'go');

/** Builds programs of a published module at a version into the cache's go directory. */
export function buildModule(
  cache: string,
  module: string,
  version: string,
  packages: readonly string[],
  ldflags = '',
): Promise<void> {
  return inTurn(async () => {
    const { program, env } = await goOf(cache);
    await mkdir(path.join(cache, 'unpack'), { recursive: true });
    await mkdir(goDirectory(cache), { recursive: true });
    const cwd = await mkdtemp(path.join(cache, 'unpack', 'go-'));
    const paths = packages.map(name => `${module}/${name}`);
    // "go install MODULE@VERSION" refuses modules whose go.mod excludes versions, as BuildKit's does.
    await run(program, ['mod', 'init', 'testbed.local/build'], { cwd, env });
    await run(program, ['get', ...paths.map(name => `${name}@${version}`)], { cwd, env });
    const flags = ['-trimpath', '-ldflags', `-s -w ${ldflags}`];
    await run(program, ['build', ...flags, '-o', `${goDirectory(cache)}/`, ...paths], { cwd, env });
    await rm(cwd, { recursive: true });
  });
}

/** Builds a program of this repository; its go.sum says what it is made of. */
export function buildHere(cache: string, directory: string, target: string): Promise<void> {
  return inTurn(async () => {
    const { program, env } = await goOf(cache);
    await mkdir(path.dirname(target), { recursive: true });
    await run(program, ['build', '-trimpath', '-ldflags', '-s -w', '-o', target, '.'], { cwd: directory, env });
  });
}

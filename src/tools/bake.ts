// A bake target -> what `docker buildx bake --print` resolves it to, or why it cannot be: local files only, no builder is asked, nothing is built.

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { ToolError } from '../errors.ts';
import { didYouMean } from '../plan/nearest.ts';
import { shorten } from '../plan/reference.ts';
import { dropMade, mayHaveOutputs, opensToPrint, outputFiles, sortFiles, withoutOutputs } from './bake-outputs.ts';
import { dockerEnvironment } from './buildx-env.ts';
import { ending } from './command.ts';
import type { CommandResult, Run } from './command.ts';

export interface BakeOptions {
  readonly run: Run;
  /** The environment of the step: variables of bake files come from it, less tokens and inputs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The workspace: files, contexts and outputs are relative to it. */
  readonly cwd: string;
  /** The run's own private directory. */
  readonly directory: string;
  readonly target: string;
  /** Empty: those that bake finds by itself. */
  readonly files: readonly string[];
  readonly set: readonly string[];
  readonly signal?: AbortSignal;
  readonly onStart?: (commandLine: string) => void;
}

/** The definition as parsed JSON, or one mistake: the input, what is wrong with it, and the way out. */
export type Printed = { readonly definition: unknown; readonly warnings: readonly string[] } | { readonly mistake: PrintMistake };

export interface PrintMistake {
  readonly where: 'bake' | 'bake-files' | 'bake-set';
  readonly what: string;
  readonly wayOut: string;
}

/** Where bake looks when it is told no file (docs.docker.com/build/bake). */
export const DEFAULT_FILES = [
  ...['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
  ...['docker-bake.json', 'docker-bake.hcl', 'docker-bake.override.json', 'docker-bake.override.hcl'],
];
const TIMEOUT = 30_000;
/** Characters of a definition. The largest that are known have some hundred kilobytes. */
const LONGEST = 8 * 1024 * 1024;
const BUILDX = 'docker buildx bake';

/** The files that bake will read, relative to the workspace: those that were typed, those of BUILDX_BAKE_FILE, else those of the usual names that exist. */
export function bakeFilesOf({ files, env, cwd }: Pick<BakeOptions, 'files' | 'env' | 'cwd'>): readonly string[] {
  if (files.length > 0) return files.map(file => file.replace(/^cwd:\/\//, ''));
  const separator = env['BUILDX_BAKE_PATH_SEPARATOR'] ?? '';
  const named = (env['BUILDX_BAKE_FILE'] ?? '').split(separator === '' ? path.delimiter : separator);
  const own = named.map(file => file.trim()).filter(file => file !== '');
  return own.length > 0 ? own : DEFAULT_FILES.filter(file => existsSync(path.join(cwd, file)));
}

/** What is left out of what is printed. */
export type Without = 'secrets' | 'ssh' | 'output';

/**
 * Resolves a target; no file is written or emptied. `without` leaves secrets and SSH keys out, which buildx wants to see even to print, and outputs, which
 * the definition then does not have. Throws nothing but what cannot be explained.
 */
export async function printBake(options: BakeOptions, without: readonly Without[] = []): Promise<Printed> {
  const agent = await standInAgent(options);
  const reachable = { ...options, env: { ...options.env, ...agent.env } };
  try {
    return await resolve(reachable, without);
  } catch (error) {
    if (error instanceof ToolError) return { mistake: { where: 'bake', what: error.message, wayOut: INSTALL } };
    if (error instanceof SyntaxError) return { mistake: { where: 'bake', what: `${BUILDX} printed no JSON`, wayOut: INSTALL } };
    throw error;
  } finally {
    await agent.close();
  }
}

/** First without any output, so that none is opened; then with them, unless there are none or one would be emptied. */
async function resolve(options: BakeOptions, without: readonly Without[]): Promise<Printed> {
  const { cwd, directory } = options;
  const left = without.filter(attribute => attribute !== 'output').map(attribute => `*.${attribute}=`);
  const first = await print(options, [...withoutOutputs(options.set), ...left, '*.output=type=cacheonly']);
  if ('mistake' in first) return first;
  const ask = (args: readonly string[]): Promise<CommandResult> => bake(options, args);
  const question = { ask, cwd, directory, files: bakeFilesOf(options), set: options.set };
  if (without.includes('output') || !(await mayHaveOutputs(question)))
    return { definition: dropOutputs(first.definition), warnings: [] };
  const set = [...options.set, ...left];
  if (!(await opensToPrint(question))) return print(options, set);
  const files = await outputFiles(question, Object.keys(targetsOf(first.definition)));
  if (files === undefined) return { mistake: { where: 'bake', what: `its outputs cannot be read: ${OPENS}`, wayOut: TYPE_THEM } };
  const { full, absent } = await sortFiles(cwd, files);
  if (full.length > 0) {
    const names = full.map(file => `"${shorten(file)}"`).join(', ');
    return { mistake: { where: 'bake', what: `reading it would empty ${names}: ${OPENS}`, wayOut: TYPE_THEM } };
  }
  try {
    return await print(options, set);
  } finally {
    await dropMade(cwd, absent);
  }
}

const OPENS = 'buildx before 0.30 opens the files of outputs even to print a target';
const TYPE_THEM =
  'Type the input "outputs", which stands for them; or set up buildx 0.30 or newer before this step (docker/setup-buildx-action).';

async function print(options: BakeOptions, set: readonly string[]): Promise<Printed> {
  const args = ['--print', ...flags('--file', options.files), ...flags('--set', set), '--', options.target];
  const result = await bake(options, args);
  if (result.exitCode !== 0) return { mistake: await explain(options, result) };
  const definition: unknown = JSON.parse(result.stdout);
  return { definition, warnings: [] };
}

function targetsOf(definition: unknown): Json {
  return Object((Object(definition) as { readonly target?: unknown }).target) as Json;
}

function dropOutputs(definition: unknown): unknown {
  const without = (target: unknown): unknown =>
    Object.fromEntries<unknown>(Object.entries(Object(target) as Json).filter(([attribute]) => attribute !== 'output'));
  const targets = Object.entries(targetsOf(definition)).map(([name, target]) => [name, without(target)] as const);
  return { ...(Object(definition) as Json), target: Object.fromEntries(targets) };
}

type Json = Readonly<Record<string, unknown>>;

const INSTALL = 'bake needs docker with the buildx plugin on PATH (docker/setup-buildx-action installs it); no daemon is asked.';

async function bake(options: BakeOptions, args: readonly string[]): Promise<CommandResult> {
  const tooLong = new AbortController();
  let length = 0;
  const count = (line: string): void => {
    length += line.length;
    if (length > LONGEST) tooLong.abort();
  };
  const result = await options.run('docker', ['buildx', 'bake', '--progress', 'quiet', ...args], {
    env: dockerEnvironment(options.env),
    cwd: options.cwd,
    timeout: TIMEOUT,
    onStdout: count,
    onStderr: count,
    signal: AbortSignal.any([tooLong.signal, ...(options.signal ? [options.signal] : [])]),
    ...(options.onStart && { onStart: options.onStart }),
  });
  if (tooLong.signal.aborted)
    throw new ToolError(`${BUILDX} printed more than ${LONGEST / 1024 / 1024} MiB and was ended`, { tool: 'docker' });
  return result;
}

function flags(name: string, values: readonly string[]): string[] {
  return values.flatMap(value => [name, value]);
}

/** The names of targets and groups; none where buildx cannot tell. */
async function listTargets(options: BakeOptions): Promise<readonly string[]> {
  try {
    const result = await bake(options, ['--list', 'type=targets,format=json', ...flags('--file', options.files)]);
    const entries: unknown = JSON.parse(result.stdout);
    return Array.isArray(entries) ? entries.flatMap(entry => nameOf(entry)) : [];
  } catch {
    return [];
  }
}

function nameOf(entry: unknown): string[] {
  const { name } = Object(entry) as { readonly name?: unknown };
  return typeof name === 'string' ? [name] : [];
}

/** buildx says on its last line what is wrong, with file and line where it is one of a bake file. */
async function explain(options: BakeOptions, result: CommandResult): Promise<PrintMistake> {
  const said = result.stderr.split('\n').filter(line => line.trim() !== '');
  const last = said.findLast(line => line.startsWith('ERROR: ')) ?? said[0] ?? '';
  const what = last.replace(/^ERROR: /, '').replace(/, and \d+ other diagnostic\(s\)$/, '');
  if (result.timedOut || result.signal !== null)
    return { where: 'bake', what: `${BUILDX}: ${ending(result, TIMEOUT)}`, wayOut: 'Run it by hand with --print to see why.' };
  if (/unknown command|is not a docker command|unknown (?:shorthand )?flag/.test(last))
    return { where: 'bake', what: `docker has no buildx that can bake (${visible(what)})`, wayOut: INSTALL };
  if (/failed to find target|could not find any target/.test(what)) return notThere(options);
  if (what.includes("couldn't find a bake definition"))
    return { where: 'bake-files', what: `there is none of ${DEFAULT_FILES.join(', ')} in the workspace`, wayOut: CHECKOUT };
  const missing = /^open (.+): no such file or directory$/.exec(what)?.[1];
  if (missing !== undefined && options.files.length > 0)
    return { where: 'bake-files', what: `"${shorten(missing)}" does not exist`, wayOut: CHECKOUT };
  if (options.set.length > 0 && /^(?:invalid (?:override|key|format)|unknown key)|for (?:boolean|membytes) key/.test(what))
    return { where: 'bake-set', what: visible(what), wayOut: 'Write target.key=value, as --set of docker buildx bake.' };
  return { where: 'bake', what: visible(what === '' ? ending(result) : what), wayOut: wayOutOf(what) };
}

/** One line, as buildx wrote it: it quotes what the bake file says. */
function visible(what: string): string {
  return shorten(what, 600).replaceAll('\\"', '"');
}

const CHECKOUT = 'Paths are relative to the workspace: was actions/checkout run before this step?';

function wayOutOf(what: string): string {
  if (/failed to stat/.test(what))
    return 'It is the file of a secret: bake reads it even to print. Name a variable instead (id=NAME,env=VARIABLE), or type the secrets and set bake-set: *.secrets=';
  if (/ssh/i.test(what)) return 'bake looks at the keys of ssh even to print: type the input ssh, and set bake-set: *.ssh=';
  return 'This is what docker buildx bake --print says of the bake files; it says the same on your machine.';
}

async function notThere(options: BakeOptions): Promise<PrintMistake> {
  const names = await listTargets(options);
  const { target } = options;
  const there =
    names.length === 0
      ? ''
      : `; there are ${names
          .slice(0, 30)
          .map(name => shorten(name))
          .join(', ')}`;
  return {
    where: 'bake',
    what: `there is no target "${shorten(target)}"${didYouMean(target, names)}${there}`,
    wayOut: `The files read are ${bakeFilesOf(options).join(', ') || 'none'}; bake-files names others.`,
  };
}

/** buildx wants an agent to print a target with `ssh`; only the build needs a real one. */
async function standInAgent({
  env,
  directory,
}: BakeOptions): Promise<{ env: Record<string, string>; close: () => Promise<void> }> {
  if ((env['SSH_AUTH_SOCK'] ?? '') !== '') return { env: {}, close: () => Promise.resolve() };
  const place = await mkdtemp(path.join(directory, 'agent-'));
  const socket = path.join(place, 's');
  const server = createServer(connection => connection.destroy());
  const listening = await new Promise<boolean>(resolve => {
    server.once('error', () => resolve(false));
    server.listen(socket, () => resolve(true));
  });
  return {
    env: listening ? { SSH_AUTH_SOCK: socket } : {},
    close: async () => {
      if (listening) await new Promise<void>(resolve => void server.close(() => resolve()));
      await rm(place, { recursive: true, force: true });
    },
  };
}

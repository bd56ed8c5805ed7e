/** Starts programs with argument arrays; there is no shell anywhere in the testbed. */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to (or, with `undefined`, taken from) the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the program's standard input. */
  readonly input?: string;
  /** Kill the program after this time. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a non-zero exit status is a result, not an exception. A program that is missing has status 127. */
export function attempt(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise(resolve => {
    const env = { ...process.env, ...options.env };
    const child = spawn(command, args, {
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: 'SIGKILL' as const }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin?.on('error', () => undefined); // a program may end without reading its input
    child.stdin?.end(options.input);
    child.on('error', error => resolve({ status: 127, stdout: '', stderr: error.message }));
    child.on('close', (code, signal) =>
      resolve({
        status: code ?? 1,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8') + (signal === null ? '' : `\nended by ${signal}`),
      }),
    );
  });
}

/** Runs a program and returns its standard output; throws one line with the program's own last words when it fails. */
export async function run(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await attempt(command, args, options);
  if (result.status === 0) return result.stdout;
  const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter(line => line.trim() !== '');
  const said = lines.at(-1) ?? 'no output';
  const shown = [path.basename(command), ...args.slice(0, 4)].join(' ');
  throw new Error(`"${shown}${args.length > 4 ? ' …' : ''}" failed with status ${result.status}: ${said.trim()}`);
}

/** Feeds the standard output of one program to another and returns what that one prints; throws when either fails. */
export async function pipe(from: readonly [string, ...string[]], to: readonly [string, ...string[]]): Promise<string> {
  const [[source, ...sourceArgs], [target, ...targetArgs]] = [from, to];
  const writer = spawn(source, sourceArgs, { stdio: ['ignore', 'pipe', 'pipe'] });
  const reader = spawn(target, targetArgs, { stdio: [writer.stdout, 'pipe', 'pipe'] });
  writer.stdout.destroy(); // the reader has its own copy; ours would keep the pipe open
  const printed: Buffer[] = [];
  reader.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  const ends = [writer, reader].map(child => {
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    return new Promise<string>(resolve => {
      child.once('error', error => resolve(error.message));
      child.once('close', code =>
        resolve(code === 0 ? '' : `status ${String(code)}: ${Buffer.concat(said).toString('utf8').trim()}`),
      );
    });
  });
  const [wrote = '', read = ''] = await Promise.all(ends);
  // A reader that fails takes the writer down with it, so its words come first.
  if (read !== '') throw new Error(`"${path.basename(target)}" failed with ${read}`);
  if (wrote !== '') throw new Error(`"${path.basename(source)}" failed with ${wrote}`);
  return Buffer.concat(printed).toString('utf8');
}

/** The path of a program in the given directories or on PATH, or undefined. */
export async function findProgram(name: string, directories: readonly string[] = []): Promise<string | undefined> {
  const onPath = (process.env['PATH'] ?? '').split(path.delimiter);
  for (const directory of [...directories, ...onPath, '/usr/sbin', '/sbin']) {
    if (directory === '') continue;
    const candidate = path.join(directory, name);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // look on
    }
  }
  return undefined;
}

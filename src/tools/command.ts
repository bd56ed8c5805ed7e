// The only file that starts processes: argument arrays, never a shell; every way to fail becomes a value or a one-line error.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import { ToolError } from '../errors.ts';

export interface CommandOptions {
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input; what comes piece by piece is written as fast as the child reads. */
  readonly input?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Milliseconds; then SIGTERM, and SIGKILL two seconds later. */
  readonly timeout?: number;
  /** Called for each line as it arrives. */
  readonly onStdout?: (line: string) => void;
  readonly onStderr?: (line: string) => void;
  /** Ends the child when aborted. */
  readonly signal?: AbortSignal;
  /** Told each command line before it starts (arguments never hold secrets). */
  readonly onStart?: (commandLine: string) => void;
}

export interface CommandResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Starts commands; tools are given one of these, so that a test can watch what is run. */
export type Run = (command: string, args: readonly string[], options: CommandOptions) => Promise<CommandResult>;

const KILL_AFTER = 2_000;

/** Runs a command to its end. Resolves however it ended; rejects with ToolError when it cannot be started at all, and with what the source of its input throws. */
export const run: Run = (command, args, options) => {
  options.onStart?.([command, ...args].map(quote).join(' '));
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: options.cwd, env: { ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: string[] = [];
    const err: string[] = [];
    let timedOut = false;
    let ended = false;
    let killer: NodeJS.Timeout | undefined;
    const end = (): void => {
      child.kill('SIGTERM');
      killer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER);
      ended = true;
    };
    const expire = (): void => {
      timedOut = true;
      end();
    };
    const clock = options.timeout === undefined ? undefined : setTimeout(expire, options.timeout);
    options.signal?.addEventListener('abort', end, { once: true });
    if (options.signal?.aborted === true) end();
    collect(child.stdout, out, options.onStdout);
    collect(child.stderr, err, options.onStderr);
    // A child that ends without reading its input must not take us with it.
    child.stdin.on('error', () => undefined);
    const fed = feed(child.stdin, options.input ?? '', end);
    const settle = (): void => {
      clearTimeout(clock);
      clearTimeout(killer);
      options.signal?.removeEventListener('abort', end);
    };
    child.once('error', error => {
      settle();
      reject(new ToolError(notStarted(command, error), { tool: command, cause: error }));
    });
    // A grandchild that holds the pipes open must not hold us: after an end that we asked for, the pipes are closed soon.
    child.once('exit', () => {
      if (!ended) return;
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, KILL_AFTER).unref();
    });
    child.once('close', (exitCode, signal) => {
      settle();
      const seconds = (performance.now() - started) / 1000;
      if (fed.failure !== undefined) reject(fed.failure);
      resolve({ exitCode, signal, timedOut, stdout: out.join('\n'), stderr: err.join('\n'), seconds });
    });
  });
};

/** Writes the input. When its source fails, the child is ended, and the failure is that of the whole. */
function feed(
  stdin: Writable,
  input: NonNullable<CommandOptions['input']>,
  end: () => void,
): { readonly failure: Error | undefined } {
  const fed: { failure: Error | undefined } = { failure: undefined };
  if (typeof input === 'string' || input instanceof Uint8Array) {
    stdin.end(input);
    return fed;
  }
  writePieces(stdin, input).catch((error: unknown) => {
    fed.failure = error instanceof Error ? error : new Error(String(error));
    stdin.destroy();
    end();
  });
  return fed;
}

/** A child that reads no more is told by its exit code: the rest is then left. */
async function writePieces(stdin: Writable, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of input) {
    if (stdin.destroyed) return;
    if (stdin.write(piece)) continue;
    await new Promise<void>(resolve => {
      const go = (): void => {
        stdin.off('drain', go).off('close', go);
        resolve();
      };
      stdin.on('drain', go).on('close', go);
    });
  }
  stdin.end();
}

/** The last `count` lines that say something. */
export function tail(text: string, count = 20): string[] {
  return text
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '')
    .slice(-count);
}

/** How a command ended, in words: `exit code 3`, `ended by SIGKILL`, `no answer after 30 s`. */
export function ending(result: CommandResult, timeout?: number): string {
  if (result.timedOut) return `no answer after ${Math.round((timeout ?? 0) / 1000)} s`;
  return result.signal === null ? `exit code ${result.exitCode ?? '?'}` : `ended by ${result.signal}`;
}

function collect(stream: NodeJS.ReadableStream, lines: string[], each: ((line: string) => void) | undefined): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', line => {
    lines.push(line);
    each?.(line);
  });
}

function notStarted(command: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return `${command} is not installed or not on PATH`;
  if (error.code === 'EACCES') return `${command} may not be executed (permission denied)`;
  return `${command} could not be started: ${error.message}`;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word);
}

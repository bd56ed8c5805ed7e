/** Servers that outlive the command that started them, and that are only ever stopped when they surely are ours. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attempt } from './command.ts';

interface Directories {
  readonly run: string;
}

/** What is known about a server that runs. */
export interface DaemonRecord {
  readonly name: string;
  readonly pid: number;
  /** Start of the process as the system tells it: a pid alone may belong to somebody else by now. */
  readonly started: string;
  readonly command: string;
  /** Whatever the part wants to find again: its address, its credentials. */
  readonly data: Readonly<Record<string, string>>;
}

export interface DaemonStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the server: nothing of the caller's leaks into it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly data?: Readonly<Record<string, string>>;
  /** A file of its own for standard output; by default it goes to the log with standard error. */
  readonly stdout?: string;
  /** Asked until it says true. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs?: number;
}

function directoryOf(context: Directories, name: string): string {
  return path.join(context.run, 'daemons', name);
}

/** The file a server writes its output to. */
export function daemonLog(context: Directories, name: string): string {
  return path.join(directoryOf(context, name), 'log');
}

/** A directory of a server's own inside the run directory, made when missing. */
export async function daemonDirectory(context: Directories, name: string, ...parts: string[]): Promise<string> {
  const directory = path.join(directoryOf(context, name), ...parts);
  await mkdir(directory, { recursive: true });
  return directory;
}

/** When the process started, in words only good for comparing; undefined when there is no such process. */
export async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    const said = await attempt('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return said.status === 0 ? said.stdout.trim() : undefined;
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may contain blanks; what follows the last bracket does not. Field 3 is the state, field 22 the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[19] === undefined) return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is DaemonRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Record<string, unknown>;
  return typeof record['pid'] === 'number' && typeof record['started'] === 'string' && typeof record['data'] === 'object';
}

/** The record of a server of ours, only when that very process still runs. */
export async function readDaemon(context: Directories, name: string): Promise<DaemonRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(path.join(directoryOf(context, name), 'daemon.json'), 'utf8'));
    return isRecord(record) && (await startOf(record.pid)) === record.started ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Asks again and again, quickly at first, until the answer is yes or the time is over. */
export async function waitUntil(question: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  for (let pause = 10; ; pause = Math.min(pause * 2, 200)) {
    if (await question().catch(() => false)) return true;
    if (Date.now() >= end) return false;
    await new Promise(resolve => setTimeout(resolve, pause));
  }
}

async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(line => line.trim() !== '');
  return lines.slice(-2).join(' | ') || 'it wrote nothing';
}

/** Starts a server in a session of its own and waits until it is ready. A server of that name that runs already is kept. */
export async function startDaemon(context: Directories, start: DaemonStart): Promise<DaemonRecord> {
  const running = await readDaemon(context, start.name);
  if (running !== undefined) return running;
  const directory = await daemonDirectory(context, start.name);
  const log = daemonLog(context, start.name);
  const output = openSync(log, 'w');
  const stdout = start.stdout === undefined ? output : openSync(start.stdout, 'a');
  const child = spawn(start.command, start.args, {
    detached: true,
    stdio: ['ignore', stdout, output],
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, ...start.env },
    cwd: start.cwd ?? directory,
  });
  closeSync(output);
  if (stdout !== output) closeSync(stdout);
  const failure = new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message));
    child.once('exit', code => resolve(`it ended with status ${String(code)}`));
  });
  let ended: string | undefined;
  void failure.then(reason => (ended = reason));
  const pid = child.pid ?? 0;
  const record: DaemonRecord = {
    name: start.name,
    pid,
    started: (pid > 0 ? await startOf(pid) : undefined) ?? '',
    command: [start.command, ...start.args].join(' '),
    data: start.data ?? {},
  };
  await writeFile(path.join(directory, 'daemon.json'), JSON.stringify(record, null, 2));
  const within = start.readyWithinMs ?? 15_000;
  const ready = await waitUntil(async () => ended !== undefined || (await start.ready()), within);
  if (!ready || ended !== undefined) {
    const said = await lastWords(log);
    if (ended === undefined) await stopDaemon(context, start.name);
    throw new Error(`${start.name} did not start (${ended ?? `not ready within ${within / 1000} s`}): ${said}`);
  }
  child.unref();
  return record;
}

/** Stops a server of ours and removes its record; waits for its end, and insists when it takes too long. */
export async function stopDaemon(context: Directories, name: string, graceMs = 15_000): Promise<boolean> {
  const record = await readDaemon(context, name);
  const gone = async (): Promise<boolean> => (await readDaemon(context, name)) === undefined;
  if (record !== undefined) {
    process.kill(record.pid, 'SIGTERM');
    if (!(await waitUntil(gone, graceMs))) {
      process.kill(record.pid, 'SIGKILL');
      await waitUntil(gone, 5_000);
    }
  }
  await rm(path.join(directoryOf(context, name), 'daemon.json'), { force: true });
  return record !== undefined;
}

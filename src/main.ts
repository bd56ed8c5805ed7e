// The composition root: reads what the runner gives, runs the pipeline on the real tools, tells everybody, and alone decides the exit status.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, readInputsInTime } from './connect.ts';
import { explain, UserError } from './errors.ts';
import type { Explained, Place } from './errors.ts';
import { early } from './parallel.ts';
import { sail } from './pipeline.ts';
import type { Event } from './plan/event.ts';
import { SECRET_INPUTS } from './plan/inputs.ts';
import type { InputReading } from './plan/read-inputs.ts';
import { exitCode } from './record.ts';
import type { RunRecord } from './record.ts';
import { openAfterJob } from './runner/after-job.ts';
import { wantsAnnotations } from './runner/annotations.ts';
import { createCommands } from './runner/commands.ts';
import type { Commands } from './runner/commands.ts';
import { readEvent } from './runner/event.ts';
import { createGitHub } from './runner/github.ts';
import type { GitHub } from './runner/github.ts';
import { createLog } from './runner/log.ts';
import type { Log } from './runner/log.ts';
import { makeRunDirectory } from './runner/run-directory.ts';
import { createTeller } from './runner/teller.ts';
import { VERSION } from './version.ts';

type Environment = Readonly<Record<string, string>>;

/** The action's whole life. Never rejects: a failure is an annotation and exit status 1. */
export async function main(): Promise<void> {
  const env = environment();
  const commands = createCommands(env, text => process.stdout.write(text));
  const log = createLog(commands);
  const cancel = cancelOnSignal(log);
  try {
    for (const name of SECRET_INPUTS) log.mask(commands.getInput(name));
    await run({ env, commands, log, signal: cancel.signal, payload: readPayload(env) });
  } catch (error) {
    say(log, explain(error));
  } finally {
    cancel.forget();
  }
}

interface Step {
  readonly env: Environment;
  readonly commands: Commands;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** What GitHub sent about the event. */
  readonly payload: unknown;
}

async function run(step: Step): Promise<void> {
  const { env, commands, log } = step;
  const event = readEvent(env, step.payload);
  const directory = makeRunDirectory(env['RUNNER_TEMP']);
  const github = createGitHub({ token: commands.getInput('github-token').trim(), event });
  const teller = createTeller({
    github,
    event,
    log,
    directory,
    workspace: workspaceOf(env),
    annotations: wantsAnnotations(env),
    summaryFile: env['GITHUB_STEP_SUMMARY'],
    setOutput: commands.setOutput,
  });
  const { record, close } = await sailOnRealTools({ ...step, event, github, directory, onRecord: teller.onRecord });
  // Nobody who is told waits for what is cleared away.
  const closing = early(close());
  const report = await teller.finish(record);
  if (record.failure !== undefined) say(log, record.failure.error);
  else if (exitCode(record) !== 0) setFailed(log, report.headline, placeOf(record));
  await Promise.race([closing, pause(step.signal.aborted ? CLOSING.cancelled : CLOSING.usual)]);
  tidy(directory, record, log);
}

/** Milliseconds that clearing away may take after everything is told. After a cancel the runner waits for 7.5 s in all. */
const CLOSING = { usual: 120_000, cancelled: 3_000 };

interface Course extends Step {
  readonly event: Event;
  readonly github: GitHub;
  readonly directory: string;
  readonly onRecord: (record: RunRecord) => void;
}

/** Mistakes in the inputs end in the record like every other failure: they are reported the same way. */
async function sailOnRealTools({
  onRecord,
  ...course
}: Course): Promise<{ readonly record: RunRecord; readonly close: () => Promise<void> }> {
  const { env, commands, event, log, signal, directory } = course;
  const start = startRecord(event);
  let reading: InputReading;
  try {
    reading = readInputsInTime(commands.getInput, inputNames(env), env);
  } catch (error) {
    const record: RunRecord = { ...start, state: 'failed', failure: { stage: 'plan', error: explain(error) } };
    return { record, close: () => Promise.resolve() };
  }
  // Whatever is still being fetched or scanned when the run ends early is ended with it.
  const over = new AbortController();
  const { tools, close } = connect({
    ...course,
    ...reading,
    signal: AbortSignal.any([signal, over.signal]),
    cancelled: () => signal.aborted,
    afterJob: openAfterJob(commands),
    workspace: workspaceOf(env),
    toolCache: path.join(orElse(env['RUNNER_TOOL_CACHE'], directory), 'seaworthy'),
    now: new Date(),
  });
  const { stage, progress } = log;
  // Never throws.
  const record = await sail(
    {
      start,
      signal,
      today: new Date(),
      scanTimeout: reading.inputs.scanTimeout,
      parallelScans: Math.max(2, os.availableParallelism()),
      stage,
      progress,
      onRecord,
      directory: path.join(directory, 'adopted'),
      sbomDirectory: path.join(directory, 'sbom'),
    },
    tools,
  );
  over.abort();
  return { record, close };
}

function startRecord(event: Event): RunRecord {
  return {
    schemaVersion: 1,
    seaworthy: VERSION,
    startedAt: new Date().toISOString(),
    event,
    state: 'running',
    stages: [],
    warnings: [],
  };
}

/** A failure as a person reads it: details in a group, one line as the annotation. */
function say(log: Log, { kind, message, hint, details, place }: Explained): void {
  if (details.length > 0) {
    log.group(kind === 'bug' ? 'Details for a bug report' : 'The last lines of the tool', details);
  }
  setFailed(log, hint === undefined ? message : `${message}\n${hint}`, place);
}

/** Where a look at the Dockerfile found what stops it. */
function placeOf({ call }: RunRecord): Place | undefined {
  const { file, line, endLine } = call?.problem ?? {};
  return file === undefined
    ? undefined
    : { file, ...(line !== undefined && { line }), ...(endLine !== undefined && { endLine }) };
}

/** The one place that makes the step red; `place`: the line of the user's that did it. */
function setFailed(log: Log, reason: string, place?: Place): void {
  process.exitCode = 1;
  log.error(reason, place);
}

/** SIGINT and SIGTERM end the tools and let the run say that it was cancelled; the runner waits 7.5 seconds before it kills. */
function cancelOnSignal(log: Log): { readonly signal: AbortSignal; readonly forget: () => void } {
  const controller = new AbortController();
  const cancel = (): void => {
    if (!controller.signal.aborted) log.info('Cancelled: ending what runs, nothing more is published.');
    controller.abort();
  };
  process.on('SIGINT', cancel).on('SIGTERM', cancel);
  return { signal: controller.signal, forget: () => void process.off('SIGINT', cancel).off('SIGTERM', cancel) };
}

function environment(): Environment {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Where the repository is checked out. */
function workspaceOf(env: Environment): string {
  return orElse(env['GITHUB_WORKSPACE'], process.cwd());
}

/** An empty variable is one that is not set. */
function orElse(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value;
}

function inputNames(env: Environment): string[] {
  return Object.keys(env).filter(name => name.startsWith('INPUT_'));
}

function readPayload(env: Environment): unknown {
  const file = env['GITHUB_EVENT_PATH'];
  if (file === undefined || file === '') return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new UserError(`GITHUB_EVENT_PATH (${file}) is not readable JSON`, {
      hint: 'Run as a step of a GitHub Actions workflow.',
      cause,
    });
  }
}

/** What the runner clears after the job anyway: that it could not be cleared now decides nothing. */
function tidy(directory: string, record: RunRecord, log: Log): void {
  for (const entry of readdirSync(directory)) {
    const place = path.join(directory, entry);
    if (['report.json', 'seaworthy.sarif', 'bake', 'sbom'].includes(entry) || record.bundle?.directory.startsWith(place) === true)
      continue;
    try {
      rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      log.debug(`${place} stays: ${String(error)}`);
    }
  }
}

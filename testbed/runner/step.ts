/**
 * The step harness: runs the action's bundle as GitHub's runner does, against the GitHub stand-in, and tells everything that the
 * runner would have noticed. Several stages or steps of one job share a `job`.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GitHub, Permissions } from '../github/server.ts';
import { inputVariables, readAction } from './action.ts';
import { expressionContext, runnerEnvironment } from './environment.ts';
import { claimsOf, register, type RunnerEvent } from './event.ts';
import { parsePairs, stepFiles } from './files.ts';
import { startJob, type Job, type Orphan } from './job.ts';
import { readLog, type Annotation } from './log.ts';
import { runProgram, type Interruption } from './process.ts';

export type { RunnerEvent } from './event.ts';
export type { Annotation } from './log.ts';
export { startJob, type Job } from './job.ts';
export { workspace, type Workspace } from './workspace.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Larger summaries are dropped whole by the runner. */
const SUMMARY_LIMIT = 1024 * 1024;

export interface StepOptions {
  readonly event: RunnerEvent;
  readonly inputs: Readonly<Record<string, string>>;
  /** The checkout: a directory, see `workspace()`. */
  readonly workspace: string;
  readonly github: GitHub;
  /** Directory that holds action.yml; default: this repository. */
  readonly action?: string;
  /** Program to run instead of the one that action.yml names. */
  readonly entry?: string;
  readonly stage?: 'pre' | 'main' | 'post';
  /** What earlier stages saved: `result.state`. */
  readonly state?: Readonly<Record<string, string>>;
  /** More variables, as `env:` of a workflow gives them; they win over all others. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: what the event allows. False: no `id-token: write`. */
  readonly idToken?: boolean;
  /** What GITHUB_TOKEN may do; default: what the event allows. */
  readonly permissions?: 'write' | 'read' | Permissions;
  readonly cacheMode?: 'none' | 'read' | 'write' | 'write-only';
  /** Values of secrets that the runner masks from the start. */
  readonly secrets?: readonly string[];
  readonly onOutput?: (chunk: string) => void;
  readonly signal?: Interruption;
  readonly timeoutMs?: number;
  /** Default: a job of its own; either way `result.job.remove()` cleans up. */
  readonly job?: Job;
}

export interface Leak {
  readonly value: string;
  readonly where: 'log' | 'summary' | 'outputs' | 'requests';
}

export interface StepResult {
  /** Null when a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Both output streams, unmasked, as they came. */
  readonly log: string;
  readonly summary: string;
  /** The summary is over the runner's limit and would not be shown at all. */
  readonly summaryDropped: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  /** Lines written to GITHUB_ARTIFACTS. */
  readonly artifacts: readonly string[];
  /** Everything the runner masks: the secrets it knew, and what the step asked for. */
  readonly masks: readonly string[];
  /** Masked values that appear in the log, the summary, the outputs, or in what was sent to GitHub. */
  readonly leaked: readonly Leak[];
  readonly annotations: readonly Annotation[];
  /** Programs that the step left running. */
  readonly orphans: readonly Orphan[];
  readonly job: Job;
}

const lines = (text: string): string[] => text.split(/\r?\n/).filter(line => line !== '');

/** Shorter values appear by chance. */
const SHORTEST_SECRET = 4;

function leaks(masks: readonly string[], places: Readonly<Record<Leak['where'], string>>): Leak[] {
  const secrets = [...new Set(masks.flatMap(lines))].filter(value => value.length >= SHORTEST_SECRET);
  const everywhere = Object.entries(places) as [Leak['where'], string][];
  return secrets.flatMap(value => everywhere.filter(([, text]) => text.includes(value)).map(([where]) => ({ value, where })));
}

/** SEAWORTHY_DIST names a bundle to try instead of the committed one: `npm run build -- --into FOLDER`. */
function freshBundle({ action }: StepOptions, program: string | undefined): string | undefined {
  const folder = process.env['SEAWORTHY_DIST'];
  return action !== undefined || program === undefined || folder === undefined || folder === ''
    ? undefined
    : path.resolve(folder, path.relative('dist', program));
}

function node24(): string {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const packaged = path.join(ROOT, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (existsSync(packaged)) return packaged;
  throw new Error(`the runner has Node 24 and this is ${process.version}: start with "node scripts/run.mjs …" or "npm test"`);
}

/** Runs one stage of the action and returns what the runner would know about it. A step that fails is a result, not an exception. */
export async function runStep(options: StepOptions): Promise<StepResult> {
  if (options.job !== undefined) return runInJob(options, options.job);
  const job = startJob();
  try {
    return await runInJob(options, job);
  } catch (error) {
    job.remove(); // there is no result through which the caller could
    throw error;
  }
}

async function runInJob(options: StepOptions, job: Job): Promise<StepResult> {
  const { event, github, stage = 'main' } = options;
  register(github, event);
  const action = readAction(options.action ?? ROOT);
  const program = options.entry ?? freshBundle(options, action[stage]) ?? action[stage];
  if (program === undefined) throw new Error(`action.yml has no ${stage} stage`);
  const files = stepFiles(job.temporary);
  const eventFile = path.join(job.directory, 'event.json');
  writeFileSync(eventFile, JSON.stringify(event.payload, null, 2));

  const token = github.token(options.permissions ?? event.token);
  const services = github.environment({
    ...claimsOf(event),
    idToken: options.idToken ?? event.idToken,
    cacheMode: options.cacheMode ?? 'write',
  });
  const place = { job, workspace: options.workspace, actionDirectory: action.directory, eventFile };
  const base = { ...runnerEnvironment(event, place), ...services };
  const inputs = inputVariables(action, options.inputs, expressionContext(base, token));
  const state = Object.entries(options.state ?? {}).map(([name, value]) => [`STATE_${name}`, value] as const);
  const env = { ...base, ...inputs.variables, ...Object.fromEntries(state), ...files.variables, ...options.env };

  const before = github.requests.length;
  const end = await runProgram({
    node: node24(),
    entry: path.resolve(action.directory, program),
    cwd: options.workspace,
    env,
    onOutput: options.onOutput,
    interruption: options.signal,
    timeoutMs: options.timeoutMs ?? 600_000,
  });

  const read = readLog(end.log);
  const summary = files.read('GITHUB_STEP_SUMMARY');
  const outputs = parsePairs(files.read('GITHUB_OUTPUT'));
  const runtime = services['ACTIONS_RUNTIME_TOKEN'] ?? '';
  const masks = [...new Set([token, runtime, ...(options.secrets ?? []), ...read.masks])].filter(mask => mask.trim() !== '');
  const requests = JSON.stringify(github.requests.slice(before).map(request => request.body));
  const valid = Object.keys(action.inputs).map(name => `'${name}'`);
  const unexpected = inputs.unexpected.map(name => `'${name}'`).join(', ');
  const warning = {
    level: 'warning',
    message: `Unexpected input(s) ${unexpected}, valid inputs are [${valid.join(', ')}]`,
  } as const;
  return {
    ...end,
    summary,
    summaryDropped: Buffer.byteLength(summary) > SUMMARY_LIMIT,
    outputs,
    state: parsePairs(files.read('GITHUB_STATE')),
    env: parsePairs(files.read('GITHUB_ENV')),
    path: lines(files.read('GITHUB_PATH')),
    artifacts: lines(files.read('GITHUB_ARTIFACTS')),
    masks,
    leaked: leaks(masks, { log: read.rest, summary, outputs: JSON.stringify(outputs), requests }),
    annotations: [...(inputs.unexpected.length > 0 ? [warning] : []), ...read.annotations],
    orphans: job.orphans(),
    job,
  };
}

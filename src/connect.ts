// Connects the runner and the real tools to the interfaces that the rooms declare: the plan at once, the tools only when it is carried out.

import type { ConnectedTools, connectTools } from './connect-tools.ts';
import { UserError } from './errors.ts';
import type { Tools } from './pipeline.ts';
import { effectivePolicy } from './plan/effective-policy.ts';
import type { Event } from './plan/event.ts';
import type { Inputs } from './plan/inputs.ts';
import { makePlan } from './plan/make-plan.ts';
import type { PlanOrder } from './plan/make-plan.ts';
import type { Plan } from './plan/plan.ts';
import { normalisePlatform } from './plan/platform.ts';
import { parsePolicy } from './plan/policy-file.ts';
import { readInputs } from './plan/read-inputs.ts';
import { shorten } from './plan/reference.ts';
import { planText } from './report/plan-text.ts';
import type { GitHub } from './runner/github.ts';
import type { Log } from './runner/log.ts';
import { readPolicy } from './runner/policy-source.ts';
import { readWorkspaceFile, workspaceCommit } from './runner/workspace.ts';
import { TimeIsUp, withinTime } from './tools/time-limit.ts';

/** What a run is connected with. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly event: Event;
  readonly inputs: Inputs;
  readonly github: GitHub;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The checkout. */
  readonly workspace: string;
  /** The run's own private directory. */
  readonly directory: string;
  /** Where verified downloads stay between jobs. */
  readonly toolCache: string;
  readonly now: Date;
}

/** What the user writes may hold patterns and templates that never end: milliseconds for reading, and again for planning. */
const LONGEST_THOUGHT = 1_000;

/** Reads the inputs, in limited time. Throws UserError. */
export function readInputsInTime(
  get: (name: string) => string,
  names: readonly string[],
  env: Readonly<Record<string, string>>,
): Inputs {
  let asked = '';
  const noted = (name: string): string => get((asked = name));
  try {
    return withinTime(LONGEST_THOUGHT, () => readInputs(noted, names, env));
  } catch (error) {
    throw error instanceof TimeIsUp ? tooLong(`the input "${asked}"`) : error;
  }
}

/** Makes the plan, in limited time. Throws UserError. */
export function makePlanInTime(order: PlanOrder): Plan {
  let rule: string | undefined;
  const onRule = (text: string): void => {
    rule = text;
    order.onRule?.(text);
  };
  try {
    return withinTime(LONGEST_THOUGHT, () => makePlan({ ...order, onRule }));
  } catch (error) {
    throw error instanceof TimeIsUp ? tooLong(rule === undefined ? 'the plan' : `"${shorten(rule)}"`) : error;
  }
}

function tooLong(what: string): UserError {
  return new UserError(`Working out ${what} takes longer than ${LONGEST_THOUGHT / 1000} second and was ended; nothing was run.`, {
    hint: 'A pattern such as (a+)+$ tries every way to split its text, and nested {{#each}} blocks multiply: write it without a repetition inside a repetition.',
  });
}

/** The plan, the real tools when they are needed, and what must be cleaned up when the run is over. */
export function connect(around: Surroundings): { readonly tools: Tools; readonly close: () => Promise<void> } {
  // Loading the tools takes several times as long as planning: a plan alone does without, all others plan meanwhile.
  let loading = around.inputs.mode === 'plan' ? undefined : early(loadTools());
  let connected: ConnectedTools | undefined;
  return {
    tools: {
      makePlan: () => plan(around),
      equip: async () => {
        const { connectTools: connectAll } = await (loading ??= loadTools());
        connected ??= connectAll(around);
        return connected.equipment;
      },
    },
    close: async () => connected?.close(),
  };
}

function loadTools(): Promise<{ readonly connectTools: typeof connectTools }> {
  // eslint-disable-next-line no-restricted-syntax -- see connect()
  return import('./connect-tools.ts');
}

function early<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

async function plan({ event, inputs, github, log, workspace, now }: Surroundings): Promise<Plan> {
  const source = await readPolicy(event, inputs.policy, {
    workspaceCommit: () => workspaceCommit(workspace),
    readWorkspace: file => readWorkspaceFile(workspace, file),
    fetchFile: (file, ref) => github.fetchFile(file, ref),
  });
  const policy = effectivePolicy({ inputs, ...(source !== undefined && { file: parsePolicy(source.text, source) }) });
  const commitDate = event.commitDate === undefined && !event.deleted ? await dateOf(event, github, log) : undefined;
  const native = normalisePlatform({ os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch });
  const made = makePlanInTime({ event, inputs, policy, now, native, ...(commitDate !== undefined && { commitDate }) });
  log.info(planText(made));
  return made;
}

/** The commit's date makes builds repeatable; without it they are merely less so. */
async function dateOf(event: Event, github: GitHub, log: Log): Promise<Date | undefined> {
  try {
    return await github.commitDate(event.sha);
  } catch (error) {
    log.debug(`the date of ${event.sha} is not known: ${String(error)}`);
    return undefined;
  }
}

// Connects the runner and the real tools to the interfaces that the rooms declare: the plan at once, the tools only when it is carried out.

import type { ConnectedTools, connectTools } from './connect-tools.ts';
import { UserError } from './errors.ts';
import { fillIn } from './fill-in.ts';
import { early } from './parallel.ts';
import type { Tools } from './pipeline.ts';
import { usualContext } from './plan/build-context.ts';
import { standardInputOf } from './plan/build-sources.ts';
import type { BuildSources } from './plan/build-sources.ts';
import { isPrivileged } from './plan/decide.ts';
import { effectivePolicy } from './plan/effective-policy.ts';
import type { Event } from './plan/event.ts';
import { makePlan } from './plan/make-plan.ts';
import type { PlanOrder } from './plan/make-plan.ts';
import type { Plan } from './plan/plan.ts';
import { normalisePlatform } from './plan/platform.ts';
import { parsePolicy } from './plan/policy-file.ts';
import { refuseInputs, tryInputs } from './plan/read-inputs.ts';
import type { InputReading } from './plan/read-inputs.ts';
import { shorten } from './plan/reference.ts';
import type { TagFacts } from './plan/tag-facts.ts';
import { planText } from './report/plan-text.ts';
import type { AfterJob } from './runner/after-job.ts';
import type { GitHub } from './runner/github.ts';
import type { Log } from './runner/log.ts';
import { readCacheService } from './runner/cache-service.ts';
import { findBuildSources, holdsFiles, lookAtWorkspace } from './runner/build-sources.ts';
import { givenSecrets } from './runner/given-secrets.ts';
import { readPolicy } from './runner/policy-source.ts';
import type { PolicyReaders } from './runner/policy-source.ts';
import { readStandardInput } from './runner/standard-input.ts';
import type { StandardInput } from './runner/standard-input.ts';
import { gatherFacts } from './runner/tag-facts-source.ts';
import { findCheckouts, readWorkspaceFile, workspaceCommit } from './runner/workspace.ts';
import { dockerEnvironment } from './tools/buildx-env.ts';
import type { GitHead } from './tools/git.ts';
import { TimeIsUp, withinTime } from './tools/time-limit.ts';

/** What a run is connected with. */
export interface Surroundings extends InputReading {
  readonly env: Readonly<Record<string, string>>;
  readonly event: Event;
  /** The parsed file of GITHUB_EVENT_PATH. */
  readonly payload: unknown;
  readonly github: GitHub;
  readonly log: Log;
  /** What the post step is to remove. */
  readonly afterJob: AfterJob;
  /** Ends what is still under way when the run is over, however it ends. */
  readonly signal: AbortSignal;
  readonly cancelled: () => boolean;
  /** The checkout. */
  readonly workspace: string;
  /** The run's own private directory. */
  readonly directory: string;
  /** Where verified downloads stay between jobs. */
  readonly toolCache: string;
  readonly now: Date;
  /** What came through standard input; our own is read when left out. */
  readonly standardInput?: () => Promise<StandardInput>;
}

/** What the user writes may hold patterns and templates that never end: milliseconds for reading, and again for planning. */
const LONGEST_THOUGHT = 1_000;

/** Reads the inputs, in limited time; their mistakes are for the plan to tell. Throws UserError. */
export function readInputsInTime(
  get: (name: string) => string,
  names: readonly string[],
  env: Readonly<Record<string, string>>,
): InputReading {
  let asked = '';
  const noted = (name: string): string => get((asked = name));
  try {
    return withinTime(LONGEST_THOUGHT, () => tryInputs(noted, names, env));
  } catch (error) {
    throw error instanceof TimeIsUp ? tooLong(asked) : error;
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
    if (!(error instanceof TimeIsUp)) throw error;
    const late = tooLong(rule ?? 'the plan');
    const { refused = [] } = order;
    if (refused.length > 0) refuseInputs([...refused, { where: '', line: late.message, wayOut: late.hint }]);
    throw late;
  }
}

function tooLong(what: string): UserError {
  return new UserError(
    `${shorten(what)}: takes longer than ${LONGEST_THOUGHT / 1000} second to work out and was ended; nothing was run`,
    {
      hint: 'A pattern such as (a+)+$ tries every way to split its text, and nested {{#each}} blocks multiply: write it without a repetition inside a repetition.',
    },
  );
}

/** The plan, the real tools when they are needed, and what must be cleaned up when the run is over. */
export function connect(given: Surroundings): { readonly tools: Tools; readonly close: () => Promise<void> } {
  let around = withInput(given);
  maskSecrets(around);
  // Loading the tools takes several times as long as planning: a plan alone does without, all others plan meanwhile.
  let loading = around.inputs.mode === 'plan' || around.refused.length > 0 ? undefined : early(loadTools());
  let connected: ConnectedTools | undefined;
  return {
    tools: {
      makePlan: async () => {
        around = await fillIn(around);
        maskSecrets(around);
        return plan(around);
      },
      equip: async () => {
        const { connectTools: connectAll } = await (loading ??= loadTools());
        connected ??= connectAll(around);
        return connected.equipment;
      },
    },
    close: async () => connected?.close(),
  };
}

/** Before anything is printed: such a value may stand elsewhere too. */
function maskSecrets({ inputs: { secrets, secretEnvs }, env, log }: Surroundings): void {
  for (const { value } of secrets) log.mask(value);
  for (const { variable } of secretEnvs) if (Object.hasOwn(env, variable)) log.mask(env[variable] ?? '');
}

/** Standard input can be read once: the plan looks at it, and the build is given it. */
function withInput(around: Surroundings): Surroundings {
  const { signal, standardInput = (): Promise<StandardInput> => readStandardInput(process.stdin, signal) } = around;
  let read: Promise<StandardInput> | undefined;
  return { ...around, standardInput: () => (read ??= standardInput()) };
}

function loadTools(): Promise<{ readonly connectTools: typeof connectTools }> {
  // eslint-disable-next-line no-restricted-syntax -- see connect()
  return import('./connect-tools.ts');
}

async function plan(around: Surroundings): Promise<Plan> {
  const { inputs, github, log, workspace, payload, now } = around;
  if (around.refused.length > 0) return planRefused(around);
  const git = (): Promise<GitHead> => readHead(around);
  const { facts, event, warnings } = await gatherFacts({ event: around.event, payload, inputs, now, github, git });
  const readers: PolicyReaders = {
    workspaceCommit: () => workspaceCommit(workspace),
    readWorkspace: file => readWorkspaceFile(workspace, file),
    readCommitted: (...file) => readFileOfCommit(around, ...file),
    fetchFile: (...file) => github.fetchFile(...file),
  };
  const { file, warnings: policyWarnings, ...reading } = await readPolicy({ event, inputs, readers });
  const policy = effectivePolicy({ inputs, ...reading, ...(file !== undefined && { file: parsePolicy(file.text, file) }) });
  const made = makePlanInTime({ event, inputs, policy, now, facts, ...(await lookAround(around, event, facts)) });
  const complete = { ...made, warnings: [...warnings, ...policyWarnings, ...made.warnings] };
  log.info(planText(complete));
  return complete;
}

/** Everything for a plan that comes from the machine or needs the event. No file that a build reads is opened, but standard input is read. */
async function lookAround(
  around: Surroundings,
  event: Event,
  { commitDate }: TagFacts,
): Promise<
  Pick<PlanOrder, 'native' | 'environment' | 'cacheService' | 'commitDate' | 'checkouts' | 'found' | 'sources' | 'secrets'>
> {
  const { inputs, workspace, env } = around;
  // A job that only plans needs neither checkout nor secrets: in an empty workspace nothing is missing.
  const looks = !event.deleted && (inputs.mode !== 'plan' || (await holdsFiles(workspace)));
  const found = await lookAtWorkspace(workspace, inputs.file);
  const read = { ...inputs, context: inputs.context ?? usualContext(found) };
  return {
    native: normalisePlatform({ os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }),
    environment: dockerEnvironment(env),
    cacheService: readCacheService(env),
    ...(isTime(commitDate) && { commitDate }),
    ...(isPrivileged(event) && { checkouts: await findCheckouts(workspace, read) }),
    found,
    secrets: await givenSecrets(workspace, env, inputs),
    ...(looks && { sources: { ...(await findBuildSources(workspace, env, read)), ...(await lookAtInput(around)) } }),
  };
}

/** Only a run that builds waits for standard input. */
async function lookAtInput({ inputs, refused, standardInput }: Surroundings): Promise<Pick<BuildSources, 'standardInput'>> {
  if (inputs.mode === 'plan' || refused.length > 0 || standardInputOf(inputs) === undefined) return {};
  const came = await standardInput?.();
  if (came === undefined) return {};
  return { standardInput: 'problem' in came ? came : { digest: came.digest } };
}

/**
 * With mistakes in the inputs a plan is only made to find the others: GitHub is not asked, no policy is read, and what only they would tell is taken to be
 * as it should. Always throws.
 */
async function planRefused(around: Surroundings): Promise<Plan> {
  const { inputs, refused, payload, now } = around;
  const event = { ...around.event, private: around.event.private ?? false };
  const nobody = (): Promise<never> => Promise.reject(new Error('not asked'));
  const github = { repository: nobody, commitDate: nobody };
  const order = { event, payload, inputs, now, github, git: () => readHead(around) };
  const { facts } = await gatherFacts(order).catch((error: unknown) => {
    if (error instanceof UserError)
      refuseInputs([...refused, { where: 'metadata-context', line: error.message, wayOut: error.hint }]);
    throw error;
  });
  const policy = effectivePolicy({ inputs });
  return makePlanInTime({ event, inputs, refused, policy, now, facts, ...(await lookAround(around, event, facts)) });
}

/** Only `metadata-context: git` and a workspace that may hold the policy start a program while planning. */
async function readHead({ env, workspace, signal }: Surroundings): Promise<GitHead> {
  // eslint-disable-next-line no-restricted-syntax -- see connect()
  const { readCheckout } = await import('./connect-git.ts');
  return readCheckout({ env, directory: workspace, signal });
}

async function readFileOfCommit(
  { env, workspace, signal }: Surroundings,
  ...file: Parameters<PolicyReaders['readCommitted']>
): ReturnType<PolicyReaders['readCommitted']> {
  // eslint-disable-next-line no-restricted-syntax -- see connect()
  const { readCommitted } = await import('./connect-git.ts');
  return readCommitted({ env, directory: workspace, signal }, ...file);
}

function isTime(date: Date | undefined): date is Date {
  return date !== undefined && !Number.isNaN(date.getTime());
}

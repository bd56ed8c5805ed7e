// What is kept for later steps of a job -> a list in the runner's state, from which the post step of the same action removes it.

import type { Commands } from './commands.ts';

/** One thing to remove when the job is over. Another kind needs a row here, in `readCleanups`, and in src/clean-up.ts. */
export type Cleanup =
  /** A builder of ours; `env` says which engine and which files of buildx. `buildx`: the program, where it is not the installed one. */
  | { readonly kind: 'builder'; readonly name: string; readonly env: Readonly<Record<string, string>>; readonly buildx?: string }
  | { readonly kind: 'directory'; readonly path: string };

export interface AfterJob {
  /** Adds to the list; it is written at once, so that it holds after a crash too. Throws UserError when the runner's file cannot be written. */
  readonly add: (cleanup: Cleanup) => void;
}

const STATE = 'cleanups';
type Environment = Readonly<Record<string, string | undefined>>;

/** The list of this step. */
export function openAfterJob(commands: Pick<Commands, 'saveState'>): AfterJob {
  const list: Cleanup[] = [];
  return {
    add: cleanup => {
      list.push(cleanup);
      commands.saveState(STATE, JSON.stringify(list));
    },
  };
}

/** What the main step of this very step left to do, the last first; nothing when it never came so far. */
export function readCleanups(commands: Pick<Commands, 'getState'>): readonly Cleanup[] {
  const text = commands.getState(STATE);
  if (text === '') return [];
  const list = JSON.parse(text) as readonly Cleanup[];
  return list.toReversed();
}

/** What tells this job from all others, and this machine from others; undefined where no post step will follow. */
export interface JobPlace {
  readonly job: string;
  readonly machine: string;
}

/**
 * GITHUB_RUN_ID alone is not enough: legs of a matrix share it, with attempt and name of the job, and several runners may share one machine and its engine. The runner
 * gives each job a RUNNER_TRACKING_ID of its own, but some workflows overwrite that so that processes survive; each runner has its own RUNNER_NAME and RUNNER_TEMP.
 */
export function findJob(env: Environment): JobPlace | undefined {
  const value = (name: string): string => env[name] ?? '';
  const inJob = value('RUNNER_TRACKING_ID') !== '' || value('GITHUB_RUN_ID') !== '';
  if (!inJob || value('GITHUB_STATE') === '') return undefined;
  const machine = [value('GITHUB_SERVER_URL'), value('GITHUB_REPOSITORY'), value('RUNNER_NAME')];
  const job = ['GITHUB_RUN_ID', 'GITHUB_RUN_ATTEMPT', 'GITHUB_JOB', 'RUNNER_TRACKING_ID', 'RUNNER_TEMP'].map(value);
  return { job: JSON.stringify([...machine, ...job]), machine: JSON.stringify(machine) };
}

/** The variables that the runner sets for a JavaScript action: all of them, and nothing else. */
import { idOf } from '../github/world.ts';
import { refName, type RunnerEvent } from './event.ts';
import type { Job } from './job.ts';

/** What is known about the place where a step runs. */
export interface Place {
  readonly job: Job;
  readonly workspace: string;
  readonly actionDirectory: string;
  readonly eventFile: string;
}

/** `GITHUB_*`, as listed by the runner itself. */
function githubVariables(event: RunnerEvent, place: Place): Record<string, string> {
  const [owner = ''] = event.repository.split('/');
  return {
    GITHUB_ACTION: '__self',
    GITHUB_ACTION_PATH: place.actionDirectory,
    GITHUB_ACTION_REF: '',
    GITHUB_ACTION_REPOSITORY: '',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: event.actor,
    GITHUB_ACTOR_ID: String(idOf(event.actor)),
    GITHUB_BASE_REF: event.baseRef,
    GITHUB_EVENT_NAME: event.name,
    GITHUB_EVENT_PATH: place.eventFile,
    GITHUB_HEAD_REF: event.headRef,
    GITHUB_JOB: event.job,
    GITHUB_REF: event.ref,
    GITHUB_REF_NAME: refName(event.ref),
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    GITHUB_REPOSITORY: event.repository,
    GITHUB_REPOSITORY_ID: String(idOf(event.repository)),
    GITHUB_REPOSITORY_OWNER: owner,
    GITHUB_REPOSITORY_OWNER_ID: String(idOf(owner)),
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: event.runAttempt,
    GITHUB_RUN_ID: event.runId,
    GITHUB_RUN_NUMBER: event.runNumber,
    GITHUB_SHA: event.sha,
    GITHUB_TRIGGERING_ACTOR: event.actor,
    GITHUB_WORKFLOW: event.workflow,
    GITHUB_WORKFLOW_REF: event.workflowRef,
    GITHUB_WORKFLOW_SHA: event.sha,
    GITHUB_WORKSPACE: place.workspace,
  };
}

/** `RUNNER_*` and the few general ones. Of this process only PATH is handed on: without it there is no docker and no git. */
function runnerVariables(place: Place): Record<string, string> {
  const { job } = place;
  return {
    CI: 'true',
    HOME: job.home,
    LANG: 'C.UTF-8',
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'stand-in',
    RUNNER_OS: process.platform === 'darwin' ? 'macOS' : 'Linux',
    RUNNER_TEMP: job.temporary,
    RUNNER_TOOL_CACHE: job.toolCache,
    RUNNER_TRACKING_ID: job.trackingId,
    RUNNER_WORKSPACE: job.directory,
  };
}

/** All of it, without inputs, services and the step's files. */
export function runnerEnvironment(event: RunnerEvent, place: Place): Record<string, string> {
  return { ...githubVariables(event, place), ...runnerVariables(place) };
}

/** The contexts that defaults in action.yml may name. */
export function expressionContext(variables: Readonly<Record<string, string>>, token: string): Record<string, string> {
  const context: Record<string, string> = { 'github.token': token };
  for (const [name, value] of Object.entries(variables)) {
    const [, area, rest] = /^(GITHUB|RUNNER)_(\w+)$/.exec(name) ?? [];
    if (area !== undefined && rest !== undefined) context[`${area.toLowerCase()}.${rest.toLowerCase()}`] = value;
  }
  return context;
}

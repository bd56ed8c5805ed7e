// What every decision is made of: its row for people, its value for the pipeline, and what can be known of the event that started the run.

import { isDependabot, restricted } from './event.ts';
import type { Event } from './event.ts';
import type { Mistakes } from './mistakes.ts';
import type { Decision, Mode } from './plan.ts';

/** Events that publish by themselves: the first row of the design's table. */
const PUBLISHING = ['push', 'release', 'schedule', 'workflow_dispatch', 'repository_dispatch'];
/** Events that run with write rights on behalf of somebody who may have none. */
const PRIVILEGED = ['pull_request_target', 'workflow_run', 'issue_comment'];

/** A decision that was taken. */
export interface Decided<T> {
  readonly value: T;
  readonly decision: Decision;
  readonly warnings: readonly string[];
  /** What was asked for cannot be done. `value` is then what would be done if it could. */
  readonly mistake?: DecisionMistake;
}

export interface DecisionMistake {
  /** The input. */
  readonly where: string;
  readonly what: string;
  /** Lines below it. */
  readonly details?: readonly string[];
  readonly wayOut: string;
}

/** A yes or no with its reason. */
export function yesOrNo(name: string, asked: string) {
  return (
    value: boolean,
    reason: string,
    more: Partial<Pick<Decided<boolean>, 'warnings' | 'mistake'>> = {},
  ): Decided<boolean> => ({
    value,
    decision: { name, asked, outcome: value ? 'yes' : 'no', reason },
    warnings: [],
    ...more,
  });
}

/** What may be wrong with a decision, or with something else that only a run that builds needs. */
export type Settleable = Pick<Decided<unknown>, 'warnings' | 'mistake'>;

/** What came of the decisions beside their values. */
export interface Settled {
  readonly warnings: readonly string[];
  /** Why a step that ships would stop; told as warnings too. */
  readonly stops: readonly string[];
}

/**
 * Sorts out what cannot be done: a mistake where something is built; in `mode: plan` a warning, because another job will build, and it may have what this
 * one lacks.
 */
export function settle(decisions: readonly Settleable[], mode: Mode, mistakes: Mistakes): Settled {
  const stops: string[] = [];
  for (const { mistake } of decisions) {
    if (mistake === undefined) continue;
    const { where, what, details = [], wayOut } = mistake;
    if (mode === 'plan') stops.push(listed(`${where}: ${what}. \`mode: ship\` would stop here. ${wayOut}`, details));
    else mistakes.add(where, listed(what, details), wayOut);
  }
  return { warnings: [...stops, ...decisions.flatMap(({ warnings }) => warnings)], stops };
}

/** A sentence with lines below it. */
export function listed(sentence: string, details: readonly string[]): string {
  return [sentence, ...details].join('\n- ');
}

/** True when `push: auto` publishes on this event; pushes by Dependabot count as pull requests (rules 25). */
export function publishes(event: Event): boolean {
  return PUBLISHING.includes(event.name) && !(event.name === 'push' && isDependabot(event));
}

/** True for events whose workflow has rights that the author of the change may not have. */
export function isPrivileged(event: Event): boolean {
  return PRIVILEGED.includes(event.name);
}

/** True where GitHub gives a read-only token and no secrets, whatever the workflow asks for: pull requests of forks, and what Dependabot starts. */
export function isReadOnly(event: Event): boolean {
  return restricted(event) || (event.name === 'push' && isDependabot(event));
}

const WORDS: Readonly<Record<string, string>> = {
  release: 'a release',
  schedule: 'a schedule',
  workflow_dispatch: 'a manual run',
  merge_group: 'a merge group',
  '': 'a run without an event',
};

/** The event in words that fit into a sentence. */
export function describeEvent(event: Event): string {
  if (event.name === 'push' && isDependabot(event)) return 'a push by Dependabot';
  if (event.name === 'push') return event.ref.startsWith('refs/tags/') ? 'a tag push' : 'a branch push';
  if (event.name === 'pull_request' && event.pullRequest?.fork === true) return 'a pull request from a fork';
  if (event.name === 'pull_request' && isDependabot(event)) return 'a pull request by Dependabot';
  if (event.name === 'pull_request') return 'a pull request';
  return WORDS[event.name] ?? `the event ${event.name}`;
}

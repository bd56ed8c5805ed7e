// Text of a workflow file -> its jobs and steps, as far as merging needs them.

import { load } from 'js-yaml';
import { PEER_ACTIONS } from '../../src/plan/moving-over.ts';
import type { PeerAction } from '../../src/plan/moving-over.ts';

export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string | boolean;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
  readonly 'continue-on-error'?: unknown;
  readonly 'timeout-minutes'?: unknown;
}

export interface Workflow {
  readonly env?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, { readonly env?: Readonly<Record<string, unknown>>; readonly steps?: readonly Step[] }>>;
}

/** Parses a workflow file. Throws an Error that says what is missing. */
export function parseWorkflow(text: string): Workflow {
  const value = (text.trim() === '' ? undefined : load(text)) as Partial<Workflow> | null | undefined;
  if (typeof value !== 'object' || value === null || typeof value.jobs !== 'object')
    throw new Error('this is no workflow file: it has no "jobs"');
  return value as Workflow;
}

/** Which of the replaced actions a step uses, whatever its version. */
export function actionOf(step: Step): PeerAction | undefined {
  const name = step.uses?.split('@')[0]?.toLowerCase();
  return (Object.keys(PEER_ACTIONS) as PeerAction[]).find(action => action === name);
}

/** What the runner hands over for an input: everything is text. */
export function inputOf(step: Step, name: string): string {
  const found = Object.entries(step.with ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
  return textOf(found);
}

/** A YAML scalar as the runner writes it into INPUT_*. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The lines that say something. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

/** `name`, else what the step uses, for messages. */
export function describeStep(step: Step): string {
  const uses = step.uses?.split('@')[0] ?? 'run';
  return step.name === undefined ? uses : `${uses} ("${step.name}")`;
}

/** True when a text reads an output of that step (of one output, when it is given). */
export function readsOutput(text: string, step: Step, output?: string): boolean {
  if (step.id === undefined) return false;
  const name = output === undefined ? '' : `(?:\\.${output}(?![\\w-])|\\[\\s*'${output}'\\s*\\])`;
  return new RegExp(`steps\\.${escape(step.id)}\\.outputs${name}`, 'i').test(text);
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

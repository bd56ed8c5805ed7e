// A step that is being merged: what it takes over, what falls away, what a person has to decide.

import { INPUT_NAMES } from '../../src/plan/inputs.ts';
import { movedInput } from '../../src/plan/moving-over.ts';
import type { PeerAction } from '../../src/plan/moving-over.ts';
import { textOf } from './workflow.ts';
import type { Step } from './workflow.ts';

export interface Draft {
  /** Values by our input name, as text. */
  readonly inputs: Map<string, string>;
  /** Steps that stay beside ours, with the reason. */
  readonly kept: Map<Step, string>;
  /** One line for each input or step that falls away. */
  readonly dropped: string[];
  /** One line for each thing that a person has to look at. */
  readonly decisions: string[];
}

/** What to do with one input of one action instead of what the table says; false: the table decides after all. */
export type Special = (value: string, draft: Draft) => boolean;

export function emptyDraft(): Draft {
  return { inputs: new Map(), kept: new Map(), dropped: [], decisions: [] };
}

/** Takes over the `with:` block of a step, input by input: what `special` does not handle goes by the table of moving-over.ts. */
export function moveInputs(draft: Draft, action: PeerAction, step: Step, special: Readonly<Record<string, Special>> = {}): void {
  for (const [typed, raw] of Object.entries(step.with ?? {})) {
    const input = typed.toLowerCase();
    const value = textOf(raw);
    if (value.trim() === '' || special[input]?.(value, draft) === true) continue;
    const row = movedInput(action, input);
    if (row === undefined) draft.decisions.push(`${action} has no input "${typed}": it was ignored there, and is left out here`);
    else if (row.ours === 'none') draft.dropped.push(`${action} ${input}: ${row.note}`);
    else setInput(draft, row.ours === 'same' ? input : row.ours, value, `${action} ${input}`);
  }
}

/** Sets one of our inputs; two different values for it are for a person to decide. */
export function setInput(draft: Draft, name: string, value: string, from: string): void {
  if (!(INPUT_NAMES as readonly string[]).includes(name)) {
    draft.decisions.push(`${from}: this version has no input "${name}"; keep the step that needs it`);
    return;
  }
  const before = draft.inputs.get(name);
  if (before === undefined) draft.inputs.set(name, value);
  else if (before.trim() !== value.trim())
    draft.decisions.push(`${from}: "${name}" was set already (${oneLine(before)}); ${oneLine(value)} is left out`);
}

/** Adds lines to a list input. */
export function appendLines(draft: Draft, name: string, lines: string): void {
  const before = draft.inputs.get(name)?.replace(/\n+$/, '');
  draft.inputs.set(name, before === undefined || before === '' ? lines : `${before}\n${lines}`);
}

/** The inputs in the order of action.yml. */
export function orderedInputs(draft: Draft): Readonly<Record<string, string>> {
  return Object.fromEntries(
    INPUT_NAMES.flatMap(name => {
      const value = draft.inputs.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

export function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, ' | ');
  return line.length > 80 ? `${line.slice(0, 80)}...` : line;
}

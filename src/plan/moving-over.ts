// An input, output or variable of the actions that this one replaces -> what becomes of it here, and a sentence for whoever typed it.

import * as inputs from './peer-inputs.ts';
import type { Rows } from './peer-inputs.ts';
import * as outputs from './peer-outputs.ts';

export type PeerAction =
  | 'docker/build-push-action'
  | 'docker/bake-action'
  | 'docker/metadata-action'
  | 'docker/login-action'
  | 'docker/setup-buildx-action'
  | 'docker/setup-qemu-action'
  | 'aquasecurity/trivy-action'
  | 'sigstore/cosign-installer';

/** One input of one action. */
export interface MovedInput {
  readonly action: PeerAction;
  readonly input: string;
  /** `same` name, the name of our input, or `none`. */
  readonly ours: string;
  /** What to do and why, as sentences; empty when it simply moves. */
  readonly note: string;
}

/** One output of one action; `ours` as for inputs. */
export interface MovedOutput {
  readonly action: PeerAction;
  readonly output: string;
  readonly ours: string;
  readonly note: string;
}

/** One environment variable, or a family of them (`TRIVY_*`). */
export interface MovedVariable {
  readonly variable: string;
  /** The input that says the same, `read` when the variable itself counts, or `none`. */
  readonly ours: string;
  readonly note: string;
}

/** The actions and the version that the table was made from (their action.yml, November 2026). */
export const PEER_ACTIONS: Readonly<Record<PeerAction, string>> = {
  'docker/build-push-action': 'v7',
  'docker/bake-action': 'v7',
  'docker/metadata-action': 'v6',
  'docker/login-action': 'v4',
  'docker/setup-buildx-action': 'v4',
  'docker/setup-qemu-action': 'v4',
  'aquasecurity/trivy-action': 'v0.36',
  'sigstore/cosign-installer': 'v4',
};

const inputRows: Readonly<Record<PeerAction, Rows>> = {
  'docker/build-push-action': inputs.BUILD_PUSH,
  'docker/bake-action': inputs.BAKE,
  'docker/metadata-action': inputs.METADATA,
  'docker/login-action': inputs.LOGIN,
  'docker/setup-buildx-action': inputs.SETUP_BUILDX,
  'docker/setup-qemu-action': inputs.SETUP_QEMU,
  'aquasecurity/trivy-action': inputs.TRIVY,
  'sigstore/cosign-installer': inputs.COSIGN,
};

const outputRows: Readonly<Record<PeerAction, Rows>> = {
  'docker/build-push-action': outputs.BUILD_PUSH_OUTPUTS,
  'docker/bake-action': outputs.BAKE_OUTPUTS,
  'docker/metadata-action': outputs.METADATA_OUTPUTS,
  'docker/login-action': {},
  'docker/setup-buildx-action': outputs.SETUP_BUILDX_OUTPUTS,
  'docker/setup-qemu-action': outputs.SETUP_QEMU_OUTPUTS,
  'aquasecurity/trivy-action': {},
  'sigstore/cosign-installer': {},
};

/** Every input of every action, in the order of the actions. */
export const MOVED_INPUTS: readonly MovedInput[] = flatten(inputRows, (action, input, ours, note) => ({
  action,
  input,
  ours,
  note,
}));

/** Every output; login-action, trivy-action and cosign-installer have none. */
export const MOVED_OUTPUTS: readonly MovedOutput[] = flatten(outputRows, (action, output, ours, note) => ({
  action,
  output,
  ours,
  note,
}));

export const MOVED_VARIABLES: readonly MovedVariable[] = Object.entries(outputs.VARIABLES).map(
  ([variable, [ours, note = '']]) => ({ variable, ours, note }),
);

/** Finds an input of an action; undefined when that action has none of this name. */
export function movedInput(action: PeerAction, input: string): MovedInput | undefined {
  return MOVED_INPUTS.find(row => row.action === action && row.input === input);
}

/**
 * Says what becomes of an input of another action that somebody typed here and that does not exist here, as the rest of a sentence
 * ("it is ..."); undefined when no such action has it. `name` in any case.
 */
export function explainForeignInput(name: string): string | undefined {
  const rows = MOVED_INPUTS.filter(row => row.input === name.toLowerCase() && row.ours !== 'same');
  if (rows.length === 0) return undefined;
  return rows.map(explainRow).join('; ');
}

function explainRow({ action, ours, note }: MovedInput): string {
  const meaning = ours === 'none' ? '' : `, here "${ours}"`;
  return `it is an input of ${action}${meaning}${note === '' ? '' : `: ${plain(note)}`}`;
}

/** The note as the rest of a sentence, without Markdown. */
function plain(note: string): string {
  return note.replaceAll('`', '"').replace(/\.$/, '');
}

function flatten<T>(
  rows: Readonly<Record<PeerAction, Rows>>,
  make: (action: PeerAction, name: string, ours: string, note: string) => T,
): readonly T[] {
  return (Object.keys(PEER_ACTIONS) as PeerAction[]).flatMap(action =>
    Object.entries(rows[action]).map(([name, [ours, note = '']]) => make(action, name, ours, note)),
  );
}

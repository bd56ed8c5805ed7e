// Inputs that name a bake target -> the same inputs, filled in from it before anything is planned; without one nothing happens and nothing is loaded.

import { createHash } from 'node:crypto';
import type { Surroundings } from './connect.ts';
import type { Resolved } from './connect-bake.ts';
import { isPrivileged, listed } from './plan/decide.ts';
import type { DecisionMistake } from './plan/decide.ts';
import type { InputReading } from './plan/read-inputs.ts';
import { decideTrust } from './plan/trust.ts';
import type { StandardInput } from './runner/standard-input.ts';
import { findCheckouts } from './runner/workspace.ts';
import { TimeIsUp, withinTime } from './tools/time-limit.ts';

/** Milliseconds for reading what the target gives, as for what is typed. */
const LONGEST_THOUGHT = 1_000;

/** The surroundings with the target's inputs. What is wrong with it is added to the mistakes, and told with the others. */
export async function fillIn(around: Surroundings): Promise<Surroundings> {
  const { inputs, refused, event } = around;
  if (inputs.bake === undefined || event.deleted || refused.some(({ where }) => /^bake(?:-files|-set)?$/.test(where)))
    return around;
  // eslint-disable-next-line no-restricted-syntax -- see connect()
  const { bakeFiles, resolveBake } = await import('./connect-bake.ts');
  const mistrust = await untrusted(around, bakeFiles(around));
  if (mistrust !== undefined) return withoutTarget(around, mistrust);
  return filledIn(around, await resolveBake(around));
}

/** Bake files are read with the job's environment and open files: on privileged events only those of the trusted commit are. */
async function untrusted(around: Surroundings, files: readonly string[]): Promise<DecisionMistake | undefined> {
  const { event, inputs, workspace } = around;
  if (!isPrivileged(event)) return undefined;
  const buildContexts = files.map(file => `bake=${file}`);
  const checkouts = await findCheckouts(workspace, { context: '.', file: undefined, buildContexts });
  return decideTrust({ event, checkouts, allow: inputs.allowUntrustedCheckout })?.mistake;
}

/** A step that ships stops; a plan goes on with what was typed. */
function withoutTarget(around: Surroundings, { where, what, details = [], wayOut }: DecisionMistake): Surroundings {
  const { inputs } = around;
  if (inputs.mode !== 'plan') return refuse(around, { where, what: listed(what, details), wayOut });
  const warning = `bake: the target is not read, because ${what}`;
  return { ...around, inputs: { ...inputs, warnings: [...inputs.warnings, warning] } };
}

function refuse(around: Surroundings, { where, what, wayOut }: DecisionMistake): Surroundings {
  return { ...around, refused: [...around.refused, { where, line: `${where}: ${what}`, wayOut }] };
}

function filledIn(around: Surroundings, resolved: Resolved): Surroundings {
  if ('mistake' in resolved) return refuse(around, resolved.mistake);
  const { baked } = resolved;
  let reading: InputReading | undefined;
  try {
    reading = withinTime(LONGEST_THOUGHT, () => around.fillIn?.(baked));
  } catch (error) {
    if (!(error instanceof TimeIsUp)) throw error;
    return refuse(around, { where: 'bake', what: `the target "${baked.target}" takes longer than a second to read`, wayOut: '' });
  }
  if (reading === undefined) throw new Error('inputs that cannot be filled in');
  const text = reading.inputs.baked?.dockerfileInline;
  return { ...around, ...reading, ...(text !== undefined && { standardInput: () => Promise.resolve(inputOf(text)) }) };
}

/** A Dockerfile that stands in the bake file reaches buildx as one that came through standard input. */
function inputOf(text: string): StandardInput {
  const bytes = Buffer.from(text);
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

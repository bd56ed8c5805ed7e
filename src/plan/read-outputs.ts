// The inputs load, outputs and export -> what is handed over on this machine after the gate; what would push before it -> a mistake.

import { readBoolean, readList, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';

export type OutputInputs = Pick<Inputs, 'load' | 'outputs' | 'export'>;

/** Reads them. */
export function readOutputs(source: Source): OutputInputs {
  readList(source, 'outputs', { commas: false, comments: false });
  return { load: readBoolean(source, 'load') ?? false, outputs: [], export: readText(source, 'export') };
}

// The inputs bake, bake-files and bake-set -> typed values.

import { readList, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';

export type BakeInputs = Pick<Inputs, 'bake' | 'bakeFiles' | 'bakeSet'>;

/** Reads them. */
export function readBake(source: Source): BakeInputs {
  return {
    bake: readText(source, 'bake'),
    bakeFiles: readList(source, 'bake-files', { commas: true, comments: false }),
    bakeSet: readList(source, 'bake-set', { commas: false, comments: false }),
  };
}

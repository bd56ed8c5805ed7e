// Facts of a build -> what log, summary and comment say of it in the same words.

import type { BuildStep } from '../build/build.ts';

/** Steps of a table. */
const SHOWN = 10;

/** The ten steps that took longest, slowest first. */
export function slowest(steps: readonly BuildStep[]): BuildStep[] {
  return [...steps].sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN);
}

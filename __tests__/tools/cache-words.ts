// Builders of planned caches, and what became of them in few words, for the tests with and without real parts.

import type { CacheUse } from '../../src/build/build.ts';
import type { CacheType, PlannedExport, PlannedImport } from '../../src/plan/plan.ts';

export function reads(type: CacheType, attributes: Readonly<Record<string, string>>): PlannedImport {
  return { type, attributes, automatic: true };
}

export function writes(
  type: CacheType,
  attributes: Readonly<Record<string, string>>,
  when: PlannedExport['when'] = 'beside',
): PlannedExport {
  return { type, attributes: { mode: 'max', ...attributes }, automatic: true, when };
}

export const brief = (uses: readonly CacheUse[]): string[] =>
  uses.map(({ type, direction, state, reason }) => `${type} ${direction}: ${state}${reason === undefined ? '' : ` (${reason})`}`);

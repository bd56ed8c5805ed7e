// What docker/metadata-action answered to the table of cases, and whether `mode: plan` answers the same. See README.md beside it.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { caseTable } from './case-table.ts';
import { keep, playCase } from './peer-case.ts';
import type { Kept } from './peer-case.ts';

const { outcomes } = JSON.parse(readFileSync(new URL('outcomes.json', import.meta.url), 'utf8')) as {
  readonly outcomes: readonly Kept[];
};
const cases = caseTable().map((played, at) => ({
  name: `${played.event.name} ${played.event.ref} ${JSON.stringify({ ...played.inputs, ...played.env })}`,
  played,
  expected: outcomes[at],
}));

test('every case of the table is recorded', () => {
  expect(outcomes).toHaveLength(cases.length);
  expect(cases.length).toBeGreaterThan(500);
  expect(outcomes.filter(outcome => outcome !== 'refused').length).toBeGreaterThan(400);
});

describe('equal to docker/metadata-action', () => {
  test.each(cases)('$name', async ({ played, expected }) => {
    expect(keep(await playCase(played))).toEqual(expected);
  });
});

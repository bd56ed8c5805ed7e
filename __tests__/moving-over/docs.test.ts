// docs/moving-over.md: its tables are those of the code, its examples are whole workflows, and the merged one is what the script prints.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readAction, renderMovingOver } from '../../scripts/docs.ts';
import { mergeSteps } from '../../scripts/merge/merge-chain.ts';
import { actionOf, parseWorkflow, textOf } from '../../scripts/merge/workflow.ts';
import type { Step } from '../../scripts/merge/workflow.ts';
import { PEER_ACTIONS } from '../../src/plan/moving-over.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const page = readFileSync(path.join(root, 'docs', 'moving-over.md'), 'utf8');
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? '');

const ours = (step: Step): boolean => step.uses?.startsWith('seaworthy/') === true;
const stepsOf = (text: string): readonly Step[] => Object.values(parseWorkflow(text).jobs).flatMap(job => job.steps ?? []);

test('the tables are those of the code (npm run docs)', () => {
  expect(renderMovingOver(page)).toBe(page);
  expect(() => renderMovingOver('no markers')).toThrow('markers');
});

test('the headings name the versions that the table was made from', () => {
  for (const [action, version] of Object.entries(PEER_ACTIONS)) expect(page).toContain(`### ${action} ${version}\n`);
});

test('README and the other way round', () => {
  expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('(docs/moving-over.md)');
});

describe('the examples', () => {
  test('are three whole workflows', () => {
    expect(examples).toHaveLength(3);
    for (const example of examples)
      expect(parseWorkflow(example)).toMatchObject({ name: expect.any(String), on: expect.anything() });
  });

  test('use inputs that exist', () => {
    const inputs = Object.keys(readAction().inputs);
    const steps = examples.flatMap(stepsOf).filter(ours);
    expect(steps.length).toBeGreaterThanOrEqual(3);
    for (const step of steps) for (const name of Object.keys(step.with ?? {})) expect(inputs).toContain(name);
  });

  test('the step of the second is what the script makes of the first', () => {
    const [before = '', after = ''] = examples;
    const [merged, ...others] = mergeSteps(parseWorkflow(before));
    expect(others).toEqual([]);
    const [step] = stepsOf(after).filter(ours);
    const wanted = Object.entries(step?.with ?? {}).map(([name, value]): [string, string] => [name, textOf(value).trim()]);
    expect(Object.entries(merged?.inputs ?? {}).map(([name, value]) => [name, value.trim()])).toEqual(wanted);
    expect([...(merged?.kept.keys() ?? [])].map(actionOf)).toEqual([]);
  });
});

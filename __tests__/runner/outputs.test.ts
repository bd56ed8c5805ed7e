// What the runner reads from files: outputs, the summary with its limit of 1 MiB a step, the report.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeReport } from '../../src/report/make-report.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { appendSummary, writeBakeFiles, writeOutputs, writeReport } from '../../src/runner/outputs.ts';
import { aBlockedRecord, aFinding, blocks } from '../builders/record.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'outputs-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const MIB = 1_048_576;
const findings = Array.from({ length: 4000 }, (_, index) =>
  blocks(aFinding({ id: `CVE-2026-${index}`, package: `p${index}`, title: 'ü'.repeat(150) })),
);
const render = (budget: number): string => renderSummary(makeReport(aBlockedRecord(findings)), budget);

describe('appendSummary()', () => {
  test.each([0, 100, 300_000, 900_000, 1_040_000])('stays below 1 MiB with %i bytes there already', async before => {
    const file = path.join(directory, `summary-${before}`);
    writeFileSync(file, 'x'.repeat(before));
    const warnings: string[] = [];
    await appendSummary(file, render, line => void warnings.push(line));
    expect(warnings).toEqual([]);
    expect(statSync(file).size).toBeLessThan(MIB);
    expect(statSync(file).size).toBeGreaterThan(before + 1000);
    expect(readFileSync(file, 'utf8').slice(before)).toContain('⛔ Blocked');
  });

  test('no room: one warning, the file as it was', async () => {
    const file = path.join(directory, 'full');
    writeFileSync(file, 'x'.repeat(MIB - 100));
    const warnings: string[] = [];
    await appendSummary(file, render, line => void warnings.push(line));
    expect(warnings).toHaveLength(1);
    expect(statSync(file).size).toBe(MIB - 100);
  });

  test('a file that cannot be written: one warning', async () => {
    const warnings: string[] = [];
    await appendSummary(path.join(directory, 'no', 'such', 'directory'), render, line => void warnings.push(line));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^no job summary: /);
  });

  test.each([undefined, ''])('outside of GitHub (%j) nothing happens', async file => {
    await appendSummary(
      file,
      () => {
        throw new Error('rendered');
      },
      () => {
        throw new Error('warned');
      },
    );
  });
});

test('outputs are set one by one', () => {
  const set: Record<string, string> = {};
  writeOutputs({ verdict: 'passed', tags: 'a\nb' }, (name, value) => void (set[name] = value));
  expect(set).toEqual({ verdict: 'passed', tags: 'a\nb' });
});

test('the report file is written, its directory made; trouble is a warning', async () => {
  const file = path.join(directory, 'a', 'b', 'report.json');
  const warnings: string[] = [];
  const warn = (line: string): void => void warnings.push(line);
  await expect(writeReport(file, '{}', warn)).resolves.toBe(file);
  expect(readFileSync(file, 'utf8')).toBe('{}');
  await expect(writeReport(path.join(file, 'x.json'), '{}', warn)).resolves.toBeUndefined();
  expect(warnings).toHaveLength(1);
});

test('bake definitions are written to the byte, each to a file of its own; trouble is a warning each and an empty path', async () => {
  const bake = { all: '{"a":1}', tags: '{\n}', labels: 'ü', annotations: '' };
  const warnings: string[] = [];
  const warn = (line: string): void => void warnings.push(line);
  const files = await writeBakeFiles(path.join(directory, 'bake'), bake, warn);
  for (const kind of ['all', 'tags', 'labels', 'annotations'] as const)
    expect(readFileSync(files[kind], 'utf8')).toBe(bake[kind]);
  expect(new Set(Object.values(files)).size).toBe(4);
  expect(warnings).toEqual([]);
  const lost = await writeBakeFiles(path.join(files.all, 'x'), bake, warn);
  expect(lost).toEqual({ all: '', tags: '', labels: '', annotations: '' });
  expect(warnings).toHaveLength(4);
});

// actionlint finds nothing in the cases and in the examples of docs/moving-over.md and the README: they are workflows that GitHub would take.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run } from '../../src/tools/command.ts';
import { readTestbed } from '../../testbed/testbed.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const pages = ['docs/moving-over.md', 'README.md'].map(name => readFileSync(path.join(here, '..', '..', name), 'utf8'));
/** Whole workflows, and jobs alone, which get the head they need. */
const examples = pages
  .flatMap(page => [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? ''))
  .filter(text => /^jobs:/m.test(text))
  .map(text => (/^on:/m.test(text) ? text : `name: example\non: push\n${text}`));
let directory: string;

function actionlint(): ReturnType<typeof run> {
  const program = readTestbed().extras['actionlint'];
  if (program === undefined) throw new Error('The testbed has no actionlint. Run "npm run testbed -- up --all" and try again.');
  const args = ['-no-color', '-shellcheck=', '-pyflakes='];
  return run(program, args, { env: { HOME: directory, PATH: '' }, cwd: directory, timeout: 60_000 });
}

beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'moving-over-'));
  const workflows = path.join(directory, '.github', 'workflows');
  mkdirSync(path.join(directory, '.git'));
  mkdirSync(workflows, { recursive: true });
  for (const name of readdirSync(path.join(here, 'cases')))
    writeFileSync(path.join(workflows, name), readFileSync(path.join(here, 'cases', name)));
  for (const [at, text] of examples.entries()) writeFileSync(path.join(workflows, `example-${at}.yml`), text);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('there are examples to look at', () => {
  expect(examples.length).toBeGreaterThanOrEqual(5);
});

test('finds nothing', async () => {
  const result = await actionlint();
  expect([result.exitCode, result.stdout, result.stderr]).toEqual([0, '', '']);
});

test('finds a mistake that is planted', async () => {
  const file = path.join(directory, '.github', 'workflows', 'planted.yml');
  writeFileSync(file, 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo\n        wiht: {}\n');
  const result = await actionlint();
  rmSync(file);
  expect(result.stdout).toContain('wiht');
});

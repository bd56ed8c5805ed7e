// actionlint and zizmor, the real programs, find nothing in our workflows; and both do find what is planted, so they really look.

import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../src/tools/command.ts';
import type { CommandResult } from '../src/tools/command.ts';
import { readTestbed } from '../testbed/testbed.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A repository with nothing but our workflows and action, to plant mistakes in. */
let copy: string;

function program(name: string): string {
  const found = readTestbed().extras[name];
  if (found === undefined) throw new Error(`The testbed has no ${name}. Run "npm run testbed -- up --all" and try again.`);
  return found;
}

beforeAll(() => {
  copy = mkdtempSync(path.join(os.tmpdir(), 'workflows-'));
  cpSync(path.join(root, '.github'), path.join(copy, '.github'), { recursive: true });
  copyFileSync(path.join(root, 'action.yml'), path.join(copy, 'action.yml'));
  // actionlint looks for the root of the repository, and into the action for its main file.
  mkdirSync(path.join(copy, '.git'));
  mkdirSync(path.join(copy, 'dist'));
  writeFileSync(path.join(copy, 'dist', 'index.js'), '');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function actionlint(directory: string): Promise<CommandResult> {
  return run(program('actionlint'), ['-no-color', '-shellcheck=', '-pyflakes='], {
    env: { HOME: directory, PATH: '' },
    cwd: directory,
    timeout: 60_000,
  });
}

function zizmor(directory: string): Promise<CommandResult> {
  const args = ['--offline', '--persona=pedantic', '--no-progress', '--color=never', '.github', 'action.yml'];
  return run(program('zizmor'), args, { env: { HOME: directory, PATH: '' }, cwd: directory, timeout: 60_000 });
}

/** Changes a workflow of the copy for the time of one look. */
async function planted(from: string, to: string, look: () => Promise<CommandResult>): Promise<CommandResult> {
  const file = path.join(copy, '.github', 'workflows', 'ci.yml');
  const source = readFileSync(file, 'utf8');
  expect(source).toContain(from);
  writeFileSync(file, source.replace(from, to));
  try {
    return await look();
  } finally {
    writeFileSync(file, source);
  }
}

describe('actionlint', () => {
  test('finds nothing', async () => {
    const result = await actionlint(copy);
    expect([result.exitCode, result.stdout, result.stderr]).toEqual([0, '', '']);
  });

  test('finds a job that is needed and not there', async () => {
    const result = await planted('needs: [check, ', 'needs: [cheque, ', () => actionlint(copy));
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain('cheque');
  });
});

describe('zizmor, pedantic', () => {
  test('finds nothing', async () => {
    const result = await zizmor(copy);
    expect([result.exitCode, result.stdout]).toEqual([0, expect.stringContaining('No findings')]);
  });

  test.each([
    ['an action that is not pinned', /actions\/checkout@[0-9a-f]{40} # v[\d.]+/, 'actions/checkout@v7', 'unpinned-uses'],
    ['text of a stranger in a script', /run: npm run check$/m, 'run: echo ${{ github.head_ref }}', 'template-injection'],
    ['rights for every job', /^permissions: {}$/m, 'permissions: write-all', 'excessive-permissions'],
  ])('finds %s', async (_, match, to, audit) => {
    const source = readFileSync(path.join(copy, '.github', 'workflows', 'ci.yml'), 'utf8');
    const result = await planted(match.exec(source)?.[0] ?? 'nothing matched', to, () => zizmor(copy));
    expect(result.exitCode).not.toBe(0);
    expect(result.stdout).toContain(audit);
  });
});

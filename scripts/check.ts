// The fast checks before each commit: types, lint (the walls between the rooms among them), format, generated docs. With --fix: mends what can be mended.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { root, runNode, seconds } from './process.ts';

/** One check: its name, and how it is run. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<number>;
}

/** All fast checks, in the order of what fails most often. */
export function checks(fix: boolean): Check[] {
  return [
    { name: 'types', run: () => runNode('node_modules/typescript/bin/tsc', ['--noEmit', '-p', '.']) },
    {
      name: 'lint',
      run: () => runNode('node_modules/eslint/bin/eslint.js', ['--max-warnings', '0', '.', ...(fix ? ['--fix'] : [])]),
    },
    {
      name: 'format',
      run: () => runNode('node_modules/prettier/bin/prettier.cjs', [fix ? '--write' : '--check', '--log-level', 'warn', '.']),
    },
    { name: 'generated docs', run: () => runNode('scripts/docs.ts', fix ? [] : ['--check']) },
  ];
}

/** Runs the checks one after another; resolves to the names of those that failed. */
export async function runChecks(fix = false): Promise<{ readonly passed: number; readonly failed: readonly string[] }> {
  const failed: string[] = [];
  let passed = 0;
  for (const check of checks(fix)) {
    const started = performance.now();
    const code = await check.run();
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${seconds(started)})`);
    if (code === 0) passed++;
    else failed.push(check.name);
  }
  return { passed, failed };
}

if (import.meta.main) {
  if (!existsSync(path.join(root, 'node_modules'))) throw new Error('run me through: npm run check');
  const { failed } = await runChecks(process.argv.includes('--fix'));
  process.exitCode = failed.length === 0 ? 0 : 1;
}

// Runs the layers of tests and closes with the line `N passed, N failed`. A skipped or empty test file counts as failed: nothing is left out silently.
//   npm test            everything        npm run test:unit | test:real | test:bundle    one layer; further arguments go to jest

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { distIsFresh } from './build.ts';
import { runChecks } from './check.ts';
import { runCommand, runNode, seconds } from './process.ts';
import { printTriedOn } from './tried-on.ts';

interface Count {
  passed: number;
  failed: number;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numTotalTests: number;
}

const LAYERS: Readonly<
  Record<string, { readonly what: string; readonly args: readonly string[]; readonly testbed: readonly string[] | undefined }>
> = {
  unit: {
    what: 'pure tests and stories',
    args: ['--testPathIgnorePatterns', '\\.(real|bundle)\\.test\\.ts$', '--maxWorkers', '2'],
    testbed: undefined,
  },
  real: {
    what: 'real parts',
    args: ['--testPathPattern', '\\.real\\.test\\.ts$', '--testTimeout', '240000', '--maxWorkers', '3'],
    testbed: ['--all'],
  },
  bundle: {
    what: 'the committed bundle, run as the runner does',
    args: ['--testPathPattern', '\\.bundle\\.test\\.ts$', '--testTimeout', '480000', '--maxWorkers', '2'],
    testbed: ['--all'],
  },
};

async function bringTestbedUp(args: readonly string[]): Promise<void> {
  const code = await runNode('testbed/cli.ts', ['up', ...args]);
  if (code !== 0) throw new Error('the testbed did not come up, see above; the tests need every part of it');
}

async function runLayer(name: string, extra: readonly string[]): Promise<Count> {
  const layer = LAYERS[name];
  if (layer === undefined) throw new Error(`no layer "${name}": choose unit, real or bundle`);
  heading(`${name}: ${layer.what}`);
  if (layer.testbed !== undefined) await bringTestbedUp(layer.testbed);
  const work = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-test-'));
  try {
    const output = path.join(work, 'report.json');
    await runNode('node_modules/jest/bin/jest.js', [...layer.args, '--json', '--outputFile', output, ...extra], {
      nodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      env: { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
    });
    const report = JSON.parse(readFileSync(output, 'utf8')) as JestReport;
    const unseen = report.numPendingTests + report.numTodoTests;
    if (unseen > 0) console.error(`${unseen} test(s) were skipped: that counts as failed`);
    if (report.numTotalTests === 0) console.error('no test ran: that counts as failed');
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.numRuntimeErrorTestSuites + unseen + (report.numTotalTests === 0 ? 1 : 0),
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function compareDist(): Count {
  heading('dist: equal to a fresh build, byte for byte');
  return distIsFresh() ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function cleanTree(): Promise<Count> {
  // Generated files and fixtures must not change by testing.
  return (await runCommand('git', ['diff', '--quiet', '--exit-code', '--', 'dist', 'action.yml', 'schema'])) === 0
    ? { passed: 1, failed: 0 }
    : { passed: 0, failed: 1 };
}

function heading(text: string): void {
  console.log(`\n=== ${text}`);
}

async function main(): Promise<void> {
  const started = performance.now();
  const [layer, ...extra] = process.argv.slice(2);
  const total: Count = { passed: 0, failed: 0 };
  const add = (count: Count): void => {
    total.passed += count.passed;
    total.failed += count.failed;
  };
  try {
    if (layer === undefined) {
      heading('checks');
      const { passed, failed } = await runChecks();
      add({ passed, failed: failed.length });
      add(compareDist());
      for (const name of Object.keys(LAYERS)) add(await runLayer(name, []));
      if (process.env['CI'] !== undefined) add(await cleanTree());
      printTriedOn();
    } else {
      add(await runLayer(layer, extra));
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    add({ passed: 0, failed: 1 });
  }
  console.log(`\nall in ${seconds(started)}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main();

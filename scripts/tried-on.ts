// What each feature was tried on: the real part, a stand-in, or a linter only. Printed after the tests; the test file of each row must exist.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './process.ts';

interface Row {
  readonly feature: string;
  readonly on: 'real' | 'stand-in' | 'lint only' | 'pure';
  readonly part: string;
  readonly test: string;
}

/** One row a feature; keep it honest. */
export const TRIED_ON: readonly Row[] = [
  { feature: 'plan: tags, labels, decisions, policy', on: 'pure', part: '-', test: '__tests__/plan' },
  {
    feature: 'build: docker driver, containerd image store',
    on: 'real',
    part: 'dockerd + BuildKit, buildx',
    test: '__tests__/tools',
  },
  { feature: 'scan of every platform', on: 'real', part: 'Trivy, small real database', test: '__tests__/tools' },
  {
    feature: 'push: plain, htpasswd, TLS, referrers API',
    on: 'real',
    part: 'distribution 2.8 and 3, go-containerregistry',
    test: '__tests__/tools/registry',
  },
  {
    feature: 'push: faults (429, 5xx, resets, redirects)',
    on: 'stand-in',
    part: 'fault registry',
    test: '__tests__/tools/registry',
  },
  { feature: 'signing with a key', on: 'real', part: 'cosign', test: '__tests__/tools' },
  { feature: 'keyless signing', on: 'stand-in', part: 'cosign (real), local Sigstore', test: '__tests__/promises' },
  {
    feature: 'comment, status, policy through the API',
    on: 'stand-in',
    part: 'GitHub stand-in, judged by GitHub’s OpenAPI description',
    test: '__tests__/promises',
  },
  {
    feature: 'runner: inputs, outputs, summary, signals',
    on: 'stand-in',
    part: 'step harness, committed bundle as a process',
    test: '__tests__/promises',
  },
  {
    feature: 'cloud registries (GHCR, ECR, GAR, ACR, Hub), public Sigstore',
    on: 'lint only',
    part: 'cannot be reached from the tests',
    test: '__tests__',
  },
  { feature: 'workflows of this repository', on: 'lint only', part: 'actionlint, zizmor', test: '__tests__/workflows.test.ts' },
];

/** Prints the table; throws when a row names a test that is not there. */
export function printTriedOn(): void {
  console.log('\nWhat was tried on what:');
  for (const row of TRIED_ON) {
    if (!existsSync(path.join(root, row.test))) throw new Error(`scripts/tried-on.ts names ${row.test}, which does not exist`);
    console.log(`  ${row.on.padEnd(10)} ${row.feature.padEnd(62)} ${row.part}`);
  }
}

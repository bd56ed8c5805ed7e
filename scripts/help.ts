// Prints every npm script with a line of help; fails when a script has none, so that the list stays complete.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './process.ts';

const HELP: Readonly<Record<string, string>> = {
  help: 'this list',
  demo: 'the main job on two sample images, with real Docker, registry, Trivy and cosign; sets up all it needs',
  test: 'everything: checks, unit, real parts, bundle, dist comparison; sets up all it needs',
  'test:unit': 'pure tests and stories only: seconds, no Docker',
  'test:real': 'tests on the real parts of the testbed',
  'test:bundle': 'tests that run dist/ as the runner does',
  check: 'types, lint, format, generated docs: before each commit',
  fix: 'the same, and mends what can be mended',
  build: 'src/ to dist/ (commit the result); `-- --check` compares instead, `-- --into FOLDER` leaves dist/ alone',
  bench: 'how long `mode: plan` takes from start to exit, against an empty Node program',
  'bench:build': 'how long our build stage takes on a cached image, against plain buildx',
  docs: 'the tables of README.md and docs/moving-over.md from the code',
  'merge-steps': 'a workflow of docker/metadata-action, build-push-action … to the step that replaces them: `-- WORKFLOW.yml`',
  preview: 'summaries and comments of a dozen situations as HTML pages, to look at',
  testbed: 'the real parts: `npm run testbed -- up | up --all | status | down`',
};

const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
for (const name of Object.keys(scripts)) {
  const help = HELP[name];
  if (help === undefined) throw new Error(`scripts/help.ts has no line for the npm script "${name}"`);
  console.log(`npm run ${name.padEnd(12)} ${help}`);
}

// The bundle's `mode: plan` as the runner runs it, against `node -e 0`: cold start to exit, in turn, and the ratio pair by pair.
//   npm run bench                    20 pairs a case          npm run bench -- --pairs 50 --dist FOLDER

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/process.ts';
import { inputVariables, readAction } from '../testbed/runner/action.ts';
import { expressionContext, runnerEnvironment } from '../testbed/runner/environment.ts';
import { pullRequest, push, tagPush, type RunnerEvent } from '../testbed/runner/events.ts';
import { parsePairs, stepFiles } from '../testbed/runner/files.ts';
import { startJob } from '../testbed/runner/job.ts';
import { workspace } from '../testbed/runner/workspace.ts';

/** One thing that users do. */
interface Case {
  readonly name: string;
  readonly event: (sha: string) => RunnerEvent;
  readonly inputs: Readonly<Record<string, string>>;
  /** What must come out, so that no mistake is timed. */
  readonly version: string;
}

const CASES: readonly Case[] = [
  { name: 'a push, nothing but images', event: sha => push({ sha }), inputs: {}, version: 'main' },
  {
    name: 'a version tag, patterns and labels',
    event: sha => tagPush({ sha, tag: 'v1.4.2' }),
    inputs: {
      tags: 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=sha',
      labels: 'org.opencontainers.image.vendor=Acme',
      platforms: 'linux/amd64,linux/arm64',
    },
    version: '1.4.2',
  },
  {
    name: 'a pull request, expressions and a date in a time zone',
    event: sha => pullRequest({ sha, number: 104 }),
    inputs: { tags: "type=ref,event=pr,priority=900\ntype=raw,value={{date 'YYYYMMDD' tz='Europe/Berlin'}}-{{sha}}" },
    version: 'pr-104',
  },
];

/** An address where nobody answers: a request that the plan did not need would fail the case. */
const NOBODY = 'http://127.0.0.1:9';

/** Milliseconds of one run: on the clock, and on the processors (which a busy machine does not stretch). */
interface Time {
  readonly wall: number;
  readonly cpu: number;
}

interface Times {
  readonly base: readonly Time[];
  readonly plan: readonly Time[];
}

/** Milliseconds that ended children have computed, in steps of ten: averages over many runs mean something. NaN where the system does not tell. */
function childrenTime(): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [user, system] = fields.split(' ').slice(13, 15).map(Number);
  return ((user ?? Number.NaN) + (system ?? Number.NaN)) * 10;
}

/** Both programs, in turn, so that a machine that gets slower slows both. Throws when a plan does not come out as it should. */
function time(one: Case, entry: string, pairs: number): Times {
  const job = startJob();
  const checkout = workspace({ Dockerfile: 'FROM scratch\n' });
  try {
    const event = one.event(checkout.sha);
    const eventFile = path.join(job.directory, 'event.json');
    writeFileSync(eventFile, JSON.stringify(event.payload));
    const place = { job, workspace: checkout.directory, actionDirectory: root, eventFile };
    const base = { ...runnerEnvironment(event, place), GITHUB_API_URL: NOBODY, GITHUB_SERVER_URL: 'https://github.com' };
    const inputs = { mode: 'plan', images: 'ghcr.io/acme/app', ...one.inputs };
    const { variables } = inputVariables(readAction(root), inputs, expressionContext(base, 'a-token-of-nobody'));
    const run = (args: readonly string[], env: Readonly<Record<string, string>>): Time => {
      const computed = childrenTime();
      const started = performance.now();
      const result = spawnSync(process.execPath, args, { cwd: checkout.directory, env, encoding: 'utf8' });
      const took = { wall: performance.now() - started, cpu: childrenTime() - computed };
      if (result.status !== 0) throw new Error(`${one.name}: exit ${String(result.status)}\n${result.stdout}${result.stderr}`);
      if (result.stdout.includes('::warning')) throw new Error(`${one.name}: a warning\n${result.stdout}`);
      return took;
    };
    const plan = (): Time => {
      const files = stepFiles(job.temporary);
      const took = run([entry], { ...base, ...variables, ...files.variables });
      const { version } = parsePairs(files.read('GITHUB_OUTPUT'));
      if (version !== one.version) throw new Error(`${one.name}: version "${String(version)}" instead of "${one.version}"`);
      return took;
    };
    const nothing = (): Time => run(['-e', '0'], base);
    nothing();
    plan(); // files are in the cache of the system from here on
    const turns = Array.from({ length: pairs }, () => [nothing(), plan()] as const);
    return { base: turns.map(([first]) => first), plan: turns.map(([, second]) => second) };
  } finally {
    checkout.remove();
    job.remove();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function mean(times: readonly Time[]): number {
  return times.reduce((sum, { cpu }) => sum + cpu, 0) / times.length;
}

function spread(values: readonly number[], digits: number): string {
  const shown = [Math.min(...values), median(values), Math.max(...values)].map(value => value.toFixed(digits));
  return shown.map(value => value.padStart(6)).join(' ');
}

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '20' }, dist: { type: 'string' } } });
const entry = path.resolve(values.dist ?? process.env['SEAWORTHY_DIST'] ?? path.join(root, 'dist'), 'index.js');
const pairs = Number(values.pairs);
if (!existsSync(entry)) throw new Error(`there is no ${entry}: npm run build`);
if (!Number.isInteger(pairs) || pairs < 1) throw new Error('--pairs takes a number above zero');
console.log(
  `Node ${process.versions.node}, ${pairs} pairs a case; milliseconds and ratios as minimum, median, maximum; processor: mean`,
);
for (const one of CASES) {
  const { base, plan } = time(one, entry, pairs);
  const ratios = plan.map(({ wall }, index) => wall / (base[index]?.wall ?? Number.NaN));
  console.log(`\n${one.name}`);
  console.log(
    `  node -e 0    ${spread(
      base.map(each => each.wall),
      0,
    )}    processor ${mean(base).toFixed(0)}`,
  );
  console.log(
    `  mode: plan   ${spread(
      plan.map(each => each.wall),
      0,
    )}    processor ${mean(plan).toFixed(0)}`,
  );
  console.log(`  ratio        ${spread(ratios, 2)}    processor ${(mean(plan) / mean(base)).toFixed(2)}`);
}

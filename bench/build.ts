// Our build stage against plain `docker buildx build`: the same fully cached image of about 300 MB to the same kind of layout, in turn, and the ratio pair by pair.
//   npm run bench:build              8 pairs          npm run bench:build -- --pairs 20 --megabytes 30

import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { anOrder } from '../__tests__/build/orders.ts';
import { build } from '../src/build/run-build.ts';
import type { Builder, BuildOrder } from '../src/build/build.ts';
import { createBuilder } from '../src/tools/buildx.ts';
import { buildArgs } from '../src/tools/buildx-args.ts';
import { run } from '../src/tools/command.ts';
import { aPlan } from '../__tests__/builders/record.ts';
import { jobEnvironment } from '../testbed/step-defaults.ts';
import { readTestbed } from '../testbed/testbed.ts';
import { runNode } from '../scripts/process.ts';

/** Layers of this size each: a registry's usual ones. */
const LAYER = 60;
const MEGABYTE = 1024 * 1024;

const { values } = parseArgs({
  options: { pairs: { type: 'string', default: '8' }, megabytes: { type: 'string', default: '300' } },
});
const [pairs, megabytes] = [Number(values.pairs), Number(values.megabytes)];
if (![pairs, megabytes].every(number => Number.isInteger(number) && number > 0))
  throw new Error('--pairs and --megabytes take numbers above zero');

/** Bytes that do not compress, so that the image is as large as they are. */
async function fill(file: string, size: number): Promise<void> {
  const stream = createWriteStream(file);
  for (let left = size; left > 0; left -= 1) if (!stream.write(randomBytes(MEGABYTE))) await once(stream, 'drain');
  stream.end();
  await once(stream, 'finish');
}

async function context(directory: string): Promise<void> {
  const layers: string[] = [];
  for (let at = 0; at * LAYER < megabytes; at += 1) {
    await fill(path.join(directory, `layer-${at}`), Math.min(LAYER, megabytes - at * LAYER));
    layers.push(`COPY layer-${at} /`);
  }
  writeFileSync(path.join(directory, 'Dockerfile'), ['FROM scratch', ...layers, ''].join('\n'));
}

interface Turn {
  readonly plain: number;
  readonly ours: number;
  /** As in a run, where Docker is asked while the registries answer. */
  readonly asked: number;
}

/** Milliseconds of both, in turn, so that a machine that gets slower slows both. */
async function measure(work: string): Promise<Turn[]> {
  const cwd = path.join(work, 'context');
  mkdirSync(cwd);
  await context(cwd);
  const env = { ...jobEnvironment(readTestbed()), HOME: work };
  const order: BuildOrder = anOrder({ platforms: [{ os: 'linux', architecture: 'amd64' }] });
  const plan = aPlan({ build: order, platforms: order.platforms, buildNames: order.names, annotations: [], buildLabels: {} });
  let turn = 0;
  const place = (): string => {
    const directory = path.join(work, `turn-${++turn}`);
    mkdirSync(directory);
    return directory;
  };
  const timed = async (
    once: (directory: string) => Promise<void>,
    before?: (directory: string) => Promise<void>,
  ): Promise<number> => {
    const directory = place();
    await before?.(directory);
    const started = performance.now();
    await once(directory);
    const took = performance.now() - started;
    rmSync(directory, { recursive: true });
    return took;
  };
  const plain = (): Promise<number> =>
    timed(directory => {
      const files = { layout: path.join(directory, 'layout'), metadataFile: path.join(directory, 'metadata.json') };
      const result = spawnSync('docker', buildArgs(order, { builder: 'default', ...files }), { cwd, env, encoding: 'utf8' });
      if (result.status !== 0) throw new Error(`buildx: exit ${String(result.status)}\n${result.stderr}`);
      return Promise.resolve();
    });
  const ours = (early: boolean): Promise<number> => {
    let builder: Builder | undefined;
    const make = (directory: string): Builder =>
      (builder ??= createBuilder({ run, env, directory, cwd, onLine: () => undefined }));
    const once = async (directory: string): Promise<void> => {
      const { facts } = await build({ plan, builder: make(directory) });
      if (facts.steps.some(({ name, cached }) => /COPY/.test(name) && !cached)) throw new Error('it was not cached');
      await builder?.close();
    };
    return early ? timed(once, directory => make(directory).prepare(order)) : timed(once);
  };
  await plain();
  await ours(true);
  const turns: Turn[] = [];
  for (let at = 0; at < pairs; at += 1) turns.push({ plain: await plain(), ours: await ours(false), asked: await ours(true) });
  return turns;
}

function spread(numbers: readonly number[], digits: number): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const shown = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return shown.map(value => (value ?? Number.NaN).toFixed(digits).padStart(7)).join(' ');
}

if ((await runNode('testbed/cli.ts', ['up'])) !== 0) throw new Error('the testbed did not come up, see above');
const work = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-bench-'));
try {
  const turns = await measure(work);
  console.log(`${megabytes} MB, one platform, fully cached, ${pairs} turns; milliseconds and ratios as minimum, median, maximum`);
  const show = (name: string, numbers: readonly number[], digits: number): void =>
    console.log(`  ${name.padEnd(32)}${spread(numbers, digits)}`);
  const column = (pick: (turn: Turn) => number): number[] => turns.map(pick);
  show(
    'docker buildx build',
    column(({ plain }) => plain),
    0,
  );
  show(
    'our build stage',
    column(({ ours }) => ours),
    0,
  );
  show(
    'the same, Docker asked before',
    column(({ asked }) => asked),
    0,
  );
  show(
    'ratio',
    column(({ plain, ours }) => ours / plain),
    2,
  );
  show(
    'ratio, Docker asked before',
    column(({ plain, asked }) => asked / plain),
    2,
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

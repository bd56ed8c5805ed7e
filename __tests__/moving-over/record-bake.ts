// The testbed's buildx -> recorded-bake.json: for every case of docker/bake-action the definition that it would build (its files, the recorded bake file of the metadata step and its
// `set`, as that action hands them to `docker buildx bake`), and the one that our step resolves. Run me with Node 24 after `npm run testbed -- up`.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mergeSteps } from '../../scripts/merge/merge-chain.ts';
import { inputOf, linesOf, parseWorkflow } from '../../scripts/merge/workflow.ts';
import type { Step } from '../../scripts/merge/workflow.ts';
import { printBake } from '../../src/tools/bake.ts';
import { run } from '../../src/tools/command.ts';
import { readTestbed } from '../../testbed/testbed.ts';
import { bakeKey } from './bake.ts';
import { CASES } from './cases.ts';
import { eventOf } from './events.ts';
import { evaluate } from './expressions.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const { recorded } = JSON.parse(readFileSync(path.join(here, 'recorded.json'), 'utf8')) as {
  readonly recorded: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>>
  >;
};
const { engine } = readTestbed();
const env = {
  PATH: `${engine.bin}:/usr/bin:/bin`,
  HOME: os.tmpdir(),
  DOCKER_CONFIG: engine.dockerConfig,
  DOCKER_HOST: 'tcp://127.0.0.1:1',
};

/** A workspace with the bake file of the cases. */
const workspace = mkdtempSync(path.join(os.tmpdir(), 'record-'));
copyFileSync(path.join(here, 'bake', 'docker-bake.hcl'), path.join(workspace, 'docker-bake.hcl'));
const directory = path.join(workspace, 'private');
mkdirSync(directory);

async function resolve(target: string, files: readonly string[], set: readonly string[]): Promise<unknown> {
  const printed = await printBake({ run, env, cwd: workspace, directory, target, files, set });
  if ('mistake' in printed) throw new Error(printed.mistake.what);
  return printed.definition;
}

/** What docker/bake-action would build. The value of a typed output of the metadata step is the recorded one. */
function there(step: Step, event: string, outputs: Readonly<Record<string, string>>): Promise<unknown> {
  const written = { ...outputs, 'bake-file': path.join(workspace, 'metadata.json') };
  writeFileSync(written['bake-file'], outputs['bake-file'] ?? '{}');
  const steps = Object.fromEntries(Object.entries(written).map(([name, value]) => [`meta.${name}`, value]));
  const given = (name: string): string => evaluate(inputOf(step, name), eventOf(event), steps);
  return resolve(given('targets') || 'default', linesOf(given('files')), linesOf(given('set')));
}

const version = (await run('docker', ['buildx', 'version'], { env })).stdout.split(' ')[1] ?? '';
const answers: Record<string, { readonly there: unknown; readonly here: unknown }> = {};
for (const { name, metadataOf, events } of CASES.filter(one => one.name.startsWith('bake-'))) {
  const [merged] = mergeSteps(parseWorkflow(readFileSync(path.join(here, 'cases', `${name}.yml`), 'utf8')));
  const inputs = merged?.inputs ?? {};
  for (const event of Object.keys(events))
    answers[bakeKey(name, event)] = {
      there: await there(merged?.replaces ?? {}, event, recorded[metadataOf ?? name]?.[event]?.['meta'] ?? {}),
      here: await resolve(inputs['bake'] ?? '', linesOf(inputs['bake-files'] ?? ''), linesOf(inputs['bake-set'] ?? '')),
    };
}
rmSync(workspace, { recursive: true });
const how = `docker buildx bake --print of buildx ${version}, by record-bake.ts: "there" with the arguments of docker/bake-action, "here" with those of our step`;
const text = JSON.stringify({ how, answers }, null, 2);
if (text.includes(workspace)) throw new Error('a path of this machine');
writeFileSync(path.join(here, 'recorded-bake.json'), `${text}\n`);

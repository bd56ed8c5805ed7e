// Runs a program that behaves as docker/metadata-action for every case and event -> recorded.json, the outputs that our plan is compared with.
//
//   node __tests__/moving-over/record.ts PROGRAM
//
// PROGRAM is the main file of a released docker/metadata-action (or its re-typed equal), started as the runner starts a step: INPUT_* and GITHUB_* variables,
// the payload in a file, outputs in another. The clock of the process stands at NOW; GitHub's API is a server on loopback that knows one repository.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { actionOf, parseWorkflow, textOf } from '../../scripts/merge/workflow.ts';
import type { Step } from '../../scripts/merge/workflow.ts';
import { CASES } from './cases.ts';
import { COMMIT_DATE, environmentOf, eventOf, NOW, REPOSITORY } from './events.ts';
import type { CaseEvent } from './events.ts';
import { evaluate } from './expressions.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const CLOCK = `const R=Date;globalThis.Date=class Date extends R{constructor(...a){a.length?super(...a):super('${NOW}')}static now(){return R.parse('${NOW}')}}`;

async function runStep(program: string, step: Step, event: CaseEvent, api: string): Promise<Record<string, string>> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'record-'));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(directory, name), text);
    return path.join(directory, name);
  };
  const output = file('output', '');
  const variables = (values: Readonly<Record<string, unknown>> = {}, prefix = ''): [string, string][] =>
    Object.entries(values).map(([name, value]) => [
      prefix === '' ? name : `${prefix}${name.toUpperCase()}`,
      evaluate(textOf(value), event),
    ]);
  const env = {
    ...environmentOf(event),
    GITHUB_API_URL: api,
    GITHUB_EVENT_PATH: file('event.json', JSON.stringify(event.payload)),
    GITHUB_OUTPUT: output,
    GITHUB_STATE: file('state', ''),
    RUNNER_TEMP: directory,
    'INPUT_GITHUB-TOKEN': 'token',
    ...Object.fromEntries(variables(step.env)),
    ...Object.fromEntries(variables(step.with, 'INPUT_')),
  };
  const clock = `data:text/javascript,${encodeURIComponent(CLOCK)}`;
  const child = spawn(process.execPath, ['--import', clock, program], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>(resolve => child.once('exit', resolve));
  if (code !== 0) throw new Error(`exit ${String(code)}: ${said}`);
  const outputs = parseOutputs(readFileSync(output, 'utf8'));
  // Files of the run: their text counts.
  for (const name of Object.keys(outputs).filter(one => one.startsWith('bake-file')))
    outputs[name] = readFileSync(outputs[name] ?? '', 'utf8');
  rmSync(directory, { recursive: true });
  return outputs;
}

/** What later steps of these workflows read; all of it for the one that is only planned. */
function chosen(name: string, outputs: Readonly<Record<string, string>>): Record<string, string> {
  const wanted = ['version', 'tags', 'labels', 'annotations'];
  return Object.fromEntries(Object.entries(outputs).filter(([output]) => name === 'bake' || wanted.includes(output)));
}

/** `name<<delimiter`, lines, `delimiter`. */
function parseOutputs(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([\w-]+)<<(.+)\n([\s\S]*?)\n?\2$/gm)].map(([, name = '', , value = '']) => [name, value]),
  );
}

const program = process.argv[2];
if (program === undefined) throw new Error('usage: node __tests__/moving-over/record.ts PROGRAM');
const server = createServer((request, response) => {
  const commit = request.url?.includes('/commits/') === true;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(commit ? { commit: { committer: { date: COMMIT_DATE } } } : REPOSITORY));
});
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
const api = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
const recorded: Record<string, Record<string, Record<string, Record<string, string>>>> = {};
for (const { name, events } of CASES) {
  const { jobs } = parseWorkflow(readFileSync(path.join(here, 'cases', `${name}.yml`), 'utf8'));
  const steps = Object.values(jobs).flatMap(job => (job.steps ?? []).filter(step => actionOf(step) === 'docker/metadata-action'));
  for (const event of Object.keys(events))
    for (const step of steps)
      ((recorded[name] ??= {})[event] ??= {})[step.id ?? ''] = chosen(
        name,
        await runStep(path.resolve(program), step, eventOf(event), api),
      );
}
server.close();
const how =
  'Outputs of docker/metadata-action v6.2.0 (its program re-typed, with @docker/actions-toolkit 0.79.0) by record.ts: case, event, step id, output; those that later steps read, and all of them for the case `bake`, where bake-file* is the text of the file. Clock and API as in events.ts.';
writeFileSync(path.join(here, 'recorded.json'), `${JSON.stringify({ how, recorded }, null, 2)}\n`);

// The entry file of a checkout of docker/metadata-action -> where its outputs and ours differ, on the recorded cases and on generated ones.
//   node scripts/run.mjs scripts/compare-with-peer.ts --peer FILE [--cases N] [--seed S] [--record "what FILE is"] [--only-generated]
// --record writes down what it answers to the table of cases: do that only with a released version, named as in the README beside the file.

import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { caseTable } from '../__tests__/plan/recorded/case-table.ts';
import { generateCases } from '../__tests__/plan/recorded/generate-cases.ts';
import { keep, playCase } from '../__tests__/plan/recorded/peer-case.ts';
import type { Kept, Outcome, PeerCase } from '../__tests__/plan/recorded/peer-case.ts';
import { runPeer } from './peer-program.ts';
import { root } from './process.ts';

const RECORDED = path.join(root, '__tests__/plan/recorded/outcomes.json');

/** The recording: outcomes in the order of the table. */
interface Recording {
  readonly program: string;
  readonly date: string;
  readonly outcomes: readonly Kept[];
}

const { values } = parseArgs({
  options: {
    peer: { type: 'string' },
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    record: { type: 'string' },
    'only-generated': { type: 'boolean', default: false },
  },
});
if (values.peer === undefined) throw new Error('--peer FILE is missing: the entry file of a checkout of docker/metadata-action');
const peer = path.resolve(values.peer);

let differing = 0;
if (!values['only-generated']) {
  const outcomes = await compare('the table', caseTable());
  if (values.record === undefined) compareWithRecording(outcomes);
  else record(values.record, outcomes);
}
await compare(`${values.cases} generated cases, seed ${values.seed}`, generateCases(Number(values.seed), Number(values.cases)));
process.exitCode = differing === 0 ? 0 : 1;

/** Runs both on every case, some at a time; resolves to the peer's outcomes. */
async function compare(name: string, cases: readonly PeerCase[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const queue = cases.map((played, at) => ({ played, at }));
  let refused = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const theirs = await runPeer(peer, next.played);
      outcomes[next.at] = theirs;
      if ('refused' in theirs) refused++;
      tell(next.played, theirs, await playCase(next.played));
      if ((next.at + 1) % 100 === 0) console.log(`${name}: ${next.at + 1} of ${cases.length}`);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, os.availableParallelism()) }, work));
  console.log(`${name}: ${cases.length} cases, ${refused} refused by both, ${differing} differences so far`);
  return outcomes;
}

/** Prints a difference: the case as data, then the first output that is not the same. */
function tell(played: PeerCase, theirs: Outcome, ours: Outcome): void {
  if ('refused' in theirs && 'refused' in ours) return;
  const said =
    'refused' in theirs || 'refused' in ours ? [describe(theirs), describe(ours)] : firstDifference(theirs.outputs, ours.outputs);
  if (said === undefined) return;
  differing++;
  console.log(`${JSON.stringify(played)}\n  peer: ${said[0] ?? ''}\n  ours: ${said[1] ?? ''}`);
}

function describe(outcome: Outcome): string {
  return 'refused' in outcome ? `refused: ${outcome.refused.trim()}` : `tags ${JSON.stringify(outcome.outputs['tags'])}`;
}

function firstDifference(theirs: Readonly<Record<string, string>>, ours: Readonly<Record<string, string>>): string[] | undefined {
  const name = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].find(one => theirs[one] !== ours[one]);
  return name === undefined ? undefined : [theirs, ours].map(outputs => `${name} ${JSON.stringify(outputs[name])}`);
}

function compareWithRecording(outcomes: readonly Outcome[]): void {
  const recorded = (JSON.parse(readFileSync(RECORDED, 'utf8')) as Recording).outcomes;
  const changed = outcomes.filter((outcome, at) => JSON.stringify(keep(outcome)) !== JSON.stringify(recorded[at]));
  console.log(`${changed.length} of ${outcomes.length} answers are not those that were recorded`);
  differing += changed.length;
}

function record(program: string, outcomes: readonly Outcome[]): void {
  const lines = outcomes.map(outcome => `    ${JSON.stringify(keep(outcome))}`).join(',\n');
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(
    RECORDED,
    `{\n  "program": ${JSON.stringify(program)},\n  "date": "${date}",\n  "outcomes": [\n${lines}\n  ]\n}\n`,
  );
  console.log(`recorded ${outcomes.length} outcomes`);
}

// A case + the entry file of docker/metadata-action -> what that program answers, run as the runner runs a step: a process, files, a loopback API.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { environmentOf } from '../__tests__/plan/recorded/peer-case.ts';
import type { Outcome, PeerCase } from '../__tests__/plan/recorded/peer-case.ts';

/** Milliseconds after which a run counts as refused: no step waits for a pattern that never ends. */
const LONGEST_RUN = 30_000;

/** Runs the program on one case. Throws when it cannot be started. */
export async function runPeer(entry: string, played: PeerCase): Promise<Outcome> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'peer-'));
  const api = await serveApi(played);
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(path.join(directory, name), text);
      return path.join(directory, name);
    };
    const output = file('output', '');
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: directory,
      TZ: 'UTC',
      GITHUB_API_URL: api.url,
      GITHUB_EVENT_PATH: file('event.json', JSON.stringify(played.event.payload)),
      GITHUB_OUTPUT: output,
      GITHUB_STATE: file('state', ''),
      GITHUB_STEP_SUMMARY: file('summary', ''),
      GITHUB_ENV: file('env', ''),
      RUNNER_TEMP: directory,
      ...environmentOf(played),
      'INPUT_GITHUB-TOKEN': 'token',
      ...Object.fromEntries(Object.entries(played.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    };
    const said = await run(entry, file('clock.mjs', clockAt(played.now)), env);
    return said.code === 0 ? { outputs: bakeContents(readOutputs(readFileSync(output, 'utf8'))) } : { refused: said.text };
  } finally {
    api.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Answers for the repository and its commits; anything else is not found. */
function serveApi({ repository, commitDate }: PeerCase): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    const answer = request.url?.includes('/commits/') ? commitAnswer(commitDate) : repository;
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'Not Found' }));
  });
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}`,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      });
    });
  });
}

function commitAnswer(date: string | undefined): unknown {
  return date === undefined ? undefined : { commit: { committer: { date } } };
}

/** A module that lets the time stand still. */
function clockAt(now: string): string {
  return `const Real = Date; const now = ${new Date(now).getTime()};
globalThis.Date = class extends Real { constructor(...given) { super(...(given.length === 0 ? [now] : given)); } static now() { return now; } };`;
}

function run(
  entry: string,
  clock: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', clock, entry], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LONGEST_RUN,
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', code => resolve({ code, text }));
  });
}

/** The runner's file of outputs: `name<<DELIMITER`, lines, `DELIMITER`. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (let rest = text; rest !== '';) {
    const [head, name = '', delimiter = ''] = /^([^<\n]+)<<([^\n]+)\n/.exec(rest) ?? [];
    const end = head === undefined ? -1 : rest.indexOf(`\n${delimiter}\n`, head.length - 1);
    if (head === undefined || end === -1) throw new Error(`the outputs cannot be read: ${rest.slice(0, 200)}`);
    outputs[name] = rest.slice(head.length, Math.max(head.length, end));
    rest = rest.slice(end + delimiter.length + 2);
  }
  return outputs;
}

function bakeContents(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, name.startsWith('bake-file') ? readFileSync(value, 'utf8') : value]),
  );
}

// The one question to a registry, on loopback: whose time is counted, and who is blamed.

import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { CACHE_TIMES } from '../../src/tools/cache-answers.ts';
import type { Finding } from '../../src/tools/cache-answers.ts';
import { probeRegistryCache } from '../../src/tools/cache-probe-registry.ts';
import type { CommandOptions, CommandResult, Run } from '../../src/tools/command.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

const opened: Server[] = [];
afterAll(() => {
  for (const server of opened) {
    server.closeAllConnections();
    server.close();
  }
});

/** Wants a login, and answers whoever has one; or nobody at all. */
async function aRegistry(silent = false): Promise<string> {
  const server = createServer((request, response) => {
    if (silent && request.headers.authorization !== undefined) return;
    const status = request.headers.authorization === undefined ? 401 : 404;
    response.writeHead(status, { 'www-authenticate': 'Basic realm="test"', 'content-type': 'application/json' });
    response.end(status === 404 ? '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' : '{"errors":[{"code":"UNAUTHORIZED"}]}');
  });
  opened.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const DONE: CommandResult = { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0 };
const sleep = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds));
/** Gives a login after a while, unless it is ended before. */
const helper =
  (milliseconds: number): Run =>
  async (_command, _args, options: CommandOptions) => {
    const { timeout = Infinity, signal } = options;
    const cancelled = new Promise<void>(resolve => signal?.addEventListener('abort', () => resolve()));
    await Promise.race([sleep(Math.min(milliseconds, timeout)), cancelled]);
    if (signal?.aborted === true) return { ...DONE, exitCode: null, signal: 'SIGTERM' };
    if (milliseconds > timeout) return { ...DONE, exitCode: null, timedOut: true };
    return { ...DONE, stdout: '{"Username":"u","Secret":"s"}' };
  };

async function probe(host: string, run: Run, signal?: AbortSignal): Promise<Finding> {
  const config = await temporaryDirectory();
  await writeFile(join(config, 'config.json'), '{"credsStore":"slow"}');
  const times = { ...CACHE_TIMES, registry: 400, helper: 700 };
  const sources = { run, env: { DOCKER_CONFIG: config } };
  return probeRegistryCache(`${host}/app:cache`, { sources, times, ...(signal && { signal }) });
}

test('a slow program for logins takes nothing from the time of the registry', async () => {
  expect(await probe(await aRegistry(), helper(550))).toMatchObject({ exists: false, read: { reason: 'not there yet' } });
});

test('one that never answers is ended, and blamed', async () => {
  const reason = 'docker-credential-slow, which knows its login, did not answer within 0.7 s';
  expect(await probe(await aRegistry(), helper(Infinity))).toMatchObject({ read: { reason }, write: { reason } });
});

test('a registry that keeps silent after it is ended as before', async () => {
  const reason = 'its registry did not answer within 0.4 s';
  const started = performance.now();
  expect(await probe(await aRegistry(true), helper(100))).toMatchObject({ read: { reason }, write: { reason } });
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('a cancel ends the program too', async () => {
  const stop = new AbortController();
  const started = performance.now();
  setTimeout(() => stop.abort(), 20);
  await probe(await aRegistry(), helper(Infinity), stop.signal);
  expect(performance.now() - started).toBeLessThan(500);
});

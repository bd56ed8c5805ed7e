// Files from a server on loopback, with every way in which that can go wrong.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ToolError } from '../../src/errors.ts';
import { createDownload } from '../../src/tools/download.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

const BYTES = Buffer.from('released bytes');
const SHA = createHash('sha256').update(BYTES).digest('hex');
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach(close => close()));

/** A server that counts its requests. */
async function serve(listener: RequestListener): Promise<{ readonly url: string; readonly count: () => number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    listener(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => requests };
}

const noWait = { now: () => Date.now(), sleep: () => Promise.resolve(), random: () => 0 };
const download = createDownload({ env: {}, clock: noWait, idle: 300 });

async function attempt(
  url: string,
  sha256 = SHA,
): Promise<{ readonly directory: string; readonly file: string; readonly error: unknown }> {
  const directory = await temporaryDirectory();
  const file = path.join(directory, 'below', 'tool.tar.gz');
  const error: unknown = await download({ url, file, sha256, hint: 'use tool-path' }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { directory, file, error };
}

describe('a download', () => {
  test('arrives under its name when its hash is right, with nothing beside it', async () => {
    const { url } = await serve((_, response) => response.end(BYTES));
    const { file, error } = await attempt(`${url}/tool`);
    expect(error).toBeUndefined();
    expect(await readFile(file)).toEqual(BYTES);
    expect(await readdir(path.dirname(file))).toEqual(['tool.tar.gz']);
  });

  test('follows redirects, as releases have them', async () => {
    const { url, count } = await serve((request, response) => {
      if (request.url === '/asset') response.end(BYTES);
      else response.writeHead(302, { location: request.url === '/tool' ? '/middle' : '/asset' }).end();
    });
    expect((await attempt(`${url}/tool`)).error).toBeUndefined();
    expect(count()).toBe(3);
  });

  test.each([429, 500, 503, 408])('tries again after %p', async status => {
    let failures = 2;
    const { url } = await serve((_, response) => (failures-- > 0 ? response.writeHead(status).end() : response.end(BYTES)));
    expect((await attempt(url)).error).toBeUndefined();
  });

  test('tries again when the connection breaks in the middle', async () => {
    let failures = 1;
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': String(BYTES.length) });
      if (failures-- > 0) response.write(BYTES.subarray(0, 4), () => response.destroy());
      else response.end(BYTES);
    });
    const { file, error } = await attempt(url);
    expect(error).toBeUndefined();
    expect(await readFile(file)).toEqual(BYTES);
  });
});

describe('a download fails, names the address, and leaves nothing behind', () => {
  test.each<[string, RequestListener, string, number]>([
    ['other bytes: not tried again', (_, response) => response.end('intruder'), 'has the sha256', 1],
    ['not there: not tried again', (_, response) => response.writeHead(404).end(), 'answered 404', 1],
    ['always broken', (_, response) => response.writeHead(500).end(), 'answered 500', 4],
    ['never an answer', () => undefined, 'no byte for', 4],
    [
      'a redirect to plain http elsewhere',
      (_, response) => response.writeHead(302, { location: 'http://203.0.113.1/x' }).end(),
      'not https',
      1,
    ],
    ['a redirect without end', (_, response) => response.writeHead(302, { location: '/again' }).end(), 'without end', 6],
  ])('%s', async (_, listener, says, requests) => {
    const { url, count } = await serve(listener);
    const { file, error } = await attempt(`${url}/tool`);
    expect(error).toBeInstanceOf(ToolError);
    expect((error as ToolError).message).toContain(`${url}/tool`);
    expect((error as ToolError).message).toContain(says);
    expect((error as ToolError).hint).toBeTruthy();
    expect(count()).toBe(requests);
    expect(await readdir(path.dirname(file))).toEqual([]);
  });

  test('plain http is only for this machine', async () => {
    expect((await attempt('http://203.0.113.1/tool')).error).toMatchObject({ message: expect.stringContaining('not https') });
  });
});

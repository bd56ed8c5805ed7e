// The one question to the service of Actions: how it is asked, and what each answer means.

import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { CACHE_TIMES } from '../../src/tools/cache-answers.ts';
import type { Finding } from '../../src/tools/cache-answers.ts';
import { probeActionsCache } from '../../src/tools/cache-probe-gha.ts';
import type { HttpAnswer, HttpRequest } from '../../src/tools/registry/http.ts';
import { runtimeToken } from '../../testbed/github/results.ts';

const ENV = {
  ACTIONS_RUNTIME_TOKEN: runtimeToken('refs/heads/main'),
  ACTIONS_RESULTS_URL: 'https://results.example/',
  ACTIONS_CACHE_SERVICE_V2: 'True',
};
interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function probe(
  replies: readonly Reply[],
  env: Record<string, string> = ENV,
  attributes: Record<string, string> = { scope: 's' },
): Promise<{ found: Finding; asked: HttpRequest[]; slept: number[] }> {
  const asked: HttpRequest[] = [];
  const slept: number[] = [];
  const send = (request: HttpRequest): Promise<HttpAnswer> => {
    const { status = 200, body = { ok: false }, headers = {} } = replies[asked.length] ?? {};
    asked.push(request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve({ status, headers, stream: Readable.from([Buffer.from(text)]) as unknown as HttpAnswer['stream'] });
  };
  const sleep = (milliseconds: number): Promise<void> => Promise.resolve(void slept.push(milliseconds));
  const found = await probeActionsCache({ type: 'gha', attributes }, { env, send, times: CACHE_TIMES, sleep });
  return { found, asked, slept };
}

test('one POST, with the key under which BuildKit keeps its table of contents', async () => {
  const { found, asked } = await probe([{ body: { ok: false } }]);
  expect(found).toEqual({ read: { allowed: true }, write: { allowed: true }, exists: false });
  expect(asked).toHaveLength(1);
  expect(asked[0]?.url.href).toBe(
    'https://results.example/twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL',
  );
  // Recorded from buildkitd 0.33.1 for scope x on refs/heads/main: index-x-1-f921bd05#.
  expect(JSON.parse((asked[0]?.body as Buffer).toString('utf8'))).toEqual({
    key: 'index-s-1-f921bd05#',
    restore_keys: ['index-s-1-f921bd05#'],
    version: '693bb7016429d80366022f036f84856888c9f13e00145f5f6f4dce303a38d6f2',
  });
});

test('what is there is asked of its storage, without the token', async () => {
  const body = { ok: true, signed_download_url: 'https://storage.example/1?sig=x' };
  const good = await probe([{ body }, { status: 206, body: 'x' }]);
  expect(good.found).toMatchObject({ read: { allowed: true }, exists: true });
  expect(good.asked[1]).toMatchObject({ method: 'GET', headers: { range: 'bytes=0-0' } });
  expect(JSON.stringify(good.asked[1]?.headers)).not.toContain('Bearer');
  const bad = await probe([{ body }, { status: 503, body: '' }]);
  expect(bad.found.read).toMatchObject({ allowed: false, reason: expect.stringContaining('503 of its storage') });
});

test.each<[string, Reply[], RegExp]>([
  ['401', [{ status: 401, body: { code: 'unauthenticated', msg: 'no' } }], /refuses us \(401 unauthenticated: no\)/],
  ['404: another service', [{ status: 404, body: 'page not found' }], /fails \(404\)/],
  ['a page', [{ body: '<html>' }], /something else than JSON/],
  ['a long Retry-After', [{ status: 429, headers: { 'retry-after': '60' } }], /wants us to wait for 60 s/],
  ['429 twice', [{ status: 429, headers: { 'retry-after': '1' } }, { status: 429 }], /limits the rate of its service \(429\)/],
])('left out: %s', async (_name, replies, reason) => {
  const { found } = await probe(replies);
  for (const may of [found.read, found.write])
    expect(may).toMatchObject({ allowed: false, trouble: true, reason: expect.stringMatching(reason) });
});

test('a short Retry-After is honoured once', async () => {
  const { found, asked, slept } = await probe([{ status: 429, headers: { 'retry-after': '1' } }, {}]);
  expect([found.read.allowed, asked.length, slept]).toEqual([true, 2, [1000]]);
});

test.each<[string, Record<string, string>, RegExp | undefined, RegExp | undefined]>([
  ['nothing set', {}, /ACTIONS_RUNTIME_TOKEN and ACTIONS_RESULTS_URL are not set/, /not set/],
  ['no token', { ...ENV, ACTIONS_RUNTIME_TOKEN: '' }, /ACTIONS_RUNTIME_TOKEN is not set/, /not set/],
  ['no second version and no old address', { ...ENV, ACTIONS_CACHE_SERVICE_V2: '' }, /ACTIONS_RESULTS_URL is not set/, /not set/],
  ['mode none', { ...ENV, ACTIONS_CACHE_MODE: 'none' }, /does not let this run read/, /does not let this run read/],
  ['mode write-only', { ...ENV, ACTIONS_CACHE_MODE: 'write-only' }, /does not let this run read/, /does not let this run read/],
  ['mode read', { ...ENV, ACTIONS_CACHE_MODE: 'read' }, undefined, /only read/],
  ['a token that reads', { ...ENV, ACTIONS_RUNTIME_TOKEN: runtimeToken('a', 'read') }, undefined, /only read/],
])('%s', async (_name, env, read, write) => {
  const { found } = await probe([{}], env);
  for (const [may, reason] of [
    [found.read, read],
    [found.write, write],
  ] as const)
    expect(may).toEqual(
      reason === undefined ? { allowed: true } : { allowed: false, trouble: true, reason: expect.stringMatching(reason) },
    );
});

test('the first version of the service, as an Enterprise Server has it', async () => {
  const env = { ACTIONS_RUNTIME_TOKEN: ENV.ACTIONS_RUNTIME_TOKEN, ACTIONS_CACHE_URL: 'https://ghes.example/_services/x/' };
  const { found, asked } = await probe([{ status: 204, body: '' }], env);
  expect(found.exists).toBe(false);
  expect(asked[0]?.method).toBe('GET');
  expect(asked[0]?.url.pathname).toBe('/_services/x/_apis/artifactcache/cache');
  expect(asked[0]?.url.searchParams.get('keys')).toBe('index-s-1-f921bd05#');
});

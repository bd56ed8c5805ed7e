import { writeFile, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Cancelled, ToolError, UserError } from '../../../src/errors.ts';
import { brokenConnection } from '../../../src/tools/registry/answers.ts';
import { createSender, NOT_CONNECTED } from '../../../src/tools/registry/http.ts';
import { retry, Retriable, RETRY } from '../../../src/tools/registry/retry.ts';
import { temporaryDirectory } from '../../fakes/layouts.ts';
import { sha256, type Fault, type FaultRegistry, type Seen } from './fault-registry.ts';
import { aBlob, aClient, aClock, aRegistry, atEnd, LARGE } from './setting.ts';

const MANIFEST = Buffer.from('{"schemaVersion":2}');
const TYPE = 'application/vnd.oci.image.manifest.v1+json';
const STORED = { digest: sha256(MANIFEST), mediaType: TYPE, bytes: MANIFEST };
const LOGIN = { scheme: 'bearer', username: 'me', password: 'pw' } as const;

/** Faults that one run survives: what happens, and what the client is seen to wait (milliseconds; random() is 1). */
const SURVIVED: readonly [string, readonly Fault[], readonly number[]][] = [
  [
    '429 with Retry-After in seconds on POST',
    [{ kind: 'POST upload', times: 1, act: { answer: 429, headers: { 'retry-after': '2' } } }],
    [2000],
  ],
  [
    '429 with an odd Retry-After',
    [{ kind: 'HEAD blob', times: 1, act: { answer: 429, headers: { 'retry-after': '1.889377ms' } } }],
    [1.889377],
  ],
  [
    '429 with a date',
    [{ kind: 'HEAD blob', times: 1, act: { answer: 429, headers: { 'retry-after': 'Sat, 21 Nov 2026 12:00:07 GMT' } } }],
    [7000],
  ],
  [
    '429 with a senseless Retry-After',
    [{ kind: 'HEAD blob', times: 1, act: { answer: 429, headers: { 'retry-after': 'soon' } } }],
    [500],
  ],
  [
    'a rate limit dressed as 403',
    [{ kind: 'POST upload', times: 1, act: { answer: 403, body: 'You have exceeded a secondary rate limit.' } }],
    [2000],
  ],
  ['500 three times', [{ kind: 'POST upload', times: 3, act: { answer: 500 } }], [500, 1000, 2000]],
  ['502 on HEAD', [{ kind: 'HEAD blob', times: 1, act: { answer: 502, body: '<html>bad gateway</html>' } }], [500]],
  ['408', [{ kind: 'PUT upload', times: 1, act: { answer: 408 } }], [500]],
  ['503 after the body, session gone', [{ kind: 'PUT upload', times: 1, act: { answer: 503 } }], [500]],
  ['503 early in the body', [{ kind: 'PUT upload', times: 1, act: { answer: 503, early: true } }], [500]],
  [
    '429 early in the body',
    [{ kind: 'PUT upload', times: 1, act: { answer: 429, early: true, headers: { 'retry-after': '3' } } }],
    [3000],
  ],
  [
    'a lost session',
    [{ kind: 'PUT upload', times: 1, act: { answer: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' } }],
    [500],
  ],
  [
    'bytes that were damaged on the way',
    [{ kind: 'PUT upload', times: 1, act: { answer: 400, body: '{"errors":[{"code":"DIGEST_INVALID"}]}' } }],
    [500],
  ],
  ['a reset before anything was read', [{ kind: 'PUT upload', times: 1, act: { reset: true } }], [500]],
  [
    'a reset in the middle of the body',
    [{ kind: 'PUT upload', times: 2, act: { reset: true, afterBytes: 1024 * 1024 } }],
    [500, 1000],
  ],
  ['a reset on HEAD', [{ kind: 'HEAD blob', times: 1, act: { reset: true } }], [500]],
  [
    'an answer that was lost though the blob arrived',
    [{ kind: 'PUT upload', times: 1, act: { reset: true, late: true } }],
    [500],
  ],
  ['a refused HEAD (Artifactory)', [{ kind: 'HEAD blob', act: { answer: 403 } }], []],
];

describe('a blob arrives in spite of', () => {
  test.each(SURVIVED)('%s', async (_, faults, waits) => {
    const registry = await aRegistry();
    registry.faults.push(...faults);
    const clock = aClock();
    const { bundle, blob } = await aBlob();
    expect(await aClient({ clock }).pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
    expect(registry.blobs.get(`acme/app ${blob.digest}`)?.equals(LARGE)).toBe(true);
    expect(clock.waits).toEqual(waits);
    expect([...registry.sessions]).toEqual([]);
  });

  test('a token that runs out while blobs are sent', async () => {
    const clock = aClock();
    const registry = await aRegistry({ login: LOGIN, tokenLifetime: 20, now: () => clock.now() });
    const client = aClient({ clock, credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    for (const text of ['one', 'two', 'three']) {
      const { bundle, blob } = await aBlob(Buffer.from(text));
      expect(await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
      await clock.sleep(16_000);
    }
    const refused = registry.seen.filter(one => one.status === 401);
    // Only the very first request: renewed before it runs out, not after a refusal.
    expect(refused.map(one => one.kind)).toEqual(['HEAD blob']);
    expect(registry.seen.filter(one => one.kind === 'GET token')).toHaveLength(3);
  });

  test('a token that is refused before its time', async () => {
    const clock = aClock();
    const registry = await aRegistry({ login: LOGIN, now: () => clock.now() });
    const client = aClient({ clock, credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    const first = await aBlob(Buffer.from('one'));
    await client.pushBlob(`${registry.host}/acme/app`, first.blob, first.bundle, []);
    const challenge = registry.seen.find(one => one.status === 401);
    expect(challenge).toBeDefined();
    registry.faults.push({
      kind: 'PUT upload',
      times: 1,
      act: {
        answer: 401,
        headers: {
          'www-authenticate': `Bearer realm="${registry.url}/token",service="fault",scope="repository:acme/app:pull,push"`,
        },
      },
    });
    const { bundle, blob } = await aBlob();
    expect(await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
    expect(registry.seen.filter(one => one.kind === 'GET token')).toHaveLength(2);
  });
});

describe('one PUT', () => {
  test('with its length, after a HEAD and a POST; a second time nothing but the HEAD', async () => {
    const registry = await aRegistry();
    const { bundle, blob } = await aBlob();
    const client = aClient();
    expect(await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
    expect(registry.kinds()).toEqual(['HEAD blob 404', 'POST upload 202', 'PUT upload 201']);
    expect(registry.seen[2]?.contentLength).toBe(String(blob.size));
    expect(await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('present');
    expect(registry.kinds().slice(3)).toEqual(['HEAD blob 200']);
  });

  test('an empty blob is a blob', async () => {
    const registry = await aRegistry();
    const { bundle, blob } = await aBlob(Buffer.alloc(0));
    expect(await aClient().pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
  });

  test.each([
    ['other bytes of the same length', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from('!')])],
    ['more bytes', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ['fewer bytes', (bytes: Buffer) => bytes.subarray(1)],
  ])('a file that changed since it was scanned (%s) never arrives whole, and its session is closed', async (_, change) => {
    const registry = await aRegistry();
    const { bundle, blob, file } = await aBlob();
    await writeFile(file, change(LARGE));
    const pushing = aClient().pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
    await expect(pushing).rejects.toThrow(/changed since it was scanned/);
    await expect(pushing).rejects.toThrow(ToolError);
    expect([...registry.blobs.keys()]).toEqual([]);
    expect([...registry.sessions]).toEqual([]);
    expect(registry.seen.filter(one => one.kind === 'PUT upload')).toHaveLength(1);
  });
});

describe('mount', () => {
  test('from a repository of the same registry, without a byte', async () => {
    const registry = await aRegistry();
    const client = aClient();
    const { bundle, blob } = await aBlob();
    await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
    expect(await client.pushBlob(`${registry.host}/acme/mirror`, blob, bundle, [`${registry.host}/acme/app`])).toBe('mounted');
    expect(registry.kinds().slice(3)).toEqual(['HEAD blob 404', 'POST upload 201']);
  });

  test('asks for rights on both repositories', async () => {
    const registry = await aRegistry({ login: LOGIN });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    const { bundle, blob } = await aBlob();
    await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
    expect(await client.pushBlob(`${registry.host}/acme/mirror`, blob, bundle, [`${registry.host}/acme/app`])).toBe('mounted');
    expect(
      registry.seen.map(one => decodeURIComponent(one.url)).find(url => url.includes('mirror') && url.includes('acme/app:pull')),
    ).toBeDefined();
  });

  test.each([202, 401, 403, 404, 500])('that is answered %i falls back to sending', async status => {
    const registry = await aRegistry();
    const { bundle, blob } = await aBlob();
    if (status !== 202) registry.faults.push({ kind: 'POST upload', times: 1, act: { answer: status } });
    expect(await aClient().pushBlob(`${registry.host}/acme/app`, blob, bundle, [`${registry.host}/acme/empty`])).toBe('sent');
    expect(registry.blobs.has(`acme/app ${blob.digest}`)).toBe(true);
  });

  test('is not tried from another registry', async () => {
    const [registry, other] = [await aRegistry(), await aRegistry()];
    const { bundle, blob } = await aBlob();
    expect(await aClient().pushBlob(`${registry.host}/acme/app`, blob, bundle, [`${other.host}/acme/app`])).toBe('sent');
    expect(registry.seen.some(one => one.url.includes('mount='))).toBe(false);
  });
});

describe('Location', () => {
  test('on another host is followed without credentials', async () => {
    const [registry, storage] = [await aRegistry({ login: LOGIN }), await aRegistry()];
    storage.sessions.add('s9');
    registry.faults.push({
      kind: 'POST upload',
      skip: 0,
      times: 1,
      act: { headers: { location: `${storage.url}/v2/acme/app/blobs/uploads/s9?_state=a%2Bb` } },
    });
    const { bundle, blob } = await aBlob();
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    expect(await client.pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
    expect(storage.seen.map(one => [one.kind, one.authorization])).toEqual([['PUT upload', undefined]]);
  });

  test('of a download on another host is followed without credentials', async () => {
    const [registry, storage] = [await aRegistry({ login: LOGIN }), await aRegistry()];
    const bytes = Buffer.from('layer');
    const blob = { mediaType: 'x', digest: sha256(bytes), size: bytes.length };
    storage.blobs.set(`acme/app ${blob.digest}`, bytes);
    registry.faults.push({
      kind: 'GET blob',
      skip: 1,
      act: { answer: 307, headers: { location: `${storage.url}/v2/acme/app/blobs/${blob.digest}` } },
    });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    expect(Buffer.from(await client.blob(`${registry.host}/acme/app`, blob)).toString()).toBe('layer');
    expect(storage.seen.map(one => one.authorization)).toEqual([undefined]);
  });

  test('that leads in circles ends', async () => {
    const registry = await aRegistry();
    const blob = { mediaType: 'x', digest: sha256(LARGE), size: LARGE.length };
    registry.faults.push({ kind: 'GET blob', act: { answer: 307, headers: { location: `/v2/acme/app/blobs/${blob.digest}` } } });
    await expect(aClient().blob(`${registry.host}/acme/app`, blob)).rejects.toThrow(/without end/);
  });
});

describe('what does not heal is explained', () => {
  const push = async (faults: readonly Fault[]): Promise<{ readonly error: unknown; readonly waits: readonly number[] }> => {
    const registry = await aRegistry();
    registry.faults.push(...faults);
    const clock = aClock();
    const { bundle, blob } = await aBlob();
    const error: unknown = await aClient({ clock })
      .pushBlob(`${registry.host}/acme/app`, blob, bundle, [])
      .catch((thrown: unknown) => thrown);
    expect([...registry.sessions]).toEqual([]);
    return { error, waits: clock.waits };
  };
  const denied = '{"errors":[{"code":"DENIED","message":"permission_denied: write_package"}]}';
  const cases: readonly [string, Fault, typeof UserError | typeof ToolError, RegExp, RegExp][] = [
    [
      'no right to write',
      { kind: 'POST upload', act: { answer: 403, body: denied } },
      UserError,
      /does not let us write to 127.0.0.1:\d+\/acme\/app \(403 DENIED: permission_denied: write_package\)/,
      /needs write rights on acme\/app/,
    ],
    [
      'a body that is too large',
      {
        kind: 'PUT upload',
        act: { answer: 413, early: true, body: '<html>nginx</html>', headers: { 'content-type': 'text/html' } },
      },
      UserError,
      /does not take 3.0 MiB in one request .*\(413\)/,
      /client_max_body_size/,
    ],
    [
      'no such repository',
      { kind: 'POST upload', act: { answer: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' } },
      UserError,
      /has no repository acme\/app/,
      /Create the repository first/,
    ],
    [
      'an outage',
      { kind: 'POST upload', act: { answer: 503, body: 'down\nfor maintenance' } },
      ToolError,
      /failed at blob sha256:\w+ \(503 down for maintenance\)/,
      /Run again/,
    ],
    [
      'a request that is refused',
      { kind: 'POST upload', act: { answer: 400, body: '{"errors":[{"code":"UNSUPPORTED"}]}' } },
      ToolError,
      /\(400 UNSUPPORTED\)/,
      /^$/,
    ],
    [
      'another digest stored',
      { kind: 'PUT upload', act: { headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } } },
      ToolError,
      /stored sha256:0000/,
      /^$/,
    ],
    ['an upload without an address', { kind: 'POST upload', act: { answer: 202 } }, ToolError, /without saying where/, /^$/],
  ];
  test.each(cases)('%s', async (_, fault, kind, message, hint) => {
    const { error } = await push([fault]);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
    expect((error as UserError).hint ?? '').toMatch(hint);
  });

  test('an outage is waited for inside the budget, then given up', async () => {
    const { waits } = await push([{ kind: 'POST upload', act: { answer: 503 } }]);
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
  });

  test('a registry that asks for more patience than the budget has is not waited for', async () => {
    const { error, waits } = await push([{ kind: 'POST upload', act: { answer: 429, headers: { 'retry-after': '3600' } } }]);
    expect(waits).toEqual([]);
    expect((error as Error).message).toMatch(/limits our rate/);
  });

  test('a registry that takes requests and never answers ends within the budget and one try', async () => {
    const clock = aClock();
    const start = clock.now();
    const stalled = async (): Promise<never> => {
      await clock.sleep(120_000);
      throw new Retriable(new Error('no byte for 120 s'));
    };
    await expect(retry(stalled, { clock, policy: RETRY })).rejects.toThrow('no byte for 120 s');
    expect(clock.now() - start).toBe(240_500);
  });

  test('time in which bytes move does not use up the budget', async () => {
    const clock = aClock();
    let tries = 0;
    const slow = async (moved: () => void): Promise<string> => {
      await clock.sleep(600_000);
      moved();
      if (++tries < 3) throw new Retriable(new Error('reset'));
      return 'sent';
    };
    expect(await retry(slow, { clock, policy: RETRY })).toBe('sent');
  });

  test('a large blob that breaks late is sent again', async () => {
    const clock = aClock();
    const registry = await aRegistry();
    registry.faults.push({ kind: 'PUT upload', times: 1, act: { reset: true, afterBytes: 1024 * 1024 } });
    const { bundle, blob } = await aBlob();
    // The first look is at the start of the try, the second at the first bytes: ten minutes go by between them.
    let looks = 0;
    const slow = { ...clock, now: () => clock.now() + (++looks > 1 ? 600_000 : 0) };
    expect(await aClient({ clock: slow }).pushBlob(`${registry.host}/acme/app`, blob, bundle, [])).toBe('sent');
  });

  test('a host that lets us connect and never shakes hands', async () => {
    const sockets: Socket[] = [];
    const server = createServer(socket => void sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { send, close } = createSender({ env: {}, connectTimeout: 50 });
    atEnd(() => {
      close();
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const url = new URL(`https://127.0.0.1:${(server.address() as AddressInfo).port}/v2/`);
    const error: unknown = await send({ method: 'GET', url, headers: {} }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: NOT_CONNECTED });
    // As seldom healing as a refused connection.
    expect(brokenConnection(error, url.host)).toMatchObject({ tries: 4 });
  });

  test('the limit for connecting is none for an answer', async () => {
    const registry = await aRegistry();
    registry.faults.push({ kind: 'other', act: { silent: true } });
    const { send, close } = createSender({ env: {}, connectTimeout: 50 });
    atEnd(close);
    for (const path of ['/v2/a/manifests/1', '/v2/a/manifests/2'])
      (await send({ method: 'GET', url: new URL(path, registry.url), headers: {} })).stream.resume();
    const silent = send({ method: 'GET', url: new URL('/v2/', registry.url), headers: {}, idle: 300 });
    await expect(silent).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  });

  test('a registry that is not there', async () => {
    const registry = await aRegistry();
    await registry.close();
    const clock = aClock();
    await expect(aClient({ clock }).resolve(`${registry.host}/acme/app`, '1')).rejects.toThrow(/ECONNREFUSED/);
    expect(clock.waits).toEqual([500, 1000, 2000]);
  });
});

describe('manifests', () => {
  test('are put and read back as the very same bytes', async () => {
    const registry = await aRegistry();
    const client = aClient();
    const image = `${registry.host}/acme/app`;
    expect(await client.resolve(image, '1')).toBeUndefined();
    expect(await client.manifest(image, '1')).toBeUndefined();
    await client.pushManifest(image, STORED.digest, STORED);
    await client.pushManifest(image, '1', STORED);
    expect(await client.resolve(image, '1')).toEqual({ digest: STORED.digest, mediaType: TYPE });
    expect(await client.manifest(image, '1')).toEqual(STORED);
    expect(registry.seen.find(one => one.kind === 'PUT manifest')?.body.equals(MANIFEST)).toBe(true);
  });

  test.each([429, 500])('are put again after a %i', async status => {
    const registry = await aRegistry();
    registry.faults.push({ kind: 'PUT manifest', times: 2, act: { answer: status } });
    await aClient().pushManifest(`${registry.host}/acme/app`, '1', STORED);
    expect(registry.manifests.has('acme/app/1')).toBe(true);
  });

  test('whose blobs the registry does not see yet are put again, a few times', async () => {
    const registry = await aRegistry();
    registry.faults.push({
      kind: 'PUT manifest',
      times: 2,
      act: { answer: 400, body: '{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}' },
    });
    await aClient().pushManifest(`${registry.host}/acme/app`, '1', STORED);
    expect(registry.kinds()).toEqual(['PUT manifest 400', 'PUT manifest 400', 'PUT manifest 201']);
  });

  test.each([
    ['changed bytes', STORED.digest, { ...STORED, bytes: Buffer.from('{"schemaVersion":3}') }],
    ['another digest than the reference', `sha256:${'0'.repeat(64)}`, STORED],
  ])('are refused before anything is sent: %s', async (_, reference, manifest) => {
    const registry = await aRegistry();
    await expect(aClient().pushManifest(`${registry.host}/acme/app`, reference, manifest)).rejects.toThrow(
      /changed since it was scanned/,
    );
    expect(registry.seen).toEqual([]);
  });

  test('a registry that stores another digest is told', async () => {
    const registry = await aRegistry();
    registry.faults.push({ kind: 'PUT manifest', act: { headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } } });
    await expect(aClient().pushManifest(`${registry.host}/acme/app`, '1', STORED)).rejects.toThrow(/answers sha256:0000/);
  });

  test('a registry that answers other bytes than were asked for is told', async () => {
    const registry = await aRegistry();
    const wanted = `sha256:${'1'.repeat(64)}`;
    registry.manifests.set(`acme/app/${wanted}`, { type: TYPE, bytes: MANIFEST });
    await expect(aClient().manifest(`${registry.host}/acme/app`, wanted)).rejects.toThrow(new RegExp(`answers ${STORED.digest}`));
    await expect(aClient().resolve(`${registry.host}/acme/app`, wanted)).rejects.toThrow(new RegExp(`answers ${STORED.digest}`));
  });

  test('a digest header that contradicts the bytes is told', async () => {
    const registry = await aRegistry();
    registry.manifests.set('acme/app/1', { type: TYPE, bytes: MANIFEST });
    registry.faults.push({ kind: 'GET manifest', act: { headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } } });
    await expect(aClient().manifest(`${registry.host}/acme/app`, '1')).rejects.toThrow(/but its bytes are/);
  });

  test('a HEAD without a digest is answered by a GET', async () => {
    const registry = await aRegistry();
    registry.manifests.set('acme/app/1', { type: TYPE, bytes: MANIFEST });
    registry.faults.push({ kind: 'HEAD manifest', act: { headers: { 'docker-content-digest': '' } } });
    expect((await aClient().resolve(`${registry.host}/acme/app`, '1'))?.digest).toBe(STORED.digest);
  });

  test('a refused HEAD says why', async () => {
    const registry = await aRegistry();
    for (const kind of ['HEAD manifest', 'GET manifest'] as const)
      registry.faults.push({ kind, act: { answer: 403, body: '{"errors":[{"code":"DENIED","message":"no access"}]}' } });
    await expect(aClient().resolve(`${registry.host}/acme/app`, '1')).rejects.toThrow(
      /does not let us read 127.0.0.1:\d+\/acme\/app \(403 DENIED: no access\)/,
    );
  });
});

describe('downloads', () => {
  const blob = { mediaType: 'x', digest: sha256(LARGE), size: LARGE.length };

  test.each<[string, Fault[]]>([
    ['at once', []],
    ['after a truncated answer', [{ kind: 'GET blob', times: 1, act: { truncate: true } }]],
    ['after a 502', [{ kind: 'GET blob', times: 1, act: { answer: 502 } }]],
    ['after other bytes', [{ kind: 'GET blob', times: 1, act: { answer: 200, body: 'not the layer' } }]],
  ])('arrive whole %s', async (_, faults) => {
    const registry = await aRegistry();
    registry.blobs.set(`acme/app ${blob.digest}`, LARGE);
    registry.faults.push(...faults);
    const file = join(await temporaryDirectory(), 'layer');
    await aClient().fetchBlob(`${registry.host}/acme/app`, blob, file);
    expect((await readFile(file)).equals(LARGE)).toBe(true);
  });

  test('of wrong bytes leave no file', async () => {
    const registry = await aRegistry();
    registry.blobs.set(`acme/app ${blob.digest}`, Buffer.alloc(LARGE.length));
    const file = join(await temporaryDirectory(), 'layer');
    await expect(aClient().fetchBlob(`${registry.host}/acme/app`, blob, file)).rejects.toThrow(/sent other bytes/);
    await expect(readFile(file)).rejects.toThrow(/ENOENT/);
    await expect(readFile(`${file}.partial`)).rejects.toThrow(/ENOENT/);
  });

  test('of what is not there name it', async () => {
    const registry = await aRegistry();
    await expect(aClient().blob(`${registry.host}/acme/app`, blob)).rejects.toThrow(/has no blob/);
  });
});

/** Aborts as soon as the registry has seen such a request. */
function abortAt(
  controller: AbortController,
  registry: FaultRegistry,
  kind: Seen['kind'],
  before: () => Promise<void> = () => Promise.resolve(),
): void {
  const watch = setInterval(() => {
    if (!registry.seen.some(one => one.kind === kind)) return;
    clearInterval(watch);
    void before().then(() => controller.abort());
  }, 5);
  atEnd(() => clearInterval(watch));
}

describe('cancel', () => {
  test('in the middle of a body ends at once and closes the session', async () => {
    const registry = await aRegistry();
    registry.faults.push({ kind: 'PUT upload', act: { silent: true } });
    const controller = new AbortController();
    const { bundle, blob } = await aBlob(Buffer.alloc(32 * 1024 * 1024));
    const pushing = aClient({ signal: controller.signal }).pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
    const watch = setInterval(() => {
      if (registry.seen.some(one => one.kind === 'PUT upload')) controller.abort();
    }, 5);
    await expect(pushing).rejects.toThrow(Cancelled);
    clearInterval(watch);
    expect([...registry.sessions]).toEqual([]);
    expect(registry.seen.at(-1)?.kind).toBe('DELETE upload');
  });

  test('while a token is fetched ends at once', async () => {
    const registry = await aRegistry({ login: LOGIN });
    registry.faults.push({ kind: 'GET token', act: { silent: true } });
    const controller = new AbortController();
    const credentials = [{ registry: registry.host, username: 'me', password: 'pw' }];
    const { bundle, blob } = await aBlob();
    const pushing = aClient({ signal: controller.signal, credentials }).pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
    abortAt(controller, registry, 'GET token');
    await expect(pushing).rejects.toThrow(Cancelled);
    expect(registry.seen.map(one => one.kind)).toEqual(['HEAD blob', 'GET token']);
  });

  test('closes the session with a new token when the old one ran out', async () => {
    const clock = aClock();
    const registry = await aRegistry({ login: LOGIN, tokenLifetime: 60, now: () => clock.now() });
    registry.faults.push({ kind: 'PUT upload', act: { silent: true } });
    const controller = new AbortController();
    const credentials = [{ registry: registry.host, username: 'me', password: 'pw' }];
    const { bundle, blob } = await aBlob(Buffer.alloc(32 * 1024 * 1024));
    const client = aClient({ clock, signal: controller.signal, credentials });
    const pushing = client.pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
    abortAt(controller, registry, 'PUT upload', () => clock.sleep(55_000));
    await expect(pushing).rejects.toThrow(Cancelled);
    expect(registry.seen.slice(-2).map(one => one.kind)).toEqual(['GET token', 'DELETE upload']);
  });

  test.each(['GET token', 'DELETE upload'] as const)(
    'does not wait long for a silent %s',
    async kind => {
      const clock = aClock();
      const registry = await aRegistry({ login: LOGIN, tokenLifetime: 60, now: () => clock.now() });
      registry.faults.push(
        { kind: 'PUT upload', act: { silent: true } },
        { kind, skip: kind === 'GET token' ? 1 : 0, act: { silent: true } },
      );
      const controller = new AbortController();
      const credentials = [{ registry: registry.host, username: 'me', password: 'pw' }];
      const { bundle, blob } = await aBlob(Buffer.alloc(32 * 1024 * 1024));
      const client = aClient({ clock, signal: controller.signal, credentials });
      const pushing = client.pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
      let aborted = 0;
      abortAt(controller, registry, 'PUT upload', () => {
        aborted = performance.now();
        return clock.sleep(55_000);
      });
      await expect(pushing).rejects.toThrow(Cancelled);
      expect(performance.now() - aborted).toBeLessThan(4_500);
      expect(registry.seen.at(-1)?.kind).toBe(kind);
    },
    15_000,
  );

  test('before anything sends nothing', async () => {
    const registry = await aRegistry();
    const { bundle, blob } = await aBlob();
    await expect(
      aClient({ signal: AbortSignal.abort() }).pushBlob(`${registry.host}/acme/app`, blob, bundle, []),
    ).rejects.toThrow(Cancelled);
    expect(registry.seen).toEqual([]);
  });
});

// The referrers API and the tag that stands in for it, against a server that plays registries of every kind.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import type { StoredManifest } from '../../../src/publish/publish.ts';
import { atEnd, aClient } from './setting.ts';
import { sha256 } from './fault-registry.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const TYPE = 'application/vnd.docker.attestation.manifest.v1+json';
const SUBJECT = `sha256:${'a'.repeat(64)}`;
const TAG = `sha256-${'a'.repeat(64)}`;

interface Kind {
  /** The API answers. */
  readonly api?: boolean;
  /** ... and a write says that it was understood. */
  readonly header?: boolean;
  /** Answers of the API without one. */
  readonly refusal?: readonly [status: number, type: string, body: string];
  /** Entries a page of the API. */
  readonly page?: number;
  /** Lists that show nothing yet. */
  readonly lag?: number;
  /** Told before the fallback tag is stored; what it answers is stored instead. */
  readonly onTag?: (body: string, writes: number) => string;
}

/** A registry that keeps manifests by reference and the order of the writes. */
async function aServer(kind: Kind): Promise<{ image: string; writes: string[]; tags: Map<string, string>; asked: string[] }> {
  const stored = new Map<string, string>();
  const writes: string[] = [];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string, headers = {}): void => {
      response.writeHead(status, { 'content-type': type, ...headers }).end(request.method === 'HEAD' ? '' : body);
    };
    const url = new URL(request.url ?? '', 'http://x');
    asked.push(`${request.method ?? ''} ${url.pathname}`);
    const reference = url.pathname.split('/').at(-1) ?? '';
    if (url.pathname.includes('/referrers/')) {
      if (kind.api !== true) answer(...(kind.refusal ?? [404, 'text/plain', '404 page not found']));
      else {
        const all = [...stored.values()].map(text => JSON.parse(text) as Record<string, unknown>).filter(one => 'subject' in one);
        const from = Number(url.searchParams.get('from') ?? 0);
        const size = kind.page ?? 100;
        const visible = asked.filter(line => line.includes('/referrers/')).length > (kind.lag ?? 0) ? all : [];
        const listed = visible.slice(from, from + size).map(one => {
          const bytes = Buffer.from(JSON.stringify(one));
          return {
            mediaType: MANIFEST,
            digest: sha256(bytes),
            size: bytes.length,
            artifactType: 'application/vnd.oci.empty.v1+json',
          };
        });
        const link = from + size < all.length ? { link: `<${url.pathname}?from=${from + size}>; rel="next"` } : {};
        answer(200, INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [...listed, { odd: true }] }), link);
      }
    } else if (request.method === 'PUT') {
      let body = '';
      request.on('data', chunk => (body += String(chunk)));
      request.on('end', () => {
        writes.push(reference);
        stored.set(reference, reference === TAG && kind.onTag ? kind.onTag(body, writes.length) : body);
        answer(201, 'text/plain', '', kind.header === true ? { 'oci-subject': SUBJECT } : {});
      });
    } else {
      const found = stored.get(reference);
      if (found === undefined) answer(404, 'application/json', '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
      else answer(200, reference === TAG ? INDEX : MANIFEST, found);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => new Promise<void>(resolve => void server.close(() => resolve())));
  atEnd(() => server.closeAllConnections());
  return { image: `127.0.0.1:${(server.address() as AddressInfo).port}/acme/app`, writes, tags: stored, asked };
}

function aReferrer(name = 'one'): StoredManifest & { artifactType: string } {
  const subject = { mediaType: MANIFEST, digest: SUBJECT, size: 5 };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, artifactType: TYPE, annotations: { name }, subject }));
  return { digest: sha256(bytes), mediaType: MANIFEST, bytes, artifactType: TYPE };
}

const entries = (tags: Map<string, string>): unknown[] =>
  (JSON.parse(tags.get(TAG) ?? '{"manifests":[]}') as { manifests: unknown[] }).manifests;
const entryOf = (one: StoredManifest): object => ({
  mediaType: MANIFEST,
  digest: one.digest,
  size: one.bytes.length,
  artifactType: TYPE,
});

describe('one more', () => {
  test('the registry says that it listed it: no tag is written, the API is not even asked', async () => {
    const { image, writes, asked } = await aServer({ api: true, header: true });
    const one = aReferrer();
    await aClient().pushReferrer(image, SUBJECT, one);
    expect(writes).toEqual([one.digest]);
    expect(asked.filter(line => line.includes('/referrers/'))).toEqual([]);
  });

  test('the registry has the API and forgets to say so (go-containerregistry): no tag is written', async () => {
    const { image, writes } = await aServer({ api: true });
    const one = aReferrer();
    await aClient().pushReferrer(image, SUBJECT, one);
    expect(writes).toEqual([one.digest]);
  });

  test.each<[string, Kind]>([
    ['not found (distribution)', {}],
    ['a page for people', { refusal: [200, 'text/html', '<html></html>'] }],
    ['not allowed', { refusal: [405, 'application/json', '{"errors":[{"code":"UNSUPPORTED"}]}'] }],
    ['not implemented', { refusal: [501, 'text/plain', ''] }],
  ])('without the API (%s) it is in the tag that stands in, read back', async (_name, kind) => {
    const { image, writes, tags } = await aServer(kind);
    const [one, two] = [aReferrer('one'), aReferrer('two')];
    const client = aClient();
    await client.pushReferrer(image, SUBJECT, one);
    await client.pushReferrer(image, SUBJECT, two);
    expect(writes).toEqual([one.digest, TAG, two.digest, TAG]);
    expect(entries(tags)).toEqual([entryOf(one), entryOf(two)]);
    expect(await client.referrers(image, SUBJECT)).toEqual([entryOf(one), entryOf(two)]);
  });

  test('what others have in the tag stays as it was, unknown fields too; what is in it is not added again', async () => {
    const { image, writes, tags } = await aServer({});
    const signature = {
      mediaType: MANIFEST,
      digest: `sha256:${'b'.repeat(64)}`,
      size: 7,
      artifactType: 'x/y',
      annotations: { a: 'b' },
      future: [1],
    };
    tags.set(TAG, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [signature], annotations: { kept: 'yes' } }));
    const one = aReferrer();
    const client = aClient();
    await client.pushReferrer(image, SUBJECT, one);
    await client.pushReferrer(image, SUBJECT, one);
    expect(JSON.parse(tags.get(TAG) ?? '')).toEqual({
      schemaVersion: 2,
      mediaType: INDEX,
      manifests: [signature, entryOf(one)],
      annotations: { kept: 'yes' },
    });
    expect(writes).toEqual([one.digest, TAG, one.digest]);
  });

  test('another writer that overwrites the tag is met with another try', async () => {
    const foreign = { mediaType: MANIFEST, digest: `sha256:${'c'.repeat(64)}`, size: 1 };
    const lost = (body: string, writes: number): string =>
      writes === 2 ? JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [foreign] }) : body;
    const { image, tags } = await aServer({ onTag: lost });
    const one = aReferrer();
    await aClient().pushReferrer(image, SUBJECT, one);
    expect(entries(tags)).toEqual([foreign, entryOf(one)]);
  });

  test('a tag that never keeps it is told, after a bounded number of tries', async () => {
    const { image, writes } = await aServer({
      onTag: () => JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] }),
    });
    await expect(aClient().pushReferrer(image, SUBJECT, aReferrer())).rejects.toThrow(/does not keep the attestation/);
    expect(writes.filter(one => one === TAG)).toHaveLength(4);
  });
});

describe('all of it', () => {
  test('nothing attached, with the API and without', async () => {
    expect(await aClient().referrers((await aServer({ api: true })).image, SUBJECT)).toEqual([]);
    expect(await aClient().referrers((await aServer({})).image, SUBJECT)).toEqual([]);
  });

  test('what was just written is waited for, for a while', async () => {
    const slow = await aServer({ api: true, header: true, lag: 2 });
    const one = aReferrer();
    await aClient().pushReferrer(slow.image, SUBJECT, one);
    expect(await aClient().referrers(slow.image, SUBJECT)).toEqual([]);
    expect((await aClient().referrers(slow.image, SUBJECT, one.digest)).map(({ digest }) => digest)).toEqual([one.digest]);
    const never = await aServer({ api: true, header: true, lag: 100 });
    expect(await aClient().referrers(never.image, SUBJECT, one.digest)).toEqual([]);
    expect(never.asked).toHaveLength(5);
  });

  test('over several pages; entries that are none are passed over', async () => {
    const { image } = await aServer({ api: true, header: true, page: 2 });
    const client = aClient();
    const all = ['a', 'b', 'c', 'd', 'e'].map(aReferrer);
    for (const one of all) await client.pushReferrer(image, SUBJECT, one);
    expect((await client.referrers(image, SUBJECT)).map(({ digest }) => digest)).toEqual(all.map(({ digest }) => digest));
  });

  test('a rate limit is waited for, not taken for a missing API', async () => {
    const { image, asked } = await aServer({ refusal: [403, 'application/json', '{"message":"secondary rate limit"}'] });
    await expect(aClient({ retry: { tries: 2, budget: 10_000 } }).referrers(image, SUBJECT)).rejects.toThrow(/limits our rate/);
    expect(asked.filter(line => line.includes('/manifests/'))).toEqual([]);
  });
});

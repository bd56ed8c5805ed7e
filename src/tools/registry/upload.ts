// A blob of the bundle -> the same blob in a registry: HEAD, mount, or one PUT streamed from disk and hashed while it leaves.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { blobPath } from '../../bundle/blobs.ts';
import type { Descriptor } from '../../bundle/oci.ts';
import { errorCodes, header, refusal, toolError, type Purpose, type Reply } from './answers.ts';
import { pullScope } from './challenge.ts';
import { follow, type Ask, type Exchange } from './exchange.ts';
import type { StreamBody } from './http.ts';
import type { Repository } from './reference.ts';
import { retry, Retriable, type RetryOptions } from './retry.ts';

/** What the parts of the client share. */
export interface Client {
  readonly exchange: Exchange;
  /** For tidying up: a cancel ends it only seconds later. */
  readonly tidy: Exchange;
  readonly base: (repository: Repository) => Promise<URL>;
  readonly retry: RetryOptions;
  /** Manifests that this client wrote, as `host/name@digest`: those must be readable. */
  readonly written: Set<string>;
}

/** A registry may take its time to hash and store what it just got. */
const COMMIT_IDLE = 300_000;
const READ_SIZE = 1024 * 1024;

/** Sends one blob unless it is there or can be mounted. A lost upload session starts again at its beginning. */
export async function uploadBlob(
  client: Client,
  repository: Repository,
  blob: Descriptor,
  directory: string,
  mountFrom: readonly Repository[],
): Promise<'present' | 'mounted' | 'sent'> {
  const purpose: Purpose = { repository, access: 'write', what: `blob ${blob.digest}`, size: blob.size };
  let sent = false;
  return retry(async moved => {
    if (await isThere(client, purpose, blob)) return sent ? 'sent' : 'present';
    const session = await openSession(client, purpose, blob, mountFrom);
    if (session === 'mounted') return 'mounted';
    sent = true;
    await putBody(client, purpose, fileBody(directory, blob, moved), blob, session);
    return 'sent';
  }, client.retry);
}

/** A refused HEAD is no answer: some registries refuse it for what is not there. The POST that follows tells the truth about rights. */
async function isThere(client: Client, purpose: Purpose, blob: Descriptor): Promise<boolean> {
  const reply = await client.exchange({ method: 'HEAD', to: `blobs/${blob.digest}`, purpose });
  if (reply.status === 200) return true;
  if ([401, 403, 404].includes(reply.status)) return false;
  throw refusal(reply, purpose, client.retry.clock.now());
}

/** Mounts from the first repository given, or opens an upload session and returns its address. A refused mount is no failure. */
async function openSession(
  client: Client,
  purpose: Purpose,
  blob: Descriptor,
  mountFrom: readonly Repository[],
): Promise<URL | 'mounted'> {
  const source = mountFrom.find(one => one.host === purpose.repository.host && one.name !== purpose.repository.name);
  if (source !== undefined) {
    const query = new URLSearchParams({ mount: blob.digest, from: source.name });
    const reply = await post(client, purpose, `blobs/uploads/?${query.toString()}`, [pullScope(source.name)]).catch(
      () => undefined,
    );
    if (reply?.status === 201) return 'mounted';
    if (reply?.status === 202) return sessionOf(client, purpose, reply);
  }
  const reply = await post(client, purpose, 'blobs/uploads/');
  if (reply.status === 202) return sessionOf(client, purpose, reply);
  throw refusal(reply, purpose, client.retry.clock.now());
}

function post(client: Client, purpose: Purpose, to: string, moreScopes: readonly string[] = []): Promise<Reply> {
  // Not cancelled: a session whose address we never learn could not be closed.
  return client.exchange({ method: 'POST', to, purpose, moreScopes, body: new Uint8Array(), uncancellable: true });
}

async function sessionOf(client: Client, purpose: Purpose, reply: Reply): Promise<URL> {
  const base = await client.base(purpose.repository);
  const location = header(reply, 'location');
  if (location === undefined) throw toolError(`${purpose.repository.registry} opened an upload without saying where`);
  return follow(location, new URL(`/v2/${purpose.repository.name}/blobs/uploads/`, base), base);
}

async function putBody(client: Client, purpose: Purpose, body: StreamBody, blob: Descriptor, session: URL): Promise<void> {
  const url = new URL(session);
  // The query is the registry's own and goes back as it came.
  url.search = `${url.search === '' ? '?' : `${url.search}&`}digest=${encodeURIComponent(blob.digest)}`;
  const ask: Ask = {
    method: 'PUT',
    to: url,
    purpose,
    headers: { 'content-type': 'application/octet-stream' },
    body,
    idle: COMMIT_IDLE,
  };
  try {
    const reply = await client.exchange(ask);
    if (reply.status === 201 || reply.status === 204 || reply.status === 200) {
      checkStored(reply, purpose, blob);
      return;
    }
    if (isLostSession(reply))
      throw new Retriable(toolError(`${purpose.repository.registry} lost the upload of ${purpose.what} (${reply.status})`));
    throw refusal(reply, purpose, client.retry.clock.now());
  } catch (error) {
    await closeSession(client, purpose, session);
    throw error;
  }
}

function checkStored(reply: Reply, purpose: Purpose, blob: Descriptor): void {
  const stored = header(reply, 'docker-content-digest');
  if (stored !== undefined && stored !== blob.digest)
    throw toolError(`${purpose.repository.registry} stored ${stored} when we sent ${purpose.what}`);
}

/** The session is gone, or the bytes that arrived are not those that left: both heal by starting again. */
function isLostSession(reply: Reply): boolean {
  if (reply.status === 404 || reply.status === 410 || reply.status === 416) return true;
  const lost = ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'DIGEST_INVALID', 'SIZE_INVALID'];
  return reply.status >= 400 && reply.status < 500 && errorCodes(reply).some(code => lost.includes(code));
}

/** One polite DELETE; registries that do not know it (ghcr.io) forget the session by themselves. */
async function closeSession(client: Client, purpose: Purpose, session: URL): Promise<void> {
  await client.tidy({ method: 'DELETE', to: session, purpose, idle: 5_000 }).catch(() => undefined);
}

/** The file as a body. The last piece leaves only when the hash of everything is right, so that changed bytes never arrive whole. */
function fileBody(directory: string, blob: Descriptor, moved: () => void): StreamBody {
  const path = blobPath(directory, blob.digest);
  const changed = (): Error =>
    toolError(
      `blob ${blob.digest} of the bundle changed since it was scanned; nothing of it is published`,
      'Something wrote into the layout during the run: build again.',
    );
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await using file = await open(path).catch((error: unknown) => {
      throw toolError(
        `blob ${blob.digest} of the bundle cannot be read`,
        'Something removed it during the run: build again.',
        error,
      );
    });
    const hash = createHash(blob.digest.slice(0, blob.digest.indexOf(':')));
    let length = 0;
    let held: Uint8Array | undefined;
    for await (const chunk of file.createReadStream({
      highWaterMark: READ_SIZE,
      autoClose: false,
    }) as AsyncIterable<Uint8Array>) {
      if (held !== undefined) yield held;
      moved();
      held = chunk;
      hash.update(chunk);
      length += chunk.length;
      if (length > blob.size) throw changed();
    }
    if (length !== blob.size || hash.digest('hex') !== blob.digest.slice(blob.digest.indexOf(':') + 1)) throw changed();
    if (held !== undefined) yield held;
  }
  return { length: blob.size, chunks };
}

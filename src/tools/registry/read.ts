// A tag or digest -> the manifest, or a blob, as the registry has it; every byte hashed while it arrives.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { INDEX_TYPES, MANIFEST_TYPES, type Descriptor } from '../../bundle/oci.ts';
import type { StoredManifest } from '../../publish/publish.ts';
import { header, isRateLimit, refusal, toolError, type Purpose, type Reply } from './answers.ts';
import type { Repository } from './reference.ts';
import { retry, Retriable } from './retry.ts';
import type { Client } from './upload.ts';

const ACCEPT = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');
/** Configs are far smaller; layers are read into files. */
const MEMORY_LIMIT = 16 * 1024 * 1024;

/**
 * Digest and media type of a tag or digest, without the bytes when the registry tells the digest in its header. Undefined when it
 * is not there, and when it is refused to a right login: Docker Hub and Quay answer so for a repository that the first push will
 * make. If it is there but not ours, the write says so; a digest that we wrote and that cannot be read stays an error.
 */
export async function resolveReference(
  client: Client,
  repository: Repository,
  reference: string,
): Promise<{ readonly digest: string; readonly mediaType: string } | undefined> {
  const purpose: Purpose = { repository, access: 'read', what: `manifest ${reference}` };
  const head = await retry(async () => {
    const reply = await client.exchange({ method: 'HEAD', to: `manifests/${reference}`, purpose, headers: { accept: ACCEPT } });
    if (reply.status === 404) return undefined;
    // The answer to a HEAD cannot say why: the GET below does.
    if (reply.status === 200 || (reply.status >= 400 && reply.status < 500 && reply.status !== 429)) return reply;
    throw refusal(reply, purpose, client.retry.clock.now());
  }, client.retry);
  if (head === undefined) return undefined;
  const digest = header(head, 'docker-content-digest');
  if (head.status !== 200 || digest === undefined || digest === '')
    return getManifest(
      client,
      repository,
      reference,
      reply => isHidden(reply) && !client.written.has(writtenKey(repository, reference)),
    );
  if (isDigest(reference) && digest !== reference) throw otherDigest(repository, reference, digest);
  return { digest, mediaType: mediaTypeOf(head) };
}

/** The bytes of a manifest and the digest computed from them; undefined when it is not there. */
export async function readManifest(
  client: Client,
  repository: Repository,
  reference: string,
): Promise<StoredManifest | undefined> {
  return getManifest(client, repository, reference, () => false);
}

function writtenKey(repository: Repository, digest: string): string {
  return `${repository.host}/${repository.name}@${digest}`;
}

/** A refusal of the repository, not of the login: the token service knew the login and gave a token. */
function isHidden(reply: Reply): boolean {
  return (reply.status === 401 || reply.status === 403) && reply.granted === true && !isRateLimit(reply);
}

async function getManifest(
  client: Client,
  repository: Repository,
  reference: string,
  isAbsent: (reply: Reply) => boolean,
): Promise<StoredManifest | undefined> {
  const purpose: Purpose = { repository, access: 'read', what: `manifest ${reference}` };
  return retry(async () => {
    const reply = await client.exchange({ method: 'GET', to: `manifests/${reference}`, purpose, headers: { accept: ACCEPT } });
    if (reply.status === 404 || isAbsent(reply)) return undefined;
    if (reply.status !== 200) throw refusal(reply, purpose, client.retry.clock.now());
    const digest = digestOf(reply.body, isDigest(reference) ? reference : 'sha256:');
    if (isDigest(reference) && digest !== reference) throw otherDigest(repository, reference, digest);
    const told = header(reply, 'docker-content-digest');
    if (told !== undefined && told.startsWith('sha256:') && digest.startsWith('sha256:') && told !== digest)
      throw toolError(`${repository.registry} calls ${repository.image}:${reference} ${told}, but its bytes are ${digest}`);
    return { digest, mediaType: mediaTypeOf(reply), bytes: reply.body };
  }, client.retry);
}

/** PUT of exactly these bytes; the registry's own idea of their digest is compared. Answers the subject to which the registry says that it attached them. */
export async function writeManifest(
  client: Client,
  repository: Repository,
  reference: string,
  manifest: StoredManifest,
): Promise<{ readonly subject?: string }> {
  const purpose: Purpose = { repository, access: 'write', what: `manifest ${reference}`, size: manifest.bytes.length };
  if (digestOf(manifest.bytes, manifest.digest) !== manifest.digest || (isDigest(reference) && reference !== manifest.digest))
    throw toolError(
      `the manifest ${manifest.digest} changed since it was scanned; it is not published`,
      'Something wrote into the layout during the run: build again.',
    );
  const reply = await retry(async () => {
    const headers = { 'content-type': manifest.mediaType };
    const reply = await client.exchange({ method: 'PUT', to: `manifests/${reference}`, purpose, headers, body: manifest.bytes });
    if (reply.status !== 201 && reply.status !== 200 && reply.status !== 202)
      throw refusal(reply, purpose, client.retry.clock.now());
    const stored = header(reply, 'docker-content-digest');
    if (stored !== undefined && stored !== manifest.digest) throw otherDigest(repository, reference, stored, manifest.digest);
    return reply;
  }, client.retry);
  client.written.add(writtenKey(repository, manifest.digest));
  const subject = header(reply, 'oci-subject');
  return subject === undefined ? {} : { subject };
}

/** Fetches a blob into `file`; the file appears only when size and hash are right. */
export async function downloadBlob(client: Client, repository: Repository, blob: Descriptor, file: string): Promise<void> {
  const partial = `${file}.partial`;
  try {
    await fetchInto(client, repository, blob, async (stream, check) => {
      await pipeline(stream, check, createWriteStream(partial));
    });
    await rename(partial, file);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Fetches a small blob (a config) into memory. */
export async function readBlob(client: Client, repository: Repository, blob: Descriptor): Promise<Uint8Array> {
  if (blob.size > MEMORY_LIMIT) throw toolError(`blob ${blob.digest} of ${repository.image} is larger than a config can be`);
  let chunks: Uint8Array[] = [];
  await fetchInto(client, repository, blob, async (stream, check) => {
    chunks = [];
    for await (const chunk of check(stream)) chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

type Check = (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;

async function fetchInto(
  client: Client,
  repository: Repository,
  blob: Descriptor,
  consume: (stream: IncomingMessage, check: Check) => Promise<void>,
): Promise<void> {
  const purpose: Purpose = { repository, access: 'read', what: `blob ${blob.digest}` };
  await retry(async moved => {
    const ask = { method: 'GET', to: `blobs/${blob.digest}`, purpose } as const;
    const reply = await client.exchange({ ...ask, consume: stream => consume(stream, checked(repository, blob, moved)) });
    if (reply.status === 404) throw toolError(`${repository.image} has no blob ${blob.digest}: the image there is incomplete`);
    if (reply.status !== 200) throw refusal(reply, purpose, client.retry.clock.now());
  }, client.retry);
}

/** Passes bytes on and ends in an error unless they are those of the descriptor. Damage on the way may heal. */
function checked(repository: Repository, blob: Descriptor, moved: () => void): Check {
  const wrong = (): Error =>
    new Retriable(toolError(`${repository.registry} sent other bytes than blob ${blob.digest} of ${repository.image}`), {
      tries: 3,
    });
  return async function* (source) {
    const hash = createHash(algorithmOf(blob.digest));
    let length = 0;
    for await (const chunk of source) {
      moved();
      length += chunk.length;
      if (length > blob.size) throw wrong();
      hash.update(chunk);
      yield chunk;
    }
    if (length !== blob.size || `${algorithmOf(blob.digest)}:${hash.digest('hex')}` !== blob.digest) throw wrong();
  };
}

function digestOf(bytes: Uint8Array, like: string): string {
  const algorithm = algorithmOf(like);
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

function algorithmOf(digest: string): 'sha256' | 'sha512' {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

function isDigest(reference: string): boolean {
  return reference.includes(':');
}

function mediaTypeOf(reply: Reply): string {
  return (header(reply, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
}

function otherDigest(repository: Repository, reference: string, found: string, expected = reference): Error {
  return toolError(`${repository.registry} answers ${found} for ${repository.image} ${reference}; expected ${expected}`);
}

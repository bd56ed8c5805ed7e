// A digest -> what is attached to it, and one more: by the referrers API, or by the tag `sha256-<hex>` where a registry does not have it.

import { INDEX_TYPES, MEDIA, type Descriptor } from '../../bundle/oci.ts';
import { parseObject } from '../../bundle/parse.ts';
import { digestOfBytes } from '../../bundle/blobs.ts';
import type { StoredManifest } from '../../publish/publish.ts';
import { header, isRateLimit, refusal, toolError, type Purpose, type Reply } from './answers.ts';
import { follow } from './exchange.ts';
import { readManifest, writeManifest } from './read.ts';
import type { Repository } from './reference.ts';
import { retry } from './retry.ts';
import type { Client } from './upload.ts';

/** More pages than any honest list has. */
const MOST_PAGES = 20;
/** Others (cosign) write the same tag, and nobody can lock it. */
const TRIES = 4;
/** Milliseconds. */
const BETWEEN_TRIES = 200;

/**
 * Everything that is attached to `digest`. Filtering is left to the caller: registries and clients are known to write wrong artifact types into the list. `expected`
 * was just written: a registry whose lists lag behind is asked again for a while; whether it is there is left to the caller too.
 */
export async function listReferrers(
  client: Client,
  repository: Repository,
  digest: string,
  expected?: string,
): Promise<readonly Descriptor[]> {
  for (let round = 1; ; round++) {
    const found = await listOnce(client, repository, digest);
    if (expected === undefined || round > TRIES || found.some(entry => entry.digest === expected)) return found;
    await client.retry.clock.sleep(BETWEEN_TRIES * 2 ** round, client.retry.signal);
  }
}

async function listOnce(client: Client, repository: Repository, digest: string): Promise<readonly Descriptor[]> {
  const answered = await askApi(client, repository, digest);
  if (answered !== undefined) return answered;
  const stored = await readManifest(client, repository, fallbackTag(digest));
  return stored === undefined ? [] : descriptorsOf(stored.bytes, repository, digest);
}

/** Writes the manifest by its digest and makes sure that it is listed. Entries of others in the list stay as they are. */
export async function pushReferrer(
  client: Client,
  repository: Repository,
  subject: string,
  manifest: StoredManifest & { readonly artifactType: string },
): Promise<void> {
  const { subject: taken } = await writeManifest(client, repository, manifest.digest, manifest);
  if (taken === subject) return;
  // Without the header the registry knows no referrers, unless it knows them and forgets to say so (go-containerregistry).
  if ((await askApi(client, repository, subject)) !== undefined) return;
  for (let round = 1; ; round++) {
    if (await isInFallback(client, repository, subject, manifest)) return;
    if (round > TRIES)
      throw toolError(
        `${repository.image}:${fallbackTag(subject)} does not keep the attestation ${manifest.digest} of ${subject}`,
        'Something else writes that tag all the time: run again when it has ended.',
      );
    if (round > 1) await client.retry.clock.sleep(BETWEEN_TRIES * round, client.retry.signal);
    await addToFallback(client, repository, subject, manifest);
  }
}

/** The tag schema of the distribution specification. */
export function fallbackTag(digest: string): string {
  return digest.replace(':', '-');
}

/** Undefined: the registry has no such API. */
async function askApi(client: Client, repository: Repository, digest: string): Promise<Descriptor[] | undefined> {
  const found: Descriptor[] = [];
  let to: string | URL = `referrers/${digest}`;
  for (let page = 0; page < MOST_PAGES; page++) {
    const reply = await ask(client, repository, digest, to);
    if (reply === undefined) return undefined;
    found.push(...descriptorsOf(reply.body, repository, digest));
    const next = nextPage(reply);
    if (next === undefined) return found;
    const base = await client.base(repository);
    to = follow(next, new URL(`/v2/${repository.name}/referrers/${digest}`, base), base);
  }
  throw toolError(`${repository.registry} lists what is attached to ${digest} without end`);
}

async function ask(client: Client, repository: Repository, digest: string, to: string | URL): Promise<Reply | undefined> {
  const purpose: Purpose = { repository, access: 'read', what: `referrers of ${digest}` };
  return retry(async () => {
    const reply = await client.exchange({ method: 'GET', to, purpose, headers: { accept: MEDIA.index } });
    // A page for people, or a catch-all address, is no answer of the API.
    if (reply.status === 200) return INDEX_TYPES.includes(typeOf(reply)) ? reply : undefined;
    // Without the API: not found, or not known at all. A login that is refused here is told by what follows.
    if ((reply.status >= 400 && reply.status < 500 && reply.status !== 408 && !isRateLimit(reply)) || reply.status === 501)
      return undefined;
    throw refusal(reply, purpose, client.retry.clock.now());
  }, client.retry);
}

function nextPage(reply: Reply): string | undefined {
  return /<([^>]+)>\s*;\s*rel="?next"?/i.exec(header(reply, 'link') ?? '')?.[1];
}

function typeOf(reply: Reply): string {
  return (header(reply, 'content-type') ?? '').split(';')[0]?.trim() ?? '';
}

/** Anybody may write into such a list: what is no descriptor of a manifest is passed over. */
function descriptorsOf(bytes: Uint8Array, { image }: Repository, digest: string): Descriptor[] {
  const listed = parseObject(bytes, `the list of what is attached to ${image}@${digest}`)['manifests'];
  return (Array.isArray(listed) ? (listed as unknown[]) : []).flatMap(entry => {
    const { mediaType, digest: own, size, artifactType } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof mediaType !== 'string' || typeof size !== 'number' || typeof own !== 'string') return [];
    if (!/^sha256:[a-f0-9]{64}$/.test(own)) return [];
    return [{ mediaType, digest: own, size, ...(typeof artifactType === 'string' && { artifactType }) }];
  });
}

async function isInFallback(
  client: Client,
  repository: Repository,
  subject: string,
  { digest }: StoredManifest,
): Promise<boolean> {
  const stored = await readManifest(client, repository, fallbackTag(subject));
  return stored !== undefined && descriptorsOf(stored.bytes, repository, subject).some(entry => entry.digest === digest);
}

async function addToFallback(
  client: Client,
  repository: Repository,
  subject: string,
  { mediaType, digest, bytes, artifactType }: StoredManifest & { readonly artifactType: string },
): Promise<void> {
  const tag = fallbackTag(subject);
  const stored = await readManifest(client, repository, tag);
  if (stored !== undefined && !INDEX_TYPES.includes(stored.mediaType))
    throw toolError(
      `${repository.image}:${tag} is no index, so the attestation ${digest} cannot be listed there`,
      'The tag belongs to the list of what is attached to the image: delete it in the registry and run again.',
    );
  const before = stored === undefined ? {} : parseObject(stored.bytes, `${repository.image}:${tag}`);
  const entries = Array.isArray(before['manifests']) ? (before['manifests'] as unknown[]) : [];
  const index = {
    schemaVersion: 2,
    mediaType: MEDIA.index,
    ...before,
    manifests: [...entries, { mediaType, digest, size: bytes.length, artifactType }],
  };
  const after = Buffer.from(JSON.stringify(index));
  const written = { digest: digestOfBytes(after), mediaType: stored?.mediaType ?? MEDIA.index, bytes: after };
  await writeManifest(client, repository, tag, written);
}

// A cache of type=gha -> one small question to the service of Actions, and what may be done with the cache after the answer.

import { createHash } from 'node:crypto';
import type { LayerCache } from '../plan/plan.ts';
import { inSeconds, neither, refused, YES } from './cache-answers.ts';
import type { CacheTimes, Finding } from './cache-answers.ts';
import { readCacheToken } from './cache-token.ts';
import type { TokenReading } from './cache-token.ts';
import { readAnswer } from './registry/http.ts';
import type { HttpAnswer, HttpRequest, Send } from './registry/http.ts';
import { parseRetryAfter } from './registry/retry.ts';

export interface ServiceQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly send: Send;
  readonly times: CacheTimes;
  readonly signal?: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

const LARGEST = 1024 * 1024;
/** What BuildKit's client calls itself in the key space (tonistiigi/go-actions-cache: version of its entries). */
const VERSION = createHash('sha256').update('|go-actionscache-1.0').digest('hex');
const METHOD = 'twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL';

interface Reply {
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly body: Buffer;
}

/** Asks once, and once more after a short Retry-After. Never throws. */
export async function probeActionsCache(cache: LayerCache, question: ServiceQuestion): Promise<Finding> {
  const { env, now = Date.now } = question;
  const token = env['ACTIONS_RUNTIME_TOKEN'] ?? '';
  const service = addressOf(cache, env);
  if (token === '' || service === undefined) return neither(missing(token, service));
  const mode = (env['ACTIONS_CACHE_MODE'] ?? '').toLowerCase();
  if (mode === 'none' || mode === 'write-only') return neither(UNREADABLE);
  const reading = readCacheToken(token, now());
  if (reading.problem !== undefined) return neither(reading.problem);
  if (!reading.read) return neither(UNREADABLE);
  const writable = reading.write && mode !== 'read';
  try {
    return judge(await ask(cache, service, token, reading, question), writable);
  } catch (error) {
    return neither(error instanceof SilentService ? error.message : `its service cannot be reached: ${wordsOf(error)}`);
  }
}

/** BuildKit asks what is there before it writes, so what may not be read cannot be written either. */
const UNREADABLE = 'GitHub does not let this run read caches';

interface Service {
  readonly url: URL;
  readonly second: boolean;
}

/** As buildx reads it: typed addresses first, then the environment; the second version only when the runner says so. */
function addressOf({ attributes }: LayerCache, env: ServiceQuestion['env']): Service | undefined {
  const switched = /^(?:1|t|true)$/i.test(env['ACTIONS_CACHE_SERVICE_V2'] ?? '');
  const second = attributes['url_v2'] ?? (switched ? env['ACTIONS_RESULTS_URL'] : undefined);
  const text = second ?? attributes['url'] ?? env['ACTIONS_CACHE_URL'] ?? '';
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { url, second: second !== undefined || url.hostname === 'results-receiver.actions.githubusercontent.com' };
}

function missing(token: string, service: Service | undefined): string {
  const names = [...(token === '' ? ['ACTIONS_RUNTIME_TOKEN'] : []), ...(service === undefined ? ['ACTIONS_RESULTS_URL'] : [])];
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} not set (only GitHub's runner sets them)`;
}

class SilentService extends Error {}

async function ask(
  cache: LayerCache,
  service: Service,
  token: string,
  reading: TokenReading,
  { send, times, signal, sleep, now = Date.now }: ServiceQuestion,
): Promise<Reply> {
  const limit = AbortSignal.timeout(times.service);
  const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const put = async (request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>): Promise<Reply> => {
    const answer = await send({ ...request, idle: times.service, signal: until });
    const body = await readAnswer(answer, LARGEST);
    return { status: answer.status, retryAfter: parseRetryAfter(headerOf(answer, 'retry-after'), now()), body };
  };
  let whom = 'service';
  try {
    const request = requestOf(cache, service, token, reading);
    let reply = await put(request);
    const { retryAfter } = reply;
    if (reply.status === 429 && retryAfter !== undefined && retryAfter <= times.retryAfter) {
      await sleep(retryAfter);
      reply = await put(request);
    }
    const stored = storedAt(reply);
    if (stored === undefined) return reply;
    // One byte of the table of contents: what lies in a storage that hangs would be waited for without end.
    whom = 'storage';
    const byte = await put({ method: 'GET', url: stored, headers: { range: 'bytes=0-0' } });
    return byte.status < 400 || byte.status === 416 ? reply : { ...byte, body: Buffer.from('{"msg":"of its storage"}') };
  } catch (error) {
    if (limit.aborted) throw new SilentService(`its ${whom} did not answer within ${inSeconds(times.service)}`);
    throw error;
  }
}

/** Where the table of contents lies, when there is one. */
function storedAt({ status, body }: Reply): URL | undefined {
  const answer = status === 200 ? (parse(body) as { readonly signed_download_url?: unknown } | null | undefined) : undefined;
  const url = answer?.signed_download_url;
  return typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
}

function requestOf(
  { attributes }: LayerCache,
  { url, second }: Service,
  token: string,
  reading: TokenReading,
): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
  const keys = indexKeys(attributes['scope'] ?? 'buildkit', reading);
  if (second) {
    const body = Buffer.from(JSON.stringify({ key: keys[0], restore_keys: keys, version: VERSION }));
    return { method: 'POST', url: new URL(METHOD, url), headers: { ...headers, 'content-type': 'application/json' }, body };
  }
  const old = new URL('_apis/artifactcache/cache', url);
  old.search = new URLSearchParams({ keys: keys.join(','), version: VERSION }).toString();
  return { method: 'GET', url: old, headers: { ...headers, accept: 'application/json;api-version=6.0-preview.1' } };
}

/** Where BuildKit keeps the table of contents of a scope, for every ref that the token may read. */
function indexKeys(scope: string, reading: TokenReading): string[] {
  const refs = reading.problem === undefined ? reading.scopes.map(({ name }) => name) : [];
  return refs.map(ref => `index-${scope}-1-${createHash('sha256').update(ref).digest('hex').slice(0, 8)}#`);
}

function judge({ status, retryAfter, body }: Reply, writable: boolean): Finding {
  if (status === 429) {
    const wait = retryAfter === undefined ? '' : `, and wants us to wait for ${inSeconds(retryAfter)}`;
    return neither(`GitHub limits the rate of its service (429${wait})`);
  }
  if (status === 401 || status === 403) return neither(`its service refuses us (${said(status, body)})`);
  if (status === 204) return found(false, writable);
  if (status !== 200) return neither(`its service fails (${said(status, body)})`);
  const answer = parse(body);
  if (typeof answer !== 'object' || answer === null) return neither('its service answers something else than JSON');
  return found('ok' in answer ? answer.ok === true : true, writable);
}

function found(exists: boolean, writable: boolean): Finding {
  return { read: YES, write: writable ? YES : refused('GitHub lets this run only read caches'), exists };
}

/** `403 permission_denied: cache read denied`, at most 120 characters. */
function said(status: number, body: Buffer): string {
  const answer = parse(body) as { readonly code?: unknown; readonly msg?: unknown } | null | undefined;
  const words = [answer?.code, answer?.msg].filter((part): part is string => typeof part === 'string').join(': ');
  return `${status} ${words.replace(/[^\x20-\x7e]+/g, ' ')}`.trim().slice(0, 120);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function wordsOf(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return [code, message].find(part => part !== undefined && part !== '') ?? 'no connection';
}

function headerOf(answer: HttpAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

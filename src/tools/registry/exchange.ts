// One request to the API of a registry, with everything that is not its business: scheme, login, redirects, where credentials may go.

import type { IncomingMessage } from 'node:http';
import { brokenConnection, header, toolError, type Purpose, type Reply } from './answers.ts';
import { pullScope, pushScope } from './challenge.ts';
import { readAnswer, type HttpAnswer, type HttpRequest, type Send } from './http.ts';
import { isLoopback, type Repository } from './reference.ts';
import type { Authoriser, Demand } from './tokens.ts';

/** What is asked of a registry. */
export interface Ask {
  readonly method: 'HEAD' | 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v2/<name>/`, or an address that the registry gave. */
  readonly to: string | URL;
  readonly purpose: Purpose;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpRequest['body'];
  /** Scopes of other repositories (mount). */
  readonly moreScopes?: readonly string[];
  /** Reads a successful answer as it arrives; without it the body is collected. */
  readonly consume?: (stream: IncomingMessage) => Promise<void>;
  /** Cancelling must not hide the answer: it tells of something that has to be closed again. */
  readonly uncancellable?: boolean;
  readonly idle?: number;
}

/** Sends one request and returns whatever was answered; throws Retriable, UserError or ToolError when nothing was. */
export type Exchange = (ask: Ask) => Promise<Reply>;

export interface RequestNote {
  readonly method: string;
  /** Without its query: that may hold signatures. */
  readonly url: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface ExchangeOptions {
  readonly send: Send;
  readonly authoriser: Authoriser;
  readonly base: (repository: Repository) => Promise<URL>;
  readonly signal?: AbortSignal | undefined;
  readonly onRequest?: ((note: RequestNote) => void) | undefined;
}

const ANSWER_LIMIT = 16 * 1024 * 1024;
const MOST_REDIRECTS = 5;
/** A first 401 tells what is wanted, a second one that a token ran out meanwhile. */
const MOST_CHALLENGES = 2;

export function createExchange(options: ExchangeOptions): Exchange {
  return async ask => {
    const base = await options.base(ask.purpose.repository);
    let url = typeof ask.to === 'string' ? new URL(`/v2/${ask.purpose.repository.name}/${ask.to}`, base) : ask.to;
    for (let redirects = 0; ; redirects++) {
      const { answer, granted } = await authorised(ask, url, base, options);
      const location = redirectTarget(ask, answer);
      if (location === undefined) return { ...(await read(ask, answer, url)), granted };
      answer.stream.resume();
      if (redirects === MOST_REDIRECTS) throw toolError(`${base.host} sent us from one address to the next without end`);
      url = follow(location, url, base);
    }
  };
}

/** Sends with the login of the registry, but only to the registry itself. */
async function authorised(
  ask: Ask,
  url: URL,
  base: URL,
  options: ExchangeOptions,
): Promise<{ readonly answer: HttpAnswer; readonly granted: boolean }> {
  const { repository, access } = ask.purpose;
  const own = url.host === base.host && url.protocol === base.protocol;
  const scope = access === 'write' ? pushScope(repository.name) : pullScope(repository.name);
  const demand: Demand = { repository, access, scopes: [scope, ...(ask.moreScopes ?? [])] };
  let authorization = own ? await options.authoriser.before(demand) : undefined;
  for (let challenges = 0; ; challenges++) {
    const answer = await once(ask, url, authorization, options);
    const done = { answer, granted: options.authoriser.isGranted(authorization) };
    if (answer.status !== 401 || !own || challenges === MOST_CHALLENGES) return done;
    const better = await options.authoriser.after(demand, header(answer, 'www-authenticate'), authorization);
    if (better === undefined) return done;
    answer.stream.resume();
    authorization = better;
  }
}

async function once(ask: Ask, url: URL, authorization: string | undefined, options: ExchangeOptions): Promise<HttpAnswer> {
  const started = performance.now();
  const note = (status: number): void =>
    options.onRequest?.({
      method: ask.method,
      url: url.origin + url.pathname,
      status,
      milliseconds: performance.now() - started,
    });
  try {
    const answer = await options.send({
      method: ask.method,
      url,
      headers: { ...ask.headers, ...(authorization === undefined ? {} : { authorization }) },
      ...(ask.body === undefined ? {} : { body: ask.body }),
      ...(ask.idle === undefined ? {} : { idle: ask.idle }),
      ...(ask.uncancellable === true ? {} : { signal: options.signal }),
    });
    note(answer.status);
    return answer;
  } catch (error) {
    note(0);
    throw brokenConnection(error, url.host);
  }
}

async function read(ask: Ask, answer: HttpAnswer, url: URL): Promise<Reply> {
  const { status, headers } = answer;
  try {
    if (ask.consume === undefined || status !== 200) return { status, headers, body: await readAnswer(answer, ANSWER_LIMIT) };
    await ask.consume(answer.stream);
    return { status, headers, body: Buffer.alloc(0) };
  } catch (error) {
    throw brokenConnection(error, url.host);
  }
}

function redirectTarget(ask: Ask, answer: HttpAnswer): string | undefined {
  if (ask.method !== 'GET' && ask.method !== 'HEAD') return undefined;
  return [301, 302, 303, 307, 308].includes(answer.status) ? answer.headers.location : undefined;
}

/**
 * Where a `Location` leads, seen from the address that gave it. Never from https to http: a registry behind a proxy that names
 * itself with http:// (Harbor) is asked with https all the same, another host without TLS is refused. Never from outside to this machine.
 */
export function follow(location: string, from: URL, base: URL): URL {
  if (!URL.canParse(location, from.href)) throw toolError(`${base.host} named an address that is none`);
  const url = new URL(location, from);
  if (!/^https?:$/.test(url.protocol)) throw toolError(`${base.host} sent us to an address that is neither http nor https`);
  if (url.protocol === 'http:' && base.protocol === 'https:') {
    if (url.hostname !== base.hostname) throw toolError(`${base.host} wants us to go on at ${url.host} without TLS; refused`);
    url.protocol = 'https:';
    url.port = base.port;
  }
  if (!isLoopback(base.host) && isLocalAddress(url))
    throw toolError(`${base.host} wants us to go on at ${url.host}, inside this machine's own network; refused`);
  // What a Location holds before the host is not ours to send.
  url.username = '';
  url.password = '';
  return url;
}

/** This machine, or the link-local addresses where clouds keep their metadata services. */
function isLocalAddress(url: URL): boolean {
  return (
    isLoopback(url.host) || /^169\.254\./.test(url.hostname) || /^\[fe[89ab]/.test(url.hostname) || url.hostname === '0.0.0.0'
  );
}

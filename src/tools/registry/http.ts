// One HTTP request -> its answer, over node:http(s): streamed bodies, early answers, idle time-outs, proxies. Knows nothing of registries.

import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getCACertificates, type ConnectionOptions } from 'node:tls';
import { Cancelled, ToolError } from '../../errors.ts';
import { proxyFor, tunnel } from './proxy.ts';

/** Made anew for each try: a stream cannot be sent twice. */
export interface StreamBody {
  readonly length: number;
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | StreamBody;
  /** Milliseconds without a byte in either direction. */
  readonly idle?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly stream: IncomingMessage;
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export interface SenderOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM of further certificate authorities, beside those that node knows (NODE_EXTRA_CA_CERTS included). */
  readonly ca?: string;
  /** Milliseconds until a connection must stand, TLS included. */
  readonly connectTimeout?: number;
}

const IDLE = 120_000;
const CONNECT = 20_000;
/** The code of the error when no connection came about in time. */
export const NOT_CONNECTED = 'ERR_CONNECT_TIMEOUT';

/** Makes a `Send` with its own pool of kept-alive connections; `close` ends them. */
export function createSender(options: SenderOptions): { readonly send: Send; readonly close: () => void } {
  const agents = new Map<string, HttpAgent>();
  const agentFor = (url: URL): HttpAgent => {
    const proxy = proxyFor(url, options.env);
    const key = `${url.protocol} ${proxy?.href ?? ''}`;
    const agent = agents.get(key) ?? makeAgent(url, proxy, options.ca);
    agents.set(key, agent);
    return agent;
  };
  const send: Send = request =>
    new Promise((resolve, reject) => {
      if (request.signal?.aborted === true) {
        reject(new Cancelled('cancelled'));
        return;
      }
      const start = request.url.protocol === 'https:' ? httpsRequest : httpRequest;
      const outgoing = start(request.url, {
        method: request.method,
        headers: { 'user-agent': 'seaworthy', ...request.headers, ...lengthOf(request.body) },
        agent: agentFor(request.url),
      });
      limitConnecting(outgoing, request.url, options.connectTimeout ?? CONNECT);
      watch(outgoing, request, resolve, reject);
    });
  return { send, close: () => agents.forEach(agent => agent.destroy()) };
}

function makeAgent(url: URL, proxy: URL | undefined, ca: string | undefined): HttpAgent {
  if (url.protocol !== 'https:') return new HttpAgent({ keepAlive: true });
  const agent = new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }) });
  if (proxy === undefined) return agent;
  agent.createConnection = (target, done) => {
    tunnel(proxy, target as ConnectionOptions).then(
      socket => done?.(null, socket),
      (error: unknown) => done?.(error as Error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

function lengthOf(body: HttpRequest['body']): Record<string, string> {
  if (body === undefined) return {};
  return { 'content-length': String(body.length) };
}

/** An address that swallows packets would else be waited for as long as a slow answer. */
function limitConnecting(outgoing: ClientRequest, url: URL, limit: number): void {
  const timer = setTimeout(() => {
    const message = `no connection within ${Math.round(limit / 1000)} s`;
    outgoing.destroy(Object.assign(new Error(message), { code: NOT_CONNECTED }));
  }, limit);
  const connected = (): void => clearTimeout(timer);
  outgoing.once('close', connected);
  outgoing.once('socket', socket => {
    if (outgoing.reusedSocket) connected();
    else if (url.protocol === 'https:') socket.once('secureConnect', connected);
    else if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
}

/** Connects a started request with the promise: answer, error, idle time-out, cancel, and the body that is sent meanwhile. */
function watch(
  outgoing: ClientRequest,
  request: HttpRequest,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: unknown) => void,
): void {
  const idle = request.idle ?? IDLE;
  let answered = false;
  const cancel = (): void => void outgoing.destroy(new Cancelled('cancelled'));
  request.signal?.addEventListener('abort', cancel, { once: true });
  outgoing.once('close', () => request.signal?.removeEventListener('abort', cancel));
  outgoing.setTimeout(idle, () => {
    outgoing.destroy(Object.assign(new Error(`no byte for ${Math.round(idle / 1000)} s`), { code: 'ETIMEDOUT' }));
  });
  // The listener stays: a connection that breaks after an early answer must not become an uncaught error.
  outgoing.on('error', reject);
  outgoing.once('response', stream => {
    answered = true;
    if (!outgoing.writableEnded) stream.once('end', () => outgoing.destroy());
    resolve({ status: stream.statusCode ?? 0, headers: stream.headers, stream });
  });
  sendBody(outgoing, request.body, () => answered).catch((error: unknown) => {
    // Rejected first: destroying the request would report a broken connection instead of the reason.
    reject(error);
    outgoing.destroy();
  });
}

async function sendBody(outgoing: ClientRequest, body: HttpRequest['body'], answered: () => boolean): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  for await (const chunk of body.chunks()) {
    if (answered() || outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await writable(outgoing);
  }
  if (!answered() && !outgoing.destroyed) outgoing.end();
}

/** Resolves when more may be written, or when there is no sense in writing more. */
function writable(outgoing: ClientRequest): Promise<void> {
  return new Promise(resolve => {
    const events = ['drain', 'response', 'close', 'error'] as const;
    const done = (): void => {
      for (const event of events) outgoing.removeListener(event, done);
      resolve();
    };
    for (const event of events) outgoing.once(event, done);
    if (outgoing.destroyed) done();
  });
}

/** Reads an answer to its end; more than `limit` bytes break the connection and throw. */
export async function readAnswer(answer: HttpAnswer, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.stream as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > limit) throw new ToolError(`the answer is longer than ${limit} bytes`, { tool: 'registry' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

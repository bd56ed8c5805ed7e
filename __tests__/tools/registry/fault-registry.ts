// A small registry on loopback that can be told to misbehave at any request: for the client's tests.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export type Kind =
  | 'HEAD blob'
  | 'GET blob'
  | 'POST upload'
  | 'PUT upload'
  | 'DELETE upload'
  | 'HEAD manifest'
  | 'GET manifest'
  | 'PUT manifest'
  | 'GET token'
  | 'POST token'
  | 'other';

export interface Seen {
  readonly kind: Kind;
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly contentLength: string | undefined;
  readonly body: Buffer;
  status: number;
}

/** What happens instead of, or around, the honest answer. */
export interface Fault {
  readonly kind: Kind;
  /** How many requests it hits; all when left out. */
  readonly times?: number;
  /** Requests of the kind that pass before it begins. */
  readonly skip?: number;
  readonly act:
    | {
        readonly answer: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: string;
        readonly early?: boolean;
      }
    /** The connection is cut before the answer; `afterBytes`: in the middle of the body; `late`: after the request had its effect. */
    | { readonly reset: true; readonly afterBytes?: number; readonly late?: boolean }
    /** Changes headers of the honest answer. */
    | { readonly headers: Readonly<Record<string, string>> }
    /** Sends only a part of the honest body. */
    | { readonly truncate: true }
    | { readonly silent: true };
}

export interface FaultRegistryOptions {
  readonly login?: { readonly scheme: 'basic' | 'bearer'; readonly username: string; readonly password: string };
  /** Seconds; bearer tokens are refused afterwards. */
  readonly tokenLifetime?: number;
  /** Added to the scope of the challenge. */
  readonly challengeScope?: string;
  /** The token server takes only POST with OAuth2. */
  readonly oauthOnly?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly now?: () => number;
  /**
   * How reading a repository without any manifest is refused: 401 with tokens that allow nothing (Docker Hub), or 403. Without
   * it such a repository is an empty one.
   */
  readonly missing?: 401 | 403;
}

export interface FaultRegistry {
  readonly host: string;
  readonly url: string;
  readonly seen: Seen[];
  readonly faults: Fault[];
  readonly blobs: Map<string, Buffer>;
  /** `name/reference` -> manifest. */
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>;
  /** Open upload sessions. */
  readonly sessions: Set<string>;
  kinds(): string[];
  close(): Promise<void>;
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Starts one on a free port of 127.0.0.1. Blobs are per registry and repository: `name digest`. */
export async function startFaultRegistry(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const state = {
    seen: [] as Seen[],
    faults: [] as Fault[],
    blobs: new Map<string, Buffer>(),
    sessions: new Set<string>(),
    counts: new Map<Fault, number>(),
  };
  const manifests: FaultRegistry['manifests'] = new Map();
  const tokens = new Map<string, { readonly until: number; readonly scopes: string[] }>();
  const now = options.now ?? (() => Date.now());
  let host = '';
  let serial = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `http://${host}`);
    const kind = kindOf(request.method ?? '', url.pathname);
    const fault = pickFault(kind);
    const note: Seen = {
      kind,
      method: request.method ?? '',
      url: request.url ?? '',
      authorization: request.headers.authorization,
      contentLength: request.headers['content-length'],
      body: Buffer.alloc(0),
      status: 0,
    };
    state.seen.push(note);
    response.once('finish', () => (note.status = response.statusCode));
    const act = fault?.act;
    if (act !== undefined && 'silent' in act) return;
    if (act !== undefined && 'reset' in act && act.late !== true) {
      cut(request, act.afterBytes ?? 0);
      return;
    }
    if (act !== undefined && 'answer' in act && act.early === true) {
      reply(response, act.answer, act.headers ?? {}, act.body ?? '');
      return;
    }
    const body = await readAll(request);
    Object.assign(note, { body });
    if (act !== undefined && 'answer' in act) {
      reply(response, act.answer, act.headers ?? {}, act.body ?? '');
      return;
    }
    const honest = kind.endsWith('token') ? giveToken(request, url, body) : serve(request, url, kind, body);
    if (act !== undefined && 'reset' in act) return void request.socket.destroy();
    if (act !== undefined && 'truncate' in act) {
      response.writeHead(honest.status, { ...honest.headers, 'content-length': String(honest.body.length) });
      response.write(honest.body.subarray(0, honest.body.length / 2), () => request.socket.destroy());
      return;
    }
    const more = act !== undefined && 'headers' in act ? act.headers : {};
    reply(response, honest.status, { ...honest.headers, ...more }, request.method === 'HEAD' ? '' : honest.body);
  };

  const pickFault = (kind: Kind): Fault | undefined => {
    for (const fault of state.faults.filter(one => one.kind === kind)) {
      const count = (state.counts.get(fault) ?? 0) + 1;
      state.counts.set(fault, count);
      const from = fault.skip ?? 0;
      if (count > from && count <= from + (fault.times ?? Infinity)) return fault;
    }
    return undefined;
  };

  interface Honest {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: Buffer;
  }
  const say = (status: number, headers: Record<string, string> = {}, body: Buffer | string = ''): Honest => ({
    status,
    headers,
    body: Buffer.from(body),
  });
  const refuse = (status: number, code: string, headers: Record<string, string> = {}): Honest =>
    say(
      status,
      { 'content-type': 'application/json', ...headers },
      JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] }),
    );

  const isMissing = (name: string): boolean =>
    options.missing !== undefined && ![...manifests.keys()].some(key => key.slice(0, key.lastIndexOf('/')) === name);

  /** Undefined when the request may pass. */
  const authorise = (request: IncomingMessage, url: URL): Honest | undefined => {
    const { login } = options;
    if (login === undefined) return undefined;
    const sent = request.headers.authorization;
    if (login.scheme === 'basic') {
      const right = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
      return sent === right ? undefined : refuse(401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="test"' });
    }
    const name = /^\/v2\/(.+)\/(?:blobs|manifests)\//.exec(url.pathname)?.[1] ?? '';
    const action = request.method === 'GET' || request.method === 'HEAD' ? 'pull' : 'push';
    const token = tokens.get(sent?.replace('Bearer ', '') ?? '');
    const granted = token !== undefined && token.until > now() && token.scopes.some(scope => grants(scope, name, action));
    if (granted) return options.missing === 403 && isMissing(name) && action === 'pull' ? refuse(403, 'DENIED') : undefined;
    const scope = [`repository:${name}:${action === 'pull' ? 'pull' : 'pull,push'}`, options.challengeScope ?? '']
      .join(' ')
      .trim();
    const realm = `${options.tls === undefined ? 'http' : 'https'}://${host}/token`;
    return refuse(401, 'UNAUTHORIZED', { 'www-authenticate': `Bearer realm="${realm}",service="fault",scope="${scope}"` });
  };

  /** Reading what does not exist is not granted, writing is. */
  const isNothing = (scope: string): boolean => {
    const name = /^repository:(.+):pull$/.exec(scope)?.[1];
    return options.missing === 401 && name !== undefined && isMissing(name);
  };

  const giveToken = (request: IncomingMessage, url: URL, body: Buffer): Honest => {
    const form = new URLSearchParams(request.method === 'POST' ? body.toString() : url.search);
    if (request.method === 'GET' && options.oauthOnly === true) return say(405);
    const { login } = options;
    const basic = `Basic ${Buffer.from(`${login?.username ?? ''}:${login?.password ?? ''}`).toString('base64')}`;
    const right =
      request.method === 'GET'
        ? request.headers.authorization === basic
        : form.get('refresh_token') === login?.password ||
          (form.get('grant_type') === 'password' && form.get('password') === login?.password);
    if (!right) return refuse(401, 'UNAUTHORIZED');
    const scopes = form
      .getAll('scope')
      .flatMap(scope => scope.split(' '))
      .filter(scope => !isNothing(scope));
    const value = `token-${++serial}`;
    const lifetime = options.tokenLifetime ?? 300;
    tokens.set(value, { until: now() + lifetime * 1000, scopes });
    return say(200, { 'content-type': 'application/json' }, JSON.stringify({ token: value, expires_in: lifetime }));
  };

  const serve = (request: IncomingMessage, url: URL, kind: Kind, body: Buffer): Honest => {
    const refused = authorise(request, url);
    if (refused !== undefined) return refused;
    const [, name = '', what = ''] = /^\/v2\/(.+)\/(?:blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'HEAD blob' || kind === 'GET blob') {
      const blob = state.blobs.get(`${name} ${what}`);
      return blob === undefined ? refuse(404, 'BLOB_UNKNOWN') : say(200, { 'docker-content-digest': what }, blob);
    }
    if (kind === 'POST upload') return openUpload(url, name);
    if (kind === 'PUT upload' || kind === 'DELETE upload') return endUpload(url, name, kind, body);
    const key = `${name}/${what}`;
    if (kind === 'PUT manifest') {
      const digest = sha256(body);
      const stored = { type: request.headers['content-type'] ?? '', bytes: body };
      manifests.set(key, stored).set(`${name}/${digest}`, stored);
      return say(201, { 'docker-content-digest': digest });
    }
    const manifest = manifests.get(key);
    if (kind === 'other' || manifest === undefined) return refuse(404, 'MANIFEST_UNKNOWN');
    return say(200, { 'content-type': manifest.type, 'docker-content-digest': sha256(manifest.bytes) }, manifest.bytes);
  };

  const openUpload = (url: URL, name: string): Honest => {
    const [digest, from] = [url.searchParams.get('mount'), url.searchParams.get('from')];
    const source = state.blobs.get(`${from ?? ''} ${digest ?? ''}`);
    if (source !== undefined) {
      state.blobs.set(`${name} ${digest ?? ''}`, source);
      return say(201);
    }
    const session = `s${++serial}`;
    state.sessions.add(session);
    return say(202, { location: `/v2/${name}/blobs/uploads/${session}?_state=a%2Bb` });
  };

  const endUpload = (url: URL, name: string, kind: Kind, body: Buffer): Honest => {
    const session = url.pathname.split('/').at(-1) ?? '';
    if (!state.sessions.delete(session)) return refuse(404, 'BLOB_UPLOAD_UNKNOWN');
    if (kind === 'DELETE upload') return say(204);
    const digest = url.searchParams.get('digest') ?? '';
    if (url.searchParams.get('_state') !== 'a+b' || sha256(body) !== digest) return refuse(400, 'DIGEST_INVALID');
    state.blobs.set(`${name} ${digest}`, body);
    return say(201, { 'docker-content-digest': digest });
  };

  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const server: Server = options.tls === undefined ? createServer(handler) : createTlsServer(options.tls, handler);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}`,
    ...state,
    manifests,
    kinds: () => state.seen.map(one => `${one.kind} ${one.status}`),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function grants(scope: string, name: string, action: string): boolean {
  const colon = scope.lastIndexOf(':');
  return (
    scope.slice(0, colon) === `repository:${name}` &&
    scope
      .slice(colon + 1)
      .split(',')
      .includes(action)
  );
}

function kindOf(method: string, path: string): Kind {
  if (path === '/token') return `${method} token` as Kind;
  if (path.includes('/blobs/uploads/')) return `${method} upload` as Kind;
  if (path.includes('/blobs/')) return `${method} blob` as Kind;
  if (path.includes('/manifests/')) return `${method} manifest` as Kind;
  return 'other';
}

function reply(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: Buffer | string): void {
  response.writeHead(status, headers);
  response.end(body);
}

function cut(request: IncomingMessage, afterBytes: number): void {
  let length = 0;
  if (afterBytes === 0) return void request.socket.destroy();
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length >= afterBytes) request.socket.destroy();
  });
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

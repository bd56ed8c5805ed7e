/** The little of HTTP that every side of the stand-in needs. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request, read to its end. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

export interface Answer {
  readonly status: number;
  /** A Buffer goes out as it is, everything else as JSON, nothing as no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reads a request. */
export async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://stand-in.localhost');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    bytes: Buffer.concat(chunks),
  };
}

/** The JSON of a request; undefined when there is none or it cannot be read. */
export function jsonOf(call: Call): unknown {
  if (call.bytes.length === 0) return undefined;
  try {
    return JSON.parse(call.bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The credential of a request. The scheme's case varies between clients: the toolkit sends `Bearer`, octokit `token`, cosign `bearer`. */
export function credential(call: Call): string | undefined {
  return /^(?:bearer|token) +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1];
}

/** Sends an answer. */
export function send(response: ServerResponse, answer: Answer, method: string): void {
  const { body } = answer;
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const type = Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json; charset=utf-8';
  response.writeHead(answer.status, {
    ...(body === undefined ? {} : { 'content-type': type }),
    ...(answer.status === 204 ? {} : { 'content-length': String(bytes.length) }),
    ...answer.headers,
  });
  response.end(method === 'HEAD' ? undefined : bytes);
}

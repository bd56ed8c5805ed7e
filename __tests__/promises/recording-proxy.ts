// A loopback proxy in front of a real registry that writes down every request in the order of arrival, on the clock of the test, and can call back at a chosen one.

import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  status: number;
}

export interface RecordingProxy {
  /** host:port */
  readonly host: string;
  readonly seen: readonly Seen[];
  /** Called before each request is passed on; a test kills the bundle here. */
  onRequest: ((seen: Seen) => void) | undefined;
  close(): Promise<void>;
}

/** True for requests that change something in a registry. */
export function isWrite(seen: Seen): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(seen.method);
}

/** What a write is about, as the promises speak of it. A signature's fallback tag (`sha256-<hex>`) is no tag of the image. */
export function kindOf(seen: Seen): 'blob' | 'manifest' | 'signature tag' | 'tag' | 'other' {
  const reference = /\/manifests\/([^/?]+)$/.exec(seen.path.split('?')[0] ?? '')?.[1];
  if (reference === undefined) return seen.path.includes('/blobs/') ? 'blob' : 'other';
  if (reference.startsWith('sha256:')) return 'manifest';
  return /^sha256-[0-9a-f]{64}(\.(sig|att|sbom))?$/.test(reference) ? 'signature tag' : 'tag';
}

/** Starts the proxy in front of `upstream` (host:port, plain http). Keeps the Host header, so that redirects and upload locations stay on the proxy. */
export async function startProxy(upstream: string): Promise<RecordingProxy> {
  const seen: Seen[] = [];
  const [hostname = '127.0.0.1', port = '80'] = upstream.split(':');
  const proxy: { onRequest: RecordingProxy['onRequest'] } = { onRequest: undefined };
  const server = http.createServer((request, response) => {
    const entry: Seen = { at: performance.now(), method: request.method ?? '', path: request.url ?? '', status: 0 };
    seen.push(entry);
    proxy.onRequest?.(entry);
    const onward = http.request(
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      answer => {
        entry.status = answer.statusCode ?? 0;
        response.writeHead(entry.status, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.on('error', () => onward.destroy());
    response.on('error', () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return Object.assign(proxy, {
    host: `127.0.0.1:${own}`,
    seen,
    close: () =>
      new Promise<void>(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

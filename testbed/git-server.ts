/**
 * A Git server for tests: real repositories over http by `git http-backend`, with a login where one is wanted, and files beside them. It notes each
 * request with its login, so that a test can say who was shown a token.
 */
import { spawn } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface GitRequest {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
}

export interface GitServer {
  /** `http://172.31.250.1:4711`. */
  readonly url: string;
  /** `172.31.250.1:4711`. */
  readonly host: string;
  readonly requests: readonly GitRequest[];
  readonly close: () => Promise<void>;
}

export interface GitServerOptions {
  /** Directory with `owner/name.git` below it. */
  readonly root: string;
  /** An address that the builders of the test reach; never one of the outside world. */
  readonly address: string;
  /** Without it everybody may read. */
  readonly token?: string;
  /** Repositories that need no login, as `owner/name.git`. */
  readonly open?: readonly string[];
  /** What stands at `/name`, beside the repositories and for everybody. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** As GitHub takes a token for Git. */
function loginOf(token: string): string {
  return `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
}

export async function startGitServer({ root, address, token, open = [], files = {} }: GitServerOptions): Promise<GitServer> {
  const requests: GitRequest[] = [];
  const server = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, authorization: headers.authorization });
    const file = files[url.slice(1)];
    if (file !== undefined) {
      response.end(file);
    } else if (
      token !== undefined &&
      !open.some(name => url.startsWith(`/${name}/`)) &&
      headers.authorization?.replace(/^basic/i, 'basic') !== loginOf(token)
    ) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="Git"' }).end('Log in first.\n');
    } else {
      serve(root, request, response);
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, resolve);
  });
  const host = `${address}:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** One request by git's own CGI program (RFC 3875). */
function serve(root: string, request: http.IncomingMessage, response: http.ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string): string => String(request.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      // Repositories of tests may belong to somebody else than who serves them.
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      // As GitHub does: any commit can be asked for, not only tips.
      GIT_CONFIG_KEY_1: 'uploadpack.allowAnySHA1InWant',
      GIT_CONFIG_VALUE_1: 'true',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      HTTP_GIT_PROTOCOL: header('git-protocol'),
      REMOTE_ADDR: request.socket.remoteAddress ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined); // it may answer without reading
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.once('error', () => response.writeHead(500).end('git could not be started\n'));
  child.once('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    if (end === -1) return void response.writeHead(500).end();
    const lines = all.subarray(0, end).toString('latin1').split('\r\n');
    const headers = lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
    const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1];
    for (const [name, value] of headers) if (name.toLowerCase() !== 'status') response.setHeader(name, value);
    response.writeHead(Number.parseInt(status ?? '200', 10)).end(all.subarray(end + 4));
  });
}

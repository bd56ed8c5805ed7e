/**
 * Sigstore on a port of this machine: certificate authority, certificate log, transparency log, timestamps.
 *   node testbed/sigstore/server.ts DIRECTORY PORT OPENSSL
 */
import { mkdirSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import path from 'node:path';
import { openAuthorities } from './keys.ts';
import { fulcio, rekor, type ServiceAnswer } from './services.ts';
import { openTimestampAuthority } from './timestamps.ts';

type Service = (body: Buffer, authorization: string) => Promise<ServiceAnswer>;

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answer(services: Readonly<Record<string, Service>>, request: IncomingMessage): Promise<ServiceAnswer> {
  const route = `${request.method ?? 'GET'} ${new URL(request.url ?? '/', 'http://sigstore.localhost').pathname}`;
  const service = services[route];
  if (service === undefined) return { status: 404, type: 'text/plain', body: `nothing at ${route}` };
  try {
    return await service(await read(request), request.headers.authorization ?? '');
  } catch (error) {
    return { status: 400, type: 'text/plain', body: error instanceof Error ? error.message : String(error) };
  }
}

async function main(directory: string, port: number, openssl: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const authorities = await openAuthorities(directory, `http://127.0.0.1:${port}`);
  const timestamps = await openTimestampAuthority(path.resolve(directory), openssl);
  const [issue, log] = [fulcio(authorities), rekor(authorities)];
  const services: Readonly<Record<string, Service>> = {
    'GET /healthz': () => Promise.resolve({ status: 200, type: 'text/plain', body: 'ok' }),
    'POST /api/v2/signingCert': (body, authorization) => issue(body.toString('utf8'), authorization),
    'POST /api/v1/log/entries': body => log(body.toString('utf8')),
    'POST /api/v1/timestamp': async query => ({
      status: 201,
      type: 'application/timestamp-reply',
      body: await timestamps.reply(query),
    }),
  };
  const server = http.createServer((request, response) => {
    void answer(services, request).then(({ status, type, body, headers }) => {
      console.log(`${request.method ?? ''} ${request.url ?? ''} ${status}${status < 400 ? '' : ` ${String(body)}`}`);
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    });
  });
  server.listen(port, '127.0.0.1');
  process.on('SIGTERM', () => {
    server.closeAllConnections();
    server.close();
  });
}

const [directory, port, openssl] = process.argv.slice(2);
if (directory === undefined || port === undefined || openssl === undefined) {
  console.error('usage: node testbed/sigstore/server.ts DIRECTORY PORT OPENSSL');
  process.exitCode = 2;
} else await main(directory, Number(port), openssl);

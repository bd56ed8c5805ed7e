// What answers at the address of a remote node, on loopback: BuildKit's kind of server, others, and none.

import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, expect, test } from '@jest/globals';
import { probeEndpoint } from '../../src/tools/probe-endpoint.ts';
import { makeCertificates } from '../../testbed/certificates.ts';

const open: (net.Server | http.Server | http2.Http2Server | http2.Http2SecureServer)[] = [];
const sockets = new Set<net.Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(open.splice(0).map(server => new Promise(done => server.close(done))));
});

async function listen(server: (typeof open)[number], where: number | string = 0): Promise<string> {
  open.push(server);
  server.on('connection', (socket: net.Socket) => sockets.add(socket));
  const address = typeof where === 'number' ? { host: '127.0.0.1', port: where } : { path: where };
  await new Promise<void>(done => server.listen(address, done));
  return typeof where === 'string' ? `unix://${where}` : `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}
const fresh = (): string => mkdtempSync(path.join(os.tmpdir(), 'probe-'));

test('a server of HTTP/2 is what BuildKit is, at an address and at a socket', async () => {
  expect(await probeEndpoint(await listen(http2.createServer()))).toBeUndefined();
  expect(await probeEndpoint(await listen(http2.createServer(), path.join(fresh(), 's')))).toBeUndefined();
});

test('one that accepts and never answers is found out within the limit', async () => {
  const problem = await probeEndpoint(await listen(net.createServer()), { limit: 200 });
  expect(problem).toBe('accepts connections, but does not answer (0.2 s)');
});

test('one that is silent is waited for, unless somebody else hears it', async () => {
  const awake = http2.createServer();
  let open = 0;
  // A proxy before a node that is not up yet closes what it takes.
  const proxy = net.createServer(socket => (++open < 3 ? socket.end() : awake.emit('connection', socket)));
  expect(await probeEndpoint(await listen(proxy), { limit: 20_000 })).toBeUndefined();
  expect(open).toBe(3);

  const heard = new AbortController();
  const silent = await listen(net.createServer(() => heard.abort()));
  expect(await probeEndpoint(silent, { limit: 600_000, signal: heard.signal })).toBeUndefined();
});

test.each<[string, () => Promise<string>, RegExp]>([
  ['nobody there', async () => `tcp://127.0.0.1:${await freePort()}`, /^does not answer: connection refused$/],
  ['no socket', () => Promise.resolve(`unix://${path.join(fresh(), 'none')}`), /^does not answer: there is no such socket$/],
  ['no such host', () => Promise.resolve('tcp://no-such-host.invalid:1234'), /^does not answer: its name cannot be resolved$/],
  [
    'another kind of server',
    () => listen(http.createServer((_, answer) => answer.end())),
    /^is something else than BuildKit|^closes the connection/,
  ],
  ['one that hangs up', () => listen(net.createServer(socket => socket.end())), /^closes the connection without an answer$/],
])('%s', async (_name, start, message) => {
  expect(await probeEndpoint(await start(), { limit: 1_500 })).toMatch(message);
});

test('what cannot be asked from here is left to buildx', async () => {
  for (const endpoint of ['ssh://host', 'docker-container://x', 'kube-pod://x', '', 'tcp://no-port'])
    expect(await probeEndpoint(endpoint)).toBeUndefined();
});

test('TLS with a certificate on each side, as buildx is told', async () => {
  const made = await makeCertificates(fresh(), fresh());
  const [ca, cert, key] = [made.ca, made.certificate, made.key].map(file => readFileSync(file));
  const server = http2.createSecureServer({ ca, cert, key, requestCert: true, rejectUnauthorized: false });
  const clients: string[] = [];
  server.on('tlsClientError', () => undefined);
  server.on('secureConnection', (socket: TLSSocket) => clients.push(String(socket.getPeerCertificate().subject.CN)));
  const endpoint = await listen(server);
  const options = { cacert: made.ca, cert: made.certificate, key: made.key, servername: 'localhost' };
  expect(await probeEndpoint(endpoint, { options })).toBeUndefined();
  expect(clients).toEqual(['localhost']);
  expect(await probeEndpoint(endpoint, { options: { ...options, servername: 'other.example' } })).toMatch(
    /^cannot be spoken to: .*other\.example/,
  );
  expect(await probeEndpoint(endpoint, { options: { cert: made.certificate, key: made.key } })).toMatch(
    /^cannot be spoken to: .*certificate/,
  );
  expect(await probeEndpoint(endpoint, { options: { ...options, cacert: '/no/such.pem' } })).toMatch(/^cannot be asked: ENOENT/);
  expect(await probeEndpoint(endpoint, { limit: 1_000 })).toMatch(/^(closes the connection|cannot be spoken to)/);
  const strict = http2.createSecureServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true });
  expect(
    await probeEndpoint(await listen(strict.on('tlsClientError', () => undefined)), {
      options: { cacert: made.ca, servername: 'localhost' },
      limit: 1_000,
    }),
  ).toMatch(/^(closes the connection|cannot be spoken to)/);
  const silent = await listen(net.createServer());
  expect(await probeEndpoint(silent, { options, limit: 200 })).toBe('accepts connections, but does not answer (0.2 s)');
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as net.AddressInfo;
  await new Promise(done => server.close(done));
  return port;
}

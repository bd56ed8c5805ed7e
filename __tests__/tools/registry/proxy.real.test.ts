// The tunnel through a proxy, with the TLS registry of the testbed behind it.

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/errors.ts';
import { tunnel } from '../../../src/tools/registry/proxy.ts';
import { readTestbed } from '../../../testbed/testbed.ts';
import { atEnd } from './setting.ts';

const { host, ca = '' } = readTestbed().registries.secure;
const [name = '', port = ''] = host.split(':');

/** A proxy that knows CONNECT and nothing else; resolves to its address and what it was asked. */
async function aProxy(login?: string): Promise<{ readonly url: URL; readonly asked: string[] }> {
  const asked: string[] = [];
  const server: Server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? 'no login'}`);
    if (login !== undefined && request.headers['proxy-authorization'] !== login) return socket.end('HTTP/1.1 407 Login\r\n\r\n');
    const [target = '', targetPort = ''] = (request.url ?? '').split(':');
    const outgoing = connect(Number(targetPort), target, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      outgoing.pipe(socket).pipe(outgoing);
    });
    outgoing.on('error', () => socket.destroy());
    return undefined;
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => void server.close());
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked };
}

describe('a tunnel', () => {
  test('reaches the registry with TLS from end to end', async () => {
    const { url, asked } = await aProxy();
    const socket = await tunnel(url, { host: name, port: Number(port), ca: await readFile(ca) });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.write(`GET /v2/ HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1.1 401/);
    expect(asked).toEqual([`${host} no login`]);
  });

  test('logs in at the proxy, and a refused login is told', async () => {
    const { url, asked } = await aProxy(`Basic ${Buffer.from('me:p@w').toString('base64')}`);
    const right = new URL(url);
    right.username = 'me';
    right.password = 'p%40w';
    (await tunnel(right, { host: name, port: Number(port), ca: await readFile(ca) })).destroy();
    await expect(tunnel(url, { host: name, port: Number(port) })).rejects.toThrow(UserError);
    await expect(tunnel(url, { host: name, port: Number(port) })).rejects.toThrow(
      /refused a connection to localhost:\d+ \(407\)/,
    );
    expect(asked[0]).toMatch(/ Basic /);
  });
});

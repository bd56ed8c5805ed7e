// HTTPS_PROXY and NO_PROXY -> a tunnel (CONNECT) to the registry.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { connect as tlsConnect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { UserError } from '../../errors.ts';
import { isLoopback } from './reference.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CONNECT_TIMEOUT = 30_000;

/** The proxy for an https host, or undefined. Lower case wins over upper case, as in curl. */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const value = first(env, 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY');
  // As in Go and docker: what runs on this machine is never asked for through a proxy.
  if (
    value === undefined ||
    url.protocol !== 'https:' ||
    isLoopback(url.host) ||
    isExcluded(url, first(env, 'no_proxy', 'NO_PROXY') ?? '')
  )
    return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy === undefined || !/^https?:$/.test(proxy.protocol))
    throw new UserError('HTTPS_PROXY is not the address of an http or https proxy', {
      hint: 'Write it like http://proxy.example.org:3128.',
    });
  return proxy;
}

/** NO_PROXY: `*`, host names (with all names below them), a port after a colon, IPv4 ranges such as 10.0.0.0/8. */
function isExcluded(url: URL, list: string): boolean {
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const port = url.port === '' ? '443' : url.port;
  return list
    .split(/[\s,]+/)
    .filter(entry => entry !== '')
    .some(entry => {
      if (entry === '*') return true;
      const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (wantedPort !== undefined && wantedPort !== port) return false;
      if (name.includes('/')) return inRange(host, name);
      const suffix = name.replace(/^\*?\.?/, '');
      return host === suffix || host.endsWith(`.${suffix}`);
    });
}

function inRange(host: string, range: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const address = ipv4(host);
  const base = ipv4(network);
  const length = Number(bits);
  if (address === undefined || base === undefined || !/^\d+$/.test(bits) || length > 32) return false;
  const size = 2 ** (32 - length);
  return Math.floor(address / size) === Math.floor(base / size);
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  if (parts?.every(part => part < 256) !== true) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function first(env: Environment, ...names: readonly string[]): string | undefined {
  return names.map(name => env[name]).find(value => value !== undefined && value !== '');
}

/** Asks the proxy for a tunnel and speaks TLS with the target through it. */
export async function tunnel(proxy: URL, target: ConnectionOptions): Promise<TLSSocket> {
  const address = `${target.host ?? ''}:${target.port ?? 443}`;
  const socket = await connectThrough(proxy, address);
  return tlsConnect({ ...target, socket, servername: target.servername ?? target.host ?? '' });
}

function connectThrough(proxy: URL, address: string): Promise<Socket> {
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const headers = {
    host: address,
    ...(proxy.username === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
  };
  return new Promise((resolve, reject) => {
    const start = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = start({
      host: proxy.hostname,
      port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
      method: 'CONNECT',
      path: address,
      headers,
      agent: false,
      timeout: CONNECT_TIMEOUT,
    });
    request.once('timeout', () => request.destroy(Object.assign(new Error('the proxy did not answer'), { code: 'ETIMEDOUT' })));
    request.once('error', reject);
    request.once('connect', (answer, socket) => {
      socket.setTimeout(0);
      if (answer.statusCode === 200) {
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(
        new UserError(`the proxy ${proxy.host} refused a connection to ${address} (${answer.statusCode ?? '?'})`, {
          hint: 'Check HTTPS_PROXY and its login, or add the registry to NO_PROXY.',
        }),
      );
    });
    request.end();
  });
}

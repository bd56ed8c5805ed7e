// A registry's host -> the base address of its API: https, and on this machine whatever it speaks.

import { connect } from 'node:tls';
import { isLoopback, type Repository } from './reference.ts';

const PROBE_TIMEOUT = 5_000;

/** Finds out once per host. Registries elsewhere are always spoken to with TLS. */
export function createBase(): (repository: Repository) => Promise<URL> {
  const known = new Map<string, Promise<URL>>();
  return ({ host }) => {
    const base = known.get(host) ?? findBase(host);
    known.set(host, base);
    return base;
  };
}

async function findBase(host: string): Promise<URL> {
  const secure = new URL(`https://${host}/`);
  if (!isLoopback(host)) return secure;
  return (await speaksTls(secure)) ? secure : new URL(`http://${host}/`);
}

/** Shakes hands and hangs up. Nothing but the handshake is sent; the certificate is judged when the first request is made. */
function speaksTls(url: URL): Promise<boolean> {
  return new Promise(resolve => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = url.port === '' ? 443 : Number(url.port);
    const socket = connect({ host, port, rejectUnauthorized: false, ...(/[a-z]/.test(host) ? { servername: host } : {}) });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(PROBE_TIMEOUT, () => end(false));
    socket.once('secureConnect', () => end(true));
    socket.once('error', () => end(false));
  });
}

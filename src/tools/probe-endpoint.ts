// The address of a remote BuildKit -> what is wrong with it, within seconds: it must greet as HTTP/2 servers do (RFC 9113, 3.4).

import { readFile } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import tls from 'node:tls';

export interface ProbeOptions {
  /** Milliseconds for everything. */
  readonly limit?: number;
  /** Of buildx's remote driver: paths of PEM files (`cacert`, `cert`, `key`), and `servername`. */
  readonly options?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A node that wakes up, or is busy, needs a while; buildx gives it 20 s before it says anything. */
const LIMIT = 8_000;
/** Between two tries at an address whose door is open but nobody there yet. */
const PAUSE = 500;
/** The client's preface and an empty SETTINGS frame. */
const HELLO = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);
const FRAME_HEADER = 9;
const SETTINGS = 4;

/**
 * Why this endpoint cannot build, in words that follow its name ("does not answer …"); undefined when it can, or when its kind of address (ssh://, docker-container://,
 * kube-pod://) cannot be asked from here, or `signal` ends the question. A daemon that is stopped still accepts connections, in the kernel: only its greeting counts.
 * Refused, not resolved, no such socket, not HTTP/2: that is told at once. Silence, and a connection that is closed (a proxy before a node that is not up yet),
 * only when the limit is over.
 */
export async function probeEndpoint(
  endpoint: string,
  { limit = LIMIT, options = {}, signal }: ProbeOptions = {},
): Promise<string | undefined> {
  const address = addressOf(endpoint);
  if (address === undefined) return undefined;
  const secure = await secureOptions(options, address);
  if (typeof secure === 'string') return secure;
  const end = Date.now() + limit;
  for (;;) {
    const problem = await greet(address, secure, { limit, left: end - Date.now(), signal });
    if (problem === undefined || signal?.aborted === true) return undefined;
    if (!problem.passing || end - Date.now() <= PAUSE) return problem.words;
    await pause(PAUSE, undefined, { signal }).catch(() => undefined);
  }
}

interface Problem {
  readonly words: string;
  /** It may go by itself, soon. */
  readonly passing: boolean;
}

/** Milliseconds: of the whole question, and of what is left of it. */
interface Patience {
  readonly limit: number;
  readonly left: number;
  readonly signal: AbortSignal | undefined;
}

type Address = { readonly path: string } | { readonly host: string; readonly port: number };

function addressOf(endpoint: string): Address | undefined {
  const [, kind, rest = ''] = /^(tcp|unix):\/\/(.+)$/.exec(endpoint) ?? [];
  if (kind === 'unix') return { path: rest };
  const [, host, port] = /^(.+):(\d+)\/?$/.exec(rest) ?? [];
  return kind === 'tcp' && host !== undefined ? { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) } : undefined;
}

/** TLS is spoken as soon as one of its options is set (docker/buildx, driver/remote/factory.go); text: why not. */
async function secureOptions(
  { cacert, cert, key, servername }: Readonly<Record<string, string>>,
  address: Address,
): Promise<(tls.SecureContextOptions & { readonly servername?: string }) | string | undefined> {
  if ([cacert, cert, key, servername].every(option => option === undefined)) return undefined;
  const read = async (name: string, file: string | undefined): Promise<object> =>
    file === undefined || file === '' ? {} : { [name]: await readFile(file) };
  const name = servername ?? ('host' in address ? address.host : '');
  try {
    const files = await Promise.all([read('ca', cacert), read('cert', cert), read('key', key)]);
    return {
      ...Object.assign({}, ...files),
      ...(net.isIP(name) === 0 && name !== '' && { servername: name }),
    };
  } catch (error) {
    return `cannot be asked: ${(error as Error).message}`;
  }
}

function greet(
  address: Address,
  secure: tls.SecureContextOptions | undefined,
  { limit, left, signal }: Patience,
): Promise<Problem | undefined> {
  return new Promise(resolve => {
    const raw = net.connect(address);
    const socket = secure === undefined ? raw : tls.connect({ ...secure, socket: raw, ALPNProtocols: ['h2'] });
    let connected = false;
    let heard = Buffer.alloc(0);
    const end = (words: string | undefined, passing = false): void => {
      clearTimeout(clock);
      signal?.removeEventListener('abort', cancel);
      socket.destroy();
      raw.destroy();
      resolve(words === undefined ? undefined : { words, passing });
    };
    const cancel = (): void => end(undefined);
    const clock = setTimeout(
      () =>
        end(connected ? `accepts connections, but does not answer (${limit / 1000} s)` : `does not answer (${limit / 1000} s)`),
      left,
    );
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted === true) cancel();
    raw.once('connect', () => (connected = true));
    socket.once(secure === undefined ? 'connect' : 'secureConnect', () => socket.write(HELLO));
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length >= FRAME_HEADER)
        end(heard[3] === SETTINGS ? undefined : 'is something else than BuildKit: it does not speak HTTP/2');
    });
    socket.once('end', () => {
      if (heard.length === 0) end('closes the connection without an answer', true);
      else end('is something else than BuildKit: it does not speak HTTP/2');
    });
    for (const one of new Set([raw, socket]))
      one.on('error', (error: NodeJS.ErrnoException) => end(wordsFor(error, connected), PASSING.has(error.code ?? '')));
  });
}

const PASSING = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

function wordsFor({ code = '', message }: NodeJS.ErrnoException, connected: boolean): string {
  if (code === 'ECONNREFUSED') return 'does not answer: connection refused';
  if (code === 'ENOENT') return 'does not answer: there is no such socket';
  if (code === 'EACCES') return 'may not be used: permission denied';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'does not answer: its name cannot be resolved';
  if (connected) return `cannot be spoken to: ${message.trim().split('\n')[0] ?? code}`;
  return `does not answer: ${message}`;
}

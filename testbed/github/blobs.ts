/** The storage side of caches and artifacts: as much of Azure's block blobs as the clients use. */
import { createHash, randomUUID } from 'node:crypto';
import type { Answer, Call } from './http.ts';

const PREFIX = '/account/container/';

export class Blobs {
  readonly #whole = new Map<string, Buffer>();
  readonly #blocks = new Map<string, Buffer>();
  #next = 0;

  create(): string {
    this.#next += 1;
    return String(this.#next);
  }

  get(id: string): Buffer | undefined {
    return this.#whole.get(id);
  }

  /** A signed address. The signature is long because clients mask it: a short one would blank out half of every log. */
  url(base: string, id: string, type?: string): string {
    const signature = createHash('sha256').update(`blob ${id}`).digest('hex');
    return `${base}${PREFIX}${id}?se=2099-01-01T00%3A00%3A00Z${type === undefined ? '' : `&rsct=${type}`}&sig=${signature}`;
  }

  /** Answers requests to the storage; undefined for others. */
  answer(call: Call): Answer | undefined {
    if (!call.path.startsWith(PREFIX)) return undefined;
    // BuildKit's cache client dereferences x-ms-request-id without looking: no answer may lack it.
    const headers = {
      'x-ms-request-id': randomUUID(),
      'x-ms-version': '2025-01-05',
      etag: '"0x1"',
      date: new Date().toUTCString(),
    };
    const answer = this.#store(call, call.path.slice(PREFIX.length));
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }

  /** An injected answer of the storage, with the header that none may lack. */
  complete<T extends Answer | 'cut' | undefined>(call: Call, faulty: T): T {
    if (typeof faulty !== 'object' || !call.path.startsWith(PREFIX)) return faulty;
    return { ...faulty, headers: { 'x-ms-request-id': randomUUID(), ...faulty.headers } };
  }

  #store(call: Call, id: string): Answer {
    const part = call.query.get('comp');
    if (call.method !== 'PUT') return this.#read(call, id);
    if (part === 'block') this.#blocks.set(`${id}/${call.query.get('blockid') ?? ''}`, call.bytes);
    else if (part === 'blocklist') {
      const listed = [...call.bytes.toString('utf8').matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]+)</g)];
      const keys = listed.map(match => `${id}/${match[1] ?? ''}`);
      const blocks = keys.map(key => this.#blocks.get(key));
      if (blocks.includes(undefined)) return { status: 400, headers: { 'x-ms-error-code': 'InvalidBlockList' } };
      this.#whole.set(id, Buffer.concat(blocks.filter(block => block !== undefined)));
      for (const key of keys) this.#blocks.delete(key);
    } else this.#whole.set(id, call.bytes);
    return { status: 201, headers: { 'last-modified': new Date().toUTCString() } };
  }

  #read(call: Call, id: string): Answer {
    const blob = this.#whole.get(id);
    if (blob === undefined) return { status: 404, headers: { 'x-ms-error-code': 'BlobNotFound' } };
    const type = call.query.get('rsct');
    const headers = {
      'x-ms-blob-type': 'BlockBlob',
      'accept-ranges': 'bytes',
      ...(type === null ? {} : { 'content-type': type }),
    };
    const wanted = call.headers['x-ms-range'] ?? call.headers.range;
    const range = /bytes=(\d+)-(\d*)/.exec(typeof wanted === 'string' ? wanted : '');
    const start = Number(range?.[1] ?? 0);
    if (range === null || start >= blob.length) return { status: 200, body: blob, headers };
    const end = range[2] === '' ? blob.length - 1 : Math.min(Number(range[2]), blob.length - 1);
    const part = { 'content-range': `bytes ${start}-${end}/${blob.length}` };
    return { status: 206, body: blob.subarray(start, end + 1), headers: { ...headers, ...part } };
  }
}

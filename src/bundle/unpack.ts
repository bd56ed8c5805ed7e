// A blob file -> sha256 and size of its bytes and, for layers, sha256 of what they unpack to: in one pass.

import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';

export type Compression = 'gzip' | 'zstd' | 'none';

export interface BlobHashes {
  readonly digest: string;
  readonly size: number;
  /** `sha256:...` of the unpacked bytes; undefined when they were not asked for. */
  readonly diffId?: string;
}

const CHUNK = 1024 * 1024;
/** A frame costs us an open file: enough for a layer of many gigabytes, too few to keep us busy for hours. */
const MAX_FRAMES = 50_000;

/**
 * Hashes the file, and its unpacked form when `unpack` is set. Bytes are unpacked by what they are (as engines and scanners do), not by
 * their media type. Rejects with the error of zlib, or with an Error that says so when bytes follow the compressed data: engines differ
 * in what they make of those.
 */
export async function hashBlob(file: string, unpack: boolean, signal?: AbortSignal): Promise<BlobHashes> {
  const raw = createHash('sha256');
  const counter = { size: 0 };
  const compression = unpack ? await compressionOf(file) : 'none';
  const source = createReadStream(file, { highWaterMark: CHUNK });
  if (compression === 'none') {
    await pipeline(source, count(raw, counter), devNull(), { signal });
    const digest = `sha256:${raw.digest('hex')}`;
    return { digest, size: counter.size, ...(unpack ? { diffId: digest } : {}) };
  }
  const plain = createHash('sha256');
  const decompress = compression === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress({ chunkSize: CHUNK });
  await pipeline(source, count(raw, counter), decompress, into(plain), { signal });
  if (decompress.bytesWritten < counter.size) {
    if (compression === 'gzip') throw new Error(`${counter.size - decompress.bytesWritten} bytes follow the gzip data`);
    await hashFurtherFrames(file, decompress.bytesWritten, counter.size, plain, signal);
  }
  return { digest: `sha256:${raw.digest('hex')}`, size: counter.size, diffId: `sha256:${plain.digest('hex')}` };
}

/** Told by the first bytes; a zstd file may start with a skippable frame. */
export async function compressionOf(file: string): Promise<Compression> {
  const handle = await open(file);
  try {
    const start = Buffer.alloc(4);
    const { bytesRead } = await handle.read(start, 0, 4, 0);
    if (bytesRead >= 3 && start[0] === 0x1f && start[1] === 0x8b && start[2] === 8) return 'gzip';
    if (bytesRead < 4) return 'none';
    const magic = start.readUInt32LE(0);
    return magic === 0xfd2fb528 || (magic >= 0x184d2a50 && magic <= 0x184d2a5f) ? 'zstd' : 'none';
  } finally {
    await handle.close();
  }
}

/** Node's zstd stops after the first frame; layers that can be read in part (zstd:chunked) have many, some of them to be skipped. */
async function hashFurtherFrames(file: string, from: number, size: number, plain: Hash, signal?: AbortSignal): Promise<void> {
  let frames = 1;
  for (let offset = from; offset < size; frames += 1) {
    signal?.throwIfAborted();
    if (frames > MAX_FRAMES) throw new Error(`it has more than ${MAX_FRAMES} zstd frames`);
    const decompress = createZstdDecompress();
    const source = createReadStream(file, { start: offset });
    source.on('error', error => decompress.destroy(error));
    for await (const chunk of source.pipe(decompress)) plain.update(chunk as Buffer);
    source.destroy();
    if (decompress.bytesWritten === 0) throw new Error(`${size - offset} bytes follow the zstd data`);
    offset += decompress.bytesWritten;
  }
}

function count(hash: Hash, counter: { size: number }) {
  return async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      counter.size += chunk.length;
      yield chunk;
    }
  };
}

function into(hash: Hash): Writable {
  return new Writable({
    highWaterMark: CHUNK,
    write(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done();
    },
  });
}

function devNull(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

// URL + expected sha256 -> a file that has it; nothing else ever appears under its name.

import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Cancelled, ToolError } from '../errors.ts';
import { createSender } from './registry/http.ts';
import type { HttpAnswer, Send } from './registry/http.ts';
import { isLoopback } from './registry/reference.ts';
import { retry, Retriable, systemClock } from './registry/retry.ts';
import type { Clock, RetryPolicy } from './registry/retry.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Appears only when the hash is right. */
  readonly file: string;
  /** Hex. */
  readonly sha256: string;
  /** Said when it fails: what the user can do instead. */
  readonly hint: string;
}

/** Fetches one file; throws ToolError that names the URL. */
export type Download = (request: DownloadRequest) => Promise<void>;

export interface DownloadOptions {
  /** HTTPS_PROXY and NO_PROXY are read from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly retry?: RetryPolicy;
  /** Milliseconds without a byte. */
  readonly idle?: number;
}

const RETRY: RetryPolicy = { tries: 4, budget: 60_000 };
const REDIRECTS = 5;
const IDLE = 30_000;

/** Makes a downloader with redirects, retries (connection errors, 408, 429, 5xx) and the user's proxy. */
export function createDownload(options: DownloadOptions): Download {
  const { signal, idle = IDLE } = options;
  return async request => {
    const { send, close } = createSender({ env: options.env });
    const partial = `${request.file}.${randomUUID()}.part`;
    await mkdir(path.dirname(request.file), { recursive: true });
    try {
      const attempt = (): Promise<void> => fetchOnce(request, partial, send, idle, signal);
      await retry(attempt, { clock: options.clock ?? systemClock, policy: options.retry ?? RETRY, signal });
      await rename(partial, request.file);
    } finally {
      close();
      await rm(partial, { force: true });
    }
  };
}

async function fetchOnce(
  request: DownloadRequest,
  partial: string,
  send: Send,
  idle: number,
  signal?: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256');
  try {
    const answer = await follow(new URL(request.url), request, send, idle, signal);
    const hashed = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(answer.stream, hashed, createWriteStream(partial));
  } catch (error) {
    if (error instanceof ToolError || error instanceof Cancelled || error instanceof Retriable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Retriable(failure(request, `${request.url} could not be downloaded: ${why}`, error));
  }
  const digest = hash.digest('hex');
  // Not tried again: bytes that arrive whole and are not the ones we know are no accident of the network.
  if (digest !== request.sha256)
    throw new ToolError(`${request.url} has the sha256 ${digest}, not ${request.sha256}: it is not used`, {
      tool: 'download',
      hint: 'The file is not the one that was released, or something between here and there changes it (a proxy?).',
    });
}

/** Follows redirects; away from https only to https. */
async function follow(
  url: URL,
  request: DownloadRequest,
  send: Send,
  idle: number,
  signal: AbortSignal | undefined,
  left = REDIRECTS,
): Promise<HttpAnswer> {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.host)))
    throw failure(request, `${request.url} leads to ${url.origin}, which is not https: it is not followed`);
  const answer = await send({ method: 'GET', url, headers: { accept: 'application/octet-stream' }, idle, signal });
  if (answer.status === 200) return answer;
  answer.stream.destroy();
  const to = answer.headers.location;
  if ([301, 302, 303, 307, 308].includes(answer.status) && to !== undefined) {
    if (left === 0) throw failure(request, `${request.url} leads from one address to the next without end`);
    return follow(new URL(to, url), request, send, idle, signal, left - 1);
  }
  const failed = failure(request, `${request.url} could not be downloaded: ${url.host} answered ${answer.status}`);
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) throw new Retriable(failed);
  throw failed;
}

function failure(request: DownloadRequest, message: string, cause?: unknown): ToolError {
  return new ToolError(message, { tool: 'download', hint: request.hint, ...(cause === undefined ? {} : { cause }) });
}

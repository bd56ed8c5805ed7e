// Our standard input -> all its bytes, or why there is nothing to build from.

import { createHash } from 'node:crypto';

/** What came, or what is wrong, in words that follow "standard input". */
export type StandardInput = { readonly bytes: Uint8Array; readonly digest: string } | { readonly problem: string };

export interface InputStream extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean;
  destroy(): unknown;
}

export interface InputLimits {
  /** Bytes. */
  readonly most: number;
  /** Milliseconds without a byte. */
  readonly patience: number;
}

/** A context is kept in memory, because one build may be several runs of buildx. */
const LIMITS: InputLimits = { most: 256 * 1024 * 1024, patience: 30_000 };

/** Reads to the end. Never throws. */
export async function readStandardInput(
  stream: InputStream,
  signal: AbortSignal,
  { most, patience }: InputLimits = LIMITS,
): Promise<StandardInput> {
  if (stream.isTTY === true) return { problem: 'is a terminal' };
  const state = { silent: false };
  const wait = (): NodeJS.Timeout =>
    setTimeout(() => {
      state.silent = true;
      stream.destroy();
    }, patience);
  const giveUp = (): void => void stream.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  const parts: Uint8Array[] = [];
  let size = 0;
  let clock = wait();
  try {
    for await (const part of stream) {
      clearTimeout(clock);
      clock = wait();
      size += part.length;
      if (size > most) return { problem: `holds more than ${most / 1024 / 1024} MiB` };
      parts.push(part);
    }
  } catch (error) {
    if (state.silent) return { problem: `said nothing for ${patience / 1000} s and did not end` };
    return { problem: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    clearTimeout(clock);
    signal.removeEventListener('abort', giveUp);
  }
  if (size === 0) return { problem: 'is empty' };
  const bytes = Buffer.concat(parts);
  return { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

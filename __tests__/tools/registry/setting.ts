// What the client's tests share: a client on a clock of its own, a bundle with one blob, and servers that end with the test.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { Bundle } from '../../../src/bundle/bundle.ts';
import type { Descriptor } from '../../../src/bundle/oci.ts';
import { createRegistry, type RegistryOptions } from '../../../src/tools/registry/registry.ts';
import type { Clock } from '../../../src/tools/registry/retry.ts';
import { temporaryDirectory } from '../../fakes/layouts.ts';
import { sha256, startFaultRegistry, type FaultRegistry, type FaultRegistryOptions } from './fault-registry.ts';

const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Ends something when the test is over. */
export function atEnd(close: () => void | Promise<void>): void {
  closing.push(close);
}

export async function aRegistry(options: FaultRegistryOptions = {}): Promise<FaultRegistry> {
  const registry = await startFaultRegistry(options);
  atEnd(() => registry.close());
  return registry;
}

/** A clock that waits for nobody and tells what it was asked to wait, in milliseconds. */
export function aClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let time = Date.parse('2026-11-21T12:00:00Z');
  return {
    waits,
    now: () => time,
    random: () => 1,
    sleep: milliseconds => {
      waits.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
  };
}

/** A client without any login or proxy of the machine it runs on. */
export function aClient(options: Partial<RegistryOptions> = {}): ReturnType<typeof createRegistry> {
  const client = createRegistry({
    run: () => Promise.reject(new Error('no helper is expected')),
    env: { DOCKER_CONFIG: '/nonexistent' },
    clock: aClock(),
    ...options,
  });
  atEnd(client.close);
  return client;
}

export const LARGE = Buffer.alloc(3 * 1024 * 1024 + 17, 'seaworthy ');

/** A bundle of one blob, on disk. */
export async function aBlob(
  bytes = LARGE,
): Promise<{ readonly bundle: Bundle; readonly blob: Descriptor; readonly file: string }> {
  const directory = await temporaryDirectory();
  const digest = sha256(bytes);
  const file = join(directory, 'blobs', 'sha256', digest.slice(7));
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  await writeFile(file, bytes);
  const blob = { mediaType: 'application/octet-stream', digest, size: bytes.length };
  return { bundle: { directory, root: blob, images: [], manifests: [], referrers: [], blobs: [blob] }, blob, file };
}

// Promise 3: digest everywhere -> sign -> verify -> tags. A tag never points to an image that is unsigned when signing is on, whenever the run dies.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { offlineSigning } from '../../testbed/keys.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { berth, digestOf, openHarbour, signaturesOn, tagsOf, type Harbour } from './harbour.ts';
import { isWrite, kindOf, type Seen } from './recording-proxy.ts';

let harbour: Harbour;
let keys: string;
beforeAll(async () => {
  harbour = await openHarbour();
  keys = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-keys-'));
});
afterAll(async () => {
  rmSync(keys, { recursive: true, force: true });
  await harbour.close();
});

const kinds = (requests: readonly Seen[]): string[] => requests.filter(isWrite).map(kindOf);

/** The same numbers on every machine: a failing schedule can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

describe('promise 3: tags last', () => {
  test('keyless: blobs, manifests, signature, then tags; the signature verifies from outside', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const { exitCode, requests, outputs } = await run();
    expect(exitCode).toBe(0);
    expect(outputs['signed']).toBe('true');
    const order = kinds(requests);
    const firstTag = order.indexOf('tag');
    expect(order.slice(firstTag).every(kind => kind === 'tag')).toBe(true);
    expect(order.filter(kind => kind === 'tag')).toHaveLength(2);
    expect(order.indexOf('signature tag')).toBeGreaterThan(0);
    expect(order.indexOf('signature tag')).toBeLessThan(firstTag);
    expect(signaturesOn(harbour, image, outputs['digest'] ?? '')).toBe(1);
    expect(signaturesOn(harbour, image, outputs['digest'] ?? '', '^https://github\\.com/somebody/else/.+$')).toBe(0);
  });

  test('with a key: the same order, and no identity is asked for', async () => {
    const key = await offlineSigning(keys);
    const { run } = berth(harbour, 'seaworthy');
    const { exitCode, requests, outputs } = await run({
      inputs: {
        sign: 'key',
        'cosign-key': key.key,
        'cosign-password': key.password,
        'signing-config': key.signingConfig,
        'trusted-root': key.trustedRoot,
      },
      step: { idToken: false, secrets: [key.password] },
    });
    expect(exitCode).toBe(0);
    expect(outputs['signed']).toBe('true');
    const order = kinds(requests);
    expect(order.slice(order.indexOf('tag')).every(kind => kind === 'tag')).toBe(true);
    expect(order.indexOf('signature tag')).toBeLessThan(order.indexOf('tag'));
  });

  test('a signature that cannot be made: everything by digest may be there, no tag is', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const { exitCode, outputs, log } = await run({ inputs: { 'trusted-root': path.join(keys, 'no-such-file.json') } });
    expect(exitCode).toBe(1);
    expect(outputs['signed']).not.toBe('true');
    expect(log).toMatch(/trusted-root/);
    expect(await tagsOf(harbour, image)).toEqual(new Map());
  });

  test('killed at twenty random moments: no tag on anything unsigned or half there, and the next run completes', async () => {
    const next = random(20261121);
    const { image, run } = berth(harbour, 'seaworthy');
    // One whole run elsewhere tells how long a run is and how many requests it makes.
    const started = performance.now();
    const whole = await berth(harbour, 'seaworthy').run({ inputs: { cache: 'off' } });
    const longest = performance.now() - started;
    const writes = whole.requests.filter(isWrite).length;
    const name = image.slice(image.indexOf('/'));
    let completed = 0;
    for (let kill = 0; kill < 20; kill++) {
      // Half of the kills fall between two writes, where it matters most; the others anywhere in the run.
      const atWrite = kill % 2 === 0 ? 1 + Math.floor(next() * writes) : undefined;
      const now = new AbortController();
      let seenWrites = 0;
      harbour.registry.onRequest = seen => {
        if (isWrite(seen) && seen.path.includes(name) && ++seenWrites === atWrite) now.abort();
      };
      const killed = await run({
        // A layer cache has no part in this, and forty runs would each write one.
        inputs: { cache: 'off', tags: `type=sha\ntype=raw,value=latest\ntype=raw,value=kill-${kill}` },
        step: {
          signal:
            atWrite === undefined
              ? { signal: 'SIGKILL', after: Math.floor(next() * longest) }
              : { signal: 'SIGKILL', on: now.signal },
        },
      });
      if (killed.exitCode === 0) completed++;
      harbour.registry.onRequest = undefined;
      for (const [tag, digest] of await tagsOf(harbour, image)) {
        expect({ tag, signed: signaturesOn(harbour, image, digest) > 0 }).toEqual({ tag, signed: true });
        expect(await everythingIsThere(image, digest)).toEqual([]);
      }
    }
    const final = await run();
    expect(final.exitCode).toBe(0);
    expect(await digestOf(harbour, image, 'latest')).toBe(final.outputs['digest']);
    expect(completed).toBeLessThan(20);
  });
});

/** Digests below `digest` that a puller would miss. */
async function everythingIsThere(image: string, digest: string): Promise<string[]> {
  const base = `http://${harbour.testbed.registries.plain.host}/v2/${image.slice(image.indexOf('/') + 1)}`;
  const missing: string[] = [];
  const walk = async (reference: string): Promise<void> => {
    const answer = await fetch(`${base}/manifests/${reference}`, {
      headers: { accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' },
    });
    if (answer.status !== 200) {
      missing.push(reference);
      return;
    }
    const document = (await answer.json()) as {
      manifests?: { digest: string }[];
      config?: { digest: string };
      layers?: { digest: string }[];
    };
    for (const child of document.manifests ?? []) await walk(child.digest);
    for (const blob of [document.config, ...(document.layers ?? [])]) {
      if (blob === undefined) continue;
      if ((await fetch(`${base}/blobs/${blob.digest}`, { method: 'HEAD' })).status !== 200) missing.push(blob.digest);
    }
  };
  await walk(digest);
  return missing;
}

// Promise 1: every image manifest that gets a tag has an accepted scan of exactly its bytes; what was built is what was published.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { berth, digestOf, manifestOf, openHarbour, platformsOf, tagsOf, type Harbour } from './harbour.ts';

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterAll(() => harbour.close());

interface Report {
  readonly bundle: { readonly digest: string };
  readonly scan: {
    readonly platforms: readonly { readonly platform: string; readonly manifest: string; readonly status: string }[];
  };
}

describe('promise 1: scanned = shipped', () => {
  test('built, scanned and published digests are the same, for the index and for every platform', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const { exitCode, outputs } = await run();
    expect(exitCode).toBe(0);
    const report = JSON.parse(readFileSync(outputs['report'] ?? '', 'utf8')) as Report;
    const digest = outputs['digest'] ?? '';

    expect(await digestOf(harbour, image, 'latest')).toBe(digest);
    const bytes = Buffer.from(await (await manifestOf(harbour, image, 'latest')).arrayBuffer());
    expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);

    const published = await platformsOf(harbour, image, digest);
    expect(Object.keys(published).sort()).toEqual(['linux/amd64', 'linux/arm64']);
    expect(JSON.parse(outputs['digests'] ?? '{}')).toEqual(published);
    const scanned = Object.fromEntries(
      report.scan.platforms.filter(one => one.status === 'accepted').map(one => [one.platform, one.manifest]),
    );
    expect(scanned).toEqual(published);
  });

  test('what only one platform has blocks the whole image', async () => {
    const { image, run } = berth(harbour, 'unseaworthy');
    const { exitCode, outputs, summary } = await run();
    expect(exitCode).toBe(1);
    expect(outputs['verdict']).toBe('blocked');
    expect(summary).toContain('CVE-2019-10744');
    expect(summary).toContain('linux/arm64');
    expect(await tagsOf(harbour, image)).toEqual(new Map());
  });
});

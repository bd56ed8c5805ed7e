// Promise 2: no manifest, tag or blob reaches a registry before the gate has passed.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pullRequest } from '../../testbed/runner/events.ts';
import { berth, openHarbour, REPOSITORY, type Harbour } from './harbour.ts';
import { isWrite } from './recording-proxy.ts';

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterAll(() => harbour.close());

describe('promise 2: nothing leaves before the verdict', () => {
  test('a shipped image: every write came after the gate', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const { exitCode, requests, gateAt } = await run();
    expect(exitCode).toBe(0);
    const writes = requests.filter(isWrite);
    expect(writes.length).toBeGreaterThan(0);
    expect(gateAt).toBeDefined();
    expect(writes.filter(seen => seen.at < (gateAt ?? Infinity))).toEqual([]);
  });

  test('a blocked image: not one write', async () => {
    const { run } = berth(harbour, 'unseaworthy');
    const { outputs, requests } = await run();
    expect(outputs['verdict']).toBe('blocked');
    expect(requests.filter(isWrite)).toEqual([]);
  });

  test('a pull request: builds, scans, and not one write', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const { exitCode, outputs, requests } = await run({ event: sha => pullRequest({ repository: REPOSITORY, sha }) });
    expect(exitCode).toBe(0);
    expect(outputs['verdict']).toBe('passed');
    expect(outputs['push']).toBe('false');
    expect(requests.filter(isWrite)).toEqual([]);
  });
});

// Promise 6: the same commit published again is adopted: no second build, no blob sent twice, no second signature, and what is missing is completed.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { push } from '../../testbed/runner/events.ts';
import { berth, openHarbour, REPOSITORY, signaturesOn, tagsOf, type Harbour } from './harbour.ts';
import { isWrite, kindOf } from './recording-proxy.ts';

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
afterAll(() => harbour.close());

describe('promise 6: run it again', () => {
  test('a second run sends nothing, adds no signature, moves no tag', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const first = await run();
    const second = await run({ event: sha => push({ repository: REPOSITORY, sha, runAttempt: '2' }) });
    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(second.outputs['digest']).toBe(first.outputs['digest']);
    expect(second.requests.filter(isWrite)).toEqual([]);
    expect(signaturesOn(harbour, image, first.outputs['digest'] ?? '')).toBe(1);
    expect(second.outputs['signed']).toBe('true');
  });

  test('a tag that was not there yet is completed with the published image, without a second digest', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const first = await run();
    const second = await run({ inputs: { tags: 'type=sha\ntype=raw,value=latest\ntype=raw,value=stable' } });
    expect(second.exitCode).toBe(0);
    expect(second.requests.filter(isWrite).map(kindOf)).toEqual(['tag']);
    expect(new Set((await tagsOf(harbour, image)).values())).toEqual(new Set([first.outputs['digest']]));
  });

  test('another registry that lacks the image gets the very same bytes', async () => {
    const { image, run } = berth(harbour, 'seaworthy');
    const first = await run();
    const other = `${image}-copy`;
    const second = await run({ inputs: { images: `${image}\n${other}` } });
    expect(second.exitCode).toBe(0);
    expect(new Set((await tagsOf(harbour, other)).values())).toEqual(new Set([first.outputs['digest']]));
    expect(signaturesOn(harbour, other, first.outputs['digest'] ?? '')).toBe(1);
  });

  test('another commit is built anew', async () => {
    const { image, checkout, run } = berth(harbour, 'seaworthy');
    const first = await run();
    const sha = checkout.commit({ 'app/hello': '#!/bin/sh\necho changed\n' });
    const second = await run({ event: () => push({ repository: REPOSITORY, sha }) });
    expect(second.exitCode).toBe(0);
    expect(second.outputs['digest']).not.toBe(first.outputs['digest']);
    expect((await tagsOf(harbour, image)).get('latest')).toBe(second.outputs['digest']);
  });
});

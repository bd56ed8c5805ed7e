import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { readStandardInput } from '../../src/runner/standard-input.ts';
import type { InputStream } from '../../src/runner/standard-input.ts';

const never = new AbortController().signal;
const limits = { most: 1024 * 1024, patience: 200 };
const streamOf = (...parts: readonly Uint8Array[]): InputStream => Readable.from(parts);
/** Says these and then nothing more, without ending. */
function silent(...parts: readonly Uint8Array[]): Readable {
  const stream = new Readable({ read: () => undefined });
  for (const part of parts) stream.push(part);
  return stream;
}

test('every byte comes, with the digest of all', async () => {
  const bytes = Buffer.from([0, 255, 128, 10, 13, 0]);
  const came = await readStandardInput(streamOf(bytes.subarray(0, 2), bytes.subarray(2)), never, limits);
  expect(came).toEqual({ bytes, digest: 'sha256:0c1dc7f17be5daf6fb1efcb5e68dde6ddf1910251a057ccdbf97387229629f8c' });
});

describe('nothing to build from', () => {
  test.each<[string, () => InputStream, string]>([
    ['a terminal', () => Object.assign(streamOf(Buffer.from('x')), { isTTY: true }), 'is a terminal'],
    ['an end at once', () => streamOf(), 'is empty'],
    ['no bytes', () => streamOf(Buffer.alloc(0)), 'is empty'],
    ['too much', () => streamOf(Buffer.alloc(700_000), Buffer.alloc(700_000)), 'holds more than 1 MiB'],
    ['silence', () => silent(), 'said nothing for 0.2 s and did not end'],
    ['silence after the beginning', () => silent(Buffer.from('x')), 'said nothing for 0.2 s and did not end'],
    [
      'an error',
      () =>
        Readable.from(
          (async function* () {
            yield await Promise.reject(new Error('EIO'));
          })(),
        ),
      'cannot be read: EIO',
    ],
  ])('%s', async (_name, stream, problem) => {
    expect(await readStandardInput(stream(), never, limits)).toEqual({ problem });
  });

  test('a cancelled run does not wait', async () => {
    const stop = new AbortController();
    const reading = readStandardInput(silent(), stop.signal, { ...limits, patience: 60_000 });
    stop.abort();
    expect(await reading).toHaveProperty('problem');
  });
});

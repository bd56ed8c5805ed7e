// Standard input that comes piece by piece: as fast as the child reads, and a source that fails takes the child with it.

import { expect, test } from '@jest/globals';
import { run } from '../../src/tools/command.ts';

const env = { PATH: '/usr/bin:/bin' };

async function* pieces(count: number, failure?: Error): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at += 1) yield Promise.resolve(Buffer.alloc(64 * 1024, 'x'));
  if (failure !== undefined) throw failure;
}

test('all of it arrives', async () => {
  const result = await run('wc', ['-c'], { env, input: pieces(40) });
  expect([result.exitCode, result.stdout.trim()]).toEqual([0, String(40 * 64 * 1024)]);
});

test('a child that reads nothing of it ends as it ends', async () => {
  const result = await run('sh', ['-c', 'exit 3'], { env, input: pieces(40) });
  expect(result.exitCode).toBe(3);
});

test('what the source throws is thrown, and the child does not take the beginning for the whole', async () => {
  const failure = new Error('a layer was changed');
  await expect(run('sleep', ['60'], { env, input: pieces(2, failure) })).rejects.toBe(failure);
});

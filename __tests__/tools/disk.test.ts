// How much is free, how much was needed, and what is said of it.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { explain, ToolError } from '../../src/errors.ts';
import { keyOf, recall, remember } from '../../src/tools/disk-memory.ts';
import { countBytes, inWords, leftOut, spaceOf } from '../../src/tools/disk-space.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, temporaryDirectory } from '../fakes/layouts.ts';

describe('counting', () => {
  test('files below a directory, links not followed, what is left out not seen', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'a', 'node_modules'), { recursive: true });
    await writeFile(join(directory, 'one'), 'x'.repeat(100));
    await writeFile(join(directory, 'a', 'two'), 'x'.repeat(20));
    await writeFile(join(directory, 'a', 'node_modules', 'three'), 'x'.repeat(3));
    await symlink('/', join(directory, 'a', 'root'));
    expect(await countBytes(directory, 5_000)).toEqual({ bytes: 123, whole: true });
    expect(await countBytes(directory, 5_000, leftOut('**/node_modules\n'))).toEqual({ bytes: 120, whole: true });
    expect(await countBytes(directory, -1)).toEqual({ bytes: 0, whole: false });
    expect(await countBytes(join(directory, 'not-there'), 5_000)).toEqual({ bytes: 0, whole: true });
  });

  test('free bytes, and which file system', async () => {
    const directory = await temporaryDirectory();
    const [one, other] = await Promise.all([spaceOf(directory), spaceOf(join(directory, '..'))]);
    expect(one?.free).toBeGreaterThan(0);
    expect(one?.device).toBe(other?.device);
    expect(await spaceOf(join(directory, 'not-there'))).toBeUndefined();
  });

  test.each([
    ['node_modules', 'node_modules/x/y', true],
    ['node_modules', 'a/node_modules', false],
    ['/dist/', 'dist/app.js', true],
    ['**/*.log', 'a/b/c.log', true],
    ['**/*.log', 'c.log', true],
    ['*.log', 'a/c.log', false],
    ['a.b', 'axb', false],
    ['# comment', '# comment', false],
    ['*\n!src', 'dist', false],
    ['[ab]', 'a', false],
    ['', 'a', false],
  ])('.dockerignore %j leaves %s out: %j', (lines, file, out) => expect(leftOut(lines)(file)).toBe(out));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_500, '1.5 kB'],
    [184_220_113, '184.2 MB'],
    [2e13, '20.0 TB'],
  ])('%d is %s', (bytes, words) => expect(inWords(bytes)).toBe(words));
});

describe('the memory', () => {
  test('is one number a thing that is built; a broken file is none', async () => {
    const file = join(await temporaryDirectory(), 'new', 'sizes.json');
    expect(await recall(file, 'a')).toBeUndefined();
    await remember(file, 'a', 100);
    await remember(file, 'b', 7);
    await remember(file, 'a', 200);
    expect([await recall(file, 'a'), await recall(file, 'b')]).toEqual([200, 7]);
    await writeFile(file, '[1]');
    expect(await recall(file, 'a')).toBeUndefined();
    await writeFile(file, '{"a":"much"');
    expect(await recall(file, 'a')).toBeUndefined();
    await remember(file, 'a', 3);
    expect(await recall(file, 'a')).toBe(3);
  });

  test('one thing at two commits has one key; another target, platform or image has another', () => {
    const order = anOrder({ names: ['ghcr.io/acme/app:1.2.3'], context: 'https://github.com/acme/app.git#abc' });
    const same = anOrder({
      names: ['ghcr.io/acme/app:1.2.4', 'ghcr.io/acme/app:latest'],
      context: 'https://github.com/acme/app.git#def',
    });
    expect(keyOf(same)).toBe(keyOf(order));
    const others = [
      { ...order, target: 'test' },
      { ...order, platforms: [AMD64] },
      { ...order, names: ['ghcr.io/acme/other:1.2.3'] },
      { ...order, file: 'other.Dockerfile' },
    ];
    expect(new Set([order, ...others].map(keyOf)).size).toBe(5);
  });
});

describe('a full disk is no bug of ours', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  test.each([
    ['at once', full],
    ['as a cause', new Error('the bundle could not be written', { cause: full })],
  ])('%s', (_how, error) => {
    const said = explain(error);
    expect([said.kind, said.message]).toEqual(['user', `The disk is full: ${error.message}`]);
    expect(said.hint).toContain('Free space');
  });

  test('a tool keeps its own words', () => {
    expect(explain(new ToolError('the tool said no', { tool: 'x', cause: full })).message).toBe('the tool said no');
  });
});

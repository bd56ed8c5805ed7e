// Archives of single platforms joined into one, in all the forms that a tar archive has: read back by another program's parser.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Header, list } from 'tar';
import { ToolError } from '../../src/errors.ts';
import { joinTars } from '../../src/tools/join-tars.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

interface Member {
  readonly path: string;
  readonly type?: 'File' | 'Directory' | 'Link' | 'SymbolicLink' | 'ExtendedHeader';
  readonly body?: string;
  readonly linkpath?: string;
}

function tarOf(members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ body = '', ...data }) => {
    const block = Buffer.alloc(512);
    const bytes = Buffer.from(body);
    new Header({
      type: 'File',
      mode: 0o640,
      uid: 7,
      gid: 8,
      mtime: new Date(1_700_000_000_000),
      ...data,
      size: bytes.length,
    }).encode(block);
    return [block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = [...Array(9).keys()]
    .map(digits => Buffer.byteLength(rest) + digits + 1)
    .find(all => String(all).length + Buffer.byteLength(rest) === all);
  return `${length ?? 0}${rest}`;
}

const LONG = `deep/${'d'.repeat(120)}/file`;
const MEMBERS: readonly Member[] = [
  { path: 'bin/', type: 'Directory' },
  { path: 'bin/tool', body: 'x'.repeat(1000) },
  { path: 'bin/hard', type: 'Link', linkpath: 'bin/tool' },
  { path: 'bin/soft', type: 'SymbolicLink', linkpath: '/etc/tool' },
  {
    path: 'PaxHeaders.0/1',
    type: 'ExtendedHeader',
    body: record('path', LONG) + record('SCHILY.xattr.user.x', 'kept') + record('mtime', '1700000000.25'),
  },
  { path: 'deep/cut', body: 'long' },
  { path: 'PaxHeaders.0/2', type: 'ExtendedHeader', body: record('path', 'é') + record('linkpath', LONG) },
  { path: '?', type: 'Link', linkpath: 'cut' },
  { path: `p/${'q'.repeat(96)}`, body: 'name that only just fits, without the folder' },
];

test('every file is below its folder, links inside the archive too, and everything else is as it was', async () => {
  const directory = await temporaryDirectory();
  const [one, other, joined] = [join(directory, 'a'), join(directory, 'b'), join(directory, 'joined')];
  await writeFile(one, tarOf(MEMBERS));
  await writeFile(other, tarOf([{ path: 'bin/tool', body: 'arm' }]));
  await joinTars(
    [
      { file: one, folder: 'linux_amd64' },
      { file: other, folder: 'linux_arm_v7' },
    ],
    joined,
  );
  const found: Record<string, unknown>[] = [];
  await list({
    file: joined,
    strict: true,
    onReadEntry: ({ path, type, size, linkpath, mode, uid, gid, mtime }) =>
      found.push({ path, type, size, linkpath, mode, uid, gid, mtime: mtime?.getTime() }),
  });
  expect(found.map(({ path, type, size, linkpath }) => [path, type, size, linkpath])).toEqual([
    ['linux_amd64/', 'Directory', 0, undefined],
    ['linux_amd64/bin/', 'Directory', 0, undefined],
    ['linux_amd64/bin/tool', 'File', 1000, undefined],
    ['linux_amd64/bin/hard', 'Link', 0, 'linux_amd64/bin/tool'],
    ['linux_amd64/bin/soft', 'SymbolicLink', 0, '/etc/tool'],
    [`linux_amd64/${LONG}`, 'File', 4, undefined],
    ['linux_amd64/é', 'Link', 0, `linux_amd64/${LONG}`],
    [`linux_amd64/p/${'q'.repeat(96)}`, 'File', 44, undefined],
    ['linux_arm_v7/', 'Directory', 0, undefined],
    ['linux_arm_v7/bin/tool', 'File', 3, undefined],
  ]);
  expect(found[2]).toMatchObject({ mode: 0o640, uid: 7, gid: 8, mtime: 1_700_000_000_000 });
  const text = await readFile(joined, 'latin1');
  expect(text).toContain(record('SCHILY.xattr.user.x', 'kept'));
  expect(text).toContain(record('mtime', '1700000000.25'));
  expect(text.length % 512).toBe(0);
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['a damaged header', bytes => Buffer.concat([bytes.subarray(0, 3), Buffer.from('!'), bytes.subarray(4)])],
  ['an archive that ends too early', bytes => bytes.subarray(0, 700)],
])('%s is an error that names the platform', async (_name, change) => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'a'), change(tarOf([{ path: 'x', body: 'y'.repeat(900) }])));
  const joining = joinTars([{ file: join(directory, 'a'), folder: 'linux_amd64' }], join(directory, 'to'));
  await expect(joining).rejects.toBeInstanceOf(ToolError);
  await expect(joining).rejects.toThrow('The archive of linux_amd64 that BuildKit wrote for type=tar cannot be read');
});

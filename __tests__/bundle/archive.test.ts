// Archives: the same bytes for the same bundle, read again to equal digests; and what a hostile or damaged one is refused for.

import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Header } from 'tar';
import { archiveBytes, classicImage, writeArchive } from '../../src/bundle/archive.ts';
import type { ArchiveOrder } from '../../src/bundle/archive.ts';
import { describeBundle, writeBundleFile } from '../../src/bundle/bundle-file.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { readArchive } from '../../src/bundle/read-archive.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { UserError } from '../../src/errors.ts';
import { AMD64, aLayout, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import type { LayoutSpec } from '../fakes/layouts.ts';

const NAMES = ['ghcr.io/acme/app:1.2.3', 'acme/app:latest', 'debian:12', 'localhost/acme/app:sha-1'];

async function aBundle(spec: LayoutSpec = {}): Promise<Bundle> {
  const bundle = await readBundle((await aLayout(spec)).directory);
  const origin = { names: NAMES, source: { repository: 'acme/app', commit: 'a'.repeat(40), ref: 'refs/heads/main' }, tools: {} };
  await writeBundleFile(bundle.directory, describeBundle(bundle, origin));
  return bundle;
}

async function bytesOf(order: ArchiveOrder): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of archiveBytes(order)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function archived(order: ArchiveOrder): Promise<string> {
  const file = join(await temporaryDirectory(), 'image.tar');
  await writeArchive(order, file);
  return file;
}

async function freshPlace(): Promise<string> {
  return join(await temporaryDirectory(), 'read');
}

const whole = (bundle: Bundle): ArchiveOrder => {
  const classic = classicImage(bundle, () => false);
  return { bundle, names: NAMES, described: true, ...(classic && { classic }) };
};

describe('an archive of a bundle', () => {
  test.each<[string, LayoutSpec]>([
    ['an index with attestations', {}],
    ['one bare manifest', { shape: 'manifest', images: [{ platform: AMD64 }] }],
    ['a nested index', { shape: 'nested' }],
    [
      'layers of every compression',
      {
        images: [
          {
            platform: ARM64,
            layers: [
              { files: { a: 'a' }, compression: 'zstd' },
              { files: { b: 'b' }, compression: 'none' },
            ],
          },
        ],
      },
    ],
  ])('of %s is read again to the same digests and bytes', async (_name, spec) => {
    const bundle = await aBundle(spec);
    const place = await freshPlace();
    const { bundle: again, description } = await readArchive(await archived(whole(bundle)), place);
    expect({ ...again, directory: '' }).toEqual({ ...bundle, directory: '' });
    expect(description?.digest).toBe(bundle.root.digest);
    for (const { digest } of [...bundle.manifests, ...bundle.blobs])
      expect(await readFile(blobFile(place, digest))).toEqual(await readFile(blobFile(bundle.directory, digest)));
  });

  test('is the same byte for byte, wherever and whenever it is written', async () => {
    const [one, other] = [await aBundle(), await aBundle()];
    expect(one.directory).not.toBe(other.directory);
    expect(await bytesOf(whole(one))).toEqual(await bytesOf(whole(other)));
  });

  test('names the image for both kinds of engine', async () => {
    const bundle = await aBundle();
    const place = await freshPlace();
    await readArchive(await archived(whole(bundle)), place);
    const index = JSON.parse(await readFile(join(place, 'index.json'), 'utf8')) as {
      manifests: { digest: string; annotations: Record<string, string> }[];
    };
    expect(index.manifests.map(({ annotations }) => annotations)).toEqual([
      { 'io.containerd.image.name': 'ghcr.io/acme/app:1.2.3', 'org.opencontainers.image.ref.name': '1.2.3' },
      { 'io.containerd.image.name': 'docker.io/acme/app:latest', 'org.opencontainers.image.ref.name': 'latest' },
      { 'io.containerd.image.name': 'docker.io/library/debian:12', 'org.opencontainers.image.ref.name': '12' },
      { 'io.containerd.image.name': 'localhost/acme/app:sha-1', 'org.opencontainers.image.ref.name': 'sha-1' },
    ]);
    expect(new Set(index.manifests.map(({ digest }) => digest))).toEqual(new Set([bundle.root.digest]));
    const text = (await bytesOf(whole(bundle))).toString('latin1');
    const [image] = bundle.images;
    expect(text).toContain(
      `[{"Config":"blobs/sha256/${image?.config.digest.slice(7) ?? ''}","RepoTags":${JSON.stringify(NAMES)},"Layers":["blobs/`,
    );
  });

  test('of one image holds that image and nothing else', async () => {
    const bundle = await aBundle();
    const only = bundle.images[1];
    if (only === undefined) throw new Error('the layout has one image');
    const { bundle: alone, description } = await readArchive(
      await archived({ bundle, names: ['a/b:1'], only, classic: only }),
      await freshPlace(),
    );
    expect(description).toBeUndefined();
    expect(alone.root.digest).toBe(only.manifest.digest);
    expect(alone.images.map(({ platform }) => platform)).toEqual([ARM64]);
    expect(alone.manifests).toHaveLength(1);
  });

  test('is not written to its end when a blob has changed', async () => {
    const bundle = await aBundle();
    const layer = bundle.images[0]?.layers[0];
    const file = blobFile(bundle.directory, layer?.digest ?? '');
    const good = await readFile(file);
    await writeFile(file, Buffer.concat([good.subarray(0, -1), Buffer.from('x')]));
    await expect(bytesOf(whole(bundle))).rejects.toThrow(new RegExp(`${layer?.digest.slice(7) ?? ''} was changed`));
    await appendFile(file, 'x');
    await expect(bytesOf(whole(bundle))).rejects.toThrow(/more than \d+ bytes/);
    await truncate(file, 3);
    await expect(bytesOf(whole(bundle))).rejects.toThrow(/has 3 bytes, \d+ are expected/);
  });
});

describe('writing an archive', () => {
  test('replaces a file in one step; a failure leaves the old one, and nothing beside it', async () => {
    const bundle = await aBundle();
    const directory = await temporaryDirectory();
    const file = join(directory, 'image.tar');
    await writeFile(file, 'old');
    await writeArchive(whole(bundle), file);
    const good = await readFile(file);
    expect(good).toEqual(await bytesOf(whole(bundle)));
    await appendFile(blobFile(bundle.directory, bundle.images[0]?.layers[0]?.digest ?? ''), 'x');
    await expect(writeArchive(whole(bundle), file)).rejects.toBeInstanceOf(UserError);
    await expect(writeArchive(whole(await aBundle()), file, AbortSignal.abort())).rejects.toThrow(/abort/);
    expect(await readFile(file)).toEqual(good);
    expect(await readdir(directory)).toEqual(['image.tar']);
  });
});

describe('a damaged archive', () => {
  test('cut anywhere, or with one byte changed anywhere in a file or header, is refused, and nothing of it stays', async () => {
    const file = await archived(whole(await aBundle()));
    const good = await readFile(file);
    const places = [20, 200, 1100, 1600, Math.floor(good.length / 3), Math.floor(good.length / 2)];
    const damaged = [
      ...places.map(at => good.subarray(0, at + (at % 512 === 0 ? 1 : 0))),
      ...places.map(at => {
        const bytes = Buffer.from(good);
        // Padding is nobody's: look for a byte that says something.
        const place = bytes.findIndex((byte, index) => index >= at && byte !== 0);
        bytes[place] = (bytes[place] ?? 0) ^ 1;
        return bytes;
      }),
    ];
    for (const bytes of damaged) {
      const place = await freshPlace();
      await writeFile(file, bytes);
      await expect(readArchive(file, place)).rejects.toBeInstanceOf(UserError);
      await expect(stat(place)).rejects.toThrow(/ENOENT/);
    }
  });

  test('of another kind is told as what it is', async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'x.tar');
    await expect(readArchive(file, join(directory, 'a'))).rejects.toThrow(/x\.tar cannot be read: ENOENT/);
    await writeFile(file, 'hello'.repeat(400));
    await expect(readArchive(file, join(directory, 'b'))).rejects.toThrow('x.tar is no tar archive');
    await writeFile(file, tarOf([{ path: 'manifest.json' }]));
    const reading = readArchive(file, join(directory, 'c'));
    await expect(reading).rejects.toThrow('x.tar is no OCI archive: it holds no oci-layout');
    await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining('docker save') });
  });

  test('is unpacked into nothing that holds files, and these stay', async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'x.tar');
    await writeFile(file, 'hello'.repeat(400));
    const reading = readArchive(file, directory);
    await expect(reading).rejects.toBeInstanceOf(UserError);
    await expect(reading).rejects.toThrow('is not empty');
    await expect(readArchive(file, file)).rejects.toThrow('cannot be read: ENOTDIR');
    expect(await readdir(directory)).toEqual(['x.tar']);
  });
});

interface Member {
  readonly path: string;
  readonly body?: Buffer;
  readonly type?: 'File' | 'Directory' | 'Link' | 'SymbolicLink' | 'CharacterDevice' | 'FIFO';
  readonly linkpath?: string;
  readonly size?: number;
}

/** An archive of these members, as somebody with bad intentions makes it. */
function tarOf(members: readonly Member[]): Buffer {
  const parts = members.flatMap(member => {
    const { body = Buffer.alloc(0), ...data } = member;
    const block = Buffer.alloc(512);
    new Header({ type: 'File', mode: 0o644, size: body.length, ...data }).encode(block);
    return [block, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

describe('a hostile archive writes nothing', () => {
  const blob = Buffer.from('blob');
  const name = `blobs/sha256/${createHash('sha256').update(blob).digest('hex')}`;
  test.each<[string, Member[], RegExp]>([
    ['an absolute path', [{ path: '/etc/cron.d/x', body: blob }], /"\/etc\/cron\.d\/x" is an absolute path/],
    [
      'a path upwards',
      [{ path: 'blobs/../../x', body: blob }],
      /"blobs\/\.\.\/\.\.\/x" leads out of the archive's own directory/,
    ],
    ['a path upwards in front', [{ path: '../x', body: blob }], /leads out/],
    [
      'a symbolic link',
      [{ path: 'oci-layout', type: 'SymbolicLink', linkpath: '/etc/passwd' }],
      /is no plain file but a symbolic link/,
    ],
    ['a link', [{ path: name, type: 'Link', linkpath: 'index.json' }], /is no plain file but a link/],
    ['a directory that is a link', [{ path: 'blobs', type: 'SymbolicLink', linkpath: '/tmp' }], /symbolic link/],
    ['a device', [{ path: name, type: 'CharacterDevice' }], /character device/],
    ['a pipe', [{ path: name, type: 'FIFO' }], /fifo/],
    [
      'two files of one name',
      [
        { path: name, body: blob },
        { path: `./${name}`, body: Buffer.from('other') },
      ],
      /twice: two readers could see two images/,
    ],
    [
      'a size beyond the end',
      [{ path: name, size: 7_000_000_000 }],
      /is said to have 7000000000 bytes, but the archive ends before/,
    ],
    ['a size beyond all numbers', [{ path: name, size: Number.MAX_SAFE_INTEGER }], /but the archive ends before/],
    [
      'a blob under the name of another',
      [
        { path: 'oci-layout', body: blob },
        { path: 'index.json', body: blob },
        { path: name, body: Buffer.from('blub') },
      ],
      /was changed: its bytes have the digest sha256:/,
    ],
    [
      'an index.json of many megabytes',
      [
        { path: 'oci-layout', body: blob },
        { path: 'index.json', body: Buffer.alloc(5 * 1024 * 1024) },
      ],
      /index\.json has 5242880 bytes/,
    ],
  ])('%s', async (_name, members, message) => {
    const parent = await temporaryDirectory();
    const file = join(parent, 'bad.tar');
    await writeFile(file, tarOf(members));
    const reading = readArchive(file, join(parent, 'read'));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(UserError);
    expect(await readdir(parent)).toEqual(['bad.tar']);
  });

  test('files that no layout has are not unpacked, directories and "./" are no matter', async () => {
    const bundle = await aBundle();
    const bytes = await bytesOf(whole(bundle));
    const file = join(await temporaryDirectory(), 'more.tar');
    const more = tarOf([
      { path: './', type: 'Directory' },
      { path: './.bashrc', body: blob },
      { path: 'blobs/sha256/notes', body: blob },
    ]).subarray(0, -1024);
    await writeFile(file, Buffer.concat([more, bytes]));
    const place = await freshPlace();
    expect((await readArchive(file, place)).bundle.root.digest).toBe(bundle.root.digest);
    expect((await readdir(place)).sort()).toEqual(['blobs', 'bundle.json', 'index.json', 'oci-layout']);
    expect(await readdir(join(place, 'blobs', 'sha256'))).not.toContain('notes');
  });
});

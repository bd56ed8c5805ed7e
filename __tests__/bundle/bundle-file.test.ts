// bundle.json: what is written validates against the schema, and reader and schema agree on what does not.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  checkBundleFile,
  describeBundle,
  readBundleFile,
  readWholeBundle,
  writeBundleFile,
} from '../../src/bundle/bundle-file.ts';
import type { BundleFile, BundleOrigin } from '../../src/bundle/bundle-file.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { UserError } from '../../src/errors.ts';
import { aLayout, temporaryDirectory } from '../fakes/layouts.ts';

const ORIGIN: BundleOrigin = {
  names: ['ghcr.io/acme/app:1.2.3', 'ghcr.io/acme/app:latest'],
  source: { repository: 'acme/app', commit: 'a'.repeat(40), ref: 'refs/tags/v1.2.3' },
  tools: { seaworthy: '1.0.0', buildx: '0.29.1' },
  display: { version: '1.2.3', tags: ['1.2.3'], verdict: 'passed', scans: ['linux/amd64: 3 findings'] },
};
const schema = JSON.parse(await readFile(new URL('../../schema/bundle.schema.json', import.meta.url), 'utf8')) as object;
const validate = new Ajv2020({ strict: true }).compile(schema);

async function described(origin = ORIGIN): Promise<{ bundle: Bundle; file: BundleFile }> {
  const bundle = await readBundle((await aLayout()).directory);
  return { bundle, file: describeBundle(bundle, origin) };
}
const onDisk = async ({ directory }: Bundle): Promise<object> =>
  JSON.parse(await readFile(join(directory, 'bundle.json'), 'utf8')) as object;
const withPlatform = (file: object, change: object): object => ({
  ...file,
  platforms: [{ ...(file as BundleFile).platforms[0], ...change }],
});

test('what is written can be read, belongs to its layout, and validates', async () => {
  const { bundle, file } = await described();
  await writeBundleFile(bundle.directory, file);
  const read = await readBundleFile(bundle.directory);
  expect(read).toEqual(file);
  expect(() => checkBundleFile(file, bundle)).not.toThrow();
  expect(validate(await onDisk(bundle))).toBe(true);
  expect(file.platforms.map(platform => platform.platform)).toEqual(['linux/amd64', 'linux/arm64']);
  expect(file.platforms[0]?.attestations).toHaveLength(1);
  expect((await readBundle(bundle.directory)).root).toEqual(bundle.root);
});

test('display may be left out; fields that a later version adds are no mistake', async () => {
  const { bundle, file } = await described({ names: [], source: ORIGIN.source, tools: {} });
  const later = { ...file, added: 1, platforms: file.platforms.map(platform => ({ ...platform, added: 2 })) };
  await writeBundleFile(bundle.directory, later);
  const read = await readBundleFile(bundle.directory);
  expect(read).toMatchObject({ added: 1 });
  expect(validate(await onDisk(bundle))).toBe(true);
  expect(() => checkBundleFile(read ?? file, bundle)).not.toThrow();
});

test('it is replaced in one step and leaves nothing behind', async () => {
  const {
    bundle: { directory },
    file,
  } = await described();
  const before = await readdir(directory);
  await writeBundleFile(directory, file);
  await Promise.all([1, 2, 3].map(at => writeBundleFile(directory, { ...file, tools: { at: `${at}` } })));
  expect((await readdir(directory)).sort()).toEqual([...before, 'bundle.json'].sort());
  expect(await readBundleFile(directory)).toBeDefined();
  await expect(writeBundleFile(join(directory, 'missing'), file)).rejects.toThrow(/ENOENT/);
});

test('no bundle.json is no mistake: other tools write none', async () => {
  expect(await readBundleFile(await temporaryDirectory())).toBeUndefined();
});

describe('refused by reader and schema alike', () => {
  test.each<[string, (file: object) => unknown, RegExp]>([
    ['another version', file => ({ ...file, schemaVersion: 2 }), /schemaVersion 2; this version of Seaworthy reads 1/],
    ['no version', file => ({ ...file, schemaVersion: undefined }), /schemaVersion undefined/],
    ['a digest of another kind', file => ({ ...file, digest: 'sha512:00' }), /"digest" is not a sha256 digest/],
    ['no platform', file => ({ ...file, platforms: [] }), /"platforms" is not a list of at least one/],
    ['a platform without size', file => withPlatform(file, { size: undefined }), /"platforms"/],
    ['a negative size', file => withPlatform(file, { size: -1 }), /"platforms"/],
    ['a size that is no number', file => withPlatform(file, { size: '1' }), /"platforms"/],
    ['an attestation that is no digest', file => withPlatform(file, { attestations: ['x'] }), /"platforms"/],
    ['names that are no list', file => ({ ...file, names: 'a' }), /"names"/],
    ['an empty name', file => ({ ...file, names: [''] }), /"names"/],
    ['no checksum', file => ({ ...file, checksum: undefined }), /"checksum" is not a sha256 digest/],
    ['no digest of index.json', file => ({ ...file, files: {} }), /"files" is not an object with the digests/],
    ['no commit', file => ({ ...file, source: { repository: 'a', ref: 'b' } }), /"source"/],
    ['a version that is no text', file => ({ ...file, tools: { buildx: 1 } }), /"tools"/],
    ['tools as a list', file => ({ ...file, tools: [] }), /"tools"/],
    ['display that is no object', file => ({ ...file, display: 'x' }), /"display"/],
    [
      'several mistakes at once',
      file => ({ ...file, names: 1, tools: 2 }),
      /"names" is not a list of names; "tools" is not an object/,
    ],
    ['a list', () => [], /is not a JSON object/],
  ])('%s', async (_name, change, message) => {
    const { bundle, file } = await described();
    await writeBundleFile(bundle.directory, file);
    const changed = JSON.parse(JSON.stringify(change(await onDisk(bundle)))) as unknown;
    await writeFile(join(bundle.directory, 'bundle.json'), JSON.stringify(changed));
    expect(validate(changed)).toBe(false);
    const reading = readBundleFile(bundle.directory);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(UserError);
  });
});

describe('a description that lies about its layout', () => {
  test.each<[string, (file: BundleFile) => BundleFile, RegExp]>([
    ['digest', file => ({ ...file, digest: `sha256:${'0'.repeat(64)}` }), /does not belong to this layout: digest differ/],
    ['order of platforms', file => ({ ...file, platforms: file.platforms.toReversed() }), /platforms differ/],
    [
      'attestations',
      file => ({ ...file, platforms: file.platforms.map(platform => ({ ...platform, attestations: [] })) }),
      /platforms differ/,
    ],
  ])('%s', async (_name, change, message) => {
    const { bundle, file } = await described();
    expect(() => checkBundleFile(change(file), bundle)).toThrow(message);
  });
});

describe('one byte that changes on the way', () => {
  const flip = async (file: string, at = 0.5): Promise<void> => {
    const bytes = await readFile(file);
    const place = Math.floor(bytes.length * at);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    await writeFile(file, bytes);
  };

  test('in any file of the bundle is told with the name of the file', async () => {
    const { bundle, file } = await described();
    await writeBundleFile(bundle.directory, file);
    await expect(readWholeBundle(bundle.directory)).resolves.toMatchObject({ bundle: { root: bundle.root }, description: file });
    const blobs = (await readdir(join(bundle.directory, 'blobs', 'sha256'))).map(name => join('blobs', 'sha256', name));
    for (const name of [...blobs, 'index.json', 'bundle.json', 'oci-layout']) {
      const path = join(bundle.directory, name);
      const good = await readFile(path);
      for (const at of [0.1, 0.4, 0.9]) {
        await flip(path, at);
        const reading = readWholeBundle(bundle.directory);
        await expect(reading).rejects.toBeInstanceOf(UserError);
        await expect(reading).rejects.toThrow(new RegExp(name.split('/').at(-1) ?? ''));
        await writeFile(path, good);
      }
    }
  });

  test('in a name of bundle.json, or of index.json, is seen by the checksum', async () => {
    const { bundle, file } = await described();
    await writeBundleFile(bundle.directory, file);
    for (const [name, before, after] of [
      ['bundle.json', 'ghcr.io/acme/app:1.2.3', 'ghcr.io/acme/app:1.2.4'],
      ['index.json', '"schemaVersion":2', '"schemaVersion": 2'],
    ] as const) {
      const path = join(bundle.directory, name);
      const good = await readFile(path, 'utf8');
      await writeFile(path, good.replace(before, after));
      await expect(readBundleFile(bundle.directory)).rejects.toThrow(new RegExp(`${name} was changed`));
      await writeFile(path, good);
    }
  });
});

// The machine without an engine: layouts that are written in steps that nobody sees half of, and what can do without an engine.

import { lstat, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { blobPath } from '../../src/bundle/blobs.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { ToolError, UserError } from '../../src/errors.ts';
import { createMachine } from '../../src/tools/machine.ts';
import type { MachineOptions } from '../../src/tools/machine.ts';
import { splitPlaces } from '../../src/tools/output-places.ts';
import { aLayout, AMD64, temporaryDirectory } from '../fakes/layouts.ts';

const LAYOUT = { type: 'oci', dest: 'out', attributes: { tar: 'false' } } as const;

async function setting(
  over: Partial<MachineOptions> = {},
): Promise<{ cwd: string; out: string; bundle: Bundle; write: () => Promise<void> }> {
  const cwd = await temporaryDirectory();
  const bundle = await readBundle((await aLayout({})).directory);
  const machine = createMachine({ run: () => Promise.reject(new Error('nothing is started')), env: {}, cwd, ...over });
  await mkdir(join(cwd, 'out', 'blobs', 'sha256'), { recursive: true });
  return { cwd, out: join(cwd, 'out'), bundle, write: () => machine.writeImage(bundle, LAYOUT, ['acme/app:1']) };
}

test('a layout: links give way, what they led to stays, blobs that are there stay, wrong ones are replaced', async () => {
  const { cwd, out, bundle, write } = await setting();
  const [first, second] = bundle.blobs;
  if (first === undefined || second === undefined) throw new Error('the bundle has two blobs');
  const victim = '{"schemaVersion":2,"manifests":[]}';
  for (const name of ['index.json', 'oci-layout', 'blob']) await writeFile(join(cwd, name), victim);
  for (const name of ['index.json', 'oci-layout']) await symlink(join(cwd, name), join(out, name));
  await symlink(join(cwd, 'blob'), blobPath(out, first.digest));
  await writeFile(blobPath(out, second.digest), 'half');
  await write();
  for (const name of ['index.json', 'oci-layout', 'blob']) expect(await readFile(join(cwd, name), 'utf8')).toBe(victim);
  for (const name of ['index.json', 'oci-layout']) expect((await lstat(join(out, name))).isFile()).toBe(true);
  expect((await readBundle(out)).root.digest).toBe(bundle.root.digest);
  for (const { digest } of bundle.blobs)
    expect(await readFile(blobPath(out, digest))).toEqual(await readFile(blobPath(bundle.directory, digest)));
  const { ino } = await stat(blobPath(out, second.digest));
  await write();
  expect((await stat(blobPath(out, second.digest))).ino).toBe(ino);
  expect((await readdir(out, { recursive: true })).filter(name => /(?:^|\/)\./.test(name))).toEqual([]);
});

test('a layout: an index.json that cannot be read is no empty one', async () => {
  const { out, write } = await setting();
  await mkdir(join(out, 'index.json'));
  await expect(write()).rejects.toThrow(/^outputs: out could not be written: /);
});

test('a layout: what fails leaves the old index.json and no draft', async () => {
  const { out, bundle, write } = await setting();
  await writeFile(join(out, 'index.json'), '{"schemaVersion":2,"manifests":[]}');
  const [blob] = bundle.blobs;
  await rename(blobPath(bundle.directory, blob?.digest ?? ''), join(bundle.directory, 'gone'));
  await expect(write()).rejects.toBeInstanceOf(UserError);
  expect(await readFile(join(out, 'index.json'), 'utf8')).toBe('{"schemaVersion":2,"manifests":[]}');
  expect((await readdir(out, { recursive: true })).filter(name => /(?:^|\/)\./.test(name))).toEqual([]);
});

test('type=image without an engine loads nothing and says so; load: true is a mistake', async () => {
  const said: string[] = [];
  const { cwd, bundle } = await setting();
  const run = (): Promise<never> => Promise.reject(new ToolError('docker is not installed', { tool: 'docker' }));
  const machine = createMachine({ run, env: {}, cwd, onWarning: line => said.push(line) });
  await expect(machine.prepare({ outputs: [], load: AMD64 })).rejects.toThrow('load: docker is not installed');
  await machine.prepare({ outputs: [], load: AMD64, loadsIfEngine: true });
  expect(said).toEqual(['outputs: type=image is not followed: docker is not installed']);
  const [image] = bundle.images;
  if (image === undefined) throw new Error('the bundle has an image');
  expect(await machine.load(bundle, image, ['a:1'])).toBeUndefined();
});

test('a directory that several builds fill has the mode that buildx gives it', async () => {
  const outputs = [{ type: 'local', dest: 'out', attributes: {} }] as const;
  const places = await splitPlaces(await temporaryDirectory(), { outputs, platforms: [AMD64] });
  const [place = ''] = await places.join();
  const usual = join(await temporaryDirectory(), 'usual');
  await mkdir(usual, { mode: 0o755 });
  expect((await stat(place)).mode).toBe((await stat(usual)).mode);
});

// What is handed over, on real engines: outputs of buildx from one node and from several, the scanned image in both image stores, archives that they and others read.

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { list } from 'tar';
import type { BuildOrder, Built } from '../../src/build/build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { describeBundle, writeBundleFile } from '../../src/bundle/bundle-file.ts';
import { readArchive } from '../../src/bundle/read-archive.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import type { Machine } from '../../src/deliver/deliver.ts';
import { UserError } from '../../src/errors.ts';
import type { PlannedOutput } from '../../src/plan/plan.ts';
import { run } from '../../src/tools/command.ts';
import { createMachine } from '../../src/tools/machine.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARM64, temporaryDirectory } from '../fakes/layouts.ts';
import { startClassicEngine, startNode } from './buildkit-parts.ts';
import { ownDockerConfig, realBuilder, stepEnvironment, testbed } from './buildx-testbed.ts';
import type { RealBuilder } from './buildx-testbed.ts';

jest.setTimeout(180_000);

const fresh = (): string => randomBytes(6).toString('hex');
const native = process.arch === 'x64' ? AMD64 : ARM64;
const foreign = process.arch === 'x64' ? ARM64 : AMD64;
const folder = `linux_${native.architecture}`;
const FILES = { Dockerfile: 'FROM busybox\nCOPY a /a\nCMD ["cat", "/a"]\n', a: fresh() };

const outputs = (...rest: PlannedOutput[]): PlannedOutput[] => [
  { type: 'local', dest: 'files', attributes: {} },
  { type: 'tar', dest: 'sub/files.tar', attributes: {} },
  ...rest,
];

async function docker(env: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  const result = await run('docker', args, { env });
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

const machineAt = (cwd: string, env = stepEnvironment()): Machine => createMachine({ run, env, cwd });

async function bundleOf({ layout, facts }: Built): Promise<Bundle> {
  const bundle = await readBundle(layout, { digest: facts.metadataDigest });
  await verifyBlobs(bundle);
  const source = { repository: 'acme/app', commit: 'a'.repeat(40), ref: 'refs/heads/main' };
  await writeBundleFile(layout, describeBundle(bundle, { names: [], source, tools: {} }));
  return bundle;
}

async function build(made: RealBuilder, over: Partial<BuildOrder>): Promise<{ readonly built: Built; readonly bundle: Bundle }> {
  const built = await made.builder.build(anOrder(over));
  return { built, bundle: await bundleOf(built) };
}

async function namesIn(file: string): Promise<string[]> {
  const names: string[] = [];
  await list({ file, strict: true, onReadEntry: entry => names.push(entry.path) });
  return names;
}

/** Every file below, with what it says, without what differs from build to build. */
async function treeOf(directory: string): Promise<string[]> {
  const names = await readdir(directory, { recursive: true });
  return names.filter(name => !name.endsWith('provenance.json')).sort();
}

test('files of one node: beside a whole layout, private until they are moved, merged into what is there; the engine and archives get the scanned bytes', async () => {
  const made = await realBuilder({ files: FILES });
  const annotations = [{ level: 'manifest', key: 'a', value: 'b' }];
  const { built, bundle } = await build(made, { outputs: outputs(), annotations, platforms: [native, foreign] });
  expect(await readdir(made.cwd)).toEqual(['Dockerfile', 'a']);
  expect(bundle.images).toHaveLength(2);

  const { cwd } = made;
  const machine = machineAt(cwd);
  await mkdir(join(cwd, 'files', folder), { recursive: true });
  await writeFile(join(cwd, 'files', folder, 'a'), 'old');
  await writeFile(join(cwd, 'files', 'mine'), 'mine');
  for (const [at, output] of outputs().entries()) await machine.moveOutput(built.outputs[at] ?? '', output);
  expect((await readdir(join(cwd, 'files'))).sort()).toEqual(['linux_amd64', 'linux_arm64', 'mine']);
  expect(await readFile(join(cwd, 'files', folder, 'a'), 'utf8')).toBe(FILES.a);
  expect(await namesIn(join(cwd, 'sub', 'files.tar'))).toEqual(
    expect.arrayContaining(['linux_amd64/', 'linux_amd64/a', 'linux_arm64/a']),
  );

  // The same order on two nodes comes out the same.
  const nodes = [await startNode([`linux/${native.architecture}`]), await startNode([`linux/${foreign.architecture}`])];
  const env = stepEnvironment(await ownDockerConfig());
  const farm = ['buildx', 'create', '--name', 'farm', '--driver', 'remote'];
  await docker(env, ...farm, '--platform', `linux/${native.architecture}`, nodes[0] ?? '');
  await docker(env, ...farm, '--append', '--node', 'other', '--platform', `linux/${foreign.architecture}`, nodes[1] ?? '');
  const spread = await realBuilder({ files: FILES, env });
  const two = await build(spread, { builder: 'farm', outputs: outputs(), annotations, platforms: [native, foreign] });
  expect(two.bundle.images.map(({ platform }) => platform)).toEqual([native, foreign]);
  expect(await treeOf(two.built.outputs[0] ?? '')).toEqual((await treeOf(join(cwd, 'files'))).filter(name => name !== 'mine'));
  expect((await namesIn(two.built.outputs[1] ?? '')).sort()).toEqual((await namesIn(join(cwd, 'sub', 'files.tar'))).sort());
  const flat = outputs({ type: 'local', dest: 'flat', attributes: { 'platform-split': 'false' } });
  await expect(spread.builder.build(anOrder({ builder: 'farm', outputs: flat, platforms: [native, foreign] }))).rejects.toThrow(
    /^outputs: platform-split=false of type=local,dest=flat cannot be had here: the builder has several nodes/,
  );

  // An adopted run builds the outputs alone: no layout, no name, no metadata.
  const before = made.commands.length;
  const [files = '', archive = ''] = await made.builder.buildOutputs(anOrder({ outputs: outputs(), platforms: [native] }));
  expect(await readFile(join(files, 'a'), 'utf8')).toBe(FILES.a);
  expect(await namesIn(archive)).toContain('a');
  const [command = ''] = made.commands.slice(before).filter(line => line.includes('buildx build'));
  expect(command.match(/--output \S+/g)).toHaveLength(2);
  expect(command).not.toMatch(/--tag|type=oci|--metadata-file/);
});

describe('the engine', () => {
  const loaded: { readonly env: Readonly<Record<string, string>>; readonly name: string }[] = [];
  afterAll(async () => {
    for (const { env, name } of loaded) await run('docker', ['image', 'rm', '--force', name], { env });
  });

  test('takes the scanned image with either store under its names, alone or one of several; archives of all kinds say the same', async () => {
    const made = await realBuilder({ files: FILES });
    const several = (await build(made, { platforms: [foreign, native] })).bundle;
    const attested = (await build(made, { platforms: [native] })).bundle;
    const bare = (await build(made, { platforms: [native], provenance: 'false' })).bundle;
    const classic = await startClassicEngine();
    const engines = [
      { env: stepEnvironment(), store: 'containerd' },
      ...(classic === undefined ? [] : [{ env: { ...stepEnvironment(), DOCKER_HOST: classic }, store: 'classic' }]),
    ];
    for (const { env, store } of engines) {
      const machine = machineAt(made.cwd, env);
      await machine.prepare({ outputs: [], load: native });
      for (const [bundle, kind] of [
        [several, 'several'],
        [attested, 'attested'],
        [bare, 'bare'],
      ] as const) {
        const image = bundle.images.find(({ platform }) => platform.architecture === native.architecture);
        if (image === undefined) throw new Error('the native image is missing');
        const names = [`localhost/acme/${kind}-${fresh()}:1`, `acme/${kind}-${fresh()}:2`];
        for (const name of names) loaded.push({ env, name });
        const id = await machine.load(bundle, image, names);
        const manifest = kind === 'several' ? image.manifest.digest : bundle.root.digest;
        expect([store, kind, id]).toEqual([store, kind, store === 'classic' ? image.config.digest : manifest]);
        expect(await docker(env, 'image', 'inspect', '--format', '{{.Id}}', names[1] ?? '')).toBe(id);
        // What the output imageid says can be run.
        expect(await docker(env, 'run', '--rm', '--network', 'none', id ?? '')).toBe(FILES.a);
      }

      const exported = `localhost/acme/exported-${fresh()}:1`;
      loaded.push({ env, name: exported });
      const file = await machine.archive(several, `out/${store}.tar`, [exported]);
      await docker(env, 'load', '--input', file);
      expect(await docker(env, 'run', '--rm', '--network', 'none', exported)).toBe(FILES.a);
      const place = join(await temporaryDirectory(), 'again');
      const { bundle: again, description } = await readArchive(file, place);
      expect({ ...again, directory: '' }).toEqual({ ...several, directory: '' });
      expect(description?.digest).toBe(several.root.digest);

      const saved = `localhost/acme/saved-${fresh()}:1`;
      loaded.push({ env, name: saved });
      await machine.writeImage(attested, { type: 'docker', dest: `out/docker-${store}.tar`, attributes: {} }, [saved]);
      await docker(env, 'load', '--input', join(made.cwd, `out/docker-${store}.tar`));
      expect(await docker(env, 'run', '--rm', '--network', 'none', saved)).toBe(FILES.a);
    }
  });

  test('type=oci, as a file and as a directory, is read by another tool with the digest that was scanned', async () => {
    const made = await realBuilder({ files: FILES });
    const { bundle } = await build(made, { platforms: [native, foreign] });
    const machine = machineAt(made.cwd);
    await machine.writeImage(bundle, { type: 'oci', dest: 'image.tar', attributes: {} }, ['acme/app:1']);
    await machine.writeImage(bundle, { type: 'oci', dest: 'layout', attributes: { tar: 'false' } }, ['acme/app:1']);
    await machine.writeImage(bundle, { type: 'oci', dest: 'layout', attributes: { tar: 'false' } }, ['acme/app:1', 'acme/app:2']);
    expect(await namesIn(join(made.cwd, 'image.tar'))).not.toContain('manifest.json');
    const env = { PATH: '/usr/bin:/bin', HOME: made.cwd };
    for (const reference of ['layout:1', 'layout:2', 'image.tar:1']) {
      const asked = await run(testbed.tools.oras, ['resolve', '--oci-layout', reference], { env, cwd: made.cwd });
      expect([reference, asked.stdout.trim(), asked.stderr]).toEqual([reference, bundle.root.digest, '']);
    }
    expect(
      (JSON.parse(await readFile(join(made.cwd, 'layout', 'index.json'), 'utf8')) as { manifests: unknown[] }).manifests,
    ).toHaveLength(2);
  });

  test('no engine, or none that can be written to, is known before the build', async () => {
    const cwd = await temporaryDirectory();
    const gone = machineAt(cwd, { ...stepEnvironment(), DOCKER_HOST: `unix://${cwd}/no.sock` });
    const asking = gone.prepare({ outputs: [], load: native });
    await expect(asking).rejects.toBeInstanceOf(UserError);
    await expect(asking).rejects.toThrow(/^load: there is no Docker engine to load into: .*no\.sock/);
    await expect(machineAt(cwd, { PATH: '/nowhere' }).prepare({ outputs: [], load: native })).rejects.toThrow(
      /^load: docker is not installed or not on PATH$/,
    );
    await gone.prepare({ outputs: outputs(), export: 'x.tar' });
    await writeFile(join(cwd, 'file'), '');
    await expect(gone.prepare({ outputs: [{ type: 'local', dest: 'file', attributes: {} }] })).rejects.toThrow(
      'outputs: file is a file; name a directory',
    );
    await expect(gone.prepare({ outputs: [], export: '.' })).rejects.toThrow('export: . is a directory; name a file');
  });
});

test('a full disk is one line that names the input and the place, and leaves nothing half written', async () => {
  const made = await realBuilder({ files: { Dockerfile: 'FROM scratch\nCOPY big /\n', big: randomBytes(3_000_000) } });
  const { built, bundle } = await build(made, { platforms: [native], outputs: [{ type: 'local', dest: 'x', attributes: {} }] });
  const small = await mkdtemp('/var/tmp/seaworthy-test-');
  try {
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small], {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    if (mounted.exitCode !== 0) throw new Error(`a small disk is needed: ${mounted.stderr}`);
    const machine = machineAt(made.cwd);
    const place = join(small, 'out');
    await expect(machine.archive(bundle, `${place}/image.tar`, [])).rejects.toThrow(
      `export: ${place}/image.tar could not be written: the disk is full`,
    );
    const moving = machine.moveOutput(built.outputs[0] ?? '', { type: 'local', dest: `${place}/files`, attributes: {} });
    await expect(moving).rejects.toThrow(`outputs: ${place}/files could not be written: the disk is full`);
    await expect(moving).rejects.toBeInstanceOf(UserError);
    expect(await readdir(place)).toEqual([]);
    expect((await stat(join(built.outputs[0] ?? '', 'big'))).size).toBe(3_000_000);
  } finally {
    await run('umount', [small], { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
    await rm(small, { recursive: true, force: true });
  }
});

test('an image is streamed: what is loaded is never whole in memory, and a changed layer is never loaded', async () => {
  const made = await realBuilder({ files: { Dockerfile: 'FROM scratch\nCOPY big /\n', big: randomBytes(30_000_000) } });
  const { bundle } = await build(made, { platforms: [native], provenance: 'false' });
  const [image] = bundle.images;
  const layer = image?.layers[0];
  if (image === undefined || layer === undefined) throw new Error('the image has no layer');
  let chunks = 0;
  let largest = 0;
  const watched: typeof run = (command, args, options) => {
    const { input } = options;
    if (typeof input !== 'object' || input instanceof Uint8Array) return run(command, args, options);
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of input) {
        chunks += 1;
        largest = Math.max(largest, chunk.length);
        yield chunk;
      }
    };
    return run(command, args, { ...options, input: counted() });
  };
  const machine = createMachine({ run: watched, env: stepEnvironment(), cwd: made.cwd });
  const name = `localhost/acme/big-${fresh()}:1`;
  await machine.load(bundle, image, [name]);
  await docker(stepEnvironment(), 'image', 'rm', '--force', name);
  expect(chunks).toBeGreaterThan(28);
  expect(largest).toBeLessThanOrEqual(1024 * 1024);

  const blob = join(bundle.directory, 'blobs', 'sha256', layer.digest.slice(7));
  const bytes: Buffer[] = [];
  for await (const chunk of createReadStream(blob)) bytes.push(chunk as Buffer);
  const changed = Buffer.concat(bytes);
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
  await rm(blob);
  await writeFile(blob, changed);
  const other = `localhost/acme/changed-${fresh()}:1`;
  await expect(machine.load(bundle, image, [other])).rejects.toThrow(/was changed: its bytes have the digest sha256:/);
  expect(await docker(stepEnvironment(), 'image', 'ls', '--quiet', other)).toBe('');
});

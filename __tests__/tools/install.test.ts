// Tools from a release server on loopback: nothing is unpacked or started before its hash is right.

import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import type { DownloadRequest } from '../../src/tools/download.ts';
import { installCosign, installTrivy } from '../../src/tools/install.ts';
import type { InstallOptions } from '../../src/tools/install.ts';
import { BUILDX, COSIGN, defaultVersion, IMAGES, TRIVY } from '../../src/tools/pins.ts';
import type { PinTable } from '../../src/tools/pins.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const TOKEN = 'canary-of-the-environment';

/** A program that answers as Trivy or cosign does when asked for its version, and tells what environment it saw. */
function program(answer: string): Buffer {
  return Buffer.from(`#!/bin/sh\nenv > "$(dirname "$0")/environment"\ncat <<'END'\n${answer}\nEND\n`);
}

async function archive(directory: string, content: Buffer): Promise<Buffer> {
  await mkdir(path.join(directory, 'release'), { recursive: true });
  await writeFile(path.join(directory, 'release', 'trivy'), content);
  await chmod(path.join(directory, 'release', 'trivy'), 0o755);
  const file = path.join(directory, 'release.tar.gz');
  const made = await run('tar', ['-czf', file, '-C', path.join(directory, 'release'), 'trivy'], {
    env: { PATH: '/usr/bin:/bin' },
  });
  expect(made.exitCode).toBe(0);
  return readFile(file);
}

interface World {
  readonly options: InstallOptions;
  readonly downloads: DownloadRequest[];
  readonly started: string[];
  readonly notes: string[];
  readonly released: Buffer;
  readonly kept: string;
}

/** A machine with one release of Trivy 1.2.3 on a server. */
async function world(answer = '{"Version":"1.2.3"}', change: Partial<InstallOptions> = {}): Promise<World> {
  const directory = await temporaryDirectory();
  const released = await archive(directory, program(answer));
  const row = { amd64: sha256(released), arm64: 'f'.repeat(64) };
  const pins: PinTable = { ...TRIVY, rows: { '1.2.3': row } };
  const downloads: DownloadRequest[] = [];
  const started: string[] = [];
  const notes: string[] = [];
  const watched: Run = (command, args, options) => {
    started.push(path.basename(command));
    return run(command, args, options);
  };
  const options: InstallOptions = {
    directory: path.join(directory, 'job'),
    cache: path.join(directory, 'cache'),
    run: watched,
    download: async request => {
      downloads.push(request);
      await mkdir(path.dirname(request.file), { recursive: true });
      await writeFile(request.file, released);
    },
    machine: { platform: 'linux', arch: 'x64' },
    pins,
    onNote: note => notes.push(note),
    ...change,
  };
  const kept = path.join(directory, 'cache', 'trivy', '1.2.3', 'trivy_1.2.3_Linux-64bit.tar.gz');
  return { options, downloads, started, notes, released, kept };
}

describe('the pinned row', () => {
  test('is downloaded from the release, unpacked into the job, and kept as the archive', async () => {
    const { options, downloads, kept, released } = await world();
    const tool = await installTrivy(options);
    expect(tool).toMatchObject({ version: '1.2.3', sha256: sha256(released), origin: 'pinned' });
    expect(tool.path.startsWith(options.directory)).toBe(true);
    expect(downloads.map(({ url }) => url)).toEqual([
      'https://github.com/aquasecurity/trivy/releases/download/v1.2.3/trivy_1.2.3_Linux-64bit.tar.gz',
    ]);
    expect(sha256(await readFile(kept))).toBe(sha256(released));
  });

  test('rule 23: the kept archive serves the next job, hashed again and unpacked anew', async () => {
    const { options, downloads } = await world();
    const first = await installTrivy(options);
    const second = await installTrivy(options);
    expect(downloads).toHaveLength(1);
    expect(second.path).not.toBe(first.path);
  });

  test('rule 23: an archive that was changed in the cache is not unpacked, but fetched again', async () => {
    const { options, downloads, kept, notes, started } = await world();
    await mkdir(path.dirname(kept), { recursive: true });
    await writeFile(kept, await archive(options.directory, program('{"Version":"6.6.6"}')));
    started.length = 0;
    const tool = await installTrivy(options);
    expect(downloads).toHaveLength(1);
    expect(notes.join()).toContain('not what it should be');
    expect(started.filter(name => name === 'tar')).toHaveLength(1);
    expect(tool.version).toBe('1.2.3');
  });

  test('nothing is started when the download is not what was released', async () => {
    const { options, started } = await world();
    const hostile: InstallOptions = {
      ...options,
      download: async ({ file }) => {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, 'intruder');
      },
    };
    await expect(installTrivy(hostile)).rejects.toThrow(/changed while it was being used/);
    expect(started).toEqual([]);
  });

  test('a program that says another version is not used', async () => {
    const { options } = await world('{"Version":"1.2.4"}');
    await expect(installTrivy(options)).rejects.toThrow(/says that it is 1\.2\.4/);
  });

  test('cosign is its own release file', async () => {
    const { options, downloads } = await world();
    const released = program('{"gitVersion":"v3.9.9"}');
    const pins: PinTable = { ...COSIGN, rows: { '3.9.9': { amd64: sha256(released), arm64: '' } } };
    const download: InstallOptions['download'] = async request => {
      downloads.push(request);
      await mkdir(path.dirname(request.file), { recursive: true });
      await writeFile(request.file, released);
    };
    expect(await installCosign({ ...options, pins, download, version: 'v3.9.9' })).toMatchObject({
      version: '3.9.9',
      origin: 'pinned',
    });
    expect(downloads[0]?.url).toBe('https://github.com/sigstore/cosign/releases/download/v3.9.9/cosign-linux-amd64');
  });

  test('a mirror of the releases', async () => {
    const { options, downloads } = await world('{"Version":"1.2.3"}', { baseUrl: 'https://mirror.example/releases' });
    await installTrivy(options);
    expect(downloads[0]?.url).toMatch(/^https:\/\/mirror\.example\/releases\/aquasecurity\/trivy\//);
  });
});

async function failure(options: InstallOptions): Promise<UserError> {
  const error: unknown = await installTrivy(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('what the user can put right', () => {
  test('a version without a row: says which have one, and the way out', async () => {
    const { options, downloads } = await world();
    const error = await failure({ ...options, version: '9.9.9' });
    expect(error.message).toBe('trivy-version: no checksum of trivy 9.9.9 is built in');
    expect(error.hint).toContain('1.2.3');
    expect(error.hint).toContain('trivy-path');
    expect(downloads).toEqual([]);
  });

  test.each(['0.69.4', 'v0.69.5', '0.69.6'])('the malicious release %s is refused by version', async version => {
    const { options, downloads } = await world();
    expect((await failure({ ...options, version })).message).toContain('published by an intruder');
    expect(downloads).toEqual([]);
  });

  test('latest is no version', async () => {
    const { options } = await world();
    expect((await failure({ ...options, version: 'latest' })).message).toContain('no checksum');
  });

  test.each([
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['linux', 's390x'],
  ])('no pinned program for %s/%s', async (platform, arch) => {
    const { options } = await world();
    const error = await failure({ ...options, machine: { platform, arch } });
    expect(error.message).toContain('linux/amd64 and linux/arm64');
    expect(error.hint).toContain('trivy-path');
  });
});

describe('trivy-path', () => {
  async function own(
    answer: string,
    change: Partial<InstallOptions> = {},
  ): Promise<{ readonly world: World; readonly options: InstallOptions }> {
    const made = await world('{"Version":"1.2.3"}', change);
    const file = path.join(made.options.cache, 'trivy');
    await mkdir(made.options.cache, { recursive: true });
    await writeFile(file, program(answer));
    await chmod(file, 0o755);
    return { world: made, options: { ...made.options, path: file } };
  }

  test('is used as it is, its hash reported, started with an empty environment', async () => {
    process.env['SEAWORTHY_TEST_CANARY'] = TOKEN;
    const { options, world: made } = await own('{"Version":"0.76.0"}');
    const tool = await installTrivy(options);
    expect(tool).toEqual({
      path: options.path,
      version: '0.76.0',
      sha256: sha256(program('{"Version":"0.76.0"}')),
      origin: 'path',
    });
    expect(made.downloads).toEqual([]);
    expect(await readFile(path.join(made.options.cache, 'environment'), 'utf8')).not.toContain(TOKEN);
  });

  test('on any machine', async () => {
    const { options } = await own('{"Version":"0.76.0"}', { machine: { platform: 'darwin', arch: 'arm64' } });
    expect((await installTrivy(options)).origin).toBe('path');
  });

  test('a known bad program is not even started', async () => {
    const bad = sha256(program('{"Version":"0.76.0"}'));
    const { options, world: made } = await own('{"Version":"0.76.0"}', { pins: { ...TRIVY, refusedHashes: [bad] } });
    made.started.length = 0;
    expect((await failure(options)).message).toContain('known malicious release');
    expect(made.started).toEqual([]);
  });

  test('a program that calls itself a malicious version is refused', async () => {
    const { options } = await own('{"Version":"0.69.4"}');
    expect((await failure(options)).message).toContain('published by an intruder');
  });

  test('another version than asked for', async () => {
    const { options } = await own('{"Version":"0.76.0"}');
    expect((await failure({ ...options, version: '0.74.0' })).message).toContain(
      'is version 0.76.0, but trivy-version asks for 0.74.0',
    );
  });

  test('not there, or something else', async () => {
    const { options } = await own('hello');
    expect((await failure({ ...options, path: '/no/such/trivy' })).message).toBe('trivy-path: there is no file /no/such/trivy');
    expect((await failure(options)).message).toContain('does not behave like trivy');
  });
});

describe('the tables', () => {
  test.each([TRIVY, COSIGN, BUILDX])('$tool: every row is a sha256 for both architectures', table => {
    for (const row of Object.values(table.rows)) for (const hash of Object.values(row)) expect(hash).toMatch(/^[0-9a-f]{64}$/);
    for (const version of table.refusedVersions) expect(Object.keys(table.rows)).not.toContain(version);
    const hashes = Object.values(table.rows).flatMap(row => Object.values(row));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('the defaults', () => {
    expect([TRIVY, COSIGN, BUILDX].map(defaultVersion)).toEqual(['0.74.0', '3.1.3', '0.36.1']);
    for (const image of Object.values(IMAGES)) expect(image).toMatch(/^[a-z/-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  });
});

// `buildx-version`: a program from a release server on loopback takes the place of `docker buildx`.

import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ToolError, UserError } from '../../src/errors.ts';
import { createBuildxProgram } from '../../src/tools/buildx-program.ts';
import type { BuildxProgram } from '../../src/tools/buildx-program.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { createDownload } from '../../src/tools/download.ts';
import { installBuildx } from '../../src/tools/install.ts';
import { BUILDX } from '../../src/tools/pins.ts';
import type { PinTable } from '../../src/tools/pins.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

const closing: (() => void)[] = [];
afterAll(() => closing.forEach(close => close()));

interface World {
  readonly program: BuildxProgram;
  readonly asked: string[];
  readonly started: string[];
  readonly notes: string[];
  readonly kept: string;
}

async function world(over: { version?: string; said?: string; served?: string } = {}): Promise<World> {
  const { said = '9.9.0' } = over;
  const text = `#!/bin/sh\n[ "$1" = version ] && echo github.com/docker/buildx v${said} abc && exit 0\necho "ran $* in $ENGINE"\n`;
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(over.served ?? text);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  closing.push(() => server.close());
  const hash = createHash('sha256').update(text).digest('hex');
  const pins: PinTable = { ...BUILDX, rows: { '9.9.0': { amd64: hash, arm64: hash } } };
  const directory = await temporaryDirectory();
  const started: string[] = [];
  const notes: string[] = [];
  const watched: Run = (command, args, options) => {
    started.push([command, ...args].join(' '));
    if (command === 'docker')
      return Promise.resolve({ exitCode: 0, signal: null, timedOut: false, stdout: 'installed', stderr: '', seconds: 0 });
    return run(command, args, options);
  };
  const program = createBuildxProgram({
    run: watched,
    version: over.version,
    pins,
    onNote: note => notes.push(note),
    install: version =>
      installBuildx({
        version,
        pins,
        directory: path.join(directory, 'job'),
        cache: path.join(directory, 'cache'),
        run,
        download: createDownload({ env: {} }),
        baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      }),
  });
  const kept = path.join(
    directory,
    'cache',
    'buildx',
    '9.9.0',
    `buildx-v9.9.0.linux-${process.arch === 'x64' ? 'amd64' : 'arm64'}`,
  );
  return { program, asked, started, notes, kept };
}
const OPTIONS = { env: { ENGINE: 'e', PATH: '/usr/bin:/bin' } };

describe('a version that is asked for', () => {
  test('is downloaded once, verified, and runs in the place of the plugin with the same environment', async () => {
    const { program, asked, started, notes } = await world({ version: 'v9.9.0' });
    expect(asked).toEqual([]);
    const results = await Promise.all([
      program.run('docker', ['buildx', 'inspect', 'x'], OPTIONS),
      program.run('docker', ['buildx', 'build', '.'], OPTIONS),
    ]);
    expect(results.map(result => result.stdout)).toEqual(['ran inspect x in e', 'ran build . in e']);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^\/docker\/buildx\/releases\/download\/v9\.9\.0\/buildx-v9\.9\.0\.linux-(amd64|arm64)$/);
    expect(program.path()).toBe(started[0]?.split(' ')[0]);
    expect(notes).toEqual([expect.stringMatching(/^buildx 9\.9\.0 is used .* sha256 [0-9a-f]{64}$/)]);
    expect((await program.run('docker', ['info'], OPTIONS)).stdout).toBe('installed');
  });

  test('is hashed again before each use: a changed file of the cache is not started', async () => {
    const { program, asked, kept } = await world({ version: '9.9.0' });
    await mkdir(path.dirname(kept), { recursive: true });
    await writeFile(kept, '#!/bin/sh\necho bad\n');
    await chmod(kept, 0o755);
    expect((await program.run('docker', ['buildx', 'ls'], OPTIONS)).stdout).toBe('ran ls in e');
    expect(asked).toHaveLength(1);
    expect(await readFile(kept, 'utf8')).not.toContain('bad');
  });

  test('another file than the released one is not started', async () => {
    const { program, started } = await world({ version: '9.9.0', served: '#!/bin/sh\necho bad\n' });
    await expect(program.run('docker', ['buildx', 'ls'], OPTIONS)).rejects.toThrow(/has the sha256 .* it is not used/);
    expect(started).toEqual([]);
  });

  test('that is not known is a mistake that lists those that are, before anything is fetched', async () => {
    const error = await world({ version: '0.1.0' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toBe('buildx-version: no checksum of buildx 0.1.0 is built in');
    expect((error as UserError).hint).toContain('9.9.0');
    expect(Object.keys(BUILDX.rows)).toEqual(['0.36.1', '0.35.0', '0.33.0']);
  });
});

describe('no version is asked for', () => {
  test('the installed one runs', async () => {
    const { program, asked } = await world();
    expect((await program.run('docker', ['buildx', 'ls'], OPTIONS)).stdout).toBe('installed');
    expect([asked, program.path()]).toEqual([[], undefined]);
  });

  test('... until it turns out not to do', async () => {
    const { program, notes } = await world();
    await program.replace(new UserError('buildx 0.1 is too old'));
    expect((await program.run('docker', ['buildx', 'ls'], OPTIONS)).stdout).toBe('ran ls in e');
    expect(notes[0]).toBe('buildx 0.1 is too old: buildx 9.9.0 is downloaded');
  });

  test('... and where no other can be had, both problems are told', async () => {
    const { program } = await world({ served: 'x' });
    const error = await program
      .replace(new UserError('buildx 0.1 is too old', { hint: 'Update it.' }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/^buildx 0\.1 is too old; and buildx 9\.9\.0 could not be downloaded: .*sha256/);
    expect((error as UserError).hint).toBe('Update it.');
    expect((error as UserError).cause).toBeInstanceOf(ToolError);
  });
});

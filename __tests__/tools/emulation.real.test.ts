// RUN steps of other platforms on real builders: emulated by what is there, registered where it is not, and told where it cannot be.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Built } from '../../src/build/build.ts';
import { readBundle } from '../../src/bundle/read.ts';
import type { ToolError } from '../../src/errors.ts';
import { platformName } from '../../src/plan/platform.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { run } from '../../src/tools/command.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARM64, ARMV7, blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { hubSettings, makeBuilderImage, startEngine, startNode } from './buildkit-parts.ts';
import { ownDockerConfig, realBuilder, stepEnvironment, testbed } from './buildx-testbed.ts';
import { riscvProgram } from './riscv-program.ts';

jest.setTimeout(240_000);

const RISCV: Platform = { os: 'linux', architecture: 'riscv64' };
const QEMU = join(testbed.cache, 'emulators', 'riscv64-binfmt-P');
const fresh = (): string => randomBytes(6).toString('hex');
const handler = `seaworthy-test-${fresh()}`;
const registered = (): boolean => existsSync(`/proc/sys/fs/binfmt_misc/${handler}`);
const unregister = (): void => {
  if (registered()) writeFileSync(`/proc/sys/fs/binfmt_misc/${handler}`, '-1');
};

let host = '';
let env: Record<string, string> = {};
const image = `seaworthy-test/binfmt:${fresh()}`;
const buildkit = `seaworthy-test/buildkit:${fresh()}`;
const docker = async (...args: string[]): Promise<string> => {
  const result = await run('docker', args, { env });
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
};

/** Makes an image in the engine of these tests, and resolves to its name. */
async function make(name: string, dockerfile: readonly string[], files: Readonly<Record<string, string>>): Promise<string> {
  const context = await temporaryDirectory();
  for (const [file, from] of Object.entries(files)) await copyFile(from, join(context, file));
  await writeFile(join(context, 'Dockerfile'), dockerfile.join('\n'));
  await docker('buildx', 'build', '--load', '--provenance=false', '--tag', name, context);
  return name;
}

/** As tonistiigi/binfmt: `--install`, a line per architecture, and a good end whatever comes of it. */
const INSTALL = String.raw`#!/bin/sh
[ "$1" = --install ] || exit 2
at=/proc/sys/fs/binfmt_misc
[ -e $at/status ] || mount -t binfmt_misc binfmt_misc $at
rule=':NAME:M:0:\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xf3\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-riscv64:CF'
case "$2" in
  riscv64) printf '%s' "$rule" > $at/register && echo "installing: $2 OK" >&2 ;;
  *) echo "installing: $2 unsupported architecture" >&2 ;;
esac
exit 0
`.replace('NAME', handler);

beforeAll(async () => {
  host = (await startEngine(true)) ?? testbed.engine.dockerHost;
  env = { ...stepEnvironment(await ownDockerConfig(await hubSettings())), DOCKER_HOST: host };
  const script = join(await temporaryDirectory(), 'install');
  await writeFile(script, INSTALL, { mode: 0o755 });
  const lines = ['FROM busybox', 'COPY qemu-riscv64 /usr/bin/', 'COPY install /', 'ENTRYPOINT ["/install"]'];
  await make(image, lines, { 'qemu-riscv64': QEMU, install: script });
  await makeBuilderImage(host, buildkit);
});
afterEach(unregister);
afterAll(unregister);

const EMULATED = ['FROM scratch', 'COPY probe /probe', 'RUN ["/probe"]'];

/** Builds on the engine of these tests; a step of its own each time. */
async function build(over: Parameters<typeof anOrder>[0], dockerfile = EMULATED, use = env) {
  const files = { Dockerfile: `${dockerfile.join('\n')}\nLABEL x=${fresh()}\n`, probe: riscvProgram(`/machine-${fresh()}`) };
  const { builder, lines } = await realBuilder({ files, env: use });
  const order = anOrder({ platforms: [RISCV], provenance: 'false', emulation: { mode: 'auto', image }, ...over });
  const built = builder.build(order);
  return { built, lines, failure: () => built.then(unexpected, (error: unknown) => error as ToolError) };
}

function unexpected(): never {
  throw new Error('the build should have failed');
}

/** What the last layer of each platform holds. */
async function layers({ layout }: Built): Promise<Record<string, string>> {
  const { images } = await readBundle(layout);
  const text = (digest = ''): string => gunzipSync(readFileSync(blobFile(layout, digest))).toString('latin1');
  return Object.fromEntries(images.map(one => [platformName(one.platform), text(one.layers.at(-1)?.digest)]));
}

async function container(builderImage: string): Promise<string> {
  const name = `emulation-${fresh()}`;
  await docker('buildx', 'create', '--name', name, '--driver', 'docker-container', '--driver-opt', `image=${builderImage}`);
  return name;
}

describe('the builder of the engine', () => {
  test('an emulator that is missing is registered, and runs the step', async () => {
    const { built, lines } = await build({});
    const { facts } = await built;
    expect((await layers(await built))['linux/riscv64']).toMatch(/\0riscv64\0/);
    expect(registered()).toBe(true);
    const reason = `linux/riscv64: the emulator was registered with ${image}`;
    expect(facts.emulated).toEqual({ platforms: ['linux/riscv64'], reason });
    expect(lines).toEqual(expect.arrayContaining([`emulation: ${reason}`, expect.stringContaining('has no digest')]));
  });

  test('arm64 and arm/v7 run by what the machine has', async () => {
    const { built } = await build({ platforms: [AMD64, ARM64, ARMV7] }, ['FROM busybox', 'RUN uname -m > /machine']);
    expect(await layers(await built)).toEqual({
      'linux/amd64': expect.stringContaining('x86_64\n'),
      'linux/arm64': expect.stringContaining('aarch64\n'),
      'linux/arm/v7': expect.stringContaining('armv7l\n'),
    });
    expect((await built).facts.emulated).toMatchObject({ platforms: ['linux/arm64', 'linux/arm/v7'] });
  });
});

describe('a builder in a container', () => {
  test('told where it cannot be registered, while what only copies is built; registered where it can', async () => {
    const builder = await container(buildkit);
    const absent = { mode: 'auto', image: `seaworthy-test/no-such:${fresh()}` } as const;
    const copied = await build({ builder, emulation: absent }, EMULATED.slice(0, 2));
    expect((await copied.built).facts.emulated).toBeUndefined();
    expect(copied.lines.join('\n')).toMatch(/emulation: linux\/riscv64: seaworthy-test\/no-such:\w+ could not be run: /);
    const off = await (await build({ builder, emulation: { mode: 'off' } })).failure();
    expect(off.tail.join('\n')).toContain('exec format error');
    expect(off.hint).toMatch(/linux\/riscv64.*Emulation was not there \(.*qemu is "off"\).*native runner.*remote node/s);

    const { built } = await build({ builder, platforms: [RISCV] });
    expect((await layers(await built))['linux/riscv64']).toMatch(/\0riscv64\0/);
    expect((await built).facts.emulated?.reason).toContain('was registered with');
    const arm = await build({ builder, platforms: [ARM64, ARMV7] }, ['FROM busybox', 'RUN uname -m > /machine']);
    expect(await layers(await arm.built)).toEqual({
      'linux/arm64': expect.stringContaining('aarch64\n'),
      'linux/arm/v7': expect.stringContaining('armv7l\n'),
    });
    await docker('buildx', 'rm', '--force', builder);
  });

  test('an emulator in the image of the builder is enough', async () => {
    const more = await make(`${buildkit}-with-qemu`, [`FROM ${buildkit}`, 'COPY qemu-riscv64 /usr/bin/buildkit-qemu-riscv64'], {
      'qemu-riscv64': QEMU,
    });
    const builder = await container(more);
    const { built } = await build({ builder });
    expect((await layers(await built))['linux/riscv64']).toMatch(/\0riscv64\0/);
    expect(registered()).toBe(false);
    expect((await built).facts.emulated?.reason).toContain("the builder's image brings the emulator");
    await docker('buildx', 'rm', '--force', builder);
  });
});

test('machines of a remote builder are left alone', async () => {
  const own = stepEnvironment(await ownDockerConfig());
  const made = ['buildx', 'create', '--name', 'far', '--driver', 'remote', await startNode(['linux/amd64'])];
  expect(await run('docker', made, { env: own })).toMatchObject({ exitCode: 0 });
  const { hint } = await (await build({ builder: 'far' }, EMULATED, own)).failure();
  expect(hint).toMatch(/no node of the builder far runs it, and its machines \(driver remote\) are not ours to change/);
  expect(registered()).toBe(false);
});

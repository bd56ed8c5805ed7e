// A run directory of a few megabytes: found too small before, and named with what lies on it when it is full.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BuildOrder } from '../../src/build/build.ts';
import { explain, ToolError } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { run } from '../../src/tools/command.ts';
import { guardDisk } from '../../src/tools/disk-guard.ts';
import { keyOf, recall, remember } from '../../src/tools/disk-memory.ts';
import { spaceOf } from '../../src/tools/disk-space.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, temporaryDirectory } from '../fakes/layouts.ts';
import { stepEnvironment } from './buildx-testbed.ts';

const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const order: BuildOrder = anOrder({ platforms: [AMD64], provenance: 'false', builder: 'default' });
let small = '';

beforeAll(async () => {
  small = await mkdtemp(join(tmpdir(), 'seaworthy-small-'));
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', small], { env: { PATH } });
  if (mounted.exitCode !== 0) throw new Error(`a small file system could not be mounted (root is needed): ${mounted.stderr}`);
});
beforeEach(async () => {
  for (const entry of await readdir(small)) await rm(join(small, entry), { recursive: true });
});
afterAll(async () => {
  await run('umount', [small], { env: { PATH } });
  await rm(small, { recursive: true });
});

async function builderIn(
  directory: string,
): Promise<{ readonly build: () => Promise<unknown>; readonly warnings: string[]; readonly toolCache: string }> {
  const cwd = await temporaryDirectory();
  const toolCache = await temporaryDirectory();
  // Random bytes do not compress.
  await writeFile(join(cwd, 'Dockerfile'), `FROM busybox\nRUN head -c 6000000 /dev/urandom >/${Date.now()}\n`);
  const env = { ...stepEnvironment(), RUNNER_TEMP: small };
  const warnings: string[] = [];
  const builder = guardDisk(createBuilder({ run, env, directory, cwd, onLine: () => undefined }), {
    docker: (args, { timeout }) => run('docker', args, { env, timeout }),
    ...{ env, directory, cwd, toolCache },
    onWarning: line => warnings.push(line),
  });
  return { build: () => builder.build(order), warnings, toolCache };
}

test('a build that fills the disk says so, with what lies where', async () => {
  const { build, warnings } = await builderIn(small);
  const error = await build().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ToolError);
  const { message, hint, details } = explain(error);
  expect(message).toMatch(/no space left on device/);
  expect(hint).toMatch(/^The disk is full\. Free space before this step/);
  const text = details.join('\n');
  expect(text).toMatch(new RegExp(`the directory of this run \\(${small}\\): .* free`));
  expect(text).toMatch(/docker, Build Cache: .*, of that .* can be freed/);
  expect(text).toMatch(/the engine \(\/.*\): .* free/);
  // A context of a few bytes tells nothing.
  expect(warnings).toEqual([]);
});

test('what the last build needed warns before, and never refuses: it may have been an accident', async () => {
  const once = await builderIn(small);
  await remember(join(once.toolCache, 'build-sizes.json'), keyOf(order), 900e6);
  const error = await once.build().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ToolError);
  expect(once.warnings[0]).toMatch(
    /^The disk may be too small for this build: .* free at .*, and the last build of it had 900\.0 MB\./,
  );
});

test('the same where it will be close', async () => {
  const close = await builderIn(small);
  await remember(join(close.toolCache, 'build-sizes.json'), keyOf(order), Math.round(((await spaceOf(small))?.free ?? 0) / 1.1));
  await close.build().catch(() => undefined);
  expect(close.warnings[0]).toMatch(/^The disk may be too small for this build: .* the last build of it had .*B\. Free space/);
});

test('a build that ends well is remembered', async () => {
  const { build, toolCache, warnings } = await builderIn(await temporaryDirectory());
  await build();
  expect(await recall(join(toolCache, 'build-sizes.json'), keyOf(order))).toBeGreaterThan(6e6);
  expect(warnings).toEqual([]);
});

// The testbed's Trivy and database behind createTrivy(), and images made for one test: for the tests with real parts.

import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { readBundle } from '../../src/bundle/read.ts';
import type { Platform } from '../../src/plan/platform.ts';
import type { Scanner, ScanSettings } from '../../src/scan/scan.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { installTrivy } from '../../src/tools/install.ts';
import { createTrivy } from '../../src/tools/trivy.ts';
import { unpackDatabase } from '../../src/tools/trivy-db-unpack.ts';
import { readTestbed } from '../../testbed/testbed.ts';
import type { Files } from '../builders/packages.ts';
import { AMD64, makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';
import type { ImageSpec } from '../fakes/layouts.ts';

export const testbed = readTestbed();
export const SETTINGS: ScanSettings = { scanners: ['vuln', 'secret'], allowUnrecognised: false, timeout: 120 };

export interface RealScanner {
  readonly scanner: Scanner;
  /** createTrivy()'s own directory. */
  readonly directory: string;
  /** Command lines, as they were started. */
  readonly commands: string[];
}

export interface RealOptions {
  /** Bytes of a database to use instead of the testbed's. */
  readonly database?: Buffer;
  /** Stands between the adapter and Trivy, once it is installed. */
  readonly run?: Run;
  readonly signal?: AbortSignal;
}

/** A scanner of this test alone; the database is a copy of the testbed's, or `database`. */
export async function realScanner(options: RealOptions = {}): Promise<RealScanner> {
  const root = await temporaryDirectory();
  const directory = path.join(root, 'trivy');
  const commands: string[] = [];
  const scanner = createTrivy({
    run: options.run ?? run,
    directory,
    onStart: line => commands.push(line),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    tool: () =>
      installTrivy({
        path: testbed.tools.trivy,
        directory: path.join(root, 'install'),
        cache: path.join(root, 'cache'),
        run,
        download: () => Promise.reject(new Error('nothing is downloaded in this test')),
      }),
    database: () => copyOfDatabase(path.join(root, 'database'), options.database),
  });
  return { scanner, directory, commands };
}

let shared: Promise<RealScanner> | undefined;

/** One scanner for all tests of a file: hashing the program and unpacking the database happen once, as in a run. */
export function sharedScanner(): Promise<RealScanner> {
  shared ??= realScanner();
  return shared;
}

async function copyOfDatabase(
  directory: string,
  bytes: Buffer | undefined,
): ReturnType<Parameters<typeof createTrivy>[0]['database']> {
  const original = path.join(testbed.trivyDb.directory, 'db');
  const content = path.join(directory, 'content');
  await cp(original, content, { recursive: true });
  if (bytes !== undefined) await writeFile(path.join(content, 'trivy.db'), bytes);
  const archive = path.join(directory, 'db.tar.gz');
  await run('tar', ['-czf', archive, '-C', content, 'trivy.db', 'metadata.json'], { env: { PATH: '/usr/bin:/bin' } });
  const cacheDirectory = path.join(directory, 'cache');
  await mkdir(cacheDirectory, { recursive: true });
  const { version, updatedAt } = await unpackDatabase(archive, cacheDirectory, run);
  return { cacheDirectory, facts: { version, updatedAt, ageSeconds: 60, maxAgeSeconds: 172_800 }, notes: [] };
}

/** A bundle on disk with one image per specification, read as every bundle is. */
export async function bundleOf(...images: readonly ImageSpec[]): Promise<Bundle> {
  return readBundle(await writeLayout(makeLayout({ images })));
}

/** One image of these layers. */
export function imageOf(layers: readonly Files[], change: Partial<ImageSpec> & { readonly platform?: Platform } = {}): ImageSpec {
  return { platform: AMD64, layers: layers.map(files => ({ files })), ...change };
}

// createBuilder() on the testbed's engine: contexts, environments and what was said, for the tests with real parts.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { Builder } from '../../src/build/build.ts';
import type { Sharing } from '../../src/tools/builder-create.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import type { CacheSettings } from '../../src/tools/cache-around.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { readTestbed } from '../../testbed/testbed.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';

export const testbed = readTestbed();

export interface RealBuilder {
  readonly builder: Builder;
  readonly lines: string[];
  readonly commands: string[];
  /** Where the context is. */
  readonly cwd: string;
}

export interface RealOptions {
  /** Files of the context. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly run?: Run;
  readonly caches?: CacheSettings;
  /** In a job: a builder that is made stays for the next one. */
  readonly sharing?: Sharing;
}

/** The environment of a step on the testbed. `config`: DOCKER_CONFIG of this test alone. */
export function stepEnvironment(config = testbed.engine.dockerConfig): Record<string, string> {
  return {
    PATH: `${testbed.engine.bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: dirname(config),
    DOCKER_HOST: testbed.engine.dockerHost,
    DOCKER_CONFIG: config,
  };
}

/** A DOCKER_CONFIG with the testbed's plugins, where a test may create builders that nobody else sees; `buildkitd`: settings for those of the docker-container driver. */
export async function ownDockerConfig(buildkitd?: string): Promise<string> {
  const config = join(await temporaryDirectory(), 'docker-config');
  await mkdir(join(config, 'buildx'), { recursive: true });
  await symlink(join(testbed.engine.dockerConfig, 'cli-plugins'), join(config, 'cli-plugins'));
  if (buildkitd !== undefined) await writeFile(join(config, 'buildx', 'buildkitd.default.toml'), buildkitd);
  return config;
}

/** A builder whose context `.` holds these files; closed after the last test of the file. */
export async function realBuilder(options: RealOptions): Promise<RealBuilder> {
  const cwd = await temporaryDirectory();
  for (const [name, content] of Object.entries(options.files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), content, { mode: 0o755 });
  }
  const lines: string[] = [];
  const commands: string[] = [];
  const builder = createBuilder({
    run: options.run ?? run,
    env: { ...stepEnvironment(), ...options.env },
    directory: await temporaryDirectory(),
    onLine: line => lines.push(line),
    onStart: line => commands.push(line),
    cwd,
    ...(options.signal && { signal: options.signal }),
    ...(options.sharing && { sharing: options.sharing }),
    ...(options.caches && { caches: options.caches }),
  });
  opened.push(builder);
  return { builder, lines, commands, cwd };
}

const opened: Builder[] = [];
afterAll(async () => {
  await Promise.all(opened.map(builder => builder.close()));
});

// A Builder -> the same one that looks at the disk first, and says what is on it when it is full.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Builder, BuildOrder, Built } from '../build/build.ts';
import { ToolError } from '../errors.ts';
import { parseContext } from '../plan/git-address.ts';
import type { Docker } from './builder.ts';
import { keyOf, recall, remember } from './disk-memory.ts';
import { countBytes, inWords, leftOut, spaceOf } from './disk-space.ts';
import type { Counted } from './disk-space.ts';

export interface DiskOptions {
  readonly docker: Docker;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run's own directory, where the layout goes. */
  readonly directory: string;
  /** Where relative contexts start. */
  readonly cwd: string;
  /** Our part of the tool cache: holds the memory. */
  readonly toolCache: string;
  readonly onWarning: (line: string) => void;
}

/** Nothing is counted where so much is free. */
const PLENTY = 20e9;
/** Milliseconds that a guess may take, and an answer of the engine. */
const LOOK = 500;
const QUESTION = 5_000;
/** An engine keeps content, unpacked files and cache of what it builds. */
const ENGINE_TIMES = 3;
const FULL = /no space left on device|ENOSPC|disk quota exceeded/i;
const WAYS =
  'Free space before this step (docker system prune, unused toolchains of the runner), write less (.dockerignore, fewer platforms a job), or take a larger runner.';

/** Wraps a builder. Before the build there are only warnings: what is remembered may have been an accident, and is corrected only by a build that is let. */
export function guardDisk(builder: Builder, options: DiskOptions): Builder {
  const memory = path.join(options.toolCache, 'build-sizes.json');
  return {
    ...builder,
    async build(order) {
      const key = keyOf(order);
      const last = await recall(memory, key);
      // Beside the build.
      const looks = [lookAtRunDirectory, lookAtEngine].map(look => look(options, order, last).catch(() => undefined));
      try {
        const built = await builder.build(order);
        await remember(memory, key, await layoutBytes(built));
        return built;
      } catch (error) {
        throw await explainFull(error, options);
      } finally {
        await Promise.all(looks);
      }
    },
  };
}

async function layoutBytes({ layout }: Built): Promise<number> {
  return (await countBytes(layout, LOOK)).bytes;
}

/** Last time's layout, which is written here whatever is cached; a context says little about an image, so it only warns. */
async function lookAtRunDirectory(options: DiskOptions, order: BuildOrder, last: number | undefined): Promise<void> {
  const space = await spaceOf(options.directory);
  if (space === undefined || space.free > PLENTY) return;
  const need = last ?? (await contextBytes(options, order))?.bytes ?? 0;
  const numbers = `${inWords(space.free)} are free at ${options.directory}, where the image is written, and ${basis(last, need)}`;
  if (space.free < need * 1.2) options.onWarning(`The disk may be too small for this build: ${numbers}. ${WAYS}`);
}

async function lookAtEngine(options: DiskOptions, order: BuildOrder, last: number | undefined): Promise<void> {
  const root = await engineRoot(options);
  const space = root === undefined ? undefined : await spaceOf(root);
  if (root === undefined || space === undefined || space.free > PLENTY) return;
  const need = last ?? (await contextBytes(options, order))?.bytes ?? 0;
  if (space.free >= need * ENGINE_TIMES) return;
  const numbers = `${inWords(space.free)} are free at ${root}, where the engine keeps what it builds, and ${basis(last, need)}`;
  options.onWarning(
    `The disk of the engine may be too small for this build: ${numbers}; it needs room for content, unpacked files and cache. ${WAYS}`,
  );
}

function basis(last: number | undefined, need: number): string {
  return last === undefined ? `the context alone has at least ${inWords(need)}` : `the last build of it had ${inWords(need)}`;
}

/** Where an engine of this machine keeps its things; undefined for one elsewhere, or none. */
async function engineRoot({ docker, env }: DiskOptions): Promise<string | undefined> {
  const host = env['DOCKER_HOST'] ?? '';
  if (host !== '' && !host.startsWith('unix://')) return undefined;
  const { exitCode, stdout } = await docker(['info', '--format', '{{.DockerRootDir}}'], { timeout: QUESTION });
  const root = stdout.trim();
  return exitCode === 0 && path.isAbsolute(root) ? root : undefined;
}

/** A context on this machine, less what its .dockerignore surely leaves out. */
async function contextBytes({ cwd }: DiskOptions, { context }: BuildOrder): Promise<Counted | undefined> {
  if (parseContext(context).kind !== 'path') return undefined;
  const directory = path.resolve(cwd, context);
  const ignored = await readFile(path.join(directory, '.dockerignore'), 'utf8').catch(() => '');
  return countBytes(directory, LOOK, leftOut(ignored));
}

/** An error of a full disk, with what lies on it; every other error as it came. */
async function explainFull(error: unknown, options: DiskOptions): Promise<unknown> {
  const words =
    error instanceof ToolError ? [error.message, ...error.tail].join('\n') : error instanceof Error ? error.message : '';
  if (!FULL.test(words)) return error;
  const found = await whatIsThere(options).catch(() => []);
  const tool = error instanceof ToolError ? error : undefined;
  return new ToolError(tool?.message ?? `The disk is full: ${words}`, {
    tool: tool?.tool ?? 'docker buildx build',
    tail: [...(tool?.tail ?? []), '', 'What lies on the disk:', ...found],
    hint: `The disk is full. ${WAYS}`,
    cause: error,
    ...(tool?.exitCode !== undefined && { exitCode: tool.exitCode }),
    ...(tool?.place && { place: tool.place }),
  });
}

/** Free bytes and the large parts that we know of, a line each, largest first. */
async function whatIsThere(options: DiskOptions): Promise<string[]> {
  const { docker, directory, toolCache, env } = options;
  const [root, usage] = await Promise.all([
    engineRoot(options).catch(() => undefined),
    docker(['system', 'df', '--format', '{{.Type}}: {{.Size}}, of that {{.Reclaimable}} can be freed'], {
      timeout: QUESTION * 2,
    }),
  ]);
  const places = {
    'the directory of this run': directory,
    RUNNER_TEMP: env['RUNNER_TEMP'],
    'our tool cache': toolCache,
    'the engine': root,
  };
  const lines = await Promise.all(
    Object.entries(places).map(async ([name, place]) => {
      if (place === undefined || place === '') return [];
      const space = await spaceOf(place);
      if (space === undefined) return [];
      // The engine tells itself what it holds.
      const counted = place === root ? undefined : await countBytes(place, LOOK * 2);
      const holds = counted === undefined ? '' : ` ${counted.whole ? '' : 'at least '}${inWords(counted.bytes)},`;
      return [`  ${name} (${place}):${holds} ${inWords(space.free)} free`];
    }),
  );
  const engine = usage.exitCode === 0 ? usage.stdout.split('\n').filter(line => line !== '') : [];
  return [...lines.flat(), ...engine.map(line => `  docker, ${line}`)];
}

// A `docker` that answers from a script: what was run is remembered, and buildx writes a small layout where it was told to.

import { mkdir, writeFile } from 'node:fs/promises';
import { platformName } from '../../src/plan/platform.ts';
import type { Platform } from '../../src/plan/platform.ts';
import type { CommandOptions, CommandResult, Run } from '../../src/tools/command.ts';
import { makeLayout, writeLayout } from './layouts.ts';

export interface FakeCall {
  readonly args: readonly string[];
  readonly options: CommandOptions;
}
/** Answers a command line, or leaves it (undefined) to the defaults. */
export type Answer = (
  args: readonly string[],
  options: CommandOptions,
) => Promise<Partial<CommandResult> | undefined> | Partial<CommandResult> | undefined;

export const CONTAINERD = '[["driver-type","io.containerd.snapshotter.v1"]]';
export const CLASSIC = '[["Backing Filesystem","extfs"],["Supports d_type","true"]]';

/** The text of `docker buildx inspect`, as buildx 0.29.1 writes it. */
export function inspectText(
  name: string,
  driver: string,
  nodes: readonly {
    readonly name: string;
    readonly endpoint?: string;
    readonly error?: string;
    readonly platforms?: string;
  }[] = [{ name }],
): string {
  const parts = nodes.map(node =>
    [
      `Name:             ${node.name}`,
      `Endpoint:         ${node.endpoint ?? 'default'}`,
      ...(node.error === undefined
        ? ['Status:           running', 'BuildKit version: v0.33.1']
        : [`Error:            ${node.error}`]),
      `Platforms:        ${node.platforms ?? 'linux/amd64, linux/amd64/v2, linux/arm64'}`,
      'Labels:',
      ' org.mobyproject.buildkit.worker.executor: oci',
    ].join('\n'),
  );
  return `Name:          ${name}\nDriver:        ${driver}\nLast Activity: 2026-11-21 12:00:00 +0000 UTC\n\nNodes:\n${parts.join('\n\n')}\n`;
}

/** A machine with buildx 0.29.1 and a containerd-store engine, changed by `answer`. */
export function fakeDocker(answer: Answer = () => undefined): { readonly run: Run; readonly calls: FakeCall[] } {
  const calls: FakeCall[] = [];
  const run: Run = async (command, args, options) => {
    if (command !== 'docker') throw new Error(`unexpected command ${command}`);
    calls.push({ args, options });
    const said = (await answer(args, options)) ?? (await byDefault(args));
    for (const line of (said.stderr ?? '').split('\n')) options.onStderr?.(line);
    return { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0.01, ...said };
  };
  return { run, calls };
}

/** What `docker buildx build` leaves behind, for the platforms and annotations of its arguments. */
export async function writeBuild(args: readonly string[]): Promise<void> {
  const value = (name: string): string => args[args.indexOf(name) + 1] ?? '';
  const images = value('--platform')
    .split(',')
    .map(text => ({ platform: platformOf(text), attestation: 'legacy' as const }));
  const layout = makeLayout({ images });
  const directory = /dest=([^,]*)/.exec(value('--output'))?.[1] ?? '';
  await mkdir(directory);
  await writeLayout(layout, directory);
  await writeFile(
    value('--metadata-file'),
    JSON.stringify({ 'containerimage.digest': layout.root.digest, platform: images.map(image => platformName(image.platform)) }),
  );
}

async function byDefault(args: readonly string[]): Promise<Partial<CommandResult>> {
  const line = args.join(' ');
  if (line === 'buildx version') return { stdout: 'github.com/docker/buildx v0.29.1 a32761a' };
  if (line.startsWith('buildx inspect')) return { stdout: inspectText('default', 'docker') };
  if (args.includes('info')) return { stdout: CONTAINERD };
  if (line.startsWith('buildx build ')) await writeBuild(args);
  return {};
}

function platformOf(text: string): Platform {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

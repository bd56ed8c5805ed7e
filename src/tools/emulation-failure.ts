// The error of a build that could not run a program + how it stands with emulation -> the same error with the right way out.

import { ToolError } from '../errors.ts';
import { platformName } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { EmulationState } from './emulation.ts';
import { isNative } from './emulation-need.ts';

/** The last of them is what the kernel says when the emulator that it knows, or the loader of the program, cannot be found from inside of a container. */
const FAILURES = /exec format error|no support for running processes with|exec \/\S+: no such file or directory/;

/**
 * The way out where a program of another platform could not be run. A step's platform stands in its name when several are built. Anything else is answered as
 * it came.
 */
export function explainForeign(error: unknown, wanted: readonly Platform[], emulation: EmulationState): unknown {
  if (!(error instanceof ToolError)) return error;
  const text = [error.message, ...error.tail].join('\n');
  const said = FAILURES.exec(text)?.[0];
  const platform = stepPlatform(text, wanted);
  const hint = said === undefined || platform === undefined ? undefined : hintFor(said, platform, emulation);
  if (hint === undefined) return error;
  const { tool, exitCode, tail, place } = error;
  const details = { ...(exitCode === undefined ? {} : { exitCode }), ...(place && { place }) };
  return new ToolError(error.message, { tool, tail, hint, cause: error, ...details });
}

function hintFor(said: string, platform: Platform, emulation: EmulationState): string | undefined {
  const { nodes } = emulation;
  if (!isNative(platform, nodes)) return foreignHint(platform, emulation);
  if (said === 'exec format error')
    return `The builder runs programs of ${platformName(platform)} itself, but this is none: a file of another platform was copied in, the base image is one of another platform, or a script has no #! line.`;
  if (!said.startsWith('no support')) return undefined;
  const own = nodes.flatMap(({ platforms = [] }) => platforms.map(({ platform: listed }) => platformName(listed)));
  return `The processor of the builder has no ${platformName(platform)}, and no emulator adds a variant of its own architecture. It has ${[...new Set(own)].join(', ')}: build for one of these, or use a newer machine.`;
}

function foreignHint(platform: Platform, { absent }: EmulationState): string {
  const known = absent?.platforms.some(({ architecture }) => architecture === platform.architecture) === true;
  const why = known
    ? `Emulation was not there (${absent.reason}).`
    : 'The builder lists the platform, but its emulator was removed since, cannot be found from inside of containers (registered without the flag F), or the image lacks what the program is loaded by.';
  return (
    `The builder cannot run programs of ${platformName(platform)}. ${why} Ways out: a native runner for it (one job a platform), ` +
    'a builder with a remote node of that platform, or cross-compilation (FROM --platform=$BUILDPLATFORM in the stage that runs commands).'
  );
}

/** `[linux/arm64 build 2/3] RUN …` (`[linux/amd64->arm64 …]` runs on the first of the two), or `[2/2] RUN … (linux/arm64)` where only one is built. */
function stepPlatform(text: string, wanted: readonly Platform[]): Platform | undefined {
  const named =
    /\[(\w+)\/(\w+)(?:\/(\w+))?(?:->\S+)? (?:[^\]\n]* )?\d+\/\d+\]/.exec(text) ?? /\((\w+)\/(\w+)(?:\/(\w+))?\): /.exec(text);
  if (named === null) return wanted.length === 1 ? wanted[0] : undefined;
  const [, os = '', architecture = '', variant] = named;
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

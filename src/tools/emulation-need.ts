// Wanted platforms + what the nodes of a builder list -> which of them are foreign, and which have nothing that runs them.

import { platformName } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { BuilderNode } from './buildx-inspect.ts';

/** Architectures of Linux that QEMU can stand in for, as the image of binfmt calls them (github.com/tonistiigi/binfmt). */
const EMULATED = ['386', 'amd64', 'arm', 'arm64', 'loong64', 'mips64', 'mips64le', 'ppc64le', 'riscv64', 's390x'];
/** What a processor runs beside its own programs, where BuildKit lists it. */
const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

export interface Need {
  /** Wanted, not run by any node's own processor, and listed: emulated already. */
  readonly listed: readonly Platform[];
  /** Wanted, not listed by any node, and something could emulate it. */
  readonly missing: readonly Platform[];
  /** Wanted, not listed, and nothing emulates it: it can only be copied into. */
  readonly hopeless: readonly Platform[];
}

/**
 * Compares as BuildKit does when it runs a step: a variant that a node does not list (arm/v5, amd64/v4) is a matter of its processor or base image, no emulator
 * adds it. Without any list (a builder that is not running) nothing is known, and nothing is needed.
 */
export function emulationNeed(wanted: readonly Platform[], nodes: readonly BuilderNode[]): Need {
  const lists = nodes.flatMap(({ platforms }) => platforms?.map(({ platform }) => platform) ?? []);
  if (lists.length === 0) return { listed: [], missing: [], hopeless: [] };
  const unlisted = wanted.filter(one => !lists.some(other => sameMachine(one, other)));
  const missing = unlisted.filter(({ os, architecture }) => os === 'linux' && EMULATED.includes(architecture));
  return {
    listed: wanted.filter(one => !unlisted.includes(one) && !isNative(one, nodes)),
    missing,
    hopeless: unlisted.filter(one => !missing.includes(one)),
  };
}

/** True when a node's own processor runs it: the platforms that were given to the node, else the first of its list. */
export function isNative(wanted: Platform, nodes: readonly BuilderNode[]): boolean {
  return nodes.some(({ platforms = [] }) => {
    const given = platforms.filter(entry => entry.given);
    const own = given.length > 0 ? given : platforms.slice(0, 1);
    return own.some(
      ({ platform }) =>
        sameMachine(wanted, platform) ||
        (platform.os === wanted.os && ALSO_RUNS[platform.architecture]?.includes(wanted.architecture) === true),
    );
  });
}

/** The names that `--install` of the image of binfmt takes. */
export function emulatorNames(platforms: readonly Platform[]): string {
  return [...new Set(platforms.map(({ architecture }) => architecture))].join(',');
}

/** `linux/arm64, linux/arm/v7`. */
export function names(platforms: readonly Platform[]): string {
  return platforms.map(platformName).join(', ');
}

function sameMachine(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture;
}

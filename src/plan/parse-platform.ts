// A platform as a person types it -> Platform, or what is wrong with it and which one was probably meant.

import { didYouMean } from './nearest.ts';
import { normalisePlatform } from './platform.ts';
import type { Platform } from './platform.ts';
import { shorten } from './reference.ts';

/** What buildx and the OCI specification know; Windows and the BSDs parse, the build tells when a builder lacks them. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  '386': [],
  amd64: ['v2', 'v3', 'v4'],
  arm: ['v5', 'v6', 'v7', 'v8'],
  arm64: [],
  loong64: [],
  mips: [],
  mips64: [],
  mips64le: [],
  mipsle: [],
  ppc64: [],
  ppc64le: [],
  riscv64: [],
  s390x: [],
  wasm: [],
};
const SYSTEMS = ['linux', 'windows', 'darwin', 'freebsd', 'netbsd', 'openbsd', 'wasip1'];
const PLATFORMS = Object.entries(ARCHITECTURES).flatMap(([architecture, variants]) => [
  `linux/${architecture}`,
  ...variants.map(variant => `linux/${architecture}/${variant}`),
]);
/** Names of other worlds (the runner's, Debian's, Docker Hub's prefixes, marketing) that are too far from the right ones to be typing mistakes. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  x64: 'linux/amd64',
  amd: 'linux/amd64',
  intel: 'linux/amd64',
  x86: 'linux/386',
  i586: 'linux/386',
  i686: 'linux/386',
  arm32: 'linux/arm/v7',
  armv5: 'linux/arm/v5',
  armv6: 'linux/arm/v6',
  armv6l: 'linux/arm/v6',
  arm32v6: 'linux/arm/v6',
  armv7: 'linux/arm/v7',
  armv7l: 'linux/arm/v7',
  arm32v7: 'linux/arm/v7',
  armv8: 'linux/arm64',
  arm64v8: 'linux/arm64',
  aarch: 'linux/arm64',
  m1: 'linux/arm64',
  ppc64el: 'linux/ppc64le',
  powerpc64le: 'linux/ppc64le',
  riscv: 'linux/riscv64',
  s390: 'linux/s390x',
};
const FORM = 'os/architecture[/variant], e.g. linux/amd64, linux/arm64, linux/arm/v7';

/**
 * One platform, normalised; a string says why it is none. An architecture alone means Linux, as the machine that builds does; a system alone
 * means the architecture of that machine (`machine`), when it is known.
 */
export function parsePlatform(text: string, machine?: string): Platform | string {
  const typed = text.toLowerCase();
  const shown = `"${shorten(text)}"`;
  if (/^[a-z0-9_-]+\(/.test(typed))
    return `${shown}: the version of an operating system cannot be chosen; leave the brackets out, the base image decides it`;
  if (typed.includes('*')) return `${shown}: platforms have no wildcards; write each one`;
  const [os = '', architecture = '', variant, ...rest] = complete(typed.split('/'), machine);
  if (!typed.includes('/') && architecture === '' && SYSTEMS.includes(os))
    return `${shown} names no architecture: ${FORM}${didYouMean(`${os}/amd64`, [`${os}/amd64`])}`;
  const platform = normalisePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
  const known = rest.length === 0 && variant !== '' && SYSTEMS.includes(platform.os) && isArchitecture(platform);
  return known ? platform : `${shown} is not a platform (${FORM})${suggestion(typed)}`;
}

/** `linux` and `amd64` with the half that is missing, as containerd fills it in. */
function complete(parts: readonly string[], machine: string | undefined): readonly string[] {
  const [only = ''] = parts;
  if (parts.length !== 1) return parts;
  const { os, architecture } = normalisePlatform({ os: only, architecture: only });
  if (SYSTEMS.includes(os)) return machine === undefined ? [os] : [os, machine];
  return Object.hasOwn(ARCHITECTURES, architecture) ? ['linux', only] : parts;
}

function isArchitecture({ architecture, variant }: Platform): boolean {
  if (!Object.hasOwn(ARCHITECTURES, architecture)) return false;
  // Variants go on (arm64/v8.1, riscv64/rva22u64, ppc64le/power9): their form stays.
  return variant === undefined || /^(?:v\d{1,2}(?:\.\d{1,2})?|rva\d{2}[us]64|power\d{1,2})$/.test(variant);
}

/** `linux-arm64`, `linux_amd64`, `amd64/linux` and typing mistakes. */
function suggestion(typed: string): string {
  const parts = typed
    .replace(/x86[-_]64/, 'amd64')
    .split(/[^a-z0-9]+/)
    .filter(part => part !== '');
  const other = parts.find(part => Object.hasOwn(OTHER_NAMES, part));
  if (other !== undefined) return ` (did you mean "${OTHER_NAMES[other] ?? ''}"?)`;
  const [first = '', second = '', ...rest] = parts;
  if (second === '') return didYouMean(`linux/${first}`, PLATFORMS);
  const [os, ...others] = SYSTEMS.includes(second) ? [second, first, ...rest] : parts;
  const candidates = os === undefined || !SYSTEMS.includes(os) ? PLATFORMS : PLATFORMS.map(one => one.replace('linux', os));
  return didYouMean([os, ...others].join('/'), candidates);
}

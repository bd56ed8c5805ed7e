// A platform as the OCI specification names it: os/architecture[/variant].

/** One target platform, normalised as containerd does it. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** `linux/arm/v7`: the way platforms are written everywhere a person reads or types them. */
export function platformName(platform: Platform): string {
  return [platform.os, platform.architecture, platform.variant].filter(part => part !== undefined).join('/');
}

/** `linux-arm-v7`: for file, artifact and directory names. */
export function platformSlug(platform: Platform): string {
  return platformName(platform).replaceAll('/', '-');
}

/** Equal after normalisation; `linux/arm64` and `linux/arm64/v8` are the same platform. */
export function samePlatform(a: Platform, b: Platform): boolean {
  return platformName(normalisePlatform(a)) === platformName(normalisePlatform(b));
}

const ARCHITECTURE_ALIASES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm',
  i386: '386',
};
const OS_ALIASES: Readonly<Record<string, string>> = { macos: 'darwin' };

/** Applies containerd's rules: lower case, aliases, and variants that say nothing (arm64/v8, amd64/v1) dropped, arm without variant is v7. */
export function normalisePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const written = platform.architecture.toLowerCase();
  const architecture = ARCHITECTURE_ALIASES[written] ?? written;
  const variant = normaliseVariant(architecture, platform.variant?.toLowerCase(), written);
  return { os: OS_ALIASES[os] ?? os, architecture, ...(variant === undefined ? {} : { variant }) };
}

function normaliseVariant(architecture: string, variant: string | undefined, written: string): string | undefined {
  const v = variant !== undefined && /^\d+$/.test(variant) ? `v${variant}` : variant;
  if (architecture === 'arm64') return v === 'v8' ? undefined : v;
  if (architecture === 'amd64') return v === 'v1' ? undefined : v;
  if (architecture === 'arm') return v ?? (written === 'armel' ? 'v6' : 'v7');
  return v === '' ? undefined : v;
}

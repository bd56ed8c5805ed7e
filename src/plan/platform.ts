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

const OS_ALIASES: Readonly<Record<string, string>> = { macos: 'darwin' };
/** Other names; some of them say the variant too, whatever is typed behind them. */
const ARCHITECTURE_ALIASES: Readonly<Record<string, { readonly architecture: string; readonly variant?: string | undefined }>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
  i386: { architecture: '386', variant: '' },
};

/**
 * Applies containerd's rules (github.com/containerd/platforms): lower case, aliases, arm without variant is v7, and the variants that say nothing
 * (arm64/v8, amd64/v1) dropped.
 */
export function normalisePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const written = platform.architecture.toLowerCase();
  const alias = Object.hasOwn(ARCHITECTURE_ALIASES, written) ? ARCHITECTURE_ALIASES[written] : undefined;
  const architecture = alias?.architecture ?? written;
  const variant = normaliseVariant(architecture, alias?.variant ?? platform.variant?.toLowerCase() ?? '');
  return {
    os: Object.hasOwn(OS_ALIASES, os) ? (OS_ALIASES[os] ?? os) : os,
    architecture,
    ...(variant === '' ? {} : { variant }),
  };
}

function normaliseVariant(architecture: string, variant: string): string {
  if (architecture === 'amd64') return variant === 'v1' ? '' : variant;
  if (architecture === 'arm64') return variant === 'v8' || variant === '8' ? '' : variant;
  if (architecture !== 'arm') return variant;
  if (variant === '') return 'v7';
  return /^[5-8]$/.test(variant) ? `v${variant}` : variant;
}

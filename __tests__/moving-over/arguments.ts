// Arguments of `docker buildx build` -> what of them the original chain says too. The announced differences are here, with the reason, and nowhere else.

import { IMAGES } from '../../src/tools/pins.ts';

export interface BuildArguments {
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  /** `flag value`, without dashes; the context as `context PATH`. */
  readonly others: readonly string[];
}

/** Flags without a value. */
const SWITCHES = ['no-cache', 'pull'];
/**
 * Flags of ours that are left out of the comparison:
 * - output: always an OCI layout (there --push or --load), because what is pushed are the scanned bytes;
 * - metadata-file, progress: how the result and the log are read (there --metadata-file and --iidfile in a temporary directory);
 * - builder: always named, because the current one may change while the run lasts.
 */
const OURS = ['output', 'metadata-file', 'progress', 'builder'];

/** Takes the arguments of our adapter apart. */
export function ourArguments(args: readonly string[]): BuildArguments {
  const found: Record<'tags' | 'labels' | 'annotations' | 'others', string[]> = {
    tags: [],
    labels: [],
    annotations: [],
    others: [],
  };
  const rest = [...args.slice(2)];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      found.others.push(...rest.splice(0).map(path => `context ${path}`));
      continue;
    }
    const [, flag = '', joined] = /^--([\w-]+)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const value = joined ?? (SWITCHES.includes(flag) ? undefined : rest.shift());
    if (flag === 'tag') found.tags.push(value ?? '');
    else if (flag === 'label') found.labels.push(value ?? '');
    else if (flag === 'annotation') found.annotations.push(value ?? '');
    else if (!OURS.includes(flag)) found.others.push(value === undefined ? flag : `${flag} ${mend(flag, value)}`);
  }
  return found;
}

/** Values that differ by design. */
function mend(flag: string, value: string): string {
  switch (flag) {
    // `type=provenance` written as an attestation or as a flag is the same; the builder-id names the run in both, ours by its own address.
    case 'provenance':
      return value.replace(/,?builder-id=[^,]*/, '');
    // Secrets go through files or variables of our own making: the names count.
    case 'secret':
      return value.replace(/,.*/, '');
    // Always added: a cache that cannot be written must not fail a good build.
    case 'cache-to':
      return value.replace(/,ignore-error=true$/, '');
    default:
      return value;
  }
}

/**
 * Ours less what is announced:
 * - two labels `dev.seaworthy.*`, by which a later run knows the image again; and the OCI labels, which are always set: there only with a metadata step;
 * - annotations, which are always written: there only when the build step got them; and, unless levels were asked for, at the index beside the manifest;
 * - one platform is always named: the runner's own, when `platforms` is empty;
 * - a name for builds without any tag: provenance would speak of nothing;
 * - the scanner of an SBOM: the one that buildx takes by itself, pinned by its digest.
 */
export function withoutAnnounced(
  ours: BuildArguments,
  original: Pick<BuildArguments, 'tags' | 'labels' | 'annotations'>,
): BuildArguments {
  const isDefault = (label: string): boolean => label.startsWith('org.opencontainers.image.') && !original.labels.includes(label);
  const asked = original.annotations.some(one => one.startsWith('index:'));
  const isTwin = (one: string): boolean =>
    !asked && one.startsWith('index:') && ours.annotations.includes(one.replace('index:', 'manifest:'));
  return {
    tags: ours.tags.filter(tag => !(original.tags.length === 0 && tag.startsWith('localhost/'))),
    labels: ours.labels.filter(label => !label.startsWith('dev.seaworthy.') && !isDefault(label)).sort(),
    annotations: original.annotations.length === 0 ? [] : ours.annotations.filter(one => !isTwin(one)).sort(),
    others: ours.others
      .filter(line => line !== 'platform linux/amd64')
      .map(line => (line === `sbom generator=${IMAGES.sbomScanner}` ? 'sbom true' : line))
      .sort(),
  };
}

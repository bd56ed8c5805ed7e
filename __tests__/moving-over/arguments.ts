// Arguments of `docker buildx build` -> what of them the original chain says too. The announced differences are here, with the reason, and nowhere else.

import { orderOf } from '../../src/build/run-build.ts';
import { joinFields } from '../../src/plan/join-fields.ts';
import type { Plan, PlannedOutput } from '../../src/plan/plan.ts';
import { buildArgs, callArgs, exportArgs } from '../../src/tools/buildx-args.ts';
import { BUILDER_IMAGE } from '../../src/tools/builder.ts';
import { IMAGES } from '../../src/tools/pins.ts';
import { REPOSITORY, SHA } from './events.ts';

export interface BuildArguments {
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  readonly annotations: readonly string[];
  /** `flag value`, without dashes; the context as `context PATH`. */
  readonly others: readonly string[];
}

/** What docker/build-push-action names where its input is `{{defaultContext}}`, and ours too. */
export const COMMIT_CONTEXT = `${REPOSITORY.html_url}.git#${SHA}`;

/** Flags without a value. */
const SWITCHES = ['no-cache', 'pull'];
/**
 * Flags of ours that are left out of the comparison:
 * - output: of the build itself it is always an OCI layout (there --push or --load), because what is pushed are the scanned bytes; `push` is compared by itself, what the user
 *   gets beside it by the plan of the delivery, which is carried out after the gate;
 * - metadata-file, progress: how the result and the log are read (there --metadata-file and --iidfile in a temporary directory);
 * - builder: always named, because the current one may change while the run lasts.
 */
const OURS = ['output', 'metadata-file', 'progress', 'builder'];

/** Everything that this plan asks of buildx, now or later, as the original asks for it at once. */
export function plannedArguments(plan: Plan): BuildArguments {
  const { imports, exports } = plan.build.caches;
  // Automatic caches are ours alone; compare.test.ts sees to it that there are none beside typed ones.
  const typed = {
    imports: imports.filter(({ automatic }) => !automatic),
    exports: exports.filter(({ automatic }) => !automatic),
  };
  const order = { ...orderOf(plan), caches: typed };
  const secretFiles = new Map(plan.build.secrets.map(({ id }) => [id, `/s/${id}`]));
  const place = {
    builder: 'b',
    layout: '/l',
    metadataFile: '/m',
    secretFiles,
    outputs: order.outputs.map((_, at) => `/o/${at}`),
  };
  if (plan.call !== 'build') return ourArguments(callArgs(order, plan.call, place));
  const found = ourArguments(buildArgs(order, place));
  // A build of its own writes them: beside the scan, or after the last tag.
  const later = typed.exports
    .filter(({ when }) => when !== 'inside')
    .flatMap(cache => ourArguments(exportArgs(order, cache, place)).others.filter(line => line.startsWith('cache-to ')));
  const loads = plan.delivery.load === undefined ? [] : ['load'];
  return { ...found, others: [...found.others, ...later, ...plan.delivery.outputs.map(outputLine), ...loads] };
}

function outputLine({ type, dest, attributes }: PlannedOutput): string {
  const more = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  return `output ${joinFields([`type=${type}`, `dest=${dest}`, ...more])}`;
}

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
    // Always added: a cache that cannot be written must not fail a good build, nor one that answers 429 hold it up for ten minutes.
    case 'cache-from':
    case 'cache-to':
      return value.replace(/,ignore-error=true$/, '').replace(/,timeout=\d+s$/, '');
    // Read by us, so that annotations and the summary show it.
    case 'call':
      return value.replace(/,format=json$/, '');
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
 * - the scanner of an SBOM: the one that buildx takes by itself, pinned by its digest;
 * - the token for Git goes to the host of the event alone, also for a named context of its repository: there to any host, and only beside the default context;
 * - provenance of an image that is loaded: there none by default, because the engine gets what was built; here the published image has it all the same.
 */
export function withoutAnnounced(ours: BuildArguments, original: BuildArguments): BuildArguments {
  const isDefault = (label: string): boolean => label.startsWith('org.opencontainers.image.') && !original.labels.includes(label);
  const asked = original.annotations.some(one => one.startsWith('index:'));
  const isTwin = (one: string): boolean =>
    !asked && one.startsWith('index:') && ours.annotations.includes(one.replace('index:', 'manifest:'));
  const has = (line: string): boolean => original.others.includes(line);
  const isAdded = (line: string): boolean =>
    line === 'platform linux/amd64' ||
    (line === TOKEN && !has(ANY_TOKEN)) ||
    (line.startsWith('provenance ') && has('load') && !original.others.some(one => one.startsWith('provenance ')));
  return {
    tags: ours.tags.filter(tag => !(original.tags.length === 0 && tag.startsWith('localhost/'))),
    labels: ours.labels.filter(label => !label.startsWith('dev.seaworthy.') && !isDefault(label)).sort(),
    annotations: original.annotations.length === 0 ? [] : ours.annotations.filter(one => !isTwin(one)).sort(),
    others: ours.others
      .filter(line => !isAdded(line))
      .map(line => (line === `sbom generator=${IMAGES.sbomScanner}` ? 'sbom true' : line))
      .map(line => plainLine(line === TOKEN ? ANY_TOKEN : line))
      .sort(),
  };
}

const ANY_TOKEN = 'secret id=GIT_AUTH_TOKEN';
const TOKEN = `${ANY_TOKEN}.github.com`;

/** What is said in different ways that mean the same to buildx: a lone name is a registry cache, and the attributes of a cache stand in any order. */
export function plainLine(line: string): string {
  const cache = /^(cache-(?:from|to)) (.+)$/.exec(line.replace(/^(cache-(?:from|to)) ([^=]+)$/, '$1 type=registry,ref=$2'));
  return cache === null ? line : `${cache[1] ?? ''} ${(cache[2] ?? '').split(',').sort().join(',')}`;
}

/** Its entitlements, which every builder of docker/setup-buildx-action gets; ours gets those that `allow` names. */
const GRANTED = '--allow-insecure-entitlement security.insecure --allow-insecure-entitlement network.host';

/**
 * The flags of our `docker buildx create` that are the user's, and those of the original less what is announced: the name; the image, always named here and pinned;
 * `--use`, because ours is no builder for others; the place of the file of a buildkitd.toml; and entitlements.
 */
export function builderFlags(args: readonly string[]): readonly string[] {
  const found: string[] = [];
  const rest = [...args.slice(2)];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--use') continue;
    const value = rest.shift() ?? '';
    if (arg === '--name' || value === `image=${BUILDER_IMAGE}` || value === GRANTED) continue;
    found.push(`${arg.slice(2)} ${arg === '--buildkitd-config' ? 'FILE' : value}`);
  }
  return found.sort();
}

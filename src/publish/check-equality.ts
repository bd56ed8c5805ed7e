// Built = scanned = published: checked right before the first write and after the last one (promise 1).

import { Cancelled, ToolError, UserError } from '../errors.ts';
import { inParallel } from '../parallel.ts';
import { samePlatform, platformName } from '../plan/platform.ts';
import type { Policy } from '../plan/policy.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { ScanResult } from '../scan/scan.ts';
import type { EqualityRow, Registry } from './publish.ts';

/**
 * Throws unless every image of the bundle has an accepted scan of exactly its manifest. The gate has decided so already:
 * a difference here is our own bug, found before it can do harm. `gate: off` and `on-scan-error: warn` give this up, as the user asked.
 */
export function requireScanned(bundle: Bundle, scan: ScanResult | undefined, policy: Policy): void {
  if (policy.gate === 'off' || policy.onScanError === 'warn') return;
  for (const image of bundle.images) {
    const name = platformName(image.platform);
    const found = scan?.platforms.find(one => samePlatform(one.platform, image.platform));
    if (found === undefined) throw new Error(`${name} ${image.manifest.digest} was built but not scanned; nothing was published`);
    if (found.manifest !== image.manifest.digest)
      throw new Error(`${name}: built ${image.manifest.digest}, but scanned ${found.manifest}; nothing was published`);
    if (found.status !== 'accepted')
      throw new Error(`${name}: the scan of ${found.manifest} was not accepted; nothing was published`);
  }
}

/** One row per platform; `published` is what the registries answer now, and names what differs. */
export async function readEquality(
  bundle: Bundle,
  scan: ScanResult | undefined,
  registry: Registry,
  images: readonly string[],
): Promise<EqualityRow[]> {
  return inParallel(bundle.images, 5, async image => {
    const found = scan?.platforms.find(one => samePlatform(one.platform, image.platform));
    const stored = new Set<string>();
    for (const target of images) stored.add(await readBack(registry, target, image.manifest.digest));
    return {
      platform: platformName(image.platform),
      built: image.manifest.digest,
      scanned: found?.status === 'accepted' ? found.manifest : 'not accepted',
      published: stored.size === 0 ? NOTHING : [...stored].join(', '),
    };
  });
}

const NOT_READABLE = 'not readable';
const NOTHING = 'not published';

/** False when a registry answered with another digest or with none. One that cannot be read any more proves nothing and disproves nothing: each tag was read after it was written. */
export function isEqual({ built, published }: EqualityRow): boolean {
  return published.split(', ').every(one => one === built || one === NOTHING || one.startsWith(NOT_READABLE));
}

/** What was published is known by now: a registry that fails at this point (or a cancel) does not undo the result. */
async function readBack(registry: Registry, image: string, digest: string): Promise<string> {
  try {
    return (await registry.resolve(image, digest))?.digest ?? 'missing';
  } catch (error) {
    if (!(error instanceof ToolError || error instanceof UserError || error instanceof Cancelled)) throw error;
    return `${NOT_READABLE}: ${error.message.replaceAll(', ', '; ')}`;
  }
}

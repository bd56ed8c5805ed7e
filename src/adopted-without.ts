// Plan + adopted image -> what was asked for and it was published without, or has lost: only the build itself could make it.

import type { Bundle } from './bundle/bundle.ts';
import { lacksSbom } from './collect-sboms.ts';
import type { Plan } from './plan/plan.ts';
import { platformName } from './plan/platform.ts';

/** One warning at most. */
export async function adoptedWithout(plan: Plan, adopted: Bundle): Promise<string[]> {
  return [...detached(plan, adopted), ...(await withoutSbom(plan, adopted))];
}

/** Statements that are gone from every repository cannot be made again: only the build itself could make them. */
function detached({ attestations, build: { provenance, sbom } }: Plan, { images, referrers }: Bundle): string[] {
  if (attestations !== 'referrer' || (provenance === 'false' && sbom === 'false')) return [];
  const bare = images.filter(({ manifest }) => !referrers.some(({ subject }) => subject === manifest.digest));
  if (bare.length === 0) return [];
  return [
    `the published image has lost the attestations of ${bare.map(({ platform }) => platformName(platform)).join(', ')}; only the build that made it could make them, so it is completed without`,
  ];
}

/** Published while the image of its scanner could not be had. */
async function withoutSbom(plan: Plan, adopted: Bundle): Promise<string[]> {
  if (plan.attestations !== 'inline' || !(await lacksSbom(plan, adopted))) return [];
  return [
    'the published image has no SBOM attestation, although one is asked for: only the build that made it could add one, so it is completed without; the SBOM files are made from our own scan of the same bytes',
  ];
}

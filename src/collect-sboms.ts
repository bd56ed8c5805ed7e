// Bundle + scan -> the SBOM files of the output `sbom`: what BuildKit attested, else what our own scan of the same bytes saw.

import type { Bundle, PlatformImage } from './bundle/bundle.ts';
import { nameSubject, readSboms, writeSboms } from './bundle/sboms.ts';
import type { Spdx } from './bundle/sboms.ts';
import { explain } from './errors.ts';
import type { Plan } from './plan/plan.ts';
import { platformName, platformSlug } from './plan/platform.ts';
import { splitReference } from './plan/reference.ts';
import type { Scanner, ScanResult } from './scan/scan.ts';

/** What was written. */
export interface SbomFiles {
  /** The directory, or the file where there is one platform. */
  readonly path: string;
  readonly files: readonly { readonly platform: string; readonly file: string; readonly from: 'buildkit' | 'scan' }[];
}

export interface SbomOrder {
  readonly plan: Plan;
  readonly bundle: Bundle;
  /** Undefined: nothing was scanned. */
  readonly scanned: ScanResult | undefined;
  readonly scanner: Scanner;
  /** Where the files go; made when there are any. */
  readonly directory: string;
}

/** True when an SBOM was asked for and the bundle does not hold one of every image: the scan must then keep what it saw. */
export async function lacksSbom({ build: { sbom } }: Plan, bundle: Bundle): Promise<boolean> {
  if (sbom === 'false') return false;
  const found = await Promise.all(bundle.images.map(image => readSboms(bundle, image)));
  return found.some(documents => documents.length === 0);
}

/** Writes one file a platform. Never throws for what the scanner did: an SBOM that cannot be made is a note, and the image is no worse for it. */
export async function collectSboms(order: SbomOrder): Promise<{ readonly sbom?: SbomFiles; readonly notes: readonly string[] }> {
  const { plan, bundle, directory } = order;
  if (plan.build.sbom === 'false') return { notes: [] };
  const name = splitReference(plan.buildNames[0] ?? '').name;
  const files: SbomFiles['files'][number][] = [];
  const notes: string[] = [];
  for (const image of bundle.images) {
    const platform = platformName(image.platform);
    const subject = { name, digest: image.manifest.digest, platform: image.platform };
    const attested = await readSboms(bundle, image);
    const documents = attested.length > 0 ? attested : await fromScan(order, image, name, notes);
    if (documents.length === 0) continue;
    const named = documents.map(document => nameSubject(document, subject));
    const file = await writeSboms(directory, platformSlug(image.platform), named);
    files.push({ platform, file, from: attested.length > 0 ? 'buildkit' : 'scan' });
  }
  const [first] = files;
  if (first === undefined) return { notes };
  return { sbom: { path: bundle.images.length === 1 ? first.file : directory, files }, notes };
}

/** A scan that was not accepted did not prove what it looked at: nothing is made of it. */
async function fromScan(
  { scanned, scanner }: SbomOrder,
  image: PlatformImage,
  name: string,
  notes: string[],
): Promise<readonly Spdx[]> {
  const platform = platformName(image.platform);
  const seen = scanned?.platforms.find(({ manifest }) => manifest === image.manifest.digest);
  const missing = (why: string): readonly Spdx[] => {
    notes.push(`no SBOM of ${platform}: BuildKit made none, and ${why}`);
    return [];
  };
  if (seen === undefined) return missing('nothing was scanned');
  if (seen.status === 'rejected') return missing('its scan was not accepted');
  try {
    return [await scanner.sbom(image, name)];
  } catch (error) {
    return missing(explain(error).message);
  }
}

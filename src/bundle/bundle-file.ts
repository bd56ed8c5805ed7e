// Bundle + where it came from <-> bundle.json: the label on the box. Nothing in it is believed: digests are compared with the layout, the rest is for display.
// Blobs are known by their names; a checksum of its own and of the two files beside it shows when one of those was damaged on the way.

import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { platformName } from '../plan/platform.ts';
import { digestOfBytes } from './blobs.ts';
import type { Bundle } from './bundle.ts';
import { mistakesIn } from './bundle-shape.ts';
import { broken, parseObject } from './parse.ts';
import { readBundle } from './read.ts';
import { verifyBlobs } from './verify.ts';

export const BUNDLE_FILE = 'bundle.json';
/** What lies beside the blobs. */
const TOP_FILES = ['index.json', 'oci-layout'] as const;
type TopFiles = Readonly<Record<(typeof TOP_FILES)[number], Uint8Array>>;

/** One image as bundle.json lists it; sizes in bytes. */
export interface BundlePlatform {
  readonly platform: string;
  readonly digest: string;
  readonly size: number;
  /** Config and layers as stored. */
  readonly compressedSize: number;
  readonly attestations: readonly string[];
  /** Digests of what is attached to it; left out when nothing is. */
  readonly referrers?: readonly string[];
}

/** What bundle.json says; `schema/bundle.schema.json` is the same in words. Fields may be added within a version. */
export interface BundleFile {
  readonly schemaVersion: 1;
  readonly digest: string;
  readonly mediaType: string;
  readonly platforms: readonly BundlePlatform[];
  /** The names that were given to the builder: they are in the provenance. */
  readonly names: readonly string[];
  readonly source: { readonly repository: string; readonly commit: string; readonly ref: string };
  /** Name -> version: seaworthy, buildx, buildkit, trivy ... */
  readonly tools: Readonly<Record<string, string>>;
  /** For people only: whoever receives a bundle plans and scans afresh. */
  readonly display?: {
    readonly version?: string;
    readonly tags?: readonly string[];
    readonly verdict?: string;
    /** One line a platform. */
    readonly scans?: readonly string[];
  };
}

/** What the bundle itself does not know. */
export type BundleOrigin = Pick<BundleFile, 'names' | 'source' | 'tools' | 'display'>;

/** Makes the content of bundle.json; pure. */
export function describeBundle(bundle: Bundle, origin: BundleOrigin): BundleFile {
  const platforms = bundle.images.map(image => ({
    platform: platformName(image.platform),
    digest: image.manifest.digest,
    size: image.manifest.size,
    compressedSize: [image.config, ...image.layers].reduce((sum, blob) => sum + blob.size, 0),
    attestations: image.attestations.map(attestation => attestation.digest),
    ...attachedTo(bundle, image.manifest.digest),
  }));
  const { names, source, tools, display } = origin;
  return {
    schemaVersion: 1,
    digest: bundle.root.digest,
    mediaType: bundle.root.mediaType,
    platforms,
    names,
    source,
    tools,
    ...(display === undefined ? {} : { display }),
  };
}

function attachedTo({ referrers }: Bundle, image: string): Pick<BundlePlatform, 'referrers'> {
  const digests = referrers.filter(({ subject }) => subject === image).map(({ manifest }) => manifest.digest);
  return digests.length === 0 ? {} : { referrers: digests.sort() };
}

/** The text of bundle.json for a layout whose other files have these bytes: with their digests, and a checksum over all of it. */
export function sealBundleFile(file: BundleFile, files: TopFiles): string {
  const open = { ...file, files: Object.fromEntries(TOP_FILES.map(name => [name, digestOfBytes(files[name])])) };
  return `${JSON.stringify({ ...open, checksum: checksumOf(open) }, undefined, 2)}\n`;
}

/** Writes bundle.json beside the layout: whole or not at all, also when the machine stops in between. */
export async function writeBundleFile(directory: string, file: BundleFile): Promise<void> {
  const [index, layout] = await Promise.all(TOP_FILES.map(name => readFile(join(directory, name))));
  if (index === undefined || layout === undefined) throw new Error(`${directory} is no layout`);
  const text = sealBundleFile(file, { 'index.json': index, 'oci-layout': layout });
  const draft = join(directory, `.${BUNDLE_FILE}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(draft, 'wx', 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, join(directory, BUNDLE_FILE));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Reads a bundle that came from elsewhere with all its hashes: every blob, every layer unpacked, bundle.json and what lies beside it. `description` is
 * undefined for the layout of another tool. Throws UserError that names the file.
 */
export async function readWholeBundle(
  directory: string,
  signal?: AbortSignal,
): Promise<{ readonly bundle: Bundle; readonly description: BundleFile | undefined }> {
  // First: damage of the files beside the blobs shows here under their own names.
  const description = await readBundleFile(directory);
  const bundle = await readBundle(directory);
  if (description !== undefined) checkBundleFile(description, bundle);
  await verifyBlobs(bundle, signal === undefined ? {} : { signal });
  return { bundle, description };
}

/** Reads and checks bundle.json and the digests in it of the files beside it; undefined when there is none (a layout of another tool). Throws UserError with every mistake named. */
export async function readBundleFile(directory: string): Promise<BundleFile | undefined> {
  const path = join(directory, BUNDLE_FILE);
  const bytes = await readFile(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  const fields = parseObject(bytes, path);
  if (fields['schemaVersion'] !== 1) {
    throw new UserError(
      `${path} has schemaVersion ${JSON.stringify(fields['schemaVersion'])}; this version of Seaworthy reads 1`,
      {
        hint: 'Use the same version of Seaworthy in all jobs.',
      },
    );
  }
  const mistakes = mistakesIn(fields);
  if (mistakes.length > 0) {
    throw new UserError(`${path} is not a bundle description: ${mistakes.join('; ')}`, {
      hint: 'Hand the bundle on as it was written.',
    });
  }
  const { files, checksum, ...file } = fields as unknown as SealedFile;
  if (checksumOf({ ...file, files }) !== checksum) throw broken(`${path} was changed: its checksum is not ${checksum}`);
  for (const name of TOP_FILES) {
    const digest = digestOfBytes(await readFile(join(directory, name)));
    if (digest !== files[name]) throw broken(`${join(directory, name)} was changed: its bytes have the digest ${digest}`);
  }
  return file;
}

/** As it lies on the disk. */
type SealedFile = BundleFile & {
  readonly files: Readonly<Record<(typeof TOP_FILES)[number], string>>;
  readonly checksum: string;
};

/** `sha256:...` of the document without its checksum, as JSON without blanks. */
function checksumOf(open: object): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(open)).digest('hex')}`;
}

/** Refuses a bundle.json that lies about the layout it came with. */
export function checkBundleFile(file: BundleFile, bundle: Bundle): void {
  const real = describeBundle(bundle, file);
  const differs = (['digest', 'mediaType', 'platforms'] as const).filter(
    key => JSON.stringify(pick(file, key)) !== JSON.stringify(real[key]),
  );
  if (differs.length > 0) {
    throw new UserError(
      `${BUNDLE_FILE} in ${bundle.directory} does not belong to this layout: ${differs.join(', ')} differ (layout: ${real.digest}, file: ${file.digest})`,
      {
        hint: 'The layout or its description was replaced after the build: build again.',
      },
    );
  }
}

/** The value with only the keys, and in the order, that describeBundle() writes. */
function pick(file: BundleFile, key: 'digest' | 'mediaType' | 'platforms'): unknown {
  if (key !== 'platforms') return file[key];
  return file.platforms.map(({ platform, digest, size, compressedSize, attestations, referrers }) => ({
    platform,
    digest,
    size,
    compressedSize,
    attestations,
    ...(referrers === undefined ? {} : { referrers }),
  }));
}

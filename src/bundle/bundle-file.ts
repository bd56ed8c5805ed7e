// Bundle + where it came from <-> bundle.json: the label on the box. Nothing in it is believed: digests are compared with the layout, the rest is for display.

import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { platformName } from '../plan/platform.ts';
import type { Bundle } from './bundle.ts';
import { parseObject } from './parse.ts';

export const BUNDLE_FILE = 'bundle.json';

/** One image as bundle.json lists it; sizes in bytes. */
export interface BundlePlatform {
  readonly platform: string;
  readonly digest: string;
  readonly size: number;
  /** Config and layers as stored. */
  readonly compressedSize: number;
  readonly attestations: readonly string[];
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

/** Writes bundle.json beside the layout: whole or not at all, also when the machine stops in between. */
export async function writeBundleFile(directory: string, file: BundleFile): Promise<void> {
  const draft = join(directory, `.${BUNDLE_FILE}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = await open(draft, 'wx', 0o644);
    try {
      await handle.writeFile(`${JSON.stringify(file, undefined, 2)}\n`);
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

/** Reads and checks bundle.json; undefined when there is none (a layout of another tool). Throws UserError with every mistake named. */
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
  return fields as unknown as BundleFile;
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
  return file.platforms.map(({ platform, digest, size, compressedSize, attestations }) => ({
    platform,
    digest,
    size,
    compressedSize,
    attestations,
  }));
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = value => typeof value === 'string' && value !== '';
const isDigest: Check = value => typeof value === 'string' && /^sha256:[a-f0-9]{64}$/.test(value);
const isSize: Check = value => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Check = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  value =>
    value === undefined || check(value);
const fieldsOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  value =>
    isObject(value) && Object.entries(checks).every(([key, check]) => check((value as Fields)[key]));

const SHAPE: Readonly<Record<string, readonly [Check, string]>> = {
  digest: [isDigest, 'a sha256 digest'],
  mediaType: [isText, 'a media type'],
  platforms: [
    value =>
      listOf(
        fieldsOf({ platform: isText, digest: isDigest, size: isSize, compressedSize: isSize, attestations: listOf(isDigest) }),
      )(value) && (value as unknown[]).length > 0,
    'a list of at least one platform with digest, size, compressedSize and attestations',
  ],
  names: [listOf(isText), 'a list of names'],
  source: [fieldsOf({ repository: isText, commit: isText, ref: isText }), 'an object with repository, commit and ref'],
  tools: [value => isObject(value) && Object.values(value as Fields).every(isText), 'an object of versions'],
  display: [
    optional(
      fieldsOf({
        version: optional(isAnyText),
        tags: optional(listOf(isText)),
        verdict: optional(isAnyText),
        scans: optional(listOf(isText)),
      }),
    ),
    'an object of texts',
  ],
};

function isAnyText(value: unknown): boolean {
  return typeof value === 'string';
}

function mistakesIn(fields: Fields): string[] {
  return Object.entries(SHAPE).flatMap(([key, [check, wanted]]) => (check(fields[key]) ? [] : [`"${key}" is not ${wanted}`]));
}

// Bundle -> the SPDX documents that its attestations hold, and files of them that name the image they speak of.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platformName } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { MANIFEST_LIMIT, readSmallBlob } from './blobs.ts';
import type { Bundle, PlatformImage } from './bundle.ts';
import { PREDICATE_TYPE } from './oci.ts';
import type { Descriptor } from './oci.ts';
import { parseManifest, parseObject } from './parse.ts';

/** A document as it was parsed; what is in it is its writer's. */
export type Spdx = Readonly<Record<string, unknown>>;

const SPDX = 'https://spdx.dev/Document';
/** Bytes: a large image has tens of thousands of packages and files. */
const DOCUMENT_LIMIT = 128 * 1024 * 1024;

/** The SPDX documents that BuildKit attested of this image, the image itself first; none when there are none. Throws UserError when a blob is not what it was. */
export async function readSboms(bundle: Bundle, image: PlatformImage): Promise<readonly Spdx[]> {
  const attached = bundle.referrers.filter(({ subject }) => subject === image.manifest.digest).map(({ manifest }) => manifest);
  const documents: Spdx[] = [];
  for (const attestation of [...image.attestations, ...attached]) {
    const what = `attestation manifest ${attestation.digest}`;
    const { layers } = parseManifest(await readSmallBlob(bundle.directory, attestation, what, MANIFEST_LIMIT), what);
    for (const layer of layers.filter(({ annotations }) => annotations?.[PREDICATE_TYPE] === SPDX)) {
      const document = await readDocument(bundle, image, layer);
      if (document !== undefined) documents.push(document);
    }
  }
  return documents;
}

/** The document of a statement that speaks of this very image. */
async function readDocument(bundle: Bundle, image: PlatformImage, layer: Descriptor): Promise<Spdx | undefined> {
  const what = `SBOM of ${image.manifest.digest}`;
  const statement = parseObject(await readSmallBlob(bundle.directory, layer, what, DOCUMENT_LIMIT), what);
  const { subject, predicate } = statement;
  const hex = image.manifest.digest.slice('sha256:'.length);
  const speaks = list(subject).some(one => isFields(one['digest']) && one['digest']['sha256'] === hex);
  return speaks && isFields(predicate) ? predicate : undefined;
}

/** What a document speaks of. */
export interface Subject {
  /** Repository without tag. */
  readonly name: string;
  /** Of the image manifest. */
  readonly digest: string;
  readonly platform: Platform;
}

/**
 * The same document with the image as what it describes: its name, and a package with the digest that holds what was described before. Outside of its
 * statement nothing else in a document says which image it is of. One that has such a package already keeps it.
 */
export function nameSubject(document: Spdx, { name, digest, platform }: Subject): Spdx {
  const packages = list(document['packages']);
  const relationships = list(document['relationships']);
  const named = { ...document, name: `${name}@${digest}` };
  if (packages.some(one => list(one['externalRefs']).some(({ referenceLocator }) => isPurlOf(referenceLocator, digest))))
    return named;
  const described = [
    ...relationships
      .filter(one => one['spdxElementId'] === DOCUMENT && one['relationshipType'] === 'DESCRIBES')
      .map(one => one['relatedSpdxElement']),
    ...(Array.isArray(document['documentDescribes']) ? (document['documentDescribes'] as unknown[]) : []),
  ];
  const image = {
    name: `${name}@${digest}`,
    SPDXID: IMAGE,
    versionInfo: digest,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    primaryPackagePurpose: 'CONTAINER',
    comment: `Image for ${platformName(platform)}`,
    checksums: [{ algorithm: 'SHA256', checksumValue: digest.slice('sha256:'.length) }],
    externalRefs: [
      { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purlOf({ name, digest, platform }) },
    ],
  };
  return {
    ...named,
    packages: [image, ...packages],
    relationships: [
      { spdxElementId: DOCUMENT, relationshipType: 'DESCRIBES', relatedSpdxElement: IMAGE },
      ...[...new Set(described)].map(id => ({ spdxElementId: IMAGE, relationshipType: 'CONTAINS', relatedSpdxElement: id })),
      ...relationships,
    ],
  };
}

const DOCUMENT = 'SPDXRef-DOCUMENT';
const IMAGE = 'SPDXRef-Seaworthy-Image';

/** `pkg:oci/app@sha256%3A…?arch=arm64&repository_url=ghcr.io%2Facme%2Fapp`, as the purl specification writes images. */
function purlOf({ name, digest, platform }: Subject): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return `pkg:oci/${encodeURIComponent(last)}@${encodeURIComponent(digest)}?arch=${encodeURIComponent(platform.architecture)}&repository_url=${encodeURIComponent(name)}`;
}

function isPurlOf(locator: unknown, digest: string): boolean {
  return typeof locator === 'string' && locator.startsWith('pkg:oci/') && locator.replaceAll('%3A', ':').includes(`@${digest}`);
}

/** Writes documents as `<name>.spdx.json`, further ones of one image as `<name>-2.spdx.json` …; resolves to the path of the first. */
export async function writeSboms(directory: string, name: string, documents: readonly Spdx[]): Promise<string> {
  await mkdir(directory, { recursive: true });
  const files = documents.map((_, at) => join(directory, `${name}${at === 0 ? '' : `-${at + 1}`}.spdx.json`));
  for (const [at, file] of files.entries()) await writeFile(file, `${JSON.stringify(documents[at], undefined, 2)}\n`);
  const [first] = files;
  if (first === undefined) throw new Error('there is no document to write');
  return first;
}

function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isFields) : [];
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

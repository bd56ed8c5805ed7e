// Untrusted bytes of an index, manifest or image config -> checked values; whatever is odd is refused with the name of the document.

import { UserError } from '../errors.ts';
import type { Descriptor, ImageConfig, Index, Manifest, OciPlatform } from './oci.ts';

const DIGEST = /^sha256:[a-f0-9]{64}$/;
type Fields = Readonly<Record<string, unknown>>;

/** The error for a layout that cannot be used; every problem of reading is one of these. */
export function broken(message: string, cause?: unknown): UserError {
  return new UserError(message, {
    hint: 'The layout is incomplete or was changed after it was written: make it again.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** An image index or Docker manifest list. `what` names the document in messages. */
export function parseIndex(bytes: Uint8Array, what: string): Index {
  const fields = parseDocument(bytes, what);
  // Two readings of one document (index and manifest) is how a scanner and an engine are shown different images (CVE-2021-41190).
  if ('layers' in fields || 'config' in fields) throw broken(`${what} is an index and a manifest at once`);
  if (!Array.isArray(fields['manifests'])) throw broken(`${what} has no list of manifests`);
  const manifests = fields['manifests'].map((item: unknown, at) => parseDescriptor(item, `${what}, manifests[${at}]`));
  return { ...common(fields, what), manifests };
}

/** An image manifest (OCI or Docker schema 2), of an image or of an artifact. */
export function parseManifest(bytes: Uint8Array, what: string): Manifest {
  const fields = parseDocument(bytes, what);
  if ('manifests' in fields) throw broken(`${what} is an index and a manifest at once`);
  if (!Array.isArray(fields['layers'])) throw broken(`${what} has no list of layers`);
  const config = parseDescriptor(fields['config'], `${what}, config`);
  const layers = fields['layers'].map((item: unknown, at) => parseDescriptor(item, `${what}, layers[${at}]`));
  const subject = fields['subject'] === undefined ? {} : { subject: parseDescriptor(fields['subject'], `${what}, subject`) };
  return { ...common(fields, what), config, layers, ...subject };
}

/** An image config; only what we use is looked at, Env and history values do not leave here. */
export function parseConfig(bytes: Uint8Array, what: string): ImageConfig {
  const fields = parseObject(bytes, what);
  const rootfs = asObject(fields['rootfs'] ?? {}, `${what}, rootfs`);
  const diffIds: unknown = rootfs['diff_ids'] ?? [];
  if (!Array.isArray(diffIds)) throw broken(`${what}: rootfs.diff_ids is not a list`);
  const inner = fields['config'] === undefined || fields['config'] === null ? {} : asObject(fields['config'], `${what}, config`);
  return {
    ...optionalText(fields, 'os', what),
    ...optionalText(fields, 'architecture', what),
    ...optionalText(fields, 'variant', what),
    ...optionalText(fields, 'created', what),
    config: { Labels: textMap(inner['Labels'] ?? {}, `${what}, Labels`) },
    rootfs: { diff_ids: diffIds.map((id: unknown) => digestOf(id, `${what}, diff_ids`)) },
  };
}

/** A JSON object; anything else is refused. */
export function parseObject(bytes: Uint8Array, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw broken(`${what} is not valid JSON`, error);
  }
  return asObject(value, what);
}

function parseDocument(bytes: Uint8Array, what: string): Fields {
  const fields = parseObject(bytes, what);
  if (fields['schemaVersion'] !== 2) throw broken(`${what} has schemaVersion ${JSON.stringify(fields['schemaVersion'])}, not 2`);
  exactKeys(
    fields,
    ['schemaVersion', 'mediaType', 'artifactType', 'manifests', 'config', 'layers', 'subject', 'annotations'],
    what,
  );
  return fields;
}

function parseDescriptor(value: unknown, what: string): Descriptor {
  const fields = asObject(value, what);
  exactKeys(fields, ['mediaType', 'digest', 'size', 'platform', 'annotations', 'artifactType', 'urls', 'data'], what);
  const mediaType = fields['mediaType'];
  if (typeof mediaType !== 'string' || mediaType === '') throw broken(`${what} has no mediaType`);
  const size = fields['size'];
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw broken(`${what} has no usable size`);
  return {
    mediaType,
    digest: digestOf(fields['digest'], what),
    size,
    ...(fields['platform'] === undefined ? {} : { platform: parsePlatform(fields['platform'], what) }),
    ...(fields['annotations'] === undefined ? {} : { annotations: textMap(fields['annotations'], `${what}, annotations`) }),
    ...optionalText(fields, 'artifactType', what),
  };
}

function parsePlatform(value: unknown, what: string): OciPlatform {
  const fields = asObject(value, `${what}, platform`);
  const { os, architecture } = fields;
  if (typeof os !== 'string' || typeof architecture !== 'string')
    throw broken(`${what} has a platform without os or architecture`);
  const features = fields['os.features'];
  const usable = Array.isArray(features) && features.every(feature => typeof feature === 'string');
  return {
    os,
    architecture,
    ...optionalText(fields, 'variant', what),
    ...optionalText(fields, 'os.version', what),
    ...(usable ? { 'os.features': features } : {}),
  };
}

function common(fields: Fields, what: string): Pick<Manifest, 'schemaVersion' | 'mediaType' | 'artifactType' | 'annotations'> {
  return {
    schemaVersion: 2,
    ...optionalText(fields, 'mediaType', what),
    ...optionalText(fields, 'artifactType', what),
    ...(fields['annotations'] === undefined ? {} : { annotations: textMap(fields['annotations'], `${what}, annotations`) }),
  };
}

/** Go programs (scanners, engines) match keys without regard to case, we do not: a key in another case would be read by them alone. */
function exactKeys(fields: Fields, known: readonly string[], what: string): void {
  for (const key of Object.keys(fields)) {
    const meant = known.find(name => name.toLowerCase() === key.toLowerCase());
    if (meant !== undefined && meant !== key)
      throw broken(`${what} has the key "${key}", which some programs read as "${meant}"`);
  }
}

function digestOf(value: unknown, what: string): string {
  if (typeof value === 'string' && DIGEST.test(value)) return value;
  throw broken(`${what} has the digest ${JSON.stringify(value)}; only sha256 digests are supported`);
}

function asObject(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw broken(`${what} is not a JSON object`);
}

function optionalText<Key extends string>(fields: Fields, key: Key, what: string): { readonly [K in Key]?: string } {
  const value = fields[key];
  if (value === undefined || value === '') return {};
  if (typeof value !== 'string') throw broken(`${what}: ${key} is not a text`);
  return { [key]: value } as { readonly [K in Key]?: string };
}

function textMap(value: unknown, what: string): Readonly<Record<string, string>> {
  const fields = asObject(value, what);
  for (const [key, text] of Object.entries(fields)) {
    if (typeof text !== 'string') throw broken(`${what}: the value of ${key} is not a text`);
  }
  return fields as Readonly<Record<string, string>>;
}

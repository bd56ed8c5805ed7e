/**
 * Images made without a build: every root directory becomes one layer of an OCI layout. No engine is needed, and the same files
 * give the same digest.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from '../command.ts';

/** One platform of an image. */
export interface Variant {
  /** Directory with the files. */
  readonly root: string;
  readonly architecture: string;
  readonly variant?: string;
  /** What the image says about running it, with the names the OCI specification has. */
  readonly config: Readonly<Record<string, unknown>>;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Readonly<Record<string, string>>;
}

const CREATED = '2026-01-01T00:00:00Z';
const OCI = 'application/vnd.oci.image';

const sha256 = (content: Buffer): string => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function addBlob(layout: string, mediaType: string, content: Buffer): Promise<Descriptor> {
  const digest = sha256(content);
  await writeFile(path.join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length)), content);
  return { mediaType, digest, size: content.length };
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

async function addVariant(layout: string, { root, architecture, variant, config }: Variant): Promise<Descriptor> {
  const archive = `${layout}.tar`;
  const same = ['--sort=name', `--mtime=${CREATED}`, '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  await run('tar', [...same, '-C', root, '-cf', archive, ...(await readdir(root)).sort()]);
  const tar = await readFile(archive);
  await rm(archive);
  const layer = await addBlob(layout, `${OCI}.layer.v1.tar+gzip`, gzipSync(tar, { level: 4 }));
  const platform = { architecture, os: 'linux', ...(variant === undefined ? {} : { variant }) };
  const history = [{ created: CREATED, created_by: 'testbed' }];
  const body = { created: CREATED, ...platform, config, rootfs: { type: 'layers', diff_ids: [sha256(tar)] }, history };
  const configuration = await addBlob(layout, `${OCI}.config.v1+json`, json(body));
  const manifest = { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config: configuration, layers: [layer] };
  return { ...(await addBlob(layout, manifest.mediaType, json(manifest))), platform };
}

/** Writes an image as an OCI layout whose index is the image's own, ready for `crane push --index`; returns its digest. */
export async function writeLayout(layout: string, variants: readonly Variant[]): Promise<string> {
  await rm(layout, { recursive: true, force: true });
  await mkdir(path.join(layout, 'blobs', 'sha256'), { recursive: true });
  const manifests: Descriptor[] = [];
  for (const variant of variants) manifests.push(await addVariant(layout, variant));
  const index = json({ schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests });
  await writeFile(path.join(layout, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  await writeFile(path.join(layout, 'index.json'), index);
  return sha256(index);
}

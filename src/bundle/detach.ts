// A bundle with attestations in its index -> the same images without them, each attestation attached to its image as a referrer (rules 20).

import { addBlob, finishLayout, linkBlob, MANIFEST_LIMIT, readSmallBlob, startLayout } from './blobs.ts';
import type { Bundle, PlatformImage, Referrer } from './bundle.ts';
import { digestsOf, merge, referrersOf } from './merge.ts';
import type { MergeOrder } from './merge.ts';
import { ATTESTATION_ARTIFACT, EMPTY_CONFIG } from './oci.ts';
import type { Descriptor } from './oci.ts';
import { parseManifest } from './parse.ts';
import { readBundle } from './read.ts';

/**
 * Writes a layout without attestations in the index: one image is a bare manifest, several are merged by the rule of merge(). The images keep their
 * bytes. The attestations become further entries of the layout. The bundle's own layout gets the new manifests too, and nothing else changes there.
 * Throws UserError as merge() does.
 */
export async function detach(bundle: Bundle, order: MergeOrder): Promise<Bundle> {
  const referrers: Referrer[] = [...bundle.referrers];
  for (const image of bundle.images)
    for (const attestation of image.attestations) referrers.push(await attach(bundle.directory, attestation, image.manifest));
  const images = bundle.images.map(image => ({ ...image, attestations: [] }));
  const plain: Bundle = { ...bundle, images, referrers };
  const [only] = images;
  return images.length === 1 && only !== undefined ? keepOne(plain, only, order) : merge([plain], order);
}

/** The bare manifest of one image, and what is attached to it. */
async function keepOne(bundle: Bundle, image: PlatformImage, { directory, platforms }: MergeOrder): Promise<Bundle> {
  await startLayout(directory);
  for (const digest of await digestsOf(bundle, image)) await linkBlob(bundle.directory, directory, digest);
  const { mediaType, digest, size } = image.manifest;
  await finishLayout(
    directory,
    { mediaType, digest, size, platform: image.manifest.platform ?? image.platform },
    referrersOf(bundle, image),
  );
  return readBundle(directory, { digest, platforms });
}

/**
 * The manifest that BuildKit itself writes in its OCI-artifact form, byte for byte: the statements as they are, an empty config, the image as the subject.
 * One that has this form already stays what it is.
 */
async function attach(directory: string, attestation: Descriptor, { mediaType, digest, size }: Descriptor): Promise<Referrer> {
  const what = `attestation manifest ${attestation.digest}`;
  const manifest = parseManifest(await readSmallBlob(directory, attestation, what, MANIFEST_LIMIT), what);
  const described = { mediaType: attestation.mediaType, digest: attestation.digest, size: attestation.size };
  if (manifest.subject?.digest === digest && manifest.artifactType !== undefined)
    return { subject: digest, manifest: { ...described, artifactType: manifest.artifactType } };
  const layers = manifest.layers.map(layer => ({
    mediaType: layer.mediaType,
    digest: layer.digest,
    size: layer.size,
    ...(layer.annotations === undefined ? {} : { annotations: layer.annotations }),
  }));
  const artifact = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: ATTESTATION_ARTIFACT,
    config: EMPTY_CONFIG,
    layers,
    subject: { mediaType, digest, size },
  };
  const bytes = Buffer.from(JSON.stringify(artifact, undefined, 2));
  await addBlob(directory, Buffer.from('{}'));
  return {
    subject: digest,
    manifest: {
      mediaType: artifact.mediaType,
      digest: await addBlob(directory, bytes),
      size: bytes.length,
      artifactType: ATTESTATION_ARTIFACT,
    },
  };
}

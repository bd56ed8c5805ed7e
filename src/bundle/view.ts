// One image of a bundle -> a small layout of its own: scanners take the first image they find, so each gets a layout that has only one.

import type { Bundle, PlatformImage } from './bundle.ts';
import { finishLayout, linkBlob, startLayout } from './blobs.ts';

/**
 * Writes the view of `image` into `directory` (new or empty) and resolves to it: `index.json` with exactly one descriptor, blobs
 * hard-linked, everything readable for other users, because the scanner may be one. Attestations are left out: scanners take them for images.
 */
export async function writeView(bundle: Bundle, image: PlatformImage, directory: string): Promise<string> {
  await startLayout(directory);
  const digests = new Set([image.manifest, image.config, ...image.layers].map(blob => blob.digest));
  for (const digest of digests) await linkBlob(bundle.directory, directory, digest);
  const { mediaType, digest, size } = image.manifest;
  await finishLayout(directory, { mediaType, digest, size, platform: image.platform });
  return directory;
}

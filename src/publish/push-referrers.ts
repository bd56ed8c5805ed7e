// One repository gets the attestations that are attached to its images, after the images and before any signature or tag.

import type { Bundle, Referrer } from '../bundle/bundle.ts';
import { MEDIA, PREDICATE_TYPE, type Descriptor } from '../bundle/oci.ts';
import { parseManifest } from '../bundle/parse.ts';
import { ToolError } from '../errors.ts';
import type { Registry, StoredManifest, TargetResult } from './publish.ts';

export interface ReferrerOrder {
  readonly image: string;
  readonly bundle: Bundle;
  /** Bytes of every manifest of the bundle, referrers included, by digest. */
  readonly manifests: ReadonlyMap<string, StoredManifest>;
  readonly registry: Registry;
  readonly onProgress: (line: string) => void;
}

/** More than we would ever attach; what others attach is looked at no further. */
const MOST_READ = 30;
/** What a list may call one of ours: go-containerregistry (and so cosign) tells the type of the config instead. */
const POSSIBLE_TYPES: readonly (string | undefined)[] = [undefined, MEDIA.emptyConfig];

/**
 * One after the other: where the list is a tag, nobody can lock it. An image that has attestations of the same kinds already keeps them: a later build of
 * the very same bytes has nothing to add (promise 6).
 */
export async function pushReferrers(order: ReferrerOrder): Promise<Pick<TargetResult, 'attestations'>> {
  const { image, bundle, registry, onProgress } = order;
  if (bundle.referrers.length === 0) return {};
  let added = 0;
  for (const referrer of bundle.referrers) {
    if (await isThere(order, referrer)) continue;
    const { subject, manifest } = referrer;
    const { artifactType = manifest.mediaType } = manifest;
    await registry.pushReferrer(image, subject, { ...storedManifest(order, manifest.digest), artifactType });
    if (!(await registry.referrers(image, subject, manifest.digest)).some(entry => entry.digest === manifest.digest))
      throw new ToolError(`${image} took the attestation ${manifest.digest} of ${subject}, but does not list it`, {
        tool: 'registry',
        hint: 'Run again; if it stays, publish with attestations: inline.',
      });
    added += 1;
  }
  const present = bundle.referrers.length - added;
  onProgress(`${image}: ${added} attestation manifest(s) attached, ${present} already there`);
  return { attestations: { added, present } };
}

async function isThere(order: ReferrerOrder, { subject, manifest }: Referrer): Promise<boolean> {
  const { image, registry } = order;
  const listed = await registry.referrers(image, subject);
  if (listed.some(entry => entry.digest === manifest.digest))
    // A list that outlived what it lists (a clean-up of untagged manifests) is no proof.
    return (await registry.resolve(image, manifest.digest)) !== undefined;
  const wanted = kindsOf(storedManifest(order, manifest.digest).bytes, manifest.digest);
  const found = new Set<string>();
  for (const entry of listed.filter(one => mayBe(one, manifest)).slice(0, MOST_READ)) {
    const stored = await registry.manifest(image, entry.digest);
    if (stored !== undefined) for (const kind of attachedKinds(stored, { subject, manifest })) found.add(kind);
  }
  return wanted.length > 0 && wanted.every(kind => found.has(kind));
}

function mayBe(entry: Descriptor, { artifactType }: Descriptor): boolean {
  return (
    entry.mediaType === MEDIA.manifest && (entry.artifactType === artifactType || POSSIBLE_TYPES.includes(entry.artifactType))
  );
}

/** The kinds of a manifest that others may have written: none when it is not what ours is. */
function attachedKinds({ bytes, digest }: StoredManifest, { subject, manifest }: Referrer): readonly string[] {
  try {
    const found = parseManifest(bytes, digest);
    return found.subject?.digest === subject && found.artifactType === manifest.artifactType ? kindsOf(bytes, digest) : [];
  } catch {
    return [];
  }
}

/** What the statements of an attestation manifest are about. */
function kindsOf(bytes: Uint8Array, digest: string): string[] {
  return parseManifest(bytes, digest).layers.flatMap(layer => layer.annotations?.[PREDICATE_TYPE] ?? []);
}

function storedManifest({ manifests }: ReferrerOrder, digest: string): StoredManifest {
  const manifest = manifests.get(digest);
  if (manifest === undefined) throw new Error(`the bundle has no manifest ${digest}`);
  return manifest;
}

// Attestations out of the index and attached: the images keep their bytes, the rule is fixed, and nothing else passes for a referrer.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { describeBundle } from '../../src/bundle/bundle-file.ts';
import { detach } from '../../src/bundle/detach.ts';
import { merge } from '../../src/bundle/merge.ts';
import { ATTESTATION_ARTIFACT, MEDIA } from '../../src/bundle/oci.ts';
import type { Descriptor, Index, Manifest } from '../../src/bundle/oci.ts';
import { pullBundle } from '../../src/bundle/pull.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { writeView } from '../../src/bundle/view.ts';
import { UserError } from '../../src/errors.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { addBlob, aLayout, AMD64, ARM64, blobFile, makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';
import { memoryRegistry } from '../fakes/registry.ts';

type Form = 'legacy' | 'artifact' | 'none';

const fresh = async (): Promise<string> => join(await temporaryDirectory(), 'plain');
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- shorter than a cast at every call
const parsed = <T>(bundle: Bundle, digest: string): T =>
  JSON.parse(readFileSync(blobFile(bundle.directory, digest), 'utf8')) as T;

async function built(form: Form, platforms: readonly Platform[] = [AMD64, ARM64]): Promise<Bundle> {
  const images = platforms.map(platform => ({ platform, attestation: form }));
  return readBundle((await aLayout({ images, annotations: { a: 'b' } })).directory);
}

async function detached(bundle: Bundle): Promise<Bundle> {
  const platforms = bundle.images.map(({ platform }) => platform);
  return detach(bundle, { platforms, annotations: { a: 'b' }, directory: await fresh() });
}

describe('detach', () => {
  test.each<Form>(['legacy', 'artifact'])('%s: the index holds images alone, each with its statement attached', async form => {
    const before = await built(form);
    const after = await detached(before);
    await verifyBlobs(after);
    const index = parsed<Index>(after, after.root.digest);
    expect(index.manifests.map(({ digest }) => digest)).toEqual(before.images.map(({ manifest }) => manifest.digest));
    expect(index.annotations).toEqual({ a: 'b' });
    expect(after.images).toEqual(before.images.map(image => ({ ...image, attestations: [] })));
    expect(after.referrers.map(({ subject }) => subject)).toEqual(before.images.map(({ manifest }) => manifest.digest));
    for (const [at, { manifest, subject }] of after.referrers.entries()) {
      const was = parsed<Manifest>(before, before.images[at]?.attestations[0]?.digest ?? '');
      const is = parsed<Manifest>(after, manifest.digest);
      expect(is.layers).toEqual(was.layers);
      expect(is).toMatchObject({ artifactType: ATTESTATION_ARTIFACT, subject: { mediaType: MEDIA.manifest, digest: subject } });
      expect(is.subject?.size).toBe(before.images[at]?.manifest.size);
      expect(manifest).toMatchObject({ mediaType: MEDIA.manifest, artifactType: ATTESTATION_ARTIFACT });
    }
    // What is published has the statements' bytes too.
    const statements = after.referrers.flatMap(({ manifest }) => parsed<Manifest>(after, manifest.digest).layers);
    expect(after.blobs.map(({ digest }) => digest)).toEqual(expect.arrayContaining(statements.map(({ digest }) => digest)));
  });

  test("BuildKit's own OCI-artifact form stays as it is, byte for byte", async () => {
    const before = await built('artifact');
    const after = await detached(before);
    const own = before.images.flatMap(({ attestations }) => attestations.map(({ digest }) => digest));
    expect(after.referrers.map(({ manifest }) => manifest.digest)).toEqual(own);
  });

  test('one platform: its bare manifest is what is published', async () => {
    const before = await built('legacy', [ARM64]);
    const after = await detached(before);
    expect(after.root).toMatchObject({ mediaType: MEDIA.manifest, digest: before.images[0]?.manifest.digest });
    expect(after.manifests).toEqual([after.root]);
    expect(after.referrers).toHaveLength(1);
    await verifyBlobs(after);
    await writeView(after, after.images[0] as Bundle['images'][number], await fresh());
  });

  test('same input, same bytes; the order in which it was built does not count', async () => {
    const [one, two] = [await detached(await built('legacy')), await detached(await built('legacy', [ARM64, AMD64]))];
    const again = await detached(await built('legacy'));
    expect(again.root).toEqual(one.root);
    expect(again.referrers).toEqual(one.referrers);
    const digests = (bundle: Bundle): string[] => bundle.referrers.map(({ manifest }) => manifest.digest).sort();
    expect(digests(two)).toEqual(digests(one));
  });

  test('nothing attested: plain images, nothing attached', async () => {
    expect((await detached(await built('none'))).referrers).toEqual([]);
  });

  test('bundle.json names what is attached, by image', async () => {
    const after = await detached(await built('legacy'));
    const origin = { names: ['a:1'], source: { repository: 'a/b', commit: 'c', ref: 'd' }, tools: {} };
    const { platforms } = describeBundle(after, origin);
    expect(platforms.map(({ referrers, attestations }) => [referrers, attestations])).toEqual(
      after.referrers.map(({ manifest }) => [[manifest.digest], []]),
    );
    expect(describeBundle(await built('legacy'), origin).platforms[0]).not.toHaveProperty('referrers');
  });

  test('merged with others, each keeps what is attached to it', async () => {
    const [amd, arm] = [await detached(await built('legacy', [AMD64])), await detached(await built('artifact', [ARM64]))];
    const merged = await merge([arm, amd], { platforms: [AMD64, ARM64], annotations: {}, directory: await fresh() });
    expect(merged.referrers).toEqual([...amd.referrers, ...arm.referrers]);
    await verifyBlobs(merged);
  });
});

describe('a layout with something attached that is not what it says', () => {
  async function withEntry(change: (layout: ReturnType<typeof makeLayout>) => Descriptor): Promise<string> {
    const layout = makeLayout({ images: [{ platform: AMD64 }], shape: 'manifest' });
    layout.entries = [...layout.entries, change(layout)];
    return writeLayout(layout);
  }
  const subjectOf = ({ root: { mediaType, digest, size } }: ReturnType<typeof makeLayout>): Descriptor => ({
    mediaType,
    digest,
    size,
  });
  const artifact = (layout: ReturnType<typeof makeLayout>, over: object = {}): Descriptor => {
    const config = addBlob(layout.blobs, MEDIA.emptyConfig, {});
    const layers = [addBlob(layout.blobs, 'application/vnd.in-toto+json', { statement: true })];
    const manifest = { schemaVersion: 2, mediaType: MEDIA.manifest, artifactType: ATTESTATION_ARTIFACT, config, layers };
    const bytes = { ...manifest, subject: subjectOf(layout), ...over };
    return { ...addBlob(layout.blobs, MEDIA.manifest, bytes), artifactType: ATTESTATION_ARTIFACT };
  };

  test('a sound one is read, and another type in the list than in the manifest is put right', async () => {
    const directory = await withEntry(layout => ({ ...artifact(layout), artifactType: 'application/vnd.oci.empty.v1+json' }));
    expect((await readBundle(directory)).referrers).toMatchObject([{ manifest: { artifactType: ATTESTATION_ARTIFACT } }]);
  });

  const other = { mediaType: MEDIA.manifest, digest: `sha256:${'0'.repeat(64)}`, size: 3 };
  test.each<[string, (layout: ReturnType<typeof makeLayout>) => Descriptor, RegExp]>([
    ['of an image that is elsewhere', layout => artifact(layout, { subject: other }), /which is not in the layout/],
    ['without a subject', layout => artifact(layout, { subject: undefined }), /does not say which image/],
    ['of an odd media type', layout => ({ ...artifact(layout), mediaType: 'text/plain' }), /media type text\/plain/],
    [
      'that holds something else than statements',
      layout => artifact(layout, { layers: [addBlob(layout.blobs, 'application/octet-stream', { x: 1 })] }),
      /not an in-toto statement/,
    ],
    ['for a platform', layout => ({ ...artifact(layout), platform: AMD64 }), /could be run, and would not be scanned/],
    ['that is missing', () => ({ ...other, artifactType: ATTESTATION_ARTIFACT }), /is missing/],
  ])('%s', async (_name, change, message) => {
    const reading = readBundle(await withEntry(change));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(UserError);
  });

  test('what is attached alone is no image', async () => {
    const layout = makeLayout({ images: [{ platform: AMD64 }], shape: 'manifest' });
    layout.entries = [artifact(layout)];
    await expect(readBundle(await writeLayout(layout))).rejects.toThrow(/is empty/);
  });
});

describe('an adopted image is fetched with what is attached to it', () => {
  const [FIRST, SECOND] = ['ghcr.io/acme/app', 'docker.io/acme/app'];
  async function published(): Promise<{ registry: ReturnType<typeof memoryRegistry>; bundle: Bundle }> {
    const bundle = await detached(await built('legacy'));
    const registry = memoryRegistry();
    for (const image of [FIRST, SECOND]) {
      for (const blob of bundle.blobs) await registry.pushBlob(image, blob, bundle, []);
      for (const { digest, mediaType } of [...bundle.manifests, ...bundle.referrers.map(({ manifest }) => manifest)])
        await registry.pushManifest(image, digest, {
          digest,
          mediaType,
          bytes: readFileSync(blobFile(bundle.directory, digest)),
        });
    }
    return { registry, bundle };
  }
  const pull = async (registry: ReturnType<typeof memoryRegistry>, bundle: Bundle, attachedIn?: string[]): Promise<Bundle> => {
    const order = { registry, image: FIRST, digest: bundle.root.digest, directory: await fresh(), platforms: [AMD64, ARM64] };
    return pullBundle({ ...order, ...(attachedIn && { attachedIn }) });
  };

  test('the same bundle, whole', async () => {
    const { registry, bundle } = await published();
    const pulled = await pull(registry, bundle, [FIRST]);
    expect({ ...pulled, directory: '', blobs: [] }).toEqual({ ...bundle, directory: '', blobs: [] });
    expect(pulled.blobs.map(({ digest }) => digest).sort()).toEqual(bundle.blobs.map(({ digest }) => digest).sort());
    await verifyBlobs(pulled);
  });

  test('what one repository lost comes from another one; what all lost is missing', async () => {
    const { registry, bundle } = await published();
    const [lost] = bundle.referrers;
    registry.repository(FIRST).manifests.delete(lost?.manifest.digest ?? '');
    expect((await pull(registry, bundle, [FIRST, SECOND])).referrers).toHaveLength(2);
    expect((await pull(registry, bundle, [FIRST])).referrers).toEqual(bundle.referrers.slice(1));
  });

  test('is not looked for where attestations are in the index', async () => {
    const { registry, bundle } = await published();
    const asked = registry.calls.length;
    expect((await pull(registry, bundle)).referrers).toEqual([]);
    expect(registry.calls.slice(asked).some(({ verb }) => verb === 'referrers')).toBe(false);
  });

  test("others' artifacts stay where they are", async () => {
    const { registry, bundle } = await published();
    const digest = bundle.images[0]?.manifest.digest ?? '';
    const config = addBlob(new Map(), MEDIA.emptyConfig, {});
    registry.repository(FIRST).blobs.set(config.digest, Buffer.from('{}'));
    const signature = { schemaVersion: 2, artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json', config, layers: [] };
    const bytes = Buffer.from(JSON.stringify({ ...signature, subject: { mediaType: MEDIA.manifest, digest, size: 1 } }));
    const stored = addBlob(new Map(), MEDIA.manifest, bytes);
    await registry.pushManifest(FIRST, stored.digest, { ...stored, bytes });
    expect((await pull(registry, bundle, [FIRST])).referrers).toEqual(bundle.referrers);
  });
});

// SBOMs of a bundle: found in both places, only for the image that they speak of, and files that name it.

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Bundle, PlatformImage } from '../../src/bundle/bundle.ts';
import { detach } from '../../src/bundle/detach.ts';
import type { Manifest } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { nameSubject, readSboms, writeSboms } from '../../src/bundle/sboms.ts';
import { collectSboms, lacksSbom } from '../../src/collect-sboms.ts';
import type { SbomOrder } from '../../src/collect-sboms.ts';
import { ToolError } from '../../src/errors.ts';
import { platformName } from '../../src/plan/platform.ts';
import { aRequest } from '../build/orders.ts';
import { aPlan, aScan } from '../builders/record.ts';
import { fakeScanner } from '../fakes/scanner.ts';
import { addBlob, AMD64, ARM64, changeRoot, json, makeLayout, temporaryDirectory, writeLayout } from '../fakes/layouts.ts';
import type { MemoryLayout } from '../fakes/layouts.ts';

const SPDX = { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'sbom', documentNamespace: 'https://x.example/1' };

/** A layout whose attestations hold one more statement, an SBOM that names this digest as its subject (by default the image's own). */
function withSbom(layout: MemoryLayout, at: number, about?: string, documents: readonly object[] = [SPDX]): MemoryLayout {
  const { manifest, attestation } = layout.images[at] as Required<MemoryLayout['images'][number]>;
  const before = json<Manifest>(layout, attestation.digest);
  const statements = documents.map(predicate => {
    const subject = [{ name: 'pkg:docker/a@1', digest: { sha256: (about ?? manifest.digest).slice(7) } }];
    const blob = addBlob(layout.blobs, 'application/vnd.in-toto+json', {
      predicateType: 'https://spdx.dev/Document',
      subject,
      predicate,
    });
    return { ...blob, annotations: { 'in-toto.io/predicate-type': 'https://spdx.dev/Document' } };
  });
  const after = addBlob(layout.blobs, attestation.mediaType, { ...before, layers: [...statements, ...before.layers] });
  return changeRoot(layout, index => ({
    ...index,
    manifests: index.manifests.map(entry => (entry.digest === attestation.digest ? { ...entry, ...after } : entry)),
  }));
}

const bundleOf = async (layout: MemoryLayout): Promise<Bundle> => readBundle(await writeLayout(layout));
const first = (bundle: Bundle): PlatformImage => bundle.images[0] as PlatformImage;

describe('readSboms', () => {
  test('in the index, and attached', async () => {
    const bundle = await bundleOf(withSbom(makeLayout(), 0));
    expect(await readSboms(bundle, first(bundle))).toEqual([SPDX]);
    expect(await readSboms(bundle, bundle.images[1] as PlatformImage)).toEqual([]);
    const directory = join(await temporaryDirectory(), 'plain');
    const plain = await detach(bundle, { platforms: [AMD64, ARM64], annotations: {}, directory });
    expect(await readSboms(plain, first(plain))).toEqual([SPDX]);
  });

  test('one that speaks of another image is none', async () => {
    const bundle = await bundleOf(withSbom(makeLayout(), 0, `sha256:${'0'.repeat(64)}`));
    expect(await readSboms(bundle, first(bundle))).toEqual([]);
  });
});

describe('nameSubject', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const subject = { name: 'ghcr.io/acme/app', digest, platform: ARM64 };

  test('the image is what the document describes, and holds what was described before', () => {
    const before = {
      ...SPDX,
      packages: [{ SPDXID: 'SPDXRef-root', name: 'rootfs' }],
      relationships: [{ spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-root' }],
    };
    const named = nameSubject(before, subject);
    expect(named).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      documentNamespace: 'https://x.example/1',
      name: `ghcr.io/acme/app@${digest}`,
    });
    expect(named['packages']).toMatchObject([
      {
        SPDXID: 'SPDXRef-Seaworthy-Image',
        versionInfo: digest,
        checksums: [{ algorithm: 'SHA256', checksumValue: 'a'.repeat(64) }],
        externalRefs: [
          { referenceLocator: `pkg:oci/app@sha256%3A${'a'.repeat(64)}?arch=arm64&repository_url=ghcr.io%2Facme%2Fapp` },
        ],
      },
      { SPDXID: 'SPDXRef-root' },
    ]);
    expect(named['relationships']).toEqual([
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-Seaworthy-Image' },
      { spdxElementId: 'SPDXRef-Seaworthy-Image', relationshipType: 'CONTAINS', relatedSpdxElement: 'SPDXRef-root' },
      ...before.relationships,
    ]);
  });

  test('one that names it already keeps its packages; another image in it does not count', () => {
    const with_ = (of: string): object[] => [
      { SPDXID: 'x', externalRefs: [{ referenceLocator: `pkg:oci/app@${of}?arch=arm64` }] },
    ];
    expect(nameSubject({ ...SPDX, packages: with_(digest) }, subject)['packages']).toEqual(with_(digest));
    expect(nameSubject({ ...SPDX, packages: with_(`sha256:${'b'.repeat(64)}`) }, subject)['packages']).toHaveLength(2);
  });
});

test('further documents of an image get numbers', async () => {
  const directory = join(await temporaryDirectory(), 'sbom');
  expect(basename(await writeSboms(directory, 'linux-amd64', [SPDX, { ...SPDX, name: 'stage' }]))).toBe('linux-amd64.spdx.json');
  expect(JSON.parse(readFileSync(join(directory, 'linux-amd64-2.spdx.json'), 'utf8'))).toEqual({ ...SPDX, name: 'stage' });
});

describe('collectSboms', () => {
  async function anOrder(layout: MemoryLayout, over: Partial<SbomOrder> = {}): Promise<SbomOrder> {
    const bundle = await bundleOf(layout);
    const platforms = bundle.images.map(({ platform, manifest }) => ({
      platform,
      manifest: manifest.digest,
      seconds: 1,
      packages: 1,
      findings: [],
      status: 'accepted' as const,
    }));
    const plan = aPlan({
      platforms: bundle.images.map(({ platform }) => platform),
      buildNames: ['ghcr.io/acme/app:1'],
      build: aRequest({ sbom: 'true' }),
    });
    const directory = join(await temporaryDirectory(), 'sbom');
    return { plan, bundle, scanned: { ...aScan(), platforms }, scanner: fakeScanner(), directory, ...over };
  }

  test('one file a platform: BuildKit where it made one, the scan where not', async () => {
    const scanner = fakeScanner();
    const order = await anOrder(withSbom(makeLayout(), 0), { scanner });
    expect(await lacksSbom(order.plan, order.bundle)).toBe(true);
    const { sbom, notes } = await collectSboms(order);
    expect(notes).toEqual([]);
    expect(sbom?.path).toBe(order.directory);
    expect(sbom?.files.map(({ platform, from, file }) => [platform, from, basename(file)])).toEqual([
      ['linux/amd64', 'buildkit', 'linux-amd64.spdx.json'],
      ['linux/arm64', 'scan', 'linux-arm64.spdx.json'],
    ]);
    expect(scanner.calls).toEqual(['sbom linux/arm64']);
    for (const [at, { file }] of (sbom?.files ?? []).entries())
      expect((JSON.parse(readFileSync(file, 'utf8')) as { name: string }).name).toBe(
        `ghcr.io/acme/app@${order.bundle.images[at]?.manifest.digest ?? ''}`,
      );
  });

  test('one platform: the path is the file', async () => {
    const order = await anOrder(withSbom(makeLayout({ images: [{ platform: AMD64, attestation: 'artifact' }] }), 0));
    expect(await lacksSbom(order.plan, order.bundle)).toBe(false);
    expect((await collectSboms(order)).sbom?.path).toBe(join(order.directory, 'linux-amd64.spdx.json'));
  });

  test('not asked for: nothing, whatever the image holds', async () => {
    const order = await anOrder(withSbom(makeLayout(), 0), { plan: aPlan() });
    expect(await lacksSbom(order.plan, order.bundle)).toBe(false);
    expect(await collectSboms(order)).toEqual({ notes: [] });
  });

  test.each<[string, Partial<SbomOrder>, RegExp]>([
    ['nothing was scanned', { scanned: undefined }, /no SBOM of linux\/amd64: BuildKit made none, and nothing was scanned/],
    [
      'Trivy fails',
      { scanner: fakeScanner({ sbomFailure: new ToolError('no space left', { tool: 'trivy' }) }) },
      /and no space left/,
    ],
  ])('%s: a note, no file, no failure', async (_name, over, note) => {
    const order = await anOrder(makeLayout({ images: [{ platform: AMD64 }] }), over);
    const { sbom, notes } = await collectSboms(order);
    expect(sbom).toBeUndefined();
    expect(notes).toEqual([expect.stringMatching(note)]);
  });

  test('a scan that was not accepted proves nothing', async () => {
    const order = await anOrder(makeLayout());
    const platforms = (order.scanned?.platforms ?? []).map((one, at) =>
      at === 0 ? { ...one, status: 'rejected' as const, problems: ['odd'] } : one,
    );
    const { sbom, notes } = await collectSboms({ ...order, scanned: { ...aScan(), platforms } });
    expect(sbom?.files.map(({ platform }) => platform)).toEqual([platformName(ARM64)]);
    expect(notes).toEqual([expect.stringContaining('its scan was not accepted')]);
  });
});

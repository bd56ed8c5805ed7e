// Attestations that are attached: after the images, before signatures and tags, and never twice.

import { writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { detach } from '../../src/bundle/detach.ts';
import type { Manifest } from '../../src/bundle/oci.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { publish } from '../../src/publish/run-publish.ts';
import type { PublishOrder } from '../../src/publish/run-publish.ts';
import type { Publication } from '../../src/publish/publish.ts';
import { aPlan, aScan, aVerdict } from '../builders/record.ts';
import {
  addBlob,
  aLayout,
  AMD64,
  ARM64,
  blobFile,
  changeRoot,
  json,
  makeLayout,
  temporaryDirectory,
  writeLayout,
} from '../fakes/layouts.ts';
import { memoryRegistry, type MemoryRegistry } from '../fakes/registry.ts';
import { memorySigner } from '../fakes/signer.ts';

const GHCR = 'ghcr.io/acme/app';
const HUB = 'docker.io/acme/app';

async function aBundle(platforms = [AMD64, ARM64], directory?: string): Promise<Bundle> {
  const images = platforms.map(platform => ({ platform, attestation: 'legacy' as const }));
  const bundle = await readBundle(directory ?? (await aLayout({ images })).directory);
  return detach(bundle, { platforms, annotations: {}, directory: `${await temporaryDirectory()}/plain` });
}

function orderOf(bundle: Bundle, registry: MemoryRegistry): PublishOrder {
  const platforms = bundle.images.map(image => ({
    platform: image.platform,
    manifest: image.manifest.digest,
    seconds: 1,
    packages: 3,
    findings: [],
    status: 'accepted' as const,
  }));
  const plan = aPlan({ images: [GHCR, HUB], signing: { method: 'key', log: false }, attestations: 'referrer' });
  const signer = memorySigner(registry);
  const scan = { ...aScan(), platforms, problems: [] };
  return { bundle, plan, verdict: aVerdict(), scan, registry, signer, run: { id: '7', attempt: '2' } };
}

const attestations = ({ targets }: Publication): unknown[] => targets.map(target => target.attestations);

test.each([1, 2])('%i platform(s): attached to each image before the signature, and the tags last', async amount => {
  const registry = memoryRegistry();
  const bundle = await aBundle([AMD64, ARM64].slice(0, amount));
  const publication = await publish(orderOf(bundle, registry));
  expect(publication.complete).toBe(true);
  expect(attestations(publication)).toEqual(Array(2).fill({ added: amount, present: 0 }));
  const own = registry.calls.filter(({ image }) => image === GHCR);
  const [attached, last] = [
    own.findIndex(({ verb }) => verb === 'pushReferrer'),
    own.findLastIndex(({ verb }) => verb === 'pushReferrer'),
  ];
  expect(own.findIndex(({ verb, what }) => verb === 'pushManifest' && what === bundle.root.digest)).toBeLessThan(attached);
  expect(own.findIndex(({ verb }) => verb === 'sign')).toBeGreaterThan(last);
  expect(own.findIndex(({ verb, what }) => verb === 'pushManifest' && !what.includes(':'))).toBeGreaterThan(last);
  // Built = scanned = published is told of every image, and the signature is on the root.
  expect(publication.equality.map(({ published }) => published)).toEqual(bundle.images.map(({ manifest }) => manifest.digest));
  expect(own.find(({ verb }) => verb === 'sign')?.what).toBe(bundle.root.digest);
});

test('promise 6: the same again writes nothing', async () => {
  const registry = memoryRegistry();
  const first = orderOf(await aBundle(), registry);
  await publish(first);
  const before = registry.writes().length;
  const again = await publish(first);
  expect(registry.writes().length - before).toBe(0);
  expect(registry.calls.filter(({ verb }) => verb === 'sign')).toHaveLength(2);
  expect(attestations(again)).toEqual(Array(2).fill({ added: 0, present: 2 }));
});

test('a target that lost one gets it again', async () => {
  const registry = memoryRegistry();
  const bundle = await aBundle();
  await publish(orderOf(bundle, registry));
  registry.repository(HUB).manifests.delete(bundle.referrers[0]?.manifest.digest ?? '');
  expect(attestations(await publish(orderOf(bundle, registry)))).toEqual([
    { added: 0, present: 2 },
    { added: 1, present: 1 },
  ]);
});

/** The bundle of another build of the same bytes: its statements differ in what they say of the run, or are about something else. */
async function rebuilt(predicate: string): Promise<Bundle> {
  const made = makeLayout({ images: [{ platform: AMD64, attestation: 'legacy' }], shape: 'index' });
  const attestation = made.images[0]?.attestation?.digest ?? '';
  const statement = json<Manifest>(made, attestation).layers[0];
  const bytes = Buffer.from(JSON.stringify({ ...json<object>(made, statement?.digest ?? ''), predicate: { run: 2 } }));
  const layer = {
    ...addBlob(made.blobs, 'application/vnd.in-toto+json', bytes),
    annotations: { 'in-toto.io/predicate-type': predicate },
  };
  const manifest = addBlob(made.blobs, 'application/vnd.oci.image.manifest.v1+json', {
    ...json<Manifest>(made, attestation),
    layers: [layer],
  });
  const changed = changeRoot(made, index => ({
    ...index,
    manifests: index.manifests.map(entry => (entry.digest === attestation ? { ...entry, ...manifest } : entry)),
  }));
  return aBundle([AMD64], await writeLayout(changed));
}

test('another build of the very same bytes attaches nothing of a kind that is there, and what is new', async () => {
  const registry = memoryRegistry();
  const first = await aBundle([AMD64]);
  await publish(orderOf(first, registry));
  const same = await rebuilt('https://slsa.dev/provenance/v1');
  expect(same.root.digest).toBe(first.root.digest);
  expect(same.referrers).not.toEqual(first.referrers);
  expect(attestations(await publish(orderOf(same, registry)))).toEqual(Array(2).fill({ added: 0, present: 1 }));
  const more = await rebuilt('https://spdx.dev/Document');
  expect(attestations(await publish(orderOf(more, registry)))).toEqual(Array(2).fill({ added: 1, present: 0 }));
});

test('a registry that takes it and does not list it: no signature, no tag', async () => {
  const registry = memoryRegistry();
  const bundle = await aBundle();
  const forgetful: MemoryRegistry = { ...registry, referrers: () => Promise.resolve([]) };
  const publication = await publish(orderOf(bundle, forgetful));
  expect(publication.complete).toBe(false);
  expect(publication.targets[0]?.error).toMatch(/took the attestation sha256:\w+ of sha256:\w+, but does not list it/);
  expect(registry.calls.some(({ verb, what }) => verb === 'sign' || (verb === 'pushManifest' && !what.includes(':')))).toBe(
    false,
  );
});

test('a statement that changed on disk is not published', async () => {
  const bundle = await aBundle();
  await writeFile(blobFile(bundle.directory, bundle.referrers[0]?.manifest.digest ?? ''), '{}');
  const registry = memoryRegistry();
  await expect(publish(orderOf(bundle, registry))).rejects.toThrow(/bytes/);
  expect(registry.writes()).toEqual([]);
});

import { writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readBundle } from '../../src/bundle/read.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { Cancelled, ToolError, UserError } from '../../src/errors.ts';
import type { Plan, PlannedTag } from '../../src/plan/plan.ts';
import { publish, RUN_ANNOTATION, type PublishOrder } from '../../src/publish/run-publish.ts';
import type { ScanResult } from '../../src/scan/scan.ts';
import { aPlan, aPolicy, aScan, aVerdict } from '../builders/record.ts';
import { aLayout, blobFile } from '../fakes/layouts.ts';
import { memoryRegistry, type MemoryRegistry } from '../fakes/registry.ts';
import { memorySigner, type MemorySigner } from '../fakes/signer.ts';

const HUB = 'docker.io/acme/app';
const GHCR = 'ghcr.io/acme/app';
const MIRROR = 'ghcr.io/acme/mirror';
const OTHER = `sha256:${'0'.repeat(64)}`;
const TAGS: readonly PlannedTag[] = [
  { name: 'latest', kind: 'floating', rule: 'type=raw,value=latest' },
  { name: '1.2.3', kind: 'immutable', rule: 'type=semver,pattern={{version}}' },
  { name: '1.2', kind: 'floating', rule: 'type=semver,pattern={{major}}.{{minor}}' },
];

const { directory } = await aLayout();
const bundle = await readBundle(directory);
const root = bundle.root.digest;

/** A scan that accepted exactly the bundle's images. */
function scanOf(one: Bundle): ScanResult {
  const platforms = one.images.map(image => ({
    platform: image.platform,
    manifest: image.manifest.digest,
    seconds: 1,
    packages: 3,
    findings: [],
    status: 'accepted' as const,
  }));
  return { ...aScan(), platforms, problems: [] };
}

interface Scene {
  readonly registry: MemoryRegistry;
  readonly signer: MemorySigner;
  readonly order: PublishOrder;
}

function aScene(over: Partial<Plan> = {}, more: Partial<PublishOrder> = {}): Scene {
  const registry = memoryRegistry();
  const signer = memorySigner(registry);
  const plan = aPlan({ images: [GHCR, HUB], tags: TAGS, signing: { method: 'key', log: false }, ...over });
  const verdict = aVerdict();
  return {
    registry,
    signer,
    order: { bundle, plan, verdict, scan: scanOf(bundle), registry, signer, run: { id: '7', attempt: '2' }, ...more },
  };
}

function tagsOf(registry: MemoryRegistry, image: string): Record<string, string> {
  return Object.fromEntries([...registry.repository(image).tags].sort());
}

const ALL_TAGS = { '1.2': root, '1.2.3': root, latest: root };

describe('publish', () => {
  test('every target gets every byte, a verified signature, and then the tags', async () => {
    const { registry, signer, order } = aScene();
    const publication = await publish(order);
    expect(publication.complete).toBe(true);
    expect(publication.digest).toBe(root);
    for (const image of [GHCR, HUB]) {
      expect(tagsOf(registry, image)).toEqual(ALL_TAGS);
      expect(signer.signed(image)).toEqual([root]);
      expect([...registry.repository(image).blobs.keys()].sort()).toEqual(bundle.blobs.map(blob => blob.digest).sort());
      expect([...registry.repository(image).manifests.keys()].sort()).toEqual(bundle.manifests.map(one => one.digest).sort());
    }
    expect(publication.targets.map(target => [target.state, target.signature, target.verified])).toEqual([
      ['published', 'added', true],
      ['published', 'added', true],
    ]);
    expect(publication.targets[0]?.tags.map(tag => `${tag.name} ${tag.state}`)).toEqual([
      '1.2.3 created',
      'latest created',
      '1.2 created',
    ]);
    expect(publication.verifyCommands).toEqual([
      `cosign verify --key test.pub ${GHCR}@${root}`,
      `cosign verify --key test.pub ${HUB}@${root}`,
    ]);
  });

  test('the signature names the run that made it', async () => {
    const { signer, order } = aScene();
    await publish(order);
    expect(signer.signatures.get(GHCR)?.[0]?.annotations).toEqual({ [RUN_ANNOTATION]: '7/2' });
  });

  test('promise 1: built = scanned = published, one row per platform', async () => {
    const { order } = aScene();
    const { equality } = await publish(order);
    expect(equality).toEqual(
      bundle.images.map(({ platform, manifest }) => ({
        platform: `linux/${platform.architecture}`,
        built: manifest.digest,
        scanned: manifest.digest,
        published: manifest.digest,
      })),
    );
  });

  test('promise 3: no tag before every target is signed and verified; immutable tags before floating ones', async () => {
    const { registry, order } = aScene();
    await publish(order);
    const calls = registry.calls.map(call => `${call.verb} ${call.image} ${call.what}`);
    const firstTag = calls.findIndex(call => call.startsWith('pushManifest') && !call.includes('sha256:'));
    const lastVerify = calls.findLastIndex(call => call.startsWith('verify'));
    expect(lastVerify).toBeGreaterThan(calls.indexOf(`sign ${HUB} ${root}`));
    expect(firstTag).toBeGreaterThan(lastVerify);
    const tagPuts = registry.calls
      .filter(call => call.verb === 'pushManifest' && !call.what.includes(':'))
      .map(call => call.what);
    expect(tagPuts).toEqual(['1.2.3', '1.2.3', 'latest', '1.2', 'latest', '1.2']);
  });

  test('no manifest before all blobs of its repository; the root after its children', async () => {
    const { registry, order } = aScene();
    await publish(order);
    const own = registry.calls.filter(call => call.image === GHCR);
    const firstManifest = own.findIndex(call => call.verb === 'pushManifest');
    expect(own.findLastIndex(call => call.verb === 'pushBlob')).toBeLessThan(firstManifest);
    const manifests = own.filter(call => call.verb === 'pushManifest' && call.what.includes(':'));
    expect(manifests.at(-1)?.what).toBe(root);
    expect(manifests).toHaveLength(bundle.manifests.length);
  });

  test('promise 6: a second run of the same bytes writes nothing and adds no signature', async () => {
    const { registry, signer, order } = aScene();
    await publish(order);
    const before = registry.writes().length;
    const again = await publish(order);
    expect(registry.writes().length - before).toBe(0);
    expect(registry.calls.filter(call => call.verb === 'sign')).toHaveLength(2);
    expect(signer.signed(GHCR)).toHaveLength(1);
    expect(again.complete).toBe(true);
    expect(again.targets[0]?.blobs).toEqual({ sent: 0, sentBytes: 0, mounted: 0, present: bundle.blobs.length });
    expect(again.targets[0]?.signature).toBe('already there');
    expect(again.targets[0]?.tags.map(tag => tag.state)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  test('a second repository of the same registry is mounted, not sent', async () => {
    const { order } = aScene({ images: [GHCR, MIRROR, HUB] });
    const { targets } = await publish(order);
    const bytes = bundle.blobs.reduce((sum, blob) => sum + blob.size, 0);
    expect(targets.map(target => target.blobs)).toEqual([
      { sent: bundle.blobs.length, sentBytes: bytes, mounted: 0, present: 0 },
      { sent: 0, sentBytes: 0, mounted: bundle.blobs.length, present: 0 },
      { sent: bundle.blobs.length, sentBytes: bytes, mounted: 0, present: 0 },
    ]);
  });

  test('a floating tag that was elsewhere is moved and says from where', async () => {
    const { registry, order } = aScene({ images: [GHCR] });
    registry.repository(GHCR).tags.set('latest', OTHER);
    registry.repository(GHCR).manifests.set(OTHER, { digest: OTHER, mediaType: 'x', bytes: new Uint8Array() });
    const { targets } = await publish(order);
    expect(targets[0]?.tags.find(tag => tag.name === 'latest')).toEqual({ name: 'latest', state: 'moved', before: OTHER });
  });

  test('tags that preflight leaves alone are not written', async () => {
    const { registry, order } = aScene({ images: [GHCR] }, { facts: { targets: [], leave: ['1.2.3'], notes: [] } });
    const publication = await publish(order);
    expect(publication.complete).toBe(true);
    expect(tagsOf(registry, GHCR)).toEqual({ '1.2': root, latest: root });
  });

  test('without tags the image is there by digest alone', async () => {
    const { registry, order } = aScene({ images: [GHCR], tags: [] });
    expect((await publish(order)).complete).toBe(true);
    expect(registry.repository(GHCR).manifests.has(root)).toBe(true);
    expect(tagsOf(registry, GHCR)).toEqual({});
  });

  test('with signing off nothing is signed and nothing is said to be verified', async () => {
    const { registry, order } = aScene({ images: [GHCR], signing: { method: 'off' } });
    const { targets } = await publish(order);
    expect(registry.calls.some(call => call.verb === 'sign' || call.verb === 'verify')).toBe(false);
    expect([targets[0]?.signature, targets[0]?.verified]).toEqual(['off', false]);
  });
});

describe('publish refuses before the first write', () => {
  const cases: readonly [string, (scene: Scene) => PublishOrder, RegExp][] = [
    [
      'a verdict that says no',
      ({ order }) => ({ ...order, verdict: aVerdict([], { outcome: 'blocked', publish: false, exitCode: 1 }) }),
      /verdict is blocked/,
    ],
    ['a plan that does not push', ({ order }) => ({ ...order, plan: { ...order.plan, push: false } }), /push is false/],
    ['no scan at all', ({ order }) => ({ ...order, scan: undefined }), /was built but not scanned/],
    [
      'a platform that nobody scanned',
      ({ order }) => ({ ...order, scan: { ...scanOf(bundle), platforms: scanOf(bundle).platforms.slice(1) } }),
      /linux\/amd64 sha256:\w+ was built but not scanned/,
    ],
    [
      'a scan of other bytes',
      ({ order }) => ({
        ...order,
        scan: { ...scanOf(bundle), platforms: scanOf(bundle).platforms.map(one => ({ ...one, manifest: OTHER })) },
      }),
      /but scanned sha256:0000/,
    ],
    [
      'a scan that was not accepted',
      ({ order }) => ({
        ...order,
        scan: {
          ...scanOf(bundle),
          platforms: scanOf(bundle).platforms.map(one => ({ ...one, status: 'rejected' as const, problems: ['no packages'] })),
        },
      }),
      /was not accepted/,
    ],
    [
      'a missing signer',
      ({ order: { bundle: built, plan, verdict, scan, registry, run } }) => ({
        bundle: built,
        plan,
        verdict,
        scan,
        registry,
        run,
      }),
      /without a signer/,
    ],
  ];
  test.each(cases)('%s', async (_, change, message) => {
    const scene = aScene();
    await expect(publish(change(scene))).rejects.toThrow(message);
    expect(scene.registry.calls).toEqual([]);
  });

  test.each([
    ['gate: off', aPolicy({ gate: 'off' }), undefined],
    ['on-scan-error: warn', aPolicy({ onScanError: 'warn' }), { ...scanOf(bundle), platforms: [] }],
  ])('%s gives the scan up, as the user asked', async (_, policy, scan) => {
    const { order } = aScene({ policy }, { scan });
    const publication = await publish(order);
    expect(publication.complete).toBe(true);
    expect(publication.equality.map(row => row.scanned)).toEqual(['not accepted', 'not accepted']);
  });

  test('an immutable tag with another digest in any target stops all of them', async () => {
    const { registry, order } = aScene();
    registry.repository(HUB).tags.set('1.2.3', OTHER);
    registry.repository(HUB).manifests.set(OTHER, { digest: OTHER, mediaType: 'x', bytes: new Uint8Array() });
    await expect(publish(order)).rejects.toThrow(
      new UserError(`immutable tags are taken by another image: ${HUB}:1.2.3 is ${OTHER}; ours is ${root}`),
    );
    expect(registry.writes()).toEqual([]);
  });

  test('a manifest of the layout that changed after the scan stops everything', async () => {
    const changed = await aLayout();
    const own = await readBundle(changed.directory);
    const victim = own.images[0]?.manifest.digest ?? '';
    await writeFile(blobFile(changed.directory, victim), Buffer.alloc(own.images[0]?.manifest.size ?? 0, 'x'));
    const { registry, order } = aScene({}, { bundle: own, scan: scanOf(own) });
    await expect(publish(order)).rejects.toThrow(/was changed/);
    expect(registry.calls).toEqual([]);
  });
});

describe('when a target fails', () => {
  test('no tag moves anywhere, later targets are not begun, and the result names each', async () => {
    const { registry, order } = aScene({ images: [GHCR, HUB, MIRROR] });
    registry.before = call => {
      if (call.image === HUB && call.verb === 'pushBlob')
        throw new ToolError('docker.io failed', { tool: 'registry', hint: 'Run again.' });
    };
    const publication = await publish(order);
    expect(publication.complete).toBe(false);
    expect(publication.targets.map(target => [target.image, target.state, target.error])).toEqual([
      [GHCR, 'published', undefined],
      [HUB, 'failed', 'docker.io failed - Run again.'],
      [MIRROR, 'not attempted', undefined],
    ]);
    expect(publication.targets.flatMap(target => target.tags.map(tag => tag.state))).toEqual(Array(9).fill('not attempted'));
    for (const image of [GHCR, HUB, MIRROR]) expect(tagsOf(registry, image)).toEqual({});
  });

  test('a signature that does not verify holds the tags back', async () => {
    const { registry, signer, order } = aScene();
    const publication = await publish({ ...order, signer: { ...signer, verify: () => Promise.resolve(false) } });
    expect(publication.targets[0]?.error).toMatch(/does not verify/);
    expect(publication.targets[0]?.signature).toBe('missing');
    expect(tagsOf(registry, GHCR)).toEqual({});
  });

  test('a signature of somebody else does not count as ours', async () => {
    const { registry, signer, order } = aScene({ images: [GHCR] });
    await publish({ ...order, signer: memorySigner(registry, 'key of another', signer.signatures) });
    await publish(order);
    expect(signer.signed(GHCR)).toEqual([root]);
  });

  test('an immutable tag that is taken while we publish is not overwritten, and no floating tag follows', async () => {
    const { registry, order } = aScene();
    registry.before = call => {
      if (call.verb !== 'sign' || call.image !== HUB) return;
      registry.repository(HUB).tags.set('1.2.3', OTHER);
      registry.repository(HUB).manifests.set(OTHER, { digest: OTHER, mediaType: 'x', bytes: new Uint8Array() });
    };
    const publication = await publish(order);
    expect(publication.complete).toBe(false);
    expect(publication.targets[1]?.error).toMatch(/was taken by sha256:0000/);
    expect(tagsOf(registry, GHCR)).toEqual({ '1.2.3': root });
    expect(tagsOf(registry, HUB)).toEqual({ '1.2.3': OTHER });
  });

  test('a tag that another run moves right after us is told, not hidden', async () => {
    const { registry, order } = aScene({ images: [GHCR] });
    registry.after = call => {
      if (call.verb === 'pushManifest' && call.what === 'latest')
        registry.repository(GHCR).tags.set('latest', bundle.manifests[0]?.digest ?? '');
    };
    const publication = await publish(order);
    expect(publication.complete).toBe(false);
    expect(publication.targets[0]?.tags.map(tag => `${tag.name} ${tag.state}`)).toEqual([
      '1.2.3 created',
      'latest failed',
      '1.2 not attempted',
    ]);
    expect(publication.targets[0]?.error).toMatch(/another run moved it/);
  });

  test('a cancel while signing: incomplete, no tag anywhere', async () => {
    const { registry, order } = aScene();
    registry.before = call => {
      if (call.verb === 'sign') throw new Cancelled('cancelled');
    };
    const publication = await publish(order);
    expect(publication.complete).toBe(false);
    expect(publication.targets.map(target => target.state)).toEqual(['failed', 'not attempted']);
    expect([...registry.repository(GHCR).tags.keys()]).toEqual([]);
  });

  test('a cancel between two tags: what is out is said', async () => {
    const { registry, order } = aScene();
    registry.before = call => {
      if (call.verb === 'pushManifest' && call.what === 'latest') throw new Cancelled('cancelled');
    };
    const publication = await publish(order);
    expect(publication.complete).toBe(false);
    expect(publication.targets[0]?.tags.map(tag => `${tag.name} ${tag.state}`)).toEqual([
      '1.2.3 created',
      'latest failed',
      '1.2 not attempted',
    ]);
    expect(publication.targets[0]?.error).toMatch(/cancelled/);
  });

  test('a sha tag that another build of the commit took in the meantime stays, and the rest is published', async () => {
    const { registry, order } = aScene();
    const plan = {
      ...order.plan,
      tags: [...order.plan.tags, { name: 'sha-abc1234', kind: 'immutable' as const, rule: 'type=sha' }],
    };
    const other = order.bundle.manifests[0]?.digest ?? '';
    registry.before = call => {
      if (call.verb === 'sign') registry.repository(call.image).tags.set('sha-abc1234', other);
    };
    const publication = await publish({ ...order, plan });
    expect(publication.complete).toBe(true);
    expect(publication.targets[0]?.tags).toContainEqual({ name: 'sha-abc1234', state: 'kept', before: other });
    expect(registry.repository(GHCR).tags.get('sha-abc1234')).toBe(other);
    expect(registry.repository(GHCR).tags.get('latest')).toBe(publication.digest);
  });

  test('our own bug is not reported as a failed target', async () => {
    const { registry, order } = aScene();
    registry.before = call => {
      if (call.verb === 'sign') throw new TypeError('x is not a function');
    };
    await expect(publish(order)).rejects.toThrow(TypeError);
  });
});

/** The process is gone: nothing catches this. */
class Crash extends Error {}

/** What is wrong with the tags: each must point to a whole image with our signature. */
function badTags({ registry, signer }: Scene, images: readonly string[]): string[] {
  const bad: string[] = [];
  for (const image of images) {
    const { tags, manifests, blobs } = registry.repository(image);
    const whole = bundle.manifests.every(one => manifests.has(one.digest)) && bundle.blobs.every(blob => blobs.has(blob.digest));
    const signed = signer.signed(image).includes(root);
    for (const [tag, digest] of tags) if (digest !== root || !whole || !signed) bad.push(`${image}:${tag} -> ${digest}`);
  }
  return bad;
}

describe('promise 3 and 6: killed at any request, run again', () => {
  const images = [GHCR, MIRROR, HUB];

  test('the number of requests of a whole run is what the next test walks through', async () => {
    const scene = aScene({ images });
    await publish(scene.order);
    expect(scene.registry.calls.length).toBeGreaterThan(80);
  });

  test.each(['before', 'after'] as const)(
    'a crash right %s each request leaves no tag on anything unsigned; the next run completes',
    async when => {
      const whole = aScene({ images });
      await publish(whole.order);
      const requests = whole.registry.calls.length;
      for (let at = 1; at <= requests; at++) {
        const scene = aScene({ images });
        scene.registry[when] = (_, number) => {
          if (number === at) throw new Crash();
        };
        await publish(scene.order).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        expect(badTags(scene, images)).toEqual([]);
        scene.registry[when] = () => undefined;
        const publication = await publish(scene.order);
        expect(publication.complete).toBe(true);
        expect(images.map(image => tagsOf(scene.registry, image))).toEqual(images.map(() => ALL_TAGS));
        expect(images.map(image => scene.signer.signed(image))).toEqual(images.map(() => [root]));
      }
    },
  );

  test('any mixture of failing requests leaves no tag on an unsigned digest', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(120), fc.constantFrom('tool', 'crash', 'lost answer')), { maxLength: 6 }),
        async faults => {
          const scene = aScene({ images });
          const plan = new Map(faults);
          const fail = (kind: string): never => {
            throw kind === 'tool' ? new ToolError('failed', { tool: 'registry' }) : new Crash();
          };
          scene.registry.before = (_, number) => {
            const kind = plan.get(number);
            if (kind === 'tool' || kind === 'crash') fail(kind);
          };
          scene.registry.after = (_, number) => {
            if (plan.get(number) === 'lost answer') fail('tool');
          };
          for (let run = 0; run < 3; run++) {
            await publish(scene.order).catch((error: unknown) => {
              if (!(error instanceof Crash) && !(error instanceof ToolError)) throw error;
            });
            expect(badTags(scene, images)).toEqual([]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { readBundle } from '../../src/bundle/read.ts';
import { UserError } from '../../src/errors.ts';
import type { Event } from '../../src/plan/event.ts';
import { INPUTS_LABEL } from '../../src/plan/input-hash.ts';
import type { BuildRequest, Plan, PlannedTag } from '../../src/plan/plan.ts';
import type { Platform } from '../../src/plan/platform.ts';
import type { Facts } from '../../src/preflight/preflight.ts';
import type { PreflightOrder } from '../../src/preflight/preflight.ts';
import { preflight } from '../../src/preflight/run-preflight.ts';
import { aPlan, anEvent, SHA } from '../builders/record.ts';
import { aLayout, AMD64, ARM64 } from '../fakes/layouts.ts';
import { memoryRegistry, type MemoryRegistry } from '../fakes/registry.ts';
import { memorySigner, type MemorySigner } from '../fakes/signer.ts';

const GHCR = 'ghcr.io/acme/app';
const HUB = 'docker.io/acme/app';
const REVISION = 'org.opencontainers.image.revision';
const VERSION: PlannedTag = { name: '1.2.3', kind: 'immutable', rule: 'type=semver,pattern={{version}}' };
const SHORT: PlannedTag = { name: 'sha-3f78685', kind: 'immutable', rule: 'type=sha,priority=10' };
const LATEST: PlannedTag = { name: 'latest', kind: 'floating', rule: 'type=raw,value=latest' };
const LABELS = { [REVISION]: SHA, [INPUTS_LABEL]: 'sha256:inputs', 'org.opencontainers.image.version': '1.2.3' };
/** What another build of the same commit carries, for example the one of the branch. */
const OTHER_INPUTS = { ...LABELS, [INPUTS_LABEL]: 'sha256:other', 'org.opencontainers.image.version': 'main' };

interface Scene {
  readonly registry: MemoryRegistry;
  readonly signer: MemorySigner;
  run(over?: Partial<Plan>, event?: Partial<Event>): Promise<Facts>;
}

function aScene(tags: readonly PlannedTag[] = [VERSION, LATEST], images: readonly string[] = [GHCR, HUB]): Scene {
  const registry = memoryRegistry();
  const signer = memorySigner(registry);
  const run = (over: Partial<Plan> = {}, event: Partial<Event> = {}): Promise<Facts> => {
    const plan = aPlan({ images, tags, buildLabels: LABELS, signing: { method: 'key', log: false }, ...over });
    const order: PreflightOrder = { plan, event: anEvent(event), registry, signer: () => Promise.resolve(signer) };
    return preflight(order);
  };
  return { registry, signer, run };
}

interface Published {
  readonly labels?: Readonly<Record<string, string>>;
  readonly platforms?: readonly Platform[];
  /** Makes other bytes of otherwise the same image. */
  readonly salt?: string;
  readonly shape?: 'index' | 'manifest';
  readonly signed?: boolean;
}

/** Puts an image into a repository under tags, signed unless told otherwise; resolves to its digest. */
async function put({ registry, signer }: Scene, image: string, tags: readonly string[], what: Published = {}): Promise<string> {
  const images = (what.platforms ?? [AMD64, ARM64]).map(platform => ({
    platform,
    labels: what.labels ?? LABELS,
    created: what.salt ?? '2026-11-21T00:00:00Z',
    attestation: 'legacy' as const,
  }));
  const { directory } = await aLayout({
    images: what.shape === 'manifest' ? images.map(one => ({ ...one, attestation: 'none' as const })) : images,
    shape: what.shape ?? 'index',
  });
  const bundle = await readBundle(directory);
  const { readSmallBlob } = await import('../../src/bundle/blobs.ts');
  for (const blob of bundle.blobs) await registry.pushBlob(image, blob, bundle, []);
  for (const one of bundle.manifests) {
    const bytes = await readSmallBlob(directory, one, 'manifest', 1e6);
    const stored = { digest: one.digest, mediaType: one.mediaType, bytes };
    await registry.pushManifest(image, one.digest, stored);
    if (one.digest === bundle.root.digest) for (const tag of tags) await registry.pushManifest(image, tag, stored);
  }
  if (what.signed !== false) await signer.sign(image, bundle.root.digest, {});
  registry.calls.splice(0);
  return bundle.root.digest;
}

async function failure(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).not.toContain('\n');
  expect((error as UserError).hint ?? '').not.toBe('');
  return error as UserError;
}

describe('reading', () => {
  test('nothing is asked of any registry when nothing is pushed', async () => {
    const scene = aScene();
    expect(await scene.run({ push: false })).toEqual({ targets: [], notes: [] });
    expect(scene.registry.calls).toEqual([]);
  });

  test('every planned tag of every image, with its digest', async () => {
    const scene = aScene();
    const digest = await put(scene, HUB, ['latest'], { labels: {} });
    const facts = await scene.run();
    expect(facts).toEqual({
      targets: [
        { image: GHCR, tags: {} },
        { image: HUB, tags: { latest: digest } },
      ],
      notes: [],
    });
    expect(scene.registry.writes()).toEqual([]);
    expect(scene.registry.calls.some(call => call.verb === 'verify')).toBe(false);
  });

  test('without tags every repository is read once, so that a wrong login shows before the build', async () => {
    const scene = aScene([]);
    await scene.run();
    expect(scene.registry.calls.map(call => call.image)).toEqual([GHCR, HUB]);
  });

  test('a repository that cannot be read stops the run', async () => {
    const scene = aScene();
    scene.registry.before = call => {
      if (call.image === HUB) throw new UserError('docker.io refused the login', { hint: 'Log in.' });
    };
    expect((await failure(scene.run())).message).toBe('docker.io refused the login');
  });
});

describe('adoption (promise 6, rules 11-13)', () => {
  test.each([
    ['a full version', [VERSION, LATEST], '1.2.3'],
    ['a sha tag', [SHORT, LATEST], 'sha-3f78685'],
  ])('%s of this commit, same inputs, signed by us, is adopted', async (_, tags, tag) => {
    const scene = aScene(tags);
    const digest = await put(scene, GHCR, [tag]);
    const facts = await scene.run();
    expect(facts.adopt).toEqual({
      image: GHCR,
      tag,
      digest,
      reason: `${GHCR}:${tag} is this commit, built from the same inputs and signed by key test: completed, not built again`,
    });
    expect(facts.leave).toBeUndefined();
    expect(facts.notes).toEqual([]);
  });

  test('a lone manifest is adopted as well', async () => {
    const scene = aScene();
    const digest = await put(scene, GHCR, ['1.2.3'], { platforms: [AMD64], shape: 'manifest' });
    expect((await scene.run({ platforms: [AMD64] })).adopt?.digest).toBe(digest);
  });

  test('it is pinned from the target whose signature verifies', async () => {
    const scene = aScene();
    const digest = await put(scene, GHCR, ['1.2.3'], { signed: false });
    expect(await put(scene, HUB, ['1.2.3'])).toBe(digest);
    expect((await scene.run()).adopt?.image).toBe(HUB);
  });

  test('what an address does not settle is told, and what a commit settles is not', async () => {
    const scene = aScene();
    await put(scene, GHCR, ['1.2.3']);
    const commit = `https://github.com/acme/app.git#${SHA}`;
    const build = (over: Partial<BuildRequest>): Partial<Plan> => ({ build: { ...aPlan().build, ...over } });
    const moving = {
      context: 'https://x.org/a.git#main',
      file: 'https://x.org/D',
      buildContexts: ['a=https://x.org/a.tgz', `b=${commit}`],
    };
    const facts = await scene.run(build(moving));
    expect(facts.adopt).toBeDefined();
    expect(facts.notes).toEqual([
      expect.stringContaining(
        'context https://x.org/a.git#main, file https://x.org/D, build-contexts a=https://x.org/a.tgz. What',
      ),
    ]);
    expect((await scene.run(build({ context: commit, buildContexts: ['c=docker-image://x'] }))).notes).toEqual([]);
  });

  test('with signing off the labels adopt, and the reason says so', async () => {
    const scene = aScene();
    await put(scene, GHCR, ['1.2.3'], { signed: false });
    const facts = await scene.run({ signing: { method: 'off' } });
    expect(facts.adopt?.reason).toMatch(/on the registry's word: signing is off/);
    expect(scene.registry.calls.some(call => call.verb === 'verify')).toBe(false);
  });

  test('no layer is read for the decision', async () => {
    const scene = aScene();
    await put(scene, GHCR, ['1.2.3']);
    await scene.run();
    // Two configs; the attestations are not images.
    expect(scene.registry.calls.filter(call => call.verb === 'blob' || call.verb === 'fetchBlob')).toHaveLength(2);
  });
});

describe('a full version that is not what this run would publish stops it before the build (rules 12)', () => {
  test.each<[string, Published, RegExp]>([
    [
      'other inputs, named by the label that differs',
      { labels: OTHER_INPUTS },
      /built from other inputs \(label org.opencontainers.image.version is "main", planned "1.2.3"\)/,
    ],
    [
      'other inputs that no label tells',
      { labels: { ...LABELS, [INPUTS_LABEL]: 'sha256:other' } },
      /other inputs \(context, file, target/,
    ],
    ['not built by us', { labels: { [REVISION]: SHA } }, /no label dev.seaworthy.inputs/],
    ['a platform less', { platforms: [AMD64] }, /it has no image for linux\/arm64/],
    [
      'a platform more',
      { platforms: [AMD64, ARM64, { os: 'linux', architecture: 's390x' }] },
      /it also has linux\/s390x, which is not planned/,
    ],
    [
      'another commit',
      { labels: { ...LABELS, [REVISION]: 'f'.repeat(40) } },
      /its linux\/amd64 is commit f{40}, this run is 3f786/,
    ],
    ['no commit', { labels: {} }, /has no label org.opencontainers.image.revision/],
    ['no signature of ours', { signed: false }, /no signature by key test verifies/],
  ])('%s', async (_, what, message) => {
    const scene = aScene();
    const digest = await put(scene, GHCR, ['1.2.3'], what);
    const error = await failure(scene.run());
    expect(error.message).toMatch(message);
    expect(error.message).toContain(`${GHCR}:1.2.3 exists (${digest})`);
    expect(error.hint).toMatch(/new version.*delete it/);
    expect(scene.registry.writes()).toEqual([]);
  });

  test('a signature of somebody else is not ours', async () => {
    const scene = aScene();
    const digest = await put(scene, GHCR, ['1.2.3'], { signed: false });
    await memorySigner(scene.registry, 'somebody else', scene.signer.signatures).sign(GHCR, digest, {});
    expect((await failure(scene.run())).message).toMatch(/no signature by key test verifies/);
  });
});

describe('a lone sha tag', () => {
  test.each<[string, Published, RegExp]>([
    [
      'of other inputs',
      { labels: OTHER_INPUTS },
      /stays at sha256:\w+, and this run builds anew: it was built from other inputs/,
    ],
    ['of other platforms', { platforms: [ARM64] }, /builds anew: it has no image for linux\/amd64/],
    ['not built by us', { labels: { [REVISION]: SHA }, signed: false }, /builds anew: .*no label dev.seaworthy.inputs/],
  ])('%s stays as it is with a note, and we build (rules 12)', async (_, what, note) => {
    const scene = aScene([VERSION, SHORT, LATEST]);
    await put(scene, GHCR, ['sha-3f78685'], what);
    const facts = await scene.run();
    expect(facts.adopt).toBeUndefined();
    expect(facts.leave).toEqual(['sha-3f78685']);
    expect(facts.notes).toEqual([expect.stringMatching(note)]);
  });

  test.each<[string, Published, RegExp]>([
    ['of another commit', { labels: { ...LABELS, [REVISION]: 'f'.repeat(40) } }, /is commit ffff/],
    ['with our labels, but without our signature', { signed: false }, /no signature by key test verifies/],
  ])('%s stops the run', async (_, what, message) => {
    const scene = aScene([SHORT, LATEST]);
    await put(scene, GHCR, ['sha-3f78685'], what);
    expect((await failure(scene.run())).message).toMatch(message);
  });

  test('of another build stays when the full version is adopted', async () => {
    const scene = aScene([VERSION, SHORT, LATEST]);
    const version = await put(scene, GHCR, ['1.2.3']);
    const branch = await put(scene, GHCR, ['sha-3f78685'], { labels: OTHER_INPUTS });
    const facts = await scene.run();
    expect(facts.adopt?.digest).toBe(version);
    expect(facts.leave).toEqual(['sha-3f78685']);
    expect(facts.notes).toEqual([`${GHCR}:sha-3f78685 is ${branch}, from another build of this commit; it stays as it is`]);
  });
});

describe('an image of another commit than the event (pr-head-sha, metadata-context: git)', () => {
  const HEAD = 'b'.repeat(40);
  const HEAD_TAG: PlannedTag = { ...SHORT, name: 'sha-bbbbbbb' };
  const labels = { ...LABELS, [REVISION]: HEAD };
  const planned = { commit: HEAD, buildLabels: labels };

  test.each<[string, Plan['signing'], PlannedTag]>([
    ['sha tag, signed with a key', { method: 'key', log: false }, HEAD_TAG],
    ['sha tag, not signed', { method: 'off' }, HEAD_TAG],
    ['full version, signed with a key', { method: 'key', log: false }, VERSION],
  ])('%s: its own published image is adopted', async (_, signing, tag) => {
    const scene = aScene([tag, LATEST]);
    const digest = await put(scene, GHCR, [tag.name], { labels });
    expect((await scene.run({ ...planned, signing })).adopt).toMatchObject({ digest, tag: tag.name });
  });

  test('an image of the event’s commit is not the planned one', async () => {
    const scene = aScene([HEAD_TAG, LATEST]);
    await put(scene, GHCR, ['sha-bbbbbbb']);
    expect((await failure(scene.run(planned))).message).toMatch(/is commit 3f786\w+, this run is b{40}/);
  });

  describe('signed keyless, the certificate names the event’s commit (rules 11)', () => {
    const keyless = { ...planned, signing: { method: 'keyless', log: true } } as const;
    const why = new RegExp(
      `of commit ${HEAD} \\(pr-head-sha or metadata-context: git\\), but the certificate of a keyless signature names the event's, ${SHA}`,
    );

    test('a lone sha tag stays with a note, and we build', async () => {
      const scene = aScene([HEAD_TAG, LATEST]);
      await put(scene, GHCR, ['sha-bbbbbbb'], { labels });
      const facts = await scene.run(keyless);
      expect(facts.adopt).toBeUndefined();
      expect(facts.leave).toEqual(['sha-bbbbbbb']);
      expect(facts.notes).toEqual([expect.stringMatching(why)]);
      expect(scene.registry.calls.some(call => call.verb === 'verify')).toBe(false);
    });

    test('a full version stops the run and says so', async () => {
      const scene = aScene([VERSION, HEAD_TAG, LATEST]);
      const digest = await put(scene, GHCR, ['1.2.3', 'sha-bbbbbbb'], { labels });
      const { message } = await failure(scene.run(keyless));
      expect(message).toMatch(why);
      expect(message).toContain(`${GHCR}:1.2.3 exists (${digest})`);
      expect(message).toContain('sign: key');
    });

    test('other inputs are told first', async () => {
      const scene = aScene([VERSION, LATEST]);
      await put(scene, GHCR, ['1.2.3'], { labels: { ...OTHER_INPUTS, [REVISION]: HEAD } });
      expect((await failure(scene.run(keyless))).message).toMatch(/built from other inputs/);
    });

    test('nothing published yet is nothing to adopt', async () => {
      const facts = await aScene([VERSION, HEAD_TAG, LATEST]).run(keyless);
      expect(facts).toMatchObject({ notes: [] });
      expect(facts.adopt).toBeUndefined();
    });
  });
});

describe('targets that disagree (rules 13)', () => {
  test.each([
    ['a full version', VERSION],
    ['a sha tag', SHORT],
  ])('about %s stop the run with both digests', async (_, tag) => {
    const scene = aScene([tag, LATEST]);
    const one = await put(scene, GHCR, [tag.name]);
    const two = await put(scene, HUB, [tag.name], { salt: '2026-11-22T00:00:00Z' });
    expect(two).not.toBe(one);
    expect((await failure(scene.run())).message).toBe(
      `${GHCR}:${tag.name} is ${one}, but ${HUB}:${tag.name} is ${two}; immutable tags of one commit must be one image`,
    );
  });
});

describe('a schedule, or a dispatch on a branch (rules 16)', () => {
  const events: readonly Partial<Event>[] = [
    { name: 'schedule', ref: 'refs/heads/main' },
    { name: 'workflow_dispatch', ref: 'refs/heads/main' },
    { name: 'repository_dispatch', ref: 'refs/heads/main' },
  ];
  test.each(events)('$name leaves immutable tags that stand everywhere, and builds for the floating ones', async event => {
    const scene = aScene([SHORT, LATEST]);
    for (const image of [GHCR, HUB]) await put(scene, image, ['sha-3f78685'], { labels: OTHER_INPUTS });
    const facts = await scene.run({}, event);
    expect(facts.leave).toEqual(['sha-3f78685']);
    expect(facts.adopt).toBeUndefined();
    expect(facts.nothingToDo).toBeUndefined();
    expect(facts.notes).toEqual([expect.stringMatching(/sha-3f78685 stands at sha256:\w+ everywhere .* builds anew for latest/)]);
  });

  test('ends before the build when no tag remains', async () => {
    const scene = aScene([SHORT]);
    for (const image of [GHCR, HUB]) await put(scene, image, ['sha-3f78685']);
    expect((await scene.run({}, events[0])).nothingToDo).toMatch(/no floating tag is planned/);
  });

  test('adopts as always when a target lacks the tag', async () => {
    const scene = aScene([SHORT, LATEST]);
    const digest = await put(scene, GHCR, ['sha-3f78685']);
    expect((await scene.run({}, events[0])).adopt?.digest).toBe(digest);
  });

  test('a dispatch on a tag adopts', async () => {
    const scene = aScene([VERSION, LATEST]);
    for (const image of [GHCR, HUB]) await put(scene, image, ['1.2.3']);
    expect((await scene.run({}, { name: 'workflow_dispatch', ref: 'refs/tags/v1.2.3' })).adopt).toBeDefined();
  });
});

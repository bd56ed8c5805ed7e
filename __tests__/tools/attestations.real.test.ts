// Attestations, SBOMs and times with the real BuildKit, registries, cosign and Trivy: what is published is found, signed, adopted and complete.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { addBlob } from '../../src/bundle/blobs.ts';
import { detach } from '../../src/bundle/detach.ts';
import { ATTESTATION_ARTIFACT } from '../../src/bundle/oci.ts';
import type { Manifest } from '../../src/bundle/oci.ts';
import { pullBundle } from '../../src/bundle/pull.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { collectSboms, lacksSbom } from '../../src/collect-sboms.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { publish } from '../../src/publish/run-publish.ts';
import type { PublishOrder } from '../../src/publish/run-publish.ts';
import { scan } from '../../src/scan/run-scan.ts';
import { run } from '../../src/tools/command.ts';
import type { CosignSigner } from '../../src/tools/cosign.ts';
import { createRegistry } from '../../src/tools/registry/registry.ts';
import { fallbackTag } from '../../src/tools/registry/referrers.ts';
import { needTestbed } from '../../testbed/testbed.ts';
import { aRequest } from '../build/orders.ts';
import { aPlan, aScan, aVerdict } from '../builders/record.ts';
import { AMD64, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { realScanner } from '../scan/real-scanner.ts';
import { realBuilder, stepEnvironment } from './buildx-testbed.ts';
import { openHarbour } from './cosign-harbour.ts';

jest.setTimeout(120_000);

const testbed = await needTestbed('referrers', 'distribution3');
const { registries, tools } = testbed;
const SCANNER = 'docker/buildkit-syft-scanner:stable-1';
const NO_SCANNER = `docker/buildkit-syft-scanner:stable-1@sha256:${'0'.repeat(64)}`;
const fresh = (): string => randomBytes(6).toString('hex');
const parsed = (bundle: Bundle, digest: string): unknown => JSON.parse(readFileSync(blobFile(bundle.directory, digest), 'utf8'));

interface Statement {
  readonly predicateType: string;
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicate: Readonly<Record<string, unknown>>;
}

/** Every statement of the bundle with the digest of the image that it hangs on. */
function statements(bundle: Bundle): { readonly about: string; readonly statement: Statement }[] {
  const inline = bundle.images.flatMap(image =>
    image.attestations.map(({ digest }) => ({ about: image.manifest.digest, digest })),
  );
  const attached = bundle.referrers.map(({ subject, manifest }) => ({ about: subject, digest: manifest.digest }));
  return [...inline, ...attached].flatMap(({ about, digest }) =>
    (parsed(bundle, digest) as Manifest).layers.map(layer => ({ about, statement: parsed(bundle, layer.digest) as Statement })),
  );
}

const harbour = openHarbour(testbed);
const cwd = await temporaryDirectory();
let signer: CosignSigner;
const notes: { method: string; url: string }[] = [];
const registry = createRegistry({ run, env: { DOCKER_CONFIG: '/nonexistent' }, onRequest: note => notes.push(note) });
const writes = (): string[] =>
  notes.splice(0).flatMap(({ method, url }) => (/GET|HEAD/.test(method) ? [] : [`${method} ${url}`]));

beforeAll(async () => {
  signer = await harbour.signer({ key: await harbour.keyPair('attestations') });
});
afterAll(async () => {
  registry.close();
  await harbour.dispose();
});

async function built(platforms: readonly Platform[], over: Partial<Plan>): Promise<Bundle> {
  const { builder } = await realBuilder({ files: { Dockerfile: 'FROM debian:12\nCOPY id /id\n', id: fresh() } });
  const build_ = { ...aRequest({ sbom: 'true', sbomImage: SCANNER }), ...over.build };
  const plan = aPlan({ platforms, buildNames: ['registry.example/acme/app:1'], ...over, build: build_ });
  return (await build({ plan, builder })).bundle;
}

function orderOf(bundle: Bundle, image: string): PublishOrder {
  const platforms = bundle.images.map(({ platform, manifest }) => ({
    platform,
    manifest: manifest.digest,
    seconds: 1,
    packages: 1,
    findings: [],
    status: 'accepted' as const,
  }));
  const plan = aPlan({ images: [image], attestations: 'referrer', signing: { method: 'key', log: false } });
  return { bundle, plan, verdict: aVerdict(), scan: { ...aScan(), platforms }, registry, signer, run: { id: '1', attempt: '1' } };
}

const once = new Map<number, Promise<Bundle>>();
/** One build for all registries. */
function shared(platforms: readonly Platform[]): Promise<Bundle> {
  const found = once.get(platforms.length) ?? built(platforms, { attestations: 'referrer' });
  once.set(platforms.length, found);
  return found;
}

describe.each(['referrers', 'distribution3'] as const)('attestations: referrer on the registry "%s"', name => {
  const api = name === 'referrers';
  test.each([
    ['two platforms', [AMD64, ARM64]],
    ['one platform, a bare manifest', [ARM64]],
  ])('%s: published, found by others, signed, adopted, and not written twice', async (_name, platforms) => {
    const image = `${registries[name].host}/attest/${fresh()}`;
    const bundle = await shared(platforms);
    expect(bundle.root.mediaType).toMatch(platforms.length === 1 ? /manifest\.v1/ : /index\.v1/);
    expect(bundle.images.flatMap(({ attestations }) => attestations)).toEqual([]);
    await verifyBlobs(bundle);

    const first = await publish(orderOf(bundle, image));
    expect(first.targets[0]?.error).toBeUndefined();
    expect([first.complete, first.targets[0]?.signature, first.targets[0]?.attestations]).toEqual([
      true,
      'added',
      { added: platforms.length, present: 0 },
    ]);
    const put = writes();
    const tags = put.filter(line => line.includes('/manifests/sha256-'));
    expect(tags).toHaveLength(api ? 0 : platforms.length);

    const subject = bundle.images[0]?.manifest.digest ?? '';
    const own = bundle.referrers[0]?.manifest.digest ?? '';
    const discovered = await run(tools.oras, ['discover', '--plain-http', '--format', 'json', `${image}@${subject}`], {
      env: { HOME: cwd },
    });
    expect(discovered.stdout).toContain(own);
    const crane = await run(tools.crane, ['manifest', '--insecure', `${image}@${own}`], { env: { HOME: cwd } });
    expect(JSON.parse(crane.stdout)).toMatchObject({ artifactType: ATTESTATION_ARTIFACT, subject: { digest: subject } });
    // A bare manifest is subject of the signature too: cosign writes the same list, and both stay in it.
    expect((await registry.referrers(image, subject)).map(({ digest }) => digest)).toContain(own);
    if (!api && platforms.length === 1) expect(await registry.referrers(image, subject)).toHaveLength(2);
    expect((await registry.resolve(image, fallbackTag(subject))) !== undefined).toBe(!api);
    expect(await signer.verify(image, bundle.root.digest)).toBe(true);

    writes();
    const again = await publish(orderOf(bundle, image));
    expect([again.complete, again.targets[0]?.signature, again.targets[0]?.attestations]).toEqual([
      true,
      'already there',
      { added: 0, present: platforms.length },
    ]);
    expect(writes()).toEqual([]);

    const directory = join(await temporaryDirectory(), 'adopted');
    const adopted = await pullBundle({ registry, image, digest: bundle.root.digest, directory, platforms, attachedIn: [image] });
    expect([adopted.root.digest, adopted.referrers]).toEqual([bundle.root.digest, bundle.referrers]);
    await verifyBlobs(adopted);
  });
});

test("what is attached is what BuildKit's own OCI-artifact form has, byte for byte", async () => {
  const files = join(cwd, 'context');
  await mkdir(files, { recursive: true });
  await writeFile(join(files, 'Dockerfile'), `FROM busybox\nLABEL id=${fresh()}\n`);
  const layout = join(cwd, 'artifact');
  const args = [
    'build',
    '--builder',
    'default',
    '--tag',
    'registry.example/a:1',
    '--provenance=mode=max',
    '--platform',
    'linux/amd64',
  ];
  const output = ['--output', `type=oci,dest=${layout},tar=false,oci-artifact=true`];
  const made = await run(tools.docker, ['buildx', ...args, ...output, files], { env: stepEnvironment() });
  expect(made.exitCode).toBe(0);
  const artifact = await readBundle(layout);
  const [own] = artifact.images[0]?.attestations ?? [];
  const directory = join(cwd, 'kept');
  const order = { platforms: [AMD64], annotations: {} };
  // In that form it is recognised, and stays what it is.
  expect((await detach(artifact, { ...order, directory })).referrers[0]?.manifest.digest).toBe(own?.digest);

  // The same statements in the other form: what we make of them is what BuildKit made.
  const { schemaVersion, mediaType, config, layers } = parsed(artifact, own?.digest ?? '') as Manifest;
  const legacy = Buffer.from(JSON.stringify({ schemaVersion, mediaType, config, layers }));
  const digest = await addBlob(layout, legacy);
  const [image] = artifact.images;
  const attestations = [{ mediaType: mediaType ?? '', digest, size: legacy.length }];
  const bundle = { ...artifact, images: image === undefined ? [] : [{ ...image, attestations }] };
  expect((await detach(bundle, { ...order, directory: join(cwd, 'made') })).referrers[0]?.manifest.digest).toBe(own?.digest);
});

test('attestations: none is a bare manifest, or an index of plain ones', async () => {
  const off = aRequest({ provenance: 'false', sbom: 'false' });
  const one = await built([AMD64], { attestations: 'none', build: off });
  expect([one.manifests, one.referrers]).toEqual([[one.root], []]);
  expect(one.root.digest).toBe(one.images[0]?.manifest.digest);
  const two = await built([AMD64, ARM64], { attestations: 'none', build: off });
  expect(two.manifests).toHaveLength(3);
  const image = `${registries.distribution3.host}/attest/${fresh()}`;
  const published = await publish(orderOf(one, image));
  expect([published.complete, published.targets[0]?.signature, published.digest]).toEqual([true, 'added', one.root.digest]);
  expect(await signer.verify(image, one.root.digest)).toBe(true);
});

describe('provenance is what was asked for, of the images and names that were planned', () => {
  test.each<[string, string, readonly string[], (predicate: string) => void]>([
    ['mode=min', 'https://slsa.dev/provenance/v0.2', [], said => expect(said).not.toContain('argument-7')],
    [
      'mode=max,builder-id=https://x.example/1',
      'https://slsa.dev/provenance/v0.2',
      [],
      said => expect(said).toMatch(/"id":"https:\/\/x\.example\/1".*argument-7/),
    ],
    ['mode=min,version=v1', 'https://slsa.dev/provenance/v1', [], said => expect(said).not.toContain('argument-7')],
    ['mode=max,version=v1', 'https://slsa.dev/provenance/v1', [], said => expect(said).toContain('argument-7')],
  ])('%s', async (provenance, predicateType, _none, check) => {
    const { builder } = await realBuilder({
      files: {
        Dockerfile: `FROM debian:12\nARG A\nLABEL id=${fresh()}\nRUN --mount=type=secret,id=token test -s /run/secrets/token\n`,
      },
      env: { TOKEN: 'canary-value', GITHUB_TOKEN: 'canary-token' },
    });
    const names = ['registry.example/acme/app:1', 'registry.example/acme/app:latest'];
    const secrets = [{ id: 'token', from: 'variable' as const, variable: 'TOKEN' }];
    const plan = aPlan({
      platforms: [AMD64],
      buildNames: names,
      build: aRequest({ provenance, secrets, buildArgs: ['A=argument-7'] }),
    });
    const { bundle } = await build({ plan, builder });
    const found = statements(bundle);
    expect(found.map(({ statement }) => statement.predicateType)).toEqual([predicateType]);
    for (const { about, statement } of found) {
      expect(statement.subject.map(({ name }) => name)).toEqual(
        names.map(name => expect.stringContaining(`pkg:docker/${name.replace(':', '@')}`) as unknown),
      );
      expect(statement.subject.map(({ digest }) => `sha256:${digest.sha256}`)).toEqual(names.map(() => about));
      check(JSON.stringify(statement.predicate));
      expect(JSON.stringify(statement)).not.toContain('canary');
    }
  });

  test('false is none', async () => {
    expect(statements(await built([AMD64], { build: aRequest({ provenance: 'false', sbom: 'false' }) }))).toEqual([]);
  });
});

describe('SBOM', () => {
  test.each([
    ["by BuildKit's scanner", SCANNER, 'buildkit'],
    ['from our scan, when the image of the scanner cannot be had', NO_SCANNER, 'scan'],
  ])('%s', async (_name, sbomImage, from) => {
    const { builder, lines } = await realBuilder({
      files: { Dockerfile: `FROM debian:12\nENV CANARY=canary-env\nLABEL id=${fresh()}\n` },
    });
    const plan = aPlan({ platforms: [AMD64], buildNames: ['ghcr.io/acme/app:1'], build: aRequest({ sbom: 'true', sbomImage }) });
    const { bundle, facts } = await build({ plan, builder });
    expect(facts.sbom?.from).toBe(from);
    if (from === 'scan')
      expect([facts.sbom?.reason, lines.join('\n')]).toEqual([
        `the scanner image ${NO_SCANNER} cannot be had (not found)`,
        expect.stringContaining('building again without it'),
      ]);
    const lacks = await lacksSbom(plan, bundle);
    expect(lacks).toBe(from === 'scan');
    const { scanner } = await realScanner();
    const settings = { scanners: ['vuln' as const, 'secret' as const], allowUnrecognised: false, timeout: 120, sbom: lacks };
    const scanned = lacks ? await scan({ bundle, scanner, settings }) : undefined;
    const { sbom, notes: said } = await collectSboms({
      plan,
      bundle,
      scanned,
      scanner,
      directory: join(await temporaryDirectory(), 'sbom'),
    });
    expect(said).toEqual([]);
    const text = readFileSync(sbom?.path ?? '', 'utf8');
    const document = JSON.parse(text) as {
      spdxVersion: string;
      name: string;
      packages: { name: string; versionInfo?: string }[];
    };
    const digest = bundle.images[0]?.manifest.digest ?? '';
    expect([document.spdxVersion, document.name]).toEqual(['SPDX-2.3', `ghcr.io/acme/app@${digest}`]);
    expect(text).toMatch(new RegExp(`pkg:oci/app@(sha256:|sha256%3A)${digest.slice(7)}`));
    if (from === 'scan') expect(document.packages.map(({ name }) => name)).toContain('openssl');
    expect(text).not.toContain('canary-env');
  });
});

test('rewrite-timestamp: the same files again, without any cache, give the same digests', async () => {
  const files = { Dockerfile: `FROM debian:12\nRUN date +%N > /dev/null && echo ${fresh()} > /made\n` };
  const { builder } = await realBuilder({ files });
  const digests = async (rewriteTimestamp: boolean): Promise<string> => {
    const build_ = aRequest({ provenance: 'false', noCache: true, sourceDateEpoch: 1_700_000_000, rewriteTimestamp });
    return (await build({ plan: aPlan({ platforms: [AMD64], build: build_ }), builder })).bundle.root.digest;
  };
  const [one, two] = [await digests(true), await digests(true)];
  expect(two).toBe(one);
  expect(await digests(false)).not.toBe(one);
});

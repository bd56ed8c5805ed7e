// The publish stage with the real client against the real registries of the testbed: pushed, pulled back, compared.

import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { pullBundle } from '../../src/bundle/pull.ts';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { UserError } from '../../src/errors.ts';
import { INPUTS_LABEL } from '../../src/plan/input-hash.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { preflight } from '../../src/preflight/run-preflight.ts';
import { publish } from '../../src/publish/run-publish.ts';
import { run } from '../../src/tools/command.ts';
import { basicValue } from '../../src/tools/registry/docker-config.ts';
import type { RequestNote } from '../../src/tools/registry/exchange.ts';
import { createRegistry, type RegistryOptions } from '../../src/tools/registry/registry.ts';
import { readTestbed, type RegistryAddress } from '../../testbed/testbed.ts';
import { aPlan, anEvent, aScan, aVerdict, SHA } from '../builders/record.ts';
import { aLayout, AMD64, ARM64, temporaryDirectory } from '../fakes/layouts.ts';

const { registries } = readTestbed();
/** Those of `up --all` are tried when they are there. */
const present = Object.entries(registries as unknown as Record<string, RegistryAddress | undefined>).filter(
  (entry): entry is [string, RegistryAddress] => entry[1] !== undefined && entry[0] !== 'hub',
);
const closing: (() => void)[] = [];
afterAll(() => closing.forEach(close => close()));

interface Client {
  readonly registry: ReturnType<typeof createRegistry>;
  readonly notes: RequestNote[];
  /** Requests that write, since the last call. */
  writes(): string[];
}

async function connect(address: RegistryAddress, over: Partial<RegistryOptions> = {}): Promise<Client> {
  const notes: RequestNote[] = [];
  const { username, password, ca } = address;
  const credentials = username === undefined || password === undefined ? [] : [{ registry: address.host, username, password }];
  const registry = createRegistry({
    run,
    env: { DOCKER_CONFIG: '/nonexistent' },
    credentials,
    onRequest: note => notes.push(note),
    ...(ca === undefined ? {} : { ca: await readFile(ca, 'utf8') }),
    ...over,
  });
  closing.push(registry.close);
  const writes = (): string[] =>
    notes.splice(0).flatMap(note => (note.method === 'GET' || note.method === 'HEAD' ? [] : [`${note.method} ${note.status}`]));
  return { registry, notes, writes };
}

function aRepository(address: RegistryAddress): string {
  return `${address.host}/publish/${randomBytes(6).toString('hex')}`;
}

const LABELS = { 'org.opencontainers.image.revision': SHA, [INPUTS_LABEL]: 'sha256:inputs' };

/** Two platforms with attestations and layers that no registry has seen. */
async function aFreshBundle(): Promise<Bundle> {
  const images = [AMD64, ARM64].map(platform => ({
    platform,
    labels: LABELS,
    attestation: 'legacy' as const,
    layers: [{ files: { 'etc/id': randomBytes(200_000).toString('base64') } }, { files: { 'etc/arch': platform.architecture } }],
  }));
  const { directory } = await aLayout({ images });
  return readBundle(directory);
}

function orderOf(
  bundle: Bundle,
  images: readonly string[],
  client: Client,
  over: Partial<Plan> = {},
): Parameters<typeof publish>[0] {
  const platforms = bundle.images.map(image => ({
    platform: image.platform,
    manifest: image.manifest.digest,
    seconds: 1,
    packages: 1,
    findings: [],
    status: 'accepted' as const,
  }));
  return {
    bundle,
    plan: aPlan({ images, signing: { method: 'off' }, buildLabels: LABELS, ...over }),
    verdict: aVerdict(),
    scan: { ...aScan(), platforms },
    registry: client.registry,
    run: { id: '1', attempt: '1' },
  };
}

describe.each(present)('registry "%s"', (_, address) => {
  test('takes an image of two platforms, gives the same bytes back, and takes nothing the second time', async () => {
    const client = await connect(address);
    const image = aRepository(address);
    const bundle = await aFreshBundle();
    const first = await publish(orderOf(bundle, [image], client));
    expect(first.targets[0]?.error).toBeUndefined();
    expect(first.complete).toBe(true);
    const { sent = 0, present = 0 } = first.targets[0]?.blobs ?? {};
    // go-containerregistry's keeps the blobs of all repositories in one place: those that every image here shares are there from earlier runs.
    expect(address === registries.referrers ? sent + present : sent).toBe(bundle.blobs.length);
    expect(first.equality.every(row => row.built === row.published && row.built === row.scanned)).toBe(true);
    const puts = client.writes();
    expect(puts.filter(one => one.startsWith('POST'))).toHaveLength(sent);

    for (const tag of ['1.4.2', '1.4', 'latest'])
      expect((await client.registry.resolve(image, tag))?.digest).toBe(bundle.root.digest);
    const directory = join(await temporaryDirectory(), 'pulled');
    const pulled = await pullBundle({
      registry: client.registry,
      image,
      digest: bundle.root.digest,
      directory,
      platforms: [AMD64, ARM64],
    });
    expect({ ...pulled, directory: '' }).toEqual({ ...bundle, directory: '' });
    await verifyBlobs(pulled, {});

    // Promise 6: from the pulled bytes as well as from the built ones.
    const again = await publish(orderOf(pulled, [image], client));
    expect(again.complete).toBe(true);
    expect(client.writes()).toEqual([]);
    expect(again.targets[0]?.tags.map(tag => tag.state)).toEqual(['unchanged', 'unchanged', 'unchanged']);
  });

  test('mounts into a second repository instead of taking the bytes again', async () => {
    const client = await connect(address);
    const bundle = await aFreshBundle();
    const { targets, complete } = await publish(orderOf(bundle, [aRepository(address), aRepository(address)], client));
    expect(complete).toBe(true);
    const [, second] = targets;
    // go-containerregistry's keeps the blobs of all repositories in one place: they are there already.
    if (address === registries.referrers) expect(second?.blobs.present).toBe(bundle.blobs.length);
    else expect(second?.blobs.mounted).toBe(bundle.blobs.length);
    expect(second?.blobs.sent).toBe(0);
  });

  test('is read by preflight: the image of this commit is adopted', async () => {
    const client = await connect(address);
    const image = aRepository(address);
    const bundle = await aFreshBundle();
    const order = orderOf(bundle, [image], client);
    expect((await preflight({ plan: order.plan, event: anEvent(), registry: client.registry })).adopt).toBeUndefined();
    await publish(order);
    const facts = await preflight({ plan: order.plan, event: anEvent(), registry: client.registry });
    expect(facts.adopt?.digest).toBe(bundle.root.digest);
  });

  test('a layer that changed after the scan does not arrive, and no tag is made', async () => {
    const client = await connect(address);
    const image = aRepository(address);
    const bundle = await aFreshBundle();
    const layer = bundle.images[0]?.layers[0];
    const file = join(bundle.directory, 'blobs', 'sha256', layer?.digest.slice(7) ?? '');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    const publication = await publish(orderOf(bundle, [image], client));
    expect(publication.complete).toBe(false);
    expect(publication.targets[0]?.error).toMatch(/changed since it was scanned/);
    expect(await client.registry.resolve(image, bundle.root.digest)).toBeUndefined();
    expect(await client.registry.resolve(image, 'latest')).toBeUndefined();
    const deletes = client.notes.filter(note => note.method === 'DELETE').map(note => note.status);
    // The session is closed where the registry lets us.
    expect(deletes.length).toBeGreaterThan(0);
  });
});

describe('login', () => {
  test('of docker config.json is used', async () => {
    const { host, username = '', password = '' } = registries.htpasswd;
    const directory = await temporaryDirectory();
    await writeFile(
      join(directory, 'config.json'),
      JSON.stringify({ auths: { [host]: { auth: basicValue(username, password) } } }),
    );
    const { registry } = await connect(registries.htpasswd, { credentials: [], env: { DOCKER_CONFIG: directory } });
    expect(await registry.resolve(aRepository(registries.htpasswd), 'latest')).toBeUndefined();
  });

  test.each([
    ['a wrong password', [{ registry: registries.htpasswd.host, username: 'harbourmaster', password: 'wrong' }]],
    ['no login', []],
  ])('%s stops preflight before anything is built, with what to do', async (_, credentials) => {
    const { registry } = await connect(registries.htpasswd, { credentials });
    const plan = aPlan({ images: [aRepository(registries.htpasswd)], signing: { method: 'off' } });
    const error: unknown = await preflight({ plan, event: anEvent(), registry }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/does not let us read 127\.0\.0\.1:\d+\/publish\/\w+ \(401 UNAUTHORIZED/);
    expect((error as UserError).hint).toMatch(/Log in to 127/);
  });
});

describe('TLS', () => {
  test('an authority that nobody knows is refused with the way out, and no login is sent', async () => {
    const { registry } = await connect({ ...registries.secure, ca: registries.secure.ca ?? '' }, { ca: '' });
    const error: unknown = await registry.resolve(aRepository(registries.secure), 'latest').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(/TLS certificate of localhost:\d+ is not trusted/);
    expect((error as UserError).hint).toMatch(/NODE_EXTRA_CA_CERTS/);
  });

  test('NODE_EXTRA_CA_CERTS is enough', async () => {
    const { host, username = '', password = '', ca = '' } = registries.secure;
    const script = `
      import { createRegistry } from ${JSON.stringify(fileURLToPath(new URL('../../src/tools/registry/registry.ts', import.meta.url)))};
      const registry = createRegistry({ run: () => Promise.reject(new Error('no')), env: {},
        credentials: [{ registry: ${JSON.stringify(host)}, username: process.env.USERNAME, password: process.env.PASSWORD }] });
      console.log(JSON.stringify((await registry.resolve(${JSON.stringify(`${host}/publish/none`)}, 'latest')) ?? 'not there'));
      registry.close();`;
    const result = await run(process.execPath, ['--input-type=module', '--no-warnings', '-e', script], {
      env: { NODE_EXTRA_CA_CERTS: ca, USERNAME: username, PASSWORD: password },
      timeout: 20_000,
    });
    expect(result.stderr).toBe('');
    expect(result.stdout).toBe('"not there"');
  });
});

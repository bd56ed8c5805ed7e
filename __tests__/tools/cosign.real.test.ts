// The Signer on real cosign, real registries, a local Sigstore and GitHub's stand-in: what it signs verifies for others, and what is not ours never counts.

import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../src/tools/command.ts';
import { startGitHub } from '../../testbed/github/server.ts';
import type { EnvironmentOptions, GitHub } from '../../testbed/github/server.ts';
import { readSigstore } from '../../testbed/sigstore/sigstore.ts';
import type { Sigstore } from '../../testbed/sigstore/sigstore.ts';
import { needTestbed } from '../../testbed/testbed.ts';
import type { RegistryAddress, TestbedWith } from '../../testbed/testbed.ts';
import type { CosignSigner } from '../../src/tools/cosign.ts';
import type { SignerOptions } from '../../src/tools/cosign-session.ts';
import {
  PASSWORD,
  badRegistry,
  getBlob,
  getManifest,
  identityOf,
  openHarbour,
  putBlob,
  putManifest,
  textsBelow,
} from './cosign-harbour.ts';
import type { Harbour, Proxy, Pushed } from './cosign-harbour.ts';

const RUN = { 'dev.seaworthy.run': '7/1' };
let testbed: TestbedWith<'referrers'>;
let sigstore: Sigstore;
let github: GitHub;
let harbour: Harbour;
let key: string;
let otherKey: string;
/** Signs with `key`; made once, because opening a key is slow by design. */
let ours: CosignSigner;

beforeAll(async () => {
  testbed = await needTestbed('referrers');
  sigstore = readSigstore();
  github = await startGitHub({ repository: 'acme/app' });
  harbour = openHarbour(testbed);
  key = await harbour.keyPair('cosign');
  otherKey = await harbour.keyPair('other');
  ours = await harbour.signer({ key });
  await harbour.cosign(['signing-config', 'create', '--out', 'config.json']);
  await harbour.cosign(['trusted-root', 'create', '--out', 'root.json']);
  // Consumers of a Sigstore of one's own have its trusted root beside them.
  copyFileSync(sigstore.trustedRoot, path.join(harbour.directory, path.basename(sigstore.trustedRoot)));
});
afterAll(async () => {
  await harbour.dispose();
  await github.close();
});

const fallbackTag = ({ digest }: Pushed): string => digest.replace(':', '-');

/** The line that users copy, run by a shell in a directory with cosign.pub, as they would. */
async function asConsumer(line: string): Promise<number | null> {
  const result = await run('/bin/sh', ['-c', line], {
    env: { PATH: path.dirname(testbed.tools.cosign), HOME: harbour.directory },
    cwd: harbour.directory,
    timeout: 60_000,
  });
  return result.exitCode;
}

describe('with a key', () => {
  test.each(['plain', 'referrers'] as const)(
    'on the %s registry: not signed, signed, verified, and consumers can check it',
    async name => {
      const registry: RegistryAddress = testbed.registries[name];
      const pushed = await harbour.push(registry);
      const signer = ours;
      expect(await signer.verify(pushed.image, pushed.digest)).toBe(false);
      await signer.sign(pushed.image, pushed.digest, RUN);
      expect(await signer.verify(pushed.image, pushed.digest, RUN)).toBe(true);
      expect((await getManifest(pushed, fallbackTag(pushed))).status).toBe(name === 'plain' ? 200 : 404);
      expect(await asConsumer(signer.verifyCommand(pushed.image, pushed.digest))).toBe(0);
      const unsigned = await harbour.push(registry);
      expect(await asConsumer(signer.verifyCommand(unsigned.image, unsigned.digest))).toBe(10);
    },
  );

  test('a login from the inputs, a certificate authority of the network', async () => {
    for (const [registry, env] of [
      [testbed.registries.htpasswd, {}],
      [testbed.registries.secure, { NODE_EXTRA_CA_CERTS: testbed.registries.secure.ca ?? '' }],
    ] as const) {
      const pushed = await harbour.push(registry);
      const signer = await harbour.signer({
        key,
        env: { DOCKER_CONFIG: '/nowhere', ...env },
        credentials: [{ registry: registry.host, username: registry.username ?? '', password: registry.password ?? '' }],
      });
      await signer.sign(pushed.image, pushed.digest, RUN);
      expect(await signer.verify(pushed.image, pushed.digest, RUN)).toBe(true);

      const stranger = await harbour.signer({ key, env: { DOCKER_CONFIG: '/nowhere', ...env } });
      await expect(stranger.sign(pushed.image, pushed.digest, RUN)).rejects.toMatchObject({
        name: 'ToolError',
        message: expect.stringMatching(/UNAUTHORIZED|401/),
      });
      await expect(stranger.verify(pushed.image, pushed.digest)).rejects.toMatchObject({
        hint: expect.stringContaining('right to read'),
      });
    }
  });

  test('from a file, from a variable, and as text: one and the same identity', async () => {
    const file = path.join(harbour.directory, 'cosign.key');
    const signers = await Promise.all([
      harbour.signer({ key }),
      harbour.signer({ key: file }),
      harbour.signer({ key: 'env://RELEASE_KEY', env: { RELEASE_KEY: key } }),
      harbour.signer({ key, password: undefined, env: { COSIGN_PASSWORD: PASSWORD } }),
    ]);
    expect(new Set(signers.map(signer => signer.identity.description)).size).toBe(1);
    expect(signers[0].publicKey?.trim()).toBe(readFileSync(path.join(harbour.directory, 'cosign.pub'), 'utf8').trim());
  });

  test('a wrong password is the user’s to mend, before anything is built', async () => {
    await expect(harbour.signer({ key, password: 'wrong' })).rejects.toMatchObject({
      name: 'UserError',
      message: 'The signing key cannot be opened with this password',
    });
  });

  test('promise 5: neither key nor password in a command line or in a file', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const own = openHarbour(testbed);
    const signer = await own.signer({ key });
    await signer.sign(pushed.image, pushed.digest, RUN);
    await signer.verify(pushed.image, pushed.digest, RUN);
    const secrets = [PASSWORD, ...key.split('\n').filter(line => line.length > 20 && !line.startsWith('-----'))];
    expect(secrets.length).toBeGreaterThan(2);
    const seen = [...own.lines, ...own.notes, ...textsBelow(own.directory)].join('\n');
    expect(seen).toContain('PUBLIC KEY');
    for (const secret of secrets) expect(seen).not.toContain(secret);
    await own.dispose();
  });

  test('a tag is never signed', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const signer = ours;
    await expect(signer.sign(pushed.image, 'made', RUN)).rejects.toThrow('only digests are signed');
  });

  test('what is not in the registry cannot be signed', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const signer = ours;
    await expect(signer.sign(pushed.image, `sha256:${'0'.repeat(64)}`, RUN)).rejects.toMatchObject({
      hint: expect.stringContaining('not in the registry'),
    });
  });

  test('writers of one digest do not lose each other’s signature', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const signer = ours;
    await Promise.all(['a', 'b', 'c', 'd'].map(value => signer.sign(pushed.image, pushed.digest, { value })));
    const { text } = await getManifest(pushed, fallbackTag(pushed));
    expect((JSON.parse(text) as { manifests: unknown[] }).manifests).toHaveLength(4);
  });

  test('annotations with commas and quotes survive', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const signer = ours;
    const annotations = { list: 'a,b', text: 'say "hi", then go' };
    await signer.sign(pushed.image, pushed.digest, annotations);
    expect(await signer.verify(pushed.image, pushed.digest, annotations)).toBe(true);
  });
});

describe('what never counts as our signature', () => {
  let signer: CosignSigner;
  beforeAll(() => {
    signer = ours;
  });

  /** Signs as somebody else would, with plain cosign. */
  async function byCosign(pushed: Pushed, command: 'sign' | 'attest', more: readonly string[] = []): Promise<void> {
    const files = ['--signing-config=config.json', '--trusted-root=root.json'];
    const done = await harbour.cosign([command, '--yes', ...files, ...more, `${pushed.image}@${pushed.digest}`]);
    if (done.exitCode !== 0) throw new Error(done.stderr);
  }

  test('one by another key', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const other = await harbour.signer({ key: otherKey });
    await other.sign(pushed.image, pushed.digest, RUN);
    expect(await signer.verify(pushed.image, pushed.digest)).toBe(false);
    expect(await other.verify(pushed.image, pushed.digest)).toBe(true);
  });

  test('an attestation by our own key, for which `cosign verify` exits 0', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    writeFileSync(path.join(harbour.directory, 'sbom.json'), '{"bomFormat":"CycloneDX"}');
    await byCosign(pushed, 'attest', ['--key=cosign.key', '--type=cyclonedx', '--predicate=sbom.json']);
    expect(await asConsumer(signer.verifyCommand(pushed.image, pushed.digest))).toBe(0);
    expect(await signer.verify(pushed.image, pushed.digest)).toBe(false);
    // ... and beside a signature it does no harm.
    await signer.sign(pushed.image, pushed.digest, RUN);
    expect(await signer.verify(pushed.image, pushed.digest, RUN)).toBe(true);
  });

  test('one of another run, when this run’s is asked for', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    await byCosign(pushed, 'sign', ['--key=cosign.key', '--annotations=dev.seaworthy.run=6/1']);
    expect(await signer.verify(pushed.image, pushed.digest)).toBe(true);
    expect(await signer.verify(pushed.image, pushed.digest, RUN)).toBe(false);
  });

  /** Replaces the only signature of `target` by a bundle, as somebody with write rights could. */
  async function plant(target: Pushed, bundle: string, from: Pushed): Promise<void> {
    const index = JSON.parse((await getManifest(from, fallbackTag(from))).text) as {
      manifests: { digest: string; size: number }[];
    };
    const old = JSON.parse((await getManifest(from, index.manifests[0]?.digest ?? '')).text) as {
      config: { digest: string };
      layers: { digest: string; size: number }[];
      subject: { digest: string; size: number };
    };
    const digest = `sha256:${createHash('sha256').update(bundle).digest('hex')}`;
    await putBlob(target, digest, bundle);
    await putBlob(target, old.config.digest, await getBlob(from, old.config.digest));
    const subject = {
      ...old.subject,
      digest: target.digest,
      size: Buffer.byteLength((await getManifest(target, target.digest)).text),
    };
    const manifest = JSON.stringify({ ...old, subject, layers: [{ ...old.layers[0], digest, size: Buffer.byteLength(bundle) }] });
    const own = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    await putManifest(target, own, manifest);
    const listed = [{ ...index.manifests[0], digest: own, size: Buffer.byteLength(manifest) }];
    await putManifest(target, fallbackTag(target), JSON.stringify({ ...index, manifests: listed }));
  }

  async function bundleOf(pushed: Pushed): Promise<string> {
    const index = JSON.parse((await getManifest(pushed, fallbackTag(pushed))).text) as { manifests: { digest: string }[] };
    const manifest = JSON.parse((await getManifest(pushed, index.manifests[0]?.digest ?? '')).text) as {
      layers: { digest: string }[];
    };
    return getBlob(pushed, manifest.layers[0]?.digest ?? '');
  }

  test('one that was made for another image', async () => {
    const [signed, target] = [await harbour.push(testbed.registries.plain), await harbour.push(testbed.registries.plain)];
    await byCosign(signed, 'sign', ['--key=cosign.key']);
    await plant(target, await bundleOf(signed), signed);
    expect(await signer.verify(target.image, target.digest)).toBe(false);
    // The way of planting works: back on its own image it counts.
    await plant(signed, await bundleOf(signed), signed);
    expect(await signer.verify(signed.image, signed.digest)).toBe(true);
  });

  test('one whose statement or signature was changed', async () => {
    const signed = await harbour.push(testbed.registries.plain);
    await byCosign(signed, 'sign', ['--key=cosign.key', '--annotations=dev.seaworthy.run=6/1']);
    const bundle = await bundleOf(signed);
    const parsed = JSON.parse(bundle) as { dsseEnvelope: { payload: string; signatures: { sig: string }[] } };
    const statement = Buffer.from(parsed.dsseEnvelope.payload, 'base64').toString('utf8');
    const forged = Buffer.from(statement.replace('6/1', '7/1')).toString('base64');
    expect(forged).not.toBe(parsed.dsseEnvelope.payload);
    await plant(signed, bundle.replace(parsed.dsseEnvelope.payload, forged), signed);
    expect(await signer.verify(signed.image, signed.digest, RUN)).toBe(false);
    expect(await signer.verify(signed.image, signed.digest)).toBe(false);
  });
});

describe('a registry that does not answer is never taken for an unsigned image', () => {
  let proxy: Proxy;
  let pushed: Pushed;
  let signer: CosignSigner;
  /** No real waiting between the tries. */
  const clock = { now: () => 0, random: () => 0, sleep: () => Promise.resolve() };

  beforeAll(async () => {
    proxy = await badRegistry(testbed.registries.plain);
    pushed = await harbour.push(proxy.address);
    signer = await harbour.signer({ key, clock });
    await signer.sign(pushed.image, pushed.digest, RUN);
  });
  afterAll(() => proxy.close());

  test.each([
    ['the list of referrers', /\/referrers\//, 401],
    ['the list of referrers', /\/referrers\//, 403],
    ['the fallback tag', /GET .*\/manifests\/sha256-[0-9a-f]+$/, 403],
    ['the bundle itself', /GET .*\/blobs\//, 401],
  ])('%s (%p) answered %d', async (_, match, status) => {
    proxy.fault(match, status);
    const answer = await harbour.cosign([
      'verify',
      '--key=cosign.pub',
      '--insecure-ignore-tlog',
      '--trusted-root=root.json',
      `${pushed.image}@${pushed.digest}`,
    ]);
    expect(answer.stderr).toContain('no signatures found');
    await expect(signer.verify(pushed.image, pushed.digest, RUN)).rejects.toMatchObject({
      message: expect.stringContaining(`answered ${status}`),
    });
    proxy.fault(undefined);
    expect(await signer.verify(pushed.image, pushed.digest, RUN)).toBe(true);
  });

  test('an outage that ends in time is waited for', async () => {
    proxy.fault(/\/v2\//, 429);
    let tries = 0;
    const patient = await harbour.signer({
      key,
      clock: {
        ...clock,
        sleep: () => {
          if (++tries === 2) proxy.fault(undefined);
          return Promise.resolve();
        },
      },
    });
    await patient.sign(pushed.image, pushed.digest, { 'dev.seaworthy.run': '8/1' });
    expect(tries).toBe(2);
    expect(await patient.verify(pushed.image, pushed.digest, { 'dev.seaworthy.run': '8/1' })).toBe(true);
  });
});

describe('keyless', () => {
  const WORKFLOW = 'acme/app/.github/workflows/release.yml';

  async function job(claims: EnvironmentOptions = {}, change: Partial<SignerOptions> = {}): Promise<CosignSigner> {
    const env = github.environment({
      job_workflow_ref: `${WORKFLOW}@refs/heads/main`,
      sha: '1'.repeat(40),
      event_name: 'push',
      ...claims,
    });
    return harbour.signer({
      signing: { method: 'keyless', log: true },
      password: undefined,
      workflow: await identityOf(env),
      env,
      signingConfig: sigstore.signingConfig,
      trustedRoot: sigstore.trustedRoot,
      ...change,
    });
  }

  test.each(['with the log', 'without the log'])('%s: signed, verified, and consumers can check it', async kind => {
    const pushed = await harbour.push(testbed.registries.plain);
    const signingConfig = kind === 'with the log' ? sigstore.signingConfig : sigstore.signingConfigWithoutLog;
    const signer = await job({}, { signingConfig });
    expect(await signer.verify(pushed.image, pushed.digest)).toBe(false);
    await signer.sign(pushed.image, pushed.digest, RUN);
    expect(await signer.verify(pushed.image, pushed.digest, RUN)).toBe(true);
    const line = signer.verifyCommand(pushed.image, pushed.digest);
    expect(line.includes('--insecure-ignore-tlog')).toBe(kind === 'without the log');
    expect(await asConsumer(line)).toBe(0);
    expect(await asConsumer(line.replace('acme/app ', 'acme/other '))).toBe(1);
  });

  test.each([
    ['the same workflow on a tag', { job_workflow_ref: `${WORKFLOW}@refs/tags/v1.0.0`, event_name: 'release' }, true],
    ['a dispatch', { event_name: 'workflow_dispatch' }, true],
    ['another workflow', { job_workflow_ref: 'acme/app/.github/workflows/release.yml.yml@refs/heads/main' }, false],
    ['another repository with the same shared workflow', { repository: 'acme/other' }, false],
    ['another commit', { sha: '2'.repeat(40) }, false],
    ['a privileged event of the same workflow and commit', { event_name: 'pull_request_target' }, false],
  ] as [string, EnvironmentOptions, boolean][])('rules 11: a signature of an earlier run by %s', async (_, claims, counts) => {
    const pushed = await harbour.push(testbed.registries.plain);
    await (await job(claims)).sign(pushed.image, pushed.digest, { 'dev.seaworthy.run': '3/1' });
    const here = await job();
    expect(await here.verify(pushed.image, pushed.digest)).toBe(counts);
    // For this very run it is never enough.
    expect(await here.verify(pushed.image, pushed.digest, RUN)).toBe(false);
  });

  test('a signature by a key is not one by the workflow, nor the reverse', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const [byKey, byWorkflow] = [ours, await job()];
    await byKey.sign(pushed.image, pushed.digest, RUN);
    expect(await byWorkflow.verify(pushed.image, pushed.digest)).toBe(false);
    await byWorkflow.sign(pushed.image, pushed.digest, RUN);
    expect(await byWorkflow.verify(pushed.image, pushed.digest)).toBe(true);
    expect(await byKey.verify(pushed.image, pushed.digest)).toBe(true);
  });

  test('the request token reaches cosign by its environment alone', async () => {
    const pushed = await harbour.push(testbed.registries.plain);
    const env = github.environment({ job_workflow_ref: `${WORKFLOW}@refs/heads/main` });
    const before = harbour.lines.length;
    await (await job({}, { env, workflow: await identityOf(env) })).sign(pushed.image, pushed.digest, RUN);
    expect(harbour.lines.slice(before).join('\n')).not.toContain(env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']);
  });
});

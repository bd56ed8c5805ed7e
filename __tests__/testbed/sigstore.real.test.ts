import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { attempt, type CommandResult } from '../../testbed/command.ts';
import { startGitHub, type GitHub } from '../../testbed/github/server.ts';
import { readSigstore, type Sigstore } from '../../testbed/sigstore/sigstore.ts';
import { readTestbed } from '../../testbed/testbed.ts';

const workflow = 'acme/app/.github/workflows/build.yml@refs/heads/main';
const identity = `https://github.com/${workflow}`;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

let sigstore: Sigstore;
let github: GitHub;
let cosign: string;
let repository: string;
let image: string;

const digestOf = (bytes: string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** An image without layers: enough to be signed. */
async function pushImage(base: string, name: string): Promise<string> {
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, created: name });
  const upload = await fetch(`${base}/v2/${name}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(upload.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digestOf(config));
  await fetch(place, { method: 'PUT', body: config });
  const described = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(config), size: config.length };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: described, layers: [] });
  const url = `${base}/v2/${name}/manifests/${digestOf(manifest)}`;
  const stored = await fetch(url, { method: 'PUT', headers: { 'content-type': MANIFEST }, body: manifest });
  expect(stored.status).toBe(201);
  return digestOf(manifest);
}

const call = (args: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> =>
  attempt(cosign, args, { env });

const sign = (config: string, env: Record<string, string>, more: readonly string[] = []): Promise<CommandResult> => {
  const files = ['--signing-config', config, '--trusted-root', sigstore.trustedRoot];
  return call(['sign', '--yes', '--oidc-provider', 'github-actions', ...files, ...more, image], env);
};
const verify = (who: string, more: readonly string[] = []): Promise<CommandResult> => {
  const expected = ['--certificate-identity', who, '--certificate-oidc-issuer', sigstore.issuer];
  return call(['verify', '--trusted-root', sigstore.trustedRoot, ...expected, ...more, image]);
};

beforeAll(async () => {
  const testbed = readTestbed();
  sigstore = readSigstore();
  cosign = testbed.tools.cosign;
  github = await startGitHub();
  repository = `${testbed.registries.plain.host}/sigstore/${randomUUID()}`;
  const [host = '', ...name] = repository.split('/');
  image = `${repository}@${await pushImage(`http://${host}`, name.join('/'))}`;
});
afterAll(() => github.close());

describe('keyless signing with an identity from the GitHub stand-in', () => {
  test('certificate, log and timestamp: signed and verified by cosign', async () => {
    const signed = await sign(sigstore.signingConfig, github.environment(), ['-a', 'run=7/1']);
    expect(signed).toMatchObject({ status: 0 });
    const verified = await verify(identity, ['-a', 'run=7/1']);
    expect(verified.status).toBe(0);
    expect(JSON.parse(verified.stdout)).toMatchObject([{ optional: { run: '7/1' } }]);
  });

  test.each<[string, string, readonly string[], RegExp]>([
    ['another branch', identity.replace('main', 'dev'), [], /expected SAN value/],
    [
      'another repository',
      identity,
      ['--certificate-github-workflow-repository', 'acme/other'],
      /expected GithubWorkflowRepository/,
    ],
    ['another run', identity, ['-a', 'run=8/1'], /missing or incorrect annotation/],
  ])('%s does not verify', async (_, who, more, reason) => {
    const verified = await verify(who, more);
    expect(verified.status).toBe(1);
    expect(verified.stderr).toMatch(reason);
  });

  test('the called workflow is the identity, not the caller', async () => {
    const called = 'acme/ci/.github/workflows/image.yml@refs/tags/v1';
    const signed = await sign(sigstore.signingConfig, github.environment({ workflow_ref: workflow, job_workflow_ref: called }), [
      '-a',
      'run=9/1',
    ]);
    expect(signed.status).toBe(0);
    expect((await verify(`https://github.com/${called}`, ['-a', 'run=9/1'])).status).toBe(0);
    expect((await verify(identity, ['-a', 'run=9/1'])).status).toBe(1);
  });

  test('without the log: verified by its timestamp only', async () => {
    expect((await sign(sigstore.signingConfigWithoutLog, github.environment(), ['-a', 'run=10/1'])).status).toBe(0);
    const timestamps = ['--use-signed-timestamps', '--insecure-ignore-tlog'];
    expect((await verify(identity, ['-a', 'run=10/1', ...timestamps])).status).toBe(0);
    expect((await verify(identity, ['-a', 'run=10/1'])).status).toBe(1);
  });

  test('an attestation of our own type', async () => {
    const type = 'https://example.com/gate/v1';
    const files = ['--signing-config', sigstore.signingConfig, '--trusted-root', sigstore.trustedRoot];
    const predicate = new URL('../../package.json', import.meta.url).pathname;
    const attest = [
      'attest',
      '--yes',
      '--oidc-provider',
      'github-actions',
      ...files,
      '--type',
      type,
      '--predicate',
      predicate,
      image,
    ];
    expect((await call(attest, github.environment())).status).toBe(0);
    const expected = ['--certificate-identity', identity, '--certificate-oidc-issuer', sigstore.issuer];
    const verified = await call([
      'verify-attestation',
      '--trusted-root',
      sigstore.trustedRoot,
      ...expected,
      '--type',
      type,
      image,
    ]);
    expect(verified.status).toBe(0);
  });
});

describe('the certificate authority refuses', () => {
  const ask = async (token: string, more: object = {}): Promise<Response> =>
    fetch(`${sigstore.url}/api/v2/signingCert`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(more),
    });
  const token = async (audience: string): Promise<string> => {
    const environment = github.environment();
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: secret = '' } = environment;
    const answer = await fetch(`${url}&audience=${audience}`, { headers: { authorization: `bearer ${secret}` } });
    return ((await answer.json()) as { value: string }).value;
  };

  test('a token for somebody else, no token, and a key without proof', async () => {
    const elsewhere = await ask(await token('vault'));
    expect([elsewhere.status, await elsewhere.text()]).toEqual([401, expect.stringContaining('expected audience')]);
    expect((await ask('')).status).toBe(401);
    expect((await ask(await token('sigstore'), { publicKeyRequest: { publicKey: { content: 'x' } } })).status).toBe(400);
  });
});

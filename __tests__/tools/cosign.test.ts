// The Signer with a stand-in for the process: what cosign gets to see, when it is asked again, and when it is believed. Real cosign: cosign.real.test.ts.

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { WorkflowIdentity } from '../../src/publish/identity.ts';
import type { CommandOptions, CommandResult, Run } from '../../src/tools/command.ts';
import { createSigner } from '../../src/tools/cosign.ts';
import type { SignerOptions } from '../../src/tools/cosign-session.ts';
import type { Clock } from '../../src/tools/registry/retry.ts';

const IMAGE = 'ghcr.io/acme/app';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const KEY = [
  '-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----',
  'c2VjcmV0LWtleS1ib2R5',
  '-----END ENCRYPTED SIGSTORE PRIVATE KEY-----',
].join('\n');
const PASSWORD = 'correct horse';
const { publicKey: PUBLIC_KEY } = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const RUN = { 'dev.seaworthy.run': '7/1' };
const WORKFLOW: WorkflowIdentity = {
  issuer: 'https://token.actions.githubusercontent.com',
  workflowRef: 'acme/app/.github/workflows/x.yml@refs/heads/main',
  repository: 'acme/app',
  sha: 'c'.repeat(40),
  event: 'push',
  server: 'https://github.com',
};
const TOKEN_ENV = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example/?v=1',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-1',
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'cosign-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

interface Call {
  readonly args: readonly string[];
  readonly options: CommandOptions;
}

type Answer = Partial<CommandResult>;

interface FakeCosign {
  readonly run: Run;
  readonly calls: Call[];
  readonly of: (command: string) => Call[];
}

/** A cosign that answers the preparations well and the rest from the given lists; the last answer stays. */
function fakeCosign(answers: Readonly<Record<string, readonly Answer[]>> = {}): FakeCosign {
  const calls: Call[] = [];
  const usual: Readonly<Record<string, Answer>> = {
    version: { stdout: '{"gitVersion": "v3.1.3"}' },
    'public-key': { stdout: PUBLIC_KEY.trim() },
  };
  const of = (command: string): Call[] => calls.filter(call => call.args[0] === command);
  const run: Run = async (_command, args, options) => {
    calls.push({ args, options });
    const name = args[0] ?? '';
    const list = answers[name] ?? [];
    const answer = list[Math.min(of(name).length, list.length) - 1] ?? usual[name] ?? {};
    await Promise.resolve();
    return { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0, ...answer };
  };
  return { run, calls, of };
}

/** A clock whose sleeps take no time. */
function fakeClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  return {
    slept,
    now: () => now,
    random: () => 0,
    sleep: milliseconds => {
      slept.push(milliseconds);
      now += milliseconds;
      return Promise.resolve();
    },
  };
}

function withKey(cosign: FakeCosign, change: Partial<SignerOptions> = {}): SignerOptions {
  return {
    run: cosign.run,
    cosign: { path: '/tools/cosign', version: '3.1.3' },
    signing: { method: 'key', log: false },
    key: KEY,
    password: PASSWORD,
    env: {
      PATH: '/usr/bin',
      HOME: '/home/runner',
      GITHUB_TOKEN: 'ghs_token',
      INPUT_PASSWORD: 'registry-password',
      ...TOKEN_ENV,
      DOCKER_CONFIG: directory,
    },
    directory,
    credentials: [{ registry: 'ghcr.io', username: 'robot', password: 'registry-password' }],
    clock: fakeClock(),
    ...change,
  };
}

function keyless(cosign: FakeCosign, change: Partial<SignerOptions> = {}): SignerOptions {
  return withKey(cosign, {
    signing: { method: 'keyless', log: true },
    key: undefined,
    password: undefined,
    workflow: WORKFLOW,
    ...change,
  });
}

function entry(type: string, digest = DIGEST, optional: Readonly<Record<string, string>> = RUN): string {
  return JSON.stringify([{ critical: { image: { 'docker-manifest-digest': digest }, type }, optional }]);
}

const SIGNATURE = 'https://sigstore.dev/cosign/sign/v1';
const YES: Answer = { stdout: entry(SIGNATURE) };
const NO: Answer = { exitCode: 10, stderr: 'error during command execution: no signatures found' };
const TRIGGER: Answer = {
  exitCode: 1,
  stderr: 'error during command execution: no matching attestations: expected GithubWorkflowTrigger to be "push", got "schedule"',
};
const OUTAGE: Answer = { exitCode: 1, stderr: 'error during command execution: Put "https://ghcr.io/v2/": EOF' };
const REFUSAL: Answer = { exitCode: 1, stderr: 'error during command execution: DENIED: no write access' };

describe('promise 5: no secret in an argument, and in the environment only where it is needed', () => {
  test('signing with a key', async () => {
    const cosign = fakeCosign({ verify: [YES] });
    const signer = await createSigner(withKey(cosign));
    await signer.sign(IMAGE, DIGEST, RUN);
    await signer.verify(IMAGE, DIGEST, RUN);
    const secrets = [PASSWORD, 'c2VjcmV0LWtleS1ib2R5', 'registry-password', 'ghs_token', 'request-token-1'];
    const said =
      cosign.calls.flatMap(call => call.args).join('\n') + signer.verifyCommand(IMAGE, DIGEST) + signer.identity.description;
    for (const secret of secrets) expect(said).not.toContain(secret);
    // The key and its password only where the private key is used.
    for (const call of cosign.calls) {
      const needsKey = ['sign', 'public-key'].includes(call.args[0] ?? '');
      expect(call.options.env['COSIGN_PASSWORD']).toBe(needsKey ? PASSWORD : undefined);
      expect(call.options.env).not.toHaveProperty('ACTIONS_ID_TOKEN_REQUEST_TOKEN');
      expect(call.options.env).not.toHaveProperty('GITHUB_TOKEN');
      expect(call.options.env).not.toHaveProperty('INPUT_PASSWORD');
      expect(call.options.env).not.toHaveProperty('PATH');
      expect(call.options.env['HOME']).not.toBe('/home/runner');
    }
  });

  test('keyless: the token service is for `sign` alone', async () => {
    const cosign = fakeCosign({ verify: [YES] });
    const signer = await createSigner(keyless(cosign));
    await signer.sign(IMAGE, DIGEST, RUN);
    await signer.verify(IMAGE, DIGEST, RUN);
    for (const call of cosign.calls) {
      const token = call.options.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
      expect(token).toBe(call.args[0] === 'sign' ? 'request-token-1' : undefined);
    }
    expect(cosign.of('sign')[0]?.args).toContain('--oidc-provider=github-actions');
  });

  test('a secret in what cosign says does not reach the message', async () => {
    const stderr = `error during command execution: weird ${PASSWORD} c2VjcmV0LWtleS1ib2R5`;
    const signer = await createSigner(withKey(fakeCosign({ sign: [{ exitCode: 1, stderr }] })));
    await expect(signer.sign(IMAGE, DIGEST, RUN)).rejects.toMatchObject({
      message: 'cosign sign failed: weird *** ***',
      tail: [expect.not.stringContaining(PASSWORD)],
    });
  });

  test('nothing stays on the disk', async () => {
    const signer = await createSigner(withKey(fakeCosign()));
    expect(readdirSync(directory)).toHaveLength(1);
    await signer.dispose();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('nor when the preparations fail', async () => {
    await expect(
      createSigner(withKey(fakeCosign({ 'public-key': [{ exitCode: 1, stderr: 'x decryption failed' }] }))),
    ).rejects.toThrow('password');
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('what is checked before the build', () => {
  test.each([
    ['2.6.3', undefined, 'is cosign 2.6.3'],
    ['3.0.5', undefined, 'is cosign 3.0.5'],
    [undefined, '{"gitVersion": "v3.0.5"}', 'is cosign 3.0.5'],
  ])('cosign %s is too old', async (version, stdout, message) => {
    const cosign = fakeCosign(stdout === undefined ? {} : { version: [{ stdout }] });
    const options = withKey(cosign, { cosign: { path: '/tools/cosign', ...(version !== undefined && { version }) } });
    await expect(createSigner(options)).rejects.toThrow(message);
  });

  test.each([
    ['with --signing-config', '--signing-config=FILE', true],
    ['without', '--key=FILE', false],
  ])('a build that calls itself devel is taken by its flags: %s', async (_, help, taken) => {
    const cosign = fakeCosign({ version: [{ stdout: '{"gitVersion": "devel"}' }], sign: [{ stdout: help }] });
    const made = createSigner(withKey(cosign, { cosign: { path: '/tools/cosign' } }));
    await (taken ? expect(made).resolves.toBeDefined() : expect(made).rejects.toThrow('without --signing-config'));
  });

  test('keyless without id-token: write ends before cosign could wait for a person', async () => {
    const cosign = fakeCosign();
    await expect(createSigner(keyless(cosign, { env: { PATH: '/usr/bin' } }))).rejects.toMatchObject({
      name: 'UserError',
      hint: expect.stringContaining('permissions: id-token: write'),
    });
    expect(cosign.calls).toEqual([]);
  });

  test('a key that is asked for and not given', async () => {
    await expect(createSigner(withKey(fakeCosign(), { key: undefined }))).rejects.toThrow('needs cosign-key');
  });

  test('one of signing-config and trusted-root alone', async () => {
    await expect(createSigner(withKey(fakeCosign(), { trustedRoot: 'tr.json' }))).rejects.toThrow(
      'trusted-root is set without signing-config',
    );
    await expect(createSigner(withKey(fakeCosign(), { signingConfig: 'sc.json' }))).rejects.toThrow(
      'signing-config is set without trusted-root',
    );
  });

  test.each([
    ['missing', undefined, 'cannot be read'],
    ['not JSON', 'hello', 'not a Sigstore signing config'],
    ['something else', '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json"}', 'not a Sigstore signing config'],
    ['without a certificate authority', '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json"}', 'caUrls'],
    [
      'without log and timestamps',
      '{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","caUrls":[{"url":"https://f"}]}',
      'neither a log',
    ],
  ])('keyless with a signing-config that is %s', async (_, text, message) => {
    const signingConfig = path.join(directory, 'sc.json');
    const trustedRoot = path.join(directory, 'tr.json');
    if (text !== undefined) writeFileSync(signingConfig, text);
    writeFileSync(trustedRoot, '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}');
    await expect(createSigner(keyless(fakeCosign(), { signingConfig, trustedRoot }))).rejects.toThrow(message);
  });
});

describe('rules 25: which services are used', () => {
  test('a key on a public repository: as cosign by itself, with the public log', async () => {
    const cosign = fakeCosign({ verify: [YES] });
    const signer = await createSigner(withKey(cosign, { signing: { method: 'key', log: true } }));
    await signer.sign(IMAGE, DIGEST, RUN);
    await signer.verify(IMAGE, DIGEST, RUN);
    expect(cosign.calls.flatMap(call => call.args).join(' ')).not.toMatch(/signing-config|trusted-root|insecure-ignore-tlog/);
    expect(signer.verifyCommand(IMAGE, DIGEST)).toBe(`cosign verify --key cosign.pub ${IMAGE}@${DIGEST}`);
  });

  test('a key on a private repository: nobody, by files that cosign itself makes', async () => {
    const cosign = fakeCosign();
    await createSigner(withKey(cosign));
    expect(cosign.of('signing-config')[0]?.args).toEqual(['signing-config', 'create', '--out', expect.any(String)]);
    expect(cosign.of('trusted-root')[0]?.args).toEqual(['trusted-root', 'create', '--out', expect.any(String)]);
  });

  test('keyless on a private repository: the public log is left out, the time comes from the authority', async () => {
    const cosign = fakeCosign({ verify: [YES] });
    const signer = await createSigner(keyless(cosign, { signing: { method: 'keyless', log: false } }));
    expect(cosign.of('signing-config')[0]?.args).toEqual(
      expect.arrayContaining(['--with-default-services=true', '--no-default-rekor=true']),
    );
    await signer.verify(IMAGE, DIGEST, RUN);
    expect(cosign.of('verify')[0]?.args).toEqual(expect.arrayContaining(['--use-signed-timestamps', '--insecure-ignore-tlog']));
    expect(signer.verifyCommand(IMAGE, DIGEST)).toContain('--use-signed-timestamps --insecure-ignore-tlog');
  });

  test('keyless on a public repository: the public instance, its log demanded', async () => {
    const cosign = fakeCosign({ verify: [YES] });
    const signer = await createSigner(keyless(cosign));
    await signer.sign(IMAGE, DIGEST, RUN);
    await signer.verify(IMAGE, DIGEST, RUN);
    const args = cosign.calls.flatMap(call => call.args).join(' ');
    expect(args).not.toMatch(/signing-config|trusted-root|insecure-ignore-tlog/);
  });
});

describe('sign', () => {
  test('an outage is tried again, within a budget', async () => {
    const cosign = fakeCosign({ sign: [OUTAGE, OUTAGE, {}] });
    const notes: string[] = [];
    const signer = await createSigner(withKey(cosign, { onNote: line => notes.push(line) }));
    await signer.sign(IMAGE, DIGEST, RUN);
    expect(cosign.of('sign')).toHaveLength(3);
    expect(notes).toHaveLength(2);
  });

  test('an outage that lasts ends after minutes, not hours', async () => {
    const cosign = fakeCosign({ sign: [OUTAGE] });
    const clock = fakeClock();
    const signer = await createSigner(withKey(cosign, { clock }));
    await expect(signer.sign(IMAGE, DIGEST, RUN)).rejects.toMatchObject({
      name: 'ToolError',
      hint: expect.stringContaining('outage'),
    });
    expect(cosign.of('sign').length).toBeGreaterThan(3);
    expect(clock.now()).toBeLessThanOrEqual(180_000);
  });

  test('a refusal is not tried again', async () => {
    const cosign = fakeCosign({ sign: [REFUSAL, {}] });
    const signer = await createSigner(withKey(cosign));
    await expect(signer.sign(IMAGE, DIGEST, RUN)).rejects.toThrow('DENIED');
    expect(cosign.of('sign')).toHaveLength(1);
  });

  test('anything but a digest is refused before cosign runs', async () => {
    const cosign = fakeCosign();
    const signer = await createSigner(withKey(cosign));
    await expect(signer.sign(IMAGE, 'latest', RUN)).rejects.toThrow('only digests are signed');
    expect(cosign.of('sign')).toEqual([]);
  });

  test('writers of one digest wait for each other (the fallback tag has no lock), others do not', async () => {
    let now = 0;
    let most = 0;
    const order: string[] = [];
    const inner = fakeCosign();
    const run: Run = async (command, args, options) => {
      const reference = args.at(-1) ?? '';
      if (args[0] !== 'sign') return inner.run(command, args, options);
      order.push(`start ${reference.slice(-1)}`);
      if (reference.endsWith('1')) most = Math.max(most, ++now);
      await new Promise(resolve => setTimeout(resolve, 5));
      if (reference.endsWith('1')) now--;
      order.push(`end ${reference.slice(-1)}`);
      return inner.run(command, args, options);
    };
    const signer = await createSigner(withKey({ ...inner, run }));
    const [one, two] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
    await Promise.all([
      signer.sign(IMAGE, one, RUN),
      signer.sign(IMAGE, one, RUN),
      signer.sign(IMAGE, two, RUN),
      signer.sign(IMAGE, one, RUN),
    ]);
    expect(most).toBe(1);
    expect(order.indexOf('start 2')).toBeLessThan(order.indexOf('end 1'));
  });

  test('without a token cosign would wait for a person: it is ended at once, and asked again', async () => {
    const ended: (boolean | undefined)[] = [];
    const inner = fakeCosign();
    const run: Run = async (command, args, options) => {
      if (args[0] !== 'sign' || ended.length === 2) return inner.run(command, args, options);
      const line = 'Non-interactive mode detected, using device flow.';
      options.onStderr?.(line);
      ended.push(options.signal?.aborted);
      return { ...(await inner.run(command, args, options)), exitCode: null, signal: 'SIGTERM', stderr: line };
    };
    const notes: string[] = [];
    const signer = await createSigner(keyless({ ...inner, run }, { onNote: line => notes.push(line) }));
    await signer.sign(IMAGE, DIGEST, RUN);
    expect(ended).toEqual([true, true]);
    expect(notes[0]).toContain('gave cosign no OIDC token');
  });

  test('a writer that failed does not hold up the next', async () => {
    const signer = await createSigner(withKey(fakeCosign({ sign: [REFUSAL, {}] })));
    await expect(signer.sign(IMAGE, DIGEST, RUN)).rejects.toThrow('DENIED');
    await expect(signer.sign(IMAGE, DIGEST, RUN)).resolves.toBeUndefined();
  });
});

describe('verify', () => {
  test('a signature of another run, of another kind or of another digest is a no', async () => {
    for (const stdout of [
      entry(SIGNATURE, DIGEST, { 'dev.seaworthy.run': '6/1' }),
      entry('https://cyclonedx.org/bom'),
      entry(SIGNATURE, `sha256:${'0'.repeat(64)}`),
    ]) {
      const signer = await createSigner(withKey(fakeCosign({ verify: [{ stdout }] })));
      expect(await signer.verify(IMAGE, DIGEST, RUN)).toBe(false);
    }
  });

  test('unsigned is one look when nothing was signed here', async () => {
    const cosign = fakeCosign({ verify: [NO] });
    const notes: string[] = [];
    const signer = await createSigner(withKey(cosign, { onNote: line => notes.push(line) }));
    expect(await signer.verify(IMAGE, DIGEST)).toBe(false);
    expect(cosign.of('verify')).toHaveLength(1);
    expect(notes).toEqual([`no signature of ours on ${IMAGE}@${DIGEST}: no signatures found`]);
  });

  test('a fresh signature may take a while to show', async () => {
    const cosign = fakeCosign({ verify: [NO, NO, YES] });
    const signer = await createSigner(withKey(cosign));
    await signer.sign(IMAGE, DIGEST, RUN);
    expect(await signer.verify(IMAGE, DIGEST, RUN)).toBe(true);
  });

  test('... but not for ever', async () => {
    const cosign = fakeCosign({ verify: [NO] });
    const signer = await createSigner(withKey(cosign));
    await signer.sign(IMAGE, DIGEST, RUN);
    expect(await signer.verify(IMAGE, DIGEST, RUN)).toBe(false);
    expect(cosign.of('verify')).toHaveLength(5);
  });

  test('could not be found out is never a no', async () => {
    const signer = await createSigner(withKey(fakeCosign({ verify: [OUTAGE] })));
    await expect(signer.verify(IMAGE, DIGEST)).rejects.toThrow('EOF');
    const refused = await createSigner(
      withKey(fakeCosign({ verify: [{ exitCode: 1, stderr: 'error during command execution: UNAUTHORIZED: x' }] })),
    );
    await expect(refused.verify(IMAGE, DIGEST)).rejects.toMatchObject({ hint: expect.stringContaining('right to read') });
  });

  test('keyless, this run: exactly our certificate and trigger', async () => {
    const cosign = fakeCosign({ verify: [YES] });
    const signer = await createSigner(keyless(cosign));
    await signer.verify(IMAGE, DIGEST, RUN);
    expect(cosign.of('verify').map(call => call.args)).toEqual([
      expect.arrayContaining([
        '--certificate-identity=https://github.com/acme/app/.github/workflows/x.yml@refs/heads/main',
        '--certificate-github-workflow-trigger=push',
        `--certificate-github-workflow-sha=${'c'.repeat(40)}`,
      ]),
    ]);
  });

  test('rules 11: among earlier signatures every publishing trigger is tried, and only while it is the trigger that differs', async () => {
    const cosign = fakeCosign({ verify: [TRIGGER, TRIGGER, YES] });
    const signer = await createSigner(keyless(cosign));
    expect(await signer.verify(IMAGE, DIGEST)).toBe(true);
    const tried = cosign.of('verify').map(call => call.args.find(arg => arg.includes('trigger')));
    expect(tried).toEqual(['push', 'release', 'schedule'].map(event => `--certificate-github-workflow-trigger=${event}`));
    expect(cosign.of('verify')[0]?.args.join(' ')).toContain('--certificate-identity-regexp=^https://github');

    const other = fakeCosign({ verify: [NO] });
    expect(await (await createSigner(keyless(other))).verify(IMAGE, DIGEST)).toBe(false);
    expect(other.of('verify')).toHaveLength(1);
  });
});

test('the identity is told without secrets: fingerprint of the public key, or the workflow', async () => {
  const key = await createSigner(withKey(fakeCosign()));
  expect(key.identity).toEqual({
    method: 'key',
    description: expect.stringMatching(/^key with the SHA-256 fingerprint [0-9a-f]{64}$/),
  });
  expect(key.publicKey).toBe(PUBLIC_KEY.trim());
  const own = await createSigner(keyless(fakeCosign()));
  expect(own.identity).toEqual({
    method: 'keyless',
    description:
      'https://github.com/acme/app/.github/workflows/x.yml@refs/heads/main, issuer https://token.actions.githubusercontent.com',
  });
});

test("a network's own certificates reach cosign beside the system's", async () => {
  const file = path.join(directory, 'corporate.pem');
  writeFileSync(file, 'CORPORATE');
  const cosign = fakeCosign();
  await createSigner(withKey(cosign, { env: { NODE_EXTRA_CA_CERTS: file } }));
  const bundle = cosign.calls[0]?.options.env['SSL_CERT_FILE'] ?? '';
  expect(readFileSync(bundle, 'utf8')).toContain('CORPORATE');
  await expect(createSigner(withKey(cosign, { env: { NODE_EXTRA_CA_CERTS: '/nowhere.pem' } }))).rejects.toThrow(
    'NODE_EXTRA_CA_CERTS names /nowhere.pem',
  );
});

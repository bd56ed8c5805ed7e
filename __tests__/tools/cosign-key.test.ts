// cosign-key in all its forms: what cosign is given, and that the key text is never part of it or of a message.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { resolveKey } from '../../src/tools/cosign-key.ts';

const BODY = 'eyJrZGYiOnsibmFtZSI6InNjcnlwdCJ9fQ-not-a-real-key';
const PEM = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n${BODY}\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----`;
const directory = mkdtempSync(path.join(os.tmpdir(), 'cosign-key-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function resolve(key: string, env: Readonly<Record<string, string>> = {}, password?: string): ReturnType<typeof resolveKey> {
  return resolveKey({ key, password, env });
}

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      const { name, message, hint } = error as { name: string; message: string; hint?: string };
      return `${name}: ${message} | ${hint ?? ''}`;
    },
  );
}

describe('the text of a key', () => {
  test('goes through a variable of the child', async () => {
    const key = await resolve(`\n${PEM}\n`, {}, 'secret');
    expect(key.reference).toBe('env://SEAWORTHY_COSIGN_KEY');
    expect(key.env).toEqual({ SEAWORTHY_COSIGN_KEY: `${PEM}\n`, COSIGN_PASSWORD: 'secret' });
    expect(key.secrets).toEqual(expect.arrayContaining(['secret', BODY]));
  });

  test.each([
    ['PRIVATE KEY', 'import-key-pair'],
    ['EC PRIVATE KEY', 'import-key-pair'],
    ['PUBLIC KEY', 'public half'],
  ])('of the kind %s is refused before cosign sees it', async (kind, hint) => {
    const said = await failure(resolve(`-----BEGIN ${kind}-----\n${BODY}\n-----END ${kind}-----`));
    expect(said).toMatch(/^UserError: cosign-key holds a PEM block/);
    expect(said).toContain(hint);
    expect(said).not.toContain(BODY);
  });

  test('that lost its end is refused', async () => {
    const said = await failure(resolve(PEM.split('\n').slice(0, 2).join('\n')));
    expect(said).toContain('END line is missing');
    expect(said).not.toContain(BODY);
  });
});

describe('the password', () => {
  test.each([
    ['the input', 'typed', { COSIGN_PASSWORD: 'inherited' }, 'typed'],
    ["cosign's own variable", undefined, { COSIGN_PASSWORD: 'inherited' }, 'inherited'],
    ['nothing: set all the same, or cosign would ask a terminal', undefined, {}, ''],
  ])('from %s', async (_, password, env, expected) => {
    expect((await resolve(PEM, env as Record<string, string>, password)).env['COSIGN_PASSWORD']).toBe(expected);
  });
});

describe('env://NAME', () => {
  test('takes the value under our own name, so that no other variable can be overwritten', async () => {
    const key = await resolve('env://PATH', { PATH: PEM });
    expect(key.reference).toBe('env://SEAWORTHY_COSIGN_KEY');
    expect(key.env).not.toHaveProperty('PATH');
  });

  test.each([
    ['not set', {}],
    ['empty', { RELEASE_KEY: ' ' }],
  ])('%s: says so and shows the line to write', async (state, env) => {
    const said = await failure(resolve('env://RELEASE_KEY', env));
    expect(said).toContain(`RELEASE_KEY is ${state}`);
    expect(said).toContain('secrets.RELEASE_KEY');
  });
});

describe('a file', () => {
  test('is given by its absolute path', async () => {
    const file = path.join(directory, 'cosign.key');
    writeFileSync(file, PEM);
    const key = await resolve(path.relative(process.cwd(), file), {}, 'pw');
    expect(key.reference).toBe(file);
    expect(key.env).toEqual({ COSIGN_PASSWORD: 'pw' });
  });

  test('that is not there is named', async () => {
    expect(await failure(resolve('keys/none.key'))).toContain('no readable file "keys/none.key"');
  });

  test('a secret that is no path is not quoted', async () => {
    const said = await failure(resolve(`${BODY}\n=`));
    expect(said).toContain('no readable file that it names');
    expect(said).not.toContain(BODY);
  });
});

describe('key services', () => {
  const env = {
    AWS_REGION: 'eu-central-1',
    AWS_SECRET_ACCESS_KEY: 'aws-secret',
    VAULT_TOKEN: 'vault-secret',
    HOME: '/home/u',
    PATH: '/bin',
    GITHUB_TOKEN: 'gh',
  };

  test('see their own variables and nothing of the others', async () => {
    const key = await resolve('awskms:///alias/release', env);
    expect(key.reference).toBe('awskms:///alias/release');
    expect(key.env).toEqual({ AWS_REGION: 'eu-central-1', AWS_SECRET_ACCESS_KEY: 'aws-secret', HOME: '/home/u', PATH: '/bin' });
    expect(key.secrets).toContain('aws-secret');
    expect(key.public).toBe('awskms:///alias/release');
  });

  test.each([
    'gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/versions/1',
    'azurekms://vault.vault.azure.net/key',
    'hashivault://release',
    'k8s://namespace/name',
    'awskms://localhost:4566/arn:aws:kms:us-east-1:000000000000:key/1234',
  ])('%s', async reference => {
    expect((await resolve(reference, env)).reference).toBe(reference);
  });

  test.each(['evil://x', 'https://example.com/key', 'pkcs11:token=x', 'file:///etc/key', 'AWSKMS:///alias/x'])(
    '%s is refused: cosign would run sigstore-kms-* from PATH, or fetch it',
    async reference => {
      const said = await failure(resolve(reference, env));
      expect(said).toMatch(/^UserError: cosign-key: /);
      expect(said).toMatch(/not a key service|no readable file/);
    },
  );
});

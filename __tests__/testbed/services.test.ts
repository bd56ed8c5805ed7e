import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { restoreCache, saveCache } from '@actions/cache';
import { getIDToken } from '@actions/core';
import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startGitHub, type EnvironmentOptions, type GitHub } from '../../testbed/github/server.ts';

let github: GitHub;
const before = { ...process.env };

/** The clients read the environment of their process. */
function become(options: EnvironmentOptions = {}): void {
  Object.assign(process.env, github.environment(options));
}

beforeEach(async () => {
  github = await startGitHub();
  jest.spyOn(process.stdout, 'write').mockReturnValue(true); // the toolkit logs every byte it sends
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, before);
  await github.close();
});

describe('identity', () => {
  const decode = (part: string | undefined): Record<string, unknown> =>
    JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

  test('a token for the audience asked for, with the claims of the job, signed with the published key', async () => {
    become({ ref: 'refs/tags/v1', job_workflow_ref: 'acme/ci/.github/workflows/image.yml@refs/heads/main' });
    const token = await getIDToken('sigstore');
    const [head, body, signature] = token.split('.');
    expect(decode(body)).toMatchObject({
      iss: 'https://token.actions.githubusercontent.com',
      aud: 'sigstore',
      repository: 'acme/app',
      ref: 'refs/tags/v1',
      san: 'https://github.com/acme/ci/.github/workflows/image.yml@refs/heads/main',
    });
    const { keys } = (await (await fetch(`${github.url}/oidc/jwks`)).json()) as { keys: JsonWebKey[] };
    const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${head ?? ''}.${body ?? ''}`), key, Buffer.from(signature ?? '', 'base64url'))).toBe(
      true,
    );
  });

  test('the scheme may be written in small letters, the token must be right', async () => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: token = '' } = github.environment();
    const ask = (authorization: string) => fetch(`${url}&audience=sigstore`, { headers: { authorization } });
    expect((await ask(`bearer ${token}`)).status).toBe(200);
    expect((await ask(`Bearer ${token}x`)).status).toBe(401);
  });

  test('none without id-token: write', () => {
    expect(github.environment({ idToken: false })).not.toHaveProperty('ACTIONS_ID_TOKEN_REQUEST_URL');
  });
});

describe('cache', () => {
  let directory: string;
  let file: string;
  const cwd = process.cwd();

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'cache-client-'));
    mkdirSync(path.join(directory, 'data'));
    file = path.join(directory, 'data', 'db');
    process.chdir(directory);
  });
  afterAll(() => {
    process.chdir(cwd);
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    writeFileSync(file, 'vulnerabilities'.repeat(1000));
    process.env['RUNNER_TEMP'] = directory;
    process.env['GITHUB_WORKSPACE'] = directory;
  });

  test('is saved once and restored, by key and by the beginning of a key', async () => {
    become();
    expect(await saveCache(['data'], 'db-1')).toBeGreaterThan(0);
    expect(await saveCache(['data'], 'db-1')).toBe(-1);
    rmSync(file);
    expect(await restoreCache(['data'], 'db-1')).toBe('db-1');
    expect(readFileSync(file, 'utf8')).toBe('vulnerabilities'.repeat(1000));
    expect(await restoreCache(['data'], 'db-2', ['db-'])).toBe('db-1');
    expect(await restoreCache(['data'], 'other')).toBeUndefined();
    expect(github.caches).toMatchObject([{ key: 'db-1' }]);
  });

  test('is only read with a token that only reads', async () => {
    become({ cacheMode: 'read' });
    expect(await saveCache(['data'], 'db-1')).toBe(-1);
    expect(github.caches).toEqual([]);
  });

  test('what BuildKit does: blocks, a list of them, parts of the whole', async () => {
    const { ACTIONS_RUNTIME_TOKEN: token = '', ACTIONS_RESULTS_URL: base = '' } = github.environment();
    const call = async (method: string, body: object): Promise<Record<string, string>> => {
      const url = `${base}twirp/github.actions.results.api.v1.CacheService/${method}`;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as Record<string, string>;
    };
    const entry = { key: 'index-1#7', version: 'v' };
    const { signed_upload_url: upload = '' } = await call('CreateCacheEntry', entry);
    for (const block of ['AAA', 'BBB']) {
      const answer = await fetch(`${upload}&comp=block&blockid=${block}`, { method: 'PUT', body: block });
      expect(answer.headers.get('x-ms-request-id')).not.toBeNull();
    }
    const list = '<BlockList><Latest>AAA</Latest><Latest>BBB</Latest></BlockList>';
    expect((await fetch(`${upload}&comp=blocklist`, { method: 'PUT', body: list })).status).toBe(201);
    expect(await call('FinalizeCacheEntryUpload', { ...entry, size_bytes: 5 })).toMatchObject({ code: 'invalid_argument' });
    expect(await call('FinalizeCacheEntryUpload', { ...entry, size_bytes: 6 })).toMatchObject({ ok: true });
    const found = await call('GetCacheEntryDownloadURL', { key: 'index-1#', version: 'v', restore_keys: ['index-1#'] });
    expect(found['matched_key']).toBe('index-1#7');
    const part = await fetch(found['signed_download_url'] ?? '', { headers: { 'x-ms-range': 'bytes=2-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'AB']);
  });
});

test('artifacts are uploaded, listed and downloaded with their type', async () => {
  const { ACTIONS_RUNTIME_TOKEN: token = '', ACTIONS_RESULTS_URL: base = '' } = github.environment();
  const call = async (method: string, body: object) => {
    const url = `${base}twirp/github.actions.results.api.v1.ArtifactService/${method}`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const run = { workflow_run_backend_id: 'r', workflow_job_run_backend_id: 'j' };
  const { signed_upload_url: upload } = await call('CreateArtifact', { ...run, name: 'leg-amd64', version: 7 });
  await fetch(String(upload), { method: 'PUT', body: 'zip' });
  expect(await call('ListArtifacts', run)).toEqual({ artifacts: [] });
  expect(await call('FinalizeArtifact', { ...run, name: 'leg-amd64', size: '3' })).toMatchObject({ ok: true });
  expect(await call('CreateArtifact', { ...run, name: 'leg-amd64', version: 7 })).toMatchObject({ code: 'already_exists' });
  expect(await call('ListArtifacts', { ...run, name_filter: 'leg-amd64' })).toMatchObject({
    artifacts: [{ name: 'leg-amd64', size: '3' }],
  });
  const { signed_url: download } = await call('GetSignedArtifactURL', { ...run, name: 'leg-amd64' });
  const answer = await fetch(String(download));
  expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['application/zip', 'zip']);
  expect(github.artifacts).toMatchObject([{ name: 'leg-amd64', size: 3 }]);
});

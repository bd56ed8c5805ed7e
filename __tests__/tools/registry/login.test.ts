import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ToolError, UserError } from '../../../src/errors.ts';
import type { CommandOptions, CommandResult, Run } from '../../../src/tools/command.ts';
import { basicValue, findCredential, type Credential } from '../../../src/tools/registry/docker-config.ts';
import { temporaryDirectory } from '../../fakes/layouts.ts';
import { sha256 } from './fault-registry.ts';
import { aBlob, aClient, aClock, aRegistry } from './setting.ts';

async function aDockerConfig(content: unknown): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'config.json'), typeof content === 'string' ? content : JSON.stringify(content));
  return directory;
}

interface HelperCall {
  readonly command: string;
  readonly input: CommandOptions['input'];
  readonly env: Readonly<Record<string, string>>;
}

/** A `run` that answers as a credential helper would. */
function aHelper(stdout: string, exitCode = 0): { readonly run: Run; readonly calls: HelperCall[] } {
  const calls: HelperCall[] = [];
  const run: Run = (command, args, options) => {
    expect(args).toEqual(['get']);
    calls.push({ command, input: options.input, env: options.env });
    const result: CommandResult = { exitCode, signal: null, timedOut: false, stdout, stderr: '', seconds: 0 };
    return Promise.resolve(result);
  };
  return { run, calls };
}

const password = (username: string, secret: string): Credential => ({ kind: 'password', username, password: secret });
const auth = (username: string, secret: string): { readonly auth: string } => ({ auth: basicValue(username, secret) });
const NO_HELPER: Run = () => Promise.reject(new Error('no helper is expected'));

describe('docker config.json', () => {
  const cases: readonly [string, unknown, string, Credential | undefined][] = [
    ['host', { auths: { 'ghcr.io': auth('me', 'pw') } }, 'ghcr.io', password('me', 'pw')],
    ['host with scheme', { auths: { 'https://ghcr.io': auth('me', 'pw') } }, 'ghcr.io', password('me', 'pw')],
    ['host with /v2/', { auths: { 'https://ghcr.io/v2/': auth('me', 'pw') } }, 'ghcr.io', password('me', 'pw')],
    ['host with port', { auths: { 'localhost:5000': auth('me', 'pw') } }, 'localhost:5000', password('me', 'pw')],
    ['another port', { auths: { 'localhost:5000': auth('me', 'pw') } }, 'localhost:5001', undefined],
    ['Docker Hub', { auths: { 'https://index.docker.io/v1/': auth('me', 'pw') } }, 'docker.io', password('me', 'pw')],
    ['colon in the password', { auths: { 'ghcr.io': auth('me', 'p:w:') } }, 'ghcr.io', password('me', 'p:w:')],
    ['beyond ASCII', { auths: { 'ghcr.io': auth('mé', 'pä') } }, 'ghcr.io', password('mé', 'pä')],
    [
      'NUL padding',
      { auths: { 'ghcr.io': { auth: Buffer.from('me:pw\0\0').toString('base64') } } },
      'ghcr.io',
      password('me', 'pw'),
    ],
    ['plain fields', { auths: { 'ghcr.io': { username: 'me', password: 'pw' } } }, 'ghcr.io', password('me', 'pw')],
    [
      'identity token',
      { auths: { 'x.azurecr.io': { ...auth('00000000-0000-0000-0000-000000000000', ''), identitytoken: 'refresh' } } },
      'x.azurecr.io',
      { kind: 'identity', token: 'refresh' },
    ],
    ['path of another tool', { auths: { 'ghcr.io/acme': auth('me', 'pw') } }, 'ghcr.io', undefined],
    ['empty entry (a store has it)', { auths: { 'ghcr.io': {} } }, 'ghcr.io', undefined],
    ['nothing', {}, 'ghcr.io', undefined],
  ];
  test.each(cases)('%s', async (_, config, registry, expected) => {
    const env = { DOCKER_CONFIG: await aDockerConfig(config) };
    expect(await findCredential(registry, { run: NO_HELPER, env })).toEqual(expected);
  });

  test('is looked for in HOME without DOCKER_CONFIG, and may be missing', async () => {
    const home = await temporaryDirectory();
    expect(await findCredential('ghcr.io', { run: NO_HELPER, env: { HOME: home } })).toBeUndefined();
    await mkdir(join(home, '.docker'));
    await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ auths: { 'ghcr.io': auth('me', 'pw') } }));
    expect(await findCredential('ghcr.io', { run: NO_HELPER, env: { HOME: home } })).toEqual(password('me', 'pw'));
    const empty = { HOME: home, DOCKER_CONFIG: '' };
    expect(await findCredential('ghcr.io', { run: NO_HELPER, env: empty })).toEqual(password('me', 'pw'));
  });

  test.each([
    ['broken JSON', '{"auths":{"ghcr.io":{"auth":"c2VjcmV0', /config.json is not valid JSON/],
    ['not an object', '[]', /is not valid JSON/],
    ['broken base64', { auths: { 'ghcr.io': { auth: 'c2VjcmV0' } } }, /not base64 of "username:password"/],
  ])('%s is the user’s to mend, and the message holds no secret', async (_, content, message) => {
    const env = { DOCKER_CONFIG: await aDockerConfig(content) };
    const error: unknown = await findCredential('ghcr.io', { run: NO_HELPER, env }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/c2VjcmV0|secret/);
  });

  test('an input wins over the docker login', async () => {
    const env = { DOCKER_CONFIG: await aDockerConfig({ auths: { 'ghcr.io': auth('me', 'pw') } }) };
    const explicit = [{ registry: 'https://GHCR.io', username: 'you', password: 'typed' }];
    expect(await findCredential('ghcr.io', { run: NO_HELPER, env, explicit })).toEqual(password('you', 'typed'));
  });

  test('every secret is told before it is used', async () => {
    const told: string[] = [];
    const env = { DOCKER_CONFIG: await aDockerConfig({ auths: { 'ghcr.io': auth('me', 'pw') } }) };
    await findCredential('ghcr.io', { run: NO_HELPER, env, onSecret: value => told.push(value) });
    expect(told).toEqual(['pw', basicValue('me', 'pw')]);
  });
});

describe('credential helpers', () => {
  test('credHelpers of the registry, asked by its name, without what only this action was given', async () => {
    const { run, calls } = aHelper('{"ServerURL":"x","Username":"AWS","Secret":"s3"}');
    const env = {
      DOCKER_CONFIG: await aDockerConfig({
        credHelpers: { '1.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login' },
        credsStore: 'other',
      }),
      AWS_REGION: 'eu-west-1',
      INPUT_PASSWORD: 'hidden',
      GITHUB_TOKEN: 'hidden',
      ACTIONS_RUNTIME_TOKEN: 'hidden',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hidden',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://hidden',
      COSIGN_PASSWORD: 'hidden',
      COSIGN_PRIVATE_KEY: 'hidden',
    };
    expect(await findCredential('1.dkr.ecr.eu-west-1.amazonaws.com', { run, env })).toEqual(password('AWS', 's3'));
    expect(calls.map(call => [call.command, call.input])).toEqual([
      ['docker-credential-ecr-login', '1.dkr.ecr.eu-west-1.amazonaws.com'],
    ]);
    expect(Object.keys(calls[0]?.env ?? {}).sort()).toEqual(['AWS_REGION', 'DOCKER_CONFIG']);
  });

  test('credsStore is asked for Docker Hub by its old address', async () => {
    const { run, calls } = aHelper('{"Username":"me","Secret":"pw"}');
    const env = { DOCKER_CONFIG: await aDockerConfig({ credsStore: 'pass' }) };
    expect(await findCredential('docker.io', { run, env })).toEqual(password('me', 'pw'));
    expect(calls[0]?.input).toBe('https://index.docker.io/v1/');
  });

  test('a user name of <token> means an identity token', async () => {
    const { run } = aHelper('{"Username":"<token>","Secret":"refresh"}');
    const env = { DOCKER_CONFIG: await aDockerConfig({ credHelpers: { 'x.azurecr.io': 'acr' } }) };
    expect(await findCredential('x.azurecr.io', { run, env })).toEqual({ kind: 'identity', token: 'refresh' });
  });

  test('a store that has none leaves the entry of auths', async () => {
    const { run } = aHelper('credentials not found in native keychain', 1);
    const env = { DOCKER_CONFIG: await aDockerConfig({ credsStore: 'desktop', auths: { 'ghcr.io': auth('me', 'pw') } }) };
    expect(await findCredential('ghcr.io', { run, env })).toEqual(password('me', 'pw'));
  });

  test('a helper that fails says why', async () => {
    const { run } = aHelper('no credentials in the environment', 1);
    const env = { DOCKER_CONFIG: await aDockerConfig({ credHelpers: { 'ghcr.io': 'x' } }) };
    await expect(findCredential('ghcr.io', { run, env })).rejects.toThrow(
      'docker-credential-x gave no credential for ghcr.io: no credentials in the environment',
    );
  });

  test('a helper that is not installed is named', async () => {
    const run: Run = () =>
      Promise.reject(new ToolError('docker-credential-gone is not installed', { tool: 'docker-credential-gone' }));
    const env = { DOCKER_CONFIG: await aDockerConfig({ credsStore: 'gone' }) };
    await expect(findCredential('ghcr.io', { run, env })).rejects.toThrow(/names the credential helper docker-credential-gone/);
  });

  test('a name that is no name starts nothing', async () => {
    const env = { DOCKER_CONFIG: await aDockerConfig({ credsStore: '../../bin/sh' }) };
    await expect(findCredential('ghcr.io', { run: NO_HELPER, env })).rejects.toThrow(
      /not the name of a docker credential helper/,
    );
  });
});

const BEARER = { scheme: 'bearer', username: 'me', password: 'pw' } as const;

describe('login at a registry', () => {
  test('Basic, once it was asked for', async () => {
    const registry = await aRegistry({ login: { scheme: 'basic', username: 'me', password: 'pw' } });
    const env = { DOCKER_CONFIG: await aDockerConfig({ auths: { [registry.host]: auth('me', 'pw') } }) };
    const client = aClient({ env });
    await client.resolve(`${registry.host}/acme/app`, '1');
    await client.resolve(`${registry.host}/acme/app`, '2');
    expect(registry.kinds()).toEqual(['HEAD manifest 401', 'HEAD manifest 404', 'HEAD manifest 404']);
  });

  test('Bearer: reading asks for pull, writing for pull and push', async () => {
    const registry = await aRegistry({ login: BEARER });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    await client.resolve(`${registry.host}/acme/app`, '1');
    const manifest = {
      mediaType: 'x',
      bytes: Buffer.from('{}'),
      digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    };
    await client.pushManifest(`${registry.host}/acme/app`, '1', manifest);
    const scopes = registry.seen
      .filter(one => one.kind === 'GET token')
      .map(one => new URL(one.url, registry.url).searchParams.getAll('scope'));
    expect(scopes).toEqual([['repository:acme/app:pull'], ['repository:acme/app:pull,push']]);
  });

  test('the scope of the challenge is added to ours', async () => {
    const registry = await aRegistry({ login: BEARER, challengeScope: 'aws' });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    await client.resolve(`${registry.host}/acme/app`, '1');
    await client.resolve(`${registry.host}/acme/app`, '2');
    expect(registry.kinds()).toEqual(['HEAD manifest 401', 'GET token 200', 'HEAD manifest 404', 'HEAD manifest 404']);
    expect(new URL(registry.seen[1]?.url ?? '', registry.url).searchParams.getAll('scope')).toEqual([
      'aws',
      'repository:acme/app:pull',
    ]);
  });

  test('many requests at once fetch one token', async () => {
    const registry = await aRegistry({ login: BEARER });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    await Promise.all(Array.from({ length: 8 }, (_, at) => client.resolve(`${registry.host}/acme/app`, String(at))));
    expect(registry.seen.filter(one => one.kind === 'GET token')).toHaveLength(1);
  });

  test('many requests at once renew a token once', async () => {
    const clock = aClock();
    const registry = await aRegistry({ login: BEARER, tokenLifetime: 60, now: () => clock.now() });
    const client = aClient({ clock, credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    await client.resolve(`${registry.host}/acme/app`, '1');
    await clock.sleep(55_000);
    await Promise.all(Array.from({ length: 8 }, (_, at) => client.resolve(`${registry.host}/acme/app`, String(at))));
    expect(registry.seen.filter(one => one.kind === 'GET token')).toHaveLength(2);
    expect(registry.seen.filter(one => one.status === 401)).toHaveLength(1);
  });

  test('an identity token is exchanged by POST and never sent to the registry', async () => {
    const registry = await aRegistry({ login: { scheme: 'bearer', username: '', password: 'refresh-me' } });
    const env = { DOCKER_CONFIG: await aDockerConfig({ auths: { [registry.host]: { identitytoken: 'refresh-me' } } }) };
    await aClient({ env }).resolve(`${registry.host}/acme/app`, '1');
    const [post] = registry.seen.filter(one => one.kind === 'POST token');
    expect(Object.fromEntries(new URLSearchParams(post?.body.toString()))).toEqual({
      client_id: 'seaworthy',
      grant_type: 'refresh_token',
      refresh_token: 'refresh-me',
      scope: 'repository:acme/app:pull',
      service: 'fault',
    });
    expect(registry.seen.filter(one => one.authorization?.includes('refresh-me') === true)).toEqual([]);
  });

  test('a token server that knows OAuth2 only gets the password by POST', async () => {
    const registry = await aRegistry({ login: BEARER, oauthOnly: true });
    await aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] }).resolve(
      `${registry.host}/acme/app`,
      '1',
    );
    expect(registry.kinds()).toEqual(['HEAD manifest 401', 'GET token 405', 'POST token 200', 'HEAD manifest 404']);
  });

  test('a token server that stumbles is asked again', async () => {
    const registry = await aRegistry({ login: BEARER });
    registry.faults.push(
      { kind: 'GET token', times: 2, act: { answer: 503 } },
      { kind: 'GET token', skip: 2, times: 1, act: { reset: true } },
    );
    await aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] }).resolve(
      `${registry.host}/acme/app`,
      '1',
    );
    expect(registry.kinds().at(-1)).toBe('HEAD manifest 404');
  });

  test('tokens and passwords are told, to be masked', async () => {
    const told: string[] = [];
    const registry = await aRegistry({ login: BEARER });
    const client = aClient({
      credentials: [{ registry: registry.host, username: 'me', password: 'pw' }],
      onSecret: value => told.push(value),
    });
    await client.resolve(`${registry.host}/acme/app`, '1');
    expect(told).toEqual(['pw', basicValue('me', 'pw'), 'token-1']);
  });

  test('what is told about requests holds no query', async () => {
    const notes: string[] = [];
    const registry = await aRegistry({ login: BEARER });
    const client = aClient({
      credentials: [{ registry: registry.host, username: 'me', password: 'pw' }],
      onRequest: note => notes.push(`${note.method} ${note.url} ${note.status}`),
    });
    await client.resolve(`${registry.host}/acme/app`, '1');
    expect(notes).toEqual([401, 404].map(status => `HEAD ${registry.url}/v2/acme/app/manifests/1 ${status}`));
  });

  const refused: readonly [string, Parameters<typeof aRegistry>[0], string | undefined, RegExp][] = [
    [
      'Basic without a login',
      { login: { scheme: 'basic', username: 'me', password: 'pw' } },
      undefined,
      /does not let us read .*\(401/,
    ],
    [
      'Basic with a wrong password',
      { login: { scheme: 'basic', username: 'me', password: 'pw' } },
      'wrong',
      /does not let us read .*\(401/,
    ],
    ['Bearer without a login', { login: BEARER }, undefined, /wants a login to read 127.0.0.1:\d+\/acme\/app \(401\)/],
    ['Bearer with a wrong password', { login: BEARER }, 'wrong', /refused the login for 127.0.0.1:\d+\/acme\/app \(401\)/],
  ];
  test.each(refused)('%s is explained without another try', async (_, options, typed, message) => {
    const registry = await aRegistry(options);
    const credentials = typed === undefined ? [] : [{ registry: registry.host, username: 'me', password: typed }];
    const error: unknown = await aClient({ credentials })
      .resolve(`${registry.host}/acme/app`, '1')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
    expect((error as UserError).hint).toMatch(/Log in to 127\.0\.0\.1:\d+ before this step.*read rights on acme\/app/);
    expect((error as Error).message).not.toContain('wrong');
    expect(registry.seen.length).toBeLessThan(5);
  });

  test('a token that does not allow what we want ends after one renewal: absent, or not readable', async () => {
    const registry = await aRegistry({ login: BEARER });
    registry.faults.push({
      kind: 'HEAD manifest',
      act: {
        answer: 401,
        headers: { 'www-authenticate': `Bearer realm="${registry.url}/token",service="s",error="insufficient_scope"` },
      },
    });
    registry.faults.push({ kind: 'GET manifest', act: { answer: 401, body: '{"errors":[{"code":"DENIED"}]}' } });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    expect(await client.resolve(`${registry.host}/acme/app`, '1')).toBeUndefined();
    expect(registry.seen.filter(one => one.kind === 'GET token')).toHaveLength(2);
    const bytes = Buffer.from('{}');
    const digest = sha256(bytes);
    expect(await client.resolve(`${registry.host}/acme/app`, digest)).toBeUndefined();
    await client.pushManifest(`${registry.host}/acme/app`, digest, { digest, mediaType: 'x', bytes });
    const byDigest = client.resolve(`${registry.host}/acme/app`, digest);
    await expect(byDigest).rejects.toThrow(/does not let us read .*\(401 DENIED\)/);
    await expect(byDigest).rejects.toThrow(UserError);
    await expect(client.manifest(`${registry.host}/acme/app`, '1')).rejects.toThrow(UserError);
  });

  describe.each([401, 403] as const)('a repository that does not exist yet, reading it answered %i', missing => {
    const bytes = Buffer.from('{"schemaVersion":2}');
    const manifest = { digest: sha256(bytes), mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes };
    const found = { digest: manifest.digest, mediaType: manifest.mediaType };

    test('is published to for the first time', async () => {
      const registry = await aRegistry({ login: BEARER, missing });
      const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
      const image = `${registry.host}/acme/app`;
      expect(await client.resolve(image, '1')).toBeUndefined();
      expect(registry.kinds().at(-1)).toBe(`GET manifest ${missing}`);
      const { bundle, blob } = await aBlob(Buffer.from('layer'));
      expect(await client.pushBlob(image, blob, bundle, [])).toBe('sent');
      expect(await client.resolve(image, manifest.digest)).toBeUndefined();
      await client.pushManifest(image, manifest.digest, manifest);
      expect(await client.resolve(image, manifest.digest)).toEqual(found);
      expect(await client.resolve(image, '1')).toBeUndefined();
      await client.pushManifest(image, '1', manifest);
      expect(await client.resolve(image, '1')).toEqual(found);
    });

    test('and that we may not write to either is told at the write', async () => {
      const registry = await aRegistry({ login: BEARER, missing });
      registry.faults.push({ kind: 'POST upload', act: { answer: 403, body: '{"errors":[{"code":"DENIED"}]}' } });
      const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
      const { bundle, blob } = await aBlob(Buffer.from('layer'));
      await client.resolve(`${registry.host}/acme/app`, '1');
      const pushing = client.pushBlob(`${registry.host}/acme/app`, blob, bundle, []);
      await expect(pushing).rejects.toThrow(/does not let us write to .*\(403 DENIED\)/);
      await expect(pushing).rejects.toThrow(UserError);
    });

    test.each([
      ['a wrong password', [{ username: 'me', password: 'wrong' }], /refused the login/],
      ['no login', [], /wants a login to read/],
    ])('is no excuse for %s', async (_, logins, message) => {
      const registry = await aRegistry({ login: BEARER, missing });
      const client = aClient({ credentials: logins.map(login => ({ registry: registry.host, ...login })) });
      const resolving = client.resolve(`${registry.host}/acme/app`, '1');
      await expect(resolving).rejects.toThrow(message);
      await expect(resolving).rejects.toThrow(UserError);
    });
  });

  test('an anonymous token that is refused asks for a login', async () => {
    const registry = await aRegistry({ login: BEARER });
    registry.faults.push({ kind: 'GET token', act: { answer: 200, body: '{"token":"for-nobody"}' } });
    const resolving = aClient().resolve(`${registry.host}/acme/app`, '1');
    await expect(resolving).rejects.toThrow(/does not let us read .*\(401/);
    await expect(resolving).rejects.toThrow(UserError);
  });

  test('a rate limit dressed as 403 is no absent tag', async () => {
    const registry = await aRegistry({ login: BEARER });
    const limit = { answer: 403, headers: { 'x-ratelimit-remaining': '0' } };
    registry.faults.push({ kind: 'HEAD manifest', skip: 1, act: limit }, { kind: 'GET manifest', act: limit });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    await expect(client.resolve(`${registry.host}/acme/app`, '1')).rejects.toThrow(/limits our rate of requests/);
  });

  test.each([
    ['http elsewhere', 'http://auth.example.org/token', /wants its login sent to auth.example.org without TLS/],
    ['no address', 'nonsense', /names no valid address for tokens/],
  ])('a realm that is %s gets no credentials', async (_, realm, message) => {
    const registry = await aRegistry();
    registry.faults.push({
      kind: 'HEAD manifest',
      act: { answer: 401, headers: { 'www-authenticate': `Bearer realm="${realm}"` } },
    });
    const client = aClient({ credentials: [{ registry: registry.host, username: 'me', password: 'pw' }] });
    await expect(client.resolve(`${registry.host}/acme/app`, '1')).rejects.toThrow(message);
  });

  test('an unreadable config.json is told with its path', async () => {
    if (process.getuid?.() === 0) {
      // The superuser reads everything; a directory in the file's place fails for everybody.
      const directory = await temporaryDirectory();
      await mkdir(join(directory, 'config.json'));
      await expect(findCredential('ghcr.io', { run: NO_HELPER, env: { DOCKER_CONFIG: directory } })).rejects.toThrow(
        /cannot be read \(EISDIR\)/,
      );
      return;
    }
    const directory = await aDockerConfig({});
    await chmod(join(directory, 'config.json'), 0);
    await expect(findCredential('ghcr.io', { run: NO_HELPER, env: { DOCKER_CONFIG: directory } })).rejects.toThrow(
      /cannot be read \(EACCES\)/,
    );
  });
});

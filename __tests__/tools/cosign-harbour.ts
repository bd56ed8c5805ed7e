// What the tests on real cosign share: tiny images in real registries, keys, jobs with an identity, registries that answer badly.

import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fetchWorkflowIdentity } from '../../src/runner/oidc.ts';
import { run } from '../../src/tools/command.ts';
import type { CommandResult } from '../../src/tools/command.ts';
import { createSigner } from '../../src/tools/cosign.ts';
import type { CosignSigner } from '../../src/tools/cosign.ts';
import type { SignerOptions } from '../../src/tools/cosign-session.ts';
import type { RegistryAddress, Testbed } from '../../testbed/testbed.ts';

export const PASSWORD = 'a password with spaces & "quotes"';

export interface Pushed {
  readonly image: string;
  readonly digest: string;
}

export interface Harbour {
  readonly directory: string;
  /** Every command line that a signer of this harbour started. */
  readonly lines: string[];
  /** Why verifications said no. */
  readonly notes: string[];
  /** A new small image under a name of its own. */
  push(registry: RegistryAddress): Promise<Pushed>;
  /** Runs cosign as a person would, at home in the directory of the keys. */
  cosign(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  /** Makes a key pair; answers the text of the private half. */
  keyPair(name: string): Promise<string>;
  /** A signer that is disposed with the harbour. */
  signer(change: Partial<SignerOptions>): Promise<CosignSigner>;
  dispose(): Promise<void>;
}

/** Opens a harbour on the testbed. */
export function openHarbour(testbed: Testbed): Harbour {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'cosign-real-'));
  const lines: string[] = [];
  const notes: string[] = [];
  const signers: CosignSigner[] = [];
  const cosign: Harbour['cosign'] = (args, env = {}) =>
    run(testbed.tools.cosign, args, {
      env: { HOME: directory, COSIGN_PASSWORD: PASSWORD, ...env },
      cwd: directory,
      timeout: 60_000,
    });
  return {
    directory,
    lines,
    notes,
    cosign,
    push: registry => pushImage(testbed, directory, registry),
    async keyPair(name) {
      const made = await cosign(['generate-key-pair', `--output-key-prefix=${name}`]);
      if (made.exitCode !== 0) throw new Error(made.stderr);
      return readFileSync(path.join(directory, `${name}.key`), 'utf8');
    },
    async signer(change) {
      const signer = await createSigner({
        run,
        // Known, as for a pinned release: asking takes two more calls.
        cosign: { path: testbed.tools.cosign, version: '3.1.1' },
        signing: { method: 'key', log: false },
        password: PASSWORD,
        env: { DOCKER_CONFIG: path.join(directory, 'no-login') },
        directory,
        onStart: line => lines.push(line),
        onNote: line => notes.push(line),
        ...change,
      });
      signers.push(signer);
      return signer;
    },
    async dispose() {
      await Promise.all(signers.map(signer => signer.dispose()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function pushImage(testbed: Testbed, directory: string, registry: RegistryAddress): Promise<Pushed> {
  const id = randomBytes(6).toString('hex');
  const file = path.join(directory, `${id}.txt`);
  writeFileSync(file, id);
  const archive = path.join(directory, `${id}.tar`);
  await must('tar', ['-C', directory, '-cf', archive, `${id}.txt`], { PATH: process.env['PATH'] ?? '' });
  const image = `${registry.host}/cosign-test/${id}`;
  const login = path.join(directory, `login-${id}`);
  const env = {
    HOME: directory,
    DOCKER_CONFIG: login,
    ...(registry.ca === undefined ? {} : { SSL_CERT_FILE: registry.ca }),
  };
  if (registry.username !== undefined)
    await must(
      testbed.tools.crane,
      ['auth', 'login', registry.host, '-u', registry.username, '-p', registry.password ?? ''],
      env,
    );
  await must(testbed.tools.crane, ['append', '-f', archive, '-t', `${image}:made`], env);
  const digest = (await must(testbed.tools.crane, ['digest', `${image}:made`], env)).trim();
  rmSync(login, { recursive: true, force: true });
  return { image, digest };
}

async function must(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const result = await run(command, args, { env, timeout: 60_000 });
  if (result.exitCode !== 0) throw new Error(`${path.basename(command)} ${args[0] ?? ''}: ${result.stderr}`);
  return result.stdout;
}

/** The identity of a job, asked for as the action does; only the client of the runner's toolkit is replaced. */
export function identityOf(env: Readonly<Record<string, string>>): ReturnType<typeof fetchWorkflowIdentity> {
  return fetchWorkflowIdentity(env, async audience => {
    const answer = await fetch(`${env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''}&audience=${audience}`, {
      headers: { authorization: `Bearer ${env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? ''}` },
    });
    return ((await answer.json()) as { readonly value: string }).value;
  });
}

export interface Proxy {
  readonly address: RegistryAddress;
  /** Requests that fit are answered with this status (0: not at all, the connection is closed), the others by the registry. */
  fault(match: RegExp | undefined, status?: number): void;
  close(): Promise<void>;
}

/** What registries call it. */
const CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 429: 'TOOMANYREQUESTS' };

/** A registry in front of a real one that answers some requests badly. */
export async function badRegistry(upstream: RegistryAddress): Promise<Proxy> {
  let match: RegExp | undefined;
  let status = 500;
  const [host, port] = upstream.host.split(':');
  const server = http.createServer((request, response) => {
    if (match?.test(`${request.method ?? ''} ${request.url ?? ''}`) === true) {
      if (status === 0) {
        request.socket.destroy();
        return;
      }
      request.resume();
      const errors = [{ code: CODES[status] ?? 'UNKNOWN', message: 'made to fail' }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
      return;
    }
    const onward = http.request({ host, port, method: request.method, path: request.url, headers: request.headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    address: { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, log: '' },
    fault(wanted, answer = 500) {
      match = wanted;
      status = answer;
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

/** Every file below a directory, as text. */
export function textsBelow(directory: string): string[] {
  return readdirSync(directory).flatMap(name => {
    const file = path.join(directory, name);
    return statSync(file).isDirectory() ? textsBelow(file) : [readFileSync(file, 'utf8')];
  });
}

/** GET of a manifest by tag or digest. */
export async function getManifest(
  { image }: Pushed,
  reference: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(manifestUrl(image, reference), {
    headers: { accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' },
  });
  return { status: answer.status, text: await answer.text() };
}

/** PUT of a manifest under a tag or digest. */
export async function putManifest({ image }: Pushed, reference: string, text: string): Promise<void> {
  const { mediaType } = JSON.parse(text) as { readonly mediaType: string };
  const answer = await fetch(manifestUrl(image, reference), {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: text,
  });
  if (answer.status !== 201) throw new Error(`PUT ${reference}: ${answer.status} ${await answer.text()}`);
}

/** GET of a blob, and PUT of one; the answer is its text. */
export async function getBlob({ image }: Pushed, digest: string): Promise<string> {
  return (await fetch(`${repositoryUrl(image)}/blobs/${digest}`)).text();
}

export async function putBlob({ image }: Pushed, digest: string, text: string): Promise<void> {
  const started = await fetch(`${repositoryUrl(image)}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location') ?? '', repositoryUrl(image));
  location.searchParams.set('digest', digest);
  const answer = await fetch(location, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: text });
  if (answer.status !== 201) throw new Error(`PUT blob: ${answer.status}`);
}

function repositoryUrl(image: string): string {
  const slash = image.indexOf('/');
  return `http://${image.slice(0, slash)}/v2/${image.slice(slash + 1)}`;
}

function manifestUrl(image: string, reference: string): string {
  return `${repositoryUrl(image)}/manifests/${reference}`;
}

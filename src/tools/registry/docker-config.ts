// The user's docker login (config.json, credential helpers) and explicit inputs -> the credential for a registry.

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ToolError, UserError } from '../../errors.ts';
import type { Run } from '../command.ts';
import { registryKey } from './reference.ts';

export type Credential =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** An OAuth2 refresh token, as Azure's registry gives: exchanged, never sent to the registry itself. */
  | { readonly kind: 'identity'; readonly token: string };

/** A login that was typed into the inputs; wins over the docker login. */
export interface ExplicitCredential {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

export interface CredentialSources {
  readonly run: Run;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly explicit?: readonly ExplicitCredential[];
  /** Told each secret before it is used, so that it can be masked. */
  readonly onSecret?: (value: string) => void;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, AuthEntry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

interface AuthEntry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

const HUB_KEY = 'https://index.docker.io/v1/';

/** Finds the credential for a registry (as `registryKey` names it): inputs, then credHelpers, credsStore, auths. Undefined: anonymous. */
export async function findCredential(registry: string, sources: CredentialSources): Promise<Credential | undefined> {
  const typed = sources.explicit?.find(entry => registryKey(entry.registry) === registry);
  const found =
    typed === undefined
      ? await fromDocker(registry, sources)
      : ({ kind: 'password', username: typed.username, password: typed.password } as const);
  if (found !== undefined) tellSecrets(found, sources.onSecret);
  return found;
}

async function fromDocker(registry: string, sources: CredentialSources): Promise<Credential | undefined> {
  const given = sources.env['DOCKER_CONFIG'];
  // Docker takes an empty one for none.
  const path = join(
    given !== undefined && given !== '' ? given : join(sources.env['HOME'] ?? homedir(), '.docker'),
    'config.json',
  );
  const config = await readConfig(path);
  const helper = Object.entries(config.credHelpers ?? {}).find(([key]) => registryKey(key) === registry)?.[1];
  if (helper !== undefined && helper !== '') return askHelper(helper, registry, sources);
  if (config.credsStore !== undefined && config.credsStore !== '') {
    const stored = await askHelper(config.credsStore, registry, sources);
    if (stored !== undefined) return stored;
  }
  return fromAuths(config, registry, path);
}

/** A missing file is an empty one; a broken one is the user's to mend, since ignoring it would look like a missing login. */
async function readConfig(path: string): Promise<DockerConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return {};
    throw new UserError(`docker's ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, {
      hint: 'Make it readable for this job, or point DOCKER_CONFIG to another directory.',
      cause: error,
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The parser's message would quote the file: it holds secrets.
  }
  throw new UserError(`docker's ${path} is not valid JSON`, { hint: 'Log in again (docker/login-action writes the file anew).' });
}

/** Keys are host names with or without scheme and /v1/; a key with a longer path belongs to other tools (podman) and does not count. */
function fromAuths(config: DockerConfig, registry: string, path: string): Credential | undefined {
  const entry = Object.entries(config.auths ?? {}).find(([key, value]) => matches(key, registry) && isUsable(value))?.[1];
  if (entry === undefined) return undefined;
  if (entry.identitytoken !== undefined && entry.identitytoken !== '') return { kind: 'identity', token: entry.identitytoken };
  if (entry.auth === undefined || entry.auth === '')
    return { kind: 'password', username: entry.username ?? '', password: entry.password ?? '' };
  const decoded = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1)
    throw new UserError(`docker's ${path} holds a login for ${registry} that is not base64 of "username:password"`, {
      hint: `Log in to ${registry} again.`,
    });
  // Docker pads short entries with NUL.
  return { kind: 'password', username: decoded.slice(0, colon), password: decoded.slice(colon + 1).replace(/\0+$/, '') };
}

function matches(key: string, registry: string): boolean {
  const path = key.replace(/^https?:\/\//i, '').replace(/^[^/]*/, '');
  return registryKey(key) === registry && /^(\/v[12])?\/?$/.test(path);
}

function isUsable(entry: AuthEntry): boolean {
  return [entry.auth, entry.identitytoken, entry.username].some(value => value !== undefined && value !== '');
}

/** Speaks docker's credential helper protocol: server on stdin, JSON on stdout. */
async function askHelper(name: string, registry: string, sources: CredentialSources): Promise<Credential | undefined> {
  const command = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw new UserError(`"${name}" is not the name of a docker credential helper`);
  const result = await sources
    .run(command, ['get'], {
      env: helperEnvironment(sources.env),
      input: registry === 'docker.io' ? HUB_KEY : registry,
      timeout: 60_000,
    })
    .catch((error: unknown) => {
      throw new UserError(
        `docker's config.json names the credential helper ${command} for ${registry}, but it cannot be started`,
        {
          hint: `Install ${command}, or remove it from config.json and log in with a username and a password.`,
          cause: error,
        },
      );
    });
  const said = `${result.stdout} ${result.stderr}`;
  if (result.exitCode !== 0) {
    if (/credentials not found/i.test(said)) return undefined;
    throw new ToolError(
      `${command} gave no credential for ${registry}: ${firstLine(result.stderr) ?? firstLine(result.stdout) ?? 'no message'}`,
      {
        tool: command,
        hint: `Run "echo ${registry} | ${command} get" on the same machine to see why.`,
      },
    );
  }
  return parseHelperAnswer(result.stdout, command, registry);
}

function parseHelperAnswer(stdout: string, command: string, registry: string): Credential | undefined {
  let answer: { readonly Username?: unknown; readonly Secret?: unknown } | null;
  try {
    answer = JSON.parse(stdout) as typeof answer;
  } catch {
    throw new ToolError(`${command} answered something that is not JSON for ${registry}`, { tool: command });
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof secret !== 'string' || secret === '' || typeof username !== 'string') return undefined;
  return username === '<token>' ? { kind: 'identity', token: secret } : { kind: 'password', username, password: secret };
}

/** What only this action was given: inputs, the runner's tokens (the one for OIDC included), keys and passwords of cosign. */
const NOT_FOR_HELPERS = /^(INPUT_|STATE_|ACTIONS_RUNTIME_|ACTIONS_RESULTS_|ACTIONS_ID_TOKEN_REQUEST_|COSIGN_|GITHUB_TOKEN$)/i;

/** The user's environment less what only this action was given. */
function helperEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    if (value !== undefined && !NOT_FOR_HELPERS.test(key)) kept[key] = value;
  }
  return kept;
}

function tellSecrets(found: Credential, onSecret: ((value: string) => void) | undefined): void {
  if (onSecret === undefined) return;
  if (found.kind === 'identity') {
    onSecret(found.token);
    return;
  }
  if (found.password === '') return;
  onSecret(found.password);
  onSecret(basicValue(found.username, found.password));
}

/** The value of an `Authorization: Basic` header. */
export function basicValue(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
}

function firstLine(text: string): string | undefined {
  return text
    .split('\n')
    .map(line => line.trim())
    .find(line => line !== '');
}

function isCode(error: unknown, code: string): boolean {
  return (error as Partial<NodeJS.ErrnoException>).code === code;
}

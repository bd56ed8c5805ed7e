// The logins of the inputs + the user's docker config -> a private config directory for buildx, for caches in registries that only the inputs have a login for.

import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { LayerCache } from '../plan/plan.ts';
import { splitReference } from '../plan/reference.ts';
import { basicValue } from './registry/docker-config.ts';
import type { ExplicitCredential } from './registry/docker-config.ts';
import { parseRepository, registryKey } from './registry/reference.ts';

export interface CacheLogin {
  /** DOCKER_CONFIG, and where buildx finds the user's builders (also those that are made later). */
  readonly env: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

const HUB_KEY = 'https://index.docker.io/v1/';

/** The logins that are for the registry of one of these caches. */
export function loginsFor(
  caches: readonly LayerCache[],
  credentials: readonly ExplicitCredential[],
): readonly ExplicitCredential[] {
  const registries = caches.flatMap(({ type, attributes }) => (type === 'registry' ? registryOf(attributes['ref'] ?? '') : []));
  return credentials.filter(({ registry }) => registries.includes(registryKey(registry)));
}

function registryOf(reference: string): string[] {
  try {
    return [parseRepository(splitReference(reference).name).registry];
  } catch {
    return [];
  }
}

/** Makes the directory (0700) below `parent`, its config.json 0600. The passwords are in that file and nowhere else: no argument, no variable. */
export async function makeCacheLogin(
  parent: string,
  env: Readonly<Record<string, string | undefined>>,
  logins: readonly ExplicitCredential[],
): Promise<CacheLogin> {
  const users = orElse(env['DOCKER_CONFIG'], join(env['HOME'] ?? homedir(), '.docker'));
  const directory = await mkdtemp(join(parent, 'cache-login-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  try {
    const names = await readdir(users).catch(() => []);
    for (const name of names) if (name !== 'config.json') await symlink(join(users, name), join(directory, name));
    const config = await readConfig(join(users, 'config.json'));
    await writeFile(join(directory, 'config.json'), JSON.stringify(withLogins(config, logins)), { mode: 0o600, flag: 'wx' });
    return { env: { BUILDX_CONFIG: orElse(env['BUILDX_CONFIG'], join(users, 'buildx')), DOCKER_CONFIG: directory }, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function orElse(value: string | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : value;
}

type Config = Readonly<Record<string, unknown>>;

async function readConfig(file: string): Promise<Config> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** An empty helper sends docker to `auths` for that registry, whatever store it uses for the others. */
function withLogins(config: Config, logins: readonly ExplicitCredential[]): Config {
  const auths: Record<string, unknown> = isObject(config['auths']) ? { ...config['auths'] } : {};
  const credHelpers: Record<string, unknown> = isObject(config['credHelpers']) ? { ...config['credHelpers'] } : {};
  for (const { registry, username, password } of logins) {
    const key = registryKey(registry);
    const name = key === 'docker.io' ? HUB_KEY : key;
    auths[name] = { auth: basicValue(username, password) };
    credHelpers[name] = '';
  }
  return { ...config, auths, credHelpers };
}

function isObject(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

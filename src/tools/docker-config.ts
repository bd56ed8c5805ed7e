// The credentials of the registries that a tool really needs -> a docker config directory of its own, readable by nobody else, gone at the end.

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { basicValue, findCredential } from './registry/docker-config.ts';
import type { Credential, CredentialSources } from './registry/docker-config.ts';
import { parseRepository } from './registry/reference.ts';

export interface DockerConfig {
  /** What DOCKER_CONFIG is set to. */
  readonly directory: string;
  /** Makes sure that the registry of `image` has its credential in the file. Short-lived ones are asked for again after a while. */
  prepare(image: string): Promise<void>;
  /** Removes the directory with everything in it. */
  dispose(): Promise<void>;
}

/** Tokens of cloud registries live for minutes to hours. */
const FRESH_FOR = 5 * 60_000;
const HUB_KEY = 'https://index.docker.io/v1/';

/**
 * Makes the directory (0700) below `parent`. The user's own file is read, never copied: the tool gets the logins of the registries that it
 * works with, resolved exactly as the registry client does (inputs, helpers, stores, auths), so that no helper runs inside the tool.
 */
export async function makeDockerConfig(
  parent: string,
  sources: CredentialSources,
  now: () => number = Date.now,
): Promise<DockerConfig> {
  const directory = await mkdtemp(join(parent, 'docker-'));
  const known = new Map<string, { readonly at: number; readonly credential: Credential | undefined }>();
  let turn: Promise<unknown> = writeConfig(directory, known);
  await turn;

  const refresh = async (registry: string): Promise<void> => {
    const last = known.get(registry);
    if (last !== undefined && now() - last.at < FRESH_FOR) return;
    known.set(registry, { at: now(), credential: await findCredential(registry, sources) });
    await writeConfig(directory, known);
  };
  return {
    directory,
    prepare(image) {
      const { registry } = parseRepository(image);
      // One after another: two images of one run may ask at the same time.
      const mine = turn.then(() => refresh(registry));
      turn = mine.catch(() => undefined);
      return mine;
    },
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

async function writeConfig(
  directory: string,
  known: ReadonlyMap<string, { readonly credential: Credential | undefined }>,
): Promise<void> {
  const auths: Record<string, { readonly auth?: string; readonly identitytoken?: string }> = {};
  for (const [registry, { credential }] of known) {
    if (credential !== undefined) auths[registry === 'docker.io' ? HUB_KEY : registry] = entryOf(credential);
  }
  // A tool that is reading sees the old file or the new one, never half of it.
  const fresh = join(directory, 'config.json.new');
  await writeFile(fresh, JSON.stringify({ auths }), { mode: 0o600 });
  await rename(fresh, join(directory, 'config.json'));
}

function entryOf(credential: Credential): { readonly auth?: string; readonly identitytoken?: string } {
  if (credential.kind === 'password') return { auth: basicValue(credential.username, credential.password) };
  // Docker's file format wants a user beside an identity token; its value is not used.
  return { auth: basicValue('00000000-0000-0000-0000-000000000000', ''), identitytoken: credential.token };
}

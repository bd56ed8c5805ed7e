// `ghcr.io/acme/app` -> where its registry answers and how the repository is called there.

import { UserError } from '../../errors.ts';

/** A repository of a registry. */
export interface Repository {
  /** As the user wrote it: for messages. */
  readonly image: string;
  /** What credentials are stored under: `docker.io`, `ghcr.io`, `localhost:5000`. */
  readonly registry: string;
  /** Host, perhaps with port, that answers the API: `registry-1.docker.io`. */
  readonly host: string;
  /** Path below /v2/: `library/debian`. */
  readonly name: string;
}

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const HUB_NAMES: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** Splits an image name (no tag, no digest) as Docker does: the first part is a registry when it has a dot, a colon or is `localhost`. */
export function parseRepository(image: string): Repository {
  const slash = image.indexOf('/');
  const first = slash === -1 ? '' : image.slice(0, slash);
  const named = first === 'localhost' || /[.:]/.test(first);
  const registry = registryKey(named ? first : 'docker.io');
  const path = named ? image.slice(slash + 1) : image;
  if (!NAME.test(path) || path.length > 255)
    throw new UserError(`"${image}" is not the name of a repository`, {
      hint: 'Write it in lower case, without tag or digest, for example ghcr.io/acme/app.',
    });
  if (registry !== 'docker.io') return { image, registry, host: registry, name: path };
  return { image, registry, host: 'registry-1.docker.io', name: path.includes('/') ? path : `library/${path}` };
}

/** One name for one registry, however it was written in an input or in docker's config.json: `https://index.docker.io/v1/` -> `docker.io`. */
export function registryKey(written: string): string {
  const host = written
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/.*$/, '')
    .toLowerCase();
  return HUB_NAMES.includes(host) ? 'docker.io' : host;
}

/** True for hosts of this very machine: the only ones that may be spoken to without TLS. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}

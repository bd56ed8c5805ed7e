// Contexts + event + github-token -> the build secrets with which BuildKit reads the event's own server, and no other.

import type { Event } from './event.ts';
import { parseContext } from './git-address.ts';
import type { Inputs } from './inputs.ts';
import type { BuildSecret } from './plan.ts';

export interface GitTokenOrder {
  readonly event: Event;
  readonly inputs: Pick<Inputs, 'githubToken' | 'secrets' | 'secretEnvs' | 'secretFiles'>;
  readonly context: string;
  /** `name=value`. */
  readonly buildContexts: readonly string[];
}

/**
 * BuildKit asks for `GIT_AUTH_TOKEN.<host>` before `GIT_AUTH_TOKEN` (moby/buildkit: source/git), so the token goes to the hosts of contexts on the event's
 * server only: another host that a Dockerfile names in ADD, a submodule or an insecure address never gets it. Whoever brings a login for Git has thought of it: then nothing is added.
 */
export function gitTokenSecrets({ event, inputs, context, buildContexts }: GitTokenOrder): readonly BuildSecret[] {
  if (inputs.githubToken === '') return [];
  const given = [...inputs.secrets, ...inputs.secretEnvs, ...inputs.secretFiles].map(({ id }) => id);
  const has = (id: string): boolean => given.includes(id);
  if (has('GIT_AUTH_TOKEN') || has('GIT_AUTH_HEADER')) return [];
  const values = [context, ...buildContexts.map(entry => entry.slice(entry.indexOf('=') + 1))];
  const hosts = new Set(
    values.flatMap(value => {
      const address = parseContext(value);
      return address.kind === 'git' && `${address.scheme}://${address.host}`.toLowerCase() === originOf(event)
        ? [address.host]
        : [];
    }),
  );
  return [...hosts]
    .filter(host => !has(`GIT_AUTH_TOKEN.${host}`) && !has(`GIT_AUTH_HEADER.${host}`))
    .map(host => ({ id: `GIT_AUTH_TOKEN.${host}`, from: 'token' }));
}

/** `https://github.com`. */
function originOf({ serverUrl }: Event): string {
  return (/^[a-z]+:\/\/[^/]+/i.exec(serverUrl)?.[0] ?? '').toLowerCase();
}

// Contexts + event + github-token -> the build secret with which BuildKit reads the event's own repository, where no foreign Dockerfile can see it.

import type { Event } from './event.ts';
import { parseContext } from './git-address.ts';
import type { Inputs } from './inputs.ts';
import type { BuildSecret } from './plan.ts';
import { isRepository } from './remote-sources.ts';

export interface GitTokenOrder {
  readonly event: Event;
  readonly inputs: Pick<Inputs, 'githubToken' | 'secrets' | 'secretEnvs' | 'secretFiles'>;
  readonly context: string;
  readonly file: string | undefined;
  /** `name=value`. */
  readonly buildContexts: readonly string[];
}

/**
 * A build secret can be mounted by whatever Dockerfile is built, so the token is given only where that is the event's own: the context is a path or a
 * commit of the event's repository, and the Dockerfile comes from no other address. BuildKit asks for `GIT_AUTH_TOKEN.<host>` before `GIT_AUTH_TOKEN`
 * (moby/buildkit: source/git): another host that a Dockerfile names in ADD, a submodule or an insecure address never gets it. Whoever brings a login for
 * Git has thought of it: then nothing is added.
 */
export function gitTokenSecrets(order: GitTokenOrder): readonly BuildSecret[] {
  const { event, inputs, context, buildContexts } = order;
  if (inputs.githubToken === '' || !isOwnDockerfile(order)) return [];
  const given = [...inputs.secrets, ...inputs.secretEnvs, ...inputs.secretFiles].map(({ id }) => id);
  const has = (id: string): boolean => given.includes(id);
  if (has('GIT_AUTH_TOKEN') || has('GIT_AUTH_HEADER')) return [];
  const values = [context, ...buildContexts.map(entry => entry.slice(entry.indexOf('=') + 1))];
  const hosts = new Set(
    values.flatMap(value => {
      const address = parseContext(value);
      if (address.kind !== 'git' || !isRepository(address, event)) return [];
      return `${address.scheme}://${address.host}`.toLowerCase() === originOf(event) ? [address.host] : [];
    }),
  );
  return [...hosts]
    .filter(host => !has(`GIT_AUTH_TOKEN.${host}`) && !has(`GIT_AUTH_HEADER.${host}`))
    .map(host => ({ id: `GIT_AUTH_TOKEN.${host}`, from: 'token' }));
}

function isOwnDockerfile({ event, context, file = '' }: GitTokenOrder): boolean {
  const address = parseContext(context);
  if (/^https?:\/\//i.test(file)) return false;
  return address.kind === 'path' || (address.kind === 'git' && isRepository(address, event));
}

/** `https://github.com`. */
function originOf({ serverUrl }: Event): string {
  return (/^[a-z]+:\/\/[^/]+/i.exec(serverUrl)?.[0] ?? '').toLowerCase();
}

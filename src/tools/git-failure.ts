// What git said inside a failed build -> the cause in one line, and what to do about it. Recorded with git 2.39, BuildKit 28.5 (dockerd) and 0.33.1.

import type { BuildOrder } from '../build/build.ts';
import { isRemoteContext, parseContext } from '../plan/git-address.ts';
import { shorten } from '../plan/reference.ts';

/** BuildKit's own git failed, not one that a RUN step started. */
const OURS =
  /git stderr:|failed to fetch remote |error fetching default branch|failed to update submodules|repository does not contain ref|invalid (?:git context )?subdir|exec: "git"|ambiguous Dockerfile source/;

const HINTS: readonly (readonly [RegExp, (order: BuildOrder) => string])[] = [
  [
    /exec: "git": executable file not found/,
    () =>
      'BuildKit of this builder has no git: use an image with it (builder-image, moby/buildkit has it), or check the repository out before this step and give a path as "context".',
  ],
  [
    /failed to update submodules/,
    () =>
      'A submodule could not be read: BuildKit uses the token of a Git context for submodules on github.com only, and github-token reads this repository only. Leave them out (?submodules=false behind .git), or check out with them before this step (actions/checkout, submodules: true) and give a path as "context".',
  ],
  [
    /could not read (?:Username|Password) for|terminal prompts disabled|Authentication failed for|Invalid username or (?:token|password)|requested URL returned error: 40[13]/i,
    loginHint,
  ],
  [
    /repository '?[^']*'? not found|remote: Repository not found|requested URL returned error: 404/i,
    order => `There is no such repository, or the token may not read it (a server says the same of both). ${loginHint(order)}`,
  ],
  [
    /repository does not contain ref|couldn't find remote ref|not our ref|remote error: upload-pack: not our ref|unadvertised object/i,
    order =>
      `The repository has no such ref: check what follows "#" (${shown(order)}). A commit must have been pushed; one of a branch that was rewritten may be gone.`,
  ],
  [
    /invalid subdir|invalid git context subdir/i,
    order => `The commit has no such directory: check what follows the ":" of "context" (${shown(order)}).`,
  ],
  [
    /Could not resolve host|Failed to connect to|Could not connect to server|SSL certificate problem|server certificate verification failed/i,
    () =>
      'BuildKit could not reach the Git server: it is the builder, not this step, that reads a Git context, with its own network, proxy and authorities. A checkout before this step and a path as "context" do without.',
  ],
  [
    /Host key verification failed|Permission denied \(publickey/,
    () =>
      'The Git server refused the SSH key: start an agent with the right one before this step (SSH_AUTH_SOCK), or give it as ssh: default=PATH.',
  ],
  [
    /ambiguous Dockerfile source/,
    () =>
      'Standard input holds a Dockerfile and no archive, so "file" has nothing to name: leave it out, or pipe a tar archive of the context.',
  ],
];

/** What to do, from all that was said; undefined when it was not git that failed. To be asked before what speaks of a Dockerfile or a registry: a Git context fails while the Dockerfile is read. */
export function gitHint(text: string, order: BuildOrder): string | undefined {
  return OURS.test(text) ? HINTS.find(([pattern]) => pattern.test(text))?.[1](order) : undefined;
}

function loginHint({ secrets }: BuildOrder): string {
  const ours = secrets.find(({ from }) => from === 'token');
  const host = ours?.id.replace(/^GIT_AUTH_TOKEN\./, '');
  if (host === undefined)
    return 'For a private repository give a token that may read it as secrets: GIT_AUTH_TOKEN.<host>=…, or check the repository out before this step and give a path as "context".';
  return `BuildKit was given github-token for ${host}, which the job must allow (permissions: contents: read) and which reads this repository only: for another, also of a submodule, give secrets: GIT_AUTH_TOKEN.${host}=… with a token that may read it.`;
}

/** Where a Dockerfile that cannot be read was looked for; undefined for a path. */
export function remoteDockerfileHint({ context, file }: BuildOrder): string | undefined {
  if (!isRemoteContext(context)) return undefined;
  const address = parseContext(context);
  const root =
    address.kind !== 'git'
      ? 'the archive'
      : address.subdir === undefined
        ? 'the repository'
        : `its directory ${shorten(address.subdir)}`;
  return `Check "file": ${shorten(file ?? 'Dockerfile')} is looked for in ${root}, not in the workspace (${shorten(context, 160)}).`;
}

/** The line that names the cause, with git's own word for it: BuildKit puts that on a line below. */
export function gitCause(line: string, said: readonly string[]): string {
  if (!/git stderr:\s*$/.test(line)) return line;
  const fatal = said.findLast(text => /^(?:fatal|error|remote error): /.test(text));
  const where = line
    .replace(/\s*git stderr:\s*$/, '')
    .replace(/^(?:failed to read dockerfile: |failed to load cache key: |failed to compute cache key: )+/, '');
  return fatal === undefined ? where.replace(/:$/, '') : `${where} ${fatal.replace(/^(?:fatal|error): /, '')}`;
}

function shown({ context }: BuildOrder): string {
  return shorten(context, 160);
}

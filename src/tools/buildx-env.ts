// The user's environment -> the environment of docker and buildx: what builds need, without what only the action may know.

import type { BuildOrder } from '../build/build.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const CACHE_TOKEN = 'ACTIONS_RUNTIME_TOKEN';
const PRIVATE = [
  /^INPUT_/,
  /^STATE_/,
  /^ACTIONS_ID_TOKEN_/,
  new RegExp(`^${CACHE_TOKEN}$`),
  /^(GITHUB|GH)_(ENTERPRISE_)?TOKEN$/,
  /^COSIGN_/,
  /^SIGSTORE_/,
];
/** Files through which a step speaks to the runner: a build has nothing to say there. */
const RUNNER_FILES = /^GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)$/;
const GITHUB_TOKEN_SHAPE = /^(gh[pousr]_|github_pat_)\w{20,}/;

/**
 * The environment that docker and buildx get. Proxies, SSH_AUTH_SOCK, DOCKER_*, BUILDX_* and the user's own variables stay (a bare
 * `build-args: FOO` reads them); tokens and inputs go, also under other names when they look like a token of GitHub.
 */
export function dockerEnvironment(user: Environment): Record<string, string> {
  const kept = Object.entries(user).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !PRIVATE.some(pattern => pattern.test(entry[0])) &&
      !RUNNER_FILES.test(entry[0]) &&
      !GITHUB_TOKEN_SHAPE.test(entry[1]),
  );
  return Object.fromEntries(kept);
}

/**
 * The same for one build: the timestamp of the order and no other (the plan has read the user's variable), a small metadata file, the token of the Actions cache service
 * only for a cache of that service, and the variables that hold build secrets.
 */
export function buildEnvironment(
  user: Environment,
  order: BuildOrder,
  secrets: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const token = usesActionsCache(order) ? user[CACHE_TOKEN] : undefined;
  return {
    ...dockerEnvironment({ ...user, SOURCE_DATE_EPOCH: undefined }),
    ...(token === undefined ? {} : { [CACHE_TOKEN]: token }),
    ...secrets,
    ...(order.sourceDateEpoch === undefined ? {} : { SOURCE_DATE_EPOCH: order.sourceDateEpoch.toString() }),
    // We read one digest from the metadata file; the provenance is in the layout.
    BUILDX_METADATA_PROVENANCE: 'disabled',
  };
}

function usesActionsCache({ caches: { imports, exports } }: BuildOrder): boolean {
  return [...imports, ...exports].some(({ type }) => type === 'gha');
}

// What buildx said of a builder that could not be made or started -> one line, what to do about it, and whether another try may help.

import { ToolError, UserError } from '../errors.ts';
import type { BuilderSetup } from '../plan/plan.ts';
import { ending, tail } from './command.ts';
import type { CommandResult } from './command.ts';

/** Passes by itself, or may: limits, time-outs, and servers in trouble. The texts are those of the engine (docker/setup-buildx-action#64, #120, #395, #445, #458, #510). */
const PASSING =
  /toomanyrequests|too many requests|\b429\b|rate limit|context deadline exceeded|client\.timeout exceeded|tls handshake timeout|i\/o timeout|connection reset by peer|unexpected eof|request canceled|temporary failure in name resolution|server misbehaving|unexpected http status: 5\d\d|\b50[0234] (internal server error|bad gateway|service unavailable|gateway time-?out)/i;
/** Whatever else is said: no other try changes it. */
const LASTING = /not found|no such image|manifest unknown|denied|unauthorized|invalid reference/i;

const MIRROR = 'name a mirror or a copy of it with "builder-image"';
const INSTEAD =
  'Or turn on the containerd image store of the engine, or bring a builder (docker/setup-buildx-action, "builder").';
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /toomanyrequests|too many requests|\b429\b|rate limit/i,
    `The registry limits how often images are pulled: log in before this step (docker/login-action), or ${MIRROR}.`,
  ],
  [/network \S+ not found/i, 'Check "network=…" in "driver-opts": the engine has no network of that name.'],
  [
    /flag provided but not defined|buildkitd\.toml|failed to load (buildkitd )?config|invalid (value|boolean value) .* for flag/i,
    'Check "buildkitd-flags" and "buildkitd-config": buildkitd ended at once, and said why in the lines above.',
  ],
  [
    /cgroup/i,
    'The engine has trouble with cgroups: name another one with "cgroup-parent=…" in "driver-opts", or let the engine use the cgroup driver of its machine (cgroupfs or systemd).',
  ],
  [
    /privileged|operation not permitted|permission denied/i,
    'BuildKit runs in a privileged container, which this engine does not allow. Name a remote or kubernetes builder with "builder", or use an engine with the containerd image store.',
  ],
  [
    /no space left on device/i,
    'The disk of the engine is full: free space before this step (docker system prune), or use a larger runner.',
  ],
  [
    /not found|no such image|manifest unknown|denied|unauthorized/i,
    `That image is not there, or not for this login: correct "builder-image", or ${MIRROR}. ${INSTEAD}`,
  ],
];

/** `docker buildx create` refused the settings: that is for the user to put right. */
export function createFailure(result: CommandResult, setup: BuilderSetup): UserError {
  const said = lastWords(result);
  const input = /buildkit config|buildkitd\.toml/i.test(said)
    ? setup.config === undefined
      ? 'buildkitd-config-inline'
      : 'buildkitd-config'
    : /flag/i.test(said) && setup.flags !== undefined
      ? 'buildkitd-flags'
      : setup.driverOpts.length > 0
        ? 'driver-opts'
        : 'builder';
  return new UserError(`${input}: docker buildx create refuses it: ${said}`, {
    hint: 'The options are those of the docker-container driver of buildx (image, network, memory, cpu-quota, cpuset-cpus, env.NAME, …), one a line; one with a comma in its value stands in quotes.',
  });
}

/** `docker buildx inspect` says nothing of a builder, and not because there is none. `limit`: milliseconds that it had. */
export function inspectFailure(result: CommandResult, limit: number): ToolError {
  return new ToolError(`docker buildx inspect failed: ${lastWords(result, limit)}`, {
    tool: 'docker buildx inspect',
    tail: tail(result.stderr),
    ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
    ...(result.timedOut && {
      hint: 'The builder (its cluster, cloud or engine) does not answer: look after it, or name another one with "builder".',
    }),
  });
}

/** True when buildx knows no builder of this name. */
export function isUnknown({ stderr }: CommandResult): boolean {
  return /no builder/.test(stderr);
}

/** The builder did not start. `problem` is what `inspect` says of it. */
export function bootFailure(result: CommandResult, image: string, problem?: string): ToolError {
  const said = tail(result.stderr, 40);
  const everything = [...said, problem ?? ''].join('\n');
  const hint = HINTS.find(([pattern]) => pattern.test(everything))?.[1];
  return new ToolError(`A builder from ${image} could not be started: ${problem ?? causeOf(said) ?? lastWords(result)}`, {
    tool: 'docker buildx create',
    tail: said,
    hint: hint ?? `If that image cannot be pulled here, ${MIRROR}. ${INSTEAD}`,
    ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
  });
}

/** True when another try may go well. */
export function isPassing(failure: ToolError): boolean {
  return PASSING.test(failure.message) && !LASTING.test(failure.message);
}

/** buildkitd that ends at once leaves buildx with an exit code alone; why stands in its log, again and again. */
function causeOf(said: readonly string[]): string | undefined {
  if (said.findLast(line => line.startsWith('ERROR: ')) !== 'ERROR: exit code 1') return undefined;
  const found = said.map(line => /buildkitd: (.*)$/.exec(line)?.[1]).find(line => line !== undefined);
  return found ?? 'buildkitd ended at once';
}

/** The line that says most: the last error, else the last line of standard error, else of standard output. */
export function lastWords(result: CommandResult, timeout = 60_000): string {
  const errors = tail(result.stderr);
  const line = errors.findLast(text => /^ERROR: /.test(text)) ?? errors.at(-1) ?? tail(result.stdout, 1)[0];
  return (line ?? ending(result, timeout)).replace(/^(ERROR|docker): /, '').replace(/^(failed to build: )/, '');
}

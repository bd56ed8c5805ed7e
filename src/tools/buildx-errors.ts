// A failed `docker buildx build` -> one line that says where and why, the Dockerfile lines, the step's last words, and what to do.

import type { BuildNote, BuildOrder } from '../build/build.ts';
import { ToolError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { platformName } from '../plan/platform.ts';
import type { FailedStep, Progress } from './buildx-progress.ts';
import { ending } from './command.ts';
import { placeNotes, placeOf } from './dockerfile-place.ts';
import type { Surroundings } from './dockerfile-place.ts';
import type { CommandResult } from './command.ts';
import { gitCause, gitHint, remoteDockerfileHint } from './git-failure.ts';

/** `named`: what the pattern caught. */
type Hint = (order: BuildOrder, platform: string | undefined, named: string) => string;

/** First match wins; what is matched is all that buildx and the failed step said. */
const HINTS: readonly (readonly [RegExp, Hint])[] = [
  [/exec format error/, (order, platform) => foreignPlatform(platform ?? order.platforms.map(platformName).join(' or '))],
  [
    /lint violation found for rules/,
    () =>
      'The Dockerfile breaks rules that it wants to be errors (# check=error=true): mend the lines that the warnings name, or leave rules out with # check=skip=RULE.',
  ],
  [
    /OCI exporter is not supported for the docker driver/,
    () =>
      'This engine keeps images in its classic store. Leave "builder" out (a BuildKit builder is then created), or turn on the containerd image store.',
  ],
  [
    /no space left on device/i,
    () =>
      'The disk is full: free space before this step (docker system prune, unused toolchains of the runner), or build on a larger runner.',
  ],
  [
    /failed to read dockerfile|no such file or directory.*dockerfile/i,
    order =>
      remoteDockerfileHint(order) ??
      `Check "file" (${order.file ?? 'Dockerfile in the context'}) and "context" (${order.context}): was the repository checked out before this step?`,
  ],
  [/unable to prepare context/, order => `Check "context" (${order.context}): was the repository checked out before this step?`],
  [
    /target stage ".*" could not be found/,
    order => `Check "target" (${order.target ?? ''}): the Dockerfile has no stage of that name.`,
  ],
  [
    /granting entitlement .* is not allowed by build daemon/,
    () =>
      'The builder does not grant what "allow" asks for: name one that does (docker/setup-buildx-action, buildkitd-flags), or do without it.',
  ],
  [
    /(network\.host|security\.insecure) is not allowed/,
    () => 'A RUN step asks for an entitlement: name it in "allow" (network.host, security.insecure).',
  ],
  [
    /failed to solve: secret (\S+): not found/,
    (_order, _platform, name) =>
      `A RUN step needs the build secret ${name}: give it as secrets: ${name}=…, or by secret-envs or secret-files. Events of forks get no secrets.`,
  ],
  [
    /unset ssh forward key/,
    () => 'A RUN step needs the SSH agent: give it as ssh: default, and start an agent before this step.',
  ],
  [
    /failed to calculate checksum of ref .*: "\/?([^"]+)": not found/,
    (order, _platform, name) =>
      `${name} is not in the context (${order.context}): see that .dockerignore does not leave it out, that an earlier step made it, and that the path starts at the context.`,
  ],
  [
    /dockerfile parse error on line \d+: unknown flag: (\S+)/,
    (_order, _platform, name) =>
      `The builder's own frontend does not know ${name}: begin the Dockerfile with # syntax=docker/dockerfile:1.`,
  ],
  [
    /did not complete successfully: exit code: 137\b/,
    () =>
      'Exit code 137 is a process that was killed, mostly for want of memory: do less at the same time, or take a larger runner.',
  ],
  [
    /empty ssh agent socket/,
    () => 'There is no SSH agent: start one before this step (SSH_AUTH_SOCK), or give a key as ssh: default=PATH.',
  ],
  [
    /failed to resolve source metadata for \S*buildkit-syft-scanner/,
    () => 'The SBOM scanner of BuildKit cannot be pulled: name a copy of it as sbom-image, or leave "sbom" out.',
  ],
  [
    /toomanyrequests|429 Too Many Requests/i,
    () => 'The registry limits how often images are pulled: log in before this step, or use a mirror.',
  ],
  [
    /pull access denied|401 Unauthorized|403 Forbidden|insufficient_scope|authorization failed/i,
    () => 'The registry refused the base image: check its name, and log in before this step if it is private.',
  ],
  [
    /no such host|connection refused|i\/o timeout|TLS handshake timeout/i,
    () => 'A server could not be reached: check the name, the network and the proxy of the builder.',
  ],
  [
    /failed to resolve source metadata.*not found/,
    () => 'The base image does not exist for this name or platform: check the FROM line.',
  ],
  [/Cannot connect to the Docker daemon/, () => 'The Docker engine ended during the build: look at its log.'],
];

const NAME_SHOWN = 80;
const LINT = /^lint violation found/;
/** Of the excerpt that buildx shows. */
const PLACE = /^\S+:\d+$/;
const STEP_PLATFORM = /^\[([a-z]+\/[\w/]+)(?:->\S+)? /;

/** The error of a buildx that ended with another exit code than 0. `around`: where the Dockerfile is; `what` failed. */
export function buildFailure(
  result: CommandResult,
  progress: Progress,
  order: BuildOrder,
  around: Surroundings = { env: {} },
  what = 'The build',
): ToolError {
  const said = progress.said();
  const step = progress.failed();
  const cause = causeOf(said) ?? step?.error ?? ending(result);
  const place =
    placeOf(said, order, around) ?? (LINT.test(cause) ? firstPlace(placeNotes(progress.notes(), order, around)) : undefined);
  const tail = [...(step === undefined ? [] : stepLines(step)), ...said];
  const hint = hintFor([...tail, cause].join('\n'), order, step);
  const shown = place === undefined ? said.find(line => PLACE.test(line)) : `${place.file}:${place.line ?? ''}`;
  return new ToolError(`${what} failed${where(step, shown, order)}: ${cause}`, {
    tool: 'docker buildx build',
    ...(result.exitCode === null ? {} : { exitCode: result.exitCode }),
    tail,
    ...(hint === undefined ? {} : { hint }),
    ...(place && { place }),
  });
}

/** Checks that are errors name no line themselves. */
function firstPlace(notes: readonly BuildNote[]): Place | undefined {
  const note = notes.find(({ file }) => file !== undefined);
  const { file, line, endLine } = note ?? {};
  return file === undefined
    ? undefined
    : { file, ...(line !== undefined && { line }), ...(endLine !== undefined && { endLine }) };
}

/** What to do when a builder cannot run code of a platform. */
export function foreignPlatform(platform: string): string {
  return (
    `The builder cannot run programs of ${platform}. Ways out: a native runner for it (one job a platform), a builder with a remote node of that platform, ` +
    'or cross-compilation (FROM --platform=$BUILDPLATFORM in the stage that runs commands).'
  );
}

function hintFor(text: string, order: BuildOrder, step: FailedStep | undefined): string | undefined {
  const platform = STEP_PLATFORM.exec(step?.name ?? '')?.[1];
  const known = gitHint(text, order);
  if (known !== undefined) return known;
  const [pattern, hint] = HINTS.find(([each]) => each.test(text)) ?? [];
  return hint?.(order, platform, pattern?.exec(text)?.[1] ?? '');
}

/** ` at Dockerfile:3, [2/2] RUN make (linux/arm64)`: the name is cut, the details have it whole; its platform is said where the name does not. */
function where(step: FailedStep | undefined, place: string | undefined, { platforms }: BuildOrder): string {
  const name = step === undefined || step.name.length <= NAME_SHOWN ? step?.name : `${step.name.slice(0, NAME_SHOWN)}…`;
  const parts = [place, name].filter(part => part !== undefined);
  const only = platforms.length === 1 && step !== undefined && !STEP_PLATFORM.test(step.name) ? platforms.map(platformName) : [];
  return parts.length === 0 ? '' : ` at ${parts.join(', ')}${only.length === 0 ? '' : ` (${only.join('')})`}`;
}

/** The last `ERROR:` line without the wrappings that every build error has, and without the command that the step's name repeats. */
function causeOf(said: readonly string[]): string | undefined {
  const line = said.findLast(text => text.startsWith('ERROR: '));
  if (line === undefined) return undefined;
  const cause = line
    .replace(/^ERROR: /, '')
    .replace(/^(failed to build: |failed to solve: )+/, '')
    .replace(/^process ".*" did not complete successfully: exit code: (\d+)$/, 'the command ended with exit code $1');
  return gitCause(cause, said);
}

function stepLines(step: FailedStep): string[] {
  const lines = step.log.slice(-20);
  return lines.length === 0 ? [] : [`> ${step.name}:`, ...lines, ''];
}

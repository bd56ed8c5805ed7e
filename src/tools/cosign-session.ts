// One cosign binary with its environment -> calls of it: version checked, secrets cut out of what it says.

import { gte, valid } from 'semver';
import { UserError } from '../errors.ts';
import type { Signing } from '../plan/plan.ts';
import type { WorkflowIdentity } from '../publish/identity.ts';
import { CALL_SECONDS } from './cosign-args.ts';
import { DEVICE_FLOW, readFailure } from './cosign-output.ts';
import type { CommandResult, Run } from './command.ts';
import type { ExplicitCredential } from './registry/docker-config.ts';
import type { Clock } from './registry/retry.ts';

export interface SignerOptions {
  readonly run: Run;
  /** `version`: as known from the pinned row; undefined: cosign is asked. */
  readonly cosign: { readonly path: string; readonly version?: string };
  readonly signing: Exclude<Signing, { readonly method: 'off' }>;
  /** The input cosign-key: needed for `key`. */
  readonly key?: string | undefined;
  readonly password?: string | undefined;
  readonly signingConfig?: string | undefined;
  readonly trustedRoot?: string | undefined;
  /** What the certificate will say: needed for `keyless`. */
  readonly workflow?: WorkflowIdentity | undefined;
  /** The step's environment; cosign gets only what it needs of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A directory of this run; ours is made below it. */
  readonly directory: string;
  readonly credentials?: readonly ExplicitCredential[];
  /** Told each secret that turns up, before it is used. */
  readonly onSecret?: (value: string) => void;
  /** Told each command line before it runs. */
  readonly onStart?: (commandLine: string) => void;
  /** Told why a verification said no, and that something is tried again. */
  readonly onNote?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** What every call needs. */
export interface Session {
  readonly options: SignerOptions;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: string[];
}

const OLDEST = '3.0.6';

/** Releases say their version; builds of distributions say `devel` and are asked for a flag that came with 3.0. */
export async function checkVersion(session: Session): Promise<void> {
  const { path, version: known } = session.options.cosign;
  const version =
    known ?? /"gitVersion":\s*"v?([^"]*)"/.exec((await must(session, 'version', ['version', '--json'])).stdout)?.[1] ?? '';
  if (valid(version) !== null) {
    if (gte(version, OLDEST)) return;
    throw new UserError(`${path} is cosign ${version}; ${OLDEST} or newer is needed`, {
      hint: 'Leave cosign-path and cosign-version out for the pinned release, or name a newer one. Older ones take any attestation for the one that was asked for (GHSA-w6c6-c85g-mmv6).',
    });
  }
  const help = await must(session, 'sign --help', ['sign', '--help']);
  if (!help.stdout.includes('--signing-config'))
    throw new UserError(`${path} is a cosign without --signing-config, so older than 3.0`, {
      hint: 'Leave cosign-path out for the pinned release.',
    });
}

/** Runs cosign and throws a readable error unless it ends well. */
export async function must(
  session: Session,
  action: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const result = await call(session, args, env);
  if (result.exitCode === 0) return result;
  throw readFailure(action, result, failureOptions(session)).failure;
}

/** Runs cosign, however it ends. */
export function call(
  session: Session,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const { run, cosign, signal, onStart } = session.options;
  const stop = new AbortController();
  return run(cosign.path, args, {
    env: { ...session.env, ...env },
    timeout: (CALL_SECONDS + 15) * 1000,
    signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
    // Without a token cosign waits minutes for a person who never comes.
    onStderr: line => {
      if (line.includes(DEVICE_FLOW)) stop.abort();
    },
    ...(onStart !== undefined && { onStart }),
  });
}

/** For whoever reads what a call said. */
export function failureOptions(session: Session): { readonly secrets: readonly string[]; readonly timeout: number } {
  return { secrets: session.secrets, timeout: (CALL_SECONDS + 15) * 1000 };
}

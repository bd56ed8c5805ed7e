// signing-config, trusted-root and the signing decision -> which services cosign uses, and what a verification must therefore insist on.

import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { Signing } from '../plan/plan.ts';

export interface Trust {
  /** Files for `--signing-config` and `--trusted-root`; undefined: the public Sigstore, over TUF. */
  readonly signingConfig?: string;
  readonly trustedRoot?: string;
  /** Signatures are in a transparency log, so a verification demands the entry. */
  readonly log: boolean;
  /** A timestamp authority says when it was signed: needed for short-lived certificates without a log. */
  readonly timestamps: boolean;
  /** The trusted root as consumers will have it: a file of that name. */
  readonly shownTrustedRoot?: string;
}

export interface TrustInput {
  readonly signing: Exclude<Signing, { readonly method: 'off' }>;
  readonly signingConfig: string | undefined;
  readonly trustedRoot: string | undefined;
  /** Where generated files go. */
  readonly directory: string;
  /** Runs cosign; throws when it fails. */
  readonly cosign: (...args: readonly string[]) => Promise<unknown>;
}

/**
 * Decides the services. Both files given: theirs. With the log: the public instance, as cosign does by itself. Without it (private
 * repositories, rules 25): a key uses nobody's service, keyless only the public timestamp authority.
 */
export async function settleTrust(input: TrustInput): Promise<Trust> {
  if (input.signingConfig !== undefined && input.trustedRoot !== undefined)
    return fromFiles(input.signing.method, input.signingConfig, input.trustedRoot);
  if (input.signingConfig !== undefined || input.trustedRoot !== undefined) {
    const [given, missing] =
      input.signingConfig === undefined ? ['trusted-root', 'signing-config'] : ['signing-config', 'trusted-root'];
    throw new UserError(`${given} is set without ${missing}`, {
      hint: `They describe one Sigstore instance together: set ${missing} too, or neither for the public instance.`,
    });
  }
  if (input.signing.log) return { log: true, timestamps: false };
  const signingConfig = join(input.directory, 'signing-config.json');
  if (input.signing.method === 'keyless') {
    await input.cosign(
      'signing-config',
      'create',
      '--with-default-services=true',
      '--no-default-rekor=true',
      '--out',
      signingConfig,
    );
    return { signingConfig, log: false, timestamps: true };
  }
  const trustedRoot = join(input.directory, 'trusted-root.json');
  await input.cosign('signing-config', 'create', '--out', signingConfig);
  await input.cosign('trusted-root', 'create', '--out', trustedRoot);
  return { signingConfig, trustedRoot, log: false, timestamps: false };
}

async function fromFiles(method: 'key' | 'keyless', signingConfig: string, trustedRoot: string): Promise<Trust> {
  const services = await readJson('signing-config', signingConfig, 'signingconfig');
  await readJson('trusted-root', trustedRoot, 'trustedroot');
  const log = isFilled(services['rekorTlogUrls']);
  const timestamps = isFilled(services['tsaUrls']);
  if (method === 'keyless' && !isFilled(services['caUrls']))
    throw new UserError('signing-config names no certificate authority (caUrls), so keyless signing cannot work with it', {
      hint: 'Add one with `cosign signing-config create --fulcio=...`, or sign with `cosign-key`.',
    });
  if (method === 'keyless' && !log && !timestamps)
    throw new UserError('signing-config names neither a log (rekorTlogUrls) nor a timestamp authority (tsaUrls)', {
      hint: 'A keyless certificate lives ten minutes: without one of them nobody can verify the signature later.',
    });
  return {
    signingConfig: resolve(signingConfig),
    trustedRoot: resolve(trustedRoot),
    log,
    timestamps: !log && timestamps,
    shownTrustedRoot: basename(trustedRoot),
  };
}

async function readJson(name: string, file: string, kind: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, {
      hint: 'The path is relative to the workspace: is the repository checked out?',
      cause: error,
    });
  }
  const value = parse(text);
  const mediaType = value?.['mediaType'];
  if (value === undefined || typeof mediaType !== 'string' || !mediaType.includes(kind))
    throw new UserError(`${name}: ${file} is not a Sigstore ${name.replace('-', ' ')}`, {
      hint: `Make one with \`cosign ${name} create\`; its mediaType holds "${kind}".`,
    });
  return value;
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

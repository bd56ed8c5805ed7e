// What cosign said -> a verdict about a signature, an outage worth another try, or one line for the user with a way out.

import { ToolError, UserError } from '../errors.ts';
import { ending } from './command.ts';
import type { CommandResult } from './command.ts';
import { answersOf, cosignMessage, doubtfulAnswer, isOutage, quietLines, redact, shortened } from './cosign-log.ts';

/** Predicate of a cosign signature in a bundle, and the type that signatures had before bundles. Everything else on an image is an attestation. */
const SIGNATURE_TYPES: readonly unknown[] = ['https://sigstore.dev/cosign/sign/v1', 'cosign container image signature'];

/** What `cosign verify` found out. `unknown`: nothing is proven either way. */
export type Verification =
  | { readonly kind: 'verified' }
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly failure: ToolError | UserError; readonly retriable: boolean };

/** What must be in the JSON, beyond cosign's exit code. */
export interface Expected {
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Judges a run of `cosign -d verify --output json`: exit code first, then the JSON, and the answers of the registry before a "no". */
export function readVerification(result: CommandResult, expected: Expected, options: FailureOptions): Verification {
  if (result.exitCode === 0) return readEntries(result, expected);
  const message = cosignMessage(result.stderr);
  if (!saysNoMatch(result.exitCode, message)) return { kind: 'unknown', ...readFailure('verify', result, options) };
  // A lookup that fails (401, 5xx) makes cosign look for the old .sig tag instead, silently: its "no" counts only when the registry answered.
  const doubt = doubtfulAnswer(result.stderr);
  if (doubt === undefined) return { kind: 'none', reason: message };
  return {
    kind: 'unknown',
    failure: new ToolError(`cosign could not look for signatures: ${doubt.text}`, {
      tool: 'cosign',
      ...exitOf(result),
      hint: doubt.refused ? HINT_PULL : 'Run the job again when the registry answers.',
    }),
    retriable: !doubt.refused,
  };
}

function readEntries(result: CommandResult, expected: Expected): Verification {
  const entries = parseEntries(result.stdout);
  // cosign verify accepts any valid bundle on the image: an SBOM attestation alone would do.
  const signatures = entries?.filter(entry => SIGNATURE_TYPES.includes(at(entry, 'critical', 'type')));
  if (signatures === undefined)
    return {
      kind: 'unknown',
      failure: new ToolError('cosign verify ended well but printed no JSON array', {
        tool: 'cosign',
        exitCode: 0,
        hint: 'Check that cosign-path is cosign 3.0.6 or newer.',
      }),
      retriable: false,
    };
  if (signatures.length === 0) return { kind: 'none', reason: 'only attestations of other kinds are attached, no signature' };
  const match = signatures.some(
    entry =>
      at(entry, 'critical', 'image', 'docker-manifest-digest') === expected.digest &&
      Object.entries(expected.annotations).every(([key, value]) => at(entry, 'optional', key) === value),
  );
  return match ? { kind: 'verified' } : { kind: 'none', reason: 'the signatures speak of another digest or another run' };
}

function parseEntries(stdout: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(stdout);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[key];
  }
  return here;
}

/** Exit codes 10, 12 and 13 belong to signatures of the old format; with bundles everything is 1 and the words decide. */
function saysNoMatch(exitCode: number | null, message: string): boolean {
  return (
    exitCode === 10 ||
    exitCode === 12 ||
    exitCode === 13 ||
    /^no (matching (attestations|signatures)|signatures found)/.test(message)
  );
}

export interface FailureOptions {
  /** Cut out of everything that is shown. */
  readonly secrets: readonly string[];
  /** Milliseconds, for the message of a run that was ended. */
  readonly timeout?: number;
}

/** Turns a failed run into one line with a hint; `retriable` tells an outage from a refusal. */
export function readFailure(
  action: string,
  result: CommandResult,
  options: FailureOptions,
): { readonly failure: ToolError | UserError; readonly retriable: boolean } {
  if (result.stderr.includes(DEVICE_FLOW)) return { failure: noToken(), retriable: true };
  const said = cosignMessage(result.stderr);
  const message = redact(said === '' ? ending(result, options.timeout) : said, options.secrets);
  const known = KNOWN.find(row => row.pattern.test(message));
  const last = answersOf(result.stderr).at(-1);
  const retriable = result.timedOut || OUTAGE.test(message) || (last !== undefined && isOutage(last.status));
  const shown = known?.message ?? `cosign ${action} failed: ${shortened(message)}`;
  if (known?.message !== undefined) return { failure: new UserError(shown, hinted(known.hint)), retriable: false };
  const failure = new ToolError(shown, {
    tool: 'cosign',
    ...exitOf(result),
    ...hinted(hintFor(action, known?.hint) ?? (retriable ? 'This looks like an outage: run the job again later.' : undefined)),
    tail: quietLines(result.stderr)
      .map(line => redact(line, options.secrets))
      .slice(-10),
  });
  return { failure, retriable: retriable && known?.refusal !== true };
}

function exitOf(result: CommandResult): { readonly exitCode?: number } {
  return result.exitCode === null ? {} : { exitCode: result.exitCode };
}

/** What cosign says when the token service refused it and it turns to the person that it takes to be there. */
export const DEVICE_FLOW = 'using device flow';

function noToken(): ToolError {
  return new ToolError("GitHub's token service gave cosign no OIDC token", {
    tool: 'cosign',
    hint: 'Run the job again; if it stays, check `permissions: id-token: write` and https://www.githubstatus.com, or sign with `cosign-key`.',
  });
}

/** Only writing needs the right to write. */
function hintFor(action: string, hint: string | undefined): string | undefined {
  return hint === HINT_PUSH && action !== 'sign' ? HINT_PULL : hint;
}

function hinted(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

const OUTAGE =
  /connection (refused|reset)|broken pipe|\bEOF\b|i\/o timeout|handshake timeout|deadline exceeded|no such host|server misbehaving|TOOMANYREQUESTS|too many requests|status code (429|5\d\d)|returned (429|5\d\d)|\b5\d\d (internal|bad|service|gateway)|\[\w+ \S+\]\[(429|5\d\d)\]|giving up after|fetching ambient OIDC/i;

const HINT_PULL =
  'Log in to the registry before this step (docker/login-action, or the inputs registry, username, password) with the right to read.';
const HINT_PUSH =
  'A signature is pushed beside the image: the login needs the right to write to this repository (on ghcr.io `permissions: packages: write`).';

/** stderr -> what to do. A row with a message is the user's mistake; `refusal`: another try gives the same answer. The first match counts. */
const KNOWN: readonly {
  readonly pattern: RegExp;
  readonly message?: string;
  readonly hint: string;
  readonly refusal?: boolean;
}[] = [
  {
    pattern: /decryption failed/,
    message: 'The signing key cannot be opened with this password',
    hint: 'Check cosign-password (or COSIGN_PASSWORD): it must be the one given to `cosign generate-key-pair`, without a newline at the end.',
  },
  {
    pattern: /unsupported pem type: (EC |RSA )?PRIVATE KEY/,
    message: 'The signing key is a plain private key, which cosign does not take',
    hint: 'Convert it once with `cosign import-key-pair --key <file>` and use the import-cosign.key that it writes.',
  },
  {
    pattern: /unsupported pem type: PUBLIC KEY/,
    message: 'The signing key is the public half of a key pair',
    hint: 'Give cosign-key the private one (cosign.key).',
  },
  {
    pattern: /invalid pem block|unsupported pem type/,
    message: 'The signing key is not a key that cosign can read',
    hint: 'Give cosign-key a path, env://NAME, a KMS reference, or the whole text of cosign.key with its BEGIN and END lines.',
  },
  {
    pattern: /unrecognized scheme|no provider found|unknown KMS/i,
    message: 'This build of cosign does not know the key service that cosign-key names',
    hint: 'Leave cosign-path out: the pinned release of cosign knows awskms, gcpkms, azurekms, hashivault and k8s.',
  },
  {
    pattern: /AccessDenied|PermissionDenied|PERMISSION_DENIED|not authorized to perform/,
    hint: 'The key service refused: the credentials of this job need the right to sign with the key and to read its public half.',
    refusal: true,
  },
  {
    pattern: /no EC2 IMDS role found|could not find default credentials|DefaultAzureCredential/,
    hint: 'Log in to the cloud before this step (aws-actions/configure-aws-credentials, google-github-actions/auth, azure/login).',
    refusal: true,
  },
  {
    pattern: /\bTUF\b|tuf refresh|tuf-repo|trusted_root\.json/,
    hint: 'cosign fetches its trust root from tuf-repo-cdn.sigstore.dev: allow that host, or give signing-config and trusted-root.',
  },
  {
    pattern: /fetching ambient OIDC|retrieving ID token/,
    hint: 'Run the job again; if it stays, see https://www.githubstatus.com.',
  },
  {
    pattern: /x509|certificate signed by unknown authority/,
    hint: 'Name the CA file of your network in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.',
    refusal: true,
  },
  { pattern: /DENIED|status code 403/, hint: HINT_PUSH, refusal: true },
  { pattern: /UNAUTHORIZED|status code 401/, hint: HINT_PUSH, refusal: true },
  {
    pattern: /status code 404|MANIFEST_UNKNOWN/,
    hint: 'The image is not in the registry (any more): something may clean untagged images.',
    refusal: true,
  },
];

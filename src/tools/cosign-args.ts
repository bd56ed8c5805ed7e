// A signing job -> the argument arrays of cosign (never with a secret in them), and the line that a consumer copies.

import type { CertificateRule } from '../publish/identity.ts';
import type { Trust } from './cosign-trust.ts';
import { isLoopback, parseRepository } from './registry/reference.ts';

/** Seconds for one call of cosign. */
export const CALL_SECONDS = 150;

/** What verification holds a signature against. */
export type Verifier =
  | { readonly method: 'key'; readonly publicKey: string }
  | { readonly method: 'keyless'; readonly rule: CertificateRule; readonly trigger?: string };

export type Annotations = Readonly<Record<string, string>>;

/** An image by digest: the only thing that is ever signed or verified. */
export interface Subject {
  /** Repository without tag. */
  readonly image: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

/** `image@digest`; throws for anything else: cosign itself would sign whatever a tag points to by then. */
export function referenceOf({ image, digest }: Subject): string {
  parseRepository(image);
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`only digests are signed, not ${JSON.stringify(digest)}`);
  return `${image}@${digest}`;
}

/** `cosign sign`; `key` is a reference, undefined for keyless. */
export function signArgs(subject: Subject, key: string | undefined, trust: Trust, annotations: Annotations): string[] {
  return [
    'sign',
    // The traffic is logged to stderr, which nobody sees: it tells an outage from a refusal.
    '--verbose',
    `--timeout=${CALL_SECONDS}s`,
    '--yes',
    // An inherited SIGSTORE_ID_TOKEN must not change the identity.
    ...(key === undefined ? ['--oidc-provider=github-actions'] : [`--key=${key}`]),
    ...(trust.signingConfig === undefined ? [] : [`--signing-config=${trust.signingConfig}`]),
    ...(trust.trustedRoot === undefined ? [] : [`--trusted-root=${trust.trustedRoot}`]),
    ...httpArgs(subject),
    ...annotationArgs(annotations),
    referenceOf(subject),
  ];
}

/** `cosign verify`, JSON on stdout. */
export function verifyArgs(subject: Subject, verifier: Verifier, trust: Trust, annotations: Annotations): string[] {
  return [
    'verify',
    '--verbose',
    `--timeout=${CALL_SECONDS}s`,
    '--output=json',
    ...verifierArgs(verifier),
    ...(trust.trustedRoot === undefined ? [] : [`--trusted-root=${trust.trustedRoot}`]),
    ...logArgs(trust),
    ...httpArgs(subject),
    ...annotationArgs(annotations),
    referenceOf(subject),
  ];
}

/** Plain http only to this very machine; cosign still tries TLS first. */
function httpArgs({ image }: Subject): string[] {
  return isLoopback(parseRepository(image).host) ? ['--allow-http-registry'] : [];
}

function verifierArgs(verifier: Verifier): string[] {
  if (verifier.method === 'key') return [`--key=${verifier.publicKey}`];
  const { rule, trigger } = verifier;
  return [
    'exact' in rule.subject
      ? `--certificate-identity=${rule.subject.exact}`
      : `--certificate-identity-regexp=${rule.subject.pattern}`,
    `--certificate-oidc-issuer=${rule.issuer}`,
    `--certificate-github-workflow-repository=${rule.repository}`,
    ...(rule.commit === undefined ? [] : [`--certificate-github-workflow-sha=${rule.commit}`]),
    ...(trigger === undefined ? [] : [`--certificate-github-workflow-trigger=${trigger}`]),
  ];
}

function logArgs(trust: Trust): string[] {
  if (trust.log) return [];
  return [...(trust.timestamps ? ['--use-signed-timestamps'] : []), '--insecure-ignore-tlog'];
}

/** cosign reads the value as a line of CSV, and then refuses a second equals sign. */
function annotationArgs(annotations: Annotations): string[] {
  return Object.entries(annotations).map(([key, value]) => {
    if (key === '' || /[=\s]/.test(key) || /[=\r\n]/.test(value))
      throw new Error(`not an annotation: ${JSON.stringify([key, value])}`);
    const field = `${key}=${value}`;
    return `--annotations=${/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field}`;
  });
}

/** What a consumer types to verify: `publicKey` is a file name or a KMS reference. */
export function consumerLine(subject: Subject, verifier: Verifier, trust: Trust): string {
  const words = [
    'cosign verify',
    ...verifierArgs(verifier).map(splitFlag),
    ...(trust.shownTrustedRoot === undefined ? [] : [splitFlag(`--trusted-root=${trust.shownTrustedRoot}`)]),
    ...logArgs(trust),
    shellWord(referenceOf(subject)),
  ];
  return words.join(' ');
}

/** `--flag value`, as people write it. */
function splitFlag(argument: string): string {
  const equals = argument.indexOf('=');
  return `${argument.slice(0, equals)} ${shellWord(argument.slice(equals + 1))}`;
}

function shellWord(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** Where the testbed's Sigstore is, for tests and the demo. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { testbedContext } from '../context.ts';

export interface Sigstore {
  readonly url: string;
  /** For `cosign sign --signing-config`: certificate authority, transparency log and timestamps. */
  readonly signingConfig: string;
  /** The same without the log, as for private repositories. */
  readonly signingConfigWithoutLog: string;
  /** For `--trusted-root`, when signing and when verifying. */
  readonly trustedRoot: string;
  /** For `--certificate-oidc-issuer`. */
  readonly issuer: string;
}

/** The file in the run directory that the part writes. */
export const sigstoreFile = (run: string): string => path.join(run, 'sigstore.json');

/** Reads where the running Sigstore is; throws with the command that starts it. */
export function readSigstore(context: { readonly run: string } = testbedContext()): Sigstore {
  try {
    return JSON.parse(readFileSync(sigstoreFile(context.run), 'utf8')) as Sigstore;
  } catch {
    throw new Error('the local Sigstore is not running: start it with "npm run testbed -- up"');
  }
}

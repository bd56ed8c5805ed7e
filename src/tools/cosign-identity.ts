// A key or a workflow -> whom a verification looks for: right after our own signing, among signatures of earlier runs, and at the consumers'.

import { createHash, createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateForConsumers, certificateOfEarlierRuns, certificateOfThisRun } from '../publish/identity.ts';
import type { CertificateRule, WorkflowIdentity } from '../publish/identity.ts';
import type { SignerIdentity } from '../publish/publish.ts';
import type { Verifier } from './cosign-args.ts';
import type { SigningKey } from './cosign-key.ts';
import { must } from './cosign-session.ts';
import type { Session } from './cosign-session.ts';

/** Whom a verification looks for: right after our own signing, and for signatures of earlier runs. */
export interface Identity {
  readonly shown: SignerIdentity;
  readonly fresh: readonly Verifier[];
  readonly earlier: readonly Verifier[];
  readonly consumers: Verifier;
  readonly publicKey?: string;
}

/** The public key is derived from the private one, so that a verification needs no further input. */
export async function keyIdentity(session: Session, key: SigningKey, directory: string): Promise<Identity> {
  const { stdout } = await must(session, 'public-key', ['public-key', `--key=${key.reference}`], key.env);
  const file = join(directory, 'cosign.pub');
  await writeFile(file, `${stdout}\n`);
  const fingerprint = createHash('sha256')
    .update(createPublicKey(stdout).export({ type: 'spki', format: 'der' }))
    .digest('hex');
  const verifiers: readonly Verifier[] = [{ method: 'key', publicKey: file }];
  return {
    shown: { method: 'key', description: `key with the SHA-256 fingerprint ${fingerprint}` },
    fresh: verifiers,
    earlier: verifiers,
    consumers: { method: 'key', publicKey: key.public ?? 'cosign.pub' },
    publicKey: stdout,
  };
}

/** The certificate of this workflow, exactly and in the lasting form. */
export function keylessIdentity(workflow: WorkflowIdentity): Identity {
  const consumers: Verifier = { method: 'keyless', rule: certificateForConsumers(workflow) };
  return {
    shown: { method: 'keyless', description: `${workflow.server}/${workflow.workflowRef}, issuer ${workflow.issuer}` },
    fresh: eachTrigger(certificateOfThisRun(workflow)),
    earlier: eachTrigger(certificateOfEarlierRuns(workflow)),
    consumers,
  };
}

/** cosign compares one trigger at a time. */
function eachTrigger(rule: CertificateRule): Verifier[] {
  return (rule.triggers ?? [undefined]).map(trigger => ({ method: 'keyless', rule, ...(trigger !== undefined && { trigger }) }));
}

// What was typed into cosign-key -> the reference that cosign is given and the environment that it needs for it; the key text is never an argument or a file.

import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../errors.ts';

export interface SigningKey {
  /** For `--key`. */
  readonly reference: string;
  /** What the child process needs beyond the usual, secrets included. */
  readonly env: Readonly<Record<string, string>>;
  /** Cut out of every message. */
  readonly secrets: readonly string[];
  /** For `--key` of consumers: the KMS reference itself, or undefined when they need the file of the public key. */
  readonly public?: string;
}

export interface KeyInput {
  readonly key: string;
  readonly password: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The variable that carries the key text into the child. */
const KEY_VARIABLE = 'SEAWORTHY_COSIGN_KEY';

/** Key services, and the variables that each is allowed to see. Other schemes would let cosign run `sigstore-kms-*` from PATH. */
const SERVICES: Readonly<Record<string, RegExp>> = {
  awskms: /^AWS_/,
  gcpkms: /^(GOOGLE_|GCLOUD_|CLOUDSDK_|GCE_|GCP_)/,
  azurekms: /^(AZURE_|ARM_|IDENTITY_|MSI_)/,
  hashivault: /^(VAULT_|TRANSIT_SECRET_ENGINE_PATH$)/,
  k8s: /^(KUBECONFIG$|KUBERNETES_)/,
};

/** Understands a path, `env://NAME`, a KMS reference or PEM text; throws UserError that never quotes the key. */
export async function resolveKey(input: KeyInput): Promise<SigningKey> {
  const key = input.key.trim();
  const password = input.password ?? input.env['COSIGN_PASSWORD'] ?? '';
  if (key.includes('-----BEGIN')) return fromPem(key, password, 'cosign-key');
  const [, scheme, rest = ''] = /^([A-Za-z][\w+.-]*):\/\/(.*)$/s.exec(key) ?? [];
  if (scheme === undefined) return fromFile(key, password);
  if (scheme === 'env') return fromVariable(rest, password, input.env);
  return fromService(scheme, key, input.env);
}

function fromPem(pem: string, password: string, source: string): SigningKey {
  const kind = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1] ?? '';
  if (!/^ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY$/.test(kind))
    throw new UserError(`${source} holds a PEM block of the kind "${kind}", which cosign cannot sign with`, {
      hint: kind.includes('PUBLIC')
        ? 'That is the public half: give the private one (cosign.key).'
        : 'Convert it once with `cosign import-key-pair --key <file>` and use the import-cosign.key that it writes.',
    });
  if (!pem.includes(`-----END ${kind}-----`))
    throw new UserError(`${source} holds a key that is cut off: its END line is missing`, {
      hint: 'Store the whole text of cosign.key in the secret, all lines.',
    });
  return {
    reference: `env://${KEY_VARIABLE}`,
    env: { [KEY_VARIABLE]: `${pem}\n`, COSIGN_PASSWORD: password },
    secrets: [
      password,
      pem,
      ...pem
        .split('\n')
        .map(line => line.trim())
        .filter(line => line !== '' && !line.startsWith('-----')),
    ],
  };
}

function fromVariable(name: string, password: string, env: KeyInput['env']): SigningKey {
  const value = env[name]?.trim() ?? '';
  if (value === '')
    throw new UserError(
      `cosign-key is env://${name}, but the variable ${name} is ${env[name] === undefined ? 'not set' : 'empty'}`,
      {
        hint: `Give the step \`env: ${name}: \${{ secrets.${name} }}\`; secrets are empty in runs of forks and of Dependabot.`,
      },
    );
  return fromPem(value, password, `the variable ${name}`);
}

async function fromFile(file: string, password: string): Promise<SigningKey> {
  const path = resolve(file);
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    // The value may be a secret that was meant to be PEM: quote it only when it looks like a path.
    const shown = /^[\w./@ -]{1,120}$/.test(file) ? `"${file}"` : 'that it names';
    throw new UserError(`cosign-key: there is no readable file ${shown}`, {
      hint: 'Give a path in the workspace, env://NAME, a KMS reference such as awskms:///alias/name, or the whole text of cosign.key.',
      cause: error,
    });
  }
  return { reference: path, env: { COSIGN_PASSWORD: password }, secrets: [password] };
}

function fromService(scheme: string, reference: string, env: KeyInput['env']): SigningKey {
  const allowed = SERVICES[scheme];
  if (allowed === undefined || !/^[\w+.-]+:\/\/[\w./:@%+-]+$/.test(reference))
    throw new UserError(
      allowed === undefined
        ? `cosign-key: "${scheme}://" is not a key service that Seaworthy lets cosign use`
        : `cosign-key: that is not a ${scheme} reference`,
      { hint: `Known: ${Object.keys(SERVICES).join(', ')}; for example awskms:///alias/name or hashivault://name.` },
    );
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // Key services read their files below HOME, and kubeconfig may name a program.
    if (value !== undefined && (allowed.test(name) || name === 'HOME' || name === 'PATH')) kept[name] = value;
  }
  return { reference, env: kept, secrets: secretsOf(kept), public: reference };
}

function secretsOf(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env)
    .filter(([name]) => /SECRET|TOKEN|PASSWORD|KEY/.test(name))
    .map(([, value]) => value);
}

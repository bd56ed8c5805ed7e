// The step's environment -> the little of it that cosign may see.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Proxies, certificate stores, and the Sigstore instance when it comes over TUF. */
const PASSED =
  /^(https?_proxy|no_proxy|all_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|TUF_MIRROR|TUF_ROOT_JSON|TUF_ROOT|TMPDIR)$/;

/** Where Go looks for certificates on Linux, in its order. */
const SYSTEM_CERTIFICATES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The environment of every cosign call: its own home, our docker config, no credential helper, no PATH, no token. */
export async function cosignEnvironment(
  env: Environment,
  own: { readonly home: string; readonly dockerConfig: string },
): Promise<Record<string, string>> {
  const kept: Record<string, string> = { HOME: own.home, DOCKER_CONFIG: own.dockerConfig };
  for (const [name, value] of Object.entries(env)) if (value !== undefined && PASSED.test(name)) kept[name] = value;
  // A key service needs the user's HOME; what cosign itself keeps stays in ours.
  kept['TUF_ROOT'] ??= join(own.home, 'tuf');
  const extra = env['NODE_EXTRA_CA_CERTS'];
  if (extra !== undefined && extra !== '' && kept['SSL_CERT_FILE'] === undefined)
    kept['SSL_CERT_FILE'] = await joinCertificates(extra, join(own.home, 'certificates.pem'));
  return kept;
}

/** The two variables of the token service: for keyless signing only, and for nothing else. */
export function tokenEnvironment(env: Environment): Record<string, string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  return {
    ...(url !== undefined && { ACTIONS_ID_TOKEN_REQUEST_URL: url }),
    ...(token !== undefined && { ACTIONS_ID_TOKEN_REQUEST_TOKEN: token }),
  };
}

/** Node adds its extra certificates to the system's, Go's SSL_CERT_FILE replaces them: so both go into one file. */
async function joinCertificates(extra: string, target: string): Promise<string> {
  let own: string;
  try {
    own = await readFile(extra, 'utf8');
  } catch (error) {
    throw new UserError(`NODE_EXTRA_CA_CERTS names ${extra}, which cannot be read`, {
      hint: 'Name a readable file of certificates in PEM form.',
      cause: error,
    });
  }
  let system = '';
  for (const file of SYSTEM_CERTIFICATES) {
    system = await readFile(file, 'utf8').catch(() => '');
    if (system !== '') break;
  }
  await writeFile(target, `${system}\n${own}`, { mode: 0o600 });
  return target;
}

/** The endpoint that gives a job its identity: a signed token with GitHub's claims. */
import { generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { refuse } from './tokens.ts';
import type { Answer, Call } from './http.ts';
import { credential } from './http.ts';
import type { OidcClaims } from './types.ts';
import { idOf } from './world.ts';

export const ISSUER = 'https://token.actions.githubusercontent.com';
const KEY_ID = 'stand-in';
const PREFIX = '/oidc';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The claims of a push to the default branch, with what the caller knows better on top. */
export function completeClaims(repository: string, isPrivate: boolean, branch: string, given: Partial<OidcClaims>): OidcClaims {
  const name = given.repository ?? repository;
  const [owner = '', short = ''] = name.split('/');
  const ref = given.ref ?? `refs/heads/${branch}`;
  const sha = given.sha ?? 'a'.repeat(40);
  const workflowRef = given.workflow_ref ?? `${name}/.github/workflows/build.yml@${ref}`;
  const ownerId = String(idOf(owner));
  const id = String(idOf(name));
  const event = given.event_name ?? 'push';
  return {
    // The form with ids, which new repositories have: code that takes `sub` apart by name breaks here first.
    sub: `repo:${owner}@${ownerId}/${short}@${id}:${event === 'pull_request' ? 'pull_request' : `ref:${ref}`}`,
    repository: name,
    repository_id: id,
    repository_owner: owner,
    repository_owner_id: ownerId,
    repository_visibility: isPrivate ? 'private' : 'public',
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha,
    event_name: event,
    actor: 'alice',
    actor_id: String(idOf(given.actor ?? 'alice')),
    base_ref: '',
    head_ref: '',
    workflow: 'build',
    workflow_ref: workflowRef,
    workflow_sha: sha,
    job_workflow_ref: workflowRef,
    job_workflow_sha: sha,
    run_id: '7',
    run_number: '7',
    run_attempt: '1',
    runner_environment: 'github-hosted',
    ...given,
  };
}

interface Signer {
  readonly key: KeyObject;
  readonly jwk: unknown;
}
let signer: Signer | undefined;

/** Made at the first use, once per process: an RSA key takes longer than all the rest of the stand-in. */
function theSigner(): Signer {
  if (signer !== undefined) return signer;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  signer = { key: privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' } };
  return signer;
}

export class Oidc {
  readonly #claims = new Map<string, OidcClaims>();

  /** From now on the request token yields these claims. */
  grant(requestToken: string, claims: OidcClaims): void {
    this.#claims.set(requestToken, claims);
  }

  #token(claims: OidcClaims, audience: string): string {
    const seconds = Math.floor(Date.now() / 1000);
    const payload = {
      ...claims,
      jti: randomUUID(),
      iss: ISSUER,
      aud: audience,
      nbf: seconds - 5,
      iat: seconds,
      exp: seconds + 300,
      // Fulcio derives a certificate's subject from job_workflow_ref; the local one reads it from here.
      san: `https://github.com/${claims.job_workflow_ref}`,
    };
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${encode(payload)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), theSigner().key).toString('base64url')}`;
  }

  /** Answers requests below `/oidc`; undefined for others. */
  answer(call: Call, base: string): Answer | undefined {
    if (!call.path.startsWith(`${PREFIX}/`)) return undefined;
    if (call.path === `${PREFIX}/jwks`) return { status: 200, body: { keys: [theSigner().jwk] } };
    if (call.path === `${PREFIX}/.well-known/openid-configuration`) {
      const supported = { response_types_supported: ['id_token'], subject_types_supported: ['public'] };
      const algorithms = { id_token_signing_alg_values_supported: ['RS256'] };
      return { status: 200, body: { issuer: ISSUER, jwks_uri: `${base}${PREFIX}/jwks`, ...supported, ...algorithms } };
    }
    const claims = this.#claims.get(credential(call) ?? '');
    if (call.path !== `${PREFIX}/token` || claims === undefined) {
      return refuse(401, 'The provided token is not valid for this job', 'https://docs.github.com/actions');
    }
    const value = this.#token(claims, call.query.get('audience') ?? `https://github.com/${claims.repository_owner}`);
    return { status: 200, body: { count: value.length, value } };
  }
}

/** The address a job asks for its identity. Clients append `&audience=…`, so there must be a `?` already. */
export const idTokenRequestUrl = (base: string): string => `${base}${PREFIX}/token?api-version=2.0`;

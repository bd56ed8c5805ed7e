/** Fulcio and Rekor as cosign speaks to them, around the handlers of @sigstore/mock. */
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { fulcioHandler, rekorHandler } from '@sigstore/mock';
import type { Authorities } from './keys.ts';

export interface ServiceAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whom the certificate authority trusts. */
export const ISSUER = 'https://token.actions.githubusercontent.com';
const AUDIENCE = 'sigstore';

const JSON_TYPE = 'application/json';
const refuse = (status: number, message: string): ServiceAnswer => ({
  status,
  type: JSON_TYPE,
  body: JSON.stringify({ code: status === 401 ? 16 : 3, message, details: [] }),
});

/** Handlers answer with text or, for timestamps, with bytes. */
const textOf = (response: string | ArrayBufferView): string => (typeof response === 'string' ? response : '');

interface Claims {
  readonly iss?: unknown;
  readonly aud?: unknown;
  readonly exp?: unknown;
  readonly sub?: unknown;
  readonly san?: unknown;
}

function claimsOf(token: string): Claims {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
}

/** What Fulcio checks in a token. Its signature is not among it: the GitHub stand-in has a new key and address in each process. */
function tokenProblem(claims: Claims): string | undefined {
  if (claims.iss !== ISSUER) return `There was an error processing the identity token: unknown issuer ${String(claims.iss)}`;
  if (claims.aud !== AUDIENCE) return `expected audience "${AUDIENCE}" got ${JSON.stringify(claims.aud)}`;
  if (typeof claims.exp !== 'number' || claims.exp * 1000 < Date.now()) return 'token is expired';
  if (typeof claims.san !== 'string') return 'the token has no job_workflow_ref to make a subject of';
  return undefined;
}

interface CertificateRequest {
  readonly credentials?: { readonly oidcIdentityToken?: string };
  readonly publicKeyRequest?: {
    readonly publicKey?: { readonly content?: string };
    readonly proofOfPossession?: string;
  };
}

function publicKeyOf(content: string): KeyObject | undefined {
  try {
    return createPublicKey(content);
  } catch {
    return undefined;
  }
}

/** `POST /api/v2/signingCert`. cosign sends the token as a header, the handler wants it in the body. */
export function fulcio({ ca }: Authorities): (body: string, authorization: string) => Promise<ServiceAnswer> {
  const issue = fulcioHandler(ca, { strict: true, subjectClaim: 'san' });
  return async (body, authorization) => {
    const request = JSON.parse(body) as CertificateRequest;
    const token = request.credentials?.oidcIdentityToken ?? authorization.replace(/^bearer\s*/i, '');
    if (token === '') return refuse(401, 'There was an error processing the identity token');
    const claims = claimsOf(token);
    const problem = tokenProblem(claims);
    if (problem !== undefined) return refuse(401, problem);
    const content = request.publicKeyRequest?.publicKey?.content ?? '';
    const key = publicKeyOf(content);
    if (key === undefined) return refuse(400, 'The public key supplied in the request could not be parsed');
    // The asker proves that it holds the key by signing the subject of its token.
    const proof = Buffer.from(request.publicKeyRequest?.proofOfPossession ?? '', 'base64');
    if (!verify('sha256', Buffer.from(String(claims.sub)), key, proof)) {
      return refuse(400, 'The signature supplied in the request could not be verified');
    }
    const publicKey = { algorithm: 'ECDSA', content: key.export({ format: 'pem', type: 'spki' }) };
    const given = { credentials: { oidcIdentityToken: token }, publicKeyRequest: { publicKey } };
    const answer = await issue.fn(JSON.stringify(given));
    const ok = answer.statusCode === 201;
    return { status: ok ? 200 : answer.statusCode, type: ok ? JSON_TYPE : 'text/plain', body: textOf(answer.response) };
  };
}

interface Proposed {
  readonly kind?: string;
  readonly spec?: {
    readonly proposedContent?: { readonly envelope: string; readonly verifiers: readonly string[] };
  };
}

const sha256 = (data: string | Buffer): object => ({
  algorithm: 'sha256',
  value: createHash('sha256').update(data).digest('hex'),
});

/** A proposed DSSE entry as the log stores it; the handler logs what it is given, word for word. */
function canonical(proposed: Proposed): unknown {
  const content = proposed.kind === 'dsse' ? proposed.spec?.proposedContent : undefined;
  if (content === undefined) return proposed;
  const envelope = JSON.parse(content.envelope) as { payload: string; signatures: readonly { sig: string }[] };
  const signatures = envelope.signatures.map(({ sig }) => ({ signature: sig, verifier: content.verifiers[0] }));
  const payloadHash = sha256(Buffer.from(envelope.payload, 'base64'));
  return { apiVersion: '0.0.1', kind: 'dsse', spec: { envelopeHash: sha256(content.envelope), payloadHash, signatures } };
}

/** `POST /api/v1/log/entries`. */
export function rekor({ log }: Authorities): (body: string) => Promise<ServiceAnswer> {
  const add = rekorHandler(log, { strict: true });
  return async body => {
    const answer = await add.fn(JSON.stringify(canonical(JSON.parse(body) as Proposed)));
    const text = textOf(answer.response);
    if (answer.statusCode !== 201) return refuse(answer.statusCode, text);
    const [uuid = ''] = Object.keys(JSON.parse(text) as object);
    // cosign takes the entry's name from ETag and falls over without it.
    return { status: 201, type: JSON_TYPE, body: text, headers: { etag: uuid, location: `/api/v1/log/entries/${uuid}` } };
  };
}

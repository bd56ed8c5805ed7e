// What a registry answered, or why it did not -> an error that a person understands, and whether trying again may help.

import { Cancelled, ToolError, UserError } from '../../errors.ts';
import { NOT_CONNECTED } from './http.ts';
import type { Repository } from './reference.ts';
import { parseRetryAfter, Retriable } from './retry.ts';

/** An answer whose body was read. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** The request carried a bearer token that the registry's token service had given for a login: the login itself is right. */
  readonly granted?: boolean;
}

/** What was being done: for messages. */
export interface Purpose {
  readonly repository: Repository;
  readonly access: 'read' | 'write';
  /** `blob sha256:…`, `manifest 1.2.3`. */
  readonly what: string;
  /** Bytes of the body that was sent. */
  readonly size?: number;
}

/** One header as text. */
export function header(reply: Pick<Reply, 'headers'>, name: string): string | undefined {
  const value = reply.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The error codes of the distribution specification (upper case) in an answer's body. */
export function errorCodes(reply: Reply): string[] {
  return readErrors(reply).map(error => error.code);
}

function readErrors(reply: Reply): { readonly code: string; readonly message: string }[] {
  try {
    const parsed = JSON.parse(reply.body.toString('utf8')) as { readonly errors?: unknown } | null;
    const list: unknown[] = Array.isArray(parsed?.errors) ? parsed.errors : [];
    return list.map(one => {
      const { code, message } = (one ?? {}) as { readonly code?: unknown; readonly message?: unknown };
      return { code: typeof code === 'string' ? code.toUpperCase() : '', message: typeof message === 'string' ? message : '' };
    });
  } catch {
    return [];
  }
}

/** `403 DENIED: permission_denied: write_package`, one line, at most 200 characters. */
function said(reply: Reply): string {
  const errors = readErrors(reply).map(({ code, message }) => [code, message].filter(part => part !== '').join(': '));
  const text =
    errors.length > 0 ? errors.join('; ') : /html/i.test(header(reply, 'content-type') ?? '') ? '' : reply.body.toString('utf8');
  const line = text
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .trim();
  return `${reply.status}${line === '' ? '' : ` ${line}`}`.slice(0, 200);
}

/** True for a refusal that passes by itself. GitHub's registry answers 403 for its secondary rate limit, which looks like a missing permission. */
export function isRateLimit(reply: Reply): boolean {
  if (reply.status === 429) return true;
  if (reply.status !== 403) return false;
  if (header(reply, 'retry-after') !== undefined || header(reply, 'x-ratelimit-remaining') === '0') return true;
  return /rate.?limit|too ?many ?requests|abuse detection/i.test(reply.body.toString('utf8'));
}

const LEAST_RATE_LIMIT_WAIT = 2_000;
/** Codes of a manifest that was refused because the registry does not see yet what it just took. */
const LATE: readonly string[] = ['BLOB_UNKNOWN', 'MANIFEST_BLOB_UNKNOWN', 'MANIFEST_UNKNOWN', 'BLOB_UPLOAD_UNKNOWN'];

/** Turns an answer that is no success into the error to throw: Retriable, UserError or ToolError. */
export function refusal(reply: Reply, purpose: Purpose, now: number): Error {
  const { repository, what } = purpose;
  const after = parseRetryAfter(header(reply, 'retry-after'), now);
  if (isRateLimit(reply)) {
    const wait = after ?? (reply.status === 403 ? LEAST_RATE_LIMIT_WAIT : undefined);
    return new Retriable(
      toolError(
        `${repository.registry} limits our rate of requests (${said(reply)})`,
        'Wait, or log in with an account that may ask more often.',
      ),
      { after: wait },
    );
  }
  if (reply.status === 408 || (reply.status >= 500 && reply.status !== 501))
    return new Retriable(
      toolError(
        `${repository.registry} failed at ${what} (${said(reply)})`,
        'Run again: what was sent already is not sent twice.',
      ),
      {
        after,
      },
    );
  if (reply.status === 401 || reply.status === 403) return denied(reply, purpose);
  if (reply.status === 413) return tooLarge(reply, purpose);
  if (purpose.access === 'write' && reply.status >= 400 && errorCodes(reply).some(code => LATE.includes(code)))
    return new Retriable(toolError(`${repository.registry} does not find a part of ${what} (${said(reply)})`), { tries: 4 });
  if (reply.status === 404 && purpose.access === 'write')
    return new UserError(`${repository.registry} has no repository ${repository.name} that we may write to (${said(reply)})`, {
      hint: 'Create the repository first (Amazon ECR and others do not make it on the first push), or correct `images`.',
    });
  return toolError(`${repository.registry} did not take our request for ${what} of ${repository.image} (${said(reply)})`);
}

function denied(reply: Reply, { repository, access }: Purpose): UserError {
  const verb = access === 'write' ? 'write to' : 'read';
  return new UserError(`${repository.registry} does not let us ${verb} ${repository.image} (${said(reply)})`, {
    hint: loginHint(repository, access),
  });
}

/** What to do about a refused or missing login, in the words of the registry's own settings. */
export function loginHint(repository: Repository, access: Purpose['access']): string {
  const rights = access === 'write' ? 'write' : 'read';
  if (repository.registry === 'ghcr.io')
    return (
      `Give the job "permissions: packages: ${rights}" and log in to ghcr.io (username github.actor, password github.token). ` +
      `If the package exists already, give this repository the ${rights} role under the package's settings, "Manage Actions access".`
    );
  if (repository.registry === 'docker.io')
    return `Log in to Docker Hub with an access token that has "${access === 'write' ? 'Read & Write' : 'Read'}" rights, as a member of the namespace ${repository.name.split('/')[0] ?? ''}.`;
  return `Log in to ${repository.registry} before this step, or give \`registry\`, \`username\` and \`password\`; the account needs ${rights} rights on ${repository.name}.`;
}

function tooLarge(reply: Reply, { repository, what, size }: Purpose): UserError {
  const amount = size === undefined ? 'a body' : `${(size / 1024 / 1024).toFixed(1)} MiB`;
  return new UserError(`${repository.registry} does not take ${amount} in one request for ${what} (${said(reply)})`, {
    hint: 'A proxy or CDN before the registry limits the size of a request (nginx: client_max_body_size; Cloudflare: 100 MB): raise it, or make the layer smaller.',
  });
}

const CERTIFICATE = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT)/;
const DISK: readonly string[] = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO', 'ENOENT', 'EMFILE'];
const SELDOM_HEALS: readonly string[] = [NOT_CONNECTED, 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Turns a failure of the connection into the error to throw. */
export function brokenConnection(error: unknown, host: string): Error {
  if (error instanceof Cancelled || error instanceof UserError || error instanceof ToolError || error instanceof Retriable)
    return error;
  const { code = '', message = '' } = error as Partial<NodeJS.ErrnoException>;
  if (CERTIFICATE.test(code))
    return new UserError(`the TLS certificate of ${host} is not trusted (${code})`, {
      hint: 'For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its PEM file in the job (and make docker trust it).',
      cause: error,
    });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return new UserError(`${host} does not speak TLS as it should (${code})`, {
      hint: 'Plain http is used for registries on this machine only (localhost, 127.0.0.0/8).',
      cause: error,
    });
  if (DISK.includes(code))
    return toolError(
      `a file of this run cannot be read or written (${code}: ${message})`,
      'Free some space on the runner.',
      error,
    );
  if (code === '') return error instanceof Error ? error : new Error(message, { cause: error });
  const failure = toolError(
    `the connection to ${host} broke (${code}: ${message.replace(/\s+/g, ' ')})`,
    code === 'ENOTFOUND'
      ? 'Check the name of the registry, DNS and HTTPS_PROXY.'
      : 'Run again: what was sent already is not sent twice.',
    error,
  );
  return new Retriable(failure, SELDOM_HEALS.includes(code) ? { tries: 4 } : {});
}

/** A ToolError of the registry client. */
export function toolError(message: string, hint?: string, cause?: unknown): ToolError {
  return new ToolError(message, {
    tool: 'registry',
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

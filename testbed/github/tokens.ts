/** Tokens and what they may do. */
import { randomBytes } from 'node:crypto';
import type { Answer } from './http.ts';
import type { Permissions, Scope, TokenOptions } from './types.ts';

export interface Token {
  readonly value: string;
  readonly permissions: Permissions;
  readonly login: string;
  /** Lower-case names of the private repositories it may see. */
  readonly repositories: readonly string[];
  used: number;
}

/** One of these is enough: a comment on a pull request may be written with either of two permissions. */
export type Needs = readonly (readonly [Scope, 'read' | 'write'])[];

const READ: Permissions = {
  actions: 'read',
  checks: 'read',
  contents: 'read',
  issues: 'read',
  packages: 'read',
  'pull-requests': 'read',
  'security-events': 'read',
  statuses: 'read',
};

const WRITE: Permissions = {
  actions: 'read',
  attestations: 'write',
  checks: 'write',
  contents: 'read',
  'id-token': 'write',
  issues: 'write',
  packages: 'write',
  'pull-requests': 'write',
  'security-events': 'write',
  statuses: 'write',
};

export const WORKFLOW_LOGIN = 'github-actions[bot]';

export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #repository: string;

  constructor(repository: string) {
    this.#repository = repository;
  }

  /** `write`: what a workflow that asks for everything gets; `read`: what a fork's pull request gets whatever it asks for. */
  create(kind: 'write' | 'read' | Permissions, options: TokenOptions = {}): string {
    const value = `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, '0')}`;
    this.#tokens.set(value, {
      value,
      permissions: kind === 'write' ? WRITE : kind === 'read' ? READ : kind,
      login: options.login ?? WORKFLOW_LOGIN,
      repositories: (options.repositories ?? [this.#repository]).map(name => name.toLowerCase()),
      used: 0,
    });
    return value;
  }

  find(value: string | undefined): Token | undefined {
    return value === undefined ? undefined : this.#tokens.get(value);
  }
}

/** Whether a token may do something in a repository; everyone may read what is public. */
export function allowed(token: Token | undefined, needs: Needs, isPrivate: boolean): boolean {
  return (
    needs.length === 0 ||
    needs.some(([scope, access]) => {
      const granted = token?.permissions[scope] ?? 'none';
      if (access === 'write') return granted === 'write';
      return !isPrivate || granted !== 'none';
    })
  );
}

/** What GitHub says in `x-accepted-github-permissions`: the permissions of which one is enough. */
export function acceptedPermissions(needs: Needs): string {
  return needs.map(([scope, access]) => `${scope.replaceAll('-', '_')}=${access}`).join('; ');
}

/** The refusals that a token meets, with GitHub's own words. */
export const refusals = {
  badCredentials: (): Answer => refuse(401, 'Bad credentials', 'https://docs.github.com/rest'),
  authenticationNeeded: (documentation: string): Answer => refuse(401, 'Requires authentication', documentation),
  notFound: (documentation: string): Answer => refuse(404, 'Not Found', documentation),
  notAccessible: (needs: Needs, documentation: string): Answer => ({
    ...refuse(403, 'Resource not accessible by integration', documentation),
    headers: { 'x-accepted-github-permissions': acceptedPermissions(needs) },
  }),
};

/** An error answer of the API. */
export function refuse(status: number, message: string, documentation: string, errors?: readonly unknown[]): Answer {
  return { status, body: { message, ...(errors && { errors }), documentation_url: documentation, status: String(status) } };
}

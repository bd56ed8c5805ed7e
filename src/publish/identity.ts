// The workflow that runs -> the certificate identity that a keyless signature of it must carry, in the strict and in the lasting form.

import { UserError } from '../errors.ts';

/** What GitHub says about the running job in its OIDC token; Fulcio puts the same into the certificate. */
export interface WorkflowIdentity {
  /** `iss`: https://token.actions.githubusercontent.com on github.com. */
  readonly issuer: string;
  /** `job_workflow_ref`: `owner/repo/.github/workflows/x.yml@ref` of the file that holds the job; for a reusable workflow the called one. */
  readonly workflowRef: string;
  /** `repository`: the calling one. */
  readonly repository: string;
  /** `sha`: the commit that the run is about. */
  readonly sha: string;
  /** `event_name`. */
  readonly event: string;
  /** Where the repositories live, without a slash at the end. */
  readonly server: string;
}

/** What a certificate is held against. `triggers`: one of these events started the signing run. */
export interface CertificateRule {
  readonly issuer: string;
  readonly subject: { readonly exact: string } | { readonly pattern: string };
  readonly repository: string;
  readonly commit?: string;
  readonly triggers?: readonly string[];
}

/** Events that publish by themselves (design 4, first row): only their signatures count for adoption (rules 11). */
export const PUBLISHING_EVENTS = ['push', 'release', 'schedule', 'workflow_dispatch', 'repository_dispatch'] as const;

/** Exactly this run's certificate: what a signature that we have just made must carry. */
export function certificateOfThisRun(workflow: WorkflowIdentity): CertificateRule {
  return {
    issuer: workflow.issuer,
    subject: { exact: subjectOf(workflow) },
    repository: workflow.repository,
    commit: workflow.sha,
    triggers: [workflow.event],
  };
}

/** *Our identity* of rules 11, for signatures of earlier runs: any ref of the same workflow file, same repository, same commit, a publishing event. */
export function certificateOfEarlierRuns(workflow: WorkflowIdentity): CertificateRule {
  const own = PUBLISHING_EVENTS.filter(event => event === workflow.event);
  const others = PUBLISHING_EVENTS.filter(event => event !== workflow.event);
  return { ...certificateForConsumers(workflow), commit: workflow.sha, triggers: [...own, ...others] };
}

/** *Our identity* as consumers check it, on this image and on later ones: any ref and commit of the same workflow file and repository. */
export function certificateForConsumers(workflow: WorkflowIdentity): CertificateRule {
  return {
    issuer: workflow.issuer,
    subject: { pattern: `^${escapePattern(`${workflow.server}/${workflowPath(workflow)}`)}@.+$` },
    repository: workflow.repository,
  };
}

/** The subject (SAN) that Fulcio writes: server + job_workflow_ref. */
export function subjectOf(workflow: WorkflowIdentity): string {
  return `${workflow.server}/${workflow.workflowRef}`;
}

/** `owner/repo/.github/workflows/x.yml`, without its ref. */
export function workflowPath(workflow: WorkflowIdentity): string {
  const at = workflow.workflowRef.indexOf('@');
  if (at <= 0)
    throw new UserError(
      `The OIDC token names no workflow ref ("${workflow.workflowRef}"), so a keyless signature could not be recognised`,
      {
        hint: 'Sign with a key (cosign-key), or ask who runs the token service: job_workflow_ref must be owner/repo/path@ref.',
      },
    );
  return workflow.workflowRef.slice(0, at);
}

/** Takes the claims of a decoded token; throws UserError naming what is missing. `serverUrl` is GITHUB_SERVER_URL. */
export function workflowOf(claims: unknown, serverUrl: string): WorkflowIdentity {
  const record = typeof claims === 'object' && claims !== null ? (claims as Readonly<Record<string, unknown>>) : {};
  const take = (name: string): string => {
    const value = record[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new UserError(`The OIDC token of this job has no claim "${name}", so a keyless signature could not be recognised`, {
      hint: 'Sign with a key (cosign-key) on this server, or check what answers at ACTIONS_ID_TOKEN_REQUEST_URL.',
    });
  };
  const issuer = take('iss');
  return {
    issuer,
    workflowRef: take('job_workflow_ref'),
    repository: take('repository'),
    sha: take('sha'),
    event: take('event_name'),
    // Fulcio builds the subject from the server that belongs to the issuer; for GitHub's own it is always github.com.
    server: issuer === GITHUB_ISSUER ? 'https://github.com' : serverUrl.replace(/\/+$/, ''),
  };
}

const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** Keyless signing was asked for and the job may not ask for a token: cosign would wait for a person to log in. */
export function noIdToken(): UserError {
  return new UserError('Keyless signing needs an OIDC token, and this job may not ask for one', {
    hint: 'Give the job `permissions: id-token: write` (and keep `contents: read`, `packages: write`), or sign with `cosign-key`, or set `sign: off`.',
  });
}

/** Escapes what has a meaning in a regular expression; `-` and `/` have none outside of brackets. */
function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

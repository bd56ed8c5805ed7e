// The job's OIDC token service -> the workflow identity that a keyless signature of this job will carry.

import { getIDToken } from '@actions/core';
import { ToolError } from '../errors.ts';
import { noIdToken, workflowOf } from '../publish/identity.ts';
import type { WorkflowIdentity } from '../publish/identity.ts';

/** The audience that Fulcio demands. */
const AUDIENCE = 'sigstore';

/** Asks for a token and reads what it says about this job; the token itself is masked by the toolkit and forgotten here. Throws UserError without `id-token: write`. */
export async function fetchWorkflowIdentity(
  env: Readonly<Record<string, string | undefined>>,
  getToken: (audience: string) => Promise<string> = getIDToken,
): Promise<WorkflowIdentity> {
  if (!env['ACTIONS_ID_TOKEN_REQUEST_URL'] || !env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']) throw noIdToken();
  let token: string;
  try {
    token = await getToken(AUDIENCE);
  } catch (error) {
    throw new ToolError(`GitHub's token service gave no OIDC token: ${oneLine(error)}`, {
      tool: 'OIDC token service',
      hint: 'Run the job again; if it stays, see https://www.githubstatus.com, or sign with `cosign-key`.',
      cause: error,
    });
  }
  return workflowOf(claimsOf(token), env['GITHUB_SERVER_URL'] ?? 'https://github.com');
}

/** The payload of a JWT. Its signature is for Fulcio to check: whoever could forge the answer here could not make Fulcio sign. */
export function claimsOf(token: string): unknown {
  const payload = token.split('.')[1];
  try {
    if (payload === undefined) throw new Error('not three parts');
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch (error) {
    // Never the token itself in a message.
    throw new ToolError("GitHub's token service answered something that is not a JSON web token", {
      tool: 'OIDC token service',
      hint: 'Check what answers at ACTIONS_ID_TOKEN_REQUEST_URL.',
      cause: error,
    });
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
}

// The job's token service: what it must give, and what a user reads when it does not.

import { describe, expect, test } from '@jest/globals';
import { claimsOf, fetchWorkflowIdentity } from '../../src/runner/oidc.ts';

const ENV = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/token?v=1',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
  GITHUB_SERVER_URL: 'https://github.com',
};

function aToken(change: Readonly<Record<string, unknown>> = {}): string {
  const claims = {
    iss: 'https://token.actions.githubusercontent.com',
    job_workflow_ref: 'acme/app/.github/workflows/größe.yml@refs/heads/main',
    repository: 'acme/app',
    sha: 'b'.repeat(40),
    event_name: 'push',
    ...change,
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}

async function failure(
  work: Promise<unknown>,
): Promise<{ readonly message: string; readonly hint?: string; readonly name: string }> {
  return work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as { message: string; hint?: string; name: string },
  );
}

describe('fetchWorkflowIdentity', () => {
  test('asks for the audience sigstore and reads the claims', async () => {
    const asked: string[] = [];
    const workflow = await fetchWorkflowIdentity(ENV, audience => {
      asked.push(audience);
      return Promise.resolve(aToken());
    });
    expect(asked).toEqual(['sigstore']);
    expect(workflow).toEqual({
      issuer: 'https://token.actions.githubusercontent.com',
      workflowRef: 'acme/app/.github/workflows/größe.yml@refs/heads/main',
      repository: 'acme/app',
      sha: 'b'.repeat(40),
      event: 'push',
      server: 'https://github.com',
    });
  });

  test.each(['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'without %s: names the permission, and asks nobody',
    async name => {
      const asked: string[] = [];
      const error = await failure(
        fetchWorkflowIdentity({ ...ENV, [name]: '' }, audience => {
          asked.push(audience);
          return Promise.resolve(aToken());
        }),
      );
      expect(error.name).toBe('UserError');
      expect(error.hint).toContain('id-token: write');
      expect(asked).toEqual([]);
    },
  );

  test('a service that fails is a tool failure on one line', async () => {
    const error = await failure(
      fetchWorkflowIdentity(ENV, () => Promise.reject(new Error('Failed to get ID Token. \n \n Error Code : 503'))),
    );
    expect(error.name).toBe('ToolError');
    expect(error.message).toBe("GitHub's token service gave no OIDC token: Failed to get ID Token. Error Code : 503");
  });

  test.each(['not-a-token', 'a.b.c', '', `x.${Buffer.from('no json').toString('base64url')}.y`])(
    'an answer that is not a token (%p) is never quoted',
    token => {
      expect(() => claimsOf(token)).toThrow(/is not a JSON web token$|something that is not a JSON web token/);
    },
  );
});

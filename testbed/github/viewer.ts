/** The one question to the GraphQL API that an action asks: who am I? Everything else there is unknown. */
import { credential, jsonOf, type Answer, type Call } from './http.ts';
import type { Tokens } from './tokens.ts';

/** Answers `{ viewer { login } }`; undefined for anything else. */
export function viewer(call: Call, tokens: Tokens): Answer | undefined {
  if (call.method !== 'POST' || call.path !== '/graphql') return undefined;
  const { query } = (jsonOf(call) ?? {}) as { query?: string };
  if (query?.replaceAll(/\s+/g, '') !== '{viewer{login}}') return undefined;
  const token = tokens.find(credential(call));
  if (token === undefined) return { status: 401, body: { message: 'Bad credentials', status: '401' } };
  return { status: 200, body: { data: { viewer: { login: token.login } } } };
}

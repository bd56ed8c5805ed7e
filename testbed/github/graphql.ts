/** The one question of GraphQL that REST has no answer to for a workflow's token: who am I? */
import { credential, jsonOf, type Answer, type Call } from './http.ts';
import { refusals, type Tokens } from './tokens.ts';

const WHO = /^(?:query\s*(?:\w+\s*)?)?\{\s*viewer\s*\{\s*login\s*\}\s*\}$/;

/** Answers `POST /graphql`; undefined for other paths. Other questions are violations: no description judges them. */
export function graphql(call: Call, tokens: Tokens, violation: (what: string) => void): Answer | undefined {
  if (call.path !== '/graphql') return undefined;
  const token = tokens.find(credential(call));
  if (token === undefined) return refusals.badCredentials();
  token.used += 1;
  const { query } = (jsonOf(call) ?? {}) as { query?: unknown };
  if (typeof query === 'string' && WHO.test(query.trim()))
    return { status: 200, body: { data: { viewer: { login: token.login } } } };
  violation('a GraphQL query that the stand-in does not know');
  return { status: 200, body: { errors: [{ message: 'A query attribute must be specified and must be a string.' }] } };
}

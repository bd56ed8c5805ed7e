// The token of the Actions cache service -> what it allows, before BuildKit trips over it (a malformed one fails the build even with ignore-error).

/** What the token lets a job do; `problem` when BuildKit's client would not even take it. */
export type TokenReading =
  | { readonly problem: string }
  | { readonly problem?: undefined; readonly read: boolean; readonly write: boolean; readonly scopes: readonly Scope[] };

export interface Scope {
  readonly name: string;
  /** Bit 1: read, bit 2: write. */
  readonly permission: number;
}

/** Seconds that clocks may differ. */
const SKEW = 300;

/** Reads the claims; nobody can check the signature here. `now`: milliseconds since 1970. */
export function readCacheToken(token: string, now: number): TokenReading {
  const parts = token.split('.');
  const [header, claims] = parts.slice(0, 2).map(part => parse(Buffer.from(part, 'base64url').toString('utf8')));
  if (parts.length !== 3 || !isObject(claims) || !isObject(header) || typeof header['alg'] !== 'string')
    return { problem: 'ACTIONS_RUNTIME_TOKEN is no JSON web token' };
  const { nbf, exp, ac } = claims;
  if (typeof nbf !== 'number' || typeof exp !== 'number') return { problem: 'ACTIONS_RUNTIME_TOKEN has no dates' };
  if (exp * 1000 <= now) return { problem: 'ACTIONS_RUNTIME_TOKEN has expired' };
  if ((nbf - SKEW) * 1000 > now) return { problem: 'ACTIONS_RUNTIME_TOKEN is not valid yet' };
  const scopes = typeof ac === 'string' ? scopesOf(parse(ac)) : undefined;
  if (scopes === undefined) return { problem: 'ACTIONS_RUNTIME_TOKEN says nothing of caches' };
  const all = scopes.reduce((bits, { permission }) => bits | permission, 0);
  return { read: (all & 1) !== 0, write: (all & 2) !== 0, scopes };
}

function scopesOf(value: unknown): readonly Scope[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const scopes = value.map((entry: unknown) => (isObject(entry) ? [entry['Scope'], entry['Permission']] : []));
  return scopes.every(([name, permission]) => typeof name === 'string' && typeof permission === 'number')
    ? scopes.map(([name, permission]) => ({ name: name as string, permission: permission as number }))
    : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

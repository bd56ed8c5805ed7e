// A registry's challenge and the user's credential -> the Authorization header of a request; tokens are shared, renewed in time, never sent elsewhere.

import { Cancelled, UserError } from '../../errors.ts';
import { brokenConnection, header, loginHint, refusal, toolError, type Purpose, type Reply } from './answers.ts';
import { mergeScopes, parseChallenge, type Challenge } from './challenge.ts';
import { basicValue, type Credential } from './docker-config.ts';
import { readAnswer, type HttpRequest, type Send } from './http.ts';
import { isLoopback, type Repository } from './reference.ts';
import { retry, type Clock, type RetryPolicy } from './retry.ts';

/** Who asks for what. */
export interface Demand {
  readonly repository: Repository;
  readonly access: 'read' | 'write';
  readonly scopes: readonly string[];
}

/** Gives requests their Authorization header. */
export interface Authoriser {
  /** The header for a request that was not refused yet; undefined: send it without. */
  before(demand: Demand): Promise<string | undefined>;
  /** The header for another try after a 401; undefined: nothing better can be had. `sent` is the refused header. */
  after(demand: Demand, challenge: string | undefined, sent: string | undefined): Promise<string | undefined>;
  /** True for a header with a token that was given for a login: neither an anonymous token nor a password. */
  isGranted(sent: string | undefined): boolean;
}

export interface AuthoriserOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly policy: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly credential: (registry: string) => Promise<Credential | undefined>;
  readonly onSecret?: ((value: string) => void) | undefined;
}

type Bearer = Extract<Challenge, { readonly scheme: 'bearer' }>;

export interface Token {
  readonly value: string;
  /** Milliseconds since 1970: from here on it is renewed. */
  readonly renewAt: number;
  readonly anonymous: boolean;
}

/** Lifetime when the server does not tell (distribution's token specification). */
const DEFAULT_LIFETIME = 60;
const MARGIN = 10_000;
const TOKEN_ANSWER_LIMIT = 1024 * 1024;

/** What is known about logins; authorisers of one run share it. */
export interface LoginMemory {
  readonly challenges: Map<string, Challenge>;
  /** Scopes that the registry named for a demand, beside ours (public ECR: `aws`; renaming proxies). */
  readonly learned: Map<string, readonly string[]>;
  readonly tokens: Map<string, Promise<Token>>;
  readonly credentials: Map<string, Promise<Credential | undefined>>;
  readonly granted: Set<string>;
}

/** Knows nothing yet. */
export function createLoginMemory(): LoginMemory {
  return { challenges: new Map(), learned: new Map(), tokens: new Map(), credentials: new Map(), granted: new Set() };
}

/** `options.signal` cancels the fetching of tokens. */
export function createAuthoriser(options: AuthoriserOptions, memory: LoginMemory): Authoriser {
  const { challenges, learned, tokens, credentials, granted } = memory;

  const credential = (registry: string): Promise<Credential | undefined> => {
    const found = credentials.get(registry) ?? options.credential(registry);
    credentials.set(registry, found);
    return found;
  };

  async function bearer(challenge: Bearer, demand: Demand, refused: string | undefined): Promise<string> {
    const scopes = mergeScopes(demand.scopes, learned.get(demandKey(demand)) ?? []);
    const key = [demand.repository.host, challenge.realm, challenge.service ?? '', ...scopes].join(' ');
    const slot = tokens.get(key);
    if (slot !== undefined) {
      const token = await slot.catch((error: unknown) => {
        // A fetch that another one cancelled says nothing about ours.
        if (error instanceof Cancelled && options.signal?.aborted !== true) return undefined;
        throw error;
      });
      const value = `Bearer ${token?.value ?? ''}`;
      if (token !== undefined && token.renewAt > options.clock.now() && value !== refused) return value;
      // While this request waited, another one may have asked for a new token: one is enough.
      if (tokens.get(key) !== slot) return bearer(challenge, demand, refused);
    }
    const fetched = fetchToken(challenge, scopes, demand, credential, options);
    tokens.set(key, fetched);
    fetched.catch(() => {
      if (tokens.get(key) === fetched) tokens.delete(key);
    });
    const { value, anonymous } = await fetched;
    if (!anonymous) granted.add(`Bearer ${value}`);
    return `Bearer ${value}`;
  }

  async function answerTo(challenge: Challenge, demand: Demand, refused: string | undefined): Promise<string | undefined> {
    if (challenge.scheme === 'bearer') return bearer(challenge, demand, refused);
    const login = await credential(demand.repository.registry);
    if (login?.kind !== 'password') return undefined;
    return `Basic ${basicValue(login.username, login.password)}`;
  }

  return {
    before: async demand => {
      const challenge = challenges.get(demand.repository.host);
      return challenge && answerTo(challenge, demand, undefined);
    },
    after: async (demand, text, sent) => {
      const challenge = parseChallenge(text);
      if (challenge === undefined) return undefined;
      challenges.set(demand.repository.host, challenge);
      if (challenge.scheme === 'bearer') learned.set(demandKey(demand), challenge.scopes);
      const header = await answerTo(challenge, demand, sent);
      return header === sent ? undefined : header;
    },
    isGranted: sent => sent !== undefined && granted.has(sent),
  };
}

function demandKey(demand: Demand): string {
  return [demand.repository.host, ...demand.scopes].join(' ');
}

async function fetchToken(
  challenge: Bearer,
  scopes: readonly string[],
  demand: Demand,
  credential: (registry: string) => Promise<Credential | undefined>,
  options: AuthoriserOptions,
): Promise<Token> {
  const login = await credential(demand.repository.registry);
  const realm = realmUrl(challenge.realm, demand.repository);
  const purpose: Purpose = { repository: demand.repository, access: demand.access, what: `a token from ${realm.host}` };
  return retry(
    async () => {
      const asked = options.clock.now();
      let reply = await exchange(tokenRequest(realm, challenge.service, scopes, login, login?.kind === 'identity'), options);
      // Servers that know OAuth2 only.
      if ((reply.status === 404 || reply.status === 405) && login?.kind === 'password')
        reply = await exchange(tokenRequest(realm, challenge.service, scopes, login, true), options);
      if (reply.status === 401 || reply.status === 403 || reply.status === 400) throw loginRefused(reply, demand, login, options);
      if (reply.status !== 200) throw refusal(reply, purpose, options.clock.now());
      return { ...readToken(reply, realm, asked, options), anonymous: login === undefined };
    },
    { clock: options.clock, policy: options.policy, signal: options.signal },
  );
}

async function exchange(request: HttpRequest, options: AuthoriserOptions): Promise<Reply> {
  try {
    const answer = await options.send({ ...request, signal: options.signal });
    return { status: answer.status, headers: answer.headers, body: await readAnswer(answer, TOKEN_ANSWER_LIMIT) };
  } catch (error) {
    throw brokenConnection(error, request.url.host);
  }
}

/** Where tokens are given. Credentials go there, so it must be as private as the registry itself. */
function realmUrl(realm: string, repository: Repository): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw toolError(
      `${repository.registry} names no valid address for tokens`,
      'The registry is set up wrongly (WWW-Authenticate realm).',
    );
  if (url.protocol === 'http:' && !(isLoopback(url.host) && isLoopback(repository.host)))
    throw toolError(
      `${repository.registry} wants its login sent to ${url.host} without TLS`,
      'The registry is set up wrongly: its WWW-Authenticate realm must begin with https://.',
    );
  return url;
}

function tokenRequest(
  realm: URL,
  service: string | undefined,
  scopes: readonly string[],
  login: Credential | undefined,
  oauth: boolean,
): HttpRequest {
  if (oauth && login !== undefined) {
    const form = new URLSearchParams({ client_id: 'seaworthy', scope: scopes.join(' ') });
    if (service !== undefined) form.set('service', service);
    const grant =
      login.kind === 'identity'
        ? { grant_type: 'refresh_token', refresh_token: login.token }
        : { grant_type: 'password', username: login.username, password: login.password };
    for (const [key, value] of Object.entries(grant)) form.set(key, value);
    const body = Buffer.from(form.toString());
    return { method: 'POST', url: realm, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  const headers =
    login?.kind === 'password' ? { authorization: `Basic ${basicValue(login.username, login.password)}` } : undefined;
  return { method: 'GET', url, headers: headers ?? {} };
}

function loginRefused(reply: Reply, demand: Demand, login: Credential | undefined, options: AuthoriserOptions): Error {
  const { repository, access } = demand;
  const error = refusal(reply, { repository, access, what: 'a token' }, options.clock.now());
  // A rate limit that is dressed as 403 stays one.
  if (!(error instanceof UserError) && reply.status !== 400) return error;
  const verb = access === 'write' ? 'write to' : 'read';
  const message =
    login === undefined
      ? `${repository.registry} wants a login to ${verb} ${repository.image} (${reply.status})`
      : `${repository.registry} refused the login for ${repository.image} (${reply.status})`;
  return new UserError(message, { hint: loginHint(repository, access) });
}

function readToken(reply: Reply, realm: URL, asked: number, options: AuthoriserOptions): Omit<Token, 'anonymous'> {
  const answer = parseTokenAnswer(reply);
  const value = [answer.token, answer.access_token].find(one => typeof one === 'string' && one !== '') as string | undefined;
  if (value === undefined || /[^\x21-\x7e]/.test(value))
    throw toolError(`${realm.host} gave no token (${header(reply, 'content-type') ?? 'no content type'})`);
  options.onSecret?.(value);
  const seconds = typeof answer.expires_in === 'number' && answer.expires_in > 0 ? answer.expires_in : DEFAULT_LIFETIME;
  const lifetime = seconds * 1000;
  return { value, renewAt: asked + lifetime - Math.min(MARGIN, lifetime / 4) };
}

interface TokenAnswer {
  readonly token?: unknown;
  readonly access_token?: unknown;
  readonly expires_in?: unknown;
}

function parseTokenAnswer(reply: Reply): TokenAnswer {
  try {
    return (JSON.parse(reply.body.toString('utf8')) as TokenAnswer | null) ?? {};
  } catch {
    // The parser's message would quote the token; that there is none is said by the caller.
    return {};
  }
}

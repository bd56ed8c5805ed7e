/** The REST API: authentication, permission and GitHub's description first, then the operation itself. */
import { randomUUID } from 'node:crypto';
import { credential, jsonOf, type Answer, type Call } from './http.ts';
import type { Judge } from './openapi.ts';
import { Router, type Match } from './router.ts';
import { CLIENT_MISTAKE } from './routes/limits.ts';
import { routes } from './routes/index.ts';
import { HOURLY_LIMIT, limitResetsAt } from './routes/repositories.ts';
import { acceptedPermissions, allowed, refusals, refuse, type Token, type Tokens } from './tokens.ts';
import type { Repository, World } from './world.ts';

const ROOT = 'https://docs.github.com/rest';

/** Whether a token (or nobody) sees that a repository exists. */
function visible(repository: Repository | undefined, token: Token | undefined): repository is Repository {
  if (repository === undefined) return false;
  return !repository.private || (token?.repositories.includes(repository.name.toLowerCase()) ?? false);
}

/** A write outside of the token's own repositories is refused even where it may read. */
function reaches(repository: Repository, token: Token | undefined, method: string): boolean {
  return method === 'GET' || (token?.repositories.includes(repository.name.toLowerCase()) ?? false);
}

export class Rest {
  readonly #world: World;
  readonly #tokens: Tokens;
  readonly #judge: Judge;
  readonly #router: Router;
  readonly #violations: string[];

  constructor(world: World, tokens: Tokens, judge: Judge, violations: string[]) {
    this.#world = world;
    this.#tokens = tokens;
    this.#judge = judge;
    this.#router = new Router(judge, routes);
    this.#violations = violations;
  }

  answer(call: Call, api: string): Answer {
    const token = this.#tokens.find(credential(call));
    if (token !== undefined) token.used += 1;
    const match = this.#router.match(call);
    const answer = match === undefined ? this.#unknown(call) : this.#answer(call, match, token, api);
    return { ...answer, headers: { ...this.#headers(token, match), ...answer.headers } };
  }

  #violation(call: Call, what: string): void {
    this.#violations.push(`${call.method} ${call.path}: ${what}`);
  }

  #unknown(call: Call): Answer {
    this.#violation(call, 'no such operation in api.subset.json');
    return refuse(404, 'Not Found', ROOT);
  }

  #answer(call: Call, match: Match, token: Token | undefined, api: string): Answer {
    const answer = this.#decide(call, match, token, api);
    const { [CLIENT_MISTAKE]: mistake, ...headers } = answer.headers ?? {};
    if (mistake !== undefined) this.#violation(call, mistake);
    const judged = Buffer.isBuffer(answer.body) ? [] : this.#judge.response(match.operation, answer.status, answer.body);
    for (const error of judged) this.#violation(call, `own answer ${answer.status}: ${error}`);
    return { ...answer, headers };
  }

  #decide(call: Call, match: Match, token: Token | undefined, api: string): Answer {
    const { operation, route, params } = match;
    const { documentation } = operation;
    if (call.headers.authorization !== undefined && token === undefined) return refusals.badCredentials();
    if (route === undefined) {
      this.#violation(call, 'described by GitHub, but the stand-in has no route for it');
      return refuse(501, 'The stand-in has no route for this', documentation);
    }
    const named = params['owner'] === undefined ? this.#world.main : `${params['owner']}/${params['repo'] ?? ''}`;
    const repository = this.#world.repositories.get(named.toLowerCase());
    if (!visible(repository, token)) return refusals.notFound(documentation);
    if (token === undefined && call.method !== 'GET') return refusals.authenticationNeeded(documentation);
    if (!allowed(token, route.needs, repository.private) || !reaches(repository, token, call.method)) {
      return refusals.notAccessible(route.needs, documentation);
    }
    const body = jsonOf(call);
    if (call.bytes.length > 0 && body === undefined) {
      this.#violation(call, 'the body is not JSON');
      return refuse(400, 'Problems parsing JSON', documentation);
    }
    const wrong = this.#judge.request(operation, call.query, body);
    for (const error of wrong) this.#violation(call, error);
    if (wrong.length > 0) return refuse(422, `Invalid request.\n\n${wrong.join('\n')}`, documentation);
    const request = { world: this.#world, repository, token, params, query: call.query, body, call, api, documentation };
    return route.handle(request);
  }

  #headers(token: Token | undefined, match: Match | undefined): Record<string, string> {
    const limit = token === undefined ? 60 : HOURLY_LIMIT;
    const used = token?.used ?? 1;
    const needs = match?.route?.needs ?? [];
    return {
      'x-github-request-id': randomUUID().toUpperCase(),
      'x-github-media-type': 'github.v3; format=json',
      'x-github-api-version-selected': '2022-11-28',
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(limitResetsAt()),
      'x-ratelimit-resource': 'core',
      ...(needs.length > 0 && { 'x-accepted-github-permissions': acceptedPermissions(needs) }),
    };
  }
}

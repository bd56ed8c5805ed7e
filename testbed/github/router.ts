/** Finds the operation of a request and what the request names; the operations come from GitHub's own description. */
import type { Call, Answer } from './http.ts';
import type { Judge, Operation } from './openapi.ts';
import { refuse, type Needs, type Token } from './tokens.ts';
import type { Repository, World } from './world.ts';

/** Everything an operation gets to work with. Path, query and body have passed the judge. */
export interface Request {
  readonly world: World;
  /** Undefined for the few operations that belong to no repository. */
  readonly repository: Repository;
  readonly token: Token | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly call: Call;
  /** Base of all addresses in answers. */
  readonly api: string;
  readonly documentation: string;
}

export interface Route {
  /** As in GitHub's description: `GET /repos/{owner}/{repo}`. */
  readonly operation: string;
  readonly needs: Needs;
  handle(request: Request): Answer;
}

/** Parameters that may hold slashes. */
const GREEDY = ['path', 'ref', 'basehead', 'branch'];

export interface Match {
  readonly operation: Operation;
  readonly route: Route | undefined;
  readonly params: Readonly<Record<string, string>>;
}

interface Entry {
  readonly operation: Operation;
  readonly route: Route | undefined;
  readonly method: string;
  readonly expression: RegExp;
}

const escape = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');

function expressionOf(template: string): RegExp {
  const source = escape(template).replace(
    /\{(\w+)\}/g,
    (_, name: string) => `(?<${name}>${GREEDY.includes(name) ? '.+' : '[^/]+'})`,
  );
  return new RegExp(`^${source}$`);
}

export class Router {
  readonly #entries: readonly Entry[];

  constructor(judge: Judge, routes: readonly Route[]) {
    const unknown = routes.find(route => !judge.operations.some(operation => operation.key === route.operation));
    if (unknown !== undefined) throw new Error(`${unknown.operation} is not in api.subset.json: add it to cut-openapi.ts`);
    const literal = (template: string): number => template.replace(/\{\w+\}/g, '').length;
    this.#entries = judge.operations
      .map(operation => ({
        operation,
        route: routes.find(route => route.operation === operation.key),
        method: operation.key.split(' ')[0] ?? '',
        expression: expressionOf(operation.template),
      }))
      // The more of a path is spelt out, the better it fits: commits/{ref}/status before commits/{ref}.
      .sort((a, b) => literal(b.operation.template) - literal(a.operation.template));
  }

  match(call: Call): Match | undefined {
    for (const { operation, route, method, expression } of this.#entries) {
      const found = method === call.method ? expression.exec(call.path) : null;
      if (found === null) continue;
      const params = Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)] as const);
      return { operation, route, params: Object.fromEntries(params) };
    }
    return undefined;
  }
}

/** One page of a list, with the `Link` header that leads to the others. */
export function page(request: Request, items: readonly unknown[]): Answer {
  const size = Math.min(100, Math.max(1, Number(request.query.get('per_page') ?? 30)));
  const number = Math.max(1, Number(request.query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (to: number, relation: string): string => {
    const url = new URL(`${request.api}${request.call.path}`);
    for (const [key, value] of request.query) url.searchParams.set(key, value);
    url.searchParams.set('page', String(to));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  const body = items.slice((number - 1) * size, number * size);
  return { status: 200, body, ...(links.length > 0 && { headers: { link: links.join(', ') } }) };
}

/** 404 in GitHub's words. */
export const missing = (request: Request): Answer => refuse(404, 'Not Found', request.documentation);

/** 422 with the list of what is wrong, in GitHub's words. */
export function invalid(request: Request, message: string, errors?: readonly unknown[]): Answer {
  return refuse(422, message, request.documentation, errors);
}

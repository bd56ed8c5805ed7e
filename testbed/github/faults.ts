/** What goes wrong, and when. */
import type { ServerResponse } from 'node:http';
import type { Answer, Call } from './http.ts';
import { HOURLY_LIMIT, limitResetsAt } from './routes/repositories.ts';
import { refuse } from './tokens.ts';
import type { Fault } from './types.ts';

interface Planned {
  readonly method: string | undefined;
  readonly path: RegExp;
  readonly what: Fault;
  left: number;
}

const DOCUMENTATION = 'https://docs.github.com/rest/using-the-rest-api';
const LIMITS = `${DOCUMENTATION}/rate-limits-for-the-rest-api`;

export class Faults {
  readonly #planned: Planned[] = [];

  add(match: { readonly method?: string; readonly path: RegExp }, what: Fault, times: number): void {
    this.#planned.push({ method: match.method, path: match.path, what, left: times });
  }

  clear(): void {
    this.#planned.length = 0;
  }

  /** The fault that hits a request, used up by one. */
  take(call: Call): Fault | undefined {
    const hit = this.#planned.find(
      fault => fault.left > 0 && (fault.method ?? call.method) === call.method && fault.path.test(call.path),
    );
    if (hit !== undefined) hit.left -= 1;
    return hit?.what;
  }
}

function faultyAnswer(what: Exclude<Fault, { kind: 'slow' | 'reset' | 'hang' }>): Answer {
  switch (what.kind) {
    case 'status': {
      const answer = refuse(what.status, what.message ?? 'Injected by the test', DOCUMENTATION);
      return { ...answer, ...(what.headers && { headers: what.headers }) };
    }
    case 'rate-limit': {
      const reset = what.resetInSeconds === undefined ? limitResetsAt() : Math.ceil(Date.now() / 1000) + what.resetInSeconds;
      const headers = {
        'x-ratelimit-limit': String(HOURLY_LIMIT),
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(reset),
      };
      return { ...refuse(403, 'API rate limit exceeded for installation ID 1.', LIMITS), headers };
    }
    case 'secondary-limit': {
      const message =
        'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.';
      const refused = refuse(what.status ?? 403, message, `${LIMITS}#about-secondary-rate-limits`);
      return { ...refused, headers: { 'retry-after': String(what.retryAfter ?? 60) } };
    }
    case 'garbage':
      return { status: 200, body: Buffer.from(what.text), headers: { 'content-type': 'application/json; charset=utf-8' } };
  }
}

/** Carries a fault out: an answer to send, `cut` when there is none to come, or undefined to go on as usual. */
export async function carryOut(what: Fault | undefined, response: ServerResponse): Promise<Answer | 'cut' | undefined> {
  if (what === undefined) return undefined;
  if (what.kind === 'slow') {
    await new Promise(resolve => setTimeout(resolve, what.ms));
    return undefined;
  }
  if (what.kind === 'hang') return 'cut';
  if (what.kind !== 'reset') return faultyAnswer(what);
  response.socket?.resetAndDestroy();
  return 'cut';
}

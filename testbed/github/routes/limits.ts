/** Rules of GitHub that its description does not tell, each with GitHub's own words. */
import type { Answer } from '../http.ts';
import { invalid, type Request } from '../router.ts';

/** Marks an answer as the client's mistake, so that the server records it like one that the description forbids. */
export const CLIENT_MISTAKE = 'x-stand-in-client-mistake';

const mistake = (answer: Answer, what: string): Answer => ({ ...answer, headers: { ...answer.headers, [CLIENT_MISTAKE]: what } });

/** Comments, issue bodies: 65536 characters and not blank. */
export function limitExceeded(request: Request, resource: string, field: string, text: string): Answer | undefined {
  if (text.length > 65_536) {
    const message = 'Body is too long (maximum is 65536 characters)';
    const error = { resource, code: 'unprocessable', field: 'data', message };
    return mistake(invalid(request, 'Validation Failed', [error]), message);
  }
  if (text.trim() === '') {
    const error = { resource, code: 'missing_field', field };
    return mistake(invalid(request, 'Validation Failed', [error]), `${field} is blank`);
  }
  return undefined;
}

/** Commit statuses: 140 characters of description, 255 of context. */
export function statusLimits(request: Request, description: string | null, context: string): Answer | undefined {
  const long = (field: string, maximum: number): Answer => {
    const message = `${field} is too long (maximum is ${maximum} characters)`;
    const error = { resource: 'Status', code: 'custom', field, message };
    return mistake(invalid(request, 'Validation Failed', [error]), message);
  };
  if ((description ?? '').length > 140) return long('description', 140);
  return context.length > 255 ? long('context', 255) : undefined;
}

/** A check run that is completed must say how. */
export function conclusionMissing(request: Request, status: unknown, conclusion: unknown): Answer | undefined {
  if (status !== 'completed' || typeof conclusion === 'string') return undefined;
  const message = 'conclusion is required when status is completed';
  return mistake(invalid(request, `Invalid request.\n\n${message}`), message);
}

// A failed request to GitHub -> what it means: whether to try again, and one line that says why and what would help.

import { UserError } from '../errors.ts';

/** True for answers of 500 and above, cut connections and no answer in time: the request may or may not have been carried out. */
export function isUnclear(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined
    ? error instanceof Error && /timeout|abort|fetch|network|socket|ECONN/i.test(`${error.name} ${error.message}`)
    : status >= 500;
}

/** "You have exceeded a secondary rate limit": too many writes in a short time. */
export function isSecondaryLimit(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== 403 && status !== 429) return false;
  return headerOf(error, 'retry-after') !== undefined || /secondary rate limit/i.test(messageOf(error));
}

/** Why something could not be read, in a few words without a full stop. */
export function describeFailure(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const status = statusOf(error);
  const first = messageOf(error).split('\n')[0]?.slice(0, 200) ?? '';
  if (error instanceof Error && (error.name === 'TimeoutError' || /aborted|timeout/i.test(first)))
    return 'GitHub did not answer in time';
  if (isSecondaryLimit(error)) return "GitHub's secondary rate limit is reached";
  if (headerOf(error, 'x-ratelimit-remaining') === '0') return "the token's hourly rate limit is used up";
  if (status === 401) return 'GitHub does not accept the token given as "github-token"';
  // Octokit gives a request that found no server the status 500, without an answer.
  const answered = status !== undefined && property(error, 'response') !== undefined;
  return answered ? `GitHub answered ${status} (${first})` : `no usable answer from GitHub (${first})`;
}

/** Why a side channel could not write, in one line, with the permission that would help. */
export function describeRefusal(error: unknown, what: string, permission: string): string {
  const status = statusOf(error);
  if (isSecondaryLimit(error)) return `${what}: GitHub's secondary rate limit is reached; the next run writes it`;
  if (headerOf(error, 'x-ratelimit-remaining') === '0')
    return `${what}: the token's hourly rate limit is used up; the next run writes it`;
  if (status === 403 && /locked/i.test(messageOf(error))) return `${what}: the conversation is locked`;
  if (status === 401) return `${what}: GitHub does not accept the token given as "github-token"`;
  if (status === 403 || status === 404)
    return `${what}: the token may not write it; give the job "permissions: ${permission}" (on pull requests from forks and by Dependabot that is not possible)`;
  const why = messageOf(error).split('\n')[0]?.slice(0, 200) ?? '';
  return `${what}: ${status === undefined ? 'no usable answer from GitHub' : `GitHub answered ${status}`}${why === '' ? '' : ` (${why})`}`;
}

/** True when trying again in this run cannot help. */
export function isRefused(error: unknown): boolean {
  return !isSecondaryLimit(error) && [401, 403, 404].includes(statusOf(error) ?? 0);
}

/** True when the repository has no code scanning, whatever the token may do: private ones have it with GitHub Code Security (earlier: Advanced Security). */
export function isFeatureOff(error: unknown): boolean {
  const words = /(?:code|advanced) security must be enabled|code scanning is not enabled|not enabled for code scanning/i;
  return [403, 404].includes(statusOf(error) ?? 0) && words.test(messageOf(error));
}

/** The HTTP status of a failed request. */
export function statusOf(error: unknown): number | undefined {
  const status = property(error, 'status');
  return typeof status === 'number' ? status : undefined;
}

/** A header of the answer that refused. */
export function headerOf(error: unknown, name: string): string | undefined {
  const value = property(property(property(error, 'response'), 'headers'), name);
  return typeof value === 'string' ? value : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

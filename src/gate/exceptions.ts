// Exceptions of the policy and the day -> which one speaks of a finding, and what a person should know about all of them.

import { normalisePlatform, platformName } from '../plan/platform.ts';
import type { Exception } from '../plan/policy.ts';
import type { Finding } from '../scan/findings.ts';

/** An exception that ends within this many days is announced. */
export const SOON_DAYS = 14;

/** True when every field that the exception names fits. `platform` is the one on which the finding was made. */
export function covers(exception: Exception, finding: Finding, platform: string): boolean {
  const names = [finding.id, ...(finding.aliases ?? [])].map(name => name.toLowerCase());
  return (
    names.includes(exception.id.toLowerCase()) &&
    (exception.package === undefined || exception.package === finding.package) &&
    (exception.platform === undefined || normalName(exception.platform) === normalName(platform)) &&
    (exception.path === undefined || within(exception.path, finding.path))
  );
}

/** `expires` is the last day on which it excuses (UTC). */
export function expired(exception: Exception, today: Date): boolean {
  return day(today) > exception.expires;
}

/** The one that excuses longest; of equals the first by its place. Order of writing does not matter. */
export function strongest(exceptions: readonly Exception[]): Exception | undefined {
  const key = ({ expires, source, reason }: Exception): string => [expires, source, reason].join('\n');
  return [...exceptions].sort((a, b) => b.expires.localeCompare(a.expires) || key(a).localeCompare(key(b)))[0];
}

/**
 * One note for each exception that has expired, ends soon, or covers nothing. `used` are those that covered a finding;
 * when the scan is `incomplete`, nothing is said about unused ones: what they are for may not have been seen.
 */
export function exceptionNotes(
  exceptions: readonly Exception[],
  used: ReadonlySet<Exception>,
  today: Date,
  incomplete: boolean,
): string[] {
  const limit = day(new Date(today.getTime() + SOON_DAYS * 86_400_000));
  return exceptions.flatMap(exception => {
    const name = `exception ${exception.id}${scope(exception)} (${exception.source})`;
    const unused = !used.has(exception);
    if (expired(exception, today)) {
      return [`${name} expired on ${exception.expires}${unused ? '' : ': what it excused counts again'}`];
    }
    if (unused) return incomplete ? [] : [`${name} covers nothing that was found: remove it, or correct it`];
    return exception.expires <= limit ? [`${name} expires on ${exception.expires}`] : [];
  });
}

function scope(exception: Exception): string {
  const parts = [exception.package, exception.platform, exception.path].filter(part => part !== undefined);
  return parts.length === 0 ? '' : ` for ${parts.join(', ')}`;
}

/** A path covers itself and, as a directory, what is below it. */
function within(pattern: string, path: string): boolean {
  const wanted = pattern.replace(/^\/+|\/+$/g, '');
  return wanted !== '' && (path === wanted || path.startsWith(`${wanted}/`));
}

function normalName(platform: string): string {
  const [os = '', architecture = '', variant] = platform.split('/');
  return platformName(normalisePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) }));
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

// Numbers, sizes, digests and lists as people read them: one place, so that every rendering says the same.

import type { Severity } from '../plan/severity.ts';

/** Worst first, with the mark that stands for it everywhere. */
export const WORST_FIRST: readonly { readonly severity: Severity; readonly mark: string; readonly name: string }[] = [
  { severity: 'CRITICAL', mark: '🟥', name: 'Critical' },
  { severity: 'HIGH', mark: '🟧', name: 'High' },
  { severity: 'MEDIUM', mark: '🟨', name: 'Medium' },
  { severity: 'LOW', mark: '🟦', name: 'Low' },
  { severity: 'UNKNOWN', mark: '⬜', name: 'Unknown' },
];

/** `1 finding`, `1,024 findings`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  // The first number that a locale writes takes milliseconds.
  return `${amount < 1000 ? amount : amount.toLocaleString('en-US')} ${amount === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`; after `limit` entries `and N more`. */
export function list(values: readonly string[], limit = 10): string {
  if (values.length > limit) return `${values.slice(0, limit).join(', ')} and ${values.length - limit} more`;
  return values.length < 2 ? (values[0] ?? '') : `${values.slice(0, -1).join(', ')} and ${values.at(-1) ?? ''}`;
}

/** `sha256:0123456789ab`: enough to recognise, short enough for a line. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 13);
}

/** `49.8 MB`: decimal, as registries and `docker images` count. */
export function size(amount: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = amount < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(amount) / 3));
  const value = amount / 1000 ** power;
  return `${power === 0 ? value.toString() : value.toFixed(1)} ${units[power] ?? 'B'}`;
}

/** `0.4 s`, `21 s`, `2 min 05 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** `2026-11-21 06:25 UTC`; the text itself when it is no time. */
export function moment(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? iso : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `3 critical, 12 high`, worst first; zeros left out. */
export function counted(counts: Readonly<Record<Severity, number>>): string {
  return WORST_FIRST.filter(({ severity }) => counts[severity] > 0)
    .map(({ severity, name }) => `${counts[severity].toLocaleString('en-US')} ${name.toLowerCase()}`)
    .join(', ');
}

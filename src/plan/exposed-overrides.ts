// The input bake-set + the secrets of the run -> what would stand in the arguments of a command although it is secret. Values are never shown.

import type { Event } from './event.ts';
import { openValues, whatIsHeld } from './exposed-secrets.ts';
import type { KnownSecret } from './exposed-secrets.ts';
import { shorten } from './reference.ts';

/** One line for all overrides whose value holds a secret of this run or a token; undefined for none. */
export function exposedOverrides(set: readonly string[], secrets: readonly KnownSecret[], event: Event): string | undefined {
  const open = openValues(event, { version: '', tags: [] }).map(value => value.toLowerCase());
  const closed = secrets.filter(({ value }) => !open.includes(value.trim().toLowerCase()));
  const found = set.flatMap(entry => {
    const split = entry.indexOf('=');
    if (split === -1) return [];
    const key = entry.slice(0, split);
    const held = whatIsHeld(entry.slice(split + 1), key, closed);
    return held === undefined ? [] : [`"${shorten(key)}" holds ${held}`];
  });
  return found.length === 0
    ? undefined
    : `${found.join('; ')}; overrides are arguments of a command, which every process can read`;
}

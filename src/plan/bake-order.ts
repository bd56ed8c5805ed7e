// What a bake target is told apart from, and what one attribute of it gives: shared by bake-inputs.ts and bake-shares.ts.

import { withoutScheme } from './bake-paths.ts';
import type { LocalPath } from './bake-paths.ts';
import type { BakeTarget } from './bake-target.ts';
import { CsvMistake, splitFields } from './csv.ts';

/** What the target is told apart from. */
export interface BakeOrder {
  readonly target: BakeTarget;
  /** The files that it came from, for people. */
  readonly files: readonly string[];
  /** The text of an input as typed. */
  readonly get: (input: string) => string;
  /** The input `allow`, as read. */
  readonly allow: readonly string[];
  /** The input `bake-set`: who overrides an attribute permits what it needs. */
  readonly set: readonly string[];
  /** The environment of the step. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Paths of the target that lie outside of the workspace and that nobody permitted. */
  readonly outside: readonly LocalPath[];
  /** The machine's own platform, which bake calls `local`. */
  readonly native: string;
  /** Whether the SSH agent needs a permission: not with BUILDX_BAKE_ENTITLEMENTS_FS=0, as in bake. */
  readonly guarded: boolean;
}

export interface BakeMistake {
  /** In words that follow the name of the target. */
  readonly what: string;
  readonly wayOut?: string;
}

/** One attribute's share. */
export interface Share {
  readonly texts?: Readonly<Record<string, string | undefined>>;
  readonly warnings?: readonly string[];
  readonly mistakes?: readonly BakeMistake[];
}

/** True when the input was typed. */
export function isTyped({ get }: Pick<BakeOrder, 'get'>, input: string): boolean {
  return get(input).trim() !== '';
}

/** True when a typed input stands for the attribute: `cache` stands for all of them. */
export function isReplaced(order: BakeOrder, attribute: string, input: string): boolean {
  return isTyped(order, input) || (/^cache-/.test(attribute) && isTyped(order, 'cache'));
}

/** One entry of `bake-set`. */
interface Override {
  readonly attribute: string;
  /** What follows the attribute: the name of a context. */
  readonly key: string | undefined;
  readonly adds: boolean;
  readonly value: string;
}

/**
 * True when the user typed this value of the attribute with `bake-set` for this very target: it needs no permission. Without `+=` all values of an
 * attribute are typed ones, save entitlements: buildx adds these to those of the target however they are written.
 */
export function isOverridden(
  order: Pick<BakeOrder, 'set'> & { readonly target: Pick<BakeTarget, 'name'> },
  attribute: string,
  value: string,
): boolean {
  const typed = overridesOf(order, attribute);
  const all = attribute !== 'entitlements' && typed.some(({ key }) => key === undefined) && !typed.some(({ adds }) => adds);
  return all || typed.some(one => partsOf(one.value).includes(value));
}

/** The entries of `bake-set` for one attribute of a target. */
export function overridesOf(
  { set, target }: Pick<BakeOrder, 'set'> & { readonly target: Pick<BakeTarget, 'name'> },
  attribute: string,
): readonly Override[] {
  return set.flatMap(entry => {
    const [, pattern = '', name = '', key, adds, value = ''] = /^([^.]+)\.([^.=+]+)(?:\.([^=]*?))?(\+)?=(.*)$/s.exec(entry) ?? [];
    const own = name.replace(/^secrets$/, 'secret') === attribute && matches(pattern, target.name);
    return own ? [{ attribute, key, adds: adds !== undefined, value }] : [];
  });
}

/** As Go's path.Match, which bake asks: `*`, `?`, `[a-z]`; a pattern that is none matches nothing. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/\[[^\]]*\]|[\s\S]/g, part => {
    if (part.length > 1) return part.replaceAll('\\', '\\\\');
    return part === '*' ? '[^/]*' : part === '?' ? '[^/]' : part.replaceAll(/[^\w-]/g, '\\$&');
  });
  try {
    return new RegExp(`^(?:${source})$`).test(name);
  } catch {
    return false;
  }
}

/** A value, and each of its fields without the name before it. */
function partsOf(value: string): readonly string[] {
  try {
    return [value, ...splitFields(value).flatMap(field => [field, field.slice(field.indexOf('=') + 1)])].map(withoutScheme);
  } catch (error) {
    if (error instanceof CsvMistake) return [value];
    throw error;
  }
}

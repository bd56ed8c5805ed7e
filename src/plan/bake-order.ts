// What a bake target is told apart from, and what one attribute of it gives: shared by bake-inputs.ts and bake-shares.ts.

import type { LocalPath } from './bake-paths.ts';
import type { BakeTarget } from './bake-target.ts';

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

/** True when `bake-set` overrides the attribute: what the user types needs no permission. */
export function overrides({ set }: Pick<BakeOrder, 'set'>, attribute: string): boolean {
  return set.some(entry => /^[^.]+\.([^.=+]+)/.exec(entry)?.[1]?.replace(/^secrets$/, 'secret') === attribute);
}

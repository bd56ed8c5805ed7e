// A layer cache -> how people call it, whether it is the one that was read, and its place of its own for one platform.

import { resolve, join } from 'node:path';
import type { CacheUse } from '../build/build.ts';
import type { CachePlan, LayerCache } from '../plan/plan.ts';
import { splitReference } from '../plan/reference.ts';

/** What BuildKit takes when none is given. */
const DEFAULT_NAME = 'buildkit';
const LONGEST_TAG = 128;

/** Scope, reference, directory, or name of the object. */
export function nameOf({ type, attributes }: LayerCache): string {
  switch (type) {
    case 'gha':
      return attributes['scope'] ?? DEFAULT_NAME;
    case 'registry':
      return attributes['ref'] ?? '';
    case 'local':
      return attributes['scope'] ?? attributes['src'] ?? attributes['dest'] ?? '';
    case 'inline':
      return 'in the image';
    default:
      return [attributes['bucket'] ?? attributes['account_url'], attributes['name'] ?? DEFAULT_NAME].filter(Boolean).join('/');
  }
}

/** Whether what is written into the one is what is read from the other. */
export function isSame(one: LayerCache, other: LayerCache, cwd: string): boolean {
  if (one.type !== other.type) return false;
  const where = (cache: LayerCache): string => (cache.type === 'local' ? resolve(cwd, nameOf(cache)) : nameOf(cache));
  return where(one) === where(other);
}

/** For the record. */
export function useOf(
  cache: LayerCache,
  direction: CacheUse['direction'],
  rest: Omit<CacheUse, 'type' | 'name' | 'direction'>,
): CacheUse {
  return { type: cache.type, name: nameOf(cache), direction, ...rest };
}

/** Its attributes less these. */
export function without({ attributes }: LayerCache, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
}

/** Builds that run side by side, one a platform, each keep a cache of their own: under one name the last would replace the others. */
export function forPlatform(caches: CachePlan, slug: string): CachePlan {
  return {
    imports: caches.imports.map(cache => ({ ...cache, attributes: attributesFor(cache, slug) })),
    exports: caches.exports.map(cache => ({ ...cache, attributes: attributesFor(cache, slug) })),
  };
}

function attributesFor({ type, attributes }: LayerCache, slug: string): Readonly<Record<string, string>> {
  switch (type) {
    case 'gha':
      return { ...attributes, scope: `${attributes['scope'] ?? DEFAULT_NAME}-${slug}` };
    case 'registry':
      return { ...attributes, ref: referenceFor(attributes['ref'] ?? '', slug) };
    case 'local':
      return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, localFor(key, value, slug)]));
    case 'inline':
      return attributes;
    default:
      return { ...attributes, name: `${attributes['name'] ?? DEFAULT_NAME}-${slug}` };
  }
}

function localFor(key: string, value: string, slug: string): string {
  if (key === 'scope') return `${value}-${slug}`;
  return key === 'src' || key === 'dest' ? join(value, slug) : value;
}

function referenceFor(reference: string, slug: string): string {
  const { name, tag, digest } = splitReference(reference);
  if (digest !== undefined) return reference;
  const end = `-${slug}`;
  return `${name}:${(tag ?? 'latest').slice(0, LONGEST_TAG - end.length)}${end}`;
}

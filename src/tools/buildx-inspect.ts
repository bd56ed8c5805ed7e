// The text of `docker buildx inspect` and `docker buildx version` -> values.

import { normalisePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';

/** A platform that a node says it runs. A handler that was removed since stays listed, so this means "was runnable". */
export interface ListedPlatform {
  readonly platform: Platform;
  /** By `--platform` when the node was created (buildx marks it with a star), not found out by BuildKit. */
  readonly given: boolean;
}

export interface BuilderNode {
  readonly name: string;
  readonly endpoint: string;
  /** running, inactive, stopped …; left out where there is an error. */
  readonly status?: string;
  readonly buildkit?: string;
  /** In the order of the list: BuildKit names its own platform first. Left out while the node is not running. */
  readonly platforms?: readonly ListedPlatform[];
  /** What is wrong with it. */
  readonly error?: string;
}

export interface Inspected {
  readonly name: string;
  /** docker, docker-container, kubernetes, remote, cloud; empty when the engine does not answer. */
  readonly driver: string;
  readonly nodes: readonly BuilderNode[];
  /** What is wrong with the builder as a whole. */
  readonly error?: string;
}

/** `buildx inspect` has no machine-readable form; its keys have been the same since 0.8. */
export function parseInspect(text: string): Inspected {
  const [head = '', ...rest] = text.split(/^Nodes:\s*$/m);
  const builder = fieldsOf(head);
  const nodes = rest
    .join('\n')
    .split(/^(?=Name:)/m)
    .map(fieldsOf);
  return {
    name: builder.get('Name') ?? '',
    driver: builder.get('Driver') ?? '',
    nodes: nodes.filter(node => node.has('Name')).map(asNode),
    ...given('error', builder.get('Error')),
  };
}

/** `0.29.1` from `github.com/docker/buildx v0.29.1 a32761a` and the forms that distributions make of it. */
export function parseBuildxVersion(text: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)/.exec(text)?.[1];
}

/** True when `version` is `major.minor` or newer. */
export function atLeast(version: string, major: number, minor: number): boolean {
  const [ours = 0, second = 0] = version.split('.').map(Number);
  return ours > major || (ours === major && second >= minor);
}

function asNode(fields: ReadonlyMap<string, string>): BuilderNode {
  const buildkit = fields.get('BuildKit version') ?? fields.get('Buildkit');
  return {
    name: fields.get('Name') ?? '',
    endpoint: fields.get('Endpoint') ?? '',
    ...given('status', fields.get('Status')),
    // dockerd built without its version says this.
    ...given('buildkit', buildkit === 'v0.0.0+unknown' ? undefined : buildkit),
    ...given('platforms', listed(fields.get('Platforms'))),
    ...given('error', fields.get('Error')),
  };
}

/** `Key:   value` lines at the left margin; indented lines belong to lists. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, key, value] of text.matchAll(/^([A-Z][^:\n]*):[ \t]*(.*)$/gm)) {
    if (key !== undefined && value?.trim() && !fields.has(key)) fields.set(key, value.trim());
  }
  return fields;
}

function listed(text: string | undefined): readonly ListedPlatform[] | undefined {
  return text?.split(/,\s*/).map(entry => {
    const [os = '', architecture = '', variant] = entry.replace(/\*$/, '').split('/');
    const platform = normalisePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
    return { platform, given: entry.endsWith('*') };
  });
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

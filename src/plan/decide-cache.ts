// The inputs cache, cache-trust, cache-from and cache-to + event -> which layer caches are read and written, and the row of the plan that says so.

import { branchScope, cacheScope } from './cache-scope.ts';
import type { ScopeOrder } from './cache-scope.ts';
import { describeEvent, isPrivileged, publishes } from './decide.ts';
import type { Settleable } from './decide.ts';
import type { Event } from './event.ts';
import type { CacheMode, Inputs } from './inputs.ts';
import type { CachePlan, CacheType, Decision, LayerCache, PlannedExport, PlannedImport } from './plan.ts';
import { shorten } from './reference.ts';

/** What the environment of the job says of GitHub's cache service. */
export interface CacheService {
  /** Its address and its token are set. */
  readonly there: boolean;
  /** ACTIONS_CACHE_MODE: what this run may do; GitHub lowers it for events that are not trusted. */
  readonly mode: 'write' | 'read' | 'write-only' | 'none';
}

export interface CacheOrder extends ScopeOrder {
  readonly inputs: Pick<
    Inputs,
    'cache' | 'cacheTrust' | 'cacheFrom' | 'cacheTo' | 'file' | 'target' | 'flavor' | 'bake' | 'cacheScope'
  >;
  /** Whether this run publishes: only then is a registry written to, and trust matters. */
  readonly push: boolean;
  /** What is published: every image with every tag. */
  readonly references: readonly string[];
  /** Names of planned tags that move. */
  readonly floating: readonly string[];
  readonly service: CacheService;
}

export interface CacheDecision extends Settleable {
  readonly caches: CachePlan;
  readonly decision: Decision;
}

type Chosen = Exclude<CacheMode, 'auto'>;

/** A cache that is written by a job which pull requests cannot reach: whoever writes it has been given credentials. */
const TRUSTED: readonly CacheType[] = ['registry', 's3', 'azblob'];
/** An image may have many tags; the newest one or two hold what is worth reading. */
const INLINE_SOURCES = 3;

/**
 * Which caches the build reads and writes. Automatic ones are read by every run and written only by runs of branches: GitHub shows a cache of a pull request
 * or of a tag to nobody else, and what a pull request has written must not reach a release. What is typed is used as typed.
 */
export function decideCache(order: CacheOrder): CacheDecision {
  const { cache, cacheFrom, cacheTo, cacheTrust } = order.inputs;
  const { mode, because } = choose(order);
  const automatic = mode === 'off' ? NONE : MAKERS[mode](order);
  const typed: CachePlan = {
    imports: cacheFrom.map(entry => ({ ...entry, automatic: false })),
    exports: cacheTo.map(entry => ({ ...entry, automatic: false, when: whenOf(entry) })),
  };
  const all = [...typed.imports, ...automatic.imports];
  const strict = cacheTrust === 'trusted' && order.push;
  const imports = strict ? all.filter(({ type }) => TRUSTED.includes(type)) : all;
  const exports = [...typed.exports, ...automatic.exports];
  const left = all.length - imports.length;
  const reasons = [
    because,
    ...(automatic.note === undefined ? [] : [automatic.note]),
    ...(left > 0
      ? [
          `cache-trust: ${left} left out, because this run publishes and pull requests could have written to ${left === 1 ? 'it' : 'them'}`,
        ]
      : []),
  ];
  const used = [...named('reads', imports), ...named('writes', exports)].join('; ');
  return {
    caches: { imports, exports },
    decision: {
      name: 'cache',
      asked: cache ?? 'default',
      outcome: used === '' ? 'none' : used,
      reason: reasons.join('; '),
    },
    warnings: automatic.warning === undefined ? [] : [automatic.warning],
    ...overwriting(order),
  };
}

/** A cache is no image: under a tag of ours it would take its place. */
function overwriting({ inputs, references }: CacheOrder): Pick<CacheDecision, 'mistake'> {
  const named = inputs.cacheTo.filter(({ type }) => type === 'registry').map(({ attributes }) => attributes['ref'] ?? '');
  const both = named.find(ref => references.includes(/:[^/]*$/.test(ref) ? ref : `${ref}:latest`));
  if (both === undefined) return {};
  const what = `"${shorten(both)}" is also a tag that is published, and the cache would replace the image`;
  return { mistake: { where: 'cache-to', what, wayOut: 'Give the cache a tag of its own, e.g. ref=NAME:buildcache.' } };
}

/** What is typed into cache-from and cache-to is all that is wanted, unless `cache` was typed as well. */
function choose({ inputs: { cache, cacheFrom, cacheTo }, service }: CacheOrder): { mode: Chosen; because: string } {
  const typed = cacheFrom.length > 0 || cacheTo.length > 0;
  if (cache === undefined && typed) return { mode: 'off', because: 'cache-from and cache-to are used as typed' };
  if (cache === 'off')
    return { mode: 'off', because: typed ? 'cache-from and cache-to are used as typed' : 'no cache was asked for' };
  if (cache !== undefined && cache !== 'auto') return { mode: cache, because: 'as asked' };
  if (service.there && service.mode !== 'none') return { mode: 'gha', because: "GitHub's cache service is there" };
  if (service.there) return { mode: 'off', because: "GitHub's cache service may not be used by this run" };
  return { mode: 'local', because: "there is no cache service of GitHub, so a directory of the runner's tool cache is used" };
}

interface Automatic extends CachePlan {
  /** Why something is not read or written. */
  readonly note?: string;
  readonly warning?: string;
}

const NONE: Automatic = { imports: [], exports: [] };

const MAKERS: Readonly<Record<Exclude<Chosen, 'off'>, (order: CacheOrder) => Automatic>> = {
  gha: githubCache,
  local: localCache,
  registry: registryCache,
  inline: inlineCache,
};

/** GitHub keeps the refs apart: a run reads what its own ref, its base and the default branch have written. */
function githubCache(order: CacheOrder): Automatic {
  const { service } = order;
  const scope = cacheScope(order);
  const reads = service.mode === 'write' || service.mode === 'read';
  const allowed = service.mode === 'write' || service.mode === 'write-only';
  const writer = writingBranch(order.event);
  const imports = reads ? [made('gha', { scope })] : [];
  if (!allowed) return { imports, exports: [], note: 'ACTIONS_CACHE_MODE lets this run only read' };
  if (writer === undefined) return { imports, exports: [], note: readsOnly(order.event) };
  return { imports, exports: [exported('gha', { scope, mode: 'max' }, 'beside')] };
}

/** The refs of a machine are kept apart by us. */
function localCache(order: CacheOrder): Automatic {
  const scope = cacheScope(order);
  const imports = sourceBranches(order.event).map(branch => made('local', { scope: `${scope}-${branchScope(branch)}` }));
  const writer = writingBranch(order.event);
  if (writer === undefined) return { imports, exports: [], note: readsOnly(order.event) };
  return { imports, exports: [exported('local', { scope: `${scope}-${branchScope(writer)}`, mode: 'max' }, 'beside')] };
}

function registryCache(order: CacheOrder): Automatic {
  const [image] = order.images;
  if (image === undefined) return homeless('registry');
  const reference = (branch: string): string => `${image}:buildcache-${cacheScope(order)}-${branchScope(branch)}`;
  const imports = sourceBranches(order.event).map(branch => made('registry', { ref: reference(branch) }));
  const writer = writingBranch(order.event);
  if (writer === undefined) return { imports, exports: [], note: readsOnly(order.event) };
  if (!order.push) return { imports, exports: [], note: 'a run that publishes nothing writes to no registry' };
  const attributes = { ref: reference(writer), mode: 'max', 'image-manifest': 'true', 'oci-mediatypes': 'true' };
  return { imports, exports: [exported('registry', attributes, 'last')] };
}

/** Travels inside the image; read from the tags that move, which hold the image before this one. */
function inlineCache(order: CacheOrder): Automatic {
  const [image] = order.images;
  if (image === undefined) return homeless('inline');
  const branches = sourceBranches(order.event).filter(branch => /^[\w][\w.-]{0,127}$/.test(branch));
  const tags = [...new Set([...order.floating, ...branches, 'latest'])].slice(0, INLINE_SOURCES);
  const imports = tags.map(tag => made('registry', { ref: `${image}:${tag}` }));
  return { imports, exports: [exported('inline', {}, 'inside')] };
}

function homeless(type: CacheType): Automatic {
  const warning = `cache: ${type} is kept beside the image, and there is no image to publish ("images" is empty): no automatic cache is used`;
  return { ...NONE, note: 'there is no image to keep it beside', warning };
}

/** The branch whose cache this run may replace: what runs on it went through whatever protects the branch. */
function writingBranch(event: Event): string | undefined {
  if (!publishes(event) || isPrivileged(event)) return undefined;
  return branchOf(event.ref);
}

/** Where to look, nearest first. */
function sourceBranches({ ref, pullRequest, baseRef, defaultBranch }: Event): readonly string[] {
  const near = pullRequest?.baseRef ?? branchOf(ref) ?? baseRef;
  const branches = [near, defaultBranch].filter((branch): branch is string => branch !== undefined && branch !== '');
  return [...new Set(branches)];
}

function branchOf(ref: string): string | undefined {
  return ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : undefined;
}

function readsOnly(event: Event): string {
  return `${describeEvent(event)} only reads it`;
}

function made(type: CacheType, attributes: Readonly<Record<string, string>>): PlannedImport {
  return { type, attributes, automatic: true };
}

function exported(type: CacheType, attributes: Readonly<Record<string, string>>, when: PlannedExport['when']): PlannedExport {
  return { type, attributes, automatic: true, when };
}

/** What would push waits for the last tag (rules 19); what is part of the image cannot wait. */
function whenOf({ type }: LayerCache): PlannedExport['when'] {
  if (type === 'inline') return 'inside';
  return type === 'registry' ? 'last' : 'beside';
}

function named(verb: string, entries: readonly LayerCache[]): string[] {
  const types = new Set(entries.map(({ type }) => type));
  return types.size === 0 ? [] : [`${verb} ${[...types].join(', ')}`];
}

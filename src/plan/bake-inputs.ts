// A bake target + what was typed -> the texts of the inputs that nobody typed, and what merges with those that somebody did (rules 21).

import { isOverridden, isReplaced, isTyped } from './bake-order.ts';
import type { BakeMistake, BakeOrder, Share } from './bake-order.ts';
import { contextOf } from './bake-paths.ts';
import type { LocalPath } from './bake-paths.ts';
import { fieldLine } from './bake-target.ts';
import { cacheToShare, contextsShare, dockerfileShare, missingEntitlements, outputShare, secretShare } from './bake-shares.ts';
import type { BakeTarget, Entry } from './bake-target.ts';
import { joinFields } from './join-fields.ts';
import { shorten } from './reference.ts';

/** What a target gives to the inputs. */
export interface Baked {
  readonly target: string;
  readonly description: string | undefined;
  readonly files: readonly string[];
  /** The attributes that count, for people. */
  readonly given: readonly string[];
  /** Texts of inputs that were not typed, by the names of the inputs; read like typed ones. */
  readonly texts: ReadonlyMap<string, string>;
  /** The attribute that such a text comes from. */
  readonly origins: ReadonlyMap<string, string>;
  readonly args: readonly Entry[];
  readonly labels: readonly Entry[];
  readonly annotations: readonly string[];
  /** Full references; empty where `images` or `tags` say what is published. */
  readonly tags: readonly string[];
  readonly ssh: readonly string[];
  /** Entitlements that the user gave with `bake-set`. */
  readonly allow: readonly string[];
  readonly dockerfileInline: string | undefined;
  readonly warnings: readonly string[];
  readonly mistakes: readonly BakeMistake[];
}

/** The share of every attribute: it is given, merged, replaced by what was typed, or refused in words. */
export function bakeInputs(order: BakeOrder): Baked {
  const { target, files } = order;
  const shares: Readonly<Record<string, Share>> = {
    ...plainShares(order),
    contexts: contextsShare(order),
    ...dockerfileShare(order),
    secret: secretShare(order),
    'cache-to': cacheToShare(order),
    output: outputShare(order),
    entitlements: { mistakes: missingEntitlements(order) },
  };
  const rows = Object.entries(shares).flatMap(([attribute, { texts = {} }]) =>
    Object.entries(texts).flatMap(([input, text]) =>
      text === undefined || text === '' || isReplaced(order, attribute, input) ? [] : [{ attribute, input, text }],
    ),
  );
  const structural = mergedParts(order);
  const all = Object.values(shares);
  return {
    target: target.name,
    description: target.description,
    files,
    given: [...new Set([...rows.map(row => row.attribute), ...namesOfParts(structural)])],
    texts: new Map(rows.map(({ input, text }) => [input, text])),
    origins: new Map(rows.map(({ input, attribute }) => [input, attribute])),
    ...structural,
    warnings: [...all.flatMap(({ warnings = [] }) => warnings), ...unknownAttributes(target)],
    mistakes: [...all.flatMap(({ mistakes = [] }) => mistakes), ...order.outside.map(notPermitted)],
  };
}

/** What is only written in another way. */
function plainShares({ target, native }: BakeOrder): Record<string, Share> {
  const list = (entries: readonly string[]): string => entries.map(entry => joinFields([entry])).join('\n');
  const plain = (input: string, text: string | undefined): Share => ({ texts: { [input]: text } });
  const epoch = target.args.find(([name]) => name === EPOCH)?.[1];
  return {
    context: plain('context', contextOf(target)),
    platforms: plain('platforms', list(target.platforms.map(name => (name === 'local' ? native : name)))),
    target: plain('target', target.target),
    network: plain('network', target.network),
    'shm-size': plain('shm-size', target.shmSize),
    ulimits: plain('ulimit', list(target.ulimits)),
    'extra-hosts': plain('add-hosts', list(target.extraHosts.map(([host, address]) => `${host}=${address}`))),
    'no-cache': plain('no-cache', target.noCache?.toString()),
    'no-cache-filter': plain('no-cache-filters', list(target.noCacheFilters)),
    pull: plain('pull', target.pull?.toString()),
    call: plain('call', target.call === 'lint' ? 'check' : target.call),
    attest: plain('attests', list(target.attests.map(fieldLine))),
    'cache-from': plain('cache-from', list(target.cacheFrom.map(fieldLine))),
    args: plain('source-date-epoch', epoch !== undefined && /^\d+$/.test(epoch) ? epoch : undefined),
  };
}

const EPOCH = 'SOURCE_DATE_EPOCH';

/** What merges with what was typed, or has no text. */
function mergedParts(
  order: BakeOrder,
): Pick<Baked, 'args' | 'labels' | 'annotations' | 'tags' | 'ssh' | 'allow' | 'dockerfileInline'> {
  const { target, env } = order;
  const named = isTyped(order, 'images') || isTyped(order, 'tags');
  const clock = ([name, value]: Entry): boolean =>
    name === EPOCH && (value === env[EPOCH] || isTyped(order, 'source-date-epoch'));
  return {
    args: target.args.filter(entry => !clock(entry)),
    labels: target.labels,
    annotations: target.annotations,
    tags: named ? [] : target.tags,
    ssh: isTyped(order, 'ssh') ? [] : target.ssh.map(({ id, paths }) => (paths.length === 0 ? id : `${id}=${paths.join(',')}`)),
    allow: target.entitlements.filter(right => isOverridden(order, 'entitlements', right)),
    dockerfileInline: isTyped(order, 'file') ? undefined : target.dockerfileInline,
  };
}

function namesOfParts({ args, labels, annotations, tags, ssh, dockerfileInline }: ReturnType<typeof mergedParts>): string[] {
  return Object.entries({ args, labels, annotations, tags, ssh, 'dockerfile-inline': dockerfileInline ?? [] })
    .filter(([, value]) => value.length > 0)
    .map(([name]) => name);
}

function notPermitted({ attribute, access, path }: LocalPath): BakeMistake {
  return {
    what: `its ${attribute} "${shorten(path)}" lies outside of the workspace`,
    wayOut: `Permit it with allow: fs.${access}=${shorten(path)}`,
  };
}

function unknownAttributes({ unknown }: BakeTarget): string[] {
  return unknown.map(
    attribute => `the attribute ${shorten(attribute)} of the target is not followed: this version has no input for it`,
  );
}

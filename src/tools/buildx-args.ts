// A build order -> the arguments of `docker buildx build`. Pure; the values of secrets never come here.

import type { BuildOrder } from '../build/build.ts';
import { joinFields } from '../plan/join-fields.ts';
import type { Call, LayerCache } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { sbomAttributes } from './sbom-scanner.ts';
import { exportField, importField } from './cache-fields.ts';

export interface BuildPlace {
  /** Name of the builder, always given: the current one may change while we run. */
  readonly builder: string;
  /** Where the layout goes; a directory that does not exist yet: BuildKit adds to one that does. */
  readonly layout: string;
  readonly metadataFile: string;
  /** Where each of the user's own outputs goes, in their order. */
  readonly outputs?: readonly string[];
  /** Files with the values of the secrets that were typed, by id. */
  readonly secretFiles?: ReadonlyMap<string, string>;
}

/** Arguments after `docker`. */
export function buildArgs(order: BuildOrder, place: BuildPlace): string[] {
  return [
    ...commonArgs(order, place),
    ...flags('--tag', order.names),
    ...flags('--label', pairs(order.labels)),
    ...flags(
      '--annotation',
      order.annotations.map(({ level, key, value }) => `${level}:${key}=${value}`),
    ),
    ...attestArgs(order),
    ...cacheArgs(order),
    ...flag('--output', layoutOutput(order, place.layout)),
    ...ownOutputs(order, place),
    ...flag('--metadata-file', place.metadataFile),
    ...contextArgs(order),
  ];
}

/** The same for the user's own outputs alone: nothing else is written, and nothing is named. */
export function outputArgs(order: BuildOrder, place: BuildPlace): string[] {
  return [
    ...commonArgs(order, place),
    ...attestArgs(order),
    ...cacheArgs(order),
    ...ownOutputs(order, place),
    ...contextArgs(order),
  ];
}

/** Files, beside the layout; a second image among the outputs of one build could change the first (measured: its index was missing). */
function ownOutputs({ outputs }: BuildOrder, { outputs: places = [] }: BuildPlace): string[] {
  return outputs.flatMap(({ type, attributes }, at) =>
    flag('--output', joinFields([`type=${type}`, `dest=${places[at] ?? ''}`, ...pairs(attributes)])),
  );
}

/** The same to look at the Dockerfile alone: nothing is made, so nothing is named, described, cached or written. */
export function callArgs(order: BuildOrder, call: Call, place: Pick<BuildPlace, 'builder' | 'secretFiles'>): string[] {
  return [...commonArgs(order, place), ...flag('--call', `${call},format=json`), ...contextArgs(order)];
}

/** The same to write one cache: every step is in the builder's cache, so nothing is built anew, described or kept. */
export function exportArgs(order: BuildOrder, cache: LayerCache, place: Pick<BuildPlace, 'builder' | 'secretFiles'>): string[] {
  const again = { ...order, noCache: false, noCacheFilters: [], pull: false };
  return [
    ...commonArgs(again, place),
    ...attestArgs({ ...order, provenance: 'false', sbom: 'false' }),
    ...flags('--cache-from', order.caches.imports.map(importField)),
    ...flag('--cache-to', exportField(cache)),
    ...flag('--output', 'type=cacheonly'),
    ...contextArgs(order),
  ];
}

/** What decides what the Dockerfile says. */
function commonArgs(order: BuildOrder, place: Pick<BuildPlace, 'builder' | 'secretFiles'>): string[] {
  return [
    'buildx',
    'build',
    ...flag('--builder', place.builder),
    ...flag('--platform', order.platforms.map(platformName).join(',')),
    ...flag('--file', order.file),
    ...flag('--target', order.target),
    ...flags('--build-arg', order.buildArgs),
    ...flags('--build-context', order.buildContexts),
    ...runArgs(order),
    ...flags('--secret', secrets(order, place)),
    ...flags('--ssh', order.ssh),
    ...flags('--no-cache-filter', order.noCacheFilters),
    ...(order.noCache ? ['--no-cache'] : []),
    ...(order.pull ? ['--pull'] : []),
  ];
}

function contextArgs({ context }: BuildOrder): string[] {
  // A context may begin with a dash.
  return [...flag('--progress', 'rawjson'), '--', context];
}

/** Caches that are written by a build of their own are not its business. */
function cacheArgs({ caches: { imports, exports } }: BuildOrder): string[] {
  const inside = exports.filter(({ when }) => when === 'inside');
  return [...flags('--cache-from', imports.map(importField)), ...flags('--cache-to', inside.map(exportField))];
}

/** How RUN steps are run. */
function runArgs(order: BuildOrder): string[] {
  return [
    ...flags('--add-host', order.addHosts),
    ...flags('--allow', order.allow),
    ...flag('--network', order.network),
    ...flag('--cgroup-parent', order.cgroupParent),
    ...flag('--shm-size', order.shmSize),
    ...flags('--ulimit', order.ulimit),
  ];
}

/** Provenance is always said: buildx has a default of its own. */
function attestArgs(order: BuildOrder): string[] {
  const sbom = sbomAttributes(order);
  return [`--provenance=${provenanceValue(order.provenance)}`, ...(sbom === undefined ? [] : [`--sbom=${sbom}`])];
}

/** The layout. Files keep their own times unless they are to be reproducible. */
function layoutOutput({ rewriteTimestamp }: BuildOrder, layout: string): string {
  return joinFields(['type=oci', `dest=${layout}`, 'tar=false', ...(rewriteTimestamp ? ['rewrite-timestamp=true'] : [])]);
}

/** Where buildx finds each secret: never what it is. */
function secrets(order: BuildOrder, { secretFiles }: Pick<BuildPlace, 'secretFiles'>): string[] {
  return order.secrets.flatMap(secret => {
    if (secret.from === 'variable') return [joinFields([`id=${secret.id}`, `env=${secret.variable}`])];
    const file = secret.from === 'file' ? secret.file : secretFiles?.get(secret.id);
    return file === undefined ? [] : [joinFields([`id=${secret.id}`, `src=${file}`])];
  });
}

/** `max` and `min` alone are what people write; buildx wants `mode=max`. */
function provenanceValue(value: string): string {
  return value === 'max' || value === 'min' ? `mode=${value}` : value;
}

function flag(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function flags(name: string, values: readonly string[]): string[] {
  return values.flatMap(value => [name, value]);
}

function pairs(map: Readonly<Record<string, string>>): string[] {
  return Object.entries(map).map(([key, value]) => `${key}=${value}`);
}

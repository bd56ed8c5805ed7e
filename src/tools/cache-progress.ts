// What BuildKit says while it builds -> what its caches did, which step was not in the cache, and whether it stands still. Pure.

import { parseRawJson } from './rawjson.ts';
import type { Update, VertexUpdate } from './rawjson.ts';

/** One cache that was read or written. */
export interface CacheErrand {
  readonly direction: 'read' | 'written';
  /** As BuildKit calls it: a reference, `gha:16623237085628031869`, `to registry`. */
  readonly name: string;
  readonly seconds: number;
  readonly error?: string;
  readonly ended: boolean;
}

/** A base image as the build found it. */
export interface Pin {
  /** `docker.io/library/debian:12`. */
  readonly reference: string;
  readonly digest: string;
}

export interface CacheWatch {
  /** Takes one line of buildx's standard error. */
  readonly read: (line: string) => void;
  readonly errands: () => readonly CacheErrand[];
  /** Name of the first step that is executed although it could have been cached; undefined while every step was in the cache. */
  readonly executed: () => string | undefined;
  /** Bytes of layers that came out of a cache, and were not on the builder before. */
  readonly fetched: () => number;
  /** Layers that an export wrote. */
  readonly layers: () => readonly string[];
  readonly pins: () => readonly Pin[];
  /** What it waits for when it stands still: no word for `milliseconds`, and nothing active that may take its time in silence. */
  readonly standstill: (milliseconds: number) => string | undefined;
}

/**
 * cache: import, export, or a layer that is fetched for a step that is cached. errand: BuildKit's questions to buildx, which is this machine. neutral: may be
 * waiting for either. work: a command, a base image, the boot of a builder, a layer that is unpacked: may be silent for as long as it likes.
 */
type Kind = 'cache' | 'errand' | 'neutral' | 'work';

interface Vertex {
  readonly name: string;
  readonly source: boolean;
  /** started -> completed. */
  readonly runs: Map<number, number | undefined>;
  readonly fetched: Map<string, number>;
  readonly written: Set<string>;
  /** Layers that are unpacked now. */
  readonly unpacked: Set<string>;
  cached: boolean;
  error: string | undefined;
}

const IMPORT = /^importing cache manifest from (.*)$/s;
const EXPORT = /^(?:exporting cache (.*)|exporting (to GitHub Actions Cache))$/s;
const FROM = /^(?:\[[^\]]*\] )?FROM (\S+?)@(sha256:[0-9a-f]{64})$/;
/** Dockerfile steps; sources (images, contexts, addresses) have the same shape but no inputs, or another verb. */
const STEP = /^\[(?!(?:\S+ )?(?:internal|context|auth)\b)[^\]]*\d+\/\d+\] (RUN|COPY|ADD|WORKDIR)\b/;
const LAYER = /^sha256:[0-9a-f]{64}$/;
const UNPACKING = /^extracting sha256:/;
const WRITING = /^writing layer (sha256:[0-9a-f]{64})$/;

/** `now`: milliseconds of a clock that only runs forward. */
export function watchCaches(now: () => number = () => performance.now()): CacheWatch {
  const vertexes = new Map<string, Vertex>();
  let moved = now();
  let executed: string | undefined;
  return {
    read(line) {
      const update = parseRawJson(line);
      if (update === undefined) return;
      moved = now();
      for (const vertex of update.vertexes) executed = onVertex(vertexes, vertex) ?? executed;
      onStatuses(vertexes, update);
    },
    errands: () => [...vertexes.values()].flatMap(asErrand),
    executed: () => executed,
    fetched: () => sum([...vertexes.values()].filter(isCachedStep).flatMap(({ fetched }) => [...fetched.values()])),
    layers: () => [...new Set([...vertexes.values()].flatMap(({ written }) => [...written]))],
    pins: () => pinsOf([...vertexes.values()]),
    standstill: limit => (now() - moved < limit ? undefined : waitsFor([...vertexes.values()])),
  };
}

/** Resolves to the name of a step that has begun and is not in the cache. */
function onVertex(vertexes: Map<string, Vertex>, update: VertexUpdate): string | undefined {
  const { digest, name, started, completed, cached, error, inputs } = update;
  let vertex = vertexes.get(digest);
  if (vertex === undefined) {
    const source = inputs === 0;
    const kept = { runs: new Map(), fetched: new Map(), written: new Set<string>(), unpacked: new Set<string>() };
    vertex = { name, source, ...kept, cached: false, error: undefined };
    vertexes.set(digest, vertex);
  }
  if (started === undefined) return undefined;
  vertex.runs.set(started, completed);
  if (cached) vertex.cached = true;
  if (error !== '') vertex.error ??= error;
  return isStep(vertex) && !vertex.cached ? vertex.name : undefined;
}

function onStatuses(vertexes: Map<string, Vertex>, { statuses }: Update): void {
  for (const { vertex: digest, id, total, ended } of statuses) {
    const vertex = vertexes.get(digest);
    const layer = WRITING.exec(id)?.[1];
    if (layer !== undefined) vertex?.written.add(layer);
    // Said once when it begins and once when it ends, however many files there are.
    if (UNPACKING.test(id)) vertex?.unpacked[ended ? 'delete' : 'add'](id);
    if (LAYER.test(id) && total > 0) vertex?.fetched.set(id, total);
  }
}

function isStep({ name, source }: Vertex): boolean {
  const verb = STEP.exec(name)?.[1];
  // What an ADD fetches is a vertex of the same name: it is asked for every time.
  return verb !== undefined && !(verb === 'ADD' && source);
}

function isCachedStep(vertex: Vertex): boolean {
  return vertex.cached && STEP.test(vertex.name);
}

function asErrand(vertex: Vertex): CacheErrand[] {
  const read = IMPORT.exec(vertex.name)?.[1];
  const [, cacheExport, actions] = EXPORT.exec(vertex.name) ?? [];
  const written = cacheExport ?? actions;
  const name = read ?? written;
  if (name === undefined || vertex.runs.size === 0) return [];
  const runs = [...vertex.runs];
  return [
    {
      direction: read === undefined ? 'written' : 'read',
      name,
      seconds: sum(runs.map(([started, completed]) => Math.max(0, (completed ?? started) - started))) / 1000,
      ended: !isActive(vertex),
      ...(vertex.error !== undefined && { error: vertex.error }),
    },
  ];
}

/** Names without a digest of their own; where platforms found different digests under one name nothing is pinned. */
function pinsOf(vertexes: readonly Vertex[]): readonly Pin[] {
  const found = new Map<string, Set<string>>();
  for (const { name } of vertexes) {
    const [, reference, digest] = FROM.exec(name) ?? [];
    if (reference === undefined || digest === undefined) continue;
    const digests = found.get(reference) ?? new Set();
    found.set(reference, digests.add(digest));
  }
  return [...found].flatMap(([reference, digests]) => {
    const [digest] = digests;
    return digests.size === 1 && digest !== undefined ? [{ reference, digest }] : [];
  });
}

function waitsFor(vertexes: readonly Vertex[]): string | undefined {
  const active = vertexes.filter(isActive).map(vertex => ({ name: vertex.name, kind: kindOf(vertex) }));
  if (active.some(({ kind }) => kind === 'work')) return undefined;
  const reason = active.find(({ kind }) => kind === 'cache') ?? active.find(({ kind }) => kind === 'errand');
  if (reason !== undefined || active.length > 0) return reason?.name;
  // A daemon that is wedged announces the first errand and never begins it.
  const errands = vertexes.every(vertex => kindOf(vertex) === 'errand');
  return errands ? vertexes.at(-1)?.name : undefined;
}

function kindOf(vertex: Vertex): Kind {
  const { name, unpacked } = vertex;
  if (unpacked.size > 0) return 'work';
  if (IMPORT.test(name) || EXPORT.test(name) || isCachedStep(vertex)) return 'cache';
  if (/^\[(?:\S+ )?internal\] load (?:build (?:definition|context)|\.dockerignore)/.test(name)) return 'errand';
  if (/^\[(?:\S+ )?(?:internal|context \S+)\] load metadata /.test(name) || /^\[auth\]|^exporting to /.test(name))
    return 'neutral';
  return 'work';
}

function isActive({ runs }: Vertex): boolean {
  return [...runs.values()].includes(undefined);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

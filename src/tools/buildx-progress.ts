// buildx's `--progress rawjson` lines -> lines that a person reads while it runs, and the steps with their times.

import type { BuildNote } from '../build/build.ts';
import { parseRawJson } from './rawjson.ts';
import type { LogUpdate, StatusUpdate, VertexUpdate } from './rawjson.ts';

/** One step of the build, as the record keeps it. */
export interface Step {
  readonly name: string;
  readonly cached: boolean;
  readonly seconds: number;
}

/** The step that ended the build. */
export interface FailedStep {
  readonly name: string;
  readonly error: string;
  /** Its last lines of output. */
  readonly log: readonly string[];
}

export interface Progress {
  /** Takes one line of buildx's standard error. */
  readonly read: (line: string) => void;
  /** Says a word about what has been silent for long; to be called every few seconds. */
  readonly tick: () => void;
  /** Steps of the Dockerfile and exports, in order of their start; BuildKit's own errands are left out. */
  readonly steps: () => Step[];
  readonly failed: () => FailedStep | undefined;
  /** What BuildKit's checks warned of, each once; `file` is the base name of the Dockerfile. */
  readonly notes: () => readonly BuildNote[];
  /** What buildx said in plain text: errors and the excerpt of the Dockerfile. */
  readonly said: () => readonly string[];
}

interface Vertex {
  /** Given at its start, as BuildKit's own display does; 0 before. */
  number: number;
  readonly name: string;
  /** started -> completed, milliseconds; BuildKit may run one vertex in several goes. */
  readonly runs: Map<number, number | undefined>;
  cached: boolean;
  ended: boolean;
  error: string | undefined;
  /** Output that is not a whole line yet. */
  partial: string;
  readonly log: string[];
  /** Transfers by id: bytes there, bytes in all. */
  readonly transfers: Map<string, readonly [number, number]>;
  /** By the clock of `now`: when it began, and when a line was last said of it. */
  began: number;
  saidAt: number;
}

const LOG_KEPT = 40;
/** Seconds; faster steps end without a word. */
const WORTH_SAYING = 0.05;
/** Milliseconds without a line before something is said of a vertex that runs. */
const SILENCE = 30_000;
/** Shared layers are written by one platform while the other finds them locked; BuildKit tries again and says so in capitals. */
const HARMLESS = /\(\*service\)\.Write failed: .*(unavailable|locked)/i;
const CANCELLED = /context canceled/;

/** What is known so far, and where lines go. */
interface Screen {
  readonly vertexes: Map<string, Vertex>;
  /** Those that have started, in that order. */
  readonly started: Vertex[];
  readonly notes: Map<string, BuildNote>;
  readonly onLine: (line: string) => void;
  readonly prefix: string;
  readonly now: () => number;
}

/** `prefix` tells builds apart that run side by side; `now`: milliseconds, of a clock that only runs forward. */
export function readProgress(onLine: (line: string) => void, prefix = '', now = () => performance.now()): Progress {
  const screen: Screen = { vertexes: new Map(), started: [], notes: new Map(), onLine, prefix, now };
  const said: string[] = [];
  return {
    read(line) {
      const update = parseRawJson(line);
      if (update === undefined) {
        if (line.trim() === '' || HARMLESS.test(line)) return;
        said.push(line);
        onLine(prefix + line);
        return;
      }
      for (const vertex of update.vertexes) onVertex(screen, vertex);
      for (const status of update.statuses) onStatus(screen, status);
      for (const log of update.logs) onLog(screen, log);
      for (const note of update.warnings) onNote(screen, note);
    },
    tick: () => {
      for (const vertex of screen.started) if (isActive(vertex)) breakSilence(screen, vertex);
    },
    steps: () => screen.started.filter(isStep).map(asStep),
    failed: () => failedOf(screen.started),
    notes: () => [...screen.notes.values()],
    said: () => said,
  };
}

function onVertex(screen: Screen, update: VertexUpdate): void {
  const vertex = vertexOf(screen, update.digest, update.name);
  const { started, completed, error } = update;
  if (started === undefined) return;
  vertex.runs.set(started, completed);
  if (update.cached) vertex.cached = true;
  if (error !== '') vertex.error ??= error;
  if (vertex.number === 0) {
    vertex.number = screen.started.push(vertex);
    vertex.began = screen.now();
    say(screen, vertex, vertex.name);
  }
  if (completed === undefined) return;
  if (vertex.partial !== '') output(screen, vertex, vertex.partial);
  vertex.partial = '';
  const end = ending(vertex, error);
  if (end !== undefined) say(screen, vertex, end);
  vertex.ended = true;
}

function ending(vertex: Vertex, error: string): string | undefined {
  if (error !== '') return CANCELLED.test(error) ? 'CANCELED' : `ERROR: ${error}`;
  if (vertex.cached) return vertex.ended ? undefined : 'CACHED';
  const seconds = secondsOf(vertex);
  return seconds >= WORTH_SAYING ? `DONE ${seconds.toFixed(1)}s` : undefined;
}

/** Transfers are many a second: they are only remembered, for the word about a silent vertex. */
function onStatus(screen: Screen, { vertex, id, current, total }: StatusUpdate): void {
  if (current > 0) vertexOf(screen, vertex, '').transfers.set(id, [current, total]);
}

function onLog(screen: Screen, log: LogUpdate): void {
  const vertex = vertexOf(screen, log.vertex, '');
  const parts = (vertex.partial + log.text).split(/\r?\n/);
  vertex.partial = parts.pop() ?? '';
  for (const part of parts) output(screen, vertex, part, log.at);
}

function output(screen: Screen, vertex: Vertex, line: string, at?: number): void {
  // A progress bar redraws one line: its last state is what it says.
  const shown = line.slice(line.lastIndexOf('\r') + 1);
  vertex.log.push(shown);
  if (vertex.log.length > LOG_KEPT) vertex.log.shift();
  const start = vertex.runs.size === 0 ? at : Math.min(...vertex.runs.keys());
  const since = at === undefined || start === undefined ? 0 : Math.max(0, at - start) / 1000;
  say(screen, vertex, `${since.toFixed(3)} ${shown}`);
}

/** Every platform has the same Dockerfile checked: what is said once is enough. */
function onNote(screen: Screen, note: BuildNote): void {
  const key = JSON.stringify(note);
  if (screen.notes.has(key)) return;
  screen.notes.set(key, note);
  const { rule, message, line } = note;
  screen.onLine(
    `${screen.prefix}WARN: ${rule === undefined ? '' : `${rule}: `}${message}${line === undefined ? '' : ` (line ${line})`}`,
  );
}

function breakSilence(screen: Screen, vertex: Vertex): void {
  const now = screen.now();
  if (now - vertex.saidAt < SILENCE) return;
  const transfers = [...vertex.transfers.values()];
  const there = transfers.reduce((sum, [current]) => sum + current, 0);
  const inAll = transfers.reduce((sum, [current, total]) => sum + Math.max(current, total), 0);
  const bytes = there === 0 ? '' : `, ${megabytes(there)}${inAll > there ? ` of ${megabytes(inAll)}` : ''}`;
  say(screen, vertex, `still running, ${Math.round((now - vertex.began) / 1000)} s${bytes}`);
}

function megabytes(amount: number): string {
  return `${(amount / 1e6).toFixed(1)} MB`;
}

function say(screen: Screen, vertex: Vertex, line: string): void {
  vertex.saidAt = screen.now();
  screen.onLine(`${screen.prefix}#${vertex.number} ${line}`);
}

function vertexOf(screen: Screen, digest: string, name: string): Vertex {
  const found = screen.vertexes.get(digest);
  if (found !== undefined) return found;
  const fresh = { number: 0, cached: false, ended: false, error: undefined, partial: '', began: 0, saidAt: 0 };
  const vertex: Vertex = { ...fresh, name, runs: new Map(), log: [], transfers: new Map() };
  screen.vertexes.set(digest, vertex);
  return vertex;
}

function isActive({ runs }: Vertex): boolean {
  return [...runs.values()].includes(undefined);
}

function isStep(vertex: Vertex): boolean {
  return !/^\[(?:\S+ )?(?:internal|auth)\]/.test(vertex.name);
}

function asStep(vertex: Vertex): Step {
  return { name: vertex.name, cached: vertex.cached, seconds: Math.round(secondsOf(vertex) * 1000) / 1000 };
}

function failedOf(vertexes: readonly Vertex[]): FailedStep | undefined {
  const vertex = vertexes.find(({ error }) => error !== undefined && !CANCELLED.test(error));
  return vertex?.error === undefined ? undefined : { name: vertex.name, error: vertex.error, log: vertex.log };
}

function secondsOf(vertex: Vertex): number {
  return [...vertex.runs].reduce((sum, [started, completed]) => sum + Math.max(0, (completed ?? started) - started), 0) / 1000;
}

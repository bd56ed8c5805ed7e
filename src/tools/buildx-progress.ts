// buildx's `--progress rawjson` lines -> lines that a person reads while it runs, and the steps with their times.

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
  /** Steps of the Dockerfile and exports, in order of their start; BuildKit's own errands are left out. */
  readonly steps: () => Step[];
  readonly failed: () => FailedStep | undefined;
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
}

const LOG_KEPT = 40;
/** Seconds; faster steps end without a word. */
const WORTH_SAYING = 0.05;
/** Shared layers are written by one platform while the other finds them locked; BuildKit tries again and says so in capitals. */
const HARMLESS = /\(\*service\)\.Write failed: .*(unavailable|locked)/i;
const CANCELLED = /context canceled/;

/** What is known so far, and where lines go. */
interface Screen {
  readonly vertexes: Map<string, Vertex>;
  /** Those that have started, in that order. */
  readonly started: Vertex[];
  readonly onLine: (line: string) => void;
  readonly prefix: string;
}

/** `prefix` tells builds apart that run side by side. */
export function readProgress(onLine: (line: string) => void, prefix = ''): Progress {
  const screen: Screen = { vertexes: new Map(), started: [], onLine, prefix };
  const said: string[] = [];
  return {
    read(line) {
      const update = parse(line);
      if (update === undefined) {
        if (line.trim() === '' || HARMLESS.test(line)) return;
        said.push(line);
        onLine(prefix + line);
        return;
      }
      for (const vertex of list(update['vertexes'])) onVertex(screen, vertex);
      for (const log of list(update['logs'])) onLog(screen, log);
      for (const warning of list(update['warnings'])) onWarning(screen, warning);
    },
    steps: () => screen.started.filter(isStep).map(asStep),
    failed: () => failedOf(screen.started),
    said: () => said,
  };
}

function onVertex(screen: Screen, update: Update): void {
  const vertex = vertexOf(screen, text(update['digest']), text(update['name']));
  const started = time(update['started']);
  if (started === undefined) return;
  const completed = time(update['completed']);
  const error = text(update['error']);
  vertex.runs.set(started, completed);
  if (update['cached'] === true) vertex.cached = true;
  if (error !== '') vertex.error ??= error;
  if (vertex.number === 0) {
    vertex.number = screen.started.push(vertex);
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

function onLog(screen: Screen, update: Update): void {
  const vertex = vertexOf(screen, text(update['vertex']), '');
  const parts = (vertex.partial + decode(update['data'])).split(/\r?\n/);
  vertex.partial = parts.pop() ?? '';
  for (const part of parts) output(screen, vertex, part, time(update['timestamp']));
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

function onWarning(screen: Screen, update: Update): void {
  const short = decode(update['short']);
  if (short !== '') screen.onLine(`${screen.prefix}WARN: ${short}`);
}

function say(screen: Screen, vertex: Vertex, line: string): void {
  screen.onLine(`${screen.prefix}#${vertex.number} ${line}`);
}

function vertexOf(screen: Screen, digest: string, name: string): Vertex {
  const found = screen.vertexes.get(digest);
  if (found !== undefined) return found;
  const vertex: Vertex = {
    number: 0,
    name,
    runs: new Map(),
    cached: false,
    ended: false,
    error: undefined,
    partial: '',
    log: [],
  };
  screen.vertexes.set(digest, vertex);
  return vertex;
}

function isStep(vertex: Vertex): boolean {
  return !/^\[(internal|auth)\]/.test(vertex.name);
}

function asStep(vertex: Vertex): Step {
  return { name: vertex.name, cached: vertex.cached, seconds: Math.round(secondsOf(vertex) * 1000) / 1000 };
}

function failedOf(vertexes: readonly Vertex[]): FailedStep | undefined {
  const vertex = vertexes.find(({ error }) => error !== undefined && !CANCELLED.test(error));
  return vertex?.error === undefined ? undefined : { name: vertex.name, error: vertex.error, log: vertex.log };
}

type Update = Readonly<Record<string, unknown>>;

/** A status object of BuildKit, or undefined for a line of plain text. */
function parse(line: string): Update | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && ['vertexes', 'statuses', 'logs', 'warnings'].some(key => key in value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function secondsOf(vertex: Vertex): number {
  return [...vertex.runs].reduce((sum, [started, completed]) => sum + Math.max(0, (completed ?? started) - started), 0) / 1000;
}

function list(value: unknown): Update[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Update {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function decode(value: unknown): string {
  return Buffer.from(text(value), 'base64').toString('utf8');
}

/** Milliseconds. */
function time(value: unknown): number | undefined {
  const at = Date.parse(text(value));
  return Number.isNaN(at) ? undefined : at;
}

// One line of `--progress rawjson` -> what BuildKit tells with it, typed; anything else is undefined and never an error.

import type { BuildNote } from '../build/build.ts';

/** What is said of one vertex; BuildKit says it again whenever something changes. */
export interface VertexUpdate {
  readonly digest: string;
  readonly name: string;
  /** Milliseconds. */
  readonly started: number | undefined;
  readonly completed: number | undefined;
  readonly cached: boolean;
  readonly error: string;
  /** How many vertexes it builds on; none for a source. */
  readonly inputs: number;
}

/** One transfer or errand inside a vertex. */
export interface StatusUpdate {
  readonly vertex: string;
  readonly id: string;
  /** Bytes where it is a transfer; 0 otherwise. */
  readonly current: number;
  readonly total: number;
  readonly ended: boolean;
}

export interface LogUpdate {
  readonly vertex: string;
  readonly text: string;
  readonly at: number | undefined;
}

export interface Update {
  readonly vertexes: readonly VertexUpdate[];
  readonly statuses: readonly StatusUpdate[];
  readonly logs: readonly LogUpdate[];
  readonly warnings: readonly BuildNote[];
}

type Json = Readonly<Record<string, unknown>>;

/** A status object of BuildKit; undefined for a line of plain text, or of JSON that is something else. */
export function parseRawJson(line: string): Update | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value) || !['vertexes', 'statuses', 'logs', 'warnings'].some(key => key in value)) return undefined;
    return {
      vertexes: list(value['vertexes']).map(asVertex),
      statuses: list(value['statuses']).map(asStatus),
      logs: list(value['logs']).map(log => ({
        vertex: text(log['vertex']),
        text: decode(log['data']),
        at: time(log['timestamp']),
      })),
      warnings: list(value['warnings']).flatMap(asNote),
    };
  } catch {
    return undefined;
  }
}

/**
 * What a check says, of a running build (`short` ends in the line that `range` has as well) or of `--call check`. `file` is only the base name that BuildKit
 * knows: whoever knows where the Dockerfile is puts the path there.
 */
export function noteOf(said: {
  readonly message: string;
  readonly rule?: string;
  readonly url?: string;
  readonly file?: string;
  readonly ranges?: unknown;
}): BuildNote {
  const lines = list(said.ranges);
  const first = lineOf(lines[0]?.['start']);
  const last = lineOf(lines.at(-1)?.['end']);
  return {
    message: said.message,
    ...given('rule', said.rule),
    ...given('url', said.url),
    ...given('file', said.file),
    ...(first !== undefined && { line: first }),
    ...(first !== undefined && last !== undefined && last >= first && { endLine: last }),
  };
}

function asNote(warning: Json): BuildNote[] {
  const short = decode(warning['short']);
  if (short === '') return [];
  const [, rule, message = short] = /^([A-Z][A-Za-z]+): (.*)$/s.exec(short) ?? [];
  const file = isObject(warning['sourceInfo']) ? text(warning['sourceInfo']['filename']) : '';
  const said = { message: message.replace(/ \(line \d+\)$/, ''), url: text(warning['url']), file, ranges: warning['range'] };
  return [noteOf({ ...said, ...(rule !== undefined && { rule }) })];
}

function asVertex(vertex: Json): VertexUpdate {
  return {
    digest: text(vertex['digest']),
    name: text(vertex['name']),
    started: time(vertex['started']),
    completed: time(vertex['completed']),
    cached: vertex['cached'] === true,
    error: text(vertex['error']),
    inputs: Array.isArray(vertex['inputs']) ? vertex['inputs'].length : 0,
  };
}

function asStatus(status: Json): StatusUpdate {
  return {
    vertex: text(status['vertex']),
    id: text(status['id']),
    current: amount(status['current']),
    total: amount(status['total']),
    ended: time(status['completed']) !== undefined,
  };
}

function given<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return (value === undefined || value === '' ? {} : { [key]: value }) as { readonly [K in Key]?: string };
}

function lineOf(position: unknown): number | undefined {
  const line = isObject(position) ? position['line'] : undefined;
  return typeof line === 'number' && Number.isInteger(line) && line > 0 ? line : undefined;
}

/** The objects of a list; none where there is no list. */
export function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text, or an empty one. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function amount(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

function decode(value: unknown): string {
  return Buffer.from(text(value), 'base64').toString('utf8');
}

/** Milliseconds. */
function time(value: unknown): number | undefined {
  const at = Date.parse(text(value));
  return Number.isNaN(at) ? undefined : at;
}

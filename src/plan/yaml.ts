// YAML text -> its value, and the line of every key and entry, so that a mistake in a policy file can be pointed at.

import { EVENT_ID, YAMLException, getScalarValue, load, parseEvents } from 'js-yaml';
import type { Event as YamlEvent } from 'js-yaml';

/** Keys and indices from the root to a value. */
export type YamlPath = readonly (string | number)[];

export interface YamlDocument {
  readonly value: unknown;
  /** The line (from 1) where this key or entry is written; the nearest known one above it otherwise. */
  readonly lineOf: (path: YamlPath) => number;
}

/** Why a text is not YAML, with the line. */
export class YamlMistake extends Error {
  override readonly name = 'YamlMistake';
  readonly line: number;

  constructor(reason: string, line: number) {
    super(reason);
    this.line = line;
  }
}

/** Parses one document; an empty text is undefined. Duplicate keys and aliases are mistakes. Throws YamlMistake. */
export function readYaml(text: string): YamlDocument {
  if (text.replaceAll(/^\s*(?:#.*)?$/gm, '').trim() === '') return { value: undefined, lineOf: () => 1 };
  try {
    const value = load(text, { maxDepth: 20, maxAliases: 0 });
    const lines = collectLines(text, parseEvents(text, { maxDepth: 20 }));
    return { value, lineOf: path => lineOf(lines, path) };
  } catch (error) {
    if (error instanceof YAMLException) throw new YamlMistake(error.reason, (error.mark?.line ?? 0) + 1);
    throw error;
  }
}

function lineOf(lines: ReadonlyMap<string, number>, path: YamlPath): number {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(pointer(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

function pointer(path: YamlPath): string {
  return JSON.stringify(path);
}

/** A collection that is open while the events are walked; a mapping waits for a key, then for its value. */
interface Open {
  readonly kind: 'mapping' | 'sequence' | 'document';
  readonly path: YamlPath;
  key: string | undefined;
  index: number;
}

function collectLines(text: string, events: readonly YamlEvent[]): Map<string, number> {
  const lines = new Map<string, number>();
  const open: Open[] = [];
  const lineAt = lineFinder(text);
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    if (event.type === EVENT_ID.DOCUMENT) {
      open.push({ kind: 'document', path: [], key: undefined, index: 0 });
      continue;
    }
    const parent = open.at(-1);
    const isKey = parent?.kind === 'mapping' && parent.key === undefined;
    if (isKey && event.type === EVENT_ID.SCALAR) {
      parent.key = getScalarValue(text, event);
      lines.set(pointer([...parent.path, parent.key]), lineAt(event.valueStart));
      continue;
    }
    const path = childPath(parent);
    if (parent?.kind === 'sequence') lines.set(pointer(path), lineAt(startOf(event)));
    if (parent !== undefined) step(parent);
    if (event.type === EVENT_ID.MAPPING) open.push({ kind: 'mapping', path, key: undefined, index: 0 });
    if (event.type === EVENT_ID.SEQUENCE) open.push({ kind: 'sequence', path, key: undefined, index: 0 });
  }
  return lines;
}

function childPath(parent: Open | undefined): YamlPath {
  if (parent?.kind === 'mapping') return [...parent.path, parent.key ?? ''];
  if (parent?.kind === 'sequence') return [...parent.path, parent.index];
  return [];
}

function step(parent: Open): void {
  parent.key = undefined;
  parent.index++;
}

function startOf(event: YamlEvent): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) return event.start;
  return event.type === EVENT_ID.ALIAS ? event.anchorStart : 0;
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return offset => {
    const after = starts.findIndex(start => start > offset);
    return after === -1 ? starts.length : after;
  };
}

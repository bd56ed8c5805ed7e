// The runner's log as a value: a group and a one-line result per stage, lines that cannot be taken for commands, secrets that stay secret.

import type { Place } from '../errors.ts';
import type { AnnotationPlace } from './commands.ts';

/** The part of the runner's commands that the log needs; a test brings its own. */
export interface CoreLike {
  readonly info: (line: string) => void;
  readonly warning: (line: string, at?: AnnotationPlace) => void;
  readonly error: (line: string, at?: AnnotationPlace) => void;
  readonly debug: (line: string) => void;
  readonly startGroup: (name: string) => void;
  readonly endGroup: () => void;
  readonly setSecret: (value: string) => void;
}

export interface Log {
  /** Opens a group, runs the work, closes it, and says in one line how it went and how long it took; `result` puts the value into words. Rethrows. */
  readonly stage: <T>(name: string, work: () => Promise<T>, result: (value: T) => string) => Promise<T>;
  readonly info: (text: string) => void;
  /** Lines that are folded away under a name. */
  readonly group: (name: string, lines: readonly string[]) => void;
  readonly warn: (text: string) => void;
  /** A warning at a line of a file, under a title of its own. */
  readonly warnAt: (place: Place, text: string, title?: string) => void;
  readonly error: (text: string, place?: Place) => void;
  readonly debug: (text: string) => void;
  /** A line of progress inside a stage; the same line twice in a row is printed once. */
  readonly progress: (line: string) => void;
  /** Never shown again, neither here (the runner masks it) nor in what `redact` went over. Empty and very short values are ignored. */
  readonly mask: (secret: string) => void;
  /** The text with every masked secret in it replaced: for what the runner does not mask (summary, comment, files). */
  readonly redact: (text: string) => string;
}

/** Shorter values would blank out ordinary words. */
const SHORTEST_SECRET = 4;

/** Makes the log of a run. `now`: milliseconds, for the times of stages. */
export function createLog(core: CoreLike, now: () => number = () => performance.now()): Log {
  const secrets = new Set<string>();
  let last = '';
  const info = (text: string): void => {
    for (const line of text.split('\n')) core.info(harmless(line));
  };
  // A secret may be part of a longer one: the longest goes first, or the rest of it would stay.
  const redact = (text: string): string =>
    [...secrets].sort((a, b) => b.length - a.length).reduce((out, secret) => out.replaceAll(secret, '***'), text);
  return {
    info,
    group: (name, lines) => {
      core.startGroup(name);
      for (const line of lines) info(line);
      core.endGroup();
    },
    warn: text => core.warning(plainText(redact(text))),
    warnAt: (place, text, title) =>
      core.warning(plainText(redact(text)), { ...place, ...(title !== undefined && { title: plainText(redact(title)) }) }),
    error: (text, place) => core.error(plainText(redact(text)), place),
    debug: text => core.debug(plainText(redact(text))),
    progress: line => {
      if (line !== last) info(`  ${line}`);
      last = line;
    },
    mask: secret => {
      // The runner masks line by line: a PEM key is masked as a whole and in its lines.
      for (const part of [secret, ...secret.split(/\r?\n/)].map(each => each.trim())) {
        if (part.length < SHORTEST_SECRET || /^-----(BEGIN|END) [A-Z ]+-----$/.test(part)) continue;
        if (!secrets.has(part)) core.setSecret(part);
        secrets.add(part);
      }
    },
    redact,
    stage: async (name, work, result) => {
      const started = now();
      const took = (): string => seconds(now() - started);
      core.startGroup(name);
      try {
        const value = await work();
        core.endGroup();
        info(`✓ ${name} (${took()}): ${result(value)}`);
        return value;
      } catch (error) {
        core.endGroup();
        info(`✗ ${name} (${took()})`);
        throw error;
      }
    },
  };
}

/**
 * A line that the runner prints instead of obeying: it takes `::command::` at the start of a line and `##[command]` anywhere in one, whoever
 * wrote it; what a build prints is written by whoever wrote the Dockerfile.
 */
function harmless(line: string): string {
  return plainText(line)
    .replace(/^(\s*)::/, '$1: :')
    .replaceAll('##[', '# #[');
}

/** Without control characters; tabs and colours stay. */
function plainText(text: string): string {
  return (
    text
      .replace(/\r/g, '')
      // eslint-disable-next-line no-control-regex -- these characters are the point
      .replace(/\u001b(?!\[[0-9;]*m)/g, '')
      // eslint-disable-next-line no-control-regex -- as above
      .replace(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g, '')
  );
}

function seconds(milliseconds: number): string {
  return milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(milliseconds / 60_000)} min ${String(Math.round((milliseconds % 60_000) / 1000)).padStart(2, '0')} s`;
}

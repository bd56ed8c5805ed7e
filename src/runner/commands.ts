// The runner's own protocol -> functions: inputs from variables, outputs to a file, commands to the log (docs.github.com, "Workflow commands").

import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { EOL } from 'node:os';
import { UserError } from '../errors.ts';
import type { Place } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The commands of a step. @actions/core does the same, but it brings an HTTP client along for its OIDC token, and loading that takes longer than
 * a whole plan.
 */
export interface Commands {
  /** The text of an input as typed, blanks included; '' when it was left out. */
  readonly getInput: (name: string) => string;
  /** Throws UserError when the runner's file cannot be written: an output must not be lost silently. */
  readonly setOutput: (name: string, value: string) => void;
  /** For the post step of this step, written at once. Throws UserError as setOutput does; outside of a runner nobody would read it. */
  readonly saveState: (name: string, value: string) => void;
  /** What the main step has saved; '' when it did not. */
  readonly getState: (name: string) => string;
  readonly info: (line: string) => void;
  readonly warning: (text: string, at?: AnnotationPlace) => void;
  readonly error: (text: string, at?: AnnotationPlace) => void;
  readonly debug: (text: string) => void;
  readonly startGroup: (name: string) => void;
  readonly endGroup: () => void;
  readonly setSecret: (value: string) => void;
}

/** Where GitHub shows a warning or an error; `file` relative to the workspace. */
export interface AnnotationPlace extends Place {
  readonly title?: string;
}

/** Speaks to the runner that gave this environment; `write` gets what goes to standard output. */
export function createCommands(env: Environment, write: (text: string) => void): Commands {
  const command = (name: string, text = '', properties = ''): void => write(`::${name}${properties}::${escapeData(text)}${EOL}`);
  return {
    getInput: name => env[inputVariable(name)] ?? '',
    setOutput: (name, value) => {
      const file = env['GITHUB_OUTPUT'];
      // Outside of a runner there is no file: the old command shows what would have been set.
      if (file === undefined || file === '') command('set-output', value, ` name=${name}`);
      else append('GITHUB_OUTPUT', file, pair(name, value));
    },
    saveState: (name, value) => {
      const file = env['GITHUB_STATE'] ?? '';
      if (file !== '') append('GITHUB_STATE', file, pair(name, value));
    },
    getState: name => env[`STATE_${name}`] ?? '',
    info: line => write(line + EOL),
    warning: (text, at) => command('warning', text, properties(at)),
    error: (text, at) => command('error', text, properties(at)),
    debug: text => command('debug', text),
    startGroup: name => command('group', name),
    endGroup: () => command('endgroup'),
    setSecret: value => command('add-mask', value),
  };
}

function append(variable: string, file: string, text: string): void {
  try {
    appendFileSync(file, text);
  } catch (cause) {
    throw new UserError(`${variable} (${file}) cannot be written: ${(cause as Error).message}`, {
      hint: `The runner makes this file for every step: leave ${variable} as it is, and see that the disk has room and the user of the job may write there.`,
      cause,
    });
  }
}

/** `INPUT_` and the name in capitals; blanks become underscores, dashes stay. */
function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

/** Nobody can guess the line that ends the value, so no value can set another output. */
function pair(name: string, value: string): string {
  const delimiter = `ghadelimiter_${randomUUID()}`;
  return `${name}<<${delimiter}${EOL}${value}${EOL}${delimiter}${EOL}`;
}

/** The runner turns these back; without it a line break would end the command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** ` file=…,line=…,endLine=…,title=…`, as the runner takes them apart. */
function properties(at: AnnotationPlace | undefined): string {
  if (at === undefined) return '';
  const { file, line, endLine, title } = at;
  const pairs = Object.entries({ file, line, endLine, title }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  );
  return ` ${pairs.join(',')}`;
}

/** The action's own description, read as the runner reads it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';

interface Input {
  readonly default?: string | number | boolean | null;
}

export interface Action {
  readonly directory: string;
  readonly inputs: Readonly<Record<string, Input>>;
  readonly main: string;
  readonly pre: string | undefined;
  readonly post: string | undefined;
}

interface Manifest {
  readonly inputs?: Readonly<Record<string, Input | null>>;
  readonly runs?: { readonly main?: string; readonly pre?: string; readonly post?: string };
}

/** Reads action.yml. */
export function readAction(directory: string): Action {
  const file = path.join(directory, 'action.yml');
  const manifest = (existsSync(file) ? load(readFileSync(file, 'utf8')) : {}) as Manifest;
  const inputs = Object.entries(manifest.inputs ?? {}).map(([name, input]) => [name, input ?? {}] as const);
  const { main = 'dist/index.js', pre, post } = manifest.runs ?? {};
  return { directory, inputs: Object.fromEntries(inputs), main, pre, post };
}

/** `INPUT_` and the name in capitals; blanks become underscores, dashes stay. */
export const inputVariable = (name: string): string => `INPUT_${name.replace(/ /g, '_').toUpperCase()}`;

/** Replaces `${{ github.token }}` and its like; the runner knows more expressions, defaults use only these. */
function evaluate(text: string, context: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (whole, name: string) => {
    const value = context[name];
    if (value === undefined) throw new Error(`action.yml: the step harness cannot evaluate ${whole}`);
    return value;
  });
}

export interface InputValues {
  readonly variables: Readonly<Record<string, string>>;
  /** Given, but not declared: the runner warns about them and passes them on. */
  readonly unexpected: readonly string[];
}

/** All inputs as environment variables: what is declared and not given has its default, or is empty. */
export function inputVariables(
  action: Action,
  given: Readonly<Record<string, string>>,
  context: Readonly<Record<string, string>>,
): InputValues {
  const values = new Map<string, string>();
  for (const [name, input] of Object.entries(action.inputs)) {
    // YAML may have read a default as a boolean or a number; the runner sees text.
    const text = input.default === undefined || input.default === null ? '' : String(input.default);
    values.set(inputVariable(name), evaluate(text, context));
  }
  const known = [...values.keys()];
  for (const [name, value] of Object.entries(given)) values.set(inputVariable(name), value);
  const unexpected = Object.keys(given).filter(name => known.length > 0 && !known.includes(inputVariable(name)));
  return { variables: Object.fromEntries(values), unexpected };
}

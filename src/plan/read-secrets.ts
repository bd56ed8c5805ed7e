// The inputs secrets, secret-envs, secret-files and ssh -> typed values; no mistake or warning ever shows a value.

import { readList } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { shorten } from './reference.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type SecretInputs = Pick<Inputs, 'secrets' | 'secretEnvs' | 'secretFiles' | 'ssh'>;

/** One `id=rest`, split at the first `=`. */
interface Entry {
  readonly id: string;
  readonly rest: string;
}

/**
 * Reads every build secret. A secret with an id and no value, typed or in the variable that `env` holds, is left out with a warning: secrets are empty on
 * runs of forks and Dependabot, which must still build. A variable that is not set is probably mistyped: that is told by whoever plans. An id that is given twice is a mistake, since only one could be mounted.
 */
export function readSecrets(source: Source, env: Environment, warnings: string[]): SecretInputs {
  const texts = entriesOf(source, 'secrets', { commas: false, shape: 'id=value' });
  const named = entriesOf(source, 'secret-envs', { commas: true, shape: 'id=VARIABLE' });
  const files = entriesOf(source, 'secret-files', { commas: false, shape: 'id=path' });
  for (const { id } of texts.filter(({ rest }) => rest === ''))
    warnings.push(`secrets: "${shorten(id)}" is empty and is left out (secrets are empty on runs of forks and Dependabot)`);
  for (const [name, entries] of [['secret-envs', named] as const, ['secret-files', files] as const])
    for (const { id } of entries.filter(({ rest }) => rest === ''))
      warnings.push(`${name}: "${shorten(id)}" names nothing and is left out`);
  for (const { id, rest } of named.filter(entry => env[entry.rest] === ''))
    warnings.push(
      `secret-envs: the variable ${shorten(rest)} is empty, so the secret "${shorten(id)}" is left out (secrets are empty on runs of forks and Dependabot)`,
    );
  const variables = named.filter(({ rest }) => env[rest] !== '');
  const given = (entries: readonly Entry[]): readonly Entry[] => entries.filter(({ rest }) => rest !== '');
  checkTwice(source, { secrets: given(texts), 'secret-envs': given(variables), 'secret-files': given(files) });
  return {
    secrets: given(texts).map(({ id, rest }) => ({ id, value: rest })),
    secretEnvs: given(variables).map(({ id, rest }) => ({ id, variable: rest })),
    secretFiles: given(files).map(({ id, rest }) => ({ id, file: rest })),
    ssh: readList(source, 'ssh', { commas: true, comments: false }),
  };
}

function entriesOf(
  source: Source,
  name: string,
  { commas, shape }: { readonly commas: boolean; readonly shape: string },
): readonly Entry[] {
  const entries: Entry[] = [];
  readList(source, name, { commas, comments: false }).forEach((entry, at) => {
    const split = entry.indexOf('=');
    // An id is typed and no secret; what has no "=" may be one.
    if (split > 0) entries.push({ id: entry.slice(0, split), rest: entry.slice(split + 1) });
    else
      source.mistakes.add(name, `entry ${at + 1} is not ${shape} (a value of several lines stands in double quotes with its id)`);
  });
  return entries;
}

function checkTwice(source: Source, inputs: Readonly<Record<string, readonly Entry[]>>): void {
  const seen = new Map<string, string>();
  for (const [name, entries] of Object.entries(inputs))
    for (const { id } of entries) {
      const before = seen.get(id);
      if (before !== undefined)
        source.mistakes.add(name, `the secret "${shorten(id)}" is given twice${before === name ? '' : ` (also in ${before})`}`);
      seen.set(id, name);
    }
}

// What a build reads from the machine, and what was found of it -> why a run that builds cannot.

import type { Settleable } from './decide.ts';
import type { Inputs } from './inputs.ts';
import { shorten } from './reference.ts';

type SourceInputs = Pick<Inputs, 'context' | 'file' | 'secretEnvs' | 'secretFiles'>;

/** What stands at a path. `other` is everything that can be read like a file: a pipe too. */
export type Place = 'directory' | 'other' | 'missing';

/** What was found. What is not in `places` could not be looked at, or is of no interest. */
export interface BuildSources {
  /** By the path as typed. */
  readonly places: ReadonlyMap<string, Place>;
  /** Variables of `secret-envs` that are not set. */
  readonly unset: readonly string[];
}

/** The paths to look at, as typed, relative to the workspace. A Dockerfile may be an address: BuildKit fetches it. */
export function sourcePaths({ context, file, secretFiles }: SourceInputs): readonly string[] {
  const dockerfile = file === undefined || /^(?:https?:\/\/|-$)/i.test(file) ? [] : [file];
  return [context ?? '.', ...dockerfile, ...secretFiles.map(secret => secret.file)];
}

/** Everything that is missing: the context, the Dockerfile, files and variables of secrets. A Dockerfile in a context that is missing goes without saying. */
export function judgeSources(inputs: SourceInputs, { places, unset }: BuildSources): Settleable[] {
  const { context = '.', file, secretEnvs, secretFiles } = inputs;
  const at = (path: string): Place | undefined => places.get(path);
  const lost = at(context) === 'missing' || at(context) === 'other';
  const found: Settleable[] = [];
  const tell = (where: string, what: string, wayOut: string): void =>
    void found.push({ warnings: [], mistake: { where, what, wayOut } });
  if (lost)
    tell('context', `"${shorten(context)}" ${at(context) === 'missing' ? 'does not exist' : 'is not a directory'}`, CHECKOUT);
  if (file !== undefined && at(file) !== undefined && at(file) !== 'other' && !(lost && isInside(file, context)))
    tell('file', `"${shorten(file)}" ${at(file) === 'missing' ? 'does not exist' : 'is a directory'}`, CHECKOUT);
  for (const { id, variable } of secretEnvs.filter(secret => unset.includes(secret.variable)))
    tell(
      'secret-envs',
      `the secret "${shorten(id)}" is to come from the variable ${shorten(variable)}, which is not set`,
      'Correct its name, or set it in "env:" of the step.',
    );
  for (const secret of secretFiles.filter(each => at(each.file) !== undefined && at(each.file) !== 'other'))
    tell(
      'secret-files',
      `the secret "${shorten(secret.id)}" is to come from ${shorten(secret.file)}, which ${at(secret.file) === 'missing' ? 'does not exist' : 'is not a file'}`,
      'Paths are relative to the workspace: was the file written before this step?',
    );
  return found;
}

const CHECKOUT = 'Paths are relative to the workspace: was actions/checkout run before this step?';

function isInside(file: string, context: string): boolean {
  const plain = (path: string): string => path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  return plain(file).startsWith(`${plain(context)}/`);
}

// What a build reads from the machine, and what was found of it -> why a run that builds cannot.

import { isLocalFile } from './build-context.ts';
import { judgeCheckout } from './checkout-login.ts';
import type { CheckoutFiles } from './checkout-login.ts';
import type { DecisionMistake, Settleable } from './decide.ts';
import { isRemoteContext } from './git-address.ts';
import type { Inputs } from './inputs.ts';
import { shorten } from './reference.ts';

type SourceInputs = Pick<Inputs, 'context' | 'file' | 'secretEnvs' | 'secretFiles' | 'ssh' | 'builder' | 'buildkitdConfig'>;

/** What stands at a path. `other` is everything that can be read like a file: a pipe too. */
export type Place = 'directory' | 'other' | 'missing';

/** What was found. What is not in `places` could not be looked at, or is of no interest. */
export interface BuildSources {
  /** By the path as typed. */
  readonly places: ReadonlyMap<string, Place>;
  /** Variables of `secret-envs` that are not set. */
  readonly unset: readonly string[];
  /** What is wrong with the SSH agent, in words that follow SSH_AUTH_SOCK; looked at when `ssh` needs it. */
  readonly agent?: string;
  /** Those of `places` that may not be read. */
  readonly closed?: readonly string[];
  /** Where the context is a directory with a `.git/config`. */
  readonly checkout?: CheckoutFiles;
  /** Only when it is asked for: the digest of what came, or what is wrong with it, in words that follow "standard input". */
  readonly standardInput?: { readonly digest: string } | { readonly problem: string };
}

/** The paths to look at, as typed, relative to the workspace. What is elsewhere is fetched by BuildKit, and a relative Dockerfile with its context. */
export function sourcePaths({ context = '.', file, secretFiles, ssh, buildkitdConfig }: SourceInputs): readonly string[] {
  const directory = context === '-' || isRemoteContext(context) ? [] : [context];
  const dockerfile = file !== undefined && isLocalFile(file, context) ? [file] : [];
  const config = buildkitdConfig === undefined ? [] : [buildkitdConfig];
  return [...directory, ...dockerfile, ...secretFiles.map(secret => secret.file), ...sshFiles({ ssh }), ...config];
}

/** The keys and sockets of one entry of `ssh`, as buildx reads it: `id` alone is the agent, `id=path,path` (docker/buildx, util/buildflags/ssh.go). */
function sshPaths(entry: string): readonly string[] {
  const split = entry.indexOf('=');
  return split < 0 ? [] : entry.slice(split + 1).split(',');
}

/** The keys and sockets that `ssh` names. */
export function sshFiles({ ssh }: Pick<Inputs, 'ssh'>): readonly string[] {
  return ssh.flatMap(sshPaths);
}

/** True when an entry of `ssh` means the agent of the machine. */
export function needsAgent({ ssh }: Pick<Inputs, 'ssh'>): boolean {
  return ssh.some(entry => sshPaths(entry).length === 0);
}

/** The input that is to come through standard input. */
export function standardInputOf({ context, file }: Pick<Inputs, 'context' | 'file'>): 'context' | 'file' | undefined {
  if (context === '-') return 'context';
  return file === '-' ? 'file' : undefined;
}

/** Everything that is missing: the context, the Dockerfile, files and variables of secrets. A Dockerfile in a context that is missing goes without saying. */
export function judgeSources(inputs: SourceInputs, sources: BuildSources): Settleable[] {
  const found = [inputProblem, placeProblems, secretProblems, sshProblems, configProblems];
  const problems = found.flatMap(problemsOf => problemsOf(inputs, sources));
  const login = sources.checkout === undefined ? [] : judgeCheckout(sources.checkout);
  return [...problems.map(mistake => ({ warnings: [], mistake })), ...login];
}

function inputProblem(inputs: SourceInputs, { standardInput }: BuildSources): DecisionMistake[] {
  const where = standardInputOf(inputs);
  if (where === undefined || standardInput === undefined || !('problem' in standardInput)) return [];
  return [{ where, what: `"-" is standard input, which ${standardInput.problem}`, wayOut: NO_INPUT }];
}

function placeProblems({ context = '.', file }: SourceInputs, { places }: BuildSources): DecisionMistake[] {
  const found = context === '-' || isRemoteContext(context) ? undefined : places.get(context);
  const lost = found === 'missing' || found === 'other';
  const problems: DecisionMistake[] = [];
  if (lost) {
    const what = `"${shorten(context)}" ${found === 'missing' ? 'does not exist' : 'is not a directory'}`;
    problems.push({ where: 'context', what, wayOut: CHECKOUT });
  }
  const dockerfile = file !== undefined && isLocalFile(file, context) ? places.get(file) : undefined;
  if (file === undefined || dockerfile === undefined || dockerfile === 'other' || (lost && isInside(file, context)))
    return problems;
  const what = `"${shorten(file)}" ${dockerfile === 'missing' ? 'does not exist' : 'is a directory'}`;
  return [...problems, { where: 'file', what, wayOut: CHECKOUT }];
}

function secretProblems({ secretEnvs, secretFiles }: SourceInputs, { places, unset }: BuildSources): DecisionMistake[] {
  const variables = secretEnvs.filter(({ variable }) => unset.includes(variable));
  const files = secretFiles.filter(({ file }) => places.get(file) !== undefined && places.get(file) !== 'other');
  return [
    ...variables.map(({ id, variable }) => ({
      where: 'secret-envs',
      what: `the secret "${shorten(id)}" is to come from the variable ${shorten(variable)}, which is not set`,
      wayOut: 'Correct its name, or set it in "env:" of the step.',
    })),
    ...files.map(({ id, file }) => ({
      where: 'secret-files',
      what: `the secret "${shorten(id)}" is to come from ${shorten(file)}, which ${places.get(file) === 'missing' ? 'does not exist' : 'is not a file'}`,
      wayOut: 'Paths are relative to the workspace: was the file written before this step?',
    })),
  ];
}

function sshProblems({ ssh }: SourceInputs, { places, closed = [], agent }: BuildSources): DecisionMistake[] {
  return ssh.flatMap(entry => {
    const id = shorten(entry.split('=')[0] ?? '');
    const paths = sshPaths(entry);
    if (paths.length === 0 && agent !== undefined)
      return [{ where: 'ssh', what: `"${id}" is the SSH agent, but SSH_AUTH_SOCK ${agent}`, wayOut: AGENT }];
    return paths.flatMap(path => {
      const place = places.get(path);
      const problem = closed.includes(path) ? 'may not be read' : place === 'missing' ? 'does not exist' : 'is a directory';
      if (!closed.includes(path) && (place === undefined || place === 'other')) return [];
      const what = `the key or socket of "${id}" is to be ${shorten(path)}, which ${problem}`;
      return [
        {
          where: 'ssh',
          what,
          wayOut: 'Paths are relative to the workspace, and "~" is not expanded: was the file written before this step?',
        },
      ];
    });
  });
}

/** Beside a named builder nobody reads it. */
function configProblems({ builder, buildkitdConfig: file }: SourceInputs, { places }: BuildSources): DecisionMistake[] {
  const place = file === undefined || builder !== undefined ? undefined : places.get(file);
  if (file === undefined || place === undefined || place === 'other') return [];
  const what = `"${shorten(file)}" ${place === 'missing' ? 'does not exist' : 'is a directory'}`;
  return [{ where: 'buildkitd-config', what, wayOut: CHECKOUT }];
}

const NO_INPUT =
  'A step of GitHub Actions has none: give a path or an address; where you start Seaworthy yourself, pipe the file into it.';
const AGENT =
  'Start an agent before this step (webfactory/ssh-agent, or ssh-agent with SSH_AUTH_SOCK written to GITHUB_ENV), or name a key: ssh: id=path.';
const CHECKOUT = 'Paths are relative to the workspace: was actions/checkout run before this step?';

function isInside(file: string, context: string): boolean {
  const plain = (path: string): string => path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  return plain(file).startsWith(`${plain(context)}/`);
}

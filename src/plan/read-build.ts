// The inputs of docker/build-push-action -> typed values.

import { readBoolean, readChoice, readList, readPlatforms, readReference, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { readAttestations } from './read-attestations.ts';
import type { AttestationInputs } from './read-attestations.ts';
import { readCache } from './read-cache.ts';
import type { CacheInputs } from './read-cache.ts';
import { readRun } from './read-run.ts';
import type { RunInputs } from './read-run.ts';
import { readRunners } from './read-runners.ts';
import { readSecrets } from './read-secrets.ts';
import type { SecretInputs } from './read-secrets.ts';
import { shorten } from './reference.ts';

type BuildInputs = Pick<
  Inputs,
  | 'platforms'
  | 'runners'
  | 'context'
  | 'file'
  | 'target'
  | 'buildArgs'
  | 'buildContexts'
  | 'noCache'
  | 'noCacheFilters'
  | 'pull'
  | 'builder'
  | 'builderImage'
  | 'push'
> &
  RunInputs &
  SecretInputs &
  AttestationInputs &
  CacheInputs;

/** Everything that decides what is built, and where. `env` holds the switches that buildx reads from the environment, and the variables of `secret-envs`. */
export function readBuild(source: Source, env: Readonly<Record<string, string | undefined>>, warnings: string[]): BuildInputs {
  const buildArgs = readList(source, 'build-args', { commas: false, comments: false });
  if (buildArgs.some(entry => !/^[^=\s]/.test(entry)))
    source.mistakes.add('build-args', 'an entry has no name before the "="; write NAME=value');
  const platforms = readPlatforms(source, 'platforms');
  const noCache = readBoolean(source, 'no-cache') ?? false;
  const noCacheFilters = readList(source, 'no-cache-filters', { commas: true, comments: false });
  if (noCache && noCacheFilters.length > 0)
    source.mistakes.add('no-cache-filters', 'buildx takes it only without no-cache: true, which rebuilds every stage');
  return {
    platforms,
    runners: readRunners(source, platforms),
    context: readContext(source),
    file: readText(source, 'file'),
    target: readText(source, 'target'),
    buildArgs,
    buildContexts: readBuildContexts(source),
    ...readRun(source),
    ...readSecrets(source, env, warnings),
    ...readAttestations(source, env),
    ...readCache(source, warnings),
    noCache,
    noCacheFilters,
    pull: readBoolean(source, 'pull') ?? false,
    builder: readText(source, 'builder'),
    builderImage: readReference(source, 'builder-image'),
    push: readChoice(source, 'push', ['auto', 'true', 'false']) ?? 'auto',
  };
}

const DEFAULT_CONTEXT = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/;

function readContext(source: Source): string {
  const context = readText(source, 'context') ?? '.';
  const inside = DEFAULT_CONTEXT.exec(context);
  if (inside !== null)
    source.mistakes.add(
      'context',
      `"${shorten(context)}" (the commit as a Git URL) is not supported yet: add actions/checkout before this step and write context: ${shorten(inside[1] || '.')}`,
    );
  else if (/^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(context) || context.includes('{{'))
    source.mistakes.add(
      'context',
      'a Git or URL context is not supported yet: check the repository out (actions/checkout) and give a path, default "."',
    );
  if (context === '-') source.mistakes.add('context', '"-" (standard input) cannot be used: give a directory');
  return context;
}

function readBuildContexts(source: Source): readonly string[] {
  const contexts = readList(source, 'build-contexts', { commas: false, comments: false });
  for (const entry of contexts) {
    const split = entry.indexOf('=');
    if (split < 1 || split === entry.length - 1)
      source.mistakes.add(
        'build-contexts',
        `"${shorten(entry)}" is not name=value, e.g. src=../src or base=docker-image://alpine:3`,
      );
    else if (/\{\{\s*defaultContext\s*\}\}/.test(entry))
      source.mistakes.add(
        'build-contexts',
        `"${shorten(entry)}": {{defaultContext}} is not supported yet: add actions/checkout before this step and give a path, e.g. ${shorten(entry.slice(0, split))}=.`,
      );
  }
  return contexts;
}

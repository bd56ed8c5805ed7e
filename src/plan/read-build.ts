// The inputs of docker/build-push-action -> typed values.

import { contextProblem, fileProblem, namedContextProblem } from './build-context.ts';
import { readBoolean, readChoice, readList, readPlatforms, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { readAttestations } from './read-attestations.ts';
import type { AttestationInputs } from './read-attestations.ts';
import { readBake } from './read-bake.ts';
import type { BakeInputs } from './read-bake.ts';
import { readBuilder } from './read-builder.ts';
import type { BuilderInputs } from './read-builder.ts';
import { readCache } from './read-cache.ts';
import { readCall } from './read-call.ts';
import type { CacheInputs } from './read-cache.ts';
import { readOutputs } from './read-outputs.ts';
import type { OutputInputs } from './read-outputs.ts';
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
  | 'call'
  | 'sourceDateEpoch'
  | 'rewriteTimestamp'
  | 'buildArgs'
  | 'buildContexts'
  | 'noCache'
  | 'noCacheFilters'
  | 'pull'
  | 'push'
> &
  RunInputs &
  SecretInputs &
  AttestationInputs &
  CacheInputs &
  BakeInputs &
  BuilderInputs &
  OutputInputs;

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
    ...readPlaces(source),
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
    ...readBuilder(source),
    ...readBake(source),
    ...readOutputs(source, platforms),
    call: readCall(source),
    sourceDateEpoch: readEpoch(source, env),
    rewriteTimestamp: readBoolean(source, 'rewrite-timestamp') ?? false,
    push: readChoice(source, 'push', ['auto', 'true', 'false']) ?? 'auto',
  };
}

const EPOCH = 'SOURCE_DATE_EPOCH';

/** What is neither on nor off is a time. What is typed wins over the variable, and that over the date of the commit. */
function readEpoch(source: Source, env: Readonly<Record<string, string | undefined>>): Inputs['sourceDateEpoch'] {
  const text = readText(source, 'source-date-epoch');
  const wrong = (what: string): 'commit' => {
    source.mistakes.add('source-date-epoch', what);
    return 'commit';
  };
  if (text === 'true') return 'commit';
  if (text === 'false') return 'off';
  if (text !== undefined) {
    if (SECONDS.test(text)) return Number(text);
    return wrong(`"${shorten(text)}" is not true, false or a number of seconds since 1970`);
  }
  // An empty variable is none to buildx.
  const variable = env[EPOCH] ?? '';
  if (variable === '') return 'commit';
  if (SECONDS.test(variable)) return Number(variable);
  return wrong(
    `the variable ${EPOCH} is "${shorten(variable)}", which is no number of seconds since 1970; unset it, or type true`,
  );
}

const SECONDS = /^[0-9]{1,12}$/;

/** The context and the Dockerfile. `{{defaultContext}}` stays: the commit is planned later. */
function readPlaces(source: Source): Pick<Inputs, 'context' | 'file'> {
  const [context, file] = [readText(source, 'context'), readText(source, 'file')];
  const wrong = context === undefined ? undefined : contextProblem(context);
  if (context !== undefined && wrong !== undefined) source.mistakes.add('context', `"${shorten(context)}" ${wrong}`);
  const misplaced = file === undefined ? undefined : fileProblem(file, context);
  if (file !== undefined && misplaced !== undefined) source.mistakes.add('file', `"${shorten(file)}" ${misplaced}`);
  return { context, file };
}

function readBuildContexts(source: Source): readonly string[] {
  const contexts = readList(source, 'build-contexts', { commas: false, comments: false });
  for (const entry of contexts) {
    const split = entry.indexOf('=');
    const wrong = namedContextProblem(entry.slice(split + 1));
    if (split < 1 || split === entry.length - 1)
      source.mistakes.add(
        'build-contexts',
        `"${shorten(entry)}" is not name=value, e.g. src=../src or base=docker-image://alpine:3`,
      );
    else if (wrong !== undefined) source.mistakes.add('build-contexts', `"${shorten(entry)}" ${wrong}`);
  }
  return contexts;
}

// `docker buildx build --call` -> what the Dockerfile breaks, takes and offers: rules, build arguments, targets. Nothing is built.

import type { BuildNote, BuildOrder, CallResult, CallTable } from '../build/build.ts';
import { ToolError, UserError } from '../errors.ts';
import type { Call } from '../plan/plan.ts';
import type { SecretsInPlace } from './build-secrets.ts';
import type { ChosenBuilder } from './builder.ts';
import { callArgs } from './buildx-args.ts';
import { buildEnvironment } from './buildx-env.ts';
import { buildFailure } from './buildx-errors.ts';
import { atLeast } from './buildx-inspect.ts';
import { readProgress } from './buildx-progress.ts';
import { throwIfCancelled, TICK } from './buildx-run.ts';
import type { BuildxOptions } from './buildx-run.ts';
import type { CommandResult } from './command.ts';
import { placeNotes } from './dockerfile-place.ts';
import { isObject, list, noteOf, text } from './rawjson.ts';

export interface CallWork {
  readonly options: BuildxOptions;
  readonly builder: ChosenBuilder;
  readonly order: BuildOrder;
  readonly call: Call;
  readonly secrets: SecretsInPlace;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Asks BuildKit's frontend about the Dockerfile. `failed` is buildx's own exit status of a check: a rule is broken, or the Dockerfile cannot be read. Throws ToolError
 * when there is no answer, UserError when buildx is too old for the question, and Cancelled.
 */
export async function callBuildx(work: CallWork): Promise<CallResult> {
  const { options, builder, order, call, secrets } = work;
  refuseOld(builder);
  const progress = readProgress(options.onLine);
  const ticking = setInterval(progress.tick, TICK);
  const result = await options
    .run('docker', callArgs(onePlatform(builder, order), call, { builder: builder.name, secretFiles: secrets.files }), {
      env: buildEnvironment(options.env, order, secrets.env),
      onStderr: progress.read,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.signal && { signal: options.signal }),
      ...(options.onStart && { onStart: options.onStart }),
    })
    .finally(() => clearInterval(ticking));
  throwIfCancelled(options.signal);
  const answer = parseAnswer(result);
  // A check that finds something exits with 1 and an answer; everything else that fails has none.
  if (answer === undefined || (result.exitCode !== 0 && call !== 'check'))
    throw buildFailure(result, progress, order, options, `call: ${call}`);
  const place = (notes: readonly BuildNote[]): BuildNote[] => placeNotes(notes, order, options);
  if (call === 'check') return checkResult(answer, result.exitCode !== 0, place);
  const tables = call === 'outline' ? outlineTables(answer, order) : [targetTable(answer)];
  return { call, tables, notes: place(progress.notes()), failed: false };
}

/** What is asked is about the Dockerfile, and a builder with several nodes answers once for each. */
function onePlatform({ nodes }: ChosenBuilder, order: BuildOrder): BuildOrder {
  return nodes > 1 ? { ...order, platforms: order.platforms.slice(0, 1) } : order;
}

function refuseOld({ buildx }: ChosenBuilder): void {
  if (buildx === undefined || atLeast(buildx, 0, 15)) return;
  throw new UserError(`buildx ${buildx} is too old for the input "call": 0.15 or newer is needed`, {
    hint: 'Update the package docker-buildx-plugin, set "buildx-version", or run docker/setup-buildx-action before this step.',
  });
}

function parseAnswer({ exitCode, stdout }: CommandResult): Json | undefined {
  try {
    const value: unknown = JSON.parse(stdout);
    if (isObject(value)) return value;
  } catch (cause) {
    if (exitCode !== 0) return undefined;
    throw new ToolError('buildx ended well, but its answer to "call" is no JSON', { tool: 'docker buildx build', cause });
  }
  return undefined;
}

function checkResult(answer: Json, failed: boolean, place: (notes: readonly BuildNote[]) => BuildNote[]): CallResult {
  const file = text(list(answer['sources'])[0]?.['filename']);
  const notes = list(answer['warnings']).map(warning =>
    noteOf({
      message: text(warning['detail']) || text(warning['description']),
      rule: text(warning['ruleName']),
      url: text(warning['url']),
      file,
      ranges: rangesOf(warning),
    }),
  );
  const error = answer['buildError'];
  const [problem] = isObject(error) ? place([noteOf({ message: text(error['message']), file, ranges: rangesOf(error) })]) : [];
  return { call: 'check', tables: [], notes: place(notes), ...(problem && { problem }), failed };
}

function rangesOf(value: Json): unknown {
  return isObject(value['location']) ? value['location']['ranges'] : undefined;
}

/** Values of arguments that somebody gave are not shown: people do put tokens there. */
function outlineTables(outline: Json, order: BuildOrder): CallTable[] {
  const given = new Set(order.buildArgs.map(pair => pair.split('=')[0]));
  const args = list(outline['args']).map(arg => {
    const name = text(arg['name']);
    return [name, given.has(name) ? '(given)' : text(arg['value']), text(arg['description'])];
  });
  const required = (each: Json): string[] => [text(each['name']), each['required'] === true ? 'yes' : 'no'];
  const target = [text(outline['name']) || '(the last stage)', text(outline['description'])];
  const tables: CallTable[] = [
    { title: 'Target', columns: ['Target', 'Description'], rows: [target] },
    { title: 'Build arguments', columns: ['Build argument', 'Value', 'Description'], rows: args },
    { title: 'Secrets', columns: ['Secret', 'Required'], rows: list(outline['secrets']).map(required) },
    { title: 'SSH', columns: ['SSH', 'Required'], rows: list(outline['ssh']).map(required) },
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

function targetTable(answer: Json): CallTable {
  const rows = list(answer['targets']).map(target => [
    text(target['name']) || '(no name)',
    text(target['base']),
    target['default'] === true ? 'yes' : '',
    text(target['description']),
  ]);
  return { title: 'Targets', columns: ['Target', 'Base', 'Default', 'Description'], rows };
}

// Connects bake: the target that was asked for -> inputs filled in from it. A file of its own, because what starts programs is loaded only where one is started.

import type { Surroundings } from './connect.ts';
import type { Baked } from './plan/bake-inputs.ts';
import { bakeInputs } from './plan/bake-inputs.ts';
import { isOverridden } from './plan/bake-order.ts';
import { localPaths } from './plan/bake-paths.ts';
import { chooseTarget } from './plan/bake-target.ts';
import { exposedOverrides } from './plan/exposed-overrides.ts';
import { outsideOf } from './runner/bake-paths.ts';
import { givenSecrets } from './runner/given-secrets.ts';
import { bakeFilesOf, printBake } from './tools/bake.ts';
import type { BakeOptions, Printed, PrintMistake, Without } from './tools/bake.ts';
import { run } from './tools/command.ts';

/** What came of the target, or why there is none. */
export type Resolved = { readonly baked: Baked } | { readonly mistake: PrintMistake };

/** The files that bake would read, relative to the workspace. */
export function bakeFiles({ inputs, env, workspace }: Surroundings): readonly string[] {
  return bakeFilesOf({ files: inputs.bakeFiles, env, cwd: workspace });
}

/** Resolves the target of the input `bake`, which must be there. Nothing is built, and no builder or daemon is asked. */
export async function resolveBake(around: Surroundings): Promise<Resolved> {
  const { inputs, env, workspace, typed = () => '' } = around;
  const { bake = '', bakeSet, allow, bakeAllow } = inputs;
  const exposed = exposedOverrides(bakeSet, await givenSecrets(workspace, env, inputs), around.event);
  if (exposed !== undefined) return { mistake: { where: 'bake-set', what: exposed, wayOut: HIDE } };
  const printed = await print(around);
  if ('mistake' in printed) return printed;
  const target = chooseTarget(printed.definition, bake);
  if (typeof target === 'string') return { mistake: { where: 'bake', what: target, wayOut: ONE } };
  const guarded = !/^(?:0|f|false)$/i.test(env['BUILDX_BAKE_ENTITLEMENTS_FS'] ?? '');
  const named = localPaths(target, input => typed(input).trim() !== '');
  const paths = named.filter(({ attribute, path }) => guarded && !isOverridden({ set: bakeSet, target }, attribute, path));
  const baked = bakeInputs({
    target,
    files: bakeFiles(around),
    get: typed,
    allow: [...allow, ...bakeAllow],
    set: bakeSet,
    env,
    native: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    guarded,
    outside: await outsideOf(workspace, paths, bakeAllow),
  });
  return { baked: { ...baked, warnings: [...printed.warnings, ...baked.warnings] } };
}

const HIDE =
  'Give it as a build secret ("secrets"). A build argument that must be one takes its value from "env:" of the step: bake-set: target.args.NAME, without a value.';
const ONE = 'Each job of the matrix builds, scans and publishes one of them.';

/** A plan builds nothing: secrets and keys that are not there are no reason to have none. */
async function print({ inputs, env, workspace, directory, signal, log, typed }: Surroundings): Promise<Printed> {
  const { bake = '', bakeFiles: files, bakeSet: set, mode } = inputs;
  const onStart = (commandLine: string): void => log.debug(commandLine);
  const options: BakeOptions = { run, env, cwd: workspace, directory, target: bake, files, set, signal, onStart };
  const without: readonly Without[] = (typed?.('outputs') ?? '').trim() === '' ? [] : ['output'];
  const printed = await printBake(options, without);
  if (!('mistake' in printed) || mode !== 'plan' || !/failed to stat|ssh/i.test(printed.mistake.what)) return printed;
  const again = await printBake(options, [...without, 'secrets', 'ssh']);
  if ('mistake' in again) return printed;
  const warning = `the target is planned without its secrets and SSH keys (${printed.mistake.what})`;
  return { ...again, warnings: [...again.warnings, warning] };
}

// The paths and variables that a build reads -> what is there of them; no file is opened but those that tell whether a login of Git would be built in.

import { access, constants, lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isLocalFile } from '../plan/build-context.ts';
import type { WorkspaceFacts } from '../plan/build-context.ts';
import type { CheckoutFiles } from '../plan/checkout-login.ts';
import { isRemoteContext } from '../plan/git-address.ts';
import { needsAgent, sourcePaths, sshFiles } from '../plan/build-sources.ts';
import type { BuildSources, Place } from '../plan/build-sources.ts';
import type { Inputs } from '../plan/inputs.ts';

/** Looks at each path of the workspace, and which variables of `secret-envs` `env` lacks. What may not be looked at is left out: whoever reads it tells. */
export async function findBuildSources(
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
  inputs: Pick<Inputs, 'context' | 'file' | 'secretEnvs' | 'secretFiles' | 'ssh' | 'builder' | 'buildkitdConfig'>,
): Promise<BuildSources> {
  const looked = sourcePaths(inputs).map(async typed => [typed, await look(path.resolve(workspace, typed))] as const);
  const places = (await Promise.all(looked)).filter((one): one is readonly [string, Place] => one[1] !== undefined);
  const unset = inputs.secretEnvs.map(({ variable }) => variable).filter(variable => !Object.hasOwn(env, variable));
  const agent = needsAgent(inputs) ? await lookAtAgent(env['SSH_AUTH_SOCK'] ?? '') : undefined;
  const closed = await Promise.all(
    sshFiles(inputs).map(async typed => ((await mayRead(path.resolve(workspace, typed))) ? [] : [typed])),
  );
  const checkout = await checkoutFiles(workspace, inputs);
  return {
    places: new Map(places),
    unset,
    closed: closed.flat(),
    ...(agent !== undefined && { agent }),
    ...(checkout !== undefined && { checkout }),
  };
}

/** Undefined: the context is no directory here, or holds no `.git/config`. */
async function checkoutFiles(
  workspace: string,
  { context = '.', file }: Pick<Inputs, 'context' | 'file'>,
): Promise<CheckoutFiles | undefined> {
  if (context === '-' || isRemoteContext(context)) return undefined;
  const root = path.resolve(workspace, context);
  const config = await textOf(path.join(root, '.git', 'config'));
  if (config === undefined) return undefined;
  // buildx takes a Dockerfile relative to the workspace, and without one that of the context.
  const dockerfile = file === undefined ? path.join(root, 'Dockerfile') : path.resolve(workspace, file);
  const isHere = file === undefined || isLocalFile(file, context);
  const own = isHere ? await textOf(`${dockerfile}.dockerignore`) : undefined;
  return { config, ignore: own ?? (await textOf(path.join(root, '.dockerignore'))) };
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

async function lookAtAgent(socket: string): Promise<string | undefined> {
  if (socket === '') return 'is not set';
  return (await kindOf(socket)) === 'missing' ? `names ${socket}, which does not exist` : undefined;
}

/** False only for what is there and refuses. */
async function mayRead(file: string): Promise<boolean> {
  return access(file, constants.R_OK).then(
    () => true,
    (error: unknown) => (error as NodeJS.ErrnoException).code !== 'EACCES',
  );
}

/** What a context that was left out depends on. */
export async function lookAtWorkspace(workspace: string, file = 'Dockerfile'): Promise<WorkspaceFacts> {
  const checkout = lstat(path.join(workspace, '.git')).then(
    () => true,
    () => false,
  );
  // "-" is standard input, and what stands behind a scheme is elsewhere: neither is a file of that name.
  const isPath = file !== '-' && !/^https?:\/\//i.test(file);
  const dockerfile = isPath && (await look(path.resolve(workspace, file))) === 'other';
  return { checkout: await checkout, dockerfile };
}

/** True for a directory with something in it; false also where there is none. */
export async function holdsFiles(directory: string): Promise<boolean> {
  try {
    return (await readdir(directory)).length > 0;
  } catch {
    return false;
  }
}

/** BuildKit takes `dockerfile` where there is no `Dockerfile`. */
async function look(place: string): Promise<Place | undefined> {
  const found = await kindOf(place);
  const other = path.basename(place) === 'Dockerfile' ? path.join(path.dirname(place), 'dockerfile') : undefined;
  return found === 'missing' && other !== undefined ? kindOf(other) : found;
}

async function kindOf(place: string): Promise<Place | undefined> {
  try {
    return (await stat(place)).isDirectory() ? 'directory' : 'other';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return ['ENOENT', 'ENOTDIR'].includes(code) ? 'missing' : undefined;
  }
}

// The Docker engine of this machine: is it there, and does it take an image, the very one that was scanned?

import { archiveBytes } from '../bundle/archive.ts';
import type { Bundle, PlatformImage } from '../bundle/bundle.ts';
import { Cancelled, ToolError, UserError } from '../errors.ts';
import { platformName } from '../plan/platform.ts';
import { ending, tail } from './command.ts';
import type { CommandResult, Run } from './command.ts';

export interface EngineOptions {
  readonly run: Run;
  readonly env: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onStart?: (commandLine: string) => void;
}

const QUESTION = 60_000;
const LOADING = 15 * 60_000;
const WITHOUT =
  'Leave "load" (and outputs of type=image or type=docker without dest) out, or start Docker before this step. "export" writes an archive that needs no engine.';

/** Throws UserError when no engine answers. */
export async function askEngine(options: EngineOptions): Promise<void> {
  const result = await docker(options, ['version', '--format', '{{.Server.Version}}'], { timeout: QUESTION }).catch(
    (error: unknown) => {
      if (!(error instanceof ToolError)) throw error;
      throw new UserError(`load: ${error.message}`, { hint: WITHOUT, cause: error });
    },
  );
  throwIfCancelled(options);
  if (result.exitCode === 0 && /\d/.test(result.stdout)) return;
  throw new UserError(`load: there is no Docker engine to load into: ${lastWords(result)}`, { hint: WITHOUT });
}

export interface LoadOrder {
  readonly bundle: Bundle;
  readonly image: PlatformImage;
  readonly names: readonly string[];
}

/**
 * Streams the image into `docker load` and asks the engine for it under every name. An image that is alone in its bundle goes in with its index and
 * attestations, as it is published. Resolves to the id by which this engine knows it; throws ToolError when that is not the id of the scanned image.
 */
export async function loadImage(options: EngineOptions, { bundle, image, names }: LoadOrder): Promise<string> {
  const alone = bundle.images.length === 1 && bundle.referrers.length === 0;
  const input = archiveBytes({ bundle, names, classic: image, ...(!alone && { only: image }) }, options.signal);
  const what = `${platformName(image.platform)} (${image.manifest.digest})`;
  const loaded = await docker(options, ['image', 'load'], { timeout: LOADING, input });
  throwIfCancelled(options);
  if (loaded.exitCode !== 0) throw failed(`The image of ${what} could not be loaded: ${lastWords(loaded)}`, loaded);
  // The classic store calls an image by its config, the containerd store by what was loaded.
  const ids = [image.config.digest, alone ? bundle.root.digest : image.manifest.digest];
  const found = await Promise.all(names.map(name => idOf(options, name)));
  const wrong = found.findIndex(id => !ids.includes(id));
  if (wrong !== -1 || found[0] === undefined)
    throw new ToolError(
      `The engine knows ${names[wrong] ?? what} as ${found[wrong] ?? 'nothing'} after loading ${what}: expected was ${ids.join(' or ')}`,
      {
        tool: 'docker image load',
        hint: 'Does another step or job load an image of the same name into this engine at the same time?',
      },
    );
  return found[0];
}

async function idOf(options: EngineOptions, name: string): Promise<string> {
  const result = await docker(options, ['image', 'inspect', '--format', '{{.Id}}', name], { timeout: QUESTION });
  throwIfCancelled(options);
  if (result.exitCode !== 0) throw failed(`The engine does not know ${name} after it was loaded: ${lastWords(result)}`, result);
  return result.stdout.trim();
}

function docker(
  { run, env, signal, onStart }: EngineOptions,
  args: readonly string[],
  more: { readonly timeout: number; readonly input?: AsyncIterable<Uint8Array> },
): Promise<CommandResult> {
  return run('docker', args, { env, ...more, ...(signal && { signal }), ...(onStart && { onStart }) });
}

function failed(message: string, result: CommandResult): ToolError {
  const full = /no space left on device/i.test(result.stderr);
  return new ToolError(message, {
    tool: 'docker image load',
    tail: tail(result.stderr),
    ...(result.exitCode !== null && { exitCode: result.exitCode }),
    hint: full ? 'The disk of the engine is full: free space before this step (docker system prune).' : 'Nothing was published.',
  });
}

function throwIfCancelled({ signal }: EngineOptions): void {
  if (signal?.aborted === true) throw new Cancelled('The delivery was cancelled.');
}

function lastWords(result: CommandResult): string {
  return (tail(result.stderr, 1)[0] ?? ending(result, QUESTION)).replace(/^(ERROR|docker): /, '');
}

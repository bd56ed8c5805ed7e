// Machine: the file system and the engine of this machine, for what is handed over after the gate.

import { randomBytes } from 'node:crypto';
import { chmod, constants, copyFile, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { classicImage, describeLayout, writeArchive } from '../bundle/archive.ts';
import { blobPath } from '../bundle/blobs.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { parseIndex } from '../bundle/parse.ts';
import type { Descriptor } from '../bundle/oci.ts';
import type { Machine } from '../deliver/deliver.ts';
import { Cancelled, UserError } from '../errors.ts';
import type { DeliveryPlan, PlannedOutput } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { Run } from './command.ts';
import { askEngine, loadImage } from './engine.ts';
import { fileProblem, mergeTree, placeProblem, replaceFile } from './move-output.ts';

export interface MachineOptions {
  readonly run: Run;
  /** The environment of docker. */
  readonly env: Readonly<Record<string, string>>;
  /** Where relative paths start: the workspace. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
  readonly onStart?: (commandLine: string) => void;
  readonly onWarning?: (line: string) => void;
}

/** The real one. */
export function createMachine(options: MachineOptions): Machine {
  const { cwd, signal } = options;
  /** What the file system says becomes one line that names the input and the place. */
  const written = async <T>(input: string, dest: string, work: (path: string) => Promise<T>): Promise<T> => {
    try {
      return await work(resolve(cwd, dest));
    } catch (error) {
      if (signal?.aborted === true) throw new Cancelled('The delivery was cancelled.');
      const problem = fileProblem(error);
      if (problem === undefined) throw error;
      throw new UserError(`${input}: ${dest} could not be written: ${problem}`, {
        hint: 'Nothing was published. Name another place, or make room and rights before this step.',
        cause: error,
      });
    }
  };
  let engine = true;
  return {
    async prepare(delivery) {
      const asked = delivery.load === undefined ? undefined : askEngine(options);
      const forgiven = asked?.catch((error: unknown) => {
        if (delivery.loadsIfEngine !== true || !(error instanceof UserError)) throw error;
        engine = false;
        options.onWarning?.(`outputs: type=image is not followed: ${error.message.replace(/^load: /, '')}`);
      });
      await Promise.all([forgiven, checkPlaces(cwd, delivery)]);
    },
    moveOutput: (from, { type, dest }) =>
      written('outputs', dest, path => (type === 'local' ? mergeTree(from, path) : replaceFile(from, path))),
    writeImage: (bundle, output, names) =>
      written('outputs', output.dest, async path => {
        await mkdir(dirname(path), { recursive: true });
        if (isDirectory(output)) return writeLayout(bundle, path, names);
        const classic = output.type === 'docker' ? classicImage(bundle, isNative) : undefined;
        return writeArchive({ bundle, names, ...(classic && { classic }) }, path, signal);
      }),
    load: (bundle, image, names) => (engine ? loadImage(options, { bundle, image, names }) : Promise.resolve(undefined)),
    archive: (bundle, file, names) =>
      written('export', file, async path => {
        await mkdir(dirname(path), { recursive: true });
        const classic = classicImage(bundle, isNative);
        await writeArchive({ bundle, names, described: true, ...(classic && { classic }) }, path, signal);
        return path;
      }),
  };
}

/** What an engine on this machine runs without emulation. */
function isNative(platform: Platform): boolean {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return platformName(platform) === `linux/${architecture}`;
}

function isDirectory({ type, attributes }: PlannedOutput): boolean {
  return type === 'local' || (type === 'oci' && /^(?:0|f|false)$/i.test(attributes['tar'] ?? ''));
}

async function checkPlaces(cwd: string, { outputs, export: archive }: DeliveryPlan): Promise<void> {
  const places = [
    ...outputs.map(
      output => ({ input: 'outputs', dest: output.dest, wants: isDirectory(output) ? 'directory' : 'file' }) as const,
    ),
    ...(archive === undefined ? [] : [{ input: 'export', dest: archive, wants: 'file' } as const]),
  ];
  for (const { input, dest, wants } of places) {
    const problem = await placeProblem(resolve(cwd, dest), wants);
    if (problem !== undefined)
      throw new UserError(`${input}: ${dest} ${problem}`, { hint: 'Nothing was built. Paths are relative to the workspace.' });
  }
}

/** As buildx writes `type=oci,tar=false`: into what is there already, an image of the same name replaced. */
async function writeLayout(bundle: Bundle, directory: string, names: readonly string[]): Promise<void> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  const { entries, layoutFile } = describeLayout(bundle, names);
  const blobs = [...bundle.manifests, ...bundle.referrers.map(({ manifest }) => manifest), ...bundle.blobs];
  for (const { digest, size } of blobs) {
    const target = blobPath(directory, digest);
    const there = await lstat(target).catch(absent);
    if (there?.isFile() === true && there.size === size) continue;
    await inOneStep(target, draft =>
      copyFile(blobPath(bundle.directory, digest), draft, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL),
    );
  }
  const file = join(directory, 'index.json');
  const before = await readFile(file).catch(absent);
  const others =
    before === undefined ? [] : parseIndex(before, file).manifests.filter(old => !entries.some(one => isSame(one, old)));
  const index = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [...others, ...entries] };
  await inOneStep(join(directory, 'oci-layout'), draft => writeFile(draft, layoutFile, { flag: 'wx' }));
  await inOneStep(file, draft => writeFile(draft, JSON.stringify(index), { flag: 'wx' }));
}

/** Whoever reads the layout meanwhile sees the old file or the new one; a link gives way, and what it led to stays as it is. */
async function inOneStep(target: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    await write(draft);
    await chmod(draft, 0o644);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function absent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

const NAME = 'org.opencontainers.image.ref.name';

function isSame(one: Descriptor, old: Descriptor): boolean {
  const [name, before] = [one.annotations?.[NAME], old.annotations?.[NAME]];
  return name === undefined && before === undefined ? one.digest === old.digest : name === before;
}

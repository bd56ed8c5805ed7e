// A verified archive -> trivy.db and metadata.json where Trivy looks for them, readable for others.

import { chmod, lstat, mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '../errors.ts';
import { ending, tail } from './command.ts';
import type { Run } from './command.ts';

/** From metadata.json. */
export interface Unpacked {
  readonly version: number;
  readonly updatedAt: string;
}

/** Unpacks into `<cacheDirectory>/db` and removes the archive. Throws ToolError when it does not hold a database with its metadata. */
export async function unpackDatabase(archive: string, cacheDirectory: string, run: Run): Promise<Unpacked> {
  const directory = path.join(cacheDirectory, 'db');
  await mkdir(directory, { recursive: true });
  const args = ['-xzf', archive, '-C', directory, '--no-same-owner', 'trivy.db', 'metadata.json'];
  const result = await run('tar', args, { env: { PATH: '/usr/bin:/bin' }, timeout: 300_000 });
  await rm(archive, { force: true });
  if (result.exitCode !== 0)
    throw new ToolError(`the vulnerability database could not be unpacked (${ending(result)})`, {
      tool: 'tar',
      tail: tail(result.stderr),
    });
  // The scanner may run as another user, and must not be able to change what the next one reads.
  for (const name of [cacheDirectory, directory]) await chmod(name, 0o755);
  for (const name of ['trivy.db', 'metadata.json']) {
    const file = path.join(directory, name);
    if (!(await lstat(file)).isFile())
      throw new ToolError(`${name} of the vulnerability database is not a file`, { tool: 'trivy-db' });
    await chmod(file, 0o644);
  }
  return metadataOf(await readFile(path.join(directory, 'metadata.json'), 'utf8'));
}

/** Age and version decide about acceptance, so a metadata file without them is no metadata file. */
function metadataOf(text: string): Unpacked {
  const { Version, UpdatedAt } = parse(text);
  if (typeof Version === 'number' && typeof UpdatedAt === 'string' && !Number.isNaN(Date.parse(UpdatedAt)))
    return { version: Version, updatedAt: UpdatedAt };
  throw new ToolError('metadata.json of the vulnerability database does not say its version and when it was made', {
    tool: 'trivy-db',
  });
}

function parse(text: string): { readonly Version?: unknown; readonly UpdatedAt?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

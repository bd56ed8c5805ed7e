/** The vulnerability database: the committed one, given today's date, as a directory and as an artifact on the plain registry. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readDaemon, run, type Context, type Part } from '../part.ts';

const SOURCE = path.join(import.meta.dirname, '..', 'trivy-db');
const ARTIFACT_TYPE = 'application/vnd.aquasec.trivy.config.v1+json';
const LAYER_TYPE = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';
const STAMP_VALID_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface Stamp {
  readonly database: string;
  /** The very process it was pushed to: a registry that was started anew is empty. */
  readonly registry: string;
  readonly at: number;
}

/** The cache directory for Trivy, with the database in it. */
export const databaseDirectory = (context: Context): string => path.join(context.data, 'trivy');
const stampFile = (context: Context): string => path.join(databaseDirectory(context), 'stamp.json');

/** The database for the db-repository input; undefined when the registry does not run. */
export async function databaseRepository(context: Context): Promise<string | undefined> {
  const host = (await readDaemon(context, 'plain'))?.data['host'];
  return host === undefined ? undefined : `${host}/trivy-db:2`;
}

async function readStamp(context: Context): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(stampFile(context), 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
}

async function wanted(context: Context): Promise<Omit<Stamp, 'at'>> {
  const packed = await readFile(path.join(SOURCE, 'trivy.db.gz'));
  const registry = (await readDaemon(context, 'plain'))?.started ?? '';
  return { database: createHash('sha256').update(packed).digest('hex'), registry };
}

/** Trivy wants a database that is younger than its next update, so it is dated when it is brought. */
async function writeDatabase(context: Context, changed: boolean): Promise<void> {
  const directory = path.join(databaseDirectory(context), 'db');
  await mkdir(directory, { recursive: true });
  // An unchanged file stays untouched: a scan may be reading it.
  if (changed) await writeFile(path.join(directory, 'trivy.db'), gunzipSync(await readFile(path.join(SOURCE, 'trivy.db.gz'))));
  const template = JSON.parse(await readFile(path.join(SOURCE, 'metadata.json'), 'utf8')) as Record<string, unknown>;
  const now = Date.now();
  const dates = { UpdatedAt: now, NextUpdate: now + DAY_MS, DownloadedAt: now };
  const written = Object.entries(dates).map(([name, time]) => [name, new Date(time).toISOString()]);
  await writeFile(path.join(directory, 'metadata.json'), JSON.stringify({ ...template, ...Object.fromEntries(written) }));
}

async function push(context: Context, repository: string): Promise<void> {
  const directory = databaseDirectory(context);
  const archive = 'db.tar.gz'; // a relative name: it becomes the title that Trivy asks for
  await run('tar', ['-C', path.join(directory, 'db'), '-czf', path.join(directory, archive), 'trivy.db', 'metadata.json']);
  const args = ['push', '--plain-http', '--artifact-type', ARTIFACT_TYPE, repository, `${archive}:${LAYER_TYPE}`];
  await run(path.join(context.cache, 'tools', 'oras'), args, { cwd: directory });
  await rm(path.join(directory, archive));
}

export const trivyDb: Part = {
  name: 'trivy-db',
  about: 'a small real vulnerability database',
  needs: ['plain', 'tools'],
  set: 'demo',
  async present(context) {
    const [stamp, now] = [await readStamp(context), await wanted(context)];
    if (stamp === undefined || Date.now() - stamp.at > STAMP_VALID_MS) return false;
    return stamp.database === now.database && stamp.registry === now.registry;
  },
  async bring(context) {
    const repository = await databaseRepository(context);
    if (repository === undefined) throw new Error('the plain registry has gone: run "npm run testbed -- up" again');
    const [stamp, now] = [await readStamp(context), await wanted(context)];
    await writeDatabase(context, stamp?.database !== now.database);
    await push(context, repository);
    await writeFile(stampFile(context), JSON.stringify({ ...now, at: Date.now() } satisfies Stamp));
  },
  async status(context) {
    const [stamp, repository] = [await readStamp(context), await databaseRepository(context)];
    if (stamp === undefined || repository === undefined) return { state: 'absent' };
    const version = `schema 2, dated ${new Date(stamp.at).toISOString()}`;
    return { state: 'ready', version, address: repository, paths: [path.join(databaseDirectory(context), 'db')] };
  },
};

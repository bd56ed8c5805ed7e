/** Puts together what `readTestbed` will read, out of what the parts left behind. */
import { access, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownEngine } from './context.ts';
import { readDaemon, type Context, type DaemonRecord } from './part.ts';
import { runnablePlatforms } from './parts/emulation.ts';
import { dockerHost } from './parts/engine.ts';
import { readBridge } from './parts/network.ts';
import { databaseDirectory, databaseRepository } from './parts/trivy-db.ts';
import { testbedFile, type TestbedFile } from './testbed.ts';

const REGISTRIES = ['hub', 'plain', 'secure', 'htpasswd', 'referrers', 'distribution3'];
const TOOLS = ['docker', 'trivy', 'cosign', 'crane', 'oras'];
const EXTRAS: Readonly<Record<string, string>> = {
  actionlint: 'go/actionlint',
  buildctl: 'go/buildctl',
  buildkitd: 'go/buildkitd',
  zizmor: 'zizmor/zizmor',
};

async function ifThere(file: string): Promise<string | undefined> {
  return access(file).then(
    () => file,
    () => undefined,
  );
}

async function files(places: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const found = await Promise.all(Object.entries(places).map(async ([name, file]) => [name, await ifThere(file)] as const));
  return Object.fromEntries(found.flatMap(([name, file]) => (file === undefined ? [] : [[name, file] as const])));
}

/** The servers of ours that run now. */
export async function runningDaemons(context: Context): Promise<readonly DaemonRecord[]> {
  const names = await readdir(path.join(context.run, 'daemons')).catch((): string[] => []);
  const records = await Promise.all(names.sort().map(name => readDaemon(context, name)));
  return records.filter(record => record !== undefined);
}

async function description(context: Context): Promise<TestbedFile> {
  const { cache } = context;
  const daemons = await runningDaemons(context);
  const host = await dockerHost(context);
  const registries = daemons.filter(({ name }) => REGISTRIES.includes(name)).map(({ name, data }) => [name, data] as const);
  const repository = await databaseRepository(context);
  const directory = await ifThere(databaseDirectory(context));
  return {
    cache,
    run: context.run,
    engine: {
      dockerHost: host,
      dockerConfig: path.join(cache, 'docker-config'),
      bin: await ifThere(path.join(cache, 'cli')),
      bridge: (await readBridge(context))?.address ?? '',
      own: ownEngine,
    },
    tools: await files(
      Object.fromEntries(TOOLS.map(name => [name, path.join(cache, name === 'docker' ? 'cli' : 'tools', name)])),
    ),
    registries: Object.fromEntries(registries),
    trivyDb: { repository, directory },
    emulation: await runnablePlatforms(context),
    extras: await files(Object.fromEntries(Object.entries(EXTRAS).map(([name, file]) => [name, path.join(cache, file)]))),
    processes: Object.fromEntries(daemons.map(({ name, pid }) => [name, pid])),
  };
}

/** Writes the file tests read, in one step, and only when it says something new. */
export async function describeTestbed(context: Context): Promise<void> {
  const file = testbedFile(context.run);
  const text = `${JSON.stringify(await description(context), null, 2)}\n`;
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  await mkdir(context.run, { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

// BuildKit of the testbed (`up --all`) in the shapes that tests need: nodes of a remote builder, an image for docker-container builders, a classic engine.

import { spawn } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { run } from '../../src/tools/command.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';
import { stepEnvironment, testbed } from './buildx-testbed.ts';

const ENGINE = join(testbed.cache, 'engine');
const PATH = `${ENGINE}:/usr/sbin:/usr/bin:/sbin:/bin`;
const ended: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of ended.reverse()) await end();
}, 30_000);

/** Fails, never skips: the parts that only `up --all` brings. */
export function part(name: 'buildkitd' | 'buildctl'): string {
  const file = testbed.extras[name];
  if (file === undefined) throw new Error(`The testbed has no ${name}. Run "npm run testbed -- up --all" and try again.`);
  return file;
}

/** What every builder of the testbed must know of the hub. */
export async function hubSettings(): Promise<string> {
  return readFile(join(testbed.engine.dockerConfig, 'buildx', 'buildkitd.default.toml'), 'utf8');
}

export interface RunningNode {
  readonly address: string;
  /** SIGSTOP, SIGCONT, SIGKILL. */
  readonly signal: (name: NodeJS.Signals) => void;
}

/** Starts a buildkitd for these platforms and resolves to its address. */
export async function startNode(platforms: readonly string[]): Promise<string> {
  return (await startRunningNode(platforms)).address;
}

/** The same, with a hold on its process. */
export async function startRunningNode(platforms: readonly string[]): Promise<RunningNode> {
  const directory = await daemonDirectory();
  const address = `unix://${directory}/s`;
  const config = join(directory, 'buildkitd.toml');
  const worker = `[worker.oci]\n  platforms = ${JSON.stringify(platforms)}\n  networkMode = "host"\n[worker.containerd]\n  enabled = false\n`;
  await writeFile(config, `root = "${directory}/root"\n[grpc]\n  address = ["${address}"]\n${worker}${await hubSettings()}`);
  const signal = await start(part('buildkitd'), ['--config', config], directory);
  await answers(
    ['buildx', 'ls'],
    async () => (await run(part('buildctl'), ['--addr', address, 'debug', 'workers'], { env: { PATH } })).exitCode === 0,
  );
  return { address, signal };
}

/** Starts an engine with the classic image store beside the testbed's own; undefined where the testbed runs none of its own. */
export function startClassicEngine(): Promise<string | undefined> {
  return startEngine(false);
}

/** The same with either store: an engine that nobody else has used. */
export async function startEngine(containerd: boolean): Promise<string | undefined> {
  if (!testbed.engine.own) return undefined;
  const settings = JSON.parse(await readFile(join(testbed.run, 'daemons', 'engine', 'daemon-config.json'), 'utf8')) as object;
  const directory = await daemonDirectory();
  const host = `unix://${directory}/docker.sock`;
  const config = join(directory, 'daemon.json');
  const own = {
    'data-root': join(directory, 'data'),
    'exec-root': join(directory, 'exec'),
    pidfile: join(directory, 'docker.pid'),
    hosts: [host],
    features: { 'containerd-snapshotter': containerd },
  };
  await writeFile(config, JSON.stringify({ ...settings, ...own }));
  ended.push(async () => {
    await run('umount', [join(directory, 'exec', 'netns', 'default')], { env: { PATH } });
  });
  await start(join(ENGINE, 'dockerd'), ['--config-file', config], directory);
  const env = { ...stepEnvironment(), DOCKER_HOST: host };
  await answers(['dockerd'], async () => (await run(testbed.tools.docker, ['info'], { env })).exitCode === 0);
  return host;
}

/** Makes an image with buildkitd in the engine at `host`, under a name of this test's own, and resolves to the name. */
export async function makeBuilderImage(host: string, name: string): Promise<string> {
  const root = join(await temporaryDirectory(), 'root');
  for (const made of ['usr/bin', 'lib', 'lib64', 'tmp', 'etc']) await mkdir(join(root, made), { recursive: true });
  for (const program of [part('buildkitd'), part('buildctl'), join(ENGINE, 'runc')])
    await copyFile(program, join(root, 'usr/bin', basename(program)));
  const libraries = await run('ldd', [join(ENGINE, 'runc')], { env: { PATH } });
  for (const [, file] of libraries.stdout.matchAll(/(?:=> )?(\/\S+) \(/g)) {
    if (file !== undefined)
      await cp(file, join(root, file.startsWith('/lib64/') ? file : join('lib', basename(file))), { dereference: true });
  }
  await writeFile(join(root, 'etc', 'passwd'), 'root:x:0:0::/root:/bin/sh\n');
  await writeFile(
    join(root, '..', 'Dockerfile'),
    'FROM scratch\nCOPY root/ /\nENV LD_LIBRARY_PATH=/lib\nVOLUME /var/lib/buildkit\nENTRYPOINT ["/usr/bin/buildkitd"]\n',
  );
  const env = { ...stepEnvironment(), DOCKER_HOST: host };
  const built = await run(
    testbed.tools.docker,
    ['buildx', 'build', '--builder', 'default', '--load', '--provenance=false', '--tag', name, join(root, '..')],
    { env },
  );
  if (built.exitCode !== 0) throw new Error(`the builder image could not be made: ${built.stderr}`);
  return name;
}

/** Removed after the daemon in it has ended; not on a file system in memory, where overlay mounts may not work. */
async function daemonDirectory(): Promise<string> {
  const directory = await mkdtemp('/var/tmp/seaworthy-test-');
  ended.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function start(command: string, args: readonly string[], directory: string): Promise<RunningNode['signal']> {
  const child = spawn(command, args, { cwd: directory, env: { PATH, HOME: directory }, stdio: 'ignore' });
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  ended.push(async () => {
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    await gone;
  });
  return name => void child.kill(name);
}

async function answers(what: readonly string[], question: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await question()) return;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error(`${what.join(' ')}: no answer within 20 s`);
}

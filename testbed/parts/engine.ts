/**
 * The Docker engine. Where we may (root on Linux) it is always one of our own, with its own store, socket and bridge and no
 * firewall rule, so that a user's engine, its images and its settings stay as they are.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { ownEngine } from '../context.ts';
import {
  attempt,
  daemonDirectory,
  readDaemon,
  run,
  startDaemon,
  stopDaemon,
  waitUntil,
  type Context,
  type Part,
} from '../part.ts';
import { shortVersion } from '../tools.ts';
import { readBridge } from './network.ts';

const NAME = 'engine';
const existingFile = (context: Context): string => path.join(context.run, 'engine.json');

/** Whether an engine answers on the socket. */
function ping(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const request = http.get({ socketPath, path: '/_ping', timeout: 5_000, agent: false }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** Address of the engine of this testbed, undefined when there is none. */
export async function dockerHost(context: Context): Promise<string | undefined> {
  if (ownEngine) return (await readDaemon(context, NAME))?.data['dockerHost'];
  try {
    return (JSON.parse(await readFile(existingFile(context), 'utf8')) as { dockerHost: string }).dockerHost;
  } catch {
    return undefined;
  }
}

/** Settings for docker and buildx that never touch ~/.docker. */
export function dockerEnvironment(context: Context, host: string): Record<string, string> {
  return { DOCKER_HOST: host, DOCKER_CONFIG: path.join(context.cache, 'docker-config') };
}

/** Tells every builder that buildx will make where our Docker Hub is. */
async function writeBuilderDefaults(context: Context, hub: string): Promise<void> {
  const directory = path.join(context.cache, 'docker-config', 'buildx');
  await mkdir(directory, { recursive: true });
  const mirror = `[registry."docker.io"]\n  mirrors = ["${hub}"]\n[registry."${hub}"]\n  http = true\n`;
  await writeFile(path.join(directory, 'buildkitd.default.toml'), mirror);
}

async function bringOwn(context: Context): Promise<void> {
  const hub = (await readDaemon(context, 'hub'))?.data['host'] ?? '';
  const bridge = await readBridge(context);
  if (bridge === undefined || hub === '') throw new Error('the bridge or the hub has gone: run "npm run testbed -- up" again');
  const running = await readDaemon(context, NAME);
  if (running !== undefined) await stopDaemon(context, NAME); // it was started for another hub
  const directory = await daemonDirectory(context, NAME);
  const socket = path.join(directory, 'docker.sock');
  const settings = {
    'data-root': path.join(context.data, 'engine'),
    'exec-root': path.join(directory, 'exec'),
    pidfile: path.join(directory, 'docker.pid'),
    hosts: [`unix://${socket}`],
    features: { 'containerd-snapshotter': true },
    'registry-mirrors': [`http://${hub}`],
    'insecure-registries': [hub, '127.0.0.0/8'],
    bridge: bridge.device,
    iptables: false,
    ip6tables: false,
    group: 'root',
    'log-level': 'warn',
    'shutdown-timeout': 5,
  };
  const config = path.join(directory, 'daemon-config.json');
  await mkdir(settings['data-root'], { recursive: true });
  await writeFile(config, JSON.stringify(settings, null, 2));
  await writeBuilderDefaults(context, hub);
  const bin = path.join(context.cache, 'engine');
  await startDaemon(context, {
    name: NAME,
    command: path.join(bin, 'dockerd'),
    args: ['--config-file', config],
    env: { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: directory },
    data: { dockerHost: `unix://${socket}`, hub, socket },
    ready: () => ping(socket),
    readyWithinMs: 30_000,
  });
}

async function findExisting(context: Context): Promise<void> {
  const docker = path.join(context.cache, 'cli', 'docker');
  const named = process.env['DOCKER_HOST'];
  const host = named ?? (await run(docker, ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'])).trim();
  const answer = await attempt(docker, ['version', '--format', '{{.Server.Version}}'], {
    env: { DOCKER_HOST: host },
    timeoutMs: 20_000,
  });
  if (answer.status !== 0)
    throw new Error(
      `no Docker engine answers at ${host}: start one or set DOCKER_HOST (as root on Linux the testbed runs its own)`,
    );
  await mkdir(context.run, { recursive: true });
  await writeFile(existingFile(context), JSON.stringify({ dockerHost: host, version: answer.stdout.trim() }));
}

/** containerd outlives a dockerd that was killed; it is ours when its command line names our directory. */
async function stopLeftContainerd(directory: string): Promise<void> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes(`${directory}/`) || !/containerd/.test(command.split('\0')[0] ?? '')) continue;
    process.kill(Number(entry), 'SIGTERM');
    await waitUntil(async () => (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')) === '', 5_000);
  }
}

/** Unmounts the directories (dockerd mounts its own upon itself) and everything below, innermost first. */
async function unmountBelow(directories: readonly string[]): Promise<void> {
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const points = table.split('\n').map(line => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '));
  const ours = points.filter(point => directories.some(directory => point === directory || point.startsWith(`${directory}/`)));
  for (const point of ours.reverse()) await attempt('umount', [point]);
}

export const engine: Part = {
  name: NAME,
  about: ownEngine ? 'a Docker engine of our own' : 'the Docker engine that is there',
  needs: ownEngine ? ['engine-programs', 'docker-cli', 'network', 'hub'] : ['docker-cli'],
  set: 'demo',
  async present(context) {
    if (!ownEngine) return (await dockerHost(context)) !== undefined;
    const [record, hub] = [await readDaemon(context, NAME), await readDaemon(context, 'hub')];
    return record !== undefined && record.data['hub'] === hub?.data['host'] && (await ping(record.data['socket'] ?? ''));
  },
  bring: context => (ownEngine ? bringOwn(context) : findExisting(context)),
  async status(context) {
    const host = await dockerHost(context);
    if (host === undefined) return { state: 'absent' };
    const docker = path.join(context.cache, 'cli', 'docker');
    const said = await attempt(docker, ['version', '--format', '{{.Server.Version}}'], { env: dockerEnvironment(context, host) });
    return {
      state: 'running',
      version: `Docker ${shortVersion(said.stdout.trim())}`,
      address: host,
      paths: [path.join(context.data, 'engine')],
    };
  },
  async stop(context) {
    if (ownEngine) {
      await stopDaemon(context, NAME, 30_000); // containers may take their ten seconds
      const directory = await daemonDirectory(context, NAME);
      await stopLeftContainerd(directory);
      await unmountBelow([directory, path.join(context.data, 'engine')]);
    }
    await rm(existingFile(context), { force: true });
  },
};

/** The registries that have to be compiled: distribution 3, and one that knows the referrers API. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildHere, goDirectory } from '../go.ts';
import { daemonDirectory, daemonLog, portFor, readDaemon, startDaemon, type Part } from '../part.ts';
import { answers, registryConfig } from './registries.ts';

export const distribution3: Part = {
  name: 'distribution3',
  about: 'registry, current major version',
  needs: ['distribution3-program'],
  set: 'all',
  present: async context => (await readDaemon(context, 'distribution3')) !== undefined,
  async bring(context) {
    const directory = await daemonDirectory(context, 'distribution3');
    const host = `127.0.0.1:${await portFor(context, 'distribution3')}`;
    const storage = path.join(context.data, 'registries', 'distribution3');
    await mkdir(storage, { recursive: true });
    const config = path.join(directory, 'config.json');
    await writeFile(config, registryConfig(host, storage, undefined, undefined));
    const log = path.join(directory, 'access.log');
    await startDaemon(context, {
      name: 'distribution3',
      command: path.join(goDirectory(context.cache), 'registry'),
      args: ['serve', config],
      env: { OTEL_TRACES_EXPORTER: 'none' }, // it would send traces to port 4318 otherwise
      stdout: log,
      data: { host, log },
      ready: () => answers(host),
    });
  },
  async status(context) {
    const record = await readDaemon(context, 'distribution3');
    if (record === undefined) return { state: 'absent' };
    const paths = [path.join(context.data, 'registries', 'distribution3')];
    return { state: 'running', version: 'distribution 3', address: record.data['host'] ?? '', paths };
  },
};

export const referrers: Part = {
  name: 'referrers',
  about: 'registry with the referrers API',
  needs: ['go'],
  set: 'all',
  present: async context => (await readDaemon(context, 'referrers')) !== undefined,
  async bring(context) {
    const program = path.join(goDirectory(context.cache), 'registry-referrers');
    const built = await access(program).then(
      () => true,
      () => false,
    );
    if (!built) await buildHere(context.cache, path.join(import.meta.dirname, 'referrers'), program);
    const host = `127.0.0.1:${await portFor(context, 'referrers')}`;
    const blobs = path.join(context.data, 'registries', 'referrers');
    await mkdir(blobs, { recursive: true });
    await startDaemon(context, {
      name: 'referrers',
      command: program,
      args: [host, blobs],
      data: { host, log: daemonLog(context, 'referrers') },
      ready: () => answers(host),
    });
  },
  async status(context) {
    const record = await readDaemon(context, 'referrers');
    if (record === undefined) return { state: 'absent' };
    const paths = [path.join(goDirectory(context.cache), 'registry-referrers')];
    return { state: 'running', version: 'go-containerregistry', address: record.data['host'] ?? '', paths };
  },
};

// A BuildKit daemon of a test's own behind the remote driver, so that a cache that hangs harms nobody else, and what the tests of caches ask of it.

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';
import type { BuildOrder, Built } from '../../src/build/build.ts';
import type { CachePlan } from '../../src/plan/plan.ts';
import { run } from '../../src/tools/command.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64 } from '../fakes/layouts.ts';
import { startNode } from './buildkit-parts.ts';
import { ownDockerConfig, realBuilder, stepEnvironment } from './buildx-testbed.ts';
import type { RealBuilder, RealOptions } from './buildx-testbed.ts';

export const fresh = (): string => randomBytes(6).toString('hex');

export interface Harbour {
  readonly env: Readonly<Record<string, string>>;
  readonly docker: (...args: string[]) => Promise<string>;
  /** Another run on the same daemon. */
  readonly builder: (options: RealOptions) => Promise<RealBuilder>;
  /** Empties the daemon's own cache. */
  readonly prune: () => Promise<void>;
}

/** Starts a daemon a list of platforms; the builder is called `harbour`. */
export async function openHarbour(...platforms: (readonly string[])[]): Promise<Harbour> {
  const nodes = platforms.length === 0 ? [['linux/amd64']] : platforms;
  const env = stepEnvironment(await ownDockerConfig());
  const docker = async (...args: string[]): Promise<string> => {
    const result = await run('docker', args, { env });
    if (result.exitCode !== 0) throw new Error(result.stderr);
    return result.stdout;
  };
  for (const [at, list] of nodes.entries()) {
    const address = await startNode(list);
    const where = ['--node', `node${at}`, '--platform', list.join(','), '--driver', 'remote', address];
    await docker('buildx', 'create', '--name', 'harbour', ...(at === 0 ? [] : ['--append']), ...where);
  }
  return {
    env,
    docker,
    builder: options => realBuilder({ ...options, env: { ...env, ...options.env } }),
    prune: async () => {
      await docker('buildx', 'prune', '--builder', 'harbour', '--all', '--force');
    },
  };
}

/** An order for the harbour. */
export function orderWith(caches: CachePlan, over: Partial<BuildOrder> = {}): BuildOrder {
  return anOrder({ builder: 'harbour', platforms: [AMD64], sourceDateEpoch: 1_700_000_000, caches, ...over });
}

/** Names of the steps that were executed. */
export function executed({ facts }: Built): readonly string[] {
  return facts.steps.filter(({ name, cached }) => /\] (RUN|COPY)/.test(name) && !cached).map(({ name }) => name);
}

/** Takes every connection and says nothing, until the last test is over. */
export async function silentServer(): Promise<string> {
  const sockets = new Set<{ destroy: () => unknown }>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  afterAllSilent.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const afterAllSilent: (() => void)[] = [];
afterAll(() => {
  for (const end of afterAllSilent) end();
});

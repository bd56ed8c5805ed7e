// A build that is cancelled in the middle of a long RUN: within the runner's 7.5 seconds nothing of it runs and nothing of it lies about.

import { readdirSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { BuildOrder } from '../../src/build/build.ts';
import { Cancelled } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { run } from '../../src/tools/command.ts';
import { writeFile } from 'node:fs/promises';
import { anOrder } from '../build/orders.ts';
import { AMD64, temporaryDirectory } from '../fakes/layouts.ts';
import { hubSettings, makeBuilderImage } from './buildkit-parts.ts';
import { ownDockerConfig, stepEnvironment, testbed } from './buildx-testbed.ts';

/** What the runner gives between the signal and the end. Milliseconds. */
const RUNNER_WAITS = 7_500;
/** Nobody else sleeps that long. */
const seconds = 100_000 + Math.floor(Math.random() * 800_000);

/** Process ids whose command line holds the word; ours is not among them. */
function running(word: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

async function until(what: () => boolean, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 50)))
    if (what()) return true;
  return what();
}

async function containers(env: Readonly<Record<string, string>>): Promise<string[]> {
  const { stdout } = await run('docker', ['ps', '--all', '--format', '{{.Names}}'], { env });
  return stdout.split('\n').filter(name => name.startsWith('buildx_buildkit_seaworthy-'));
}

async function ownBuilder(): Promise<Partial<BuildOrder>> {
  const image = await makeBuilderImage(testbed.engine.dockerHost, `seaworthy-test/buildkit:cancel-${seconds}`);
  return { setup: { image, driverOpts: ['network=host'], configInline: await hubSettings(), keep: false } };
}

test.each([
  ['docker', () => Promise.resolve({ builder: 'default' })],
  ['docker-container', ownBuilder],
])('with the %s driver', async (driver, wish: () => Promise<Partial<BuildOrder>>) => {
  const stop = new AbortController();
  const env = stepEnvironment(await ownDockerConfig());
  const directory = await temporaryDirectory();
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'Dockerfile'), `FROM busybox\nRUN --mount=type=secret,id=s true\nRUN sleep ${seconds}\n`);
  const order = anOrder({ ...(await wish()), platforms: [AMD64], secrets: [{ id: 's', from: 'input' }] });
  const before = await containers(env);
  const made: string[] = [];
  const builder = createBuilder({
    ...{ run, env, directory, cwd },
    signal: stop.signal,
    secrets: new Map([['s', 'a value of a secret']]),
    onLine: line => made.push(...(/^builder (seaworthy-\w+) /.exec(line)?.slice(1) ?? [])),
  });
  const building = builder.build(order).catch((reason: unknown) => reason);
  expect(await until(() => running(`sleep ${seconds}`.replace(' ', '\0')).length > 0, 60_000)).toBe(true);
  expect((await readdir(directory)).some(name => name.startsWith('secrets-'))).toBe(true);

  const asked = Date.now();
  stop.abort();
  expect(await building).toBeInstanceOf(Cancelled);
  await builder.close();
  const over = await until(() => running(String(seconds)).length === 0, RUNNER_WAITS);
  const took = Date.now() - asked;
  expect([over, running(String(seconds))]).toEqual([true, []]);
  expect(took).toBeLessThan(RUNNER_WAITS);
  expect(running(cwd)).toEqual([]);
  expect((await readdir(directory)).filter(name => name.startsWith('secrets-'))).toEqual([]);
  // Only those of this test: others build on the same engine.
  expect((await containers(env)).filter(name => made.some(one => name.includes(one)) && !before.includes(name))).toEqual([]);
  expect(made.length).toBe(driver === 'docker' ? 0 : 1);
});

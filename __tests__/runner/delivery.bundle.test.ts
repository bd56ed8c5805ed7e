// load, outputs and export on the action as a process: what later steps of the job find, and that a blocked image is found nowhere.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pullRequest } from '../../testbed/runner/events.ts';
import { berth, openHarbour, REPOSITORY, type Harbour } from '../promises/harbour.ts';
import { isWrite } from '../promises/recording-proxy.ts';

let harbour: Harbour;
beforeAll(async () => {
  harbour = await openHarbour();
});
const loaded: string[] = [];
afterAll(async () => {
  for (const name of loaded) docker('image', 'rm', '--force', name);
  await harbour.close();
});

const native = process.arch === 'x64' ? 'amd64' : 'arm64';
const HANDED_OVER = {
  load: 'true',
  outputs: 'type=local,dest=out/files\ntype=oci,dest=out/image.tar',
  export: 'out/bundle.tar',
};

function docker(...args: string[]): string {
  const { engine, tools } = harbour.testbed;
  const env = { PATH: '/usr/bin:/bin', HOME: '/nowhere', DOCKER_HOST: engine.dockerHost, DOCKER_CONFIG: engine.dockerConfig };
  return execFileSync(tools.docker, args, { env, encoding: 'utf8' }).trim();
}

test('a run that publishes: outputs beside the checkout, the loaded image has the scanned digest, and an adopted run gives the same', async () => {
  const { image, checkout, run } = berth(harbour, 'seaworthy');
  const result = await run({ inputs: HANDED_OVER });
  expect([result.exitCode, result.log.match(/::error.*/)?.[0]]).toEqual([0, undefined]);
  const { outputs } = result;
  const digests = JSON.parse(outputs['digests'] ?? '{}') as Record<string, string>;
  expect(outputs['imageid']).toBe(digests[`linux/${native}`]);
  loaded.push(`${image}:latest`);
  expect(docker('image', 'inspect', '--format', '{{.Id}}', `${image}:latest`)).toBe(outputs['imageid']);
  expect(
    docker('run', '--rm', '--network', 'none', '--entrypoint', '/bin/sh', outputs['imageid'] ?? '', '-c', 'echo hello'),
  ).toBe('hello');
  const out = path.join(checkout.directory, 'out');
  expect(readdirSync(out).sort()).toEqual(['bundle.tar', 'files', 'image.tar']);
  expect(readdirSync(path.join(out, 'files')).sort()).toEqual(['linux_amd64', 'linux_arm64']);
  expect(readFileSync(path.join(out, 'bundle.tar'), 'latin1')).toContain(outputs['digest']?.slice(7));
  // Nothing private stays behind.
  const directory = path.dirname(outputs['report'] ?? '');
  expect(readdirSync(directory).filter(name => name.startsWith('outputs-'))).toEqual([]);

  const again = await run({ inputs: { ...HANDED_OVER, outputs: 'type=local,dest=again' } });
  expect([again.exitCode, again.requests.filter(isWrite)]).toEqual([0, []]);
  expect(again.log).toMatch(/already|adopt/i);
  expect(again.outputs['digest']).toBe(outputs['digest']);
  expect(again.outputs['imageid']).toBe(outputs['imageid']);
  expect(readdirSync(path.join(checkout.directory, 'again')).sort()).toEqual(['linux_amd64', 'linux_arm64']);
});

test('a pull request that is blocked: nothing is loaded, nothing written, nothing left behind', async () => {
  const { image, checkout, run } = berth(harbour, 'unseaworthy');
  const result = await run({ event: sha => pullRequest({ repository: REPOSITORY, sha }), inputs: HANDED_OVER });
  expect([result.exitCode, result.outputs['verdict']]).toEqual([1, 'blocked']);
  expect(existsSync(path.join(checkout.directory, 'out'))).toBe(false);
  expect(docker('image', 'ls', '--quiet', image)).toBe('');
  const directory = path.dirname(result.outputs['report'] ?? '');
  expect(readdirSync(directory).filter(name => name.startsWith('outputs-'))).toEqual([]);
});

test('a place that cannot be written is told before anything is built', async () => {
  const { run } = berth(harbour, 'seaworthy', { 'a-file': '' });
  const result = await run({ inputs: { outputs: 'type=local,dest=a-file' } });
  expect(result.exitCode).toBe(1);
  expect(result.log).toContain('outputs: a-file is a file; name a directory');
  expect(result.log).not.toMatch(/::group::build/);
  expect(result.requests.filter(isWrite)).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findBuildSources, holdsFiles, lookAtWorkspace } from '../../src/runner/build-sources.ts';
import { inputsOf } from '../plan/plan-builders.ts';

function workspace(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'sources-'));
  mkdirSync(path.join(directory, 'app'));
  writeFileSync(path.join(directory, 'app', 'dockerfile'), 'FROM scratch\n');
  // Nobody needs to read it to know that it is there.
  writeFileSync(path.join(directory, 'secret'), 'canary', { mode: 0o000 });
  return directory;
}

test('each path is looked at from the workspace, and no file is read', async () => {
  const inputs = inputsOf({
    context: 'app',
    file: 'app/Dockerfile',
    'secret-files': 'a=secret\nb=app\nc=no/such\nd=secret/below',
  });
  const { places } = await findBuildSources(workspace(), {}, inputs);
  expect(Object.fromEntries(places)).toEqual({
    app: 'directory',
    'app/Dockerfile': 'other',
    secret: 'other',
    'no/such': 'missing',
    'secret/below': 'missing',
  });
});

test('an absolute path, one that cannot be a path, and a Dockerfile of another name', async () => {
  const directory = workspace();
  const inputs = { ...inputsOf({ context: path.join(directory, 'app'), file: 'app/Containerfile' }) };
  const found = await findBuildSources('/', {}, { ...inputs, secretFiles: [{ id: 'odd', file: 'a\0b' }] });
  expect([...found.places.values()]).toEqual(['directory', 'missing']);
});

test('a variable that is not set is told from one that is empty, and from what every object has', async () => {
  const inputs = inputsOf({ 'secret-envs': 'a=SET\nb=EMPTY\nc=UNSET\nd=constructor' });
  const { unset } = await findBuildSources(workspace(), { SET: 'x', EMPTY: '' }, inputs);
  expect(unset).toEqual(['UNSET', 'constructor']);
});

test('keys of ssh are looked at, and the agent only when it is needed', async () => {
  const directory = workspace();
  const socket = path.join(directory, 'none.sock');
  const look = async (ssh: string, env = {}): Promise<unknown> =>
    (await findBuildSources(directory, env, inputsOf({ ssh }))).agent;
  const { places } = await findBuildSources(directory, {}, inputsOf({ ssh: 'id=app/dockerfile\nother=no/key' }));
  expect([places.get('app/dockerfile'), places.get('no/key')]).toEqual(['other', 'missing']);
  expect(await look('id=app/dockerfile')).toBeUndefined();
  expect(await look('default')).toBe('is not set');
  expect(await look('other', { SSH_AUTH_SOCK: '' })).toBe('is not set');
  expect(await look('default', { SSH_AUTH_SOCK: socket })).toBe(`names ${socket}, which does not exist`);
  writeFileSync(socket, '');
  expect(await look('default', { SSH_AUTH_SOCK: socket })).toBeUndefined();
});

test('a workspace is a checkout, or holds the Dockerfile, or neither', async () => {
  const directory = workspace();
  const found = async (file?: string): Promise<string> => {
    const { checkout, dockerfile } = await lookAtWorkspace(directory, file);
    return `${checkout ? 'checkout' : ''} ${dockerfile ? 'dockerfile' : ''}`.trim();
  };
  expect(
    await Promise.all([found(), found('app/Dockerfile'), found('app'), found('-'), found('https://x.org/Dockerfile')]),
  ).toEqual(['', 'dockerfile', '', '', '']);
  writeFileSync(path.join(directory, '.git'), 'gitdir: elsewhere\n');
  writeFileSync(path.join(directory, 'Dockerfile'), '');
  expect(await found()).toBe('checkout dockerfile');
  expect(await lookAtWorkspace(path.join(directory, 'none'))).toEqual({ checkout: false, dockerfile: false });
});

test('an empty workspace, or none, is no checkout in which something could be missing', async () => {
  const empty = mkdtempSync(path.join(os.tmpdir(), 'sources-'));
  expect(await Promise.all([workspace(), empty, path.join(empty, 'none')].map(holdsFiles))).toEqual([true, false, false]);
});

test('the configuration of Git in the context, beside what leaves files out of it', async () => {
  const directory = workspace();
  const look = async (typed: Record<string, string> = {}) => (await findBuildSources(directory, {}, inputsOf(typed))).checkout;
  expect(await look()).toBeUndefined();
  mkdirSync(path.join(directory, '.git'));
  writeFileSync(path.join(directory, '.git', 'config'), '[core]');
  expect(await look()).toEqual({ config: '[core]', ignore: undefined });
  writeFileSync(path.join(directory, '.dockerignore'), 'a');
  expect((await look())?.ignore).toBe('a');
  writeFileSync(path.join(directory, 'app', 'dockerfile.dockerignore'), 'b');
  expect((await look({ file: 'app/dockerfile' }))?.ignore).toBe('b');
  expect((await look({ file: 'https://x.org/Dockerfile' }))?.ignore).toBe('a');
  for (const context of ['app', '-', '{{defaultContext}}', 'https://x.org/a.git'])
    expect(await look({ context })).toBeUndefined();
});

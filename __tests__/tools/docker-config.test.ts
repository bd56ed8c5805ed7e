// The docker config directory that tools get: exactly the logins they need, readable by nobody else, gone at the end.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeDockerConfig } from '../../src/tools/docker-config.ts';
import type { Run } from '../../src/tools/command.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'docker-config-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A credential helper that counts. */
function helper(secrets: readonly string[]): { readonly run: Run; readonly asked: string[] } {
  const asked: string[] = [];
  const run: Run = (command, _args, options) => {
    asked.push(`${command} ${typeof options.input === 'string' ? options.input : ''}`);
    const Secret = secrets[asked.length - 1] ?? 'none';
    return Promise.resolve({
      exitCode: 0,
      signal: null,
      timedOut: false,
      stdout: JSON.stringify({ Username: 'AWS', Secret }),
      stderr: '',
      seconds: 0,
    });
  };
  return { run, asked };
}

function userConfig(value: unknown): { readonly DOCKER_CONFIG: string } {
  const own = path.join(directory, 'user');
  mkdirSync(own);
  writeFileSync(path.join(own, 'config.json'), JSON.stringify(value));
  return { DOCKER_CONFIG: own };
}

function written(made: { readonly directory: string }): unknown {
  return JSON.parse(readFileSync(path.join(made.directory, 'config.json'), 'utf8'));
}

const basic = (text: string): string => Buffer.from(text).toString('base64');

describe('makeDockerConfig', () => {
  test('holds only what the images need, from inputs before the docker login', async () => {
    const env = userConfig({
      auths: {
        'ghcr.io': { auth: basic('user:old') },
        'other.example': { auth: basic('x:y') },
        'https://index.docker.io/v1/': { auth: basic('hub:pw') },
      },
      proxies: { default: { httpProxy: 'http://user:pw@proxy' } },
    });
    const made = await makeDockerConfig(directory, {
      run: helper([]).run,
      env,
      explicit: [{ registry: 'https://ghcr.io', username: 'robot', password: 'typed' }],
    });
    expect(written(made)).toEqual({ auths: {} });
    await made.prepare('ghcr.io/acme/app');
    await made.prepare('acme/app');
    expect(written(made)).toEqual({
      auths: { 'ghcr.io': { auth: basic('robot:typed') }, 'https://index.docker.io/v1/': { auth: basic('hub:pw') } },
    });
  });

  test('is 0700, its file 0600, and leaves nothing behind', async () => {
    const made = await makeDockerConfig(directory, { run: helper([]).run, env: { DOCKER_CONFIG: directory } });
    await made.prepare('ghcr.io/acme/app');
    expect(statSync(made.directory).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(made.directory, 'config.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(made.directory)).toEqual(['config.json']);
    await made.dispose();
    expect(existsSync(made.directory)).toBe(false);
  });

  test('helpers are asked here, not inside the tool; and again when their token may be old', async () => {
    const env = userConfig({ credHelpers: { 'ecr.example': 'ecr-login' } });
    const { run, asked } = helper(['first', 'second']);
    let now = 0;
    const secrets: string[] = [];
    const made = await makeDockerConfig(directory, { run, env, onSecret: value => secrets.push(value) }, () => now);
    await Promise.all([made.prepare('ecr.example/app'), made.prepare('ecr.example/other')]);
    expect(asked).toEqual(['docker-credential-ecr-login ecr.example']);
    expect(written(made)).toEqual({ auths: { 'ecr.example': { auth: basic('AWS:first') } } });
    now = 6 * 60_000;
    await made.prepare('ecr.example/app');
    expect(written(made)).toEqual({ auths: { 'ecr.example': { auth: basic('AWS:second') } } });
    expect(secrets).toEqual(expect.arrayContaining(['first', 'second']));
  });

  test('an identity token stays one', async () => {
    const env = userConfig({ auths: { 'acr.example': { identitytoken: 'refresh' } } });
    const made = await makeDockerConfig(directory, { run: helper([]).run, env });
    await made.prepare('acr.example/app');
    expect(written(made)).toMatchObject({ auths: { 'acr.example': { identitytoken: 'refresh' } } });
  });

  test('a login that cannot be had fails that image only', async () => {
    const env = userConfig({ auths: { 'bad.example': { auth: basic('no-colon') }, 'ghcr.io': { auth: basic('u:p') } } });
    const made = await makeDockerConfig(directory, { run: helper([]).run, env });
    await expect(made.prepare('bad.example/app')).rejects.toThrow('username:password');
    await made.prepare('ghcr.io/acme/app');
    expect(written(made)).toEqual({ auths: { 'ghcr.io': { auth: basic('u:p') } } });
  });
});

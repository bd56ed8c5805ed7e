// Contexts that are no directory, on real BuildKit and a real Git server: what is built, who is shown the token, and what is said when it fails.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { ToolError } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { pipeInput } from '../../src/tools/piped-run.ts';
import { startGitServer } from '../../testbed/git-server.ts';
import type { GitServer } from '../../testbed/git-server.ts';
import { blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { anEvent, inputsOf, planOf } from '../plan/plan-builders.ts';
import type { Typed } from '../plan/plan-builders.ts';
import { hubSettings } from './buildkit-parts.ts';
import { ownDockerConfig, stepEnvironment, testbed } from './buildx-testbed.ts';
import { makeRepository } from './git-repositories.ts';

jest.setTimeout(120_000);

const TOKEN = `ghs_canary${randomBytes(12).toString('hex')}`;
const fresh = randomBytes(6).toString('hex');
/** The event's server, which wants the token, and another one for everybody. */
let [server, other]: readonly [GitServer, GitServer] = [undefined as never, undefined as never];
let commit = '';
let containers: { readonly builder: string; readonly env: Record<string, string> };

const ended: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await Promise.all(ended.map(end => end()));
});

beforeAll(async () => {
  const [root, elsewhere] = [await temporaryDirectory(), await temporaryDirectory()];
  const address = testbed.engine.bridge === '' ? '127.0.0.1' : testbed.engine.bridge;
  const dockerfile = `FROM scratch\nCOPY root.txt /fetched-${fresh}\n`;
  other = await startGitServer({ root: elsewhere, address, files: { 'Dockerfile.shared': dockerfile } });
  makeRepository(elsewhere, 'acme/tool.git', { 'tool.txt': `tool ${fresh}` });
  // BuildKit uses a token for submodules on github.com only; elsewhere they must be public.
  server = await startGitServer({ root, address, token: TOKEN, open: ['acme/lib.git', 'stranger/app.git'] });
  makeRepository(root, 'acme/lib.git', { 'inner.txt': `inner ${fresh}` });
  makeRepository(root, 'stranger/app.git', { Dockerfile: 'FROM scratch\nCOPY s.txt /\n', 's.txt': `stranger ${fresh}` });
  const files = {
    Dockerfile: 'FROM scratch\nCOPY root.txt /\n',
    'root.txt': `root ${fresh}`,
    'sub/a.txt': `a ${fresh}`,
    'sub/dir/Other': `FROM scratch\nCOPY a.txt /\nCOPY --from=all lib/inner.txt /\nADD ${other.url}/acme/tool.git#main /tool/\n`,
  };
  commit = makeRepository(root, 'acme/app.git', files, { lib: 'acme/lib.git' });
  ended.push(server.close, other.close);
  const builder = `contexts-${fresh}`;
  const env = stepEnvironment(await ownDockerConfig(await hubSettings()));
  const made = await run('docker', ['buildx', 'create', '--name', builder, '--driver', 'docker-container', '--bootstrap'], {
    env,
  });
  if (made.exitCode !== 0) throw new Error(made.stderr);
  ended.push(() => run('docker', ['buildx', 'rm', '--force', builder], { env }));
  containers = { builder, env };
});

interface Setting {
  readonly files?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

interface Built {
  readonly bundle: Bundle;
  /** All files of the image, by layer, as tar text. */
  readonly layers: string;
  /** Argument lists, and what was said. */
  readonly told: string;
  readonly directory: string;
}

/** Plans for a run of the server's repository, without a checkout, and builds. */
async function ship(typed: Typed, { files = {}, input, env = {} }: Setting = {}): Promise<Built> {
  const [workspace, directory] = [await temporaryDirectory(), await temporaryDirectory()];
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  const told: string[] = [];
  const watched: Run = (command, args, options) => {
    told.push(...args);
    return run(command, args, options);
  };
  const all = { platforms: 'linux/amd64', provenance: 'mode=max', 'github-token': TOKEN, ...typed };
  const builder = createBuilder({
    run: input === undefined ? watched : pipeInput(watched, () => Promise.resolve(input)),
    env: { ...stepEnvironment(), ...env },
    directory,
    cwd: workspace,
    token: inputsOf(all).githubToken,
    secrets: new Map(inputsOf(all).secrets.map(({ id, value }) => [id, value])),
    onLine: line => told.push(line),
    onStart: line => told.push(line),
  });
  const event = anEvent({ repository: 'acme/app', serverUrl: server.url, sha: commit, headSha: commit });
  const found = { checkout: false, dockerfile: Object.keys(files).includes('Dockerfile') };
  try {
    const { bundle } = await build({
      plan: planOf(event, all, { found, commitDate: new Date('2024-01-02T03:04:05Z') }),
      builder,
    });
    const blobs = bundle.images.flatMap(({ layers }) =>
      layers.map(({ digest }) => readFileSync(blobFile(bundle.directory, digest))),
    );
    return {
      bundle,
      layers: blobs.map(blob => gunzipSync(blob).toString('latin1')).join('\n'),
      told: told.join('\n'),
      directory,
    };
  } finally {
    await builder.close();
  }
}

/** Every byte below a directory, compressed layers as they are. */
function everything(directory: string): string {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return entries.map(entry => readFileSync(join(entry.parentPath, entry.name), 'latin1')).join('\n');
}

const failureOf = (typed: Typed, setting?: Setting): Promise<ToolError> =>
  ship(typed, setting).then(
    () => {
      throw new Error('it was built');
    },
    (error: unknown) => {
      if (!(error instanceof ToolError)) throw error;
      return error;
    },
  );

describe.each(['docker', 'docker-container'])('with the driver %s', driver => {
  const on = (): Typed => (driver === 'docker' ? { builder: 'default' } : { builder: containers.builder });
  const setting = (): Setting => (driver === 'docker' ? {} : { env: containers.env });

  test('the commit of a private repository: subdirectory, Dockerfile in it, submodule, and the token for its server alone', async () => {
    const before = [server.requests.length, other.requests.length] as const;
    const typed = { ...on(), context: '{{defaultContext}}:sub', file: 'dir/Other', 'build-contexts': 'all={{defaultContext}}' };
    const { bundle, layers, told, directory } = await ship({ ...typed, 'no-cache': 'true' }, setting());
    for (const text of [`a ${fresh}`, `inner ${fresh}`, `tool ${fresh}`]) expect(layers).toContain(text);
    const [asked, elsewhere] = [server.requests.slice(before[0]), other.requests.slice(before[1])];
    expect(asked.filter(({ authorization }) => authorization !== undefined).length).toBeGreaterThan(0);
    expect(elsewhere.length).toBeGreaterThan(0);
    expect(elsewhere.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(told).toContain(`id=GIT_AUTH_TOKEN.${server.host},src=`);
    expect(told).toContain(`${server.url}/acme/app.git#${commit}:sub`);
    const kept = everything(directory);
    expect(kept).toContain(commit);
    for (const form of [TOKEN, Buffer.from(`x-access-token:${TOKEN}`).toString('base64')]) {
      expect(told).not.toContain(form);
      expect(kept).not.toContain(form);
    }
    const config = JSON.parse(readFileSync(blobFile(bundle.directory, bundle.images[0]?.config.digest ?? ''), 'utf8')) as {
      created: string;
    };
    expect(config.created).toBe('2024-01-02T03:04:05Z');
  });

  test('a token that may not read it is an error that says so, and does not show it', async () => {
    // Another commit, so that nothing of it is in BuildKit's store yet.
    const error = await failureOf(
      { ...on(), context: `${server.url}/acme/app.git#refs/heads/none`, 'github-token': 'ghs_wrong' },
      setting(),
    );
    expect(error.message).toMatch(/^The build failed.*: failed to fetch remote http:\/\/\S+\/acme\/app\.git: /);
    expect(error.message).not.toMatch(/git stderr/);
    expect(error.hint).toContain(`BuildKit was given github-token for ${server.host}`);
    expect(error.hint).toContain(`secrets: GIT_AUTH_TOKEN.${server.host}=`);
    expect(JSON.stringify([error.message, error.hint, error.tail])).not.toContain('ghs_wrong');
  });

  test('nothing typed and nothing checked out is the commit', async () => {
    expect((await ship(on(), setting())).layers).toContain(`root ${fresh}`);
  });
});

describe('what cannot be read', () => {
  test.each<[string, () => Typed, RegExp, RegExp]>([
    ['a ref', () => ({ context: `${server.url}/acme/app.git#none` }), /repository does not contain ref none/, /no such ref/],
    ['a commit', () => ({ context: `${server.url}/acme/app.git#${'c'.repeat(40)}` }), /c{40}/, /no such ref/],
    ['a directory', () => ({ context: '{{defaultContext}}:none' }), /invalid subdir/, /no such directory/],
    [
      'a Dockerfile',
      () => ({ context: '{{defaultContext}}:sub' }),
      /open Dockerfile: no such file/,
      /Dockerfile is looked for in its directory sub, not in the workspace/,
    ],
    [
      'a repository',
      () => ({ context: `${server.url}/acme/none.git`, secrets: `GIT_AUTH_TOKEN=${TOKEN}` }),
      /not found/,
      /^There is no such repository, or the token/,
    ],
    [
      'a server',
      () => ({ context: 'http://127.0.0.1:1/a/b.git' }),
      /Failed to connect|Could not connect/,
      /the builder, not this step/,
    ],
    [
      'another private repository',
      () => ({ context: `${server.url}/acme/other.git` }),
      /could not read Username/,
      /secrets: GIT_AUTH_TOKEN\.<host>=/,
    ],
  ])('%s', async (_name, typed, message, hint) => {
    const error = await failureOf({ builder: 'default', ...typed() });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});

test("a stranger's repository on the same server is built without github-token, which its Dockerfile could mount", async () => {
  const { layers, told } = await ship({ builder: 'default', context: `${server.url}/stranger/app.git` });
  expect(layers).toContain(`stranger ${fresh}`);
  expect(told).not.toContain('GIT_AUTH_TOKEN');
});

describe('a Dockerfile elsewhere', () => {
  test.each<[string, Typed, Setting]>([
    ['a directory', { context: '.' }, { files: { 'root.txt': 'local' } }],
    ['the commit', { context: '{{defaultContext}}' }, {}],
  ])('beside %s', async (_name, typed, setting) => {
    // Such a Dockerfile could mount github-token, so BuildKit is not given it: a private repository wants one that was typed.
    const secrets = `GIT_AUTH_TOKEN.${server.host}=${TOKEN}`;
    const { layers } = await ship({ builder: 'default', file: `${other.url}/Dockerfile.shared`, secrets, ...typed }, setting);
    expect(layers).toContain(`fetched-${fresh}`);
  });
});

describe('standard input', () => {
  const dockerfile = Buffer.from(`FROM scratch\nCOPY root.txt /piped-${fresh}\n`);

  function archive(): Buffer {
    const files = join(root(), 'work', 'acme', 'app.git');
    return execFileSync('tar', ['-C', files, '--exclude=.git', '-cz', '.']);
  }
  const directories: string[] = [];
  const root = (): string => directories[0] ?? '';
  beforeAll(async () => {
    const directory = await temporaryDirectory();
    // Bytes that are no text.
    const odd = randomBytes(256).toString('latin1');
    makeRepository(directory, 'acme/app.git', {
      Dockerfile: 'FROM scratch\nCOPY . /\n',
      'b/File': 'FROM scratch\nCOPY root.txt /b\n',
      'root.txt': odd,
    });
    directories.push(directory);
  });

  test('is a Dockerfile beside a directory, and beside the commit', async () => {
    const beside = await ship(
      { builder: 'default', context: '.', file: '-' },
      { files: { 'root.txt': 'local' }, input: dockerfile },
    );
    expect(beside.layers).toContain(`piped-${fresh}`);
    const remote = await ship({ builder: 'default', context: '{{defaultContext}}', file: '-' }, { input: dockerfile });
    expect(remote.layers).toContain(`root ${fresh}`);
  });

  test('is a context, packed or not, with its Dockerfile or one that is named; each of several runs gets all of it', async () => {
    const packed = archive();
    const first = await ship({ builder: 'default', context: '-' }, { input: packed });
    expect(first.layers).toContain(readFileSync(join(root(), 'work/acme/app.git/root.txt'), 'latin1'));
    const named = await ship({ builder: 'default', context: '-', file: 'b/File' }, { input: gunzipSync(packed) });
    expect(named.layers).toContain('b\0');
  });

  test('is a Dockerfile alone, and then "file" names nothing', async () => {
    const alone = Buffer.from(`FROM scratch\nLABEL only=${fresh}\nADD ${other.url}/acme/tool.git#main /\n`);
    expect((await ship({ builder: 'default', context: '-' }, { input: alone })).layers).toContain(`tool ${fresh}`);
    const error = await failureOf({ builder: 'default', context: '-', file: 'x' }, { input: alone });
    expect(error.hint).toMatch(/^Standard input holds a Dockerfile and no archive/);
  });
});

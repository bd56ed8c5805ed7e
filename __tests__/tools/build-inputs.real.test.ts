// What a user types -> its effect on the image that BuildKit built: each test fails when its input is ignored.

import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import type { BuildFacts } from '../../src/build/build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import type { Index, Manifest } from '../../src/bundle/oci.ts';
import { ToolError } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { startGitHub } from '../../testbed/github/server.ts';
import { blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { anEvent, inputsOf, planOf } from '../plan/plan-builders.ts';
import type { Typed } from '../plan/plan-builders.ts';
import { stepEnvironment } from './buildx-testbed.ts';

jest.setTimeout(120_000);

/** Unique, so that no step is cached from an earlier run of these tests. */
const fresh = (): string => randomBytes(6).toString('hex');

interface Setting {
  readonly dockerfile: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: Parameters<typeof anEvent>[0];
}

interface Built {
  readonly bundle: Bundle;
  readonly facts: BuildFacts;
  /** Everything that a file of the image's last layer says. */
  readonly layer: string;
  /** Arguments, lines of the log, and environments of processes other than the build. */
  readonly told: string;
  readonly masked: readonly string[];
  /** The run's own directory, and the workspace. */
  readonly directory: string;
  readonly workspace: string;
}

/** Plans from typed inputs and builds on the testbed's engine (one platform unless typed), as a step does. */
async function ship(typed: Typed, { dockerfile, files = {}, env = {}, event = {} }: Setting): Promise<Built> {
  const [workspace, directory] = [await temporaryDirectory(), await temporaryDirectory()];
  for (const [name, text] of Object.entries({ Dockerfile: `${dockerfile.join('\n')}\n`, ...files })) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  const told: string[] = [];
  const masked: string[] = [];
  const watched: Run = (command, args, options) => {
    told.push(...args, ...(args[1] === 'build' ? [] : Object.values(options.env)));
    return run(command, args, options);
  };
  const all = { platforms: 'linux/amd64', ...typed };
  const builder = createBuilder({
    run: watched,
    env: { ...stepEnvironment(), ...env },
    directory,
    cwd: workspace,
    secrets: new Map(inputsOf(all).secrets.map(({ id, value }) => [id, value])),
    onSecret: value => masked.push(value),
    onLine: line => told.push(line),
    onStart: line => told.push(line),
  });
  const { bundle, facts } = await build({ plan: planOf(anEvent(event), all), builder });
  const last = bundle.images[0]?.layers.at(-1)?.digest ?? '';
  const layer = gunzipSync(readFileSync(blobFile(bundle.directory, last))).toString('latin1');
  return { bundle, facts, layer, told: told.join('\n'), masked, directory, workspace };
}

const failing = (typed: Typed, setting: Setting): Promise<unknown> => ship(typed, setting).catch((thrown: unknown) => thrown);
const json = (bundle: Bundle, digest: string): unknown => JSON.parse(readFileSync(blobFile(bundle.directory, digest), 'utf8'));
const cached = ({ facts }: Built, step: string): boolean | undefined =>
  facts.steps.find(({ name }) => name.includes(step))?.cached;

/** Every file below a directory that holds one of the words, as it is or unpacked. */
function filesWith(directory: string, words: readonly string[]): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(name => {
    const file = join(directory, name);
    if (!statSync(file).isFile()) return false;
    const bytes = readFileSync(file);
    const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1');
    return words.some(word => text.includes(word) || text.includes(Buffer.from(word).toString('base64')));
  });
}

test('how RUN steps are run: hosts, /dev/shm, limits, cgroup', async () => {
  const ask = `RUN { echo ${fresh()}; cat /etc/hosts; df -k /dev/shm | tail -1; ulimit -n; cat /proc/self/cgroup; } > /out`;
  const typed = {
    'add-hosts': 'db.example:10.9.8.7,kv.example:10.9.8.6',
    'shm-size': '5m',
    ulimit: 'nofile=123:456',
    'cgroup-parent': 'seaworthytest',
  };
  const { layer } = await ship(typed, { dockerfile: ['FROM busybox', ask] });
  expect(layer).toContain('10.9.8.7\tdb.example');
  expect(layer).toContain('10.9.8.6\tkv.example');
  expect(layer).toMatch(/\s5120 .*\/dev\/shm/);
  expect(layer).toMatch(/^123$/m);
  expect(layer).toContain('/seaworthytest/');
});

test('network: none leaves nothing but the loopback, host is the host itself', async () => {
  const setting = { dockerfile: ['FROM busybox', `RUN { echo ${fresh()}; ls /sys/class/net; cat /proc/net/dev; } > /out`] };
  const links = (layer: string): string[] => [...layer.matchAll(/^ *([^\s:]+):/gm)].map(([, name]) => name ?? '').sort();
  expect(links((await ship({ network: 'none' }, setting)).layer)).toEqual(['lo']);
  // The engine is on this machine.
  expect(links((await ship({ network: 'host' }, setting)).layer)).toEqual(
    expect.arrayContaining(Object.keys(networkInterfaces())),
  );
});

test('secrets: typed, of a variable and of a file are mounted, and are nowhere else', async () => {
  const values = [`canary-${fresh()}\nsecond-${fresh()}`, `canary-${fresh()}`, `canary-${fresh()}`, `canary-${fresh()}`] as const;
  const [typed, token, variable, file] = values;
  const mounts = ['typed', 'GIT_AUTH_TOKEN', 'env', 'file'].map(id => `--mount=type=secret,id=${id},required=true`).join(' ');
  const built = await ship(
    {
      secrets: `"typed=${typed}"\nGIT_AUTH_TOKEN=${token}`,
      'secret-envs': 'env=GITHUB_TOKEN',
      'secret-files': 'file=.secrets/one',
      provenance: 'mode=max',
    },
    {
      dockerfile: [
        'FROM busybox',
        `RUN ${mounts} cd /run/secrets && sha256sum typed GIT_AUTH_TOKEN env file > /out && echo ${fresh()}`,
      ],
      // Not part of the context that is copied, as a step that logs in would leave it.
      files: { '.secrets/one': file, '.dockerignore': '.secrets\n' },
      env: { GITHUB_TOKEN: variable },
    },
  );
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  for (const value of [typed, token, variable, file]) expect(built.layer).toContain(hash(value));
  const words = values.flatMap(value => value.split('\n'));
  expect(words.filter(word => built.told.includes(word))).toEqual([]);
  expect(filesWith(built.directory, words)).toEqual([]);
  expect([...built.masked].sort()).toEqual([...values].sort());
});

test('a required secret that is not given fails the build', async () => {
  const error = await failing({}, { dockerfile: ['FROM busybox', `RUN --mount=type=secret,id=x,required=true echo ${fresh()}`] });
  expect(error).toBeInstanceOf(ToolError);
});

test('build contexts, target, labels and {{meta.…}} in them', async () => {
  const { bundle, layer } = await ship(
    {
      'build-contexts': 'other=./side',
      target: 'main',
      labels: 'v={{meta.version}}',
      'build-args': 'VERSION={{meta.version}}',
      annotations: '',
    },
    {
      dockerfile: [
        'FROM busybox AS main',
        'ARG VERSION',
        'LABEL built=$VERSION',
        'COPY --from=other hello /hello',
        'FROM main',
        'LABEL last=yes',
      ],
      files: { 'side/hello': `from the side ${fresh()}` },
    },
  );
  expect(layer).toContain('from the side');
  expect(bundle.images[0]?.labels).toMatchObject({ v: 'main', built: 'main' });
  expect(bundle.images[0]?.labels).not.toHaveProperty('last');
});

test('no-cache-filters builds that stage again, and the others not', async () => {
  const [one, two] = [fresh(), fresh()];
  const setting = {
    dockerfile: [
      'FROM busybox AS first',
      `RUN echo ${one} > /a`,
      'FROM busybox AS second',
      'COPY --from=first /a /a',
      `RUN echo ${two} > /b`,
    ],
  };
  await ship({}, setting);
  const again = await ship({ 'no-cache-filters': 'second' }, setting);
  expect(cached(again, `echo ${one}`)).toBe(true);
  expect(cached(again, `echo ${two}`)).toBe(false);
});

test('ssh: the agent of the step is there for steps that mount it', async () => {
  const socket = join(await temporaryDirectory(), 'agent');
  const server = createServer();
  await new Promise<void>(resolve => server.listen(socket, resolve));
  const env = { SSH_AUTH_SOCK: socket };
  const asking = (): string[] => [
    'FROM busybox',
    `RUN --mount=type=ssh,required=true test -S "$SSH_AUTH_SOCK" && echo ${fresh()}`,
  ];
  try {
    await ship({ ssh: 'default' }, { dockerfile: asking(), env });
    expect(await failing({}, { dockerfile: asking(), env })).toBeInstanceOf(ToolError);
    expect(((await failing({ ssh: 'default' }, { dockerfile: asking() })) as ToolError).hint).toContain('There is no SSH agent');
  } finally {
    server.close();
  }
});

test('allow: an entitlement is granted when it is named, and by builders that grant it', async () => {
  const setting = { dockerfile: ['FROM busybox', `RUN --network=host echo ${fresh()} > /out`] };
  await ship({ allow: 'network.host' }, setting);
  const without = (await failing({}, { dockerfile: [...setting.dockerfile, `RUN --network=host echo ${fresh()}`] })) as ToolError;
  expect(without.message).toContain('network.host is not allowed');
  expect(without.hint).toContain('name it in "allow"');
  // The engine's own builder never grants it: one of our own is made, whose pinned image cannot be had here (builders.real makes one).
  const refused = (await failing({ allow: 'security.insecure' }, setting)) as ToolError;
  expect(refused.message).toMatch(/^A builder from moby\/buildkit:\S+ could not be started/);
  expect(refused.hint).toContain('builder-image');
});

test('annotations: manifest, index, their descriptors, one platform of two', async () => {
  const annotations =
    'all=1\nindex:only=index\nmanifest-descriptor:entry=yes\nmanifest[linux/arm64]:arch=arm\nmanifest,index:both=2';
  const { bundle } = await ship(
    { platforms: 'linux/amd64,linux/arm64', annotations },
    { dockerfile: ['FROM busybox', `LABEL x=${fresh()}`] },
  );
  const index = json(bundle, bundle.root.digest) as Index;
  expect(index.annotations).toMatchObject({
    all: '1',
    only: 'index',
    both: '2',
    'org.opencontainers.image.description': 'An app',
  });
  const images = index.manifests.filter(entry => entry.platform?.os !== 'unknown');
  expect(images.map(entry => entry.annotations)).toEqual([{ entry: 'yes' }, { entry: 'yes' }]);
  const own = images.map(
    ({ digest }) => (json(bundle, digest) as Manifest & { annotations?: Record<string, string> }).annotations ?? {},
  );
  expect(own).toEqual([
    expect.objectContaining({ all: '1', both: '2', 'org.opencontainers.image.title': 'App' }),
    expect.objectContaining({ all: '1', both: '2', arch: 'arm' }),
  ]);
  for (const each of own) expect(each).not.toHaveProperty('only');
  expect(own[0]).not.toHaveProperty('arch');
});

test('annotations of one bare manifest are on it, and the build does not fail for want of an index', async () => {
  const { bundle } = await ship(
    { provenance: 'false', annotations: 'a=1\nindex:b=2' },
    { dockerfile: ['FROM busybox', `LABEL x=${fresh()}`] },
  );
  const manifest = json(bundle, bundle.root.digest) as { annotations: Record<string, string> };
  expect(manifest.annotations).toMatchObject({ a: '1', 'org.opencontainers.image.title': 'App' });
  expect(manifest.annotations).not.toHaveProperty('b');
});

test('attestations: provenance of a private repository is in the layout, with an SBOM when asked, or that alone', async () => {
  const setting = { dockerfile: ['FROM busybox', `LABEL x=${fresh()}`], event: { private: true } };
  const types = ({ bundle }: Built): string[] =>
    bundle.images
      .flatMap(({ attestations }) => attestations)
      .flatMap(({ digest }) => (json(bundle, digest) as Manifest).layers)
      .map(({ annotations }) => annotations?.['in-toto.io/predicate-type'] ?? '')
      .sort();
  expect(types(await ship({}, setting))).toEqual([expect.stringMatching(/slsa\.dev\/provenance/)]);
  const scanner = { 'sbom-image': 'docker/buildkit-syft-scanner:stable-1' };
  expect(types(await ship({ sbom: 'true', ...scanner }, setting))).toEqual([
    expect.stringMatching(/slsa\.dev/),
    expect.stringMatching(/spdx\.dev/),
  ]);
  expect(types(await ship({ attests: 'type=sbom', provenance: 'false', ...scanner }, setting))).toEqual([
    expect.stringMatching(/spdx\.dev/),
  ]);
});

test('a cache that cannot be written never fails a good build', async () => {
  const github = await startGitHub();
  const environment = github.environment();
  await github.close();
  const setting = { dockerfile: ['FROM busybox', `RUN echo ${fresh()} > /out`], env: environment };
  const { bundle } = await ship({ 'cache-to': 'type=gha,mode=max', 'cache-from': 'type=gha' }, setting);
  expect(bundle.images).toHaveLength(1);
});

// Every input of docker/build-push-action -> its effect on what was built: there when it is typed, and not there when it is left out, so that an input which is
// ignored is noticed. On the engine's builder, a remote one and one in a container.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import type { BuildFacts } from '../../src/build/build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import type { Index, Manifest } from '../../src/bundle/oci.ts';
import { BUILD_PUSH } from '../../src/plan/peer-inputs.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { run } from '../../src/tools/command.ts';
import { blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { anEvent, inputsOf, planOf } from '../plan/plan-builders.ts';
import type { Typed } from '../plan/plan-builders.ts';
import { hubSettings, makeBuilderImage, startNode } from './buildkit-parts.ts';
import { ownDockerConfig, stepEnvironment, testbed } from './buildx-testbed.ts';

jest.setTimeout(240_000);

const fresh = (): string => randomBytes(6).toString('hex');
const SECRETS = { typed: `typed-${fresh()}`, variable: `variable-${fresh()}`, file: `file-${fresh()}` };
const hashed = (value: string): string => createHash('sha256').update(value).digest('hex');

interface Made {
  readonly bundle: Bundle;
  readonly facts: BuildFacts;
  /** What the last layer of the first image holds. */
  readonly layer: string;
  /** The index, where there is one. */
  readonly root: Index & { readonly annotations?: Readonly<Record<string, string>> };
  /** The layout's index.json, and every attestation. */
  readonly names: string;
  readonly statements: string;
}

type Files = Readonly<Record<string, string>>;

/** Plans from typed inputs and builds, as a step does. */
async function make(typed: Typed, files: Files, env: Readonly<Record<string, string>>): Promise<Made> {
  const [workspace, directory] = [await temporaryDirectory(), await temporaryDirectory()];
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, name)), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  const secrets = new Map(inputsOf(typed).secrets.map(({ id, value }) => [id, value]));
  const builder = createBuilder({ run, env, directory, cwd: workspace, secrets, onLine: () => undefined });
  const { bundle, facts } = await build({ plan: planOf(anEvent({ private: true }), typed), builder });
  await builder.close();
  const bytes = (digest = ''): Buffer => readFileSync(blobFile(bundle.directory, digest));
  const [image] = bundle.images;
  const manifests = bundle.images
    .flatMap(({ attestations }) => attestations)
    .map(({ digest }) => JSON.parse(bytes(digest).toString()) as Manifest);
  return {
    bundle,
    facts,
    layer: gunzipSync(bytes(image?.layers.at(-1)?.digest)).toString('latin1'),
    root: JSON.parse(bytes(bundle.root.digest).toString()) as Made['root'],
    names: readFileSync(join(bundle.directory, 'index.json'), 'utf8'),
    statements: manifests.flatMap(({ layers }) => layers.map(({ digest }) => bytes(digest).toString())).join('\n'),
  };
}

interface Effect {
  readonly typed: string;
  readonly seen: (made: Made) => boolean;
}

const holds =
  (text: string | RegExp) =>
  ({ layer }: Made): boolean =>
    typeof text === 'string' ? layer.includes(text) : text.test(layer);

/** Input -> what is typed, and what it does. All of them in one build. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  'add-hosts': { typed: 'db.example:10.9.8.7', seen: holds('10.9.8.7\tdb.example') },
  annotations: { typed: 'index:mine=yes', seen: ({ root }) => root.annotations?.['mine'] === 'yes' },
  attests: { typed: 'type=sbom', seen: ({ statements }) => statements.includes('spdx.dev') },
  'build-args': { typed: 'FIRST=one two\nBARE', seen: holds('first=one two bare=from the environment') },
  'build-contexts': { typed: 'other=./side', seen: holds('other=side') },
  'cgroup-parent': { typed: 'seaworthytest', seen: holds('/seaworthytest/') },
  context: { typed: 'app', seen: holds('context=app') },
  file: { typed: 'app/Dockerfile.other', seen: ({ bundle }) => bundle.images[0]?.labels['file'] === 'other' },
  labels: { typed: 'mine=label', seen: ({ bundle }) => bundle.images[0]?.labels['mine'] === 'label' },
  network: { typed: 'none', seen: holds(/links= *lo *\n/) },
  platforms: { typed: 'linux/arm64', seen: ({ bundle }) => bundle.images[0]?.platform.architecture === 'arm64' },
  provenance: { typed: 'mode=max', seen: ({ statements }) => statements.includes('llbDefinition') },
  secrets: { typed: `typed=${SECRETS.typed}`, seen: holds(hashed(SECRETS.typed)) },
  'secret-envs': { typed: 'variable=BUILD_SECRET', seen: holds(hashed(SECRETS.variable)) },
  'secret-files': { typed: 'file=.secrets/one', seen: holds(hashed(SECRETS.file)) },
  'shm-size': { typed: '5m', seen: holds(/\s5120 .*\/dev\/shm/) },
  ssh: { typed: 'default', seen: holds('ssh=socket') },
  tags: { typed: 'type=raw,value=mine', seen: ({ names }) => names.includes('ghcr.io/acme/app:mine') },
  target: { typed: 'main', seen: ({ bundle }) => bundle.images[0]?.labels['last'] === undefined },
  ulimit: { typed: 'nofile=123:456', seen: holds('files=123') },
};

/** Those whose effect is not on one image: the file that tries each. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  allow: 'build-inputs',
  builder: 'builders',
  'cache-from': 'caches',
  'cache-to': 'caches',
  call: 'call',
  'github-token': 'contexts',
  load: 'machine',
  'no-cache': 'build-effects',
  'no-cache-filters': 'build-inputs',
  outputs: 'outputs',
  pull: 'build-effects',
  push: 'the promises',
  sbom: 'build-inputs',
};

const MOUNTS = ['typed', 'variable', 'file'].map(id => `--mount=type=secret,id=${id}`).join(' ');

function dockerfile(file: string): string {
  const ask = [
    ...['cat /etc/hosts', 'df -k /dev/shm | tail -1', 'echo "files=$(ulimit -n)"', 'cat /proc/self/cgroup'],
    ...['echo "first=$FIRST bare=$BARE"', 'echo "other=$(cat /other)"', 'echo "context=$(cat /which)"'],
    ...['echo links=$(ls /sys/class/net)', 'for one in typed variable file; do sha256sum /run/secrets/$one || true; done'],
    'if [ -S "$SSH_AUTH_SOCK" ]; then echo ssh=socket; fi',
  ].join('; ');
  return [
    ...['FROM busybox AS other', 'RUN echo none > /which', 'FROM busybox AS main', 'ARG FIRST', 'ARG BARE'],
    ...[
      'COPY --from=other /which /other',
      'COPY which /which',
      `RUN ${MOUNTS} --mount=type=ssh { echo ${fresh()}; ${ask}; } > /out`,
    ],
    ...[`LABEL file=${file}`, 'FROM main', 'LABEL last=yes', ''],
  ].join('\n');
}

function files(): Files {
  return {
    Dockerfile: dockerfile('default'),
    'app/Dockerfile': dockerfile('default'),
    'app/Dockerfile.other': dockerfile('other'),
    which: 'root',
    'app/which': 'app',
    'side/which': 'side',
    '.secrets/one': SECRETS.file,
    '.dockerignore': '.secrets\n',
  };
}

/** The environment of a step, with an agent that answers nothing, and a builder of its own name where one is meant. */
let env: Record<string, string>;
beforeAll(async () => {
  const socket = join(await temporaryDirectory(), 'agent');
  await new Promise<void>(resolve => createServer().listen(socket, resolve).unref());
  const config = await ownDockerConfig(await hubSettings());
  env = { ...stepEnvironment(config), SSH_AUTH_SOCK: socket, BARE: 'from the environment', BUILD_SECRET: SECRETS.variable };
});

/** A new builder, and the environment that knows it. */
async function builderFor(driver: string): Promise<{ readonly name: string; readonly docker: Record<string, string> }> {
  const docker = { ...env, ...(driver === 'remote' && { DOCKER_CONFIG: await ownDockerConfig() }) };
  const name = `effects-${fresh()}`;
  const where =
    driver === 'remote'
      ? [await startNode(['linux/amd64', 'linux/arm64'])]
      : ['--driver-opt', `image=${await makeBuilderImage(testbed.engine.dockerHost, `seaworthy-test/buildkit:${fresh()}`)}`];
  const made = await run('docker', ['buildx', 'create', '--name', name, '--driver', driver, ...where], { env: docker });
  if (made.exitCode !== 0) throw new Error(made.stderr);
  return { name, docker };
}

const typedAll: Typed = {
  ...Object.fromEntries(Object.entries(EFFECTS).map(([name, { typed }]) => [name, typed])),
  // The testbed's stand-in has another digest than the pinned one.
  'sbom-image': 'docker/buildkit-syft-scanner:stable-1',
};

test('every input that the peer has is tried here, or there', () => {
  const tried = [...Object.keys(EFFECTS), ...Object.keys(ELSEWHERE)].sort();
  expect(tried).toEqual(Object.keys(BUILD_PUSH).sort());
});

describe('one build with every input, one with none', () => {
  test('on the builder of the engine: each effect is there, and without its input it is not', async () => {
    const all = await make(typedAll, files(), env);
    const none = await make({ platforms: 'linux/amd64' }, files(), env);
    const seen = (made: Made): string[] => Object.keys(EFFECTS).filter(name => EFFECTS[name]?.seen(made) === true);
    expect(seen(all)).toEqual(Object.keys(EFFECTS));
    expect(seen(none)).toEqual([]);
  });

  test.each(['remote', 'docker-container'])('on a builder of the driver %s', async driver => {
    const { name, docker } = await builderFor(driver);
    const all = await make({ ...typedAll, builder: name }, files(), docker);
    expect(await run('docker', ['buildx', 'rm', '--force', name], { env: docker })).toMatchObject({ exitCode: 0 });
    expect(Object.keys(EFFECTS).filter(name => EFFECTS[name]?.seen(all) !== true)).toEqual([]);
    expect(all.facts.builder.driver).toBe(driver);
  });
});

test('no-cache builds every step again', async () => {
  const word = fresh();
  const setting = { Dockerfile: `FROM busybox\nRUN echo ${word} > /out\n` };
  const cached = async (typed: Typed): Promise<boolean | undefined> =>
    (await make({ platforms: 'linux/amd64', ...typed }, setting, env)).facts.steps.find(({ name }) => name.includes(word))
      ?.cached;
  expect([await cached({}), await cached({}), await cached({ 'no-cache': 'true' })]).toEqual([false, true, false]);
});

test('pull takes the base that the registry has, not the one that the engine has under its name', async () => {
  const name = `${testbed.registries.plain.host}/effects/base-${fresh()}:1`;
  const context = await temporaryDirectory();
  for (const [from, output] of [
    ['registry', 'type=registry'],
    ['engine', 'type=docker'],
  ] as const) {
    await writeFile(join(context, 'Dockerfile'), `FROM busybox\nLABEL from=${from}\n`);
    const args = ['buildx', 'build', '--builder', 'default', '--provenance=false', '--output', output, '--tag', name, context];
    expect(await run('docker', args, { env })).toMatchObject({ exitCode: 0 });
  }
  const base = async (typed: Typed): Promise<string | undefined> =>
    (await make({ platforms: 'linux/amd64', ...typed }, { Dockerfile: `FROM ${name}\nRUN echo ${fresh()} > /out\n` }, env)).bundle
      .images[0]?.labels['from'];
  expect([await base({}), await base({ pull: 'true' })]).toEqual(['engine', 'registry']);
});

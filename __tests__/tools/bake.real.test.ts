// The same target built by `docker buildx bake` itself and by us: one image; and what was recorded of buildx is what it still says.

import { cpSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, jest, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import type { Bundle } from '../../src/bundle/bundle.ts';
import { readBundle } from '../../src/bundle/read.ts';
import type { Surroundings } from '../../src/connect.ts';
import { fillIn } from '../../src/fill-in.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { platformName } from '../../src/plan/platform.ts';
import { tryInputs } from '../../src/plan/read-inputs.ts';
import { printBake } from '../../src/tools/bake.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { run } from '../../src/tools/command.ts';
import { pipeInput } from '../../src/tools/piped-run.ts';
import { blobFile, temporaryDirectory } from '../fakes/layouts.ts';
import { CASES } from '../fixtures/bake/cases.ts';
import { RECORDED } from '../plan/bake-cases.ts';
import { anEvent, NOW } from '../plan/plan-builders.ts';
import type { Typed } from '../plan/plan-builders.ts';
import { stepEnvironment } from './buildx-testbed.ts';

jest.setTimeout(120_000);

const PROJECTS = fileURLToPath(new URL('../fixtures/bake/projects', import.meta.url));

test.each(CASES)('recorded: $name', async ({ name, project, target, files = [], set = [], env = {} }) => {
  const nowhere = { ...stepEnvironment(), DOCKER_HOST: 'tcp://127.0.0.1:1', ...env };
  const place = { cwd: path.join(PROJECTS, project), directory: await temporaryDirectory() };
  expect(await printBake({ run, env: nowhere, ...place, target, files, set })).toEqual(RECORDED.answers[name]);
});

interface Config {
  readonly architecture: string;
  readonly config: {
    readonly Env?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Labels?: Readonly<Record<string, string>>;
  };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

/** What an image says of itself, by its platform. */
async function configs(bundle: Bundle): Promise<Record<string, Config>> {
  const read = bundle.images.map(async image => {
    const text = await readFile(blobFile(bundle.directory, image.config.digest), 'utf8');
    return [platformName(image.platform), JSON.parse(text) as Config] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

interface Asked {
  readonly workspace: string;
  readonly target: string;
  readonly set: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** As whoever has no action does it. */
async function byBake({ workspace, target, set, env }: Asked): Promise<Record<string, Config>> {
  const directory = path.join(await temporaryDirectory(), 'layout');
  const output = `${target}.output=type=oci,tar=false,dest=${directory}`;
  const args = [...set, output].flatMap(entry => ['--set', entry]);
  const result = await run('docker', ['buildx', 'bake', '--allow', 'fs.write=*', '--provenance', 'false', ...args, target], {
    env,
    cwd: workspace,
  });
  expect([result.exitCode, result.exitCode === 0 ? '' : result.stderr]).toEqual([0, '']);
  return configs(await readBundle(directory));
}

/** As a step does it: inputs, plan, build. */
async function byUs({ workspace, target, set, env }: Asked): Promise<Record<string, Config>> {
  const directory = await temporaryDirectory();
  const typed: Typed = { bake: target, 'bake-set': set.join('\n'), images: 'registry.example/ours', provenance: 'false' };
  const reading = tryInputs(name => typed[name] ?? '', [], env);
  const log = { debug: (): void => undefined, mask: (): void => undefined };
  const signal = new AbortController().signal;
  const around = { ...reading, env, event: anEvent(), log, workspace, directory, signal } as unknown as Surroundings;
  const { inputs, refused, standardInput } = await fillIn(around);
  const plan = makePlan({ event: anEvent(), inputs, refused, policy: effectivePolicy({ inputs }), now: NOW });
  const read = async (): Promise<Uint8Array> => {
    const came = await standardInput?.();
    if (came === undefined || 'problem' in came) throw new Error('nothing came through standard input');
    return came.bytes;
  };
  const builder = createBuilder({ run: pipeInput(run, read), env, directory, cwd: workspace, onLine: () => undefined });
  try {
    return await configs((await build({ plan, builder })).bundle);
  } finally {
    await builder.close();
  }
}

/** Everything of one project is built by both. No caches: nobody answers at their addresses. */
const BUILT = [
  {
    project: 'service',
    target: 'service',
    set: ['service.cache-from=', 'service.cache-to=', 'service.output=type=cacheonly'],
    env: { SERVICE_TOKEN: 'anchor-4711', VERSION: '2.3.4', DEBUG: 'true' },
    says: ['VERSION=2.3.4', 'CHANNEL=debug', 'TEMPLATE=${PROJECT} %{x}'],
    platforms: ['linux/amd64', 'linux/arm64'],
  },
  {
    project: 'service',
    target: 'tools-2-0',
    set: ['*.platform=linux/arm64'],
    env: {},
    says: [],
    platforms: ['linux/arm64'],
  },
  {
    project: 'compose',
    target: 'web',
    set: ['web.cache-from='],
    env: { COLOUR: 'green' },
    says: ['GREETING=ahoy', 'COLOUR=green'],
    platforms: ['linux/amd64', 'linux/arm64'],
  },
  { project: 'json', target: 'app', set: [], env: {}, says: ['FLAVOUR=override'], platforms: ['linux/amd64'] },
  { project: 'inline', target: 'inline', set: [], env: { WORD: 'ahoy' }, says: ['WORD=ahoy'], platforms: ['linux/amd64'] },
];

describe('one image', () => {
  test.each(BUILT)('$project $target', async ({ project, target, set, env, says, platforms }) => {
    const workspace = await temporaryDirectory();
    cpSync(path.join(PROJECTS, project), workspace, { recursive: true });
    const asked = { workspace, target, set, env: { ...stepEnvironment(), ...env } };
    const theirs = await byBake(asked);
    const ours = await byUs(asked);
    expect(Object.keys(theirs)).toEqual(platforms);
    expect(Object.keys(ours)).toEqual(platforms);
    for (const platform of platforms) {
      const [one, other] = [theirs[platform], ours[platform]];
      expect(one?.config.Env ?? []).toEqual(expect.arrayContaining(says));
      expect({ ...other?.config, Labels: {} }).toEqual({ ...one?.config, Labels: {} });
      expect(other?.rootfs).toEqual(one?.rootfs);
      const { 'com.example.version': version, ...labels } = one?.config.Labels ?? {};
      expect(other?.config.Labels).toMatchObject(labels);
      // What bake takes for text is filled in by us.
      if (version !== undefined)
        expect([version, other?.config.Labels?.['com.example.version']]).toEqual(['{{meta.version}}', 'main']);
    }
  });
});

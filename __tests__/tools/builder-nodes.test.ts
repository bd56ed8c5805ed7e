// Several nodes: what buildx keeps of them, which one builds what, and which dead one matters.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { assignNodes, describeStored, isSpread, judgeNodes } from '../../src/tools/builder-nodes.ts';
import { readStoredBuilder } from '../../src/tools/builder-store.ts';
import type { StoredBuilder } from '../../src/tools/builder-store.ts';
import { parseInspect } from '../../src/tools/buildx-inspect.ts';
import { inspectText } from '../fakes/docker.ts';
import { AMD64, ARM64, temporaryDirectory } from '../fakes/layouts.ts';

const ARMV7: Platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
const nodes = (...lists: string[]): ReturnType<typeof parseInspect>['nodes'] =>
  parseInspect(
    inspectText(
      'farm',
      'remote',
      lists.map((platforms, at) => ({ name: `n${at}`, platforms })),
    ),
  ).nodes;

// Each row was tried on two nodes of buildkitd 0.33.1 with buildx 0.29.1, but for arm/v7.
test.each<[string, string[], Platform[], number[]]>([
  ['each platform was given to a node', ['linux/amd64*, linux/arm64', 'linux/arm64*, linux/amd64'], [AMD64, ARM64], [0, 1]],
  ['in another order', ['linux/arm64*', 'linux/amd64*'], [AMD64, ARM64], [1, 0]],
  ['none was given: the first that lists it', ['linux/amd64, linux/arm64', 'linux/arm64, linux/amd64'], [AMD64, ARM64], [0, 0]],
  ['listed by one only', ['linux/amd64', 'linux/arm64'], [AMD64, ARM64], [0, 1]],
  ['given goes before listed', ['linux/amd64, linux/arm64', 'linux/arm64*'], [ARM64], [1]],
  ['two given to one', ['linux/amd64*', 'linux/arm64*, linux/arm/v7*'], [ARM64, AMD64, ARMV7], [1, 0, 1]],
  ['listed by nobody: the first', ['linux/amd64*', 'linux/arm64*'], [ARMV7], [0]],
])('%s', (_name, lists, wanted, places) => {
  expect(assignNodes(nodes(...lists), wanted)).toEqual(places);
  expect(isSpread(nodes(...lists), wanted)).toBe(new Set(places).size > 1);
});

describe('dead nodes', () => {
  const farm: StoredBuilder = {
    name: 'farm',
    driver: 'remote',
    nodes: [
      { name: 'a', endpoint: 'tcp://a:1', platforms: [AMD64], options: {} },
      { name: 'b', endpoint: 'tcp://b:2', platforms: [ARM64], options: {} },
    ],
  };
  const dead = new Map([[1, 'does not answer: connection refused']]);

  test('one that no wanted platform needs is a warning', () => {
    expect(judgeNodes(describeStored(farm, dead), [AMD64], dead)).toEqual([
      'builder farm: the node "b" (tcp://b:2) does not answer: connection refused; no wanted platform needs it',
    ]);
    expect(judgeNodes(describeStored(farm, new Map()), [AMD64], new Map())).toEqual([]);
  });

  const thrown = (...args: Parameters<typeof judgeNodes>): UserError => {
    try {
      judgeNodes(...args);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };

  test('one that is needed is named with its endpoint, its platforms and the ways out', () => {
    const error = thrown(describeStored(farm, dead), [AMD64, ARM64], dead);
    expect(error.message).toBe(
      'Builder "farm": the node "b" (tcp://b:2) does not answer: connection refused; needed for linux/arm64',
    );
    expect(error.hint).toContain('docker buildx create --name farm --node b --leave');
  });

  test('a platform that was given to no node needs them all, for buildx asks them all', () => {
    const error = thrown(describeStored(farm, dead), [ARMV7], dead);
    expect(error.message).toContain('the node "b" (tcp://b:2) does not answer: connection refused; needed for linux/arm/v7');
    expect(error.hint).toContain('linux/arm/v7 was given to no node');
    expect(error.hint).toContain('--platform');
  });

  test('all at once', () => {
    const both = new Map([
      [0, 'x'],
      [1, 'y'],
    ]);
    expect(thrown(describeStored(farm, both), [AMD64, ARM64], both).message).toBe(
      'Builder "farm": the node "a" (tcp://a:1) x; needed for linux/amd64. And the node "b" (tcp://b:2) y; needed for linux/arm64',
    );
  });
});

describe('what buildx keeps', () => {
  // As buildx 0.29.1 writes it for `create --driver remote --platform linux/arm/v7 --driver-opt cacert=/ca.pem`.
  const FARM =
    '{"Name":"farm","Driver":"remote","Nodes":[{"Name":"farm0","Endpoint":"unix:///a","Platforms":[{"architecture":"amd64","os":"linux"}],"DriverOpts":null,"Flags":null,"Files":null},{"Name":"b","Endpoint":"tcp://b:2","Platforms":[{"architecture":"arm","os":"linux","variant":"v7"}],"DriverOpts":{"cacert":"/ca.pem"},"Flags":null,"Files":null}],"Dynamic":false}';
  const PARSED = {
    name: 'farm',
    driver: 'remote',
    nodes: [
      { name: 'farm0', endpoint: 'unix:///a', platforms: [AMD64], options: {} },
      { name: 'b', endpoint: 'tcp://b:2', platforms: [ARMV7], options: { cacert: '/ca.pem' } },
    ],
  };

  async function store(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = path.join(await temporaryDirectory(), 'buildx');
    for (const [name, text] of Object.entries({ 'instances/farm': FARM, ...files })) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
    return folder;
  }

  test('by name, in any case, below BUILDX_CONFIG, DOCKER_CONFIG or HOME', async () => {
    const folder = await store({});
    expect(await readStoredBuilder({ BUILDX_CONFIG: folder }, 'Farm')).toEqual(PARSED);
    expect(await readStoredBuilder({ DOCKER_CONFIG: path.dirname(folder) }, 'farm')).toEqual(PARSED);
    expect(await readStoredBuilder({ BUILDX_CONFIG: '', BUILDX_BUILDER: 'farm', DOCKER_CONFIG: path.dirname(folder) })).toEqual(
      PARSED,
    );
    expect(await readStoredBuilder({ DOCKER_CONFIG: path.dirname(folder) }, 'other')).toBeUndefined();
    expect(await readStoredBuilder({ DOCKER_CONFIG: path.dirname(folder) }, '../farm')).toBeUndefined();
    expect(await readStoredBuilder({}, 'farm')).toBeUndefined();
  });

  test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, boolean]>([
    [
      'chosen for this engine',
      { current: '{"Key":"unix:///e","Name":"farm","Global":false}' },
      { DOCKER_HOST: 'unix:///e' },
      true,
    ],
    [
      'chosen for another engine',
      { current: '{"Key":"unix:///e","Name":"farm","Global":false}' },
      { DOCKER_HOST: 'unix:///f' },
      false,
    ],
    ['chosen for all', { current: '{"Key":"unix:///e","Name":"farm","Global":true}' }, {}, true],
    ['the default engine', { current: '{"Key":"unix:///var/run/docker.sock","Name":"farm","Global":false}' }, {}, true],
    ['a context', { current: '{"Key":"cloud","Name":"farm","Global":false}' }, { DOCKER_CONTEXT: 'cloud' }, true],
    ['none chosen', { current: '{"Key":"unix:///var/run/docker.sock","Name":"","Global":false}' }, {}, false],
    ['a broken file', { current: '{' }, {}, false],
    // sha256 of unix:///var/run/docker.sock
    ['the standing choice', { 'defaults/13c4025c96f36e94b348': 'farm' }, {}, true],
  ])('the current one: %s', async (_name, files, env, found) => {
    const folder = await store(files);
    expect(await readStoredBuilder({ ...env, BUILDX_CONFIG: folder })).toEqual(found ? PARSED : undefined);
  });

  test('what is not of the expected form is nothing', async () => {
    for (const text of ['', '[]', '{"Name":"farm"}', '{"Name":"farm","Driver":"remote","Nodes":[{}]}'])
      expect(await readStoredBuilder({ BUILDX_CONFIG: await store({ 'instances/farm': text }) }, 'farm')).toBeUndefined();
  });
});

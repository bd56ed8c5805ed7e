// Stories: the whole pipeline with tools in memory (the rooms are the real ones, the layouts are real files), and what happens when one of them fails.

import { describe, expect, test } from '@jest/globals';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { CacheUse } from '../src/build/build.ts';
import { ToolError, UserError } from '../src/errors.ts';
import type { CachePlan, Call } from '../src/plan/plan.ts';
import { sail, type Equipment, type Tools, type Voyage } from '../src/pipeline.ts';
import { exitCode, type RunRecord } from '../src/record.ts';
import { aRequest } from './build/orders.ts';
import { aFinding } from './builders/findings.ts';
import { aPlan, aPolicy, IMAGE, someFacts } from './builders/record.ts';
import { anEvent } from './builders/record.ts';
import { fakeMachine, type FakeMachine } from './fakes/machine.ts';
import { fakeBuilder, type FakeBuilder } from './fakes/builder.ts';
import { temporaryDirectory } from './fakes/layouts.ts';
import { memoryRegistry, type MemoryRegistry } from './fakes/registry.ts';
import { fakeScanner, type FakeScanner } from './fakes/scanner.ts';
import { memorySigner, type MemorySigner } from './fakes/signer.ts';

interface Stage {
  readonly tools: Tools;
  readonly equipment: Equipment;
  readonly registry: MemoryRegistry;
  readonly builder: FakeBuilder;
  readonly scanner: FakeScanner;
  readonly signer: MemorySigner;
  readonly machine: FakeMachine;
  readonly lines: string[];
  readonly controller: AbortController;
  readonly run: () => Promise<RunRecord>;
  readonly sailWith: (tools: Tools) => Promise<RunRecord>;
}

const REVISION = 'org.opencontainers.image.revision';

async function aStage(
  over: {
    plan?: Parameters<typeof aPlan>[0];
    builder?: Parameters<typeof fakeBuilder>[0];
    scanner?: Parameters<typeof fakeScanner>[0];
    machine?: Parameters<typeof fakeMachine>[0];
    onRecord?: (record: RunRecord) => void;
  } = {},
): Promise<Stage> {
  const event = anEvent();
  const plan = aPlan({ buildLabels: { [REVISION]: event.sha, 'dev.seaworthy.inputs': 'the same inputs' }, ...over.plan });
  const registry = memoryRegistry();
  const signer = memorySigner(registry);
  const builder = fakeBuilder(over.builder);
  const scanner = fakeScanner(over.scanner);
  const lines: string[] = [];
  const controller = new AbortController();
  const parent = await temporaryDirectory();
  let runs = 0;
  const start: RunRecord = {
    schemaVersion: 1,
    seaworthy: 'test',
    startedAt: '2026-11-21T12:00:00Z',
    event,
    state: 'running',
    stages: [],
    warnings: [],
  };
  const machine = fakeMachine(over.machine);
  const equipment: Equipment = { registry, builder, machine, scanner: () => scanner, signer: () => Promise.resolve(signer) };
  const tools: Tools = { makePlan: () => Promise.resolve(plan), equip: () => Promise.resolve(equipment) };
  const voyage = (): Voyage => ({
    start,
    today: new Date('2026-11-21T12:00:00Z'),
    scanTimeout: 60,
    parallelScans: 2,
    sbomDirectory: path.join(parent, 'sbom'),
    signal: controller.signal,
    directory: path.join(parent, `adopted-${++runs}`),
    stage: async (name, work, result) => {
      lines.push(`> ${name}`);
      const value = await work();
      lines.push(`< ${name}: ${result(value)}`);
      return value;
    },
    progress: line => lines.push(line),
    onRecord: record => over.onRecord?.(record),
  });
  return {
    tools,
    equipment,
    registry,
    builder,
    scanner,
    signer,
    machine,
    lines,
    controller,
    run: () => sail(voyage(), tools),
    sailWith: other => sail(voyage(), other),
  };
}

describe('a run', () => {
  test('goes through every stage in order and ends with everything in its record', async () => {
    const stage = await aStage();
    const record = await stage.run();
    expect(record.state).toBe('completed');
    expect(exitCode(record)).toBe(0);
    expect(record.stages.map(one => one.stage)).toEqual(['plan', 'preflight', 'build', 'scan', 'gate', 'publish']);
    expect(record.verdict?.outcome).toBe('passed');
    expect(record.publication?.complete).toBe(true);
    expect(stage.signer.signed(IMAGE)).toEqual([record.bundle?.root.digest]);
    expect([...stage.registry.repository(IMAGE).tags.values()]).toEqual(Array(3).fill(record.bundle?.root.digest));
  });

  test.each<[Call, boolean, number]>([
    ['check', true, 1],
    ['check', false, 0],
    ['targets', false, 0],
  ])('with call: %s looks at the Dockerfile and stops; failed: %j is exit %i', async (call, failed, status) => {
    const stage = await aStage({
      plan: { call },
      builder: { called: { failed, notes: [{ message: 'x', file: 'Dockerfile', line: 1 }] } },
    });
    // Nothing else is even asked for.
    const { builder, machine } = stage.equipment;
    const none = (): never => {
      throw new Error('a call needs none of this');
    };
    const registry = new Proxy(stage.equipment.registry, { get: none });
    const equip = (): Promise<Equipment> => Promise.resolve({ builder, machine, registry, scanner: none, signer: none });
    const record = await stage.sailWith({ ...stage.tools, equip });
    expect([record.state, exitCode(record), record.call?.failed]).toEqual(['completed', status, failed]);
    expect(record.stages.map(one => one.stage)).toEqual(['plan', 'call']);
    expect([record.build, record.bundle, record.verdict, stage.builder.orders.length]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
    ]);
    expect(stage.lines.at(-1)).toBe(`< call: ${failed ? 'not passed' : 'passed'}, 1 remark(s)`);
  });

  test('that is blocked writes nothing and exits 1', async () => {
    const finding = aFinding({ severity: 'CRITICAL' });
    const stage = await aStage({ scanner: { findings: { 'linux/arm64': [finding] } } });
    const record = await stage.run();
    expect(record.verdict?.outcome).toBe('blocked');
    expect(exitCode(record)).toBe(1);
    expect(stage.registry.writes()).toEqual([]);
    expect(record.publication).toBeUndefined();
  });

  test('on an event that does not publish asks no signer and no registry', async () => {
    const stage = await aStage({ plan: { push: false, signing: { method: 'off' } } });
    const record = await stage.run();
    expect(exitCode(record)).toBe(0);
    expect(stage.registry.calls).toEqual([]);
    expect(stage.lines.join('\n')).not.toContain('publish');
  });

  test('with nothing to do ends after the plan', async () => {
    const stage = await aStage({ plan: { nothingToDo: 'refs/heads/old was deleted' } });
    const record = await stage.run();
    expect({ state: record.state, exit: exitCode(record), stages: record.stages.length }).toEqual({
      state: 'completed',
      exit: 0,
      stages: 1,
    });
    expect(stage.builder.orders).toEqual([]);
  });

  test('of mode: plan ends after the plan, whatever it plans, and no tool is made', async () => {
    const stage = await aStage({ plan: { mode: 'plan' } });
    Object.assign(stage.tools, { equip: () => Promise.reject(new Error('tools were asked for')) });
    const record = await stage.run();
    expect({ state: record.state, exit: exitCode(record), stages: record.stages.map(one => one.stage) }).toEqual({
      state: 'completed',
      exit: 0,
      stages: ['plan'],
    });
    expect(record.plan?.push).toBe(true);
    expect(record.verdict).toBeUndefined();
  });

  test('with gate: off scans nothing, publishes, and says so', async () => {
    const stage = await aStage({ plan: { policy: aPolicy({ gate: 'off' }) } });
    const record = await stage.run();
    expect(record.verdict?.outcome).toBe('skipped');
    expect(stage.scanner.calls).toEqual([]);
    expect(exitCode(record)).toBe(0);
  });

  test('of a published commit adopts its image: nothing is built, written or signed again', async () => {
    const stage = await aStage();
    const early: (readonly string[])[] = [];
    stage.registry.before = () => void early.push([...stage.builder.asked]);
    const first = await stage.run();
    const writes = stage.registry.writes().length;
    // The builder is chosen while the registries answer.
    expect(early[0]).toEqual(['prepare']);
    const second = await stage.run();
    expect(second.facts?.adopt?.digest).toBe(first.bundle?.root.digest);
    expect(second.bundle?.root.digest).toBe(first.bundle?.root.digest);
    expect(stage.builder.asked).toEqual(['prepare', 'build', 'prepare']);
    expect(stage.registry.writes()).toHaveLength(writes);
    expect(stage.signer.signed(IMAGE)).toHaveLength(1);
    expect(exitCode(second)).toBe(0);
  });

  test('of a pull request’s head (pr-head-sha), though the event is another commit, adopts its image as well', async () => {
    const commit = 'b'.repeat(40);
    const tags = [{ name: 'sha-bbbbbbb', kind: 'immutable', rule: 'type=sha' }] as const;
    const buildLabels = { [REVISION]: commit, 'dev.seaworthy.inputs': 'the same inputs' };
    const stage = await aStage({ plan: { commit, tags, buildLabels, signing: { method: 'off' } } });
    const first = await stage.run();
    const second = await stage.run();
    expect(second.facts?.adopt?.digest).toBe(first.bundle?.root.digest);
    expect(stage.builder.orders).toHaveLength(1);
    expect([exitCode(first), exitCode(second)]).toEqual([0, 0]);
  });

  test('of such a commit, signed keyless, leaves the sha tag, builds, and moves the floating tag', async () => {
    const commit = 'b'.repeat(40);
    const tags = [
      { name: 'sha-bbbbbbb', kind: 'immutable', rule: 'type=sha' },
      { name: 'pr-104', kind: 'floating', rule: 'type=ref,event=pr' },
    ] as const;
    const buildLabels = { [REVISION]: commit, 'dev.seaworthy.inputs': 'the same inputs' };
    const stage = await aStage({ plan: { commit, tags, buildLabels, signing: { method: 'keyless', log: true } } });
    const first = await stage.run();
    const second = await stage.run();
    expect(second.facts?.leave).toEqual(['sha-bbbbbbb']);
    expect(stage.builder.orders).toHaveLength(2);
    const standing = stage.registry.repository(IMAGE).tags;
    expect(standing.get('sha-bbbbbbb')).toBe(first.bundle?.root.digest);
    expect(standing.get('pr-104')).toBe(second.bundle?.root.digest);
    expect([exitCode(first), exitCode(second)]).toEqual([0, 0]);
  });

  test('of a published commit that today’s database blocks writes nothing and exits 1', async () => {
    const stage = await aStage();
    await stage.run();
    const writes = stage.registry.writes().length;
    const scanner = fakeScanner({ findings: { 'linux/amd64': [aFinding({ severity: 'CRITICAL' })] } });
    Object.assign(stage.equipment, { scanner: () => scanner });
    const record = await stage.run();
    expect(record.verdict?.outcome).toBe('blocked');
    expect(stage.registry.writes()).toHaveLength(writes);
    expect(exitCode(record)).toBe(1);
  });
});

describe('a failure', () => {
  test('in the plan is in the record with its stage and its hint', async () => {
    const stage = await aStage();
    Object.assign(stage.tools, {
      makePlan: () =>
        Promise.reject(new UserError('platforms: "linux/adm64" is not a platform', { hint: 'did you mean linux/amd64' })),
    });
    const record = await stage.run();
    expect(record.failure).toEqual({
      stage: 'plan',
      error: {
        kind: 'user',
        message: 'platforms: "linux/adm64" is not a platform',
        hint: 'did you mean linux/amd64',
        details: [],
      },
    });
    expect(exitCode(record)).toBe(1);
  });

  test.each([
    ['build', { builder: { failure: new ToolError('RUN make: exit code 2', { tool: 'buildx' }) } }],
    ['scan', { scanner: { failure: new UserError('no database') } }],
  ] satisfies [string, Parameters<typeof aStage>[0]][])(
    'in %s keeps what was learned before and writes nothing',
    async (name, over) => {
      const stage = await aStage(over);
      const record = await stage.run();
      expect(record.failure?.stage).toBe(name);
      expect(record.plan).toBeDefined();
      expect(record.facts).toEqual(someFacts({ targets: [{ image: IMAGE, tags: {} }] }));
      expect(stage.registry.writes()).toEqual([]);
      expect(exitCode(record)).toBe(1);
    },
  );

  test('to get a signer stops before anything is sent', async () => {
    const stage = await aStage();
    Object.assign(stage.equipment, { signer: () => Promise.reject(new UserError('cosign is too old')) });
    const record = await stage.run();
    expect(record.failure?.error.message).toBe('cosign is too old');
    expect(stage.registry.writes()).toEqual([]);
  });

  test('of our own is told as a bug, with its cause', async () => {
    const stage = await aStage({ builder: { failure: new TypeError('x is undefined', { cause: new Error('root of it') }) } });
    const record = await stage.run();
    expect(record.failure?.error.kind).toBe('bug');
    expect(record.failure?.error.details.join('\n')).toContain('root of it');
  });

  test('of one repository while publishing: exit 1, no tag anywhere', async () => {
    const stage = await aStage({ plan: { images: [IMAGE, 'registry.example/acme/app'] } });
    stage.registry.before = call => {
      if (call.image.startsWith('registry.example') && call.verb === 'pushManifest')
        throw new ToolError('507 Insufficient Storage', { tool: 'registry' });
    };
    const record = await stage.run();
    expect(record.publication?.complete).toBe(false);
    expect(exitCode(record)).toBe(1);
    expect([...stage.registry.repository(IMAGE).tags.keys()]).toEqual([]);
  });
});

describe('bytes that change after the build', () => {
  test('one byte more in a layer stops the run while it is scanned: nothing is published', async () => {
    const stage = await aStage({
      onRecord: ({ bundle, scan }) => {
        const layer = bundle?.images[0]?.layers[0];
        if (bundle === undefined || layer === undefined || scan !== undefined) return;
        appendFileSync(path.join(bundle.directory, 'blobs', 'sha256', layer.digest.slice('sha256:'.length)), 'x');
      },
    });
    const record = await stage.run();
    expect(record.state).toBe('failed');
    expect(record.failure?.stage).toBe('scan');
    expect(record.failure?.error.message).toMatch(/sha256:/);
    expect(stage.registry.writes()).toEqual([]);
  });

  test('one byte more after the verdict stops the push: no tag moves', async () => {
    const stage = await aStage({
      onRecord: ({ bundle, verdict, publication }) => {
        const layer = bundle?.images[0]?.layers[0];
        if (bundle === undefined || layer === undefined || verdict === undefined || publication !== undefined) return;
        appendFileSync(path.join(bundle.directory, 'blobs', 'sha256', layer.digest.slice('sha256:'.length)), 'x');
      },
    });
    const record = await stage.run();
    expect(exitCode(record)).toBe(1);
    expect([...stage.registry.repository(IMAGE).tags.keys()]).toEqual([]);
  });
});

describe('a cancel', () => {
  test('during the scan: the record says so, and nothing is published', async () => {
    const stage = await aStage({ scanner: { fault: raw => raw } });
    const scan = stage.scanner.scan.bind(stage.scanner);
    Object.assign(stage.equipment, {
      scanner: () => ({
        ...stage.scanner,
        scan: (...args: Parameters<FakeScanner['scan']>) => {
          stage.controller.abort();
          return scan(...args);
        },
      }),
    });
    const record = await stage.run();
    expect(record.state).toBe('cancelled');
    expect(exitCode(record)).toBe(1);
    expect(stage.registry.writes()).toEqual([]);
  });
});

describe('what is handed over on this machine', () => {
  const outputs = [
    { type: 'local', dest: 'files', attributes: {} },
    { type: 'oci', dest: 'image.tar', attributes: {} },
  ] as const;
  const delivery = { outputs, load: { os: 'linux', architecture: 'amd64' }, export: 'bundle.tar' };
  const plan = { delivery, build: { ...aPlan().build, outputs: outputs.slice(0, 1) } };
  const critical = { 'linux/arm64': [aFinding({ severity: 'CRITICAL' })] };

  test('comes after the gate and before anything is published', async () => {
    const stage = await aStage({ plan });
    const record = await stage.run();
    expect(record.stages.map(one => one.stage)).toEqual(['plan', 'preflight', 'build', 'scan', 'gate', 'deliver', 'publish']);
    const digest = record.bundle?.root.digest ?? '';
    const names = aPlan().buildNames.join(', ');
    expect(stage.machine.asked).toEqual([
      'prepare',
      `archive ${digest} as bundle.tar named ${names}`,
      `oci: ${digest} -> image.tar as ${names}`,
      `load linux/amd64 of ${digest} as ${names}`,
      'local: private/files -> files',
    ]);
    expect(record.delivery).toMatchObject({ outputs, loaded: { platform: 'linux/amd64' }, archive: '/workspace/bundle.tar' });
    expect(exitCode(record)).toBe(0);
  });

  test('is nothing when the gate blocks', async () => {
    const stage = await aStage({ plan, scanner: { findings: critical } });
    const record = await stage.run();
    expect(record.verdict?.outcome).toBe('blocked');
    expect(stage.machine.asked).toEqual(['prepare']);
    expect(record.delivery).toBeUndefined();
  });

  test('is everything when the gate only warns, or is off', async () => {
    for (const gate of ['warn', 'off'] as const) {
      const stage = await aStage({ plan: { ...plan, policy: aPolicy({ gate }) }, scanner: { findings: critical } });
      const record = await stage.run();
      expect(record.verdict?.outcome).toBe(gate === 'warn' ? 'blocked' : 'skipped');
      expect(stage.machine.asked).toHaveLength(5);
      expect(exitCode(record)).toBe(0);
    }
  });

  test('is everything on a pull request that passes, and no registry is asked', async () => {
    const stage = await aStage({ plan: { ...plan, push: false, signing: { method: 'off' } } });
    const record = await stage.run();
    expect(record.stages.at(-1)?.stage).toBe('deliver');
    expect(stage.machine.asked).toHaveLength(5);
    expect(stage.registry.calls).toEqual([]);
    expect(exitCode(record)).toBe(0);
  });

  test('that fails ends the run before anything is published', async () => {
    const failure = new UserError('outputs: files could not be written: the disk is full');
    const stage = await aStage({ plan, machine: { failure, fails: 'moveOutput' } });
    const record = await stage.run();
    expect(record.failure).toMatchObject({ stage: 'deliver', error: { message: failure.message } });
    expect(record.failure?.error.hint).toMatch(
      /^Handed over before, and left there: bundle\.tar; image\.tar; .* in the engine\.$/,
    );
    expect(stage.registry.writes()).toEqual([]);
    expect(record.publication).toBeUndefined();
    expect(exitCode(record)).toBe(1);
  });

  test('that cannot be handed over is known before the build', async () => {
    const stage = await aStage({
      plan,
      machine: { failure: new UserError('load: there is no Docker engine'), fails: 'prepare' },
    });
    const record = await stage.run();
    expect(record.failure).toMatchObject({ stage: 'preflight', error: { message: 'load: there is no Docker engine' } });
    expect(stage.builder.orders).toEqual([]);
  });

  test('of an adopted image comes from the fetched one; only the outputs are built, alone and after the gate', async () => {
    const stage = await aStage({ plan });
    const first = await stage.run();
    expect(stage.builder.alone).toEqual([]);
    const before = stage.machine.asked.length;
    const second = await stage.run();
    expect(second.facts?.adopt?.digest).toBe(first.bundle?.root.digest);
    expect(stage.builder.orders).toHaveLength(1);
    expect(stage.builder.alone.map(({ outputs: asked }) => asked)).toEqual([outputs.slice(0, 1)]);
    expect(stage.machine.asked.slice(before)).toContain('local: alone/files -> files');
    expect(stage.machine.asked.slice(before).find(line => line.startsWith('load'))).toContain(first.bundle?.root.digest);
  });

  test('of an adopted image that is blocked today is nothing, and nothing is built', async () => {
    const stage = await aStage({ plan });
    await stage.run();
    const scanner = fakeScanner({ findings: critical });
    Object.assign(stage.equipment, { scanner: () => scanner });
    const before = stage.machine.asked.length;
    const record = await stage.run();
    expect(record.verdict?.outcome).toBe('blocked');
    expect(stage.machine.asked.slice(before)).toEqual(['prepare']);
    expect(stage.builder.alone).toEqual([]);
  });
});

describe('caches', () => {
  const caches: CachePlan = {
    imports: [],
    exports: [
      { type: 'gha', attributes: { scope: 's' }, automatic: true, when: 'beside' },
      { type: 'registry', attributes: { ref: `${IMAGE}:buildcache` }, automatic: true, when: 'last' },
    ],
  };
  const left: CacheUse = {
    type: 'gha',
    name: 's',
    direction: 'read',
    state: 'left out',
    reason: 'no answer',
    trouble: true,
    seconds: 3,
  };
  const build = aRequest({ caches });

  test('those of a registry leave only after every tag, the others at once; what failed is a warning and nothing else', async () => {
    const seen: [string, boolean][] = [];
    const stage: Stage = await aStage({
      plan: { build },
      builder: {
        facts: { caches: [left] },
        caches: when => {
          seen.push([when, stage.registry.repository(IMAGE).tags.size === 3]);
          return [
            {
              type: 'gha',
              seconds: 3,
              direction: 'written',
              state: when === 'last' ? 'failed' : 'done',
              reason: when,
              name: when,
            },
          ];
        },
      },
    });
    const record = await stage.run();
    expect(seen).toEqual([
      ['beside', false],
      ['last', true],
    ]);
    expect(exitCode(record)).toBe(0);
    expect(record.stages.map(one => one.stage).slice(-2)).toEqual(['publish', 'cache']);
    expect(record.cacheWrites?.map(({ name, state }) => [name, state])).toEqual([
      ['beside', 'done'],
      ['last', 'failed'],
    ]);
    expect(record.warnings.filter(line => line.startsWith('cache '))).toEqual([
      'cache gha (s) is left out: no answer. This cost 3.0 s.',
      'cache gha (last) could not be written: last. This cost 3.0 s.',
    ]);
  });

  test.each([
    ['that is blocked', { plan: {}, scanner: { findings: { 'linux/arm64': [aFinding({ severity: 'CRITICAL' })] } } }],
    ['on an event that does not publish', { plan: { push: false, signing: { method: 'off' } as const } }],
  ])('a run %s writes to no registry', async (_name, over) => {
    const stage = await aStage({ ...over, plan: { ...over.plan, build } });
    const record = await stage.run();
    expect(stage.builder.written).toEqual(['beside']);
    expect(record.cacheWrites).toMatchObject([{ type: 'registry', state: 'left out' }]);
    expect(record.warnings.filter(line => line.startsWith('cache '))).toEqual([]);
  });
});

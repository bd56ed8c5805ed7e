// Stories of attested images: attached, adopted, lost, and the SBOM as a file, with tools in memory.

import path from 'node:path';
import { expect, test } from '@jest/globals';
import { sail } from '../src/pipeline.ts';
import type { Equipment, Voyage } from '../src/pipeline.ts';
import type { BuildFacts } from '../src/build/build.ts';
import type { Plan } from '../src/plan/plan.ts';
import type { RunRecord } from '../src/record.ts';
import { aRequest } from './build/orders.ts';
import { aPlan, anEvent } from './builders/record.ts';
import { fakeBuilder } from './fakes/builder.ts';
import { fakeMachine } from './fakes/machine.ts';
import { fakeScanner } from './fakes/scanner.ts';
import { temporaryDirectory } from './fakes/layouts.ts';
import { memoryRegistry, type MemoryRegistry } from './fakes/registry.ts';
import { memorySigner } from './fakes/signer.ts';

const REVISION = 'org.opencontainers.image.revision';
const SCAN: BuildFacts['sbom'] = { from: 'scan', reason: 'the scanner image a/b:1 cannot be had (not found)' };

async function aRun(over: Partial<Plan> = {}, sbom?: BuildFacts['sbom']) {
  const event = anEvent();
  const labels = { [REVISION]: event.sha, 'dev.seaworthy.inputs': 'the same inputs' };
  const plan = aPlan({ buildLabels: labels, attestations: 'referrer', ...over });
  const registry = memoryRegistry();
  const [signer, scanner] = [memorySigner(registry), fakeScanner()];
  const builder = fakeBuilder(sbom && { facts: { sbom } });
  const parent = await temporaryDirectory();
  const equipment: Equipment = {
    registry,
    builder,
    machine: fakeMachine(),
    scanner: () => scanner,
    signer: () => Promise.resolve(signer),
  };
  let runs = 0;
  const run = (): Promise<RunRecord> => {
    const start = {
      schemaVersion: 1,
      seaworthy: 'test',
      startedAt: '',
      event,
      state: 'running',
      stages: [],
      warnings: [],
    } as const;
    const voyage: Voyage = {
      start,
      today: new Date('2026-11-21T12:00:00Z'),
      scanTimeout: 60,
      parallelScans: 2,
      signal: new AbortController().signal,
      directory: path.join(parent, `adopted-${++runs}`),
      sbomDirectory: path.join(parent, 'sbom'),
      stage: (_name, work) => work(),
      progress: () => undefined,
      onRecord: () => undefined,
    };
    return sail(voyage, { makePlan: () => Promise.resolve(plan), equip: () => Promise.resolve(equipment) });
  };
  return { run, plan, registry, builder, scanner };
}

const attached = (registry: MemoryRegistry, image: string): string[] =>
  [...registry.repository(image).manifests.values()]
    .filter(({ bytes }) => Buffer.from(bytes).includes('"subject"'))
    .map(({ digest }) => digest);

test('what is scanned is what is published: images alone, the statements attached', async () => {
  const { run, registry, plan } = await aRun();
  const record = await run();
  expect([record.state, record.publication?.complete]).toEqual(['completed', true]);
  expect(record.bundle?.images.flatMap(({ attestations }) => attestations)).toEqual([]);
  expect(record.publication?.digest).toBe(record.bundle?.root.digest);
  expect(record.bundle?.root.digest).not.toBe(record.build?.metadataDigest);
  expect(attached(registry, plan.images[0] ?? '')).toHaveLength(record.bundle?.images.length ?? 0);
  expect(record.scan?.platforms.map(({ manifest }) => manifest)).toEqual(
    record.bundle?.images.map(({ manifest }) => manifest.digest),
  );
});

test('promise 6: a second run adopts image and statements, and writes nothing', async () => {
  const { run, registry, builder } = await aRun();
  const first = await run();
  const before = registry.writes().length;
  const second = await run();
  expect([second.state, builder.orders.length, registry.writes().length]).toEqual(['completed', 1, before]);
  expect(second.bundle?.referrers).toEqual(first.bundle?.referrers);
  expect(second.warnings).toEqual([]);
});

test('statements that are gone everywhere are said to be gone, and the rest is completed', async () => {
  const { run, registry, plan } = await aRun();
  await run();
  for (const image of plan.images)
    for (const digest of attached(registry, image)) registry.repository(image).manifests.delete(digest);
  const second = await run();
  expect(second.state).toBe('completed');
  expect(second.warnings.join('\n')).toMatch(/has lost the attestations of linux\/amd64, linux\/arm64; only the build/);
});

test('an SBOM that BuildKit could not make is a file from the scan, and the run says what is missing in the image', async () => {
  const { run, scanner } = await aRun({ build: aRequest({ sbom: 'true' }) }, SCAN);
  const record = await run();
  expect(record.state).toBe('completed');
  expect(record.sbom?.files.map(({ from }) => from)).toEqual(['scan', 'scan']);
  expect(scanner.calls.filter(call => call.startsWith('sbom'))).toHaveLength(2);
  expect(record.warnings.join('\n')).toMatch(
    /the image has no SBOM attestation: the scanner image a\/b:1 cannot be had \(not found\)/,
  );
});

test('an image that was published without its SBOM is adopted, and every run says so', async () => {
  const { run, builder } = await aRun({ attestations: 'inline', build: aRequest({ sbom: 'true' }) }, SCAN);
  await run();
  const second = await run();
  expect([second.state, builder.orders.length]).toEqual(['completed', 1]);
  expect(second.warnings.join('\n')).toMatch(/the published image has no SBOM attestation, although one is asked for/);
});

test('no SBOM is asked for: none is made', async () => {
  const { run, scanner } = await aRun();
  const record = await run();
  expect([record.sbom, scanner.calls.filter(call => call.startsWith('sbom'))]).toEqual([undefined, []]);
});

// The deliver stage: what is asked of the machine, in which order, and what is said when something fails half way.

import { expect, test } from '@jest/globals';
import { deliver, delivers } from '../../src/deliver/run-deliver.ts';
import { ToolError, UserError } from '../../src/errors.ts';
import type { DeliveryPlan } from '../../src/plan/plan.ts';
import { aBundle, AMD64, aPlan, ARM64, aVerdict, ROOT } from '../builders/record.ts';
import { fakeMachine } from '../fakes/machine.ts';
import type { FakeMachineOptions } from '../fakes/machine.ts';

const ALL: DeliveryPlan = {
  outputs: [
    { type: 'local', dest: 'files', attributes: {} },
    { type: 'oci', dest: 'image.tar', attributes: {} },
    { type: 'docker', dest: 'docker.tar', attributes: { name: 'acme/tested,acme/app:2' } },
    { type: 'tar', dest: 'files.tar', attributes: {} },
  ],
  load: ARM64,
  export: 'bundle.tar',
};
const NAMES = ['a/b:1', 'a/b:2'];

const order = (delivery: DeliveryPlan, machine = fakeMachine()) => ({
  plan: aPlan({ delivery, buildNames: NAMES }),
  bundle: aBundle(),
  verdict: aVerdict(),
  outputs: ['private/0', 'private/1'],
  machine,
});

test('archives, then the engine, then what buildx wrote, each from its private place', async () => {
  const machine = fakeMachine();
  const delivery = await deliver(order(ALL, machine));
  const names = 'a/b:1, a/b:2';
  expect(machine.asked).toEqual([
    `archive ${ROOT} as bundle.tar named ${names}`,
    `oci: ${ROOT} -> image.tar as ${names}`,
    `docker: ${ROOT} -> docker.tar as acme/tested:latest, acme/app:2`,
    `load linux/arm64 of ${ROOT} as ${names}`,
    'local: private/0 -> files',
    'tar: private/1 -> files.tar',
  ]);
  const image = aBundle().images.find(({ platform }) => platform.architecture === 'arm64');
  expect(delivery).toEqual({
    outputs: ALL.outputs,
    loaded: { platform: 'linux/arm64', names: NAMES, id: image?.manifest.digest },
    archive: '/workspace/bundle.tar',
  });
});

test('an output of type=image with names of its own is loaded under these', async () => {
  const machine = fakeMachine();
  const { loaded } = await deliver(order({ outputs: [], load: AMD64, loadNames: ['tested:1'] }, machine));
  expect(loaded?.names).toEqual(['tested:1']);
  expect(machine.asked).toEqual([`load linux/amd64 of ${ROOT} as tested:1`]);
});

test('nothing asked, nothing handed over', () => {
  expect(delivers(aPlan({ delivery: { outputs: [] } }))).toBe(false);
  for (const delivery of [{ outputs: [], load: AMD64 }, { outputs: [], export: 'x' }, { outputs: ALL.outputs }])
    expect(delivers(aPlan({ delivery }))).toBe(true);
});

test('a verdict that lets nothing out hands nothing over, whoever calls', async () => {
  const machine = fakeMachine();
  await expect(
    deliver({ ...order(ALL, machine), verdict: aVerdict([], { publish: false, outcome: 'blocked' }) }),
  ).rejects.toThrow('deliver was called although the verdict is blocked');
  expect(machine.asked).toEqual([]);
});

test.each<[string, FakeMachineOptions, RegExp]>([
  [
    'the engine',
    { failure: new ToolError('no space', { tool: 'docker', hint: 'Prune.' }), fails: 'load' },
    /^Prune\. Handed over before, and left there: bundle\.tar; image\.tar; docker\.tar\.$/,
  ],
  [
    'a move',
    { failure: new UserError('outputs: files could not be written'), fails: 'moveOutput' },
    /^Handed over before, and left there: bundle\.tar; image\.tar; docker\.tar; a\/b:1, a\/b:2 in the engine\.$/,
  ],
])('a failure of %s says what was handed over before it', async (_name, options, hint) => {
  const error: unknown = await deliver(order(ALL, fakeMachine(options))).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(options.failure?.constructor);
  expect((error as UserError).message).toBe(options.failure?.message);
  expect((error as UserError).hint).toMatch(hint);
});

test('the first failure is told as it is', async () => {
  const failure = new UserError('export: x could not be written', { hint: 'Make room.' });
  await expect(deliver(order(ALL, fakeMachine({ failure })))).rejects.toBe(failure);
});

test('a cancel between two things ends the stage', async () => {
  const controller = new AbortController();
  const machine = fakeMachine({ onAsk: () => controller.abort() });
  await expect(deliver({ ...order(ALL, machine), signal: controller.signal })).rejects.toThrow(/abort/i);
  expect(machine.asked).toHaveLength(1);
});

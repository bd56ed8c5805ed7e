// Plan -> Bundle with a builder in memory: the order, and what is refused.

import { expect, test } from '@jest/globals';
import { build, orderOf } from '../../src/build/run-build.ts';
import { ToolError } from '../../src/errors.ts';
import { platformName } from '../../src/plan/platform.ts';
import { aPlan } from '../builders/record.ts';
import { fakeBuilder } from '../fakes/builder.ts';
import type { FakeBuilderOptions } from '../fakes/builder.ts';
import { AMD64, ARM64 } from '../fakes/layouts.ts';

const plan = aPlan({
  platforms: [AMD64, ARM64],
  buildNames: ['ghcr.io/acme/app:1', 'ghcr.io/acme/app:latest'],
  labels: { shown: 'yes' },
  buildLabels: { shown: 'yes', internal: 'hash' },
  annotations: [{ level: 'index', key: 'org.opencontainers.image.version', value: '1' }],
});

test('orders what the plan says, with the internal labels', () => {
  expect(orderOf(plan)).toEqual({
    ...plan.build,
    names: plan.buildNames,
    labels: { shown: 'yes', internal: 'hash' },
    annotations: plan.annotations,
    platforms: plan.platforms,
  });
});

test('the bundle is what the builder built', async () => {
  const builder = fakeBuilder();
  const { bundle, facts } = await build({ plan, builder });
  expect(builder.orders).toHaveLength(1);
  expect(bundle.root.digest).toBe(facts.metadataDigest);
  expect(bundle.images.map(image => platformName(image.platform))).toEqual(['linux/amd64', 'linux/arm64']);
  expect(bundle.images[1]?.labels).toEqual({ shown: 'yes', internal: 'hash' });
});

test.each<[string, FakeBuilderOptions, RegExp]>([
  [
    'another digest than buildx reported',
    { facts: { metadataDigest: `sha256:${'0'.repeat(64)}` } },
    /not usable: .* holds sha256:\w{64}, expected was sha256:0{64}/,
  ],
  ['a missing platform', { images: () => [{ platform: AMD64 }] }, /not usable: .* has no image for linux\/arm64/],
  ['a broken layout', { change: layout => ({ ...layout, entries: [] }) }, /not usable: .* is empty/],
])('refuses %s', async (_name, options, message) => {
  const building = build({ plan, builder: fakeBuilder(options) });
  await expect(building).rejects.toThrow(message);
  await expect(building).rejects.toBeInstanceOf(ToolError);
});

test('a failed build is told as the builder tells it', async () => {
  const failure = new ToolError('exit code 3', { tool: 'docker buildx build' });
  await expect(build({ plan, builder: fakeBuilder({ failure }) })).rejects.toBe(failure);
});

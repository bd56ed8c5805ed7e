// One build, one layout: what buildx reports, what the layout lists and what the bytes are must be one digest, or the run stops.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from '../../src/build/run-build.ts';
import { ToolError } from '../../src/errors.ts';
import { createBuilder } from '../../src/tools/buildx.ts';
import { aRequest } from '../build/orders.ts';
import { aPlan } from '../builders/record.ts';
import { fakeDocker, writeBuild } from '../fakes/docker.ts';
import { AMD64, ARM64, blobFile, temporaryDirectory } from '../fakes/layouts.ts';

const OTHER = `sha256:${'0'.repeat(64)}`;

interface Place {
  readonly layout: string;
  readonly metadata: string;
  readonly digest: string;
}

/** A build by a buildx whose result is changed before it ends. */
async function broken(change: (place: Place) => void): ReturnType<typeof build> {
  const { run } = fakeDocker(async args => {
    if (args[1] !== 'build') return undefined;
    await writeBuild(args);
    const metadata = args[args.indexOf('--metadata-file') + 1] ?? '';
    const layout = /dest=([^,]+)/.exec(args[args.indexOf('--output') + 1] ?? '')?.[1] ?? '';
    const said = JSON.parse(readFileSync(metadata, 'utf8')) as Record<string, string>;
    change({ layout, metadata, digest: said['containerimage.digest'] ?? '' });
    return {};
  });
  const builder = createBuilder({ run, env: { PATH: '/bin' }, directory: await temporaryDirectory(), onLine: () => undefined });
  return build({ plan: aPlan({ platforms: [AMD64, ARM64], build: aRequest() }), builder });
}

const replace = (file: string, from: string, to: string): void =>
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(from, to));

test('untouched, it is the bundle', async () => {
  const { bundle, facts } = await broken(() => undefined);
  expect(bundle.root.digest).toBe(facts.metadataDigest);
});

test.each<[string, (place: Place) => void, RegExp]>([
  ['buildx reports another digest', ({ metadata, digest }) => replace(metadata, digest, OTHER), /expected was sha256:0{64}/],
  [
    'the layout lists another digest',
    ({ layout, digest }) => replace(join(layout, 'index.json'), digest, OTHER),
    /holds sha256:0{64}, expected was/,
  ],
  [
    'the bytes are others',
    ({ layout, digest }) => replace(blobFile(layout, digest), 'amd64', 'arm64'),
    /was changed: its bytes have the digest/,
  ],
  ['buildx reports none', ({ metadata }) => writeFileSync(metadata, '{}'), /names no image digest/],
])('%s: nothing is taken on', async (_name, change, message) => {
  const building = broken(change);
  await expect(building).rejects.toThrow(message);
  await expect(building).rejects.toBeInstanceOf(ToolError);
});

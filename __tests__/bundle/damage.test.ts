// Fuzz: whatever happens to the files of a layout, it is either refused with a UserError or still says exactly the same.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBundle } from '../../src/bundle/read.ts';
import { verifyBlobs } from '../../src/bundle/verify.ts';
import { UserError } from '../../src/errors.ts';
import { AMD64, ARM64, blobFile, makeLayout, writeLayout } from '../fakes/layouts.ts';

const layout = makeLayout({
  images: [
    { platform: AMD64, attestation: 'legacy', layers: [{ files: { a: '1' } }, { files: { b: '2' }, compression: 'zstd' }] },
    { platform: ARM64, attestation: 'artifact', layers: [{ files: { c: '3' }, compression: 'none' }] },
  ],
  annotations: { version: '1' },
});
const digests = [...layout.blobs.keys()];

interface Damage {
  readonly file: number;
  readonly kind: 'flip' | 'cut' | 'grow' | 'swap' | 'remove' | 'text';
  readonly at: number;
  readonly other: number;
}
const damage: fc.Arbitrary<Damage> = fc.record({
  file: fc.nat(digests.length + 1),
  kind: fc.constantFrom('flip', 'cut', 'grow', 'swap', 'remove', 'text'),
  at: fc.nat(2000),
  other: fc.nat(digests.length - 1),
});

async function inflict(directory: string, { file, kind, at, other }: Damage): Promise<void> {
  const tops = ['index.json', 'oci-layout'];
  const path = file < tops.length ? join(directory, tops[file] ?? '') : blobFile(directory, digests[file - tops.length] ?? '');
  if (kind === 'remove') return rm(path);
  const bytes = await readFile(path);
  const place = bytes.length === 0 ? 0 : at % bytes.length;
  if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  const changed = {
    flip: bytes,
    cut: bytes.subarray(0, place),
    grow: Buffer.concat([bytes, Buffer.alloc(1 + (at % 600), at % 3)]),
    swap: await readFile(blobFile(directory, digests[other] ?? '')),
    // A digest that is there, but elsewhere: sound JSON that says something else.
    text: Buffer.from(bytes.toString('latin1').replace(/sha256:[a-f0-9]{64}/, digests[other] ?? ''), 'latin1'),
  }[kind];
  await writeFile(path, changed);
}

test('damaged layouts are refused or unchanged in meaning', async () => {
  const sound = await readBundle(await writeLayout(layout));
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 2 }), async damages => {
      const directory = await mkdtemp(join(tmpdir(), 'seaworthy-damage-'));
      try {
        await writeLayout(layout, directory);
        for (const item of damages)
          await inflict(directory, item).catch((error: unknown) => expect((error as NodeJS.ErrnoException).code).toBe('ENOENT'));
        const bundle = await readBundle(directory);
        await verifyBlobs(bundle);
        // A smaller image of the same layout is a sound layout, too: what it must never be is another reading of the same digest.
        if (bundle.root.digest === sound.root.digest) expect({ ...bundle, directory: '' }).toEqual({ ...sound, directory: '' });
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message.length).toBeGreaterThan(20);
        refused += 1;
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: 120, seed: 7 },
  );
  expect(refused).toBeGreaterThan(70);
}, 60_000);

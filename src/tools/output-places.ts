// The user's own outputs -> private places where buildx writes them, alone or one platform at a time, until the verdict allows to hand them over.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { PlannedOutput } from '../plan/plan.ts';
import { platformName, platformSlug } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import { joinTars } from './join-tars.ts';

/** One place for each output, in a new directory below the run's own; none for none. It goes with the run's directory, whatever becomes of the run. */
export async function privatePlaces(directory: string, outputs: readonly PlannedOutput[]): Promise<readonly string[]> {
  if (outputs.length === 0) return [];
  const own = await mkdtemp(join(directory, 'outputs-'));
  return outputs.map((_output, at) => join(own, String(at)));
}

/** Places for builds of one platform each, and how they become what one build of all platforms would have left. */
export interface SplitPlaces {
  /** For the build of one platform. */
  readonly of: (platform: Platform) => readonly string[];
  /** Joins what all of them left; resolves to the places of the whole. */
  readonly join: () => Promise<readonly string[]>;
}

const SPLIT = 'platform-split';

/** Throws UserError for what several builds cannot make together. */
export async function splitPlaces(
  directory: string,
  { outputs, platforms }: { readonly outputs: readonly PlannedOutput[]; readonly platforms: readonly Platform[] },
): Promise<SplitPlaces> {
  const flat = outputs.find(({ attributes }) => /^(?:0|f|false)$/i.test(attributes[SPLIT] ?? ''));
  if (flat !== undefined)
    throw new UserError(
      `outputs: ${SPLIT}=false of type=${flat.type},dest=${flat.dest} cannot be had here: the builder has several nodes, and each platform is built alone`,
      {
        hint: `Leave ${SPLIT} out: each platform gets a directory of its own, such as linux_amd64. Or name a builder with one node.`,
      },
    );
  const whole = await privatePlaces(directory, outputs);
  const part = (at: number, platform: Platform): string => `${whole[at] ?? ''}-${platformSlug(platform)}`;
  for (const [at, { type }] of outputs.entries()) if (type === 'local') await mkdir(whole[at] ?? '', { mode: 0o755 });
  return {
    of: platform =>
      outputs.map(({ type }, at) => (type === 'local' ? join(whole[at] ?? '', folderOf(platform)) : part(at, platform))),
    join: async () => {
      for (const [at, { type }] of outputs.entries()) {
        if (type !== 'tar') continue;
        const parts = platforms.map(platform => ({ file: part(at, platform), folder: folderOf(platform) }));
        await joinTars(parts, whole[at] ?? '');
        for (const { file } of parts) await rm(file, { force: true });
      }
      return whole;
    },
  };
}

/** An output of one platform has no directory for it: that is made here. */
export function withoutSplit(output: PlannedOutput): PlannedOutput {
  const attributes = Object.fromEntries(Object.entries(output.attributes).filter(([key]) => key !== SPLIT));
  return { ...output, attributes };
}

/** As BuildKit names it: `linux_arm_v7`. */
function folderOf(platform: Platform): string {
  return platformName(platform).replaceAll('/', '_');
}

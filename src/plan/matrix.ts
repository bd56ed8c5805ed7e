// Platforms + runner labels -> the `matrix` output: one entry a platform with the runner that builds it.

import type { MatrixEntry, RunnerLabel } from './plan.ts';
import { didYouMean } from './nearest.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';

/** The key of `runners` that stands for every platform without a label of its own. */
export const ANY_PLATFORM = 'default';

/** Labels by normalised platform name, and by `default`. */
export type Runners = Readonly<Record<string, RunnerLabel>>;

const X86 = 'ubuntu-24.04';
const ARM = 'ubuntu-24.04-arm';

/**
 * One entry a platform, in their order. `runners` holds what the user typed: labels by normalised platform name, and `default`.
 *
 * Without a label: `ubuntu-24.04` for amd64 and 386, `ubuntu-24.04-arm` for arm64. 32-bit arm is sent to the arm64 runner too, because some arm64 processors
 * run it and emulation is no slower there; as nobody promises that these do, it does not count as native. What no hosted runner has is built on
 * `ubuntu-24.04` by emulation. `native: false` tells the workflow to set up QEMU. A label of the user's counts as native for the platform that it was typed for,
 * unless its name tells another machine (`ubuntu-…` is amd64, `…arm…` arm64); `default` counts as an amd64 machine unless its name says arm.
 */
export function planMatrix(platforms: readonly Platform[], runners: Runners): MatrixEntry[] {
  return platforms.map(platform => {
    const name = platformName(platform);
    const own = Object.hasOwn(runners, name) ? runners[name] : undefined;
    const runner = own ?? runners[ANY_PLATFORM] ?? (isArm(platform) ? ARM : X86);
    const machine = machineOf(runner) ?? (own === undefined ? 'amd64' : undefined);
    return {
      platform: name,
      pair: name.replaceAll('/', '-'),
      runner,
      native: machine === undefined || runsOn(platform, machine),
    };
  });
}

/** The text of the output: `strategy.matrix: ${{ fromJSON(…) }}` takes it as it is. */
export function matrixOutput(entries: readonly MatrixEntry[]): string {
  return JSON.stringify({ include: entries });
}

/** One sentence for each runner that was typed for a platform that is not built. */
export function unusedRunners(platforms: readonly Platform[], runners: Runners): string[] {
  const built = platforms.map(platformName);
  return Object.keys(runners)
    .filter(key => key !== ANY_PLATFORM && !built.includes(key))
    .map(
      key =>
        `"${key}" is not built: platforms are ${built.join(', ')}${didYouMean(key, built)}; take the line out, or add the platform`,
    );
}

function isArm({ architecture }: Platform): boolean {
  return architecture === 'arm64' || architecture === 'arm';
}

/** What the name of a label tells; undefined: nothing. */
function machineOf(label: RunnerLabel): 'amd64' | 'arm64' | undefined {
  const names = typeof label === 'string' ? [label] : label;
  if (names.some(name => /(?:^|[^a-z])arm|aarch64/i.test(name))) return 'arm64';
  return names.some(name => /^ubuntu-|x64|x86|amd64/i.test(name)) ? 'amd64' : undefined;
}

function runsOn(platform: Platform, machine: 'amd64' | 'arm64'): boolean {
  if (platform.os !== 'linux') return false;
  return machine === 'arm64' ? platform.architecture === 'arm64' : ['amd64', '386'].includes(platform.architecture);
}

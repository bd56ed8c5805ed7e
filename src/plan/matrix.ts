// Platforms -> the `matrix` output: one entry a platform with the runner that builds it natively.

import type { MatrixEntry } from './plan.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';

/** One entry a platform, in their order. `runners` holds the labels that the user typed, by platform. */
export function planMatrix(platforms: readonly Platform[], runners: Readonly<Record<string, string>>): MatrixEntry[] {
  return platforms.map(platform => {
    const name = platformName(platform);
    const label = platform.architecture === 'arm64' || platform.architecture === 'arm' ? 'ubuntu-24.04-arm' : 'ubuntu-24.04';
    return { platform: name, pair: name.replaceAll('/', '-'), runner: runners[name] ?? label };
  });
}

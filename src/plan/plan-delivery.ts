// The inputs load, outputs and export + platforms -> what is handed over on this machine after the gate (rules 9).

import type { Inputs } from './inputs.ts';
import type { DeliveryPlan } from './plan.ts';
import { samePlatform } from './platform.ts';
import type { Platform } from './platform.ts';

/** `native`: the machine's own platform, which an engine can run; of several platforms it is the one that is loaded. */
export function planDelivery(
  { outputs, load, export: archive }: Pick<Inputs, 'outputs' | 'load' | 'export'>,
  platforms: readonly Platform[],
  native: Platform,
): DeliveryPlan {
  const loaded = load ? (platforms.find(platform => samePlatform(platform, native)) ?? platforms[0]) : undefined;
  return {
    outputs,
    ...(loaded !== undefined && { load: loaded }),
    ...(archive !== undefined && { export: archive }),
  };
}

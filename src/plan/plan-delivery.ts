// The inputs load, outputs and export + platforms -> what is handed over on this machine after the gate (rules 9).

import type { Inputs } from './inputs.ts';
import type { Decision, DeliveryPlan, PlannedOutput } from './plan.ts';
import { platformName, samePlatform } from './platform.ts';
import type { Platform } from './platform.ts';

/**
 * True for an output that buildx writes: files of the image's file system. Archives of the image are made of the scanned bytes instead: a second image in
 * the same build may come out in another form (attestations, compression), and nobody would have scanned it.
 */
export function isBuilt({ type }: PlannedOutput): boolean {
  return type === 'local' || type === 'tar';
}

/** `native`: the machine's own platform, which an engine can run; of several platforms it is the one that is loaded. */
export function planDelivery(
  {
    outputs,
    load,
    loadNames,
    loadsIfEngine,
    export: archive,
  }: Pick<Inputs, 'outputs' | 'load' | 'loadNames' | 'loadsIfEngine' | 'export'>,
  platforms: readonly Platform[],
  native: Platform,
): DeliveryPlan {
  const loaded = load ? (platforms.find(platform => samePlatform(platform, native)) ?? platforms[0]) : undefined;
  return {
    outputs,
    ...(loaded !== undefined && { load: loaded }),
    ...(loaded !== undefined && loadNames.length > 0 && { loadNames }),
    ...(loaded !== undefined && loadsIfEngine && { loadsIfEngine }),
    ...(archive !== undefined && { export: archive }),
  };
}

/** The row for the table of decisions, when there was something to choose. */
export function deliveryDecisions({ load }: DeliveryPlan, platforms: readonly Platform[], native: Platform): Decision[] {
  if (load === undefined || platforms.length < 2) return [];
  const reason = samePlatform(load, native)
    ? "the machine's own platform; the engine gets one"
    : `the first: the machine's own (${platformName(native)}) is not built, and the engine gets one`;
  return [{ name: 'load', asked: 'true', outcome: platformName(load), reason }];
}

/** What is wrong with an output beside several platforms: the archive of an engine holds one image. */
export function deliveryMistake(outputs: readonly PlannedOutput[], platforms: readonly Platform[]): string | undefined {
  const docker = outputs.find(({ type }) => type === 'docker');
  if (docker === undefined || platforms.length < 2) return undefined;
  return `type=docker,dest=${docker.dest} holds one platform, and ${platforms.length} are built (${platforms.map(platformName).join(', ')}); use the input "export", whose archive holds all and which docker load reads too, or type=oci`;
}

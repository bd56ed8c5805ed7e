// The deliver stage: the user's outputs to their place, the scanned image into the engine, the archive.

import type { Bundle } from '../bundle/bundle.ts';
import type { Verdict } from '../gate/verdict.ts';
import type { Plan } from '../plan/plan.ts';
import { platformName, samePlatform } from '../plan/platform.ts';
import type { Delivery, Machine } from './deliver.ts';

export interface DeliverOrder {
  readonly plan: Plan;
  readonly bundle: Bundle;
  readonly verdict: Verdict;
  /** Where the build left the user's outputs, in the order of the plan. */
  readonly outputs: readonly string[];
  readonly machine: Machine;
}

/** True when the user asked for anything on this machine. */
export function delivers({ delivery }: Plan): boolean {
  return delivery.outputs.length > 0 || delivery.load !== undefined || delivery.export !== undefined;
}

/** Hands everything over. Throws what the machine throws, and an Error (a bug) without a verdict that lets anything out. */
export async function deliver({ plan, bundle, verdict, outputs, machine }: DeliverOrder): Promise<Delivery> {
  if (!verdict.publish) throw new Error(`deliver was called although the verdict is ${verdict.outcome}`);
  const { delivery } = plan;
  for (const [at, output] of delivery.outputs.entries()) {
    const from = outputs[at];
    if (from === undefined) throw new Error(`the build left no output ${at + 1} behind`);
    await machine.moveOutput(from, output);
  }
  const image = bundle.images.find(({ platform }) => delivery.load !== undefined && samePlatform(platform, delivery.load));
  const id = image === undefined ? undefined : await machine.load(bundle, image, plan.buildNames);
  const archive = delivery.export === undefined ? undefined : await machine.archive(bundle, delivery.export);
  return {
    outputs: delivery.outputs,
    ...(image !== undefined &&
      id !== undefined && { loaded: { platform: platformName(image.platform), names: plan.buildNames, id } }),
    ...(archive !== undefined && { archive }),
  };
}

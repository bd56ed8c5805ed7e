// The deliver stage: the user's outputs to their place, the scanned image into the engine, the archive.

import type { Bundle } from '../bundle/bundle.ts';
import { ToolError, UserError } from '../errors.ts';
import type { Verdict } from '../gate/verdict.ts';
import { isBuilt } from '../plan/plan-delivery.ts';
import type { Plan } from '../plan/plan.ts';
import { platformName, samePlatform } from '../plan/platform.ts';
import type { Delivery, Machine } from './deliver.ts';

export interface DeliverOrder {
  readonly plan: Plan;
  readonly bundle: Bundle;
  readonly verdict: Verdict;
  /** Where the build left the outputs that it was asked for, in their order. */
  readonly outputs: readonly string[];
  readonly machine: Machine;
  /** Ends the stage between two things that are handed over. */
  readonly signal?: AbortSignal;
}

/** True when the user asked for anything on this machine. */
export function delivers({ delivery }: Plan): boolean {
  return delivery.outputs.length > 0 || delivery.load !== undefined || delivery.export !== undefined;
}

/**
 * Hands everything over, one after the other: archives, the engine, then what buildx wrote. What fails ends the run before anything is published; what was
 * handed over until then stays (the gate allowed it) and is named. Throws what the machine throws, and an Error (a bug) without a verdict that lets
 * anything out.
 */
export async function deliver(order: DeliverOrder): Promise<Delivery> {
  if (!order.verdict.publish) throw new Error(`deliver was called although the verdict is ${order.verdict.outcome}`);
  const done: string[] = [];
  try {
    return await handOver(order, done);
  } catch (error) {
    throw done.length === 0 ? error : withDone(error, done);
  }
}

async function handOver({ plan, bundle, outputs, machine, signal }: DeliverOrder, done: string[]): Promise<Delivery> {
  const { delivery, buildNames } = plan;
  const archive = delivery.export === undefined ? undefined : await machine.archive(bundle, delivery.export, buildNames);
  if (archive !== undefined) done.push(delivery.export ?? '');
  for (const output of delivery.outputs.filter(one => !isBuilt(one))) {
    signal?.throwIfAborted();
    await machine.writeImage(bundle, output, namesOf(output.attributes['name']) ?? buildNames);
    done.push(output.dest);
  }
  signal?.throwIfAborted();
  const loaded = await load({ plan, bundle, machine });
  if (loaded !== undefined) done.push(`${loaded.names.join(', ')} in the engine`);
  for (const [at, output] of delivery.outputs.filter(isBuilt).entries()) {
    const from = outputs[at];
    if (from === undefined) throw new Error(`the build left no output ${at + 1} behind`);
    signal?.throwIfAborted();
    await machine.moveOutput(from, output);
    done.push(output.dest);
  }
  return { outputs: delivery.outputs, ...(loaded && { loaded }), ...(archive !== undefined && { archive }) };
}

async function load({
  plan: { delivery, buildNames },
  bundle,
  machine,
}: Pick<DeliverOrder, 'plan' | 'bundle' | 'machine'>): Promise<Delivery['loaded']> {
  const wanted = delivery.load;
  if (wanted === undefined) return undefined;
  const image = bundle.images.find(({ platform }) => samePlatform(platform, wanted));
  if (image === undefined) throw new Error(`${platformName(wanted)} is to be loaded and is not in the bundle`);
  const names = delivery.loadNames ?? buildNames;
  const id = await machine.load(bundle, image, names);
  return id === undefined ? undefined : { platform: platformName(image.platform), names, id };
}

function namesOf(name: string | undefined): readonly string[] | undefined {
  const names = (name ?? '').split(',').filter(each => each !== '');
  return names.length === 0 ? undefined : names.map(each => (/:[^/]*$/.test(each) ? each : `${each}:latest`));
}

function withDone(error: unknown, done: readonly string[]): unknown {
  const said = `Handed over before, and left there: ${done.join('; ')}.`;
  if (error instanceof UserError) return new UserError(error.message, { hint: join(error.hint, said), cause: error });
  if (!(error instanceof ToolError)) return error;
  const { tool, exitCode, tail, hint } = error;
  return new ToolError(error.message, {
    tool,
    ...(exitCode !== undefined && { exitCode }),
    tail,
    hint: join(hint, said),
    cause: error,
  });
}

function join(hint: string | undefined, said: string): string {
  return hint === undefined ? said : `${hint} ${said}`;
}

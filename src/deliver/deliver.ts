// Bundle + Verdict -> Delivery: what the user asked to have on this machine, only after the gate (rules 9).

import type { Bundle, PlatformImage } from '../bundle/bundle.ts';
import type { DeliveryPlan, PlannedOutput } from '../plan/plan.ts';

/** What was handed over. */
export interface Delivery {
  /** The user's own outputs, where they are now. */
  readonly outputs: readonly PlannedOutput[];
  /** The image in the engine; `id` is what this engine calls it: the digest of its config, or (containerd image store) of its manifest or index. */
  readonly loaded?: { readonly platform: string; readonly names: readonly string[]; readonly id: string };
  /** The OCI archive of the bundle. */
  readonly archive?: string;
}

/** The machine as this stage needs it; tools/machine.ts implements it. Throws UserError or ToolError. */
export interface Machine {
  /** Looks, before anything is built, whether there is an engine to load into and whether all places can be written. Writes nothing. */
  prepare(delivery: DeliveryPlan): Promise<void>;
  /** Moves what a build left at `from` to where the user wants it, as buildx would have written it there. */
  moveOutput(from: string, output: PlannedOutput): Promise<void>;
  /** Writes the bundle in the form of `type=oci` or `type=docker`. */
  writeImage(bundle: Bundle, output: PlannedOutput, names: readonly string[]): Promise<void>;
  /** Loads one image of the bundle into the engine under these names, and checks that it is that one; resolves to its id there, or to nothing where prepare() found none and the plan can do without. */
  load(bundle: Bundle, image: PlatformImage, names: readonly string[]): Promise<string | undefined>;
  /** Writes the bundle as one OCI archive that `docker load` reads too; resolves to its absolute path. */
  archive(bundle: Bundle, file: string, names: readonly string[]): Promise<string>;
}

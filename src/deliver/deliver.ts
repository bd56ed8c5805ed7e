// Bundle + Verdict -> Delivery: what the user asked to have on this machine, only after the gate (rules 9).

import type { Bundle, PlatformImage } from '../bundle/bundle.ts';
import type { PlannedOutput } from '../plan/plan.ts';

/** What was handed over. */
export interface Delivery {
  /** The user's own outputs, where they are now. */
  readonly outputs: readonly PlannedOutput[];
  /** The image in the engine. */
  readonly loaded?: { readonly platform: string; readonly names: readonly string[]; readonly id: string };
  /** The OCI archive of the bundle. */
  readonly archive?: string;
}

/** The machine as this stage needs it; tools/machine.ts implements it. Throws UserError or ToolError. */
export interface Machine {
  /** Moves what a build left at `from` to where the user wants it, as buildx would have written it there. */
  moveOutput(from: string, output: PlannedOutput): Promise<void>;
  /** Loads one image of the bundle into the engine under these names; resolves to its id there. */
  load(bundle: Bundle, image: PlatformImage, names: readonly string[]): Promise<string>;
  /** Writes the bundle as one OCI archive that `docker load` reads too; resolves to its absolute path. */
  archive(bundle: Bundle, file: string): Promise<string>;
}

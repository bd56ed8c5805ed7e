// What a build is made from -> one hash, so that a later run of the same commit can tell that it would build the same (rules 12).

import { digestOfBytes } from '../bundle/blobs.ts';
import type { AttestationPlace } from './plan.ts';
import type { Platform } from './platform.ts';
import { platformName } from './platform.ts';

/** The label with the hash of the build's inputs. */
export const INPUTS_LABEL = 'dev.seaworthy.inputs';
/** The label with the run number: of two images of one commit, the newer run's moves floating tags. */
export const RUN_LABEL = 'dev.seaworthy.run';

export interface BuildInputs {
  /** With `{{defaultContext}}` for the commit's Git address: the label beside it names the commit. */
  readonly context: string;
  readonly file: string | undefined;
  readonly target: string | undefined;
  /** As buildx gets them: with `{{meta.…}}` filled in. */
  readonly buildArgs: readonly string[];
  /** Where a build argument without `=` takes its value from. */
  readonly environment: Readonly<Record<string, string>>;
  readonly buildContexts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** As planned, without what differs from run to run. */
  readonly provenance: string;
  readonly sbom: string;
  readonly sbomImage: string | undefined;
  readonly attestations: AttestationPlace;
  /** As typed: the date of the commit differs with the commit, which a label tells. */
  readonly sourceDateEpoch: 'commit' | 'off' | number;
  readonly rewriteTimestamp: boolean;
  readonly platforms: readonly Platform[];
  /** The digest of a context or Dockerfile that came through standard input. */
  readonly standardInput?: string | undefined;
}

/** `sha256:...` over canonical JSON; the order in which build arguments, contexts, labels and platforms were typed does not count, nor does `created`; secrets are never part of it. */
export function hashInputs(inputs: BuildInputs): string {
  const labels = Object.entries(inputs.labels).filter(([key]) => key !== 'org.opencontainers.image.created');
  const bare = inputs.buildArgs.filter(argument => !argument.includes('=')).sort();
  const value = {
    ...(bare.length > 0 && { buildArgValues: digestOfValues(bare, inputs.environment) }),
    buildArgs: [...inputs.buildArgs].sort(),
    // Only when there are any: what was published before this was counted can still be adopted.
    ...(inputs.buildContexts.length > 0 && { buildContexts: [...inputs.buildContexts].sort() }),
    context: inputs.context,
    file: inputs.file ?? null,
    labels: labels.sort(([a], [b]) => (a < b ? -1 : 1)),
    platforms: inputs.platforms.map(platformName).sort(),
    provenance: inputs.provenance,
    ...(inputs.standardInput !== undefined && { standardInput: inputs.standardInput }),
    ...(inputs.sbom !== 'false' && { sbom: inputs.sbom }),
    ...(inputs.sbom !== 'false' && inputs.sbomImage !== undefined && { sbomImage: inputs.sbomImage }),
    ...(inputs.attestations !== 'inline' && { attestations: inputs.attestations }),
    ...(inputs.sourceDateEpoch !== 'commit' && { sourceDateEpoch: inputs.sourceDateEpoch }),
    ...(inputs.rewriteTimestamp && { rewriteTimestamp: true }),
    target: inputs.target ?? null,
  };
  return digestOf(value);
}

/** The values themselves are kept nowhere. A name that is not set is no argument at all, other than an empty one. */
function digestOfValues(names: readonly string[], environment: Readonly<Record<string, string>>): string {
  return digestOf(names.map(name => [name, Object.hasOwn(environment, name) ? environment[name] : null]));
}

function digestOf(value: unknown): string {
  return digestOfBytes(new TextEncoder().encode(JSON.stringify(value)));
}

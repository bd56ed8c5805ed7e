// What a build is made from -> one hash, so that a later run of the same commit can tell that it would build the same (rules 12).

import { digestOfBytes } from '../bundle/blobs.ts';
import { isRemoteContext } from './git-address.ts';
import type { PlannedAnnotation } from './metadata.ts';
import type { AttestationPlace } from './plan.ts';
import type { Platform } from './platform.ts';
import { platformName } from './platform.ts';

/** The label with the hash of the build's inputs. */
export const INPUTS_LABEL = 'dev.seaworthy.inputs';
/** The label with the run number: of two images of one commit, the newer run's moves floating tags. */
export const RUN_LABEL = 'dev.seaworthy.run';

const CREATED = 'org.opencontainers.image.created';

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
  /** Those of the image when any was typed: our own say what the labels say. */
  readonly annotations: readonly PlannedAnnotation[];
  /** As planned, without what differs from run to run. */
  readonly provenance: string;
  readonly sbom: string;
  readonly sbomImage: string | undefined;
  readonly attestations: AttestationPlace;
  /** As typed or from the environment: the date of the commit differs with the commit, which a label tells. */
  readonly sourceDateEpoch: 'commit' | 'off' | number;
  readonly rewriteTimestamp: boolean;
  readonly platforms: readonly Platform[];
  /** The digest of a context or Dockerfile that came through standard input. */
  readonly standardInput?: string | undefined;
}

/** `sha256:...` over canonical JSON; the order in which build arguments, contexts, labels and platforms were typed does not count, nor does `created`; secrets are never part of it. */
export function hashInputs(inputs: BuildInputs): string {
  const labels = Object.entries(inputs.labels).filter(([key]) => key !== CREATED);
  const buildArgs = effectiveArguments(inputs);
  const bare = buildArgs.filter(argument => !argument.includes('='));
  const value = {
    ...(inputs.annotations.length > 0 && { annotations: typedAnnotations(inputs.annotations) }),
    ...(bare.length > 0 && { buildArgValues: digestOfValues(bare, inputs.environment) }),
    buildArgs,
    // Only when there are any: what was published before this was counted can still be adopted.
    ...(inputs.buildContexts.length > 0 && { buildContexts: lastOfEach(inputs.buildContexts).sort() }),
    context: isHere(inputs.context) ? '.' : inputs.context,
    file: fileOf(inputs),
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

/** Sorted; as for buildx the last of a name counts, and one without `=` whose variable is not set is no argument beside another. */
function effectiveArguments({ buildArgs, environment }: Pick<BuildInputs, 'buildArgs' | 'environment'>): string[] {
  const set = buildArgs.filter(argument => argument.includes('=') || Object.hasOwn(environment, argument));
  return lastOfEach([...buildArgs.filter(argument => !set.includes(argument)), ...set]).sort();
}

function lastOfEach(entries: readonly string[]): string[] {
  return [...new Map(entries.map(entry => [entry.split('=', 1)[0], entry])).values()];
}

function isHere(context: string): boolean {
  return context === '.' || context === './';
}

/** The Dockerfile that is read when none is named is the same when it is. */
function fileOf({ context, file }: Pick<BuildInputs, 'context' | 'file'>): string | null {
  const named = file !== undefined && /^(?:\.\/)?Dockerfile$/.test(file);
  return file === undefined || (named && (isHere(context) || isRemoteContext(context))) ? null : file;
}

/** Those that the image shows; the clock of a run is none of its inputs. */
function typedAnnotations(annotations: readonly PlannedAnnotation[]): string[][] {
  const lasting = annotations.filter(({ key }) => key !== CREATED);
  return lasting.map(({ level, key, value }) => [level, key, value]).sort((a, b) => (a.join('=') < b.join('=') ? -1 : 1));
}

/** The values themselves are kept nowhere. A name that is not set is no argument at all, other than an empty one. */
function digestOfValues(names: readonly string[], environment: Readonly<Record<string, string>>): string {
  return digestOf(names.map(name => [name, Object.hasOwn(environment, name) ? environment[name] : null]));
}

function digestOf(value: unknown): string {
  return digestOfBytes(new TextEncoder().encode(JSON.stringify(value)));
}

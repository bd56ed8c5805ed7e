// Event + inputs -> what buildx is asked for, and the name it builds under when nothing is published.

import type { Event } from './event.ts';
import { runUrl } from './event.ts';
import { gitTokenSecrets } from './git-token.ts';
import type { Attest, Inputs } from './inputs.ts';
import type { AttestationPlace, BuilderSetup, BuildRequest, BuildSecret, CachePlan } from './plan.ts';
import { isBuilt } from './plan-delivery.ts';
import { shortSha } from './tags.ts';

/** What is attested, without what differs from run to run: `true`, `false` or buildx's attributes. */
export interface PlannedAttestations {
  readonly provenance: string;
  readonly sbom: string;
}

/**
 * The inputs `provenance` and `sbom` win over `attests`. Without either, provenance is `max` in public repositories and `min` in private ones, as
 * docker/build-push-action has it, and there is no SBOM. With `attestations: none` there is nothing at all.
 */
export function planAttestations(event: Event, { provenance, sbom, attests, attestations }: Inputs): PlannedAttestations {
  if (attestations === 'none') return { provenance: 'false', sbom: 'false' };
  const attested = (type: Attest['type']): string | undefined => attests.find(attest => attest.type === type)?.value;
  const usual = event.private === false ? 'mode=max' : 'mode=min';
  return { provenance: inLayout(provenance ?? attested('provenance') ?? usual), sbom: sbom ?? attested('sbom') ?? 'false' };
}

/** BuildKit takes the export of a layout for no image export, and `inline-only` would then leave the provenance out of what is published. */
function inLayout(attributes: string): string {
  const kept = attributes.split(',').filter(field => !field.startsWith('inline-only='));
  return kept.length === 0 ? 'true' : kept.join(',');
}

/** Whether what is published is an index. One platform without attestations in an index is one bare manifest. */
export function makesIndex(
  { provenance, sbom }: PlannedAttestations,
  platforms: readonly unknown[],
  place: AttestationPlace = 'inline',
): boolean {
  return platforms.length > 1 || (place === 'inline' && (provenance !== 'false' || sbom !== 'false'));
}

/** Fills `{{meta.…}}` in; `input` is for messages. */
export type Expand = (input: string, text: string) => string;

/** The inputs that may say `{{meta.…}}`, filled in. */
export function expandBuild(
  { target, buildArgs, buildContexts }: Pick<Inputs, 'target' | 'buildArgs' | 'buildContexts'>,
  expand: Expand,
): Pick<BuildRequest, 'target' | 'buildArgs' | 'buildContexts'> {
  return {
    ...given('target', target === undefined ? undefined : expand('target', target)),
    buildArgs: buildArgs.map(argument => expand('build-args', argument)),
    buildContexts: buildContexts.map(context => expand('build-contexts', context)),
  };
}

/** What is beside the inputs. */
export interface BuildSurroundings {
  readonly event: Event;
  readonly context: string;
  readonly attestations: PlannedAttestations;
  readonly caches: CachePlan;
  readonly commitDate: Date | undefined;
  readonly expand: Expand;
}

/** What buildx is asked for. */
export function planBuild(
  inputs: Inputs,
  { event, context, attestations, caches, commitDate, expand }: BuildSurroundings,
): BuildRequest {
  const built = expandBuild(inputs, expand);
  return {
    context,
    ...given('file', inputs.file),
    ...built,
    addHosts: inputs.addHosts,
    allow: inputs.allow,
    ...given('network', inputs.network),
    ...given('cgroupParent', inputs.cgroupParent),
    ...given('shmSize', inputs.shmSize),
    ulimit: inputs.ulimit,
    secrets: [
      ...planSecrets(inputs),
      ...gitTokenSecrets({ event, inputs, context, file: inputs.file, buildContexts: built.buildContexts }),
    ],
    ssh: inputs.ssh,
    provenance: withBuilder(attestations.provenance, event),
    sbom: attestations.sbom,
    caches,
    noCacheFilters: inputs.noCacheFilters,
    noCache: inputs.noCache,
    pull: inputs.pull,
    ...given('builder', inputs.builder),
    setup: planSetup(inputs),
    emulation: { mode: inputs.qemu, ...given('image', inputs.binfmtImage) },
    ...given('sbomImage', inputs.sbomImage),
    ...given('sourceDateEpoch', epochOf(inputs, commitDate)),
    rewriteTimestamp: inputs.rewriteTimestamp,
    outputs: inputs.outputs.filter(isBuilt),
  };
}

function planSetup(inputs: Inputs): BuilderSetup {
  return {
    ...given('image', inputs.builderImage),
    driverOpts: inputs.driverOpts,
    ...given('config', inputs.buildkitdConfig),
    ...given('configInline', inputs.buildkitdConfigInline),
    ...given('flags', inputs.buildkitdFlags),
    keep: inputs.keepBuilder,
  };
}

function epochOf({ sourceDateEpoch }: Inputs, commitDate: Date | undefined): number | undefined {
  if (sourceDateEpoch === 'off') return undefined;
  if (sourceDateEpoch !== 'commit') return sourceDateEpoch;
  return commitDate === undefined ? undefined : Math.floor(commitDate.getTime() / 1000);
}

function planSecrets({ secrets, secretEnvs, secretFiles }: Inputs): readonly BuildSecret[] {
  return [
    ...secrets.map(({ id }) => ({ id, from: 'input' as const })),
    ...secretEnvs.map(({ id, variable }) => ({ id, from: 'variable' as const, variable })),
    ...secretFiles.map(({ id, file }) => ({ id, from: 'file' as const, file })),
  ];
}

/** The provenance names this run as its builder, unless another was typed. */
function withBuilder(attributes: string, event: Event): string {
  if (attributes === 'false' || /(?:^|,)"?builder-id=/.test(attributes)) return attributes;
  const builder = `builder-id=${runUrl(event)}/attempts/${event.runAttempt}`;
  return attributes === 'true' ? builder : `${attributes},${builder}`;
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

/** A build always has a name: without one its provenance speaks of nothing. */
export function localName(event: Event): string {
  const path = event.repository.toLowerCase().split('/').map(pathComponent).join('/');
  const sha = shortSha(event.sha).replaceAll(/[^0-9a-f]/g, '');
  return `localhost/${path}:sha-${sha === '' ? 'unknown' : sha}`;
}

/** GitHub allows names that a registry does not (`_x`, `a--.b`). */
function pathComponent(name: string): string {
  const mended = name.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return mended === '' ? 'unnamed' : mended;
}

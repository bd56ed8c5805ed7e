// The steps of one job that use the replaced actions -> one step of ours for each image, with what stays, what falls away and what is to decide.

import { MOVED_OUTPUTS } from '../../src/plan/moving-over.ts';
import { emptyDraft, moveInputs, oneLine, orderedInputs, setInput } from './draft.ts';
import type { Draft, Special } from './draft.ts';
import { expandOutputs, mergeMetadata, metadataOf, namingInputs, ownToken } from './merge-naming.ts';
import { mergeSarif, mergeScans, mergeSigning, scansImage } from './merge-scan.ts';
import { actionOf, describeStep, inputOf, readsOutput } from './workflow.ts';
import type { Step, Workflow } from './workflow.ts';

export interface MergedStep {
  readonly job: string;
  /** The build step that it replaces; a metadata step when no build step reads it. */
  readonly replaces: Step;
  /** Undefined when the chain cannot become one step; `decisions` says why. */
  readonly inputs: Readonly<Record<string, string>> | undefined;
  /** A `mode: plan` step that goes before it under the metadata step's id, when inputs read its outputs that know no `{{meta.…}}`. */
  readonly planInputs: Readonly<Record<string, string>> | undefined;
  readonly planId?: string;
  /** Steps of those actions that stay, with the reason. */
  readonly kept: ReadonlyMap<Step, string>;
  readonly dropped: readonly string[];
  readonly decisions: readonly string[];
}

/** Merges the chains of every job. A metadata step that no build step reads (bake, own scripts) becomes a `mode: plan` step. */
export function mergeSteps(workflow: Workflow): readonly MergedStep[] {
  return Object.entries(workflow.jobs).flatMap(([job, { steps = [] }]) => {
    const builds = steps.filter(step => actionOf(step) === 'docker/build-push-action');
    const metadata = steps.filter(step => actionOf(step) === 'docker/metadata-action');
    const used = builds.map(build => metadataOf(build, metadata));
    return [
      ...metadata.filter(step => !used.includes(step)).map(step => mergePlan(job, step)),
      ...builds.filter(build => !isRehearsal(build, builds)).map(build => mergeChain(job, build, steps)),
    ];
  });
}

/** The same outputs from the same rules, read by the same later steps. */
function mergePlan(job: string, step: Step): MergedStep {
  const draft = emptyDraft();
  mergeMetadata(draft, step);
  const { dropped, decisions, kept } = draft;
  return {
    job,
    replaces: step,
    inputs: { mode: 'plan', ...orderedInputs(draft) },
    planInputs: undefined,
    kept,
    dropped,
    decisions,
  };
}

/** A build that is only loaded, to be scanned or tested, before the same image is built again and pushed. */
function isRehearsal(build: Step, builds: readonly Step[]): boolean {
  const same = (other: Step): boolean =>
    ['context', 'file', 'target'].every(name => inputOf(build, name).trim() === inputOf(other, name).trim());
  const pushes = ['', 'false'].includes(inputOf(build, 'push').trim());
  return pushes && builds.slice(builds.indexOf(build) + 1).some(same);
}

function mergeChain(job: string, build: Step, steps: readonly Step[]): MergedStep {
  const draft = emptyDraft();
  const refused = refusal(build);
  if (refused !== undefined)
    return { job, replaces: build, inputs: undefined, planInputs: undefined, kept: new Map(), dropped: [], decisions: [refused] };
  const by = (action: string): readonly Step[] => steps.filter(step => actionOf(step) === action);
  const metadata = metadataOf(build, by('docker/metadata-action'));
  if (metadata !== undefined) mergeMetadata(draft, metadata);
  const naming = orderedInputs(draft);
  mergeBuild(draft, build, metadata);
  mergeLogins(draft, by('docker/login-action'));
  mergeBuilders(draft, by('docker/setup-buildx-action'), build);
  for (const step of by('docker/setup-qemu-action'))
    draft.kept.set(step, 'foreign platforms are emulated by it; not needed where every platform has a native node');
  const scans = by('aquasecurity/trivy-action');
  mergeScans(draft, scans.filter(scansImage));
  for (const step of scans.filter(one => !scansImage(one)))
    draft.kept.set(step, `scans ${inputOf(step, 'scan-type')}, not the image`);
  mergeSigning(draft, steps);
  for (const step of steps.filter(one => one.uses?.startsWith('github/codeql-action/upload-sarif') === true))
    mergeSarif(draft, step);
  tellRehearsals(draft, build, by('docker/build-push-action'));
  tellReaders(draft, steps, build, metadata);
  if (metadata !== undefined) expandOutputs(draft, metadata);
  const readsMeta = metadata !== undefined && [...draft.inputs.values()].some(value => readsOutput(value, metadata));
  return {
    job,
    replaces: build,
    inputs: orderedInputs(draft),
    planInputs: readsMeta ? { mode: 'plan', ...naming } : undefined,
    ...(readsMeta && metadata.id !== undefined && { planId: metadata.id }),
    kept: draft.kept,
    dropped: draft.dropped,
    decisions: draft.decisions,
  };
}

function mergeBuild(draft: Draft, build: Step, metadata: Step | undefined): void {
  const special: Record<string, Special> = {
    ...namingInputs(metadata),
    'github-token': ownToken,
    context: value => {
      const path = /^\{\{\s*defaultContext\s*\}\}(?::(.*))?$/.exec(value.trim());
      if (path !== null) draft.inputs.set('context', path[1] === undefined || path[1] === '' ? '.' : path[1]);
      return path !== null;
    },
    load: value => value.trim() === 'false',
    'cache-to': (value, taken) => takeCaches('cache-to', value, taken),
    'cache-from': (value, taken) => takeCaches('cache-from', value, taken),
    builder: value => /steps\.[\w-]+\.outputs\.name/.test(value),
  };
  moveInputs(draft, 'docker/build-push-action', build, special);
  if (inputOf(build, 'push').trim() === '') setInput(draft, 'push', 'false', 'docker/build-push-action');
  const context = inputOf(build, 'context').trim();
  if (context === '' || context.startsWith('{{'))
    draft.decisions.push('the build read the commit from Git; now it reads the checkout: actions/checkout must come before it');
}

/** A cache in a registry would be pushed before the verdict; tokens would be seen in the argument list. */
function takeCaches(name: string, value: string, draft: Draft): boolean {
  const entries = value
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const isRegistry = (entry: string): boolean =>
    name === 'cache-to' && (/(?:^|,)type=registry/.test(entry) || !entry.includes('='));
  for (const entry of entries.filter(isRegistry))
    draft.decisions.push(
      `docker/build-push-action cache-to: ${oneLine(entry)} would push before the verdict and is left out; type=gha, type=local or type=inline can be written`,
    );
  const taken = entries.filter(entry => !isRegistry(entry)).map(entry => entry.replaceAll(/,(?:gh)?token=[^,]*/g, ''));
  if (taken.length > 0) draft.inputs.set(name, taken.join('\n'));
  return true;
}

/** One login moves into the step; several, or one of another kind, stay. */
function mergeLogins(draft: Draft, logins: readonly Step[]): void {
  const [only] = logins;
  const plain = only !== undefined && ['ecr', 'scope', 'registry-auth'].every(name => inputOf(only, name).trim() === '');
  if (only === undefined) return;
  if (logins.length > 1 || !plain) {
    const reason = plain
      ? 'one step takes one registry; the logins of the job are used'
      : 'its kind of login is not in this version';
    for (const step of logins) draft.kept.set(step, reason);
    return;
  }
  moveInputs(draft, 'docker/login-action', only);
  if (only.if !== undefined)
    draft.decisions.push(
      `${describeStep(only)}: its condition (${oneLine(String(only.if))}) falls away: without a push nothing is sent, and with empty credentials the run does not log in`,
    );
}

const NEEDS_STEP = /^(?:version|driver|driver-opts|buildkitd-.*|config.*|name|endpoint|append|keep-state|use)$/;

/** A builder with the defaults is made when it is needed; any other stays with its step. */
function mergeBuilders(draft: Draft, setups: readonly Step[], build: Step): void {
  for (const step of setups) {
    const image = /^image=([^\s,]+)$/.exec(inputOf(step, 'driver-opts').trim())?.[1];
    const reasons = Object.keys(step.with ?? {}).filter(
      name =>
        NEEDS_STEP.test(name) &&
        !(name === 'driver-opts' && image !== undefined) &&
        !(name === 'driver' && inputOf(step, name) === 'docker-container') &&
        !(name === 'use' && inputOf(step, name) === 'true'),
    );
    if (inputOf(build, 'allow').trim() !== '') reasons.push('allow of the build');
    if (reasons.length > 0) draft.kept.set(step, `${reasons.join(', ')}: its builder is used`);
    else if (image !== undefined) setInput(draft, 'builder-image', image, 'docker/setup-buildx-action driver-opts');
    else draft.dropped.push('docker/setup-buildx-action: a builder is created where none fits');
  }
}

function tellRehearsals(draft: Draft, build: Step, builds: readonly Step[]): void {
  for (const step of builds.filter(one => one !== build && isRehearsal(one, builds)))
    draft.dropped.push(`${describeStep(step)}: the image is built once; what was scanned is what is published`);
}

/** Steps that read outputs of what is gone. */
function tellReaders(draft: Draft, steps: readonly Step[], build: Step, metadata: Step | undefined): void {
  for (const step of steps) {
    if (step === build || actionOf(step) !== undefined) continue;
    const text = JSON.stringify(step);
    if (text.includes('DOCKER_METADATA_OUTPUT_'))
      draft.decisions.push(
        `${describeStep(step)} reads DOCKER_METADATA_OUTPUT_*, which is not exported: read this step's outputs`,
      );
    if (metadata !== undefined && readsOutput(text, metadata))
      draft.decisions.push(
        `${describeStep(step)} reads steps.${metadata.id ?? ''}.outputs: write steps.${build.id ?? '(id of this step)'}.outputs, the names are the same`,
      );
    for (const row of MOVED_OUTPUTS)
      if (row.ours === 'none' && row.action === 'docker/build-push-action' && readsOutput(text, build, row.output))
        draft.decisions.push(`${describeStep(step)} reads the output ${row.output}: ${row.note}`);
  }
}

/** Chains that one step cannot replace in this version. */
function refusal(build: Step): string | undefined {
  const outputs = inputOf(build, 'outputs');
  if (/push-by-digest=true/.test(outputs))
    return 'a build by digest that another job merges stays as it is in this version: one step builds all platforms, on the nodes of one builder or emulated';
  if (/type=(?:local|tar|docker|oci)/.test(outputs) && inputOf(build, 'push').trim() !== 'true')
    return 'a build that exports files stays as it is: nothing is published from it';
  if (inputOf(build, 'call').trim() !== '') return `call: ${inputOf(build, 'call')} builds nothing: that step stays`;
  return undefined;
}

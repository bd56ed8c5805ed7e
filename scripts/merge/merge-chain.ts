// The steps of one job that use the replaced actions -> one step of ours for each image, with what stays, what falls away and what is to decide.

import { emptyDraft, moveInputs, oneLine, orderedInputs } from './draft.ts';
import type { Draft } from './draft.ts';
import { mergeBake, refuseBake } from './merge-bake.ts';
import { mergeBuild, refuseBuild } from './merge-build.ts';
import { mergeBuilder, mergeQemu } from './merge-builder.ts';
import { expandOutputs, mergeMetadata, metadataOf } from './merge-naming.ts';
import { mergeSarif, mergeScans, mergeSigning, scansImage } from './merge-scan.ts';
import { actionOf, describeStep, inputOf, linesOf, readsOutput } from './workflow.ts';
import type { Step, Workflow } from './workflow.ts';

export interface MergedStep {
  readonly job: string;
  /** The step that builds; a metadata step when none that becomes ours reads it. */
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

/** Merges the chains of every job. A metadata step that no merged step reads (bake of several targets, own scripts) becomes a `mode: plan` step. */
export function mergeSteps(workflow: Workflow): readonly MergedStep[] {
  return Object.entries(workflow.jobs).flatMap(([job, { steps = [] }]) => {
    const builds = steps.filter(step => isBuild(step) || isBake(step));
    const metadata = steps.filter(step => actionOf(step) === 'docker/metadata-action');
    // The metadata step of a build that stays stays with it; that of a bake can be planned here.
    const used = builds
      .filter(build => isBuild(build) || refuseBake(build) === undefined)
      .map(build => metadataOf(build, metadata));
    return [
      ...metadata.filter(step => !used.includes(step)).map(step => mergePlan(job, step)),
      ...builds.filter(build => !isRehearsal(build, builds)).map(build => mergeChain(job, build, steps)),
    ];
  });
}

function isBuild(step: Step): boolean {
  return actionOf(step) === 'docker/build-push-action';
}

function isBake(step: Step): boolean {
  return actionOf(step) === 'docker/bake-action';
}

/** Why a step that builds stays as it is. */
function refusal(step: Step): string | undefined {
  if (isBake(step)) return refuseBake(step);
  return isBuild(step) ? refuseBuild(step) : undefined;
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
    isBuild(other) && ['context', 'file', 'target'].every(name => inputOf(build, name).trim() === inputOf(other, name).trim());
  const pushes = ['', 'false'].includes(inputOf(build, 'push').trim());
  const makesFiles = inputOf(build, 'outputs').trim() !== '';
  return isBuild(build) && pushes && !makesFiles && !looksOnly(build) && builds.slice(builds.indexOf(build) + 1).some(same);
}

/** `call: check` and its like. */
function looksOnly(build: Step): boolean {
  return !['', 'build'].includes(inputOf(build, 'call').trim());
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
  (isBake(build) ? mergeBake : mergeBuild)(draft, build, metadata, steps);
  mergeLogins(draft, by('docker/login-action'));
  tellRehearsals(draft, build, steps);
  const users = [...draft.kept.keys(), ...steps.filter(step => refusal(step) !== undefined)].filter(
    step => isBuild(step) || isBake(step),
  );
  mergeBuilder(draft, by('docker/setup-buildx-action'), build, { steps, users });
  mergeQemu(draft, by('docker/setup-qemu-action'), { steps, users });
  if (!looksOnly(build)) judge(draft, steps);
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

/** What scans, signs and reports. */
function judge(draft: Draft, steps: readonly Step[]): void {
  const scans = steps.filter(step => actionOf(step) === 'aquasecurity/trivy-action');
  mergeScans(draft, scans.filter(scansImage));
  for (const step of scans.filter(one => !scansImage(one)))
    draft.kept.set(step, `scans ${inputOf(step, 'scan-type')}, not the image`);
  mergeSigning(draft, steps);
  for (const step of steps.filter(one => one.uses?.startsWith('github/codeql-action/upload-sarif') === true))
    mergeSarif(draft, step);
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
  draft.decisions.push(`${describeStep(only)}: keep it as well if a base image is private: BuildKit reads the logins of the job`);
  if (only.if !== undefined)
    draft.decisions.push(
      `${describeStep(only)}: its condition (${oneLine(String(only.if))}) falls away: without a push nothing is sent, and with empty credentials the run does not log in`,
    );
}

/** Builds that were only tried: gone, unless a script uses what they loaded. */
function tellRehearsals(draft: Draft, build: Step, steps: readonly Step[]): void {
  const builds = steps.filter(isBuild);
  for (const step of builds.filter(one => one !== build && isRehearsal(one, builds))) {
    const tags = linesOf(inputOf(step, 'tags')).flatMap(line => line.split(','));
    const user = steps.find(one => tags.some(tag => one.run?.includes(tag) === true));
    if (user === undefined)
      draft.dropped.push(`${describeStep(step)}: the image is built once; what was scanned is what is published`);
    else
      draft.kept.set(
        step,
        `${describeStep(user)} uses its image before anything is published; load: true here loads what was scanned, once the gate has passed`,
      );
  }
}

/** Steps that read outputs of what is gone. */
function tellReaders(draft: Draft, steps: readonly Step[], build: Step, metadata: Step | undefined): void {
  const ours = build.id ?? '(id of this step)';
  for (const step of steps) {
    if (step === build || actionOf(step) !== undefined) continue;
    const text = JSON.stringify(step);
    if (text.includes('DOCKER_METADATA_OUTPUT_'))
      draft.decisions.push(
        `${describeStep(step)} reads DOCKER_METADATA_OUTPUT_*, which is not exported: read this step's outputs`,
      );
    if (metadata !== undefined && readsOutput(text, metadata))
      draft.decisions.push(
        `${describeStep(step)} reads steps.${metadata.id ?? ''}.outputs: write steps.${ours}.outputs, the names are the same`,
      );
    if (isBuild(build) && readsOutput(text, build, 'imageid') && draft.inputs.get('load') !== 'true')
      draft.decisions.push(`${describeStep(step)} reads the output imageid: it is set with load: true; "digest" is always`);
    if (isBake(build) && readsOutput(text, build, 'metadata'))
      draft.decisions.push(
        `${describeStep(step)} reads the output metadata: it is that of the one target, without its name around it`,
      );
  }
}

// Event + inputs + policy + clock -> Plan. Pure: the same arguments give the same plan, and nothing is run or read.

import { UserError } from '../errors.ts';
import { decideComment, decidePush, decideSigning, decideStatus, isPrivileged } from './decide.ts';
import type { Decided } from './decide.ts';
import type { Event } from './event.ts';
import { runUrl } from './event.ts';
import { hashInputs, INPUTS_LABEL, RUN_LABEL } from './input-hash.ts';
import type { Inputs } from './inputs.ts';
import { planAnnotations, planLabels } from './labels.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistakes } from './mistakes.ts';
import type { BuildRequest, Decision, Plan, PlannedTag } from './plan.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import type { Policy } from './policy.ts';
import type { Reference } from './reference.ts';
import { planTags, renderer, shortSha } from './tags.ts';
import type { TagPlan } from './tags.ts';
import semver from 'semver';

export interface PlanOrder {
  readonly event: Event;
  readonly inputs: Inputs;
  readonly policy: Policy;
  readonly now: Date;
  /** When the commit was made; else the event's payload is asked, else nothing is known. */
  readonly commitDate?: Date;
  /** What is built when `platforms` is empty: the machine's own platform. */
  readonly native?: Platform;
}

const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** Decides everything that can be decided before the first tool runs. Throws one UserError with all mistakes that only show now. */
export function makePlan(order: PlanOrder): Plan {
  const { event, inputs, policy, now } = order;
  const commitDate = order.commitDate ?? payloadDate(event);
  const mistakes = collectMistakes();
  const naming = planNames(order, commitDate, mistakes);
  const warned = new Set<string>();
  const render = renderer({ event, now, commitDate }, name => warned.add(`labels: {{${name}}} is not known and gives nothing`));
  const labelInputs = { event, version: naming.version, now, render };
  const labels = planLabels(labelInputs, inputs.labels, mistakes);
  const annotations = planAnnotations(labelInputs, inputs.annotations, mistakes);
  mistakes.check('the plan', 'Nothing was built or pushed. The rules of "tags" are those of docker/metadata-action.');

  const push = decidePush(event, inputs.push, naming.images.length > 0);
  if (push.value && naming.tags.length === 0) throw noTag(naming.idle);
  const signing = decideSigning(event, inputs, push.value);
  const comment = decideComment(event, inputs);
  const status = decideStatus(event, inputs);
  const platforms = inputs.platforms.length > 0 ? inputs.platforms : [order.native ?? DEFAULT_PLATFORM];
  const provenance = planProvenance(event, inputs);
  const references = naming.images.flatMap(image => naming.tags.map(tag => `${image}:${tag.name}`));
  const hash = hashInputs({ ...inputs, labels, provenance, platforms });
  return {
    mode: 'ship',
    images: naming.images,
    tags: naming.tags,
    references,
    buildNames: references.length > 0 ? references : [localName(event)],
    version: naming.version,
    labels,
    buildLabels: { ...labels, [INPUTS_LABEL]: hash, [RUN_LABEL]: event.runNumber },
    annotations,
    platforms,
    build: planBuild(event, inputs, provenance, commitDate),
    push: push.value,
    signing: signing.value,
    comment: comment.value,
    status: status.value,
    policy,
    decisions: [
      push.decision,
      signing.decision,
      comment.decision,
      status.decision,
      platformDecision(inputs, platforms),
      policyDecision(policy),
    ],
    warnings: [
      ...inputs.warnings,
      ...naming.warnings,
      ...warned,
      ...[push, signing, comment, status].flatMap((decided: Decided<unknown>) => decided.warnings),
      ...eventWarnings(event),
    ],
    idleRules: naming.idle,
    ...(event.deleted && { nothingToDo: `${event.ref} was deleted: there is nothing to build.` }),
  };
}

type Naming = TagPlan & { readonly images: readonly string[] };

/** Images and tags: from `images` × rules, or from the full references in `tags`. */
function planNames(order: PlanOrder, commitDate: Date | undefined, mistakes: Mistakes): Naming {
  const { event, inputs, now } = order;
  if (event.deleted) return { images: [], tags: [], version: '', idle: [], warnings: [] };
  if (inputs.references.length > 0) return namesOfReferences(inputs.references, mistakes);
  const images = [...new Set(inputs.images.filter(image => image.enable).map(image => image.name))];
  return { images, ...planTags({ event, rules: inputs.tags, flavor: inputs.flavor, now, commitDate }, mistakes) };
}

/** Every image must have the same tags: the plan is images × tags. */
function namesOfReferences(references: readonly Reference[], mistakes: Mistakes): Naming {
  const images = [...new Set(references.map(reference => reference.image))];
  const names = [...new Set(references.map(reference => reference.tag))];
  const typed = new Set(references.map(({ image, tag }) => `${image}:${tag}`));
  const missing = images.flatMap(image => names.map(name => `${image}:${name}`)).filter(name => !typed.has(name));
  if (missing.length > 0)
    mistakes.add(
      'tags',
      `every image needs the same tags in one step; ${missing.slice(0, 3).join(', ')} is not listed. Add it, or use one step per set of tags`,
    );
  const tags = names.map((name): PlannedTag => {
    return {
      name,
      kind: semver.valid(name) === null ? 'floating' : 'immutable',
      rule: references.find(({ tag }) => tag === name)?.image ?? name,
    };
  });
  return { images, tags, version: names[0] ?? '', idle: [], warnings: [] };
}

function noTag(idle: readonly string[]): UserError {
  const reasons = idle.map(line => `- ${line}`).join('\n');
  return new UserError(`There is something to push, but no rule of "tags" gives a tag on this event:\n${reasons}`, {
    hint: 'Add a rule for this event (e.g. type=ref,event=branch or type=sha), or set push: false.',
  });
}

/** buildx's attributes; without an input `max` in public repositories and `min` in private ones, as docker/build-push-action does. */
function planProvenance(event: Event, inputs: Inputs): string {
  const asked = inputs.provenance ?? (event.private === false ? 'mode=max' : 'mode=min');
  return asked === 'true' ? 'mode=min' : asked;
}

function planBuild(event: Event, inputs: Inputs, provenance: string, commitDate: Date | undefined): BuildRequest {
  const builderId = `builder-id=${runUrl(event)}/attempts/${event.runAttempt}`;
  const named = provenance === 'false' || provenance.includes('builder-id=') ? provenance : `${provenance},${builderId}`;
  return {
    context: inputs.context,
    ...(inputs.file !== undefined && { file: inputs.file }),
    ...(inputs.target !== undefined && { target: inputs.target }),
    buildArgs: inputs.buildArgs,
    provenance: named,
    noCache: inputs.noCache,
    pull: inputs.pull,
    ...(inputs.builder !== undefined && { builder: inputs.builder }),
    ...(inputs.builderImage !== undefined && { builderImage: inputs.builderImage }),
    ...(commitDate !== undefined && { sourceDateEpoch: Math.floor(commitDate.getTime() / 1000) }),
  };
}

/** A build always has a name: without one its provenance speaks of nothing. */
function localName(event: Event): string {
  const path = event.repository.toLowerCase().split('/').map(pathComponent).join('/');
  const sha = shortSha(event.sha).replaceAll(/[^0-9a-f]/g, '');
  return `localhost/${path}:sha-${sha === '' ? 'unknown' : sha}`;
}

/** GitHub allows names that a registry does not (`_x`, `a--.b`). */
function pathComponent(name: string): string {
  const mended = name.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return mended === '' ? 'unnamed' : mended;
}

function platformDecision(inputs: Inputs, platforms: readonly Platform[]): Decision {
  const asked = inputs.platforms.map(platformName).join(', ');
  const reason = asked === '' ? "the runner's own" : 'asked for';
  return { name: 'platforms', asked: asked === '' ? 'none' : asked, outcome: platforms.map(platformName).join(', '), reason };
}

function policyDecision(policy: Policy): Decision {
  const { file } = policy;
  const outcome = file === undefined ? 'inputs and defaults' : file.path;
  const reason = file === undefined ? 'there is no policy file' : `read at ${file.commit.slice(0, 7)}`;
  return { name: 'policy', asked: 'auto', outcome, reason };
}

function eventWarnings(event: Event): string[] {
  if (!isPrivileged(event)) return [];
  return [
    `${event.name} runs with the rights of the base repository: never check out and build a pull request's code in it. It publishes and signs nothing by itself.`,
  ];
}

function payloadDate(event: Event): Date | undefined {
  const date = event.commitDate === undefined ? undefined : new Date(event.commitDate);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

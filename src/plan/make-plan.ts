// Event + inputs + policy + clock -> Plan. Pure: the same arguments give the same plan, and nothing is run or read.

import { isPrivileged, listed, settle } from './decide.ts';
import { decidePush } from './decide-push.ts';
import { decideComment, decideSarif, decideStatus } from './decide-report.ts';
import { decideSigning } from './decide-sign.ts';
import type { Event } from './event.ts';
import { localName, makesIndex, planAttestations, planBuild } from './build-request.ts';
import type { BuildSurroundings } from './build-request.ts';
import { decideCache } from './decide-cache.ts';
import { planImageAnnotations } from './image-annotations.ts';
import { hashInputs, INPUTS_LABEL, RUN_LABEL } from './input-hash.ts';
import type { Inputs } from './inputs.ts';
import { planMatrix, unusedRunners } from './matrix.ts';
import { expandMeta, metaValues } from './meta-expressions.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistakes } from './mistakes.ts';
import { planNaming } from './naming.ts';
import type { Naming } from './naming.ts';
import type { Decision, Plan } from './plan.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import type { Policy } from './policy.ts';
import { policyDecisions } from './policy-origin.ts';
import { tagFacts } from './tag-facts.ts';
import type { TagFacts } from './tag-facts.ts';
import { decideTrust } from './trust.ts';
import type { Checkout } from './trust.ts';

export interface PlanOrder {
  readonly event: Event;
  readonly inputs: Inputs;
  readonly policy: Policy;
  readonly now: Date;
  /** When the commit was made; else the event's payload is asked, else nothing is known. */
  readonly commitDate?: Date;
  /** What the tag language sees; without it the event's payload tells. */
  readonly facts?: TagFacts;
  /** Told which rule is worked on, see NamingOrder. */
  readonly onRule?: (text: string) => void;
  /** What the build reads from; only looked for on privileged events. */
  readonly checkouts?: readonly Checkout[];
  /** What is built when `platforms` is empty: the machine's own platform. */
  readonly native?: Platform;
}

const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** Decides everything that can be decided before the first tool runs. Throws one UserError with all mistakes that only show now. */
export function makePlan(order: PlanOrder): Plan {
  const { event, inputs, policy, now } = order;
  const mistakes = collectMistakes();
  const commitDate = order.commitDate ?? payloadDate(event);
  const facts = order.facts ?? tagFacts(event, { now, commitDate });
  const naming = planNaming({ inputs: event.deleted ? withoutNames(inputs) : inputs, facts, ...watched(order) }, mistakes);
  const platforms = inputs.platforms.length > 0 ? inputs.platforms : [order.native ?? DEFAULT_PLATFORM];
  for (const line of unusedRunners(platforms, inputs.runners)) mistakes.add('runners', line);
  const decided = decide(order, naming, mistakes);
  const attestations = planAttestations(event, inputs);
  const build = planBuild(inputs, { event, attestations, commitDate, expand: expander(naming, mistakes) });
  const annotations = annotate(inputs, naming, platforms, makesIndex(attestations, platforms));
  mistakes.check('the plan', 'Nothing was built or pushed. The rules of "tags" are those of docker/metadata-action.');

  const { labels } = naming;
  const references = naming.images.flatMap(image => naming.tags.map(tag => `${image}:${tag.name}`));
  const hash = hashInputs({ ...inputs, labels, ...attestations, platforms });
  return {
    mode: inputs.mode,
    images: naming.images,
    tags: naming.tags,
    references,
    buildNames: references.length > 0 ? references : [localName(event)],
    version: naming.version,
    labels,
    buildLabels: { ...labels, [INPUTS_LABEL]: hash, [RUN_LABEL]: event.runNumber },
    annotations: annotations.annotations,
    metadata: naming.metadata,
    matrix: planMatrix(platforms, inputs.runners),
    platforms,
    build,
    push: decided.push,
    signing: decided.signing,
    comment: decided.comment,
    status: decided.status,
    sarif: decided.sarif,
    policy,
    decisions: [
      ...decided.publishing,
      ...platformDecision(inputs, platforms),
      decideCache(inputs),
      ...policyDecisions(inputs, policy),
      ...decided.reporting,
    ],
    warnings: [...inputs.warnings, ...naming.warnings, ...annotations.warnings, ...decided.warnings, ...eventWarnings(event)],
    idleRules: naming.idle,
    ...(event.deleted && { nothingToDo: `${event.ref} was deleted: there is nothing to build.` }),
  };
}

/** Takes every decision that has a table; what cannot be done is added to the mistakes. In `mode: plan` they are those of a step that ships, and only this step's side channels are off. */
function decide({ event, inputs, policy, checkouts = [] }: PlanOrder, naming: Naming, mistakes: Mistakes) {
  const hasImages = naming.images.length > 0;
  // Tags that were refused are told already.
  const hasTags = naming.tags.length > 0 || mistakes.lines.length > 0;
  const push = decidePush({ event, asked: inputs.push, hasImages, hasTags, idle: naming.idle });
  const signing = decideSigning(event, inputs, push.value);
  const comment = decideComment(event, inputs);
  const status = decideStatus(event, inputs);
  const sarif = decideSarif(event, inputs, policy);
  const trust = decideTrust({ event, checkouts, allow: inputs.allowUntrustedCheckout });
  const trusted = trust === undefined ? [] : [trust];
  const ships = inputs.mode !== 'plan';
  return {
    push: push.value,
    signing: signing.value,
    comment: ships && comment.value,
    status: ships && status.value,
    sarif: ships && sarif.value,
    publishing: [...trusted.map(({ decision }) => decision), push.decision, signing.decision],
    reporting: [comment.decision, status.decision, sarif.decision],
    warnings: [
      ...settle([...trusted, push, signing, comment, status, sarif], inputs.mode, mistakes),
      ...(push.mistake?.where === 'tags' ? [] : noTag(event, inputs, naming)),
    ],
  };
}

/** What `{{meta.…}}` means outside of the names themselves. */
function expander({ labels, metadata }: Naming, mistakes: Mistakes): BuildSurroundings['expand'] {
  const values = metaValues({
    labels,
    outputs: {
      version: metadata.version,
      tags: metadata.tags.join(metadata.separators.tags),
      'tag-names': metadata.tagNames.join(metadata.separators.tags),
      labels: metadata.labels.join(metadata.separators.labels),
      annotations: metadata.annotations.join(metadata.separators.annotations),
      json: metadata.json,
    },
  });
  return (input, text) => expandMeta(text, values, what => mistakes.add(input, what));
}

function annotate({ metadata }: Inputs, { annotations }: Naming, platforms: readonly Platform[], hasIndex: boolean) {
  return planImageAnnotations({ annotations, typed: metadata.annotationsLevels !== undefined, platforms, hasIndex });
}

/** A deleted ref gets no names. */
function withoutNames(inputs: Inputs): Inputs {
  return { ...inputs, images: [], tags: [], references: [], labels: [], annotations: [] };
}

function watched({ onRule }: PlanOrder): Pick<PlanOrder, 'onRule'> {
  return onRule === undefined ? {} : { onRule };
}

/** A plan without a tag is said, with a line per rule, even when nothing was to be pushed: the outputs are then empty. */
function noTag(event: Event, { mode }: Inputs, { metadata, idle }: Naming): string[] {
  if (mode !== 'plan' || event.deleted || metadata.tagNames.length > 0) return [];
  return [listed('tags: no rule gives a tag on this event', idle)];
}

/** Platforms that were typed are no decision of ours. */
function platformDecision(inputs: Inputs, platforms: readonly Platform[]): Decision[] {
  if (inputs.platforms.length > 0) return [];
  const outcome = platforms.map(platformName).join(', ');
  return [{ name: 'platforms', asked: 'default', outcome, reason: "the runner's own" }];
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

// Event + inputs + policy + names -> every decision of the plan, in the order of its table.

import type { PlannedContexts } from './build-context.ts';
import { judgeSources } from './build-sources.ts';
import type { BuildSources } from './build-sources.ts';
import { attestationDecision } from './decide-attestations.ts';
import { isPrivileged, listed, settle } from './decide.ts';
import type { Settleable } from './decide.ts';
import { bakeDecision } from './decide-bake.ts';
import { decideCache } from './decide-cache.ts';
import type { CacheService } from './decide-cache.ts';
import { decidePush, localNames } from './decide-push.ts';
import { decideComment, decideSarif, decideStatus } from './decide-report.ts';
import { decideSigning } from './decide-sign.ts';
import type { Event } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { Mistakes } from './mistakes.ts';
import type { Naming } from './naming.ts';
import type { CachePlan, Decision, Plan } from './plan.ts';
import { platformName } from './platform.ts';
import type { Platform } from './platform.ts';
import type { Policy } from './policy.ts';
import { policyDecisions } from './policy-origin.ts';
import { isTag, shorten } from './reference.ts';
import { decideTrust } from './trust.ts';
import type { Checkout } from './trust.ts';

export interface DecisionOrder {
  readonly event: Event;
  readonly inputs: Inputs;
  readonly policy: Policy;
  readonly naming: Naming;
  readonly contexts: PlannedContexts;
  readonly platforms: readonly Platform[];
  readonly checkouts: readonly Checkout[];
  /** Undefined: nobody looked. */
  readonly sources: BuildSources | undefined;
  readonly service: CacheService;
}

type Decisions = Pick<Plan, 'push' | 'signing' | 'comment' | 'status' | 'sarif' | 'decisions' | 'warnings' | 'stops'> & {
  readonly caches: CachePlan;
};

const NOT_OF_A_CALL = ['sign', 'attestations', 'cache', 'comment', 'status', 'sarif'];

/**
 * Takes every decision; what cannot be done is added to the mistakes. In `mode: plan` the decisions are those of a step that ships, what cannot be done is a
 * warning, and only what this step itself would write beside the job is off.
 */
export function decideAll(order: DecisionOrder, mistakes: Mistakes): Decisions {
  const { event, inputs, policy, naming, contexts, platforms, checkouts, sources, service } = order;
  const hasImages = naming.images.length > 0;
  // Tags that were refused are told already.
  const hasTags = naming.metadata.tagNames.length > 0 || mistakes.has('tags', 'flavor');
  const { push: asked, call } = inputs;
  const push = decidePush({ event, asked, hasImages, hasTags, local: localNames(inputs), idle: naming.idle, call });
  const signing = decideSigning(event, inputs, push.value);
  const comment = decideComment(event, inputs);
  const status = decideStatus(event, inputs);
  const sarif = decideSarif(event, inputs, policy);
  const floating = naming.tags.filter(({ kind }) => kind === 'floating').map(({ name }) => name);
  const { images } = naming;
  const references = images.flatMap(image => naming.tags.map(({ name }) => `${image}:${name}`));
  const cache = decideCache({
    event,
    inputs,
    context: contexts.lasting.context,
    images,
    references,
    platforms,
    push: push.value,
    floating,
    service,
  });
  const trust = decideTrust({ event, checkouts, allow: inputs.allowUntrustedCheckout });
  const trusted = trust === undefined ? [] : [trust];
  const missing = sources === undefined ? [] : judgeSources({ ...inputs, context: contexts.context }, sources);
  const { warnings, stops } = settle(
    [...trusted, push, ...invalidTags(inputs, naming), signing, cache, comment, status, sarif, ...missing],
    inputs.mode,
    mistakes,
  );
  const ships = inputs.mode !== 'plan' && inputs.call === 'build';
  return {
    push: push.value,
    signing: signing.value,
    comment: ships && comment.value,
    status: ships && status.value,
    sarif: ships && sarif.value,
    caches: cache.caches,
    decisions: decisionsOf(inputs, [
      ...trusted.map(({ decision }) => decision),
      ...(contexts.decision === undefined ? [] : [contexts.decision]),
      push.decision,
      signing.decision,
      ...bakeDecision(inputs),
      ...platformDecision(inputs, platforms),
      ...attestationDecision(inputs, platforms),
      cache.decision,
      ...policyDecisions(inputs, policy),
      comment.decision,
      status.decision,
      sarif.decision,
    ]),
    warnings: [...warnings, ...(push.mistake?.where === 'tags' ? [] : noTag(event, inputs, naming)), ...eventWarnings(event)],
    ...(stops.length > 0 && { stops }),
  };
}

/** A step that only looks at the Dockerfile does nothing of what the rest is about. */
function decisionsOf({ call }: Inputs, decisions: readonly Decision[]): Decision[] {
  return call === 'build' ? [...decisions] : decisions.filter(({ name }) => !NOT_OF_A_CALL.includes(name));
}

/** Platforms that were typed are no decision of ours. */
function platformDecision(inputs: Inputs, platforms: readonly Platform[]): Decision[] {
  if (inputs.platforms.length > 0) return [];
  const outcome = platforms.map(platformName).join(', ');
  return [{ name: 'platforms', asked: 'default', outcome, reason: "the runner's own" }];
}

/** A step that ships has been refused names that are no tags by now; a plan shows them, as docker/metadata-action does, and says so. */
function invalidTags({ mode }: Inputs, { metadata }: Naming): Settleable[] {
  const invalid = mode === 'plan' ? metadata.tagNames.filter(name => !isTag(name)) : [];
  if (invalid.length === 0) return [];
  const what = `${[...new Set(invalid)].map(name => `"${shorten(name)}"`).join(', ')} cannot be the tag of an image`;
  return [{ warnings: [], mistake: { where: 'tags', what, wayOut: 'Correct the rule, or take it out.' } }];
}

/** A plan without a tag is said, with a line per rule, even when nothing was to be pushed: the outputs are then empty. */
function noTag(event: Event, { mode }: Inputs, { metadata, idle }: Naming): string[] {
  if (mode !== 'plan' || event.deleted || metadata.tagNames.length > 0) return [];
  return [listed('tags: no rule gives a tag on this event', idle)];
}

function eventWarnings(event: Event): string[] {
  if (!isPrivileged(event)) return [];
  return [
    `${event.name} runs with the rights of the base repository: never check out and build a pull request's code in it. It publishes and signs nothing by itself.`,
  ];
}

// Event + inputs + policy + clock -> Plan. Pure: the same arguments give the same plan, and nothing is run or read.

import { settle } from './decide.ts';
import type { Settleable } from './decide.ts';
import { decideAll } from './decide-all.ts';
import type { CacheService } from './decide-cache.ts';
import type { Event } from './event.ts';
import type { BuildSources } from './build-sources.ts';
import { planContexts } from './build-context.ts';
import type { PlannedContexts, WorkspaceFacts } from './build-context.ts';
import { expandBuild, localName, makesIndex, planAttestations, planBuild } from './build-request.ts';
import type { Expand } from './build-request.ts';
import { judgeExposure, openValues } from './exposed-secrets.ts';
import type { ExposureOrder, KnownSecret } from './exposed-secrets.ts';
import { DECISIONS_REST_ON, NAMES_REST_ON, unreadInputs, withoutFollowUps } from './follow-ups.ts';
import { planImageAnnotations } from './image-annotations.ts';
import { hashInputs, INPUTS_LABEL, RUN_LABEL } from './input-hash.ts';
import type { BuildInputs } from './input-hash.ts';
import { INPUT_NAMES } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import { planMatrix, unusedRunners } from './matrix.ts';
import { expandMeta, metaValues } from './meta-expressions.ts';
import type { MetaValues } from './meta-expressions.ts';
import { collectMistakes } from './mistakes.ts';
import type { PlannedAnnotation } from './metadata.ts';
import type { Mistake, Mistakes } from './mistakes.ts';
import { planNaming } from './naming.ts';
import type { Naming } from './naming.ts';
import { deliveryDecisions, planDelivery } from './plan-delivery.ts';
import type { Plan } from './plan.ts';
import type { Platform } from './platform.ts';
import type { Policy } from './policy.ts';
import { INPUTS_HINT, refuseInputs } from './read-inputs.ts';
import { remoteSources } from './remote-sources.ts';
import { tagFacts } from './tag-facts.ts';
import type { TagFacts } from './tag-facts.ts';
import type { Checkout } from './trust.ts';

export interface PlanOrder {
  readonly event: Event;
  readonly inputs: Inputs;
  /** What was wrong with the inputs already: told together with what shows only now, and the end of the planning in any case. */
  readonly refused?: readonly Mistake[];
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
  /** What a context that was left out depends on; without it that is `.`. */
  readonly found?: WorkspaceFacts;
  /** What is there of what the build reads; without it nothing is said of that. */
  readonly sources?: BuildSources;
  /** What is known of GitHub's cache service; without it there is none. */
  readonly cacheService?: CacheService;
  /** What buildx will see of the environment: only for the hash of the inputs, which counts what a build argument without `=` takes from it. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The secrets of this step: only compared with what would be published, never part of the plan. */
  readonly secrets?: readonly KnownSecret[];
  /** What is built when `platforms` is empty: the machine's own platform. */
  readonly native?: Platform;
}

/** Outside of GitHub. */
const NO_SERVICE: CacheService = { there: false, mode: 'write' };

const DEFAULT_PLATFORM: Platform = { os: 'linux', architecture: 'amd64' };

/** Decides everything that can be decided before the first tool runs. Throws one UserError with all mistakes, those of the inputs too. */
export function makePlan(order: PlanOrder): Plan {
  const { event, inputs, policy, now, refused = [] } = order;
  const mistakes = collectMistakes(refused.length > 0 ? INPUT_NAMES : [], refused);
  const unread = unreadInputs(refused);
  // What is a mistake, and what is none, hangs on the mode.
  if (unread.includes('mode')) refuseInputs(refused);
  const independent = withoutFollowUps(mistakes, unread, DECISIONS_REST_ON);
  const commitDate = order.commitDate ?? payloadDate(order);
  const facts = order.facts ?? tagFacts(event, { now, commitDate });
  const named = { inputs: nameable(order, unread), facts, ...watched(order) };
  const naming = planNaming(named, withoutFollowUps(mistakes, unread, NAMES_REST_ON));
  const platforms = inputs.platforms.length > 0 ? inputs.platforms : [order.native ?? DEFAULT_PLATFORM];
  const { sources, cacheService: service = NO_SERVICE } = order;
  const contexts = planContexts({ inputs, event, commit: facts.sha, found: order.found });
  const { context, lasting } = contexts;
  const meta = metaOf(naming);
  const checkouts = [...(order.checkouts ?? []), ...elsewhere(order, contexts, meta)];
  const { warnings, caches, ...decisions } = decideAll(
    { event, inputs, policy, naming, contexts, platforms, checkouts, sources, service },
    independent,
  );
  for (const line of unusedRunners(platforms, inputs.runners)) independent.add('runners', line);
  const attestations = planAttestations(event, inputs);
  const expand = expander(meta, mistakes);
  const build = planBuild(
    { ...inputs, buildContexts: contexts.buildContexts },
    { event, context, attestations, caches, commitDate, expand },
  );
  const annotations = annotate(inputs, naming, platforms, makesIndex(attestations, platforms, inputs.attestations));
  const exposed = settle(judgeShown(order, naming, { ...build, ...annotations }), inputs.mode, mistakes);
  check(mistakes, refused);

  const { labels } = naming;
  const native = order.native ?? DEFAULT_PLATFORM;
  const delivery = planDelivery(inputs, platforms, native);
  const references = naming.images.flatMap(image => naming.tags.map(tag => `${image}:${tag.name}`));
  const shown = hashedAnnotations(inputs, annotations, now);
  const hash = hashOf(order, meta, { ...inputs, ...lasting, labels, annotations: shown, ...attestations, platforms });
  return {
    mode: inputs.mode,
    commit: facts.sha,
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
    call: inputs.call,
    attestations: inputs.attestations,
    delivery,
    ...decisions,
    decisions: [...decisions.decisions, ...deliveryDecisions(delivery, platforms, native)],
    policy,
    warnings: [...inputs.warnings, ...naming.warnings, ...annotations.warnings, ...warnings, ...exposed.warnings],
    ...stopping(decisions, exposed),
    idleRules: naming.idle,
    ...(event.deleted && { nothingToDo: `${event.ref} was deleted: there is nothing to build.` }),
  };
}

/** Of what is built, as it is built but for the clock. */
function hashOf(order: PlanOrder, meta: MetaValues, fixed: Omit<BuildInputs, 'environment' | 'standardInput'>): string {
  const timeless = withoutClock(meta, order.now);
  const filled = expandBuild(fixed, (_input, text) => expandMeta(text, timeless, () => undefined));
  return hashInputs({ ...fixed, ...filled, environment: order.environment ?? {}, standardInput: pipedDigest(order) });
}

/** Build arguments, places, labels and annotations beside the secrets of this step. */
function judgeShown(
  { event, environment = {}, secrets = [] }: PlanOrder,
  naming: Naming,
  shown: Omit<ExposureOrder, 'environment' | 'labels' | 'secrets' | 'open'>,
): Settleable[] {
  return judgeExposure({ ...shown, environment, labels: naming.labels, secrets, open: openValues(event, naming) });
}

function stopping(...settled: readonly Pick<Plan, 'stops'>[]): Pick<Plan, 'stops'> {
  const stops = settled.flatMap(each => each.stops ?? []);
  return stops.length > 0 ? { stops } : {};
}

function pipedDigest({ sources }: PlanOrder): string | undefined {
  const input = sources?.standardInput;
  return input !== undefined && 'digest' in input ? input.digest : undefined;
}

/** What is no checkout is known by its address alone. */
function elsewhere(
  { event, inputs: { file, baked } }: PlanOrder,
  { context, buildContexts }: PlannedContexts,
  meta: MetaValues,
): readonly Checkout[] {
  return remoteSources({
    event,
    context,
    // The text of a bake file is trusted, or not, with that file.
    file: baked?.dockerfileInline === undefined ? file : undefined,
    buildContexts: buildContexts.map(entry => expandMeta(entry, meta, () => undefined)),
  });
}

function check(mistakes: Mistakes, refused: readonly Mistake[]): void {
  const language = mistakes.has('tags', 'flavor') ? ' The rules of "tags" are those of docker/metadata-action.' : '';
  if (refused.length > 0) mistakes.check('the inputs', `${INPUTS_HINT}${language}`);
  mistakes.check('the plan', `Nothing was built or pushed.${language}`);
}

/** What `{{meta.…}}` means outside of the names themselves. */
function metaOf({ labels, metadata }: Naming): MetaValues {
  return metaValues({
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
}

function expander(values: MetaValues, mistakes: Mistakes): Expand {
  return (input, text) => expandMeta(text, values, what => mistakes.add(input, what));
}

/** What is built is what is hashed, but for the clock: a later run of the same commit must give the same hash (rules 12). */
function withoutClock(values: MetaValues, now: Date): MetaValues {
  return new Map([...values].map(([name, value]) => [name, value.replaceAll(now.toISOString(), '{{meta.created}}')]));
}

/** When an annotation is typed, all count; the clock is none of the inputs. */
function hashedAnnotations(
  { annotations: typed, baked }: Inputs,
  { annotations: planned }: Pick<Plan, 'annotations'>,
  now: Date,
): readonly PlannedAnnotation[] {
  const keys = [...typed.map(text => text.split('=', 1)[0] ?? ''), ...(baked?.annotations ?? []).map(([key]) => key)];
  if (keys.every(key => key.trim().endsWith('org.opencontainers.image.created'))) return [];
  return planned.map(one => ({ ...one, value: one.value.replaceAll(now.toISOString(), '{{meta.created}}') }));
}

function annotate({ metadata }: Inputs, { annotations }: Naming, platforms: readonly Platform[], hasIndex: boolean) {
  return planImageAnnotations({ annotations, typed: metadata.annotationsLevels !== undefined, platforms, hasIndex });
}

/** A reference that was refused would be missed beside the others. */
function nameable({ event, inputs }: PlanOrder, unread: readonly string[]): Inputs {
  if (event.deleted) return withoutNames(inputs);
  return unread.includes('tags') ? { ...inputs, references: [] } : inputs;
}

/** A deleted ref gets no names. */
function withoutNames(inputs: Inputs): Inputs {
  return { ...inputs, images: [], tags: [], references: [], labels: [], annotations: [] };
}

function watched({ onRule }: PlanOrder): Pick<PlanOrder, 'onRule'> {
  return onRule === undefined ? {} : { onRule };
}

/** The payload knows the event's commit, which is not always the planned one. */
function payloadDate({ event, facts }: PlanOrder): Date | undefined {
  if (facts !== undefined && facts.sha !== event.sha) return undefined;
  const date = event.commitDate === undefined ? undefined : new Date(event.commitDate);
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}

// Event, payload, checkout and GitHub's API -> TagFacts: what the tag language sees. The API is asked only for what the payload does not tell.

import type { Event } from '../plan/event.ts';
import type { Inputs } from '../plan/inputs.ts';
import type { RepositoryFacts, TagFacts } from '../plan/tag-facts.ts';
import type { GitHead } from '../tools/git.ts';
import { payloadCommitDate } from './event.ts';
import { describeFailure } from './github-errors.ts';
import type { GitHub, RepositoryAnswer } from './github.ts';
import { at, booleanOf, field, textOf } from './payload.ts';

export interface FactsOrder {
  readonly event: Event;
  /** The parsed file of GITHUB_EVENT_PATH. */
  readonly payload: unknown;
  readonly inputs: Pick<Inputs, 'mode' | 'metadata' | 'tags' | 'flavor' | 'labels' | 'annotations'>;
  readonly now: Date;
  readonly github: Pick<GitHub, 'repository' | 'commitDate'>;
  /** Reads HEAD of the checkout; only called for `metadata-context: git`. */
  readonly git: () => Promise<GitHead>;
}

export interface GatheredFacts {
  readonly facts: TagFacts;
  /** The event, with what the API told of the repository and the payload did not (a schedule's payload names none). */
  readonly event: Event;
  readonly warnings: readonly string[];
}

/** What was found out, or what is taken instead and why. */
interface Learned<T> {
  readonly value: T;
  readonly failure?: { readonly what: string; readonly instead: string; readonly why: string };
}

/**
 * Gathers the facts, with the meaning that docker/metadata-action 6 gives them. A question that the API does not answer (within a few seconds, but
 * for what a build needs of the repository) has a fallback and costs one warning. Throws UserError for `metadata-context: git` without a checkout that can be read.
 */
export async function gatherFacts(order: FactsOrder): Promise<GatheredFacts> {
  const { event, payload, inputs, now } = order;
  const head = inputs.metadata.context === 'git' && !event.deleted ? await order.git() : undefined;
  const ref = head?.ref ?? workflowRef(event, payload);
  const sha = head?.sha ?? workflowSha(event, payload, inputs.metadata.prHeadSha);
  const [repository, commitDate] = await Promise.all([
    learnRepository(order),
    head === undefined ? learnCommitDate(order, sha) : { value: head.commitDate },
  ]);
  return {
    facts: {
      eventName: event.name,
      ref,
      sha,
      baseRef: baseRef(ref, payload),
      payloadDefaultBranch: textOf(at(payload, 'repository', 'default_branch')),
      repository: repository.value.facts,
      commitDate: commitDate.value,
      now,
    },
    event: completed(event, repository.value.answer),
    warnings: [...(head?.warnings ?? []), ...tell([repository, commitDate])],
  };
}

/** `pull_request_target` runs on the base branch, and is named like the pull request. */
function workflowRef(event: Event, payload: unknown): string {
  return event.name.includes('pull_request_target') ? `refs/pull/${String(field(payload, 'number'))}/merge` : event.ref;
}

function workflowSha(event: Event, payload: unknown, prHeadSha: boolean): string {
  const head = prHeadSha && event.name.includes('pull_request') ? at(payload, 'pull_request', 'head', 'sha') : undefined;
  return textOf(head) ?? event.sha;
}

function baseRef(ref: string, payload: unknown): string {
  if (ref.startsWith('refs/tags/')) return (textOf(field(payload, 'base_ref')) ?? '').replace(/^refs\/heads\//, '');
  return ref.startsWith('refs/pull/') ? (textOf(at(payload, 'pull_request', 'base', 'ref')) ?? '') : '';
}

interface Repository {
  readonly facts: RepositoryFacts;
  readonly answer?: RepositoryAnswer;
}

/** From the payload when it says everything that the API would say, else from the API, else from what is there. */
async function learnRepository({ event, payload, github, inputs }: FactsOrder): Promise<Learned<Repository>> {
  const said = field(payload, 'repository');
  const text = (...names: string[]): string => textOf(at(said, ...names)) ?? '';
  const own = saysOwn(event, said);
  const facts: RepositoryFacts = {
    name: (own ? text('name') : '') || (event.repository.split('/')[1] ?? ''),
    url: (own ? text('html_url') : '') || `${event.serverUrl}/${event.repository}`,
    description: own ? text('description') : '',
    defaultBranch: own ? text('default_branch') : '',
    license: own ? text('license', 'spdx_id') : '',
  };
  if (event.deleted || (own && saysEverything(said))) return { value: { facts } };
  try {
    // What is signed, and the labels of what is built, hang on the answer: a short outage is waited out.
    const { private: hidden, ...answer } = await github.repository(inputs.mode === 'plan' ? 'quick' : undefined);
    return { value: { facts: answer, answer: { ...answer, private: hidden } } };
  } catch (error) {
    const what = 'the repository';
    const instead =
      'title, URL, description, licence and default branch are those of the event, else of GITHUB_REPOSITORY, else empty';
    return { value: { facts }, failure: { what, instead, why: describeFailure(error) } };
  }
}

/** True when the payload speaks of the repository that the workflow runs in. */
function saysOwn(event: Event, said: unknown): boolean {
  const name = textOf(field(said, 'full_name'));
  return name === undefined || name.toLowerCase() === event.repository.toLowerCase();
}

/** Webhooks hold the whole repository; null means that it has none. A payload made by hand, or of a schedule, may say less. */
function saysEverything(said: unknown): boolean {
  const named = ['name', 'html_url', 'default_branch'].every(name => textOf(field(said, name)) !== undefined);
  const license = field(said, 'license');
  const licensed = license === null || field(license, 'spdx_id') !== undefined;
  return named && licensed && field(said, 'description') !== undefined && booleanOf(field(said, 'private')) !== undefined;
}

async function learnCommitDate({ event, payload, github, inputs }: FactsOrder, sha: string): Promise<Learned<Date | undefined>> {
  const said = payloadCommitDate(payload, sha);
  if (said !== undefined) return { value: new Date(said) };
  if (event.deleted || sha === '' || !needsCommitDate(inputs)) return { value: undefined };
  try {
    return { value: await github.commitDate(sha) };
  } catch (error) {
    const instead =
      inputs.mode === 'plan' ? '{{commit_date}} is now' : '{{commit_date}} is now, and SOURCE_DATE_EPOCH is not set';
    return { value: undefined, failure: { what: "the commit's date", instead, why: describeFailure(error) } };
  }
}

/** A build needs it for SOURCE_DATE_EPOCH; a plan only where it is written. */
function needsCommitDate({ mode, tags, flavor, labels, annotations }: FactsOrder['inputs']): boolean {
  if (mode !== 'plan') return true;
  const texts = [...tags.map(rule => rule.text), flavor.prefix, flavor.suffix, ...labels, ...annotations];
  return texts.some(text => text.includes('commit_date'));
}

/** One warning for each question without an answer; one for both when the reason is the same. */
function tell(learned: readonly Learned<unknown>[]): string[] {
  const failures = learned.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
  return [...new Set(failures.map(({ why }) => why))].map(why => {
    const same = failures.filter(failure => failure.why === why);
    const what = same.map(failure => failure.what).join(' and ');
    return `GitHub's API does not tell ${what} (${why}): ${same.map(({ instead }) => instead).join('; ')}`;
  });
}

function completed(event: Event, answer: RepositoryAnswer | undefined): Event {
  if (answer === undefined) return event;
  const orNothing = (text: string): string | undefined => (text === '' ? undefined : text);
  return {
    ...event,
    private: event.private ?? answer.private,
    defaultBranch: event.defaultBranch ?? orNothing(answer.defaultBranch),
    description: event.description ?? orNothing(answer.description),
    license: event.license ?? orNothing(answer.license),
  };
}

// What the tag language sees of the world: ref, commit, repository and clock, as docker/metadata-action sees them.

import { tagRef } from './event.ts';
import type { Event } from './event.ts';

/** What GitHub (or the payload) says of the repository. Empty: it has none, or nobody knows. */
export interface RepositoryFacts {
  readonly name: string;
  /** The page on GitHub. */
  readonly url: string;
  readonly description: string;
  readonly defaultBranch: string;
  /** SPDX id. */
  readonly license: string;
}

/** Everything that tags, labels and annotations are made from, beside the inputs. */
export interface TagFacts {
  readonly eventName: string;
  /** `refs/heads/…`, `refs/tags/…`, `refs/pull/N/merge`; of `pull_request_target` the pull request, not the branch that it runs on. */
  readonly ref: string;
  /** GITHUB_SHA, or the pull request's head when `pr-head-sha` asks for it. */
  readonly sha: string;
  /** `{{base_ref}}`: of a tag push the branch that the payload names, of a pull request its base; else empty. */
  readonly baseRef: string;
  /** What the *payload* calls the default branch: `{{is_default_branch}}` asks only this, `type=edge` asks `repository`. */
  readonly payloadDefaultBranch: string | undefined;
  readonly repository: RepositoryFacts;
  /** Undefined: not known (then `{{commit_date}}` is now, as the peer does). An invalid date: the payload's text is none (the peer prints that too). */
  readonly commitDate: Date | undefined;
  readonly now: Date;
}

export interface Clock {
  readonly now: Date;
  readonly commitDate: Date | undefined;
}

/** The facts as far as the event tells them; runner/tag-facts-source.ts gathers all of them. */
export function tagFacts(event: Event, { now, commitDate }: Clock): TagFacts {
  const ref = tagRef(event);
  return {
    eventName: event.name,
    ref,
    sha: event.sha,
    baseRef: baseRef(event, ref),
    payloadDefaultBranch: event.defaultBranch,
    repository: {
      name: event.repository.split('/')[1] ?? '',
      url: `${event.serverUrl}/${event.repository}`,
      description: event.description ?? '',
      defaultBranch: event.defaultBranch ?? '',
      license: event.license ?? '',
    },
    commitDate,
    now,
  };
}

function baseRef(event: Event, ref: string): string {
  if (ref.startsWith('refs/tags/')) return event.baseRef ?? '';
  return ref.startsWith('refs/pull/') ? (event.pullRequest?.baseRef ?? '') : '';
}

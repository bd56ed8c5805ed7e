// One case of the comparison with docker/metadata-action, as data, and what this action makes of it.

import { createHash } from 'node:crypto';
import { UserError } from '../../../src/errors.ts';
import { effectivePolicy } from '../../../src/plan/effective-policy.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import type { Metadata } from '../../../src/plan/metadata.ts';
import { readInputs } from '../../../src/plan/read-inputs.ts';
import { readEvent } from '../../../src/runner/event.ts';
import { gatherFacts } from '../../../src/runner/tag-facts-source.ts';

export interface PeerEvent {
  readonly name: string;
  readonly ref: string;
  readonly sha: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** What GitHub's API answers to GET /repos/{owner}/{repo}, as far as it is read. */
export interface ApiRepository {
  readonly name?: string;
  readonly description?: string | null;
  readonly html_url?: string;
  readonly default_branch?: string;
  readonly license?: { readonly spdx_id: string | null } | null;
}

export interface PeerCase {
  readonly event: PeerEvent;
  readonly repository: ApiRepository;
  /** The committer's date that the API answers; without it the commit is not found. */
  readonly commitDate?: string;
  readonly now: string;
  /** By their names in the peer's action.yml. */
  readonly inputs: Readonly<Record<string, string>>;
  /** DOCKER_METADATA_* variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The outputs by their names, bake files by their contents; or that it is refused, and how. */
export type Outcome = { readonly outputs: Readonly<Record<string, string>> } | { readonly refused: string };

/** An outcome as it is kept: names to be read, everything else as a hash. */
export type Kept = { readonly tags: string; readonly version: string; readonly rest: string } | 'refused';

const READ = ['tags', 'version'];

/** What is kept of an outcome: enough to see any difference, short enough for hundreds of them. */
export function keep(outcome: Outcome): Kept {
  if ('refused' in outcome) return 'refused';
  const { tags = '', version = '' } = outcome.outputs;
  const rest = Object.entries(outcome.outputs).filter(([name]) => !READ.includes(name));
  return { tags, version, rest: createHash('sha256').update(JSON.stringify(rest.sort())).digest('hex').slice(0, 16) };
}

/** The variables of the step that both programs read. */
export function environmentOf({ event, env }: PeerCase): Record<string, string> {
  return {
    GITHUB_EVENT_NAME: event.name,
    GITHUB_REF: event.ref,
    GITHUB_SHA: event.sha,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_SERVER_URL: 'https://github.com',
    ...env,
  };
}

/** Reads, gathers, plans: all of `mode: plan` but the process around it. The API is the case's; a bug (anything but a UserError) is thrown. */
export async function playCase(played: PeerCase): Promise<Outcome> {
  const { event, inputs: typed, repository, commitDate, now } = played;
  const env = environmentOf(played);
  const all: Readonly<Record<string, string>> = { ...typed, mode: 'plan', 'github-token': 'token' };
  try {
    const inputs = readInputs(name => (Object.hasOwn(all, name) ? (all[name] ?? '') : ''), [], env);
    const gathered = await gatherFacts({
      event: readEvent(env, event.payload),
      payload: event.payload,
      inputs,
      now: new Date(now),
      github: {
        repository: () =>
          Promise.resolve({
            name: repository.name ?? '',
            url: repository.html_url ?? '',
            description: repository.description ?? '',
            defaultBranch: repository.default_branch ?? '',
            license: repository.license?.spdx_id ?? '',
            private: undefined,
          }),
        commitDate: () =>
          commitDate === undefined ? Promise.reject(new Error('not found')) : Promise.resolve(new Date(commitDate)),
      },
      git: () => Promise.reject(new Error('there is no checkout')),
    });
    const policy = effectivePolicy({ inputs });
    const plan = makePlan({ event: gathered.event, inputs, policy, now: new Date(now), facts: gathered.facts });
    return { outputs: outputsOf(plan.metadata) };
  } catch (error) {
    if (error instanceof UserError) return { refused: error.message };
    throw error;
  }
}

/** As the step sets them; the bake files by their contents. */
function outputsOf({ version, tags, tagNames, labels, annotations, json, bake, separators }: Metadata): Record<string, string> {
  return {
    version,
    tags: tags.join(separators.tags),
    'tag-names': tagNames.join(separators.tags),
    labels: labels.join(separators.labels),
    annotations: annotations.join(separators.annotations),
    json,
    'bake-file': bake.all,
    'bake-file-tags': bake.tags,
    'bake-file-labels': bake.labels,
    'bake-file-annotations': bake.annotations,
  };
}

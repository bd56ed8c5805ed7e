// Every event × what the tag language sees of it; what is asked of the API, and what happens when it does not answer.

import { describe, expect, test } from '@jest/globals';
import type { TagFacts } from '../../src/plan/tag-facts.ts';
import { readEvent } from '../../src/runner/event.ts';
import type { RepositoryAnswer } from '../../src/runner/github.ts';
import { gatherFacts } from '../../src/runner/tag-facts-source.ts';
import type { FactsOrder, GatheredFacts } from '../../src/runner/tag-facts-source.ts';
import { inputsOf, NOW, type Typed } from '../plan/plan-builders.ts';

const SHA = '90dd6032fac8bda1b6c4436a2e65de27961ed071';
const HEAD = 'b'.repeat(40);
const DATE = '2026-01-01T01:00:00+01:00';
const API_DATE = new Date('2025-05-05T05:05:05Z');

/** As every webhook holds it. */
const repository = {
  name: 'app',
  full_name: 'acme/app',
  html_url: 'https://github.com/acme/app',
  private: false,
  default_branch: 'main',
  description: 'An app',
  license: { key: 'mit', spdx_id: 'MIT' },
};
const SAID = { name: 'app', url: 'https://github.com/acme/app', description: 'An app', defaultBranch: 'main', license: 'MIT' };
const ANSWER: RepositoryAnswer = {
  name: 'App',
  url: 'https://ghe.example/acme/App',
  description: 'From the API',
  defaultBranch: 'trunk',
  license: 'Apache-2.0',
  private: false,
};

interface Situation {
  readonly name?: string;
  readonly ref?: string;
  readonly payload?: unknown;
  readonly typed?: Typed;
  readonly answer?: () => Promise<RepositoryAnswer>;
  readonly date?: () => Promise<Date>;
  readonly git?: FactsOrder['git'];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs it; `asked` lists what went to the API. */
async function gather(situation: Situation): Promise<GatheredFacts & { readonly asked: readonly string[] }> {
  const { name = 'push', ref = 'refs/heads/main', payload = { repository } } = situation;
  const env = {
    GITHUB_EVENT_NAME: name,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_REF: ref,
    GITHUB_SHA: SHA,
    GITHUB_SERVER_URL: 'https://github.com',
    ...situation.env,
  };
  const asked: string[] = [];
  const noted = <T>(what: string, answer: () => Promise<T>): Promise<T> => (asked.push(what), answer());
  const gathered = await gatherFacts({
    event: readEvent(env, payload),
    payload,
    inputs: inputsOf({ mode: 'plan', ...situation.typed }),
    now: NOW,
    github: {
      repository: haste =>
        noted(haste === undefined ? 'repository' : `repository, ${haste}`, situation.answer ?? (() => Promise.resolve(ANSWER))),
      commitDate: sha => noted(`date of ${sha.slice(0, 4)}`, situation.date ?? (() => Promise.resolve(API_DATE))),
    },
    git: situation.git ?? (() => Promise.reject(new Error('git was started'))),
  });
  return { ...gathered, asked };
}

const pull = (over: object = {}): object => ({
  number: 2,
  repository,
  pull_request: { number: 2, head: { sha: HEAD, ref: 'feature', repo: { full_name: 'acme/app' } }, base: { ref: 'develop' } },
  ...over,
});

type Row = [event: string, Situation, Partial<TagFacts>];

const EVENTS: readonly Row[] = [
  ['push', { payload: { repository, base_ref: null } }, { ref: 'refs/heads/main' }],
  ['push', { ref: 'refs/heads/a/b' }, { ref: 'refs/heads/a/b' }],
  ['push', { ref: 'refs/tags/v1' }, { ref: 'refs/tags/v1' }],
  ['push', { ref: 'refs/tags/v1', payload: { repository, base_ref: 'refs/heads/release/1' } }, { baseRef: 'release/1' }],
  ['push', { payload: { repository, base_ref: 'refs/heads/dev' } }, { baseRef: '' }],
  ['pull_request', { ref: 'refs/pull/2/merge', payload: pull() }, { baseRef: 'develop' }],
  ['pull_request', { ref: 'refs/pull/2/merge', payload: { repository, pull_request: { base: { ref: 'x' } } } }, { baseRef: 'x' }],
  ['pull_request', { ref: 'refs/pull/2/merge', payload: { repository } }, {}],
  // After a merge (`types: [closed]`) the ref is the base branch.
  ['pull_request', { payload: pull() }, { baseRef: '' }],
  ['pull_request_target', { payload: pull() }, { ref: 'refs/pull/2/merge', baseRef: 'develop' }],
  ['pull_request_target', { payload: pull({ number: 7 }) }, { ref: 'refs/pull/7/merge', baseRef: 'develop' }],
  ['pull_request_target', { payload: { repository } }, { ref: 'refs/pull/undefined/merge' }],
  ['pull_request_review', { ref: 'refs/pull/2/merge', payload: pull() }, { baseRef: 'develop' }],
  ['schedule', { payload: { repository, schedule: '0 0 * * *' } }, {}],
  ['release', { ref: 'refs/tags/v1', payload: { repository, release: { tag_name: 'v1', target_commitish: 'main' } } }, {}],
  ['create', { ref: 'refs/tags/v1', payload: { repository, ref: 'v1', ref_type: 'tag', master_branch: 'main' } }, {}],
  ['create', { ref: 'refs/tags/v1', payload: { repository, base_ref: 'refs/heads/main' } }, { baseRef: 'main' }],
  ['workflow_dispatch', { payload: { repository, inputs: null, ref: 'refs/heads/main' } }, {}],
  ['workflow_dispatch', { ref: 'refs/tags/v2' }, {}],
  ['repository_dispatch', { payload: { repository, action: 'go', client_payload: { base_ref: 'x' } } }, {}],
  ['workflow_run', { payload: { repository, workflow_run: { head_sha: HEAD, head_branch: 'x' } } }, { sha: SHA }],
  [
    'merge_group',
    { ref: 'refs/heads/gh-readonly-queue/main/pr-2-abc', payload: { repository, merge_group: { base_ref: 'refs/heads/main' } } },
    {},
  ],
  ['issue_comment', { payload: { repository, issue: { number: 3, pull_request: {} } } }, {}],
  ['issues', { payload: { repository, issue: { number: 3 } } }, {}],
  ['discussion', { payload: { repository, discussion: { number: 3 } } }, {}],
  ['', { ref: '', payload: { repository } }, {}],
];

describe('every event, as docker/metadata-action sees it', () => {
  test.each(EVENTS)('%s: %j', async (name, situation, expected) => {
    const { facts, warnings, asked } = await gather({ ...situation, name });
    expect(facts).toEqual({
      eventName: name,
      ref: situation.ref ?? 'refs/heads/main',
      sha: SHA,
      baseRef: '',
      payloadDefaultBranch: 'main',
      repository: SAID,
      commitDate: undefined,
      now: NOW,
      ...expected,
    });
    expect({ warnings, asked }).toEqual({ warnings: [], asked: [] });
  });

  test('none at all: no name, no ref, no payload', async () => {
    const { facts, asked } = await gather({ name: '', ref: '', payload: {} });
    expect(facts).toMatchObject({ eventName: '', ref: '', payloadDefaultBranch: undefined, repository: { name: 'App' } });
    expect(asked).toEqual(['repository, quick']);
  });

  test('the repository of a payload, when no variable names it', async () => {
    const env = { GITHUB_REPOSITORY: '' };
    expect((await gather({ env })).event.repository).toBe('acme/app');
    const payload = { repository: { ...repository, full_name: undefined, owner: { login: 'acme' } } };
    expect((await gather({ env, payload })).event.repository).toBe('acme/app');
  });
});

describe('pr-head-sha', () => {
  test.each([
    ['pull_request', HEAD],
    ['pull_request_target', HEAD],
    ['pull_request_review', HEAD],
    ['pull_request_review_comment', HEAD],
    ['push', SHA],
    ['issue_comment', SHA],
  ])('%s: %s', async (name, sha) => {
    const situation = { name, ref: 'refs/pull/2/merge', payload: pull() };
    expect((await gather({ ...situation, typed: { 'pr-head-sha': 'true' } })).facts.sha).toBe(sha);
    expect((await gather(situation)).facts.sha).toBe(SHA);
  });

  test('a payload without a head keeps the commit of the event', async () => {
    const payload = { repository, number: 2, pull_request: { head: null } };
    expect((await gather({ name: 'pull_request', payload, typed: { 'pr-head-sha': 'true' } })).facts.sha).toBe(SHA);
  });
});

describe('the repository', () => {
  test.each<[string, object, Partial<RepositoryAnswer>]>([
    ['without description and licence', { description: null, license: null }, { description: '', license: '' }],
    ['with a licence that nobody knows', { license: { key: 'other', spdx_id: 'NOASSERTION' } }, { license: 'NOASSERTION' }],
    ['with a licence without an id', { license: { key: 'x', spdx_id: null } }, { license: '' }],
    ['named in other letters', { full_name: 'ACME/App' }, {}],
  ])('%s: the payload says enough', async (_name, over, expected) => {
    const { facts, asked } = await gather({ payload: { repository: { ...repository, ...over } } });
    expect(facts.repository).toEqual({ ...SAID, ...expected });
    expect(asked).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['no repository', {}],
    ['no payload', null],
    ['no name', { repository: { ...repository, name: '' } }],
    ['no page', { repository: { ...repository, html_url: undefined } }],
    ['no default branch', { repository: { ...repository, default_branch: null } }],
    ['no description', { repository: { ...repository, description: undefined } }],
    ['no licence', { repository: { ...repository, license: undefined } }],
    ['not whether it is private', { repository: { ...repository, private: undefined } }],
    ['another repository', { repository: { ...repository, full_name: 'acme/other' } }],
  ])('%s in the payload: the API says everything', async (_name, payload) => {
    const { facts, asked, warnings } = await gather({ payload });
    expect({ ...facts.repository, private: false }).toEqual(ANSWER);
    expect({ asked, warnings }).toEqual({ asked: ['repository, quick'], warnings: [] });
  });

  test('a schedule, whose payload names no repository, learns whether it is private; the default branch of the payload stays unknown', async () => {
    const { event, facts } = await gather({ name: 'schedule', payload: { schedule: '0 0 * * *' } });
    expect(event).toMatchObject({ private: false, defaultBranch: 'trunk', description: 'From the API', license: 'Apache-2.0' });
    expect(facts.payloadDefaultBranch).toBeUndefined();
  });

  test.each([
    ['ship', 'repository'],
    ['plan', 'repository, quick'],
  ])('mode: %s asks with the patience of its consequences', async (mode, expected) => {
    const { asked } = await gather({ name: 'schedule', payload: { schedule: '0 0 * * *' }, typed: { mode } });
    expect(asked).toContain(expected);
  });

  test('a schedule without an answer: nobody knows whether it is private', async () => {
    const { event, warnings } = await gather({ name: 'schedule', payload: {}, typed: { mode: 'ship' }, answer: down });
    expect(event.private).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  const down = (): Promise<never> => Promise.reject(Object.assign(new Error('Bad gateway'), { status: 502, response: {} }));

  test.each<[string, unknown, object]>([
    ['the payload', { repository: { ...repository, license: undefined, name: 'Told' } }, { ...SAID, name: 'Told', license: '' }],
    [
      'GITHUB_REPOSITORY',
      {},
      { name: 'app', url: 'https://github.com/acme/app', description: '', defaultBranch: '', license: '' },
    ],
    [
      'GITHUB_REPOSITORY, not the payload of another repository',
      { repository: { ...repository, full_name: 'evil/other', name: 'other', html_url: 'https://evil.example' } },
      { name: 'app', url: 'https://github.com/acme/app', description: '', defaultBranch: '', license: '' },
    ],
  ])('no answer: one warning, and %s', async (_name, payload, expected) => {
    const { facts, warnings } = await gather({ payload, answer: down });
    expect(facts.repository).toEqual(expected);
    expect(warnings).toEqual([
      expect.stringMatching(/^GitHub's API does not tell the repository \(GitHub answered 502 \(Bad gateway\)\): /),
    ]);
  });

  test('a push that deleted its ref asks nothing', async () => {
    const { asked, warnings } = await gather({ payload: { deleted: true }, typed: { mode: 'ship', 'metadata-context': 'git' } });
    expect({ asked, warnings }).toEqual({ asked: [], warnings: [] });
  });
});

const rule = { tags: "type=raw,value={{commit_date 'YYYYMMDD'}}" };
const commit = { id: SHA, timestamp: DATE };

describe("the commit's date", () => {
  test.each<[string, object, string | undefined]>([
    [
      'of the commits',
      { commits: [{ id: HEAD, timestamp: 'x' }, commit], head_commit: { id: SHA, timestamp: '2020-01-01' } },
      DATE,
    ],
    ['of the head commit', { commits: [], head_commit: commit }, DATE],
    ['of the head commit, when the listed one has none', { commits: [{ id: SHA }], head_commit: commit }, DATE],
    [
      'of nothing that is another commit',
      { commits: [{ id: HEAD, timestamp: DATE }], head_commit: { id: HEAD, timestamp: DATE } },
      undefined,
    ],
    ['of nothing that is no list', { commits: 'x', head_commit: null }, undefined],
  ])('%s', async (_name, over, expected) => {
    const { facts, asked } = await gather({ payload: { repository, ...over }, typed: rule });
    expect(facts.commitDate).toEqual(expected === undefined ? API_DATE : new Date(expected));
    expect(asked).toEqual(expected === undefined ? ['date of 90dd'] : []);
  });

  test('a time that is none stays none: the peer prints that too', async () => {
    const { facts, asked, event } = await gather({
      payload: { repository, head_commit: { id: SHA, timestamp: 'soon' } },
      typed: rule,
    });
    expect(facts.commitDate?.getTime()).toBeNaN();
    expect({ asked, date: event.commitDate }).toEqual({ asked: [], date: undefined });
  });

  test('of the head of a pull request, when that is what is tagged', async () => {
    const { asked } = await gather({ name: 'pull_request', payload: pull(), typed: { ...rule, 'pr-head-sha': 'true' } });
    expect(asked).toEqual(['date of bbbb']);
  });

  test.each<[string, Typed, boolean]>([
    ['mode: plan, written nowhere', {}, false],
    ['mode: plan, in a tag', rule, true],
    ['mode: plan, in a flavor', { flavor: "prefix={{commit_date 'YYYY'}}-" }, true],
    ['mode: plan, in a label', { labels: "x={{commit_date 'YYYY'}}" }, true],
    ['mode: plan, in an annotation', { annotations: "x={{commit_date 'YYYY'}}" }, true],
    ['a build', { mode: 'ship' }, true],
  ])('%s: asked %j', async (_name, typed, needed) => {
    const { facts, asked } = await gather({ typed });
    expect(asked).toEqual(needed ? ['date of 90dd'] : []);
    expect(facts.commitDate).toEqual(needed ? API_DATE : undefined);
  });

  test('no answer: one warning, and it is not known', async () => {
    const { facts, warnings } = await gather({ typed: rule, date: () => Promise.reject(new Error('the answer holds no date')) });
    expect(facts.commitDate).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringContaining("the commit's date (no usable answer from GitHub (the answer holds no date))"),
    ]);
    expect(warnings[0]).toContain('{{commit_date}} is now');
  });

  test('neither repository nor date for one reason: still one warning', async () => {
    const down = (): Promise<never> => Promise.reject(Object.assign(new Error('Not Found'), { status: 404, response: {} }));
    const { warnings } = await gather({ payload: {}, typed: rule, answer: down, date: down });
    expect(warnings).toEqual([expect.stringContaining("the repository and the commit's date (GitHub answered 404 (Not Found))")]);
  });
});

describe('metadata-context: git', () => {
  const head = { ref: 'refs/tags/v9', sha: HEAD, commitDate: new Date('2024-04-04T04:04:04Z'), warnings: ['several names'] };

  test('ref, commit and date are those of the checkout; all else is of the event', async () => {
    const { facts, asked, warnings } = await gather({
      name: 'pull_request_target',
      payload: pull({ base_ref: 'refs/heads/main' }),
      typed: { ...rule, mode: 'ship', 'metadata-context': 'git', 'pr-head-sha': 'true' },
      git: () => Promise.resolve(head),
    });
    expect(facts).toEqual({
      eventName: 'pull_request_target',
      ref: 'refs/tags/v9',
      sha: HEAD,
      baseRef: 'main',
      payloadDefaultBranch: 'main',
      repository: SAID,
      commitDate: head.commitDate,
      now: NOW,
    });
    expect({ asked, warnings }).toEqual({ asked: [], warnings: ['several names'] });
  });

  test('works without an event', async () => {
    const { facts } = await gather({
      name: '',
      ref: '',
      payload: {},
      typed: { 'metadata-context': 'git' },
      git: () => Promise.resolve(head),
    });
    expect(facts).toMatchObject({ eventName: '', ref: 'refs/tags/v9', sha: HEAD, baseRef: '' });
  });

  test('what git refuses ends the run', async () => {
    await expect(gather({ typed: { 'metadata-context': 'git' } })).rejects.toThrow('git was started');
  });
});

test.each([
  null,
  5,
  'x',
  [],
  { repository: 5, pull_request: 'x', commits: [null], head_commit: 7 },
  { __proto__: { repository } },
])('a strange payload (%j) is no crash', async payload => {
  for (const name of ['push', 'pull_request', 'pull_request_target', 'schedule']) {
    const { facts } = await gather({ name, payload, typed: { ...rule, 'pr-head-sha': 'true' } });
    expect(facts).toMatchObject({ sha: SHA, payloadDefaultBranch: undefined, commitDate: API_DATE } satisfies Partial<
      Record<keyof TagFacts, unknown>
    >);
  }
});

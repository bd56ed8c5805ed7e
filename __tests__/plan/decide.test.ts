// Every decision on every event, for every kind of actor, repository and token, and for each typed value: outcome and reason.

import { describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/plan/event.ts';
import { INPUT_NAMES } from '../../src/plan/inputs.ts';
import type { Decision } from '../../src/plan/plan.ts';
import { aPullRequest, aTag, anEvent, hintOf, messageOf, planOf, type Typed } from './plan-builders.ts';

const DEPENDABOT = { actor: 'dependabot[bot]' };
const TAGS = 'type=raw,value=t';

/** Everybody that a run can be started by. */
const EVENTS: Readonly<Record<string, Event>> = {
  'branch push': anEvent(),
  'tag push': aTag('v1.2.3'),
  'push by Dependabot': anEvent(DEPENDABOT),
  release: aTag('v1.2.3', { name: 'release' }),
  schedule: anEvent({ name: 'schedule' }),
  workflow_dispatch: anEvent({ name: 'workflow_dispatch' }),
  repository_dispatch: anEvent({ name: 'repository_dispatch' }),
  'pull request': aPullRequest(),
  'pull request of a fork': aPullRequest({}, true),
  'pull request by Dependabot': aPullRequest(DEPENDABOT),
  merge_group: anEvent({ name: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-1-a' }),
  pull_request_target: aPullRequest({ name: 'pull_request_target', ref: 'refs/heads/main' }, true),
  workflow_run: anEvent({ name: 'workflow_run' }),
  issue_comment: anEvent({ name: 'issue_comment' }),
  'an event nobody thought of': anEvent({ name: 'watch' }),
  'no event': anEvent({ name: '', ref: '' }),
  'deleted ref': anEvent({ deleted: true }),
};

function decision(name: string, event: Event, typed: Typed = {}): Decision {
  const found = planOf(event, { tags: TAGS, ...typed }).decisions.find(one => one.name === name);
  if (found === undefined) throw new Error(`the plan has no decision "${name}"`);
  return found;
}

/** `yes: why`, as the tables below write it. */
function said(name: string, event: Event, typed: Typed = {}): string {
  const { outcome, reason } = decision(name, event, typed);
  return `${outcome}: ${reason}`;
}

/** One line an event: `event | outcome: reason`. */
function table(text: string): [string, Event, string][] {
  const rows = text
    .trim()
    .split('\n')
    .map(line => line.split('|').map(cell => cell.trim()));
  expect(rows.map(([name]) => name)).toEqual(Object.keys(EVENTS));
  return rows.map(([name = '', expected = '']) => {
    const event = EVENTS[name];
    if (event === undefined) throw new Error(`there is no event "${name}"`);
    return [name, event, expected];
  });
}

describe('push: auto', () => {
  test.each(
    table(`
    branch push                | yes: a branch push publishes
    tag push                   | yes: a tag push publishes
    push by Dependabot         | no: a push by Dependabot does not publish; it builds, scans and reports
    release                    | yes: a release publishes
    schedule                   | yes: a schedule publishes
    workflow_dispatch          | yes: a manual run publishes
    repository_dispatch        | yes: the event repository_dispatch publishes
    pull request               | no: a pull request does not publish; it builds, scans and reports
    pull request of a fork     | no: a pull request from a fork does not publish; it builds, scans and reports
    pull request by Dependabot | no: a pull request by Dependabot does not publish; it builds, scans and reports
    merge_group                | no: a merge group does not publish; it builds, scans and reports
    pull_request_target        | no: the event pull_request_target does not publish; it builds, scans and reports
    workflow_run               | no: the event workflow_run does not publish; it builds, scans and reports
    issue_comment              | no: the event issue_comment does not publish; it builds, scans and reports
    an event nobody thought of | no: the event watch does not publish; it builds, scans and reports
    no event                   | no: a run without an event does not publish; it builds, scans and reports
    deleted ref                | no: the push deleted its ref
  `),
  )('%s', (_name, event, expected) => {
    expect(said('push', event)).toBe(expected);
    expect(planOf(event, { tags: TAGS }).push).toBe(expected.startsWith('yes'));
    expect(said('push', event, { images: '' })).toBe(event.deleted ? expected : 'no: no image is given or enabled');
  });
});

test('push: auto does not publish names that may be meant for load alone', () => {
  const [event, tags] = [anEvent({ name: 'push' }), 'user/app:test'];
  const push = (typed: Typed): boolean => planOf(event, { images: '', tags, ...typed }).push;
  expect(push({})).toBe(true);
  expect(push({ load: 'true' })).toBe(false);
  expect(push({ outputs: 'type=docker' })).toBe(false);
  expect(push({ load: 'true', push: 'true' })).toBe(true);
  expect(push({ load: 'true', images: 'ghcr.io/acme/app', tags: 'type=sha' })).toBe(true);
  const { decisions } = planOf(event, { images: '', tags, load: 'true' });
  expect(decisions.find(({ name }) => name === 'push')?.reason).toMatch(
    /"tags" may be meant for load alone; .+ push: true, or images:/,
  );
});

describe('push: true and push: false', () => {
  const publishing = Object.entries(EVENTS).filter(([, event]) => planOf(event, { tags: TAGS }).push);
  const others = Object.entries(EVENTS).filter(([, event]) => !event.deleted && !planOf(event, { tags: TAGS }).push);

  test.each(publishing)('%s: as asked, nothing to warn of', (_name, event) => {
    expect(said('push', event, { push: 'true' })).toBe('yes: asked for');
    expect(planOf(event, { tags: TAGS, push: 'true' }).warnings).toEqual([]);
  });

  test.each(others)('%s: as asked, with a warning', (_name, event) => {
    expect(said('push', event, { push: 'true' })).toMatch(/^yes: asked for, although .+ does not publish by itself$/);
    expect(planOf(event, { tags: TAGS, push: 'true' }).warnings.join()).toContain('push: true publishes on');
  });

  test.each(Object.entries(EVENTS).filter(([, event]) => !event.deleted))('%s: false is false', (_name, event) => {
    expect(said('push', event, { push: 'false' })).toBe('no: asked for');
  });

  test('where the token is read-only the warning says that it will not work', () => {
    expect(planOf(aPullRequest({}, true), { tags: TAGS, push: 'true' }).warnings.join()).toContain('no secrets');
  });
});

describe('sign: auto', () => {
  const KEYLESS = 'keyless: public repository, and the job has id-token: write';
  const EXPLICIT = (who: string): string => `no: on ${who} only an explicit sign signs`;

  test.each(
    table(`
    branch push                | ${KEYLESS}
    tag push                   | ${KEYLESS}
    push by Dependabot         | no: nothing is pushed
    release                    | ${KEYLESS}
    schedule                   | ${KEYLESS}
    workflow_dispatch          | ${KEYLESS}
    repository_dispatch        | ${KEYLESS}
    pull request               | no: nothing is pushed
    pull request of a fork     | no: nothing is pushed
    pull request by Dependabot | no: nothing is pushed
    merge_group                | no: nothing is pushed
    pull_request_target        | no: nothing is pushed
    workflow_run               | no: nothing is pushed
    issue_comment              | no: nothing is pushed
    an event nobody thought of | no: nothing is pushed
    no event                   | no: nothing is pushed
    deleted ref                | no: nothing is pushed
  `),
  )('%s', (_name, event, expected) => {
    const publishes = expected === KEYLESS;
    const key = { 'cosign-key': 'env://KEY' };
    expect(said('sign', event)).toBe(expected);
    // Asked for by nobody, a private repository is never named in the public log.
    expect(said('sign', { ...event, private: true })).toBe(
      publishes
        ? 'no: the repository is private, and keyless signing would name it in the public log; ask for it with sign: keyless'
        : expected,
    );
    expect(said('sign', { ...event, private: undefined }, { mode: 'plan' })).toMatch(
      publishes ? /^no: nothing says that the repository is public, and / : /^no: nothing is pushed$/,
    );
    expect(said('sign', { ...event, idToken: false })).toBe(
      publishes ? 'no: no cosign-key, and the job has no "permissions: id-token: write" for keyless signing' : expected,
    );
    expect(said('sign', event, key)).toBe(publishes ? 'key: cosign-key is set' : expected);
    expect(said('sign', { ...event, private: true }, key)).toBe(publishes ? 'key, no public log: cosign-key is set' : expected);
  });

  test.each(['pull request', 'merge_group', 'workflow_run', 'push by Dependabot'])(
    'push: true on %s signs only when asked (rules 25)',
    name => {
      const event = EVENTS[name] ?? anEvent();
      const typed = { push: 'true', 'cosign-key': 'env://KEY' };
      expect(said('sign', event, typed)).toMatch(/^no: on .+ only an explicit sign signs$/);
      expect(said('sign', event, { ...typed, sign: 'key' })).toBe('key: asked for');
      expect(said('sign', event, { ...typed, sign: 'keyless' })).toBe('keyless: asked for');
    },
  );

  test('the event in the sentence', () => {
    expect(said('sign', aPullRequest(), { push: 'true' })).toBe(EXPLICIT('a pull request'));
  });
});

describe('comment: auto', () => {
  test.each(
    table(`
    branch push                | no: a branch push has no pull request
    tag push                   | no: a tag push has no pull request
    push by Dependabot         | no: a push by Dependabot has no pull request
    release                    | no: a release has no pull request
    schedule                   | no: a schedule has no pull request
    workflow_dispatch          | no: a manual run has no pull request
    repository_dispatch        | no: the event repository_dispatch has no pull request
    pull request               | yes: pull request #2
    pull request of a fork     | no: the token of a pull request from a fork is read-only; the summary holds the report
    pull request by Dependabot | no: the token of a pull request by Dependabot is read-only; the summary holds the report
    merge_group                | no: a merge group has no pull request
    pull_request_target        | yes: pull request #2
    workflow_run               | no: the event workflow_run has no pull request
    issue_comment              | no: the event issue_comment has no pull request
    an event nobody thought of | no: the event watch has no pull request
    no event                   | no: a run without an event has no pull request
    deleted ref                | no: a branch push has no pull request
  `),
  )('%s', (_name, event, expected) => {
    expect(said('comment', event)).toBe(expected);
    expect(planOf(event, { tags: TAGS }).comment).toBe(expected.startsWith('yes'));
    expect(said('comment', event, { comment: 'never' })).toBe('no: asked for');
    const asked = event.pullRequest === undefined ? expected : 'yes: asked for';
    expect(said('comment', event, { comment: 'always' })).toBe(asked);
    const without = event.pullRequest === undefined ? expected : 'no: github-token is empty';
    expect(said('comment', event, { 'github-token': '' })).toBe(without);
  });
});

describe('status', () => {
  const HERE = 'yes: on commit 90dd603';
  const HEAD = 'yes: on commit bbbbbbb';
  test.each(
    table(`
    branch push                | ${HERE}
    tag push                   | ${HERE}
    push by Dependabot         | no: the token of a push by Dependabot is read-only; the job itself is the check
    release                    | ${HERE}
    schedule                   | ${HERE}
    workflow_dispatch          | ${HERE}
    repository_dispatch        | ${HERE}
    pull request               | ${HEAD}
    pull request of a fork     | no: the token of a pull request from a fork is read-only; the job itself is the check
    pull request by Dependabot | no: the token of a pull request by Dependabot is read-only; the job itself is the check
    merge_group                | ${HERE}
    pull_request_target        | ${HEAD}
    workflow_run               | ${HERE}
    issue_comment              | ${HERE}
    an event nobody thought of | ${HERE}
    no event                   | ${HERE}
    deleted ref                | no: the push deleted its ref
  `),
  )('%s', (_name, event, expected) => {
    expect(said('status', event)).toBe(expected);
    expect(said('status', event, { status: 'false' })).toBe('no: asked for');
    expect(said('status', event, { 'github-token': '' })).toBe(event.deleted ? expected : 'no: github-token is empty');
  });
});

describe('sarif: auto', () => {
  const DEFAULT = (name: string): string =>
    `no: the event ${name} would show its findings on the default branch, whatever was built`;
  test.each(
    table(`
    branch push                | yes: results for main
    tag push                   | yes: results for v1.2.3
    push by Dependabot         | no: the token of a push by Dependabot is read-only; the summary holds the report
    release                    | yes: results for v1.2.3
    schedule                   | yes: results for main
    workflow_dispatch          | yes: results for main
    repository_dispatch        | yes: results for main
    pull request               | yes: results for pull request #2
    pull request of a fork     | no: the token of a pull request from a fork is read-only; the summary holds the report
    pull request by Dependabot | no: the token of a pull request by Dependabot is read-only; the summary holds the report
    merge_group                | yes: results for gh-readonly-queue/main/pr-1-a
    pull_request_target        | ${DEFAULT('pull_request_target')}
    workflow_run               | ${DEFAULT('workflow_run')}
    issue_comment              | ${DEFAULT('issue_comment')}
    an event nobody thought of | no: code scanning takes no results of the event watch
    no event                   | no: a run without an event has no ref that code scanning takes
    deleted ref                | no: the push deleted its ref
  `),
  )('%s', (_name, event, expected) => {
    const [yes, impossible] = [expected.startsWith('yes'), event.deleted || event.ref === ''];
    expect(said('sarif', event)).toBe(expected);
    expect(planOf(event, { tags: TAGS }).sarif).toBe(yes);
    expect(said('sarif', { ...event, private: true })).toBe(
      yes ? 'yes: if the repository has Code Security, which private ones need' : expected,
    );
    expect(said('sarif', event, { sarif: 'false' })).toBe('no: asked for');
    expect(said('sarif', event, { sarif: 'true' })).toBe(impossible ? expected : 'yes: asked for');
    for (const sarif of ['auto', 'true']) {
      expect(said('sarif', event, { sarif, gate: 'off' })).toBe(event.deleted ? expected : 'no: nothing is scanned (gate: off)');
      expect(said('sarif', event, { sarif, 'github-token': '' })).toBe(event.deleted ? expected : 'no: github-token is empty');
    }
  });
});

describe('the table of decisions', () => {
  test('has a row with a reason for everything that is resolved', () => {
    const { decisions } = planOf(anEvent());
    expect(decisions.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['push', 'sign', 'platforms', 'cache', 'policy', 'comment', 'status', 'sarif']),
    );
    for (const { name, asked, outcome, reason } of decisions) {
      expect(INPUT_NAMES).toContain(name);
      expect(asked).not.toBe('');
      expect(outcome).not.toBe('');
      // A clause, not a paragraph: it stands in a column.
      expect(reason).toMatch(/^\S.{4,}[^.]$/);
      expect(reason.length).toBeLessThan(140);
    }
  });

  test('platforms that were typed are no decision', () => {
    expect(planOf(anEvent(), { platforms: 'linux/arm64' }).decisions.map(({ name }) => name)).not.toContain('platforms');
  });
});

describe('what cannot be done', () => {
  const KEYLESS = { sign: 'keyless' };
  const CASES: [string, Event, Typed, { error: RegExp; push: boolean; sign: string }][] = [
    [
      'keyless without a token',
      anEvent({ idToken: false }),
      KEYLESS,
      { error: /^sign: keyless needs an OIDC token/, push: true, sign: 'keyless' },
    ],
    [
      'key without a key',
      anEvent(),
      { sign: 'key' },
      { error: /^sign: key needs the input "cosign-key"/, push: true, sign: 'key' },
    ],
    [
      'signing by itself, and nobody knows whether the repository is public',
      anEvent({ name: 'schedule', private: undefined }),
      {},
      { error: /^sign: auto signs keyless what is public, and neither /, push: true, sign: 'off' },
    ],
    [
      'a push to nowhere',
      anEvent(),
      { push: 'true', images: '' },
      { error: /^push: true has nowhere to push to/, push: false, sign: 'off' },
    ],
    [
      'a push without a tag',
      anEvent(),
      { tags: 'type=ref,event=tag\ntype=ref,event=pr' },
      {
        error: /^tags: there is something to push, but no rule gives a tag[^\n]*\n- type=ref,event=tag: /,
        push: false,
        sign: 'off',
      },
    ],
  ];

  test.each(CASES)('%s: an error before the build', (_name, event, typed, { error }) => {
    expect(messageOf(() => planOf(event, { tags: TAGS, ...typed }))).toMatch(error);
  });

  test.each(CASES)('%s: a warning in mode: plan', (_name, event, typed, { error, push, sign }) => {
    const plan = planOf(event, { tags: TAGS, ...typed, mode: 'plan' });
    expect(plan.warnings.filter(line => error.test(line))).toHaveLength(1);
    expect(plan.warnings.join()).toContain('`mode: ship` would stop here');
    expect(plan).toMatchObject({ push, signing: { method: sign } });
  });

  test('whether the repository is public stops only what hangs on it', () => {
    const event = anEvent({ private: undefined });
    const signing = (over: Partial<Event>, typed: Typed): string =>
      planOf({ ...event, ...over }, { tags: TAGS, ...typed }).signing.method;
    expect(signing({}, { sign: 'keyless' })).toBe('keyless');
    expect(signing({}, { sign: 'off' })).toBe('off');
    expect(signing({}, { 'cosign-key': 'env://KEY' })).toBe('key');
    expect(signing({}, { push: 'false' })).toBe('off');
    expect(signing({ idToken: false }, {})).toBe('off');
    expect(signing(aPullRequest({ private: undefined }), { push: 'true' })).toBe('off');
  });

  test('all of it is told at once, each with its way out', () => {
    const message = messageOf(() =>
      planOf(anEvent({ idToken: false }), {
        ...KEYLESS,
        tags: 'type=raw,value=t',
        runners: 'linux/s390x=big',
      }),
    );
    expect(message).toContain('2 mistakes in the plan');
    expect(hintOf(() => planOf(anEvent(), { runners: 'linux/s390x=big' }))).not.toContain('metadata-action');
    expect(hintOf(() => planOf(anEvent(), { tags: '-foo' }))).toContain('metadata-action');
    expect(message).toContain('runners: "linux/s390x" is not built');
    expect(message).toMatch(/sign: keyless .+ Add "permissions: id-token: write"/);
  });
});

describe('mode: plan', () => {
  test('tells what a step that ships would do, and does nothing beside the job itself', () => {
    const typed = { tags: TAGS, platforms: 'linux/amd64' };
    const [ship, plan] = [planOf(aPullRequest(), typed), planOf(aPullRequest(), { ...typed, mode: 'plan' })];
    expect(plan.decisions).toEqual(ship.decisions);
    expect([ship.comment, ship.status, ship.sarif]).toEqual([true, true, true]);
    expect([plan.comment, plan.status, plan.sarif]).toEqual([false, false, false]);
    const push = planOf(anEvent(), { ...typed, mode: 'plan' });
    expect(push).toMatchObject({ push: true, signing: { method: 'keyless' } });
  });

  test('no tag at all is a warning, also where nothing was to be pushed', () => {
    const idle = { tags: 'type=ref,event=tag\ntype=semver,pattern={{version}}', mode: 'plan' };
    const warning = planOf(aPullRequest(), idle).warnings.find(line =>
      line.startsWith('tags: no rule gives a tag on this event\n'),
    );
    expect(warning?.split('\n')).toHaveLength(3);
    expect(warning).toMatch(/^- type=ref,event=tag: .+\w/m);
    expect(warning).toMatch(/^- type=semver,pattern=\{\{version\}\}: .+\w/m);
    expect(planOf(aPullRequest(), { ...idle, mode: 'ship' }).warnings).toEqual([]);
    expect(planOf(anEvent({ deleted: true }), idle).warnings).toEqual([]);
  });

  test('a name that is no tag stops a step that ships, and no other reason is told', () => {
    for (const event of [anEvent(), aPullRequest()]) {
      const { warnings, stops } = planOf(event, { tags: '-foo', mode: 'plan' });
      expect(stops).toEqual([expect.stringMatching(/^tags: "-foo" cannot be the tag.+`mode: ship` would stop here/)]);
      expect(warnings.join()).not.toMatch(/gives a tag|gives no tag|Add a rule/);
      expect(messageOf(() => planOf(event, { tags: '-foo' }))).toMatch(/^tags: "-foo" gives "-foo", which is not a tag/);
    }
    expect(planOf(anEvent(), { tags: '-foo\nfine', mode: 'plan' }).stops).toHaveLength(1);
  });

  test('a job that may not sign says that another may', () => {
    expect(said('sign', anEvent({ idToken: false }), { mode: 'plan' })).toContain(
      'a job that ships with either of them does sign',
    );
  });
});

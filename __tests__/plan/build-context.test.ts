// The inputs context, file and build-contexts: what buildx is given, why, and what is refused.

import { describe, expect, test } from '@jest/globals';
import type { WorkspaceFacts } from '../../src/plan/build-context.ts';
import type { BuildSources } from '../../src/plan/build-sources.ts';
import type { Event } from '../../src/plan/event.ts';
import { INPUTS_LABEL } from '../../src/plan/input-hash.ts';
import type { PlanOrder } from '../../src/plan/make-plan.ts';
import { tagFacts } from '../../src/plan/tag-facts.ts';
import { aPullRequest, anEvent, inputsOf, messageOf, NOW, planOf, SHA } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const COMMIT = `https://github.com/Acme/App.git#${SHA}`;
const NONE: WorkspaceFacts = { checkout: false, dockerfile: false };

function contextOf(typed: Typed, over: Partial<PlanOrder> = {}, event: Event = anEvent()): string {
  return planOf(event, typed, over).build.context;
}

describe('nothing typed', () => {
  test.each<[string, WorkspaceFacts | undefined, Typed, string, RegExp | undefined]>([
    ['a checkout', { checkout: true, dockerfile: false }, {}, '.', /^the workspace is a checkout$/],
    ['files with a Dockerfile', { checkout: false, dockerfile: true }, {}, '.', /^the workspace holds Dockerfile$/],
    ['files with the one asked for', { checkout: false, dockerfile: true }, { file: 'a/B' }, '.', /^the workspace holds a\/B$/],
    ['neither', NONE, {}, COMMIT, /^the workspace holds neither a checkout nor Dockerfile: BuildKit reads the commit from Git$/],
    ['neither, in a job that plans', NONE, { mode: 'plan' }, COMMIT, /^the workspace holds neither/],
    ['nobody looked', undefined, {}, '.', undefined],
  ])('%s', (_name, found, typed, context, reason) => {
    const plan = planOf(anEvent(), typed, found && { found });
    expect(plan.build.context).toBe(context);
    const row = plan.decisions.find(({ name }) => name === 'context');
    if (reason === undefined) expect(row).toBeUndefined();
    else expect(row).toEqual({ name: 'context', asked: 'default', outcome: context, reason: expect.stringMatching(reason) });
  });

  test('what was typed is no decision', () => {
    expect(planOf(anEvent(), { context: 'app' }, { found: NONE }).decisions.map(({ name }) => name)).not.toContain('context');
  });
});

describe('{{defaultContext}}', () => {
  test.each<[string, string]>([
    ['{{defaultContext}}', COMMIT],
    ['{{ defaultContext }}:docker/app', `${COMMIT}:docker/app`],
    ['{{{defaultContext}}}:x', `${COMMIT}:x`],
  ])('%s is the commit', (context, expected) => {
    expect(contextOf({ context })).toBe(expected);
  });

  test('in named contexts too, beside {{meta.…}}', () => {
    const typed = {
      tags: 'type=raw,value=1.2.3',
      'build-contexts': 'a={{defaultContext}}:x\nb=docker-image://b:{{meta.version}}',
    };
    expect(planOf(anEvent(), typed).build.buildContexts).toEqual([`a=${COMMIT}:x`, 'b=docker-image://b:1.2.3']);
  });

  test('a pull request names its test merge, never its ref; with pr-head-sha the head', () => {
    const event = aPullRequest();
    expect(contextOf({ context: '{{defaultContext}}' }, {}, event)).toBe(COMMIT);
    const facts = { ...tagFacts(event, { now: NOW, commitDate: undefined }), sha: event.headSha };
    expect(contextOf({ context: '{{defaultContext}}' }, { facts }, event)).toBe(
      `https://github.com/Acme/App.git#${event.headSha}`,
    );
  });

  test('another server', () => {
    const event = anEvent({ serverUrl: 'https://ghe.example.com:8443' });
    expect(contextOf({ context: '{{defaultContext}}' }, {}, event)).toBe(`https://ghe.example.com:8443/Acme/App.git#${SHA}`);
  });
});

test.each(['app', 'git@github.com:acme/app.git#v1', 'https://x.org/a.git?ref=v1&subdir=b', 'https://x.org/a.tar.gz', '-'])(
  '%s is passed on as it is',
  context => {
    expect(contextOf({ context })).toBe(context);
  },
);

describe('the hash of the inputs', () => {
  const hash = (typed: Typed, over: Partial<PlanOrder> = {}, event = anEvent()): string | undefined =>
    planOf(event, typed, over).buildLabels[INPUTS_LABEL];
  const piped = (digest: string): Partial<PlanOrder> => ({
    sources: { places: new Map(), unset: [], standardInput: { digest } },
  });

  test('of a path is what it was before contexts could be anything else', () => {
    expect(hash({ context: '.' })).toBe(hash({}));
    expect(hash({}, { found: { checkout: true, dockerfile: true } })).toBe(hash({}));
  });

  test('tells every context from every other', () => {
    const contexts = [
      '.',
      'app',
      '{{defaultContext}}',
      '{{defaultContext}}:app',
      'https://x.org/a.git#1',
      'https://x.org/a.git#2',
    ];
    expect(new Set(contexts.map(context => hash({ context }))).size).toBe(contexts.length);
  });

  test.each(['{{defaultContext}}', '{{defaultContext}}:app', 'https://x.org/a.git#1'])(
    'of %s says nothing of the commit',
    context => {
      const named = { context, tags: 'type=raw,value=1', labels: 'org.opencontainers.image.revision=' };
      expect(hash(named, {}, anEvent({ sha: 'c'.repeat(40) }))).toBe(hash(named));
    },
  );

  test('is the same however the commit is written', () => {
    expect(hash({ context: COMMIT })).toBe(hash({ context: '{{ defaultContext }}' }));
    expect(hash({}, { found: NONE })).toBe(hash({ context: COMMIT }));
    expect(hash({ 'build-contexts': `a=${COMMIT}:x` })).toBe(hash({ 'build-contexts': 'a={{defaultContext}}:x' }));
  });

  test('counts what came through standard input', () => {
    expect(hash({ context: '-' }, piped('sha256:1'))).not.toBe(hash({ context: '-' }, piped('sha256:2')));
    expect(hash({ context: '-' }, piped('sha256:1'))).toBe(hash({ context: '-' }, piped('sha256:1')));
  });
});

describe('mistakes', () => {
  test.each<[Typed, RegExp]>([
    [{ context: '{{defaultContext}}/app' }, /^context: .+ is not {{defaultContext}} alone or {{defaultContext}}:subdirectory$/],
    [{ context: 'x{{defaultContext}}' }, /^context: .+ is not {{defaultContext}} alone/],
    [{ context: '{{defaultContext}}:{{meta.version}}' }, /^context: .+ is not {{defaultContext}} alone/],
    [{ context: '{{meta.version}}' }, /^context: .+ only {{defaultContext}} is known here$/],
    [{ context: 'ftp://example.com/x' }, /^context: "ftp:\/\/example.com\/x" is no address/],
    [{ context: 'https://me:hunter2@x.org/a.git' }, /^context: "https:\/\/\*\*\*@x.org\/a.git" holds a password or token/],
    [{ context: 'https://mytoken@x.org/a.git' }, /^context: "https:\/\/\*\*\*@x.org\/a.git" holds a password or token/],
    [{ context: 'https://mytoken:@x.org/a.tgz' }, /^context: .+ holds a password or token/],
    [{ file: 'https://me:hunter2@x.org/Dockerfile' }, /^file: "https:\/\/\*\*\*@x.org\/Dockerfile" holds a password or token/],
    [{ 'build-contexts': 'a=https://mytoken@x.org/a.git' }, /^build-contexts: "a=https:\/\/\*\*\*@x.org.+ holds a password/],
    [{ context: '-', file: '-' }, /^file: "-" and "context" are both "-"/],
    [{ file: '{{defaultContext}}/Dockerfile' }, /^file: .+ takes no {{defaultContext}}/],
    [{ file: 'git://x.org/a' }, /^file: .+ is no address that buildx takes for a Dockerfile/],
    [
      { file: 'https://github.com/a/b/blob/main/Dockerfile' },
      /^file: .+ the file itself is https:\/\/raw.githubusercontent.com\/a\/b\/main\/Dockerfile$/,
    ],
    [{ context: '{{defaultContext}}:a', file: '../Dockerfile' }, /^file: .+ leads out of the context/],
    [{ 'build-contexts': 'a=https://github.com/a/b' }, /^build-contexts: .+ends in \.git, as https:\/\/github.com\/a\/b.git$/],
    [{ 'build-contexts': 'a=-' }, /^build-contexts: .+ is standard input/],
    [{ 'build-contexts': 'a={{defaultContext}}/x' }, /^build-contexts: .+ is not {{defaultContext}} alone/],
  ])('%j', (typed, message) => {
    expect(messageOf(() => inputsOf(typed))).toMatch(message);
  });

  test.each<Typed>([
    { context: '.', file: '../Dockerfile' },
    { context: '.', file: 'https://raw.githubusercontent.com/a/b/main/Dockerfile' },
    { context: 'https://x.org/a.git', file: '-' },
    { context: 'https://Acme@dev.azure.com/acme/app/_git/app.git' },
    { context: 'https://git@x.org/a.git' },
    { context: 'ssh://deploy@x.org/a.git' },
    { context: 'https://x.org/a.git', file: '/tmp/Dockerfile' },
    { context: '-', file: 'app/Dockerfile' },
    { 'build-contexts': 'a=oci-layout://x:y@sha256:0\nb=target:c\nd=docker-image://e\nf=git@g:h\ni=../j' },
    { 'build-contexts': 'a=https://x.org/{{meta.version}}' },
  ])('%j is none', typed => {
    expect(inputsOf(typed).warnings).toEqual([]);
  });

  const seen = (over: Partial<BuildSources>): Partial<PlanOrder> => ({ sources: { places: new Map(), unset: [], ...over } });
  const nothing = seen({
    places: new Map([
      ['-', 'missing'],
      ['.', 'missing'],
      ['b', 'missing'],
      ['/b', 'missing'],
    ] as const),
  });

  test.each<[Typed, Partial<PlanOrder>, RegExp]>([
    [{ context: '-' }, seen({ standardInput: { problem: 'is empty' } }), /^context: "-" is standard input, which is empty/],
    [{ file: '-' }, seen({ standardInput: { problem: 'is a terminal' } }), /^file: "-" is standard input, which is a terminal/],
    [{ context: 'https://x.org/a.git', file: '/b' }, nothing, /^file: "\/b" does not exist/],
  ])('%j on the disk', (typed, order, message) => {
    expect(messageOf(() => planOf(anEvent(), typed, order))).toMatch(message);
  });

  test.each<Typed>([
    { context: '-', file: 'b' },
    { context: 'https://x.org/a.git', file: 'b' },
    { context: '{{defaultContext}}' },
  ])('%j is not looked for on the disk', typed => {
    expect(planOf(anEvent(), typed, nothing).warnings).toEqual([]);
  });
});

describe('the token for Git', () => {
  const ids = (typed: Typed, event = anEvent()): readonly string[] =>
    planOf(event, typed)
      .build.secrets.filter(({ from }) => from === 'token')
      .map(({ id }) => id);

  test.each<[string, Typed, readonly string[]]>([
    ['a path', {}, []],
    ['the commit', { context: '{{defaultContext}}' }, ['GIT_AUTH_TOKEN.github.com']],
    ['the short form', { context: 'github.com/acme/app' }, ['GIT_AUTH_TOKEN.github.com']],
    ['another repository of the server', { context: 'https://github.com/acme/lib.git' }, []],
    ['the commit as a named context', { 'build-contexts': 'a={{defaultContext}}' }, ['GIT_AUTH_TOKEN.github.com']],
    ['another repository as a named context', { 'build-contexts': 'a=https://github.com/x/y.git' }, []],
    ['the commit beside another repository', { context: 'github.com/x/y', 'build-contexts': 'a={{defaultContext}}' }, []],
    ['the commit beside an archive', { context: 'https://x.org/a.tgz', 'build-contexts': 'a={{defaultContext}}' }, []],
    ['a Dockerfile from elsewhere', { context: '{{defaultContext}}', file: 'https://x.org/Dockerfile' }, []],
    [
      'a Dockerfile from elsewhere beside a path',
      { file: 'https://x.org/Dockerfile', 'build-contexts': 'a={{defaultContext}}' },
      [],
    ],
    ['another server', { context: 'https://gitlab.com/acme/app.git' }, []],
    ['a server whose name begins alike', { context: 'https://github.com.evil.example/acme/app.git' }, []],
    ['another port', { context: 'https://github.com:8443/acme/app.git' }, []],
    ['a name in front', { context: 'ssh://github.com@evil.example/acme/app.git' }, []],
    ['without encryption', { context: 'http://github.com/acme/app.git' }, []],
    ['ssh', { context: 'git@github.com:acme/app.git' }, []],
    ['an archive', { context: 'https://github.com/acme/app/archive/main.tar.gz' }, []],
    ['a token of the user', { context: '{{defaultContext}}', secrets: 'GIT_AUTH_TOKEN=x' }, []],
    ['one for the host', { context: '{{defaultContext}}', 'secret-files': 'GIT_AUTH_TOKEN.github.com=x' }, []],
    ['a header of the user', { context: '{{defaultContext}}', 'secret-envs': 'GIT_AUTH_HEADER=X' }, []],
    ['one for another host', { context: '{{defaultContext}}', secrets: 'GIT_AUTH_TOKEN.x.org=x' }, ['GIT_AUTH_TOKEN.github.com']],
    ['no token', { context: '{{defaultContext}}', 'github-token': '' }, []],
  ])('%s', (_name, typed, expected) => {
    expect(ids(typed)).toEqual(expected);
  });

  test('its value is in no plan', () => {
    expect(JSON.stringify(planOf(anEvent(), { context: '{{defaultContext}}', 'github-token': 'canary' }))).not.toContain(
      'canary',
    );
  });

  test('a server with a port', () => {
    const event = anEvent({ serverUrl: 'http://172.31.250.1:4711' });
    expect(ids({ context: '{{defaultContext}}' }, event)).toEqual(['GIT_AUTH_TOKEN.172.31.250.1:4711']);
  });
});

describe('a privileged event', () => {
  const event = anEvent({ name: 'workflow_run' });
  const trust = (typed: Typed): string | undefined =>
    planOf(event, { mode: 'plan', ...typed }, { found: NONE, checkouts: [] }).decisions.find(
      ({ name }) => name === 'allow-untrusted-checkout',
    )?.outcome;
  const app = 'https://github.com/acme/app.git';

  test.each<[string, Typed, 'trusted' | 'refused']>([
    ['nothing typed', {}, 'trusted'],
    ['the commit', { context: '{{defaultContext}}:x' }, 'trusted'],
    ['the commit by hand, in other letters', { context: `${app}#${SHA}` }, 'trusted'],
    ['the commit over ssh', { context: `git@github.com:acme/app.git#${SHA}` }, 'trusted'],
    ['a ref that must be the commit', { context: `${app}?branch=main&checksum=${SHA}` }, 'trusted'],
    ['a branch', { context: `${app}#main` }, 'refused'],
    ['no ref', { context: app }, 'refused'],
    ['a pull request', { context: `${app}#refs/pull/2/head` }, 'refused'],
    ['another commit', { context: `${app}#${'b'.repeat(40)}` }, 'refused'],
    ['the commit, but checked for another', { context: `${app}?ref=${SHA}&checksum=${'b'.repeat(40)}` }, 'refused'],
    ['another repository', { context: `https://github.com/evil/app.git#${SHA}` }, 'refused'],
    ['another server', { context: `https://evil.example/acme/app.git#${SHA}` }, 'refused'],
    ['an archive', { context: 'https://github.com/acme/app/archive/main.tar.gz' }, 'refused'],
    ['standard input', { context: '-' }, 'refused'],
    ['a Dockerfile elsewhere', { context: '{{defaultContext}}', file: 'https://x.org/Dockerfile' }, 'refused'],
    ['a Dockerfile on standard input', { context: '{{defaultContext}}', file: '-' }, 'refused'],
    ['a named context of a branch', { 'build-contexts': `a=${app}#main` }, 'refused'],
    ['a named context of the commit', { 'build-contexts': 'a={{defaultContext}}:x' }, 'trusted'],
    ['a named context whose ref is planned', { 'build-contexts': `a=${app}#{{meta.version}}` }, 'refused'],
    ['a named archive', { 'build-contexts': 'a=https://github.com/evil/app/archive/main.tar.gz' }, 'refused'],
    ['named images and stages', { 'build-contexts': 'a=docker-image://x\nb=target:y' }, 'trusted'],
  ])('%s', (_name, typed, outcome) => {
    expect(trust(typed)).toBe(outcome);
  });

  test('says which, why and the way out', () => {
    const message = messageOf(() => planOf(event, { context: `${app}#main` }, { checkouts: [] }));
    expect(message).toMatch(
      /^allow-untrusted-checkout: .+ but context https:\/\/github.com\/acme\/app.git#main \(main, which can move\) is not the trusted commit/,
    );
  });

  test('the head of a pull request is not the commit that is trusted', () => {
    const target = aPullRequest({ name: 'pull_request_target', ref: 'refs/heads/main' });
    const facts = { ...tagFacts(target, { now: NOW, commitDate: undefined }), sha: target.headSha };
    expect(messageOf(() => planOf(target, { context: '{{defaultContext}}' }, { facts, checkouts: [] }))).toContain(
      '(bbbbbbb) is not the trusted commit',
    );
  });

  test('with the opt-in it is built, with a warning', () => {
    const { warnings } = planOf(event, { context: `${app}#main`, 'allow-untrusted-checkout': 'true' }, { checkouts: [] });
    expect(warnings.join('\n')).toContain('every right and secret of this job');
  });
});

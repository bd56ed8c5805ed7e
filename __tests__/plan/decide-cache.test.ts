// Which layer caches a run reads and writes, on every event, for every kind; and the names that keep them apart.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { branchScope, cacheScope } from '../../src/plan/cache-scope.ts';
import type { CacheService } from '../../src/plan/decide-cache.ts';
import type { Event } from '../../src/plan/event.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readCacheService } from '../../src/runner/cache-service.ts';
import { anEvent, aPullRequest, aTag, inputsOf, messageOf, NOW } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const THERE: CacheService = { there: true, mode: 'write' };
const IMAGE = { images: 'ghcr.io/acme/app', tags: 'type=ref,event=branch\ntype=ref,event=pr\ntype=semver,pattern={{version}}' };

function planWith(event: Event, typed: Typed, service: CacheService = THERE): Plan {
  const inputs = inputsOf({ tags: 'type=raw,value=t', ...typed });
  return makePlan({ event, inputs, policy: effectivePolicy({ inputs }), now: NOW, cacheService: service });
}

/** `read gha scope=… | write beside gha …`, attributes in their order. */
function said({ build: { caches } }: Plan): string {
  const words = (attributes: Readonly<Record<string, string>>): string =>
    Object.entries(attributes)
      .map(([key, value]) => ` ${key}=${value.replaceAll(/-[0-9a-f]{8}(?=-|$)/g, '-#')}`)
      .join('');
  return [
    ...caches.imports.map(({ type, attributes }) => `read ${type}${words(attributes)}`),
    ...caches.exports.map(({ type, attributes, when }) => `write ${when} ${type}${words(attributes)}`),
  ].join(' | ');
}

function row(plan: Plan): { outcome: string; reason: string; asked: string } {
  const found = plan.decisions.find(({ name }) => name === 'cache');
  if (found === undefined) throw new Error('the plan does not say what becomes of caches');
  return found;
}

const FEATURE = anEvent({ ref: 'refs/heads/feature/Ünï' });
const TARGET = aPullRequest({ name: 'pull_request_target', ref: 'refs/heads/main' });
const QUEUE = anEvent({ name: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-1-a', baseRef: 'main' });

describe('auto', () => {
  const SCOPE = 'scope=seaworthy-ship-app-linux-amd64-#';
  test.each<[string, Event, string, RegExp]>([
    ['a branch push', anEvent(), `read gha ${SCOPE} | write beside gha ${SCOPE} mode=max`, /cache service is there/],
    ['a schedule', anEvent({ name: 'schedule' }), `read gha ${SCOPE} | write beside gha ${SCOPE} mode=max`, /is there/],
    [
      'a manual run',
      anEvent({ name: 'workflow_dispatch' }),
      `read gha ${SCOPE} | write beside gha ${SCOPE} mode=max`,
      /is there/,
    ],
    ['a tag push', aTag('v1.2.3'), `read gha ${SCOPE}`, /a tag push only reads it/],
    ['a release', aTag('v1.2.3', { name: 'release' }), `read gha ${SCOPE}`, /a release only reads it/],
    ['a pull request', aPullRequest(), `read gha ${SCOPE}`, /a pull request only reads it/],
    ['a pull request of a fork', aPullRequest({}, true), `read gha ${SCOPE}`, /from a fork only reads it/],
    ['pull_request_target', TARGET, `read gha ${SCOPE}`, /pull_request_target only reads it/],
    ['workflow_run', anEvent({ name: 'workflow_run' }), `read gha ${SCOPE}`, /workflow_run only reads it/],
    ['a merge group', QUEUE, `read gha ${SCOPE}`, /a merge group only reads it/],
    ['Dependabot', anEvent({ actor: 'dependabot[bot]' }), `read gha ${SCOPE}`, /Dependabot only reads it/],
  ])('%s, with the cache service', (_name, event, expected, reason) => {
    const plan = planWith(event, IMAGE);
    expect(said(plan)).toBe(expected);
    expect(row(plan).reason).toMatch(reason);
  });

  const LOCAL = 'seaworthy-ship-app-linux-amd64-#';
  const FEATURE_SCOPE = `scope=${LOCAL}-${branchScope('feature/Ünï')}`;
  test.each<[string, Event, string]>([
    ['a push to main', anEvent(), `read local scope=${LOCAL}-main | write beside local scope=${LOCAL}-main mode=max`],
    [
      'a push to another branch',
      FEATURE,
      `read local ${FEATURE_SCOPE} | read local scope=${LOCAL}-main | write beside local ${FEATURE_SCOPE} mode=max`,
    ],
    ['a tag push', aTag('v1.2.3'), `read local scope=${LOCAL}-main`],
    [
      'a pull request to another base',
      aPullRequest({ pullRequest: { number: 2, headSha: 'b'.repeat(40), headRef: 'x', baseRef: 'v2', fork: true } }),
      `read local scope=${LOCAL}-v2 | read local scope=${LOCAL}-main`,
    ],
    ['a run that knows no branch', aTag('v1.2.3', { defaultBranch: undefined }), ''],
  ])('%s, without the service: a directory a branch', (_name, event, expected) => {
    expect(said(planWith(event, IMAGE, { there: false, mode: 'write' }))).toBe(expected);
  });

  test.each<[CacheService['mode'], string]>([
    ['read', `read gha ${SCOPE}`],
    ['write-only', `write beside gha ${SCOPE} mode=max`],
    ['none', ''],
  ])('ACTIONS_CACHE_MODE=%s', (mode, expected) => {
    expect(said(planWith(anEvent(), IMAGE, { there: true, mode }))).toBe(expected);
  });

  test.each<[Typed, string, string]>([
    [{ cache: 'true' }, 'auto', 'reads gha; writes gha'],
    [{ cache: 'false' }, 'off', 'none'],
    [{ cache: 'off', 'cache-from': 'type=gha,scope=x' }, 'off', 'reads gha'],
    [{ 'cache-from': 'a/b:c\ntype=gha', 'cache-to': 'type=s3,bucket=b' }, 'default', 'reads registry, gha; writes s3'],
    [{ cache: 'auto', 'cache-from': 'a/b:c' }, 'auto', 'reads registry, gha; writes gha'],
  ])('%j: what is typed is all, unless cache is typed as well', (typed, asked, outcome) => {
    expect(row(planWith(anEvent(), typed))).toMatchObject({ asked, outcome });
  });
});

describe('registry', () => {
  const asked = { ...IMAGE, cache: 'registry' };
  const REF = 'ref=ghcr.io/acme/app:buildcache-seaworthy-ship-app-linux-amd64-#';

  test('is written after the last tag, by runs that publish from a branch; read by all', () => {
    expect(said(planWith(anEvent(), asked))).toBe(
      `read registry ${REF}-main | write last registry ${REF}-main mode=max image-manifest=true oci-mediatypes=true`,
    );
    expect(said(planWith(aPullRequest(), asked))).toBe(`read registry ${REF}-main`);
    const unpublished = planWith(anEvent(), { ...asked, push: 'false' });
    expect(said(unpublished)).toBe(`read registry ${REF}-main`);
    expect(row(unpublished).reason).toContain('writes to no registry');
  });

  test('one that was typed waits for the last tag too', () => {
    const plan = planWith(anEvent(), { ...IMAGE, 'cache-to': 'ghcr.io/acme/app:cache' });
    expect(said(plan)).toBe('write last registry ref=ghcr.io/acme/app:cache');
  });

  test.each(['ghcr.io/acme/app:main', 'type=registry,ref=ghcr.io/acme/app:main'])('%s is a tag that is published', typed => {
    expect(messageOf(() => planWith(anEvent(), { ...IMAGE, 'cache-to': typed }))).toMatch(/cache-to: .*app:main" is also a tag/);
  });

  test.each(['registry', 'inline'])('%s without an image is no mistake: workflows switch images off', cache => {
    const plan = planWith(anEvent(), { cache });
    expect(said(plan)).toBe('');
    expect(plan.warnings.join('\n')).toContain(`cache: ${cache} is kept beside the image`);
  });
});

test('inline travels inside the image, and is read from the tags that move', () => {
  const asked = { ...IMAGE, cache: 'inline' };
  expect(said(planWith(anEvent(), asked))).toBe(
    'read registry ref=ghcr.io/acme/app:main | read registry ref=ghcr.io/acme/app:latest | write inside inline',
  );
  expect(said(planWith(aPullRequest(), asked))).toBe(
    'read registry ref=ghcr.io/acme/app:pr-2 | read registry ref=ghcr.io/acme/app:main | read registry ref=ghcr.io/acme/app:latest | write inside inline',
  );
});

describe('cache-trust', () => {
  const typed = { ...IMAGE, 'cache-trust': 'trusted', 'cache-from': 'type=gha\ntype=local,src=c\ntype=s3,bucket=b\na/b:c' };

  test('a run that publishes reads no cache that a pull request could have written', () => {
    const plan = planWith(anEvent(), typed);
    expect(said(plan)).toBe('read s3 bucket=b | read registry ref=a/b:c');
    expect(row(plan).reason).toContain('2 left out');
    expect(said(planWith(anEvent(), { ...IMAGE, 'cache-trust': 'trusted' }))).toMatch(/^write beside gha/);
  });

  test('a run that does not publish reads all', () => {
    expect(said(planWith(aPullRequest(), typed))).toMatch(/^read gha \| read local/);
  });
});

describe('the scope', () => {
  type Order = Parameters<typeof cacheScope>[0];
  const order = (over: Partial<Order> = {}): Order => ({
    event: anEvent(),
    inputs: inputsOf({}),
    context: '.',
    images: ['ghcr.io/acme/app'],
    platforms: [{ os: 'linux', architecture: 'amd64' }],
    ...over,
  });

  test.each<[string, Partial<Order>]>([
    ['another workflow', { event: anEvent({ workflowRef: 'Acme/App/.github/workflows/pr.yml@refs/heads/main' }) }],
    ['another job', { event: anEvent({ job: 'other' }) }],
    ['another image', { images: ['ghcr.io/acme/other'] }],
    ['another context', { context: 'api' }],
    ['another Dockerfile', { inputs: inputsOf({ file: 'api/Dockerfile' }) }],
    ['another target', { inputs: inputsOf({ target: 'test' }) }],
    ['what cache-scope says', { inputs: inputsOf({ 'cache-scope': 'php-8.2' }) }],
    ['another variant', { inputs: inputsOf({ flavor: 'suffix=-alpine' }) }],
    ['another platform', { platforms: [{ os: 'linux', architecture: 'arm64' }] }],
    ['more platforms', { platforms: [...order().platforms, { os: 'linux', architecture: 'arm64' }] }],
  ])('%s has another', (_name, over) => {
    expect(cacheScope(order(over))).not.toBe(cacheScope(order()));
  });

  test('the next commit, another branch and another order have the same', () => {
    const platforms = [
      { os: 'linux', architecture: 'arm64' },
      { os: 'linux', architecture: 'amd64' },
    ];
    const workflowRef = anEvent().workflowRef.replace('heads/main', 'heads/x');
    const event = anEvent({ sha: 'c'.repeat(40), ref: 'refs/heads/x', runId: '43', workflowRef });
    expect(cacheScope(order({ event }))).toBe(cacheScope(order()));
    expect(cacheScope(order({ platforms }))).toBe(cacheScope(order({ platforms: [...platforms].reverse() })));
    const git = (sha: string): string => cacheScope(order({ context: `https://github.com/Acme/App.git#${sha.repeat(40)}:sub` }));
    expect(git('a')).toBe(git('b'));
  });

  test('fits into a tag of a registry whatever the names are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (job, word, branch) => {
        const inputs = { ...inputsOf({}), target: word, cacheScope: word };
        const scope = cacheScope(order({ event: anEvent({ job }), inputs }));
        expect(`buildcache-${scope}-${branchScope(branch)}`).toMatch(/^\w[\w.-]{0,127}$/);
      }),
    );
  });

  test('two branches never share one', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => a === b || branchScope(a) !== branchScope(b)));
    expect(branchScope('release/1')).not.toBe(branchScope('release-1'));
  });
});

test.each<[Readonly<Record<string, string>>, CacheService]>([
  [{}, { there: false, mode: 'write' }],
  [
    { ACTIONS_RUNTIME_TOKEN: 't', ACTIONS_RESULTS_URL: 'u', ACTIONS_CACHE_SERVICE_V2: 'True' },
    { there: true, mode: 'write' },
  ],
  [
    { ACTIONS_RUNTIME_TOKEN: 't', ACTIONS_RESULTS_URL: 'u' },
    { there: false, mode: 'write' },
  ],
  [
    { ACTIONS_RUNTIME_TOKEN: 't', ACTIONS_CACHE_URL: 'u', ACTIONS_CACHE_MODE: 'read' },
    { there: true, mode: 'read' },
  ],
  [
    { ACTIONS_RESULTS_URL: 'u', ACTIONS_CACHE_SERVICE_V2: 'true', ACTIONS_CACHE_MODE: 'None' },
    { there: false, mode: 'none' },
  ],
  [{ ACTIONS_CACHE_MODE: 'something new' }, { there: false, mode: 'read' }],
])('the environment %j', (env, expected) => {
  expect(readCacheService(env)).toEqual(expected);
});

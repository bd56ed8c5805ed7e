import { describe, expect, test } from '@jest/globals';
import { platformName } from '../../src/plan/platform.ts';
import { tagFacts } from '../../src/plan/tag-facts.ts';
import { NOW, SHA, aTag, anEvent, messageOf, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

describe('a deleted ref (rules 25)', () => {
  const event = anEvent({ deleted: true, sha: '0'.repeat(40) });

  test.each(['ship', 'plan'])('mode %s: nothing to do, and no rule is asked', mode => {
    const plan = planOf(event, { mode, push: 'true', sign: 'keyless', tags: 'type=raw,value=-bad' });
    expect(plan).toMatchObject({
      push: false,
      tags: [],
      references: [],
      idleRules: [],
      signing: { method: 'off' },
      sarif: false,
    });
    expect(plan.nothingToDo).toContain('refs/heads/main');
    expect(plan.warnings).toEqual([]);
    expect(plan.buildNames).toHaveLength(1);
  });
});

describe('names', () => {
  test('references are images × tags, and the build gets them', () => {
    const plan = planOf(aTag('v1.2.3'), {
      images: 'ghcr.io/Acme/App\nacme/app\nacme/app',
      tags: 'type=semver,pattern={{version}}',
    });
    expect(plan.references).toEqual(['ghcr.io/acme/app:1.2.3', 'ghcr.io/acme/app:latest', 'acme/app:1.2.3', 'acme/app:latest']);
    expect(plan.buildNames).toEqual(plan.references);
    expect(plan.version).toBe('1.2.3');
  });

  test.each([
    ['Acme/App', 'localhost/acme/app:sha-90dd603'],
    ['_x/.github', 'localhost/x/github:sha-90dd603'],
    ['a/--', 'localhost/a/unnamed:sha-90dd603'],
  ])('a build of %s without a name still has one', (repository, name) => {
    expect(planOf(anEvent({ repository }), { images: '' }).buildNames).toEqual([name]);
  });

  test('full references in tags', () => {
    const plan = planOf(anEvent(), {
      images: '',
      tags: 'acme/app:1.2.3\nacme/app:latest\nghcr.io/acme/app:1.2.3\nghcr.io/acme/app:latest',
    });
    expect(plan.images).toEqual(['acme/app', 'ghcr.io/acme/app']);
    expect(plan.tags.map(tag => [tag.name, tag.kind])).toEqual([
      ['1.2.3', 'immutable'],
      ['latest', 'floating'],
    ]);
    expect(plan.push).toBe(true);
  });

  test('references with different tags per image are refused: none is published that was not typed', () => {
    expect(messageOf(() => planOf(anEvent(), { images: '', tags: 'acme/app:1\nghcr.io/acme/app:2' }))).toContain('acme/app:2');
  });

  test('platforms default to the machine', () => {
    expect(planOf(anEvent()).platforms.map(platformName)).toEqual(['linux/amd64']);
    expect(planOf(anEvent(), {}, { native: { os: 'linux', architecture: 'arm64' } }).platforms.map(platformName)).toEqual([
      'linux/arm64',
    ]);
  });
});

describe('labels and annotations', () => {
  test('the OCI eight, custom ones win, expressions, sorted', () => {
    const plan = planOf(aTag('v1.2.3'), { labels: 'org.opencontainers.image.title=Mine\nz=a=b\nb={{branch}}{{tag}}' });
    expect(Object.entries(plan.labels)).toEqual([
      ['b', 'v1.2.3'],
      ['org.opencontainers.image.created', '2026-03-08T14:05:09.123Z'],
      ['org.opencontainers.image.description', 'An app'],
      ['org.opencontainers.image.licenses', 'MIT'],
      ['org.opencontainers.image.revision', SHA],
      ['org.opencontainers.image.source', 'https://github.com/Acme/App'],
      ['org.opencontainers.image.title', 'Mine'],
      ['org.opencontainers.image.url', 'https://github.com/Acme/App'],
      ['org.opencontainers.image.version', 'v1.2.3'],
      ['z', 'a=b'],
    ]);
  });

  test('annotations likewise, on manifests and index; an entry with a level of its own is there alone', () => {
    const { annotations } = planOf(anEvent(), { annotations: 'index:a=1\nb=2' });
    expect(annotations.filter(({ key }) => key.length === 1 || key.endsWith('.title'))).toEqual([
      { level: 'manifest', key: 'b', value: '2' },
      { level: 'manifest', key: 'org.opencontainers.image.title', value: 'App' },
      { level: 'index', key: 'b', value: '2' },
      { level: 'index', key: 'org.opencontainers.image.title', value: 'App' },
      { level: 'index', key: 'a', value: '1' },
    ]);
  });

  test('a label without = is left out with a warning', () => {
    const plan = planOf(anEvent(), { labels: 'foo' });
    expect(plan.labels['foo']).toBeUndefined();
    expect(plan.warnings.join()).toContain('"foo"');
  });

  test('__proto__ is a label like any other', () => {
    expect(Object.keys(planOf(anEvent(), { labels: '__proto__=x' }).labels)).toContain('__proto__');
  });
});

describe('the commit that the image is of', () => {
  const commitDate = '2026-01-01T00:00:00Z';

  test('the event’s, with the date of its payload', () => {
    const plan = planOf(anEvent({ commitDate }));
    expect(plan.commit).toBe(SHA);
    expect(plan.build.sourceDateEpoch).toBe(Date.parse(commitDate) / 1000);
  });

  test('another one (pr-head-sha, metadata-context: git) has a date of its own, or none', () => {
    const event = anEvent({ commitDate });
    const facts = { ...tagFacts(event, { now: NOW, commitDate: undefined }), sha: 'b'.repeat(40) };
    const plan = planOf(event, { tags: 'type=sha' }, { facts });
    expect(plan).toMatchObject({ commit: facts.sha, labels: { 'org.opencontainers.image.revision': facts.sha } });
    expect(plan.tags.map(({ name }) => name)).toContain('sha-bbbbbbb');
    expect(plan.build.sourceDateEpoch).toBeUndefined();
    const dated = planOf(event, {}, { facts, commitDate: new Date('2025-05-05T00:00:00Z') });
    expect(dated.build.sourceDateEpoch).toBe(Date.parse('2025-05-05T00:00:00Z') / 1000);
  });
});

describe('the two labels that let a run adopt an image (rules 12)', () => {
  const hash = (typed: Typed, event = anEvent(), now = NOW): string | undefined =>
    planOf(event, typed, { now }).buildLabels['dev.seaworthy.inputs'];

  test('they are for the build only', () => {
    const plan = planOf(anEvent());
    expect(plan.buildLabels).toMatchObject({ ...plan.labels, 'dev.seaworthy.run': '7' });
    expect(plan.buildLabels['dev.seaworthy.inputs']).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(Object.keys(plan.labels).filter(key => key.startsWith('dev.seaworthy'))).toEqual([]);
  });

  test('the hash does not change with the clock, the run, or the order typed', () => {
    const typed = { platforms: 'linux/amd64,linux/arm64', 'build-args': 'A=1\nB=2', labels: 'a=1\nb=2' };
    const same = { platforms: 'linux/arm64/v8,linux/amd64', 'build-args': 'B=2\nA=1', labels: 'b=2\na=1' };
    const later = anEvent({ runId: '43', runNumber: '8', runAttempt: '2' });
    expect(hash(same, later, new Date('2027-01-01T00:00:00Z'))).toBe(hash(typed));
  });

  test.each<[string, Typed]>([
    ['context', { context: './app' }],
    ['file', { file: 'Other' }],
    ['target', { target: 'prod' }],
    ['build-args', { 'build-args': 'A=1' }],
    ['labels', { labels: 'a=1' }],
    ['provenance', { provenance: 'false' }],
    ['platforms', { platforms: 'linux/arm64' }],
  ])('it changes with %s', (_name, typed) => {
    expect(hash(typed)).not.toBe(hash({}));
  });
});

describe('the build', () => {
  const builderId = 'builder-id=https://github.com/Acme/App/actions/runs/42/attempts/1';
  test.each([
    ['public', false, {}, `mode=max,${builderId}`],
    ['private', true, {}, `mode=min,${builderId}`],
    ['unknown', undefined, { sign: 'off' }, `mode=min,${builderId}`],
    ['true', false, { provenance: 'true' }, builderId],
    ['false', false, { provenance: 'false' }, 'false'],
    ['own builder id', false, { provenance: 'mode=max,builder-id=https://x' }, 'mode=max,builder-id=https://x'],
  ])('provenance: %s', (_name, isPrivate, typed, expected) => {
    expect(planOf(anEvent({ private: isPrivate }), typed).build.provenance).toBe(expected);
  });

  test("SOURCE_DATE_EPOCH is the commit's date when it is known", () => {
    expect(planOf(anEvent()).build.sourceDateEpoch).toBeUndefined();
    expect(planOf(anEvent({ commitDate: '2026-01-01T01:00:00+01:00' })).build.sourceDateEpoch).toBe(1_767_225_600);
    expect(planOf(anEvent(), {}, { commitDate: new Date(1_000_999) }).build.sourceDateEpoch).toBe(1000);
  });

  test('a privileged event warns', () => {
    expect(planOf(anEvent({ name: 'workflow_run' })).warnings.join()).toContain('rights of the base repository');
  });
});

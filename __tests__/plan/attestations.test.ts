// Where attestations go, what is attested, and the times of files: from what was typed to what buildx is asked for and what the hash counts.

import { describe, expect, test } from '@jest/globals';
import { INPUTS_LABEL } from '../../src/plan/input-hash.ts';
import type { Inputs } from '../../src/plan/inputs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import { anEvent, inputsOf, messageOf, NOW, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const ONE = { platforms: 'linux/amd64' };
const TWO = { platforms: 'linux/amd64,linux/arm64' };
const asked = (typed: Typed, privately = false): [string, string] => {
  const { build } = planOf(anEvent({ private: privately }), typed);
  return [build.provenance.replace(/,?builder-id=https:[^,]*\/attempts\/1$/, ''), build.sbom];
};
const decision = (plan: Plan): string[] =>
  plan.decisions.filter(({ name }) => name === 'attestations').map(({ outcome, reason }) => `${outcome}: ${reason}`);
const hash = (typed: Typed): string => planOf(anEvent(), typed).buildLabels[INPUTS_LABEL] ?? '';

describe('attestations', () => {
  test('inline is the default and needs no row', () => {
    expect(decision(planOf(anEvent(), {}))).toEqual([]);
    expect(planOf(anEvent(), {}).attestations).toBe('inline');
  });

  test.each<[Typed, string]>([
    [{ attestations: 'none', ...ONE }, 'none: asked for; the image is one bare manifest, without provenance and SBOM'],
    [{ attestations: 'none', ...TWO }, 'none: asked for; the index holds images alone, without provenance and SBOM'],
    [
      { attestations: 'referrer', ...ONE },
      'referrer: asked for; the image is one bare manifest, and what is attested is attached to each image',
    ],
    [
      { attestations: 'referrer', ...TWO },
      'referrer: asked for; the index holds images alone, and what is attested is attached to each image',
    ],
  ])('%j has a row with its reason', (typed, row) => {
    expect(decision(planOf(anEvent(), typed))).toEqual([row]);
  });

  test('none turns everything off, referrer nothing', () => {
    expect(asked({ attestations: 'none' })).toEqual(['false', 'false']);
    expect(asked({ attestations: 'none', provenance: 'false', sbom: 'false', attests: 'type=sbom,disabled=true' })).toEqual([
      'false',
      'false',
    ]);
    expect(asked({ attestations: 'referrer', sbom: 'true' })).toEqual(['mode=max', 'true']);
  });

  test.each<[Typed, string]>([
    [{ provenance: 'true' }, 'provenance: true'],
    [{ provenance: 'mode=max' }, 'provenance: mode=max'],
    [{ sbom: 'generator=a/b:1' }, 'sbom: generator=a/b:1'],
    [{ sbom: 'true', provenance: 'min' }, 'provenance: mode=min and sbom: true'],
    [{ attests: 'type=sbom' }, 'attests: type=sbom'],
  ])('none beside %j is refused, naming both', (typed, named) => {
    const message = messageOf(() => inputsOf({ attestations: 'none', ...typed }));
    expect(message).toContain(`attestations: "none" makes images without attestations, but ${named} ask`);
    expect(message).toContain('attestations: referrer');
  });

  test.each(['none', 'referrer'])('%s with one platform has no index that could be annotated', attestations => {
    const typed = { attestations, ...ONE, annotations: 'index:a=1\nmanifest:b=2' };
    const { annotations, warnings } = planOf(anEvent(), typed);
    expect(annotations.filter(({ key }) => ['a', 'b'].includes(key))).toEqual([{ level: 'manifest', key: 'b', value: '2' }]);
    expect(warnings.join('\n')).toContain('"index:a" is left out of the image');
    expect(planOf(anEvent(), { ...typed, ...TWO }).annotations).toContainEqual({ level: 'index', key: 'a', value: '1' });
  });
});

describe('provenance', () => {
  test.each<[string, Typed, boolean, string]>([
    ['max on public repositories', {}, false, 'mode=max'],
    ['min on private ones', {}, true, 'mode=min'],
    ['true without a mode, as typed', { provenance: 'true' }, false, ''],
    ['false', { provenance: 'false' }, false, 'false'],
    ['a mode alone', { provenance: 'max' }, true, 'mode=max'],
    ['attributes', { provenance: 'mode=min,version=v1' }, false, 'mode=min,version=v1'],
    [
      'a builder of the user',
      { provenance: 'mode=max,builder-id=https://x.example/1' },
      false,
      'mode=max,builder-id=https://x.example/1',
    ],
    ['attests', { attests: 'type=provenance,mode=min' }, false, 'mode=min'],
    ['provenance wins over attests', { provenance: 'mode=max', attests: 'type=provenance,mode=min' }, false, 'mode=max'],
  ])('%s', (_name, typed, privately, wanted) => {
    expect(asked(typed, privately)[0]).toBe(wanted);
  });

  test('names this run as its builder', () => {
    expect(planOf(anEvent(), {}).build.provenance).toBe(
      'mode=max,builder-id=https://github.com/Acme/App/actions/runs/42/attempts/1',
    );
  });
});

describe('the hash of the inputs', () => {
  // What these were before any of this could be typed: images that stand in registries carry them.
  test.each<[Typed, string]>([
    [{}, 'sha256:2114267fc722812ee12b93773eae0683ec72d02796672f12d436aa08ff9089db'],
    [{ sbom: 'true' }, 'sha256:8f1f183580b95e9a5a9964d8fd96e2328153db46c170dcf37ce6d32c603f9685'],
    [{ provenance: 'mode=min', 'build-args': 'A=1' }, 'sha256:dd446463f8aaf10f49e31b84b4d7c7044ed10cb06367953a705283349b8da46e'],
    [
      { attestations: 'inline', 'source-date-epoch': 'true', 'rewrite-timestamp': 'false', 'sbom-image': 'a/b:1' },
      'sha256:2114267fc722812ee12b93773eae0683ec72d02796672f12d436aa08ff9089db',
    ],
  ])('of %j is what it always was', (typed, wanted) => {
    expect(hash(typed)).toBe(wanted);
  });

  test('counts of build arguments and contexts of one name the last, as buildx does', () => {
    const args = (...lines: string[]): string => hash({ 'build-args': lines.join('\n') });
    expect(args('A=1', 'A=2')).toBe(args('A=2'));
    expect(args('A=2', 'A=1')).toBe(args('A=1'));
    expect(args('A=1', 'B=1')).toBe(args('B=1', 'A=1'));
    // No variable A: there is no such argument.
    expect(args('A=1', 'A')).toBe(args('A=1'));
    expect(hash({ 'build-contexts': 'a=x\na=y' })).toBe(hash({ 'build-contexts': 'a=y' }));
  });

  test.each<[Typed, Typed]>([
    [{ file: './Dockerfile' }, {}],
    [{ file: 'Dockerfile' }, {}],
    [{ context: './', file: 'Dockerfile' }, {}],
    [{ context: '{{defaultContext}}', file: 'Dockerfile' }, { context: '{{defaultContext}}' }],
    [{ annotations: 'org.opencontainers.image.created=2026-01-01' }, {}],
    [{ annotations: 'x=1\ny={{date "X"}}' }, { annotations: 'y={{date "X"}}\nx=1' }],
  ])('of %j is that of %j', (typed, same) => {
    expect(hash(typed)).toBe(hash(same));
  });

  test('differs with everything that decides what is built', () => {
    const typed: Typed[] = [
      {},
      { attestations: 'referrer' },
      { attestations: 'none' },
      { provenance: 'false' },
      { 'source-date-epoch': 'false' },
      { 'source-date-epoch': '0' },
      { 'source-date-epoch': '1' },
      { 'rewrite-timestamp': 'true' },
      { sbom: 'true' },
      { sbom: 'true', 'sbom-image': 'a/b:1' },
      { context: 'app', file: 'Dockerfile' },
      { context: 'app' },
      { file: 'docker/Dockerfile' },
      { annotations: 'x=1' },
      { annotations: 'x=2' },
      { annotations: 'index:x=2' },
    ];
    expect(new Set(typed.map(hash)).size).toBe(typed.length);
  });
});

function readWith(env: Record<string, string>, typed: Typed = {}): Inputs {
  return readInputs(name => typed[name] ?? '', [], env);
}

describe("the user's SOURCE_DATE_EPOCH", () => {
  test.each<[string, Typed, Inputs['sourceDateEpoch']]>([
    ['5', {}, 5],
    ['5', { 'source-date-epoch': '12345' }, 12345],
    ['5', { 'source-date-epoch': 'false' }, 'off'],
    ['5', { 'source-date-epoch': 'true' }, 'commit'],
    ['', {}, 'commit'],
  ])('%j beside %j', (epoch, typed, wanted) => {
    expect(readWith({ SOURCE_DATE_EPOCH: epoch }, typed).sourceDateEpoch).toBe(wanted);
  });

  test('that is no time is refused where it would count', () => {
    expect(messageOf(() => readWith({ SOURCE_DATE_EPOCH: 'now' }))).toContain('the variable SOURCE_DATE_EPOCH is "now"');
    expect(readWith({ SOURCE_DATE_EPOCH: 'now' }, { 'source-date-epoch': 'true' }).sourceDateEpoch).toBe('commit');
  });

  test('is hashed as the same number typed', () => {
    const inputs = readInputs(name => ({ images: 'ghcr.io/acme/app', 'github-token': 'ghs_token' })[name] ?? '', [], {
      SOURCE_DATE_EPOCH: '5',
    });
    const plan = makePlan({ event: anEvent(), inputs, policy: effectivePolicy({ inputs }), now: NOW });
    expect(plan.buildLabels[INPUTS_LABEL]).toBe(hash({ 'source-date-epoch': '5' }));
    expect(plan.build.sourceDateEpoch).toBe(5);
  });
});

describe('times', () => {
  const date = new Date('2026-03-01T12:00:00Z');
  const epoch = (typed: Typed, commitDate?: Date): number | undefined =>
    planOf(anEvent(), typed, commitDate && { commitDate }).build.sourceDateEpoch;

  test.each<[Typed, number | undefined]>([
    [{}, 1772366400],
    [{ 'source-date-epoch': 'true' }, 1772366400],
    [{ 'source-date-epoch': 'false' }, undefined],
    [{ 'source-date-epoch': '0' }, 0],
    [{ 'source-date-epoch': '1700000000' }, 1_700_000_000],
  ])('%j', (typed, wanted) => {
    expect(epoch(typed, date)).toBe(wanted);
  });

  test('what is no time is refused', () => {
    expect(messageOf(() => inputsOf({ 'source-date-epoch': 'yesterday' }))).toContain(
      '"yesterday" is not true, false or a number',
    );
  });
});

describe('what cannot be meant', () => {
  test.each<[Typed, string | undefined]>([
    [{ 'sbom-image': 'a/b:1' }, 'sbom-image: does nothing, because no SBOM is asked for'],
    [{ 'sbom-image': 'a/b:1', sbom: 'generator=c/d:1' }, 'sbom-image: does nothing, because sbom names its own generator='],
    [{ 'sbom-image': 'a/b:1', sbom: 'true' }, undefined],
    [{ 'sbom-image': 'a/b:1', attests: 'type=sbom' }, undefined],
    [
      { 'rewrite-timestamp': 'true', 'source-date-epoch': 'false' },
      'rewrite-timestamp: does nothing, because source-date-epoch is off',
    ],
    [{ 'rewrite-timestamp': 'true', 'source-date-epoch': 'false', 'build-args': 'SOURCE_DATE_EPOCH=5' }, undefined],
    [{ 'rewrite-timestamp': 'true' }, undefined],
  ])('%j', (typed, warning) => {
    const found = inputsOf(typed).warnings.filter(line => /sbom-image|rewrite-timestamp/.test(line));
    expect(found).toEqual(warning === undefined ? [] : [expect.stringContaining(warning)]);
  });

  test("with the time off, the user's own SOURCE_DATE_EPOCH is none to rewrite to", () => {
    const typed = { 'rewrite-timestamp': 'true', 'source-date-epoch': 'false' };
    expect(readWith({ SOURCE_DATE_EPOCH: '5' }, typed).warnings).toHaveLength(1);
  });
});

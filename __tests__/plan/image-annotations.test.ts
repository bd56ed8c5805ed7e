// Which annotations an image gets, and at which level.

import { describe, expect, test } from '@jest/globals';
import { annotationsAt, parseLevel } from '../../src/plan/image-annotations.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { anEvent, messageOf, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

/** `level:key=value` of the annotations that were typed here. */
const typedOnes = ({ annotations }: Plan): string[] =>
  annotations.filter(({ key }) => key.length === 1).map(({ level, key, value }) => `${level}:${key}=${value}`);
const TWO = 'linux/amd64,linux/arm64/v8';

describe('levels', () => {
  test.each<[string, Typed, string[]]>([
    ['none typed', { annotations: 'a=1' }, ['manifest:a=1', 'index:a=1']],
    ['none typed, one bare manifest', { annotations: 'a=1', provenance: 'false' }, ['manifest:a=1']],
    [
      'none typed, bare but for the SBOM',
      { annotations: 'a=1', provenance: 'false', sbom: 'true' },
      ['manifest:a=1', 'index:a=1'],
    ],
    [
      'several platforms without attestations',
      { annotations: 'a=1', provenance: 'false', platforms: TWO },
      ['manifest:a=1', 'index:a=1'],
    ],
    ['typed for all', { annotations: 'a=1', 'annotations-levels': 'index' }, ['index:a=1']],
    [
      'typed for all, several',
      { annotations: 'a=1', 'annotations-levels': 'manifest,index-descriptor' },
      ['manifest:a=1', 'index-descriptor:a=1'],
    ],
    ['typed in the entry', { annotations: 'index:a=1\nb=2' }, ['manifest:b=2', 'index:b=2', 'index:a=1']],
    ['several in the entry', { annotations: 'manifest,index:a=1' }, ['manifest:a=1', 'index:a=1']],
    ['the entry wins for its level', { annotations: 'a=1\nindex:a=2' }, ['manifest:a=1', 'index:a=2']],
    ['a platform, normalised', { annotations: 'manifest[linux/arm64/v8]:a=1', platforms: TWO }, ['manifest[linux/arm64]:a=1']],
    ['the only platform', { annotations: 'manifest[linux/amd64]:a=1' }, ['manifest:a=1']],
    ['a value with = and :', { annotations: 'a=x=y:z' }, ['manifest:a=x=y:z', 'index:a=x=y:z']],
  ])('%s', (_name, typed, expected) => {
    const plan = planOf(anEvent(), typed);
    expect(typedOnes(plan)).toEqual(expected);
    expect(plan.warnings.filter(line => line.startsWith('annotations'))).toEqual([]);
  });

  test.each<[string, Typed, string]>([
    [
      'an index that is asked for and not there',
      { annotations: 'index:a=1', provenance: 'false' },
      'one manifest without an index',
    ],
    ['the same by levels', { 'annotations-levels': 'index', provenance: 'false' }, 'one manifest without an index'],
    ['a platform that is not built', { annotations: 'manifest[linux/s390x]:a=1' }, 'linux/s390x is not built here'],
  ])('%s is left out and said', (_name, typed, expected) => {
    const plan = planOf(anEvent(), typed);
    expect(typedOnes(plan)).toEqual([]);
    expect(plan.warnings.join('\n')).toContain(expected);
  });

  test('a level that is none is a mistake', () => {
    expect(messageOf(() => planOf(anEvent(), { 'annotations-levels': 'manifets' }))).toContain('"manifets"');
  });

  test('what the peer prints is another matter', () => {
    const { metadata } = planOf(anEvent(), { annotations: 'index:a=1\nb=2' });
    expect(metadata.annotations).toEqual(expect.arrayContaining(['manifest:index:a=1', 'manifest:b=2']));
  });
});

test('parseLevel', () => {
  expect(parseLevel('manifest[linux/arm64/v8]')).toEqual({ place: 'manifest', platform: 'linux/arm64' });
  expect(parseLevel(' index-descriptor ')).toEqual({ place: 'index-descriptor' });
  for (const wrong of ['', 'indexes', 'manifest[', 'manifest[plan9/x]']) expect(parseLevel(wrong)).toBeUndefined();
});

test('annotationsAt: those of one platform win over those of all', () => {
  const annotations = [
    { level: 'manifest[linux/arm64]', key: 'a', value: 'arm' },
    { level: 'manifest', key: 'a', value: 'all' },
    { level: 'index', key: 'a', value: 'index' },
  ];
  expect(annotationsAt(annotations, 'manifest', 'linux/arm64')).toEqual({ a: 'arm' });
  expect(annotationsAt(annotations, 'manifest', 'linux/amd64')).toEqual({ a: 'all' });
  expect(annotationsAt(annotations, 'index')).toEqual({ a: 'index' });
});

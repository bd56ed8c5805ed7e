// Outputs of the step, as far as the run got.

import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { makeReport } from '../../src/report/make-report.ts';
import { makeOutputs, OUTPUT_NAMES } from '../../src/report/outputs.ts';
import type { RunRecord } from '../../src/record.ts';
import {
  aBlockedRecord,
  aDigest,
  aFailedRecord,
  aFinding,
  aPlan,
  aPublication,
  aPullRequestRecord,
  aRecord,
  aTarget,
  blocks,
  excused,
  ROOT,
} from '../builders/record.ts';

const outputs = (record: RunRecord): Record<string, string> => makeOutputs(makeReport(record), '/tmp/report.json');

test('a run that shipped', () => {
  const out = outputs(aRecord());
  expect(out).toMatchObject({
    verdict: 'passed',
    digest: ROOT,
    image: `ghcr.io/acme/app@${ROOT}`,
    references: `ghcr.io/acme/app@${ROOT}`,
    tags: 'ghcr.io/acme/app:1.4.2\nghcr.io/acme/app:1.4\nghcr.io/acme/app:latest',
    'tag-names': '1.4.2\n1.4\nlatest',
    'published-tags': 'ghcr.io/acme/app:1.4.2\nghcr.io/acme/app:1.4\nghcr.io/acme/app:latest',
    version: '1.4.2',
    push: 'true',
    sign: 'keyless',
    signed: 'true',
    report: '/tmp/report.json',
  });
  expect(out['labels']).toContain('org.opencontainers.image.version=1.4.2');
  expect(JSON.parse(out['json'] ?? '')).toMatchObject({
    tags: ['ghcr.io/acme/app:1.4.2', 'ghcr.io/acme/app:1.4', 'ghcr.io/acme/app:latest'],
    labels: { 'org.opencontainers.image.version': '1.4.2' },
    annotations: ['index:org.opencontainers.image.title=app'],
  });
  expect(JSON.parse(out['metadata'] ?? '')).toMatchObject({
    'containerimage.digest': ROOT,
    'image.name': 'ghcr.io/acme/app:1.4.2,ghcr.io/acme/app:1.4,ghcr.io/acme/app:latest',
  });
  expect(JSON.parse(out['digests'] ?? '')).toEqual({
    'linux/amd64': aDigest('m-linux/amd64'),
    'linux/arm64': aDigest('m-linux/arm64'),
  });
});

test('planned tags and moved tags are two things', () => {
  const targets = [
    aTarget({
      tags: [
        { name: '1.4.2', state: 'unchanged' },
        { name: 'latest', state: 'not attempted' },
      ],
    }),
    aTarget({ image: 'docker.io/acme/app', state: 'failed', tags: [], verified: false }),
  ];
  const plan = aPlan({ images: ['ghcr.io/acme/app', 'docker.io/acme/app'] });
  const out = outputs(aRecord({ plan, publication: aPublication({ targets }) }));
  expect(out['tags']?.split('\n')).toHaveLength(6);
  expect(out['published-tags']).toBe('ghcr.io/acme/app:1.4.2');
  expect(out['signed']).toBe('false');
});

test('counts of a blocked run, every finding once', () => {
  const out = outputs(aBlockedRecord([blocks(aFinding()), excused(aFinding({ severity: 'CRITICAL' }))]));
  expect(JSON.parse(out['findings'] ?? '')).toEqual({
    blocking: 1,
    excused: 1,
    shown: 0,
    unknown: 0,
    low: 0,
    medium: 0,
    high: 1,
    critical: 1,
  });
  expect(out).toMatchObject({ verdict: 'blocked', references: '', 'published-tags': '', signed: 'false' });
});

test('a pull request publishes nothing', () => {
  expect(outputs(aPullRequestRecord())).toMatchObject({
    verdict: 'passed',
    push: 'false',
    sign: 'off',
    image: '',
    'published-tags': '',
  });
});

test.each([
  [
    'before the plan',
    aFailedRecord('plan', { kind: 'user', message: 'x', details: [] }),
    { verdict: 'error', digest: '', tags: '', json: '', findings: '' },
  ],
  [
    'in publish',
    aFailedRecord('publish', { kind: 'tool', message: 'x', details: [] }),
    { verdict: 'passed', digest: ROOT, references: '' },
  ],
  [
    'with nothing to do',
    aRecord({
      plan: aPlan({ nothingToDo: 'deleted' }),
      scan: undefined,
      bundle: undefined,
      verdict: undefined,
      publication: undefined,
    }),
    { verdict: 'skipped' },
  ],
])('a run that ended %s', (_name, record, expected) => expect(outputs(record)).toMatchObject(expected));

test('every record gives every output', () => {
  for (const record of [aRecord(), aFailedRecord('plan', { kind: 'user', message: 'x', details: [] })])
    expect(Object.keys(outputs(record)).sort()).toEqual([...OUTPUT_NAMES].sort());
});

test('action.yml declares exactly these', () => {
  const action = load(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8')) as { outputs: object };
  expect(Object.keys(action.outputs).sort()).toEqual([...OUTPUT_NAMES].sort());
});

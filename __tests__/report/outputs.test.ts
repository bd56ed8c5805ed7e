// Outputs of the step, as far as the run got.

import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { makeReport } from '../../src/report/make-report.ts';
import { makeOutputs, OUTPUT_NAMES, type OutputFiles } from '../../src/report/outputs.ts';
import type { Plan } from '../../src/plan/plan.ts';
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

const FILES: OutputFiles = {
  report: '/tmp/report.json',
  sarif: '/tmp/seaworthy.sarif',
  bake: { all: '/tmp/bake.json', tags: '/tmp/tags.json', labels: '/tmp/labels.json', annotations: '/tmp/annotations.json' },
};
const outputs = (record: RunRecord): Record<string, string> => makeOutputs(makeReport(record), FILES);

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
    sign: 'true',
    signed: 'true',
    report: '/tmp/report.json',
    sarif: '/tmp/seaworthy.sarif',
    'bake-file': '/tmp/bake.json',
    'bake-file-tags': '/tmp/tags.json',
    'bake-file-labels': '/tmp/labels.json',
    'bake-file-annotations': '/tmp/annotations.json',
  });
  expect(JSON.parse(out['matrix'] ?? '')).toEqual({ include: aPlan().matrix });
  expect(JSON.parse(out['decisions'] ?? '')).toEqual(aPlan().decisions);
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

test("what docker/metadata-action prints is handed on to the byte, with its separators, and what a secret's value is part of", () => {
  const metadata: Plan['metadata'] = {
    version: ' v1 ',
    tags: ['-foo', 'a b', 'a b'],
    tagNames: ['x', 'y'],
    labels: ['k=v\nw', 'l='],
    annotations: ['manifest:k=v', 'index:k=v'],
    json: '{"tags":[]}',
    bake: { all: '{}', tags: '{}', labels: '{}', annotations: '{}' },
    separators: { tags: ' ', labels: '\t|', annotations: ',' },
  };
  const made = makeReport(aRecord({ plan: aPlan({ metadata }) }));
  const masked = makeReport(aRecord({ plan: aPlan({ metadata: { ...metadata, tags: ['***'], version: '***' } }) }));
  expect(makeOutputs(made, FILES, masked)).toMatchObject({
    version: ' v1 ',
    tags: '-foo a b a b',
    'tag-names': 'x y',
    labels: 'k=v\nw\t|l=',
    annotations: 'manifest:k=v,index:k=v',
    json: '{"tags":[]}',
  });
});

test('a plan alone has the outputs of a plan, and a verdict that was skipped', () => {
  const { schemaVersion, seaworthy, startedAt, event, state, stages } = aRecord();
  const plan = aPlan({ mode: 'plan' });
  const record: RunRecord = { schemaVersion, seaworthy, startedAt, event, state, stages, warnings: [], plan };
  const out = outputs(record);
  expect(out).toMatchObject({
    verdict: 'skipped',
    version: '1.4.2',
    push: 'true',
    sign: 'true',
    digest: '',
    references: '',
    bundle: '',
  });
  expect(out['published-tags']).toBe('');
  expect(out['summary']).toMatch(/^Planned: /);
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
    sign: 'false',
    image: '',
    'published-tags': '',
  });
});

test.each([
  [
    'before the plan',
    aFailedRecord('plan', { kind: 'user', message: 'x', details: [] }),
    { verdict: 'error', digest: '', tags: '', json: '', findings: '', matrix: '', decisions: '', push: '' },
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

test('imageid: what the engine calls the image, else the config of the only image, else the digest of the index', () => {
  const record = aRecord();
  const { bundle } = record;
  if (bundle === undefined) throw new Error('the record has no bundle');
  const [first] = bundle.images;
  if (first === undefined) throw new Error('the bundle has no image');
  expect(outputs(record)['imageid']).toBe(ROOT);
  expect(JSON.parse(outputs(record)['metadata'] ?? '')).not.toHaveProperty(['containerimage.config.digest']);

  const alone = { ...record, bundle: { ...bundle, images: [first] } };
  expect(outputs(alone)['imageid']).toBe(first.config.digest);
  expect(JSON.parse(outputs(alone)['metadata'] ?? '')).toMatchObject({ 'containerimage.config.digest': first.config.digest });

  const loaded = { platform: 'linux/amd64', names: ['a:1'], id: aDigest('loaded') };
  expect(outputs({ ...alone, delivery: { outputs: [], loaded } })['imageid']).toBe(aDigest('loaded'));
  expect(outputs(aFailedRecord('plan', { kind: 'user', message: 'x', details: [] }))['imageid']).toBe('');
});

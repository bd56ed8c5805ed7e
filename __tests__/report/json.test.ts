// The report as JSON: every situation validates against the published schema, and nothing secret is in it.

import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonReport, renderJson } from '../../src/report/json.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { STAGES } from '../../src/record.ts';
import { aFailedRecord, aPlan, aRecord } from '../builders/record.ts';
import { SITUATIONS } from '../builders/situations.ts';

const schema = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../schema/record.schema.json', import.meta.url)), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv2020.default({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const errorsOf = (value: unknown): unknown => {
  validate(JSON.parse(JSON.stringify(value)));
  return validate.errors ?? [];
};

describe('the report JSON', () => {
  test.each(Object.entries(SITUATIONS))('%s validates', (_name, record) => {
    expect(errorsOf(jsonReport(makeReport(record)))).toEqual([]);
  });

  test.each(STAGES)('a run that failed in %s validates', stage => {
    const record = aFailedRecord(stage, { kind: 'bug', message: 'x', hint: 'y', details: ['stack'] });
    expect(errorsOf(jsonReport(makeReport(record)))).toEqual([]);
  });

  test.each([
    ['an unknown key', { ...jsonReport(makeReport(aRecord())), env: {} }],
    ['a missing one', { ...jsonReport(makeReport(aRecord())), headline: undefined }],
    [
      'a wrong digest',
      { ...jsonReport(makeReport(aRecord())), adopted: { image: 'a', digest: 'sha256:1', tag: 't', reason: 'r' } },
    ],
  ])('%s does not', (_name, value) => expect(errorsOf(value)).not.toEqual([]));

  test('caches, deliveries and remarks are in it, values that may hold a token are not', () => {
    const record = SITUATIONS['much-to-tell-of-a-build'] ?? aRecord();
    const json = renderJson(makeReport(record));
    for (const secret of ['s3cr3t-proxy', 's3cr3t-cache']) expect(json).not.toContain(secret);
    const { plan, build, delivery, cacheWrites } = jsonReport(makeReport(record));
    expect(plan?.build).toMatchObject({
      setup: { driverOpts: ['env.HTTP_PROXY'], keep: true },
      caches: { imports: [{ name: 'ship/acme/app/linux-amd64', automatic: true }], exports: [{ mode: 'max', when: 'last' }] },
    });
    expect(build?.slowest.map(step => step.seconds)).toEqual([312.8, 71.9, 41.3, 9.4, 4.6, 1.1, 0.2, 0.2, 0.1]);
    expect([build?.caches.length, build?.notes.length, build?.emulated?.platforms]).toEqual([2, 3, ['linux/arm64']]);
    expect([delivery?.loaded?.platform, cacheWrites?.map(use => use.state)]).toEqual(['linux/arm64', ['done', 'failed']]);
  });

  test('a failure has its place', () => {
    const place = { file: 'Dockerfile', line: 3, endLine: 5 };
    const record = aFailedRecord('build', { kind: 'tool', message: 'x', place, details: [] });
    expect(errorsOf(jsonReport(makeReport(record)))).toEqual([]);
    expect(jsonReport(makeReport(record)).failure).toEqual({ stage: 'build', kind: 'tool', message: 'x', place });
  });

  test('build arguments lose their values, contexts their tokens, failures the output of tools', () => {
    const plan = aPlan();
    const context = 'https://x-access-token:ghs_secretsecret@github.com/acme/app.git#main';
    const record = aFailedRecord(
      'publish',
      { kind: 'tool', message: 'no', details: ['TOKEN=leaked-by-a-tool'] },
      { plan: { ...plan, build: { ...plan.build, context } } },
    );
    const json = renderJson(makeReport(record));
    for (const secret of ['s3cr3t-build-arg', 'ghs_secretsecret', 'leaked-by-a-tool']) expect(json).not.toContain(secret);
    expect(JSON.parse(json)).toMatchObject({
      plan: { build: { buildArgs: ['VERSION', 'NPM_TOKEN'], context: 'https://***@github.com/acme/app.git#main' } },
    });
  });
});

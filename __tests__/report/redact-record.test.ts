// No masked value is in what people see, and none, however ordinary a word it is, changes what a report says happened.

import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunRecord } from '../../src/record.ts';
import { renderComment } from '../../src/report/comment.ts';
import { renderJson } from '../../src/report/json.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { makeOutputs, NO_FILES } from '../../src/report/outputs.ts';
import { redactRecord } from '../../src/report/redact-record.ts';
import type { Report } from '../../src/report/report.ts';
import { renderSarif } from '../../src/report/sarif.ts';
import { renderStatus } from '../../src/report/status.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { aBlockedRecord, aFailedRecord, aFinding, aPlan, aRecord, blocks } from '../builders/record.ts';
import { SITUATIONS } from '../builders/situations.ts';

const schema = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../schema/record.schema.json', import.meta.url)), 'utf8'),
) as Record<string, unknown>;
const ajv = new Ajv2020.default({ strict: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const without =
  (...secrets: readonly string[]) =>
  (text: string): string =>
    secrets.reduce((out, secret) => out.replaceAll(secret, '***'), text);

/** Everything that somebody sees of a run. */
function seen(record: RunRecord): string[] {
  const report = makeReport(record);
  const sarif = renderSarif(report, { purpose: 'file' })?.text ?? '{}';
  JSON.parse(sarif);
  return [
    renderSummary(report),
    renderComment(report),
    JSON.stringify(renderStatus(report)),
    renderJson(report),
    sarif,
    JSON.stringify(report.headline),
  ];
}

/** All keys and all words of our own that a record of any run holds. */
const ORDINARY = [
  ...['tags', 'event', 'plan', 'root', 'true', 'platforms', 'digest', 'decisions', 'sha256', '2026', 'linux', 'amd64', 'push'],
  ...['completed', 'failed', 'cancelled', 'running', 'published', 'blocks', 'excused', 'CRITICAL', 'HIGH', 'vuln', 'secret'],
  ...['accepted', 'rejected', 'passed', 'blocked', 'error', 'skipped', 'keyless', 'enforce', 'warn', 'build', 'publish', 'scan'],
  ...['created', 'moved', 'unchanged', 'user', 'tool', 'immutable', 'floating', 'ship', 'auto', 'CVE-', '1.4.', 'acme', 'main'],
];

/** What a run came to, without its sentences. */
function facts({ outcome, word, tone, digest, platforms, blocking, excused, others, equality }: Report): object {
  const rows = platforms.map(({ platform, manifest, accepted, counts }) => ({ platform, manifest, accepted, counts }));
  return { outcome, word, tone, digest, rows, equality, ruled: [blocking.length, excused.length, others.length] };
}

describe.each(Object.entries(SITUATIONS))('%s', (_name, record) => {
  const before = makeReport(record);

  test('is the same whatever ordinary word or number is the value of a secret', () => {
    for (const secret of ORDINARY) {
      const report = makeReport(redactRecord(record, without(secret)));
      expect({ secret, ...facts(report) }).toEqual({ secret, ...facts(before) });
      validate(JSON.parse(renderJson(report)));
      expect({ secret, errors: validate.errors ?? [] }).toEqual({ secret, errors: [] });
      expect(renderStatus(report).targetUrl).toBe(renderStatus(before).targetUrl);
    }
    expect(seen(redactRecord(record, without(...ORDINARY)))).toHaveLength(seen(record).length);
  });

  test('gives other steps the names and digests as they are', () => {
    const shown = makeReport(redactRecord(record, without(...ORDINARY)));
    const { decisions } = makeOutputs(shown);
    expect(makeOutputs(before, NO_FILES, shown)).toEqual({ ...makeOutputs(before), decisions, summary: shown.headline });
  });
});

test('a masked value is in no text, whatever holds it', () => {
  const secret = 'Canary_with*marks-77d0';
  const plan = aPlan();
  const holding = aPlan({
    images: [`ghcr.io/acme/${secret}`],
    tags: [{ name: `v-${secret}`, kind: 'floating', rule: `type=raw,value=${secret}` }],
    labels: { [`label.${secret}`]: 'x', kind: secret, created: `by ${secret}` },
    build: { ...plan.build, context: secret, target: secret },
    decisions: [...plan.decisions, { name: secret, asked: secret, outcome: secret, reason: `because of ${secret}` }],
    idleRules: [secret],
  });
  const finding = aFinding({
    title: secret,
    package: secret,
    id: secret,
    path: `etc/${secret}`,
    status: secret,
    url: `https://x.test/${secret}`,
  });
  const records: RunRecord[] = [
    aRecord({ plan: holding, warnings: [`login with ${secret} failed`] }),
    aBlockedRecord([blocks(finding, secret)], { plan: holding }),
    aFailedRecord('build', { kind: 'tool', message: `RUN echo ${secret}`, hint: secret, details: [secret] }, { plan: holding }),
  ];
  for (const record of records) {
    expect(seen(record).some(text => text.includes(secret))).toBe(true);
    const masked = redactRecord(record, without(secret));
    // Markdown writes signs as entities: the quiet part would show as well.
    for (const text of seen(masked)) expect(text).not.toMatch(/Canary|marks-77d0/);
    const outputs = makeOutputs(makeReport(record), NO_FILES, makeReport(masked));
    expect(`${outputs.decisions}${outputs.summary}`).not.toContain(secret);
  }
});

test('keys stay, except those that users write', () => {
  const record = aRecord({ plan: aPlan({ labels: { 'tags of it': 'x' } }) });
  const masked = redactRecord(record, without('tags'));
  expect(masked.plan?.tags).toHaveLength(record.plan?.tags.length ?? 0);
  expect(masked.plan?.labels).toEqual({ '*** of it': 'x' });
});

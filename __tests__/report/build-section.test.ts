// Caches, steps, deliveries, remarks and calls as people read them.

import { describe, expect, test } from '@jest/globals';
import { renderComment } from '../../src/report/comment.ts';
import { buildLines } from '../../src/report/build-text.ts';
import { buildSentence, ranked } from '../../src/report/build-words.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { makeOutputs } from '../../src/report/outputs.ts';
import { renderStatus } from '../../src/report/status.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { resultText } from '../../src/report/text.ts';
import { exitCode } from '../../src/record.ts';
import type { RunRecord } from '../../src/record.ts';
import { aRecord, someBuildFacts } from '../builders/record.ts';
import { BUILD_SITUATIONS } from '../builders/build-situations.ts';
import { rendered } from './rendered.ts';

const situation = (name: string): RunRecord => {
  const record = BUILD_SITUATIONS[name];
  if (record === undefined) throw new Error(`no situation ${name}`);
  return record;
};
const summaryOf = (record: RunRecord): ReturnType<typeof rendered> => rendered(renderSummary(makeReport(record)));

describe('a build with much to tell', () => {
  const record = situation('much-to-tell-of-a-build');
  const { text, rows } = summaryOf(record);

  test('caches: which, what became of them and why, what it cost', () => {
    expect(rows).toContainEqual(['gha, read', 'ship/acme/app/linux-amd64', '✅ done', '1.1\u00a0s']);
    expect(rows).toContainEqual([
      'registry, read',
      'ghcr.io/acme/app:buildcache',
      '➖ left out: ghcr.io did not answer within 5 s',
      '5.0\u00a0s',
    ]);
    expect(rows.map(([name = '', , , cost]) => [name, cost])).toContainEqual(['gha, written', '8.4\u00a0s,\u00a0184.2\u00a0MB']);
    expect(text).toContain('failed: ghcr.io answers 403: the token may not write there');
  });

  test('the ten slowest steps, slowest first, cached ones marked; those that took no time left out', () => {
    const steps = rows.filter(([name = '']) => /^\[|^exporting|^importing/.test(name));
    expect(steps.map(([, , time]) => time?.replaceAll('\u00a0', ' '))).toEqual([
      ...['5 min 13 s', '1 min 12 s', '41 s', '9.4 s', '4.6 s', '1.1 s', '0.2 s', '0.2 s', '0.1 s'],
    ]);
  });

  test('builder, emulation, SBOM, the second build, and what is on this machine', () => {
    for (const sentence of [
      'Built in 5 min 42 s on seaworthy-1a2b3c4d (docker-container), 3 of 9 steps from the cache',
      'Emulated: linux/arm64: no node of the builder runs it natively',
      'SBOM: from our own scan of the same bytes: the image of the SBOM scanner could not be pulled',
      'Built a second time: the cache of ghcr.io made no progress',
      'Loaded: linux/arm64 as ghcr.io/acme/app:1.4.2',
      'Output local: out/files',
      'Archive: /checkout/out/image.tar',
    ])
      expect(text).toContain(sentence);
  });

  test('remarks stand in summary and comment, secrets first, looks last', () => {
    const comment = rendered(renderComment(makeReport(record)));
    for (const document of [summaryOf(record), comment]) {
      const remarks = document.rows.filter(([where = '', what = '']) => where.startsWith('docker/') || what.includes('remark'));
      expect(remarks.map(([where]) => where)).toEqual(['docker/Dockerfile:14', '', 'docker/Dockerfile:1']);
    }
    expect(comment.text).not.toContain('Slowest steps');
  });

  test('the group of the log says the same', () => {
    const lines = buildLines(record).join('\n');
    expect(lines).toMatch(/^TIME +SLOWEST STEPS$/m);
    expect(lines).toMatch(/^5 min 13 s +\[linux\/arm64 build 6\/6\] RUN/m);
    expect(lines).toMatch(/^registry +written +ghcr\.io\/acme\/app:buildcache +0\.9 s +failed: ghcr\.io answers 403/m);
    expect(lines).toMatch(/^emulated +linux\/arm64/m);
  });
});

test.each([
  [[], '1.0 s on default (docker)'],
  [[{ name: '[1/1] COPY . /', cached: true, seconds: 0 }], '1.0 s on default (docker), all 1 step from the cache'],
  [
    [
      { name: '[linux/arm64] [2/2] RUN x', cached: false, seconds: 1 },
      { name: 'exporting to oci image format', cached: false, seconds: 1 },
      { name: '[1/2] FROM x', cached: true, seconds: 0 },
    ],
    '1.0 s on default (docker), 1 of 2 steps from the cache',
  ],
])('only instructions of the Dockerfile count as steps: %j', (steps, sentence) => {
  expect(buildSentence(someBuildFacts({ steps, seconds: 1 }))).toBe(sentence);
});

test('an ordinary build has one folded line', () => {
  const { elements } = summaryOf(aRecord());
  const summaries = elements.filter(({ name }) => name === 'summary').map(({ text }) => text);
  expect(summaries.filter(text => text.includes('Built in'))).toEqual([
    '🔨 Built in 21 s on default (docker), 1 of 2 steps from the cache',
  ]);
  expect(summaries.join()).not.toContain('remark');
});

describe('a step that failed', () => {
  const { elements, text } = summaryOf(situation('build-step-failed'));

  test('the summary has the instruction, its output and the excerpt; the comment does not', () => {
    const [words] = elements.filter(({ name }) => name === 'pre').map(element => element.text);
    expect(words).toContain('cmd/app/main.go:17:2: undefined: listen');
    expect(words).toContain('9 | >>> RUN set -e; \\');
    expect(text).toContain('Last words of docker buildx build · docker/Dockerfile:9');
    expect(renderComment(makeReport(situation('build-step-failed')))).not.toContain('undefined: listen');
  });
});

describe('call', () => {
  const exit = (name: string): number => exitCode(situation(name));
  const reportOf = (name: string): ReturnType<typeof makeReport> => makeReport(situation(name));

  test.each([
    ['check-failed', 1, 'Check failed: 2 rules broken. Nothing was built.'],
    [
      'check-no-dockerfile',
      1,
      'Check failed: Dockerfile:2: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?). Nothing was built.',
    ],
    ['check-clean', 0, 'Checked: the Dockerfile breaks no rule. Nothing was built (call: check).'],
    ['call-outline', 0, 'Checked: 1 target, 2 build arguments, 1 secret. Nothing was built (call: outline).'],
  ])('%s: exit %i, and the answer in a line', (name, status, headline) => {
    expect([exit(name), reportOf(name).headline]).toEqual([status, headline]);
    expect(renderStatus(reportOf(name)).state).toBe(status === 0 ? 'success' : 'error');
    expect(makeOutputs(reportOf(name))).toMatchObject({ verdict: 'skipped', digest: '', 'published-tags': '', push: 'false' });
  });

  test('remarks in sight, in the summary and the log', () => {
    const summary = summaryOf(situation('check-failed'));
    expect(summary.rows).toContainEqual([
      'docker/Dockerfile:14',
      'SecretsUsedInArgOrEnvDo not use ARG or ENV instructions for sensitive data (ENV "API_TOKEN")',
    ]);
    expect(summary.count('h3')).toBe(1);
    expect(resultText(reportOf('check-failed'))).toMatch(/^docker\/Dockerfile:14 +SecretsUsedInArgOrEnv +Do not use/m);
  });

  test('an outline is tables', () => {
    const { rows } = summaryOf(situation('call-outline'));
    expect(rows).toContainEqual(['GO_VERSION', '1.26', 'version of the compiler']);
    expect(rows).toContainEqual(['npm', 'yes']);
    expect(resultText(reportOf('call-outline'))).toMatch(
      /^BUILD ARGUMENT +VALUE +DESCRIPTION\nGO_VERSION +1\.26 +version of the compiler$/m,
    );
  });
});

test('remarks are ranked by what they are about, then by line', () => {
  const note = (rule: string, line: number): { message: string; rule: string; line: number } => ({ message: 'x', rule, line });
  const notes = [note('StageNameCasing', 1), note('UndefinedVar', 9), note('UndefinedVar', 3), note('SecretsUsedInArgOrEnv', 20)];
  expect(ranked(notes).map(({ rule = '', line = 0 }) => `${rule} ${line}`)).toEqual([
    ...['SecretsUsedInArgOrEnv 20', 'UndefinedVar 3', 'UndefinedVar 9', 'StageNameCasing 1'],
  ]);
});

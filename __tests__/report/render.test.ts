// Summary, comment and status: the right things in the right order, whatever the findings hold, within the limits.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderComment } from '../../src/report/comment.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { bytes } from '../../src/report/markdown.ts';
import { wrap } from '../../src/report/sections.ts';
import { renderStatus } from '../../src/report/status.ts';
import { renderSummary } from '../../src/report/summary.ts';
import type { Judged } from '../../src/gate/verdict.ts';
import type { RunRecord } from '../../src/record.ts';
import {
  aBlockedRecord,
  aFailedRecord,
  aFinding,
  anEvent,
  aPlan,
  aPublication,
  aPullRequestRecord,
  aRecord,
  aTarget,
  blocks,
  excused,
  ROOT,
  shown,
} from '../builders/record.ts';
import { looseTexts, rendered } from './rendered.ts';

const many = (amount: number, judge: (index: number) => Judged): Judged[] =>
  Array.from({ length: amount }, (_, index) => judge(index));
const RENDERERS: [string, (record: RunRecord) => string][] = [
  ['summary', record => renderSummary(makeReport(record))],
  ['comment', record => renderComment(makeReport(record))],
];

describe.each(RENDERERS)('the %s', (name, render) => {
  test('answers in order: verdict, what to do, platforms, what blocks, what is excused', () => {
    const findings = [blocks(aFinding()), excused(aFinding({ id: 'CVE-2023-45853' }))];
    const markdown = render(aBlockedRecord(findings, { warnings: ['no comment: give the job `pull-requests: write`'] }));
    const order = [
      '⛔ Blocked · acme',
      '1 finding blocks',
      ROOT,
      'What to do next',
      'linux/amd64',
      'libssl3',
      'Where and why it blocks',
      '1 finding excused',
      'not reachable',
      'pull-requests: write',
      'Seaworthy 0.1.0',
    ];
    const page = rendered(markdown).text;
    const places = order.map(word => page.indexOf(word));
    expect(places.every(place => place >= 0)).toBe(true);
    expect(rendered(markdown).elements.find(({ name: tag }) => tag === 'a')?.href).toBe(
      'https://avd.aquasec.com/nvd/cve-2026-1234',
    );
    expect([places[0], places[1], places[2], places[3], places[6], places[7]]).toEqual(
      [places[0], places[1], places[2], places[3], places[6], places[7]].sort((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });

  test('published: reference by digest, pull and verify lines, equality', () => {
    const text = rendered(render(aRecord())).text;
    expect(text).toContain(`docker pull ghcr.io/acme/app@${ROOT}`);
    expect(text).toMatch(/cosign verify \\\n {2}--certificate-identity-regexp '\S+' \\\n/);
    expect(text).toContain('Built = scanned = published, byte for byte');
    expect(text).toContain('database of 2026-11-21 06:25 UTC');
  });

  test('a platform that differs is shouted, not folded', () => {
    const publication = aPublication();
    const equality = publication.equality.map((line, index) => (index === 1 ? { ...line, published: 'sha256:other' } : line));
    const page = rendered(render(aRecord({ publication: { ...publication, equality } })));
    expect(page.text).toContain('NOT on every platform');
    expect(page.text).toContain('❌');
  });

  test('2000 findings: within the budget, whole rows, worst first, the rest counted', () => {
    const severities = ['CRITICAL', 'HIGH'] as const;
    const long = 'x'.repeat(400);
    const findings = many(2000, index =>
      blocks(
        aFinding({
          id: `CVE-2026-${10_000 + index}`,
          severity: severities[index % 2] ?? 'HIGH',
          title: long,
          package: `package-${index}-${long}`,
          path: long,
        }),
      ),
    );
    const markdown = render(aBlockedRecord(findings));
    expect(bytes(markdown)).toBeLessThan(name === 'comment' ? 65_000 : 900_001);
    const page = rendered(markdown);
    expect(page.text).toContain('2,000 findings block');
    const listed = page.rows.filter(cells => cells.length === 3 && /Critical|High/.test(cells[0] ?? ''));
    expect(listed.length).toBeGreaterThan(30);
    const more = [...page.text.matchAll(/and ([\d,]+) more: /g)].map(match => Number(match[1]?.replaceAll(',', '')));
    expect(listed.length + more.reduce((sum, value) => sum + value, 0)).toBe(2000);
    expect(listed.slice(0, 10).every(cells => cells[0]?.includes('Critical'))).toBe(true);
    expect(page.text).not.toMatch(/^\|/m);
  });

  test.each([200, 1_000, 5_000, 20_000])('fits into %i bytes', budget => {
    const findings = [
      ...many(50, index => blocks(aFinding({ id: `CVE-${index}` }))),
      ...many(50, index => shown(aFinding({ id: `CVE-1${index}`, severity: 'LOW' }))),
    ];
    const report = makeReport(aBlockedRecord(findings));
    const markdown = name === 'comment' ? renderComment(report, budget) : renderSummary(report, budget);
    expect(bytes(markdown)).toBeLessThanOrEqual(budget);
    if (budget >= 1_000) expect(markdown).toContain('Blocked');
    expect(rendered(markdown).text).not.toMatch(/^\|/m);
  });

  test('foreign text cannot add rows, links, headings or HTML', () => {
    const foreign = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '</details>',
        '| a |\n|---|',
        '```',
        '@octocat',
        '#1',
        '](https://evil.example)',
        '<h1>x',
        'https://evil.example',
        '\u202e',
      ),
    );
    const finding = fc.record({
      id: foreign,
      package: foreign,
      installed: foreign,
      fixed: foreign,
      title: foreign,
      path: foreign,
      url: foreign,
      status: foreign,
      layer: foreign,
    });
    const count = (page: ReturnType<typeof rendered>): number[] =>
      ['table', 'details', 'h1', 'h2', 'h3', 'pre', 'blockquote', 'img'].map(tag => page.count(tag));
    const findings = (over: object): Judged[] => [
      blocks(aFinding(over)),
      excused(aFinding(over), String(Object.values(over)[0])),
      shown(aFinding(over)),
    ];
    const reference = rendered(render(aBlockedRecord(findings({ path: 'p' }))));
    fc.assert(
      fc.property(finding, over => {
        const page = rendered(render(aBlockedRecord(findings(over), { warnings: [over.title] })));
        // A warning brings one heading, which the reference lacks.
        expect(count(page).map((value, index) => (index === 4 ? Math.min(value, 3) : value))).toEqual(
          count(reference).map((value, index) => (index === 4 ? Math.min(value + 1, 3) : value)),
        );
        expect(page.rows.length).toBe(reference.rows.length);
        expect(
          page.elements.filter(
            ({ name: tag, href }) => tag === 'a' && href?.includes('evil') === true && !over.url.includes('evil'),
          ),
        ).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(
      looseTexts(render(aBlockedRecord([blocks(aFinding({ title: '@octocat #1', package: '@babel/core' }))]))).join(' '),
    ).not.toMatch(/@\w|#\d/);
  });

  test.each([
    [
      'build failed',
      aFailedRecord('build', { kind: 'tool', message: 'RUN make: exit code 2', hint: 'See line 4.', details: [] }),
      ['❌ Failed', 'RUN make: exit code 2', 'See line 4.'],
    ],
    [
      'failed before there was a plan',
      aFailedRecord('plan', { kind: 'user', message: 'input "tags": nope', details: [] }),
      ['❌ Failed', 'input "tags": nope'],
    ],
    ['cancelled', aFailedRecord('scan', { kind: 'cancelled', message: 'x', details: [] }), ['🚫 Cancelled', 'during scan']],
    ['pull request', aPullRequestRecord(), ['✅ Would ship', 'Built = scanned']],
  ])('%s', (_case, record, expected) => {
    const text = rendered(render(record)).text;
    for (const word of expected) expect(text).toContain(word);
  });
});

describe('the commit status', () => {
  test.each<[string, RunRecord, string, RegExp]>([
    ['running', aRecord({ state: 'running', verdict: undefined, publication: undefined }), 'pending', /^Running/],
    ['shipped', aRecord(), 'success', /^Shipped 1\.4\.2, 1\.4, latest \(sha256:[0-9a-f]{12}\): /],
    ['would ship', aPullRequestRecord(), 'success', /^Would ship: /],
    ['blocked', aBlockedRecord([blocks(aFinding())]), 'failure', /^Blocked: 1 finding blocks/],
    [
      'one target failed',
      aRecord({ publication: aPublication({ targets: [aTarget({ state: 'failed' })] }) }),
      'error',
      /^Incomplete/,
    ],
    ['failed', aFailedRecord('build', { kind: 'tool', message: '🙂'.repeat(200), details: [] }), 'error', /^Failed: 🙂/],
    ['cancelled', aFailedRecord('build', { kind: 'cancelled', message: 'x', details: [] }), 'error', /^Cancelled/],
  ])('%s', (_name, record, state, description) => {
    const status = renderStatus(makeReport(record));
    expect(status.state).toBe(state);
    expect(status.description).toMatch(description);
    expect(status.description.length).toBeLessThanOrEqual(140);
    expect(status.description.isWellFormed()).toBe(true);
    expect(status.targetUrl).toBe('https://github.com/acme/app/actions/runs/9876543210');
  });

  test('named after the image, so that several steps do not overwrite each other', () => {
    expect(renderStatus(makeReport(aRecord())).context).toBe('seaworthy / acme/app');
    expect(renderStatus(makeReport(aRecord({ plan: aPlan({ images: [] }) }))).context).toBe('seaworthy');
  });
});

test('a second attempt says so', () => {
  expect(rendered(renderComment(makeReport(aRecord({ event: anEvent({ runAttempt: '2' }) })))).text).toContain('attempt 2');
});

describe('lines to copy', () => {
  test('a wrapped command is the same command', () => {
    const command = `cosign verify --certificate-identity-regexp '^https://x.example/a --b/c$' --certificate-oidc-issuer "https://token.example --odd" --flag=1 ghcr.io/acme/app@${ROOT}`;
    const lines = wrap(command);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.slice(0, -1).every(line => line.endsWith(' \\'))).toBe(true);
    expect(lines.map(line => line.replace(/ \\$/, '').trim()).join(' ')).toBe(command);
    expect(lines.some(line => line.includes("'^https://x.example/a --b/c$'"))).toBe(true);
  });

  test('a short one stays as it is', () => expect(wrap('docker pull a@sha256:1')).toEqual(['docker pull a@sha256:1']));
});

test('many rows of one table leave a line about the next', () => {
  const findings = [...many(3000, index => blocks(aFinding({ id: `CVE-${index}` }))), excused(aFinding({ id: 'CVE-excused' }))];
  const text = rendered(renderComment(makeReport(aBlockedRecord(findings)))).text;
  expect(text).toContain('1 finding excused');
  expect(text).not.toContain('Some sections are left out');
});

test('verify lines only for targets that have the image', () => {
  const targets = [aTarget(), aTarget({ image: 'docker.io/acme/app', state: 'failed', error: 'denied', tags: [] })];
  const report = makeReport(aRecord({ publication: aPublication({ targets }) }));
  expect(report.verifyCommands).toHaveLength(1);
  expect(report.verifyCommands[0]).toContain('ghcr.io/acme/app@');
});

// The plan in summary and comment: the main content of `mode: plan`, folded in a run that did something.

import { describe, expect, test } from '@jest/globals';
import { exitCode } from '../../src/record.ts';
import { renderComment } from '../../src/report/comment.ts';
import { makeReport } from '../../src/report/make-report.ts';
import { bytes } from '../../src/report/markdown.ts';
import { makeOutputs } from '../../src/report/outputs.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { aRecord, aPlan } from '../builders/record.ts';
import { aPlannedRecord, PLAN_SITUATIONS } from '../builders/plan-situations.ts';
import { anEvent, aTag } from '../plan/plan-builders.ts';
import { rendered } from './rendered.ts';

const summaryOf = (record: Parameters<typeof makeReport>[0]) => rendered(renderSummary(makeReport(record)));

describe('mode: plan', () => {
  const record = aPlannedRecord(aTag('v1.4.2'), {
    images: 'ghcr.io/acme/app\nacme/app',
    tags: 'type=semver,pattern={{version}}\ntype=ref,event=pr',
    platforms: 'linux/amd64,linux/arm64',
  });

  test('its word, its headline, its verdict', () => {
    const report = makeReport(record);
    expect(report.headline).toBe('Planned: 2 images × 2 tags for linux/amd64, linux/arm64; push: yes, sign: keyless.');
    expect(makeOutputs(report)).toMatchObject({ verdict: 'skipped', summary: report.headline, push: 'true' });
    expect(exitCode(record)).toBe(0);
  });

  test('the answer, where to, tags with their rules, decisions, then what gave no tag', () => {
    const page = summaryOf(record);
    const order = [
      '🧭 Planned · acme/app',
      '2 images × 2 tags',
      'ghcr.io/acme/app',
      'ubuntu-24.04-arm',
      'Given by',
      'Decisions',
      '1 rule gave no tag',
      'event is not for a pull request',
      '8 labels; annotations: the same as the labels',
      'Seaworthy 0.1.0',
    ];
    const places = order.map(word => page.text.indexOf(word));
    expect(places.every(place => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(page.rows).toContainEqual(['1.4.2', 'immutable', 'type=semver,pattern={{version}}']);
    expect(page.rows).toContainEqual(['push: auto', 'yes: a tag push publishes']);
  });

  test('no tag: a warning with a line per rule, and they are not listed twice', () => {
    const page = summaryOf(
      aPlannedRecord(anEvent(), { tags: 'type=semver,pattern={{version}}\ntype=ref,event=tag', push: 'false' }),
    );
    expect(page.text).toContain('[!WARNING]');
    expect(page.text).toContain('1 image, but no tag,');
    expect(page.text.match(/type=ref,event=tag/g)).toHaveLength(1);
    expect(page.text).not.toContain('gave no tag');
  });

  test('a failure is told as one', () => {
    const failed = {
      ...record,
      state: 'failed' as const,
      failure: { stage: 'plan' as const, error: { kind: 'bug' as const, message: 'x', details: [] } },
    };
    expect(makeReport(failed)).toMatchObject({ word: 'Failed', outcome: 'failed' });
  });

  test('nothing to do stays what it is', () => {
    expect(makeReport(aPlannedRecord(anEvent({ deleted: true }))).word).toBe('Nothing to do');
  });
});

describe('a run that shipped', () => {
  test.each([
    ['summary', renderSummary],
    ['comment', renderComment],
  ])('folds the plan into the %s', (_name, render) => {
    const markdown = render(makeReport(aRecord({ plan: aPlan({ idleRules: ['type=ref,event=pr: not a pull request'] }) })));
    const page = rendered(markdown);
    expect(markdown).toContain('<details><summary>🧭 Plan: 1 image × 3 tags for linux/amd64, linux/arm64; push');
    expect(page.rows).toContainEqual(['latest', 'floating', 'flavor latest=auto']);
    expect(page.rows).toContainEqual(['type=ref,event=pr: not a pull request']);
    expect(page.rows).toContainEqual(['push: auto', 'yes: a tag push publishes']);
  });
});

describe('budgets', () => {
  const many = 150;
  const tags = Array.from({ length: many }, (_, index) => `type=raw,value=${index}-${'x'.repeat(110)}`).join('\n');
  const images = Array.from({ length: many }, (_, index) => `ghcr.io/acme/${'y'.repeat(100)}${index}`).join('\n');
  const labels = Array.from({ length: many }, (_, index) => `label.${index}=${'z'.repeat(250)}`).join('\n');
  const record = aPlannedRecord(anEvent(), { images, tags, labels });

  test.each([500, 2_000, 10_000, 50_000, 900_000])('a hundred and fifty of everything fit into %i bytes', budget => {
    const markdown = renderSummary(makeReport(record), budget);
    expect(bytes(markdown)).toBeLessThanOrEqual(budget);
    const page = rendered(markdown);
    expect(page.text).toContain('150 images × 150 tags');
    expect(page.text).not.toMatch(/^\|/m);
    const listed = page.rows.filter(cells => cells[1] === 'floating').length;
    if (budget === 900_000) expect(listed).toBe(many);
    if (budget === 10_000) {
      expect(listed).toBeGreaterThan(0);
      expect(page.text).toMatch(new RegExp(`and ${many - listed} more`));
    }
  });

  test('of a run that shipped, the comment keeps the folded plan short', () => {
    const { plan } = record;
    if (plan === undefined) throw new Error('no plan');
    const page = rendered(renderComment(makeReport(aRecord({ plan: { ...plan, mode: 'ship' } }))));
    expect(page.rows.filter(cells => cells[1] === 'floating')).toHaveLength(20);
    expect(page.text).toContain('and 130 more');
  });
});

test.each(Object.entries(PLAN_SITUATIONS))('%s: foreign text adds no elements', (_name, record) => {
  const page = summaryOf(record);
  expect(page.elements.filter(({ name }) => ['script', 'img', 'h1'].includes(name))).toEqual([]);
  expect(page.elements.flatMap(({ name, href }) => (name === 'a' ? href : []))).toEqual(
    ['https://github.com/Acme/App/actions/runs/42'].map(href =>
      record.event.runId === '42' ? href : 'https://github.com/acme/app/actions/runs/9876543210',
    ),
  );
});

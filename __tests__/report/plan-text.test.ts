// What the log shows before anything runs.

import { describe, expect, test } from '@jest/globals';
import { planText } from '../../src/report/plan-text.ts';
import { aPlan, aPolicy, SHA } from '../builders/record.ts';
import { PLAN_SITUATIONS } from '../builders/plan-situations.ts';

test('what people ask first stands first: names, platforms, what blocks, decisions with reasons, then labels', () => {
  const exceptions = [{ id: 'CVE-1', reason: 'not reachable', expires: '2027-01-01', source: 'p:1' }];
  expect(
    planText(
      aPlan({
        images: ['ghcr.io/acme/app', 'docker.io/acme/app'],
        idleRules: ['type=ref,event=pr: not a pull request'],
        policy: aPolicy({ exceptions }),
      }),
    ),
  ).toBe(
    `2 images × 3 tags for linux/amd64, linux/arm64; push: yes, sign: keyless.

images        ghcr.io/acme/app
              docker.io/acme/app
tags          1.4.2   immutable  type=semver,pattern={{version}}
              1.4     floating   type=semver,pattern={{major}}.{{minor}}
              latest  floating   flavor latest=auto
no tag from   type=ref,event=pr: not a pull request
platforms     linux/amd64, linux/arm64
blocks        vuln: CRITICAL, HIGH; secret: all
exceptions    CVE-1  any package  until 2027-01-01  not reachable

DECISION  OUTCOME  ASKED  WHY
push      yes      auto   a tag push publishes
sign      keyless  auto   public repository with id-token: write

version       1.4.2
labels        org.opencontainers.image.revision  3f786850e387550fdab836ed7e6dc881de23001b
              org.opencontainers.image.source    https://github.com/acme/app
              org.opencontainers.image.version   1.4.2
annotations   manifest:org.opencontainers.image.title  app`,
  );
});

test('mode: plan tells where each platform is built', () => {
  const matrix = [
    { platform: 'linux/amd64', pair: 'linux-amd64', runner: ['self-hosted', 'big'], native: true },
    { platform: 'linux/s390x', pair: 'linux-s390x', runner: 'ubuntu-24.04', native: false },
  ];
  expect(planText(aPlan({ mode: 'plan', matrix }))).toContain(
    `platforms     linux/amd64  on self-hosted and big
              linux/s390x  on ubuntu-24.04, may need emulation (QEMU)`,
  );
});

describe('annotations that repeat the labels are not read twice', () => {
  const labels = { revision: SHA, source: 'https://github.com/acme/app', team: 'harbour' };
  const annotation = (level: string, key: 'revision' | 'source') => ({ level, key, value: labels[key] });
  test.each([
    [
      'one level',
      [annotation('manifest', 'revision'), annotation('manifest', 'source')],
      'annotations   the same as the labels, without team (manifest)',
    ],
    [
      'two levels',
      ['manifest', 'index'].flatMap(level => [annotation(level, 'revision'), annotation(level, 'source')]),
      'annotations   the same as the labels, without team (manifest and index)',
    ],
    ['another value', [{ ...annotation('manifest', 'revision'), value: 'x' }], 'annotations   manifest:revision  x'],
    [
      'another key on one level',
      [annotation('manifest', 'revision'), annotation('index', 'revision'), annotation('index', 'source')],
      `annotations   manifest:revision  ${SHA}\n              index:revision     ${SHA}`,
    ],
  ])('%s', (_name, annotations, expected) => {
    expect(planText(aPlan({ labels, annotations }))).toContain(expected);
  });
});

test('no image, no tag, gate off', () => {
  const text = planText(
    aPlan({ images: [], tags: [], push: false, signing: { method: 'off' }, policy: aPolicy({ gate: 'off' }) }),
  );
  expect(text).toContain('No image and no tag for linux/amd64, linux/arm64; push: no, sign: no.');
  expect(text).toContain('images        none: build, scan and gate only\ntags          none\n');
  expect(text).toContain('blocks        nothing: gate is off, nothing is scanned');
});

test('long lists are counted, long texts cut', () => {
  const tags = Array.from({ length: 60 }, (_, index) => ({
    name: `t${index}`,
    kind: 'floating' as const,
    rule: 'x'.repeat(5000),
  }));
  const text = planText(aPlan({ tags, idleRules: Array.from({ length: 400 }, (_, index) => `${'y'.repeat(10_000)}${index}`) }));
  expect(text).toContain('and 40 more');
  expect(text).toContain('and 380 more');
  expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(240);
});

test.each(Object.entries(PLAN_SITUATIONS))('%s: lined up, nothing hidden in it', (_name, { plan }) => {
  if (plan === undefined) throw new Error('the situation has no plan');
  const text = planText(plan);
  // eslint-disable-next-line no-control-regex -- that there are none is the point
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u200b]/);
  expect(text).not.toMatch(/undefined|NaN|\[object/);
});

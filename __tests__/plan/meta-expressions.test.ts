// {{meta.…}}: what a metadata step's outputs were for in other inputs.

import { describe, expect, test } from '@jest/globals';
import { expandMeta, metaValues } from '../../src/plan/meta-expressions.ts';
import { anEvent, aTag, messageOf, planOf, SHA } from './plan-builders.ts';

const VALUES = metaValues({
  labels: { 'org.opencontainers.image.created': 'now', 'org.opencontainers.image.title': '{{x}}', other: 'o' },
  outputs: { version: '1.2', 'tag-names': 'a\nb' },
});

describe('expandMeta', () => {
  test.each([
    ['{{meta.version}}', '1.2'],
    ['a {{ meta.version }} b {{{meta.created}}}', 'a 1.2 b now'],
    ['{"v":{{meta.version}}}', '{"v":1.2}'],
    ['{{meta.tag-names}}', 'a\nb'],
    ['{{meta.title}}', '{{x}}'],
    [
      '{{version}} {{branch}} {{meta}} {{metadata.version}} {{ .Meta }}',
      '{{version}} {{branch}} {{meta}} {{metadata.version}} {{ .Meta }}',
    ],
    ['$& {{meta.version}}', '$& 1.2'],
  ])('%s', (text, expected) => {
    const refused: string[] = [];
    expect(expandMeta(text, VALUES, what => refused.push(what))).toBe(expected);
    expect(refused).toEqual([]);
  });

  test.each([
    ['{{meta.versoin}}', '(did you mean "version"?)'],
    ['{{meta.}}', 'is not known'],
    ['{{meta.version | upper}}', 'is not known'],
    ['{{meta.__proto__}}', 'is not known'],
    ['{{meta.other}}', 'created'],
  ])('%s is refused', (text, expected) => {
    const refused: string[] = [];
    expect(expandMeta(`x${text}y`, VALUES, what => refused.push(what))).toBe('xy');
    expect(refused.join()).toContain(expected);
  });

  test('a long text costs no time', () => {
    const text = '{{meta.'.repeat(100_000);
    const started = performance.now();
    expandMeta(text, VALUES, () => undefined);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

test('in a plan: build arguments, contexts, target, labels, annotations; not in the ids of secrets', () => {
  const plan = planOf(aTag('v1.2.3', { description: 'about {{branch}}' }), {
    tags: 'type=semver,pattern={{version}}\ntype=sha',
    'build-args': 'VERSION={{meta.version}}\nTAGS={{meta.tags}}\nREV={{meta.revision}}\nLEFT={{version}}',
    'build-contexts': 'base=docker-image://acme/base:{{meta.version}}',
    target: 'release-{{meta.version}}',
    labels: 'v={{meta.version}}-{{tag}}\nabout={{meta.description}}\norg.opencontainers.image.title=Mine',
    annotations: 'index:names={{meta.tag-names}}',
    secrets: '{{meta.version}}=x',
  });
  expect(plan.build).toMatchObject({
    buildArgs: [
      'VERSION=1.2.3',
      `TAGS=ghcr.io/acme/app:1.2.3\nghcr.io/acme/app:sha-${SHA.slice(0, 7)}\nghcr.io/acme/app:latest`,
      `REV=${SHA}`,
      'LEFT={{version}}',
    ],
    buildContexts: ['base=docker-image://acme/base:1.2.3'],
    target: 'release-1.2.3',
    secrets: [{ id: '{{meta.version}}', from: 'input' }],
  });
  expect(plan.labels).toMatchObject({ v: '1.2.3-v1.2.3', about: 'about {{branch}}' });
  expect(plan.annotations).toContainEqual({ level: 'index', key: 'names', value: `1.2.3\nsha-${SHA.slice(0, 7)}\nlatest` });
});

test('labels that win are what build arguments get; json and labels are there for them', () => {
  const { build, metadata } = planOf(anEvent(), {
    labels: 'org.opencontainers.image.title=Mine',
    'build-args': 'T={{meta.title}}\nJ={{meta.json}}\nL={{meta.labels}}',
  });
  expect(build.buildArgs).toEqual(['T=Mine', `J=${metadata.json}`, `L=${metadata.labels.join('\n')}`]);
});

test('an unknown name is a mistake of its input, and labels cannot be made of labels', () => {
  expect(messageOf(() => planOf(anEvent(), { 'build-args': 'V={{meta.vesion}}' }))).toMatch(
    /^build-args: .*did you mean "version"/,
  );
  expect(messageOf(() => planOf(anEvent(), { labels: 'a={{meta.labels}}' }))).toMatch(/^labels: .*is not known/);
});

describe('no value is ever a template', () => {
  const said = (description: string, typed = 'about={{meta.description}}'): string | undefined => {
    const { labels, annotations } = planOf(aTag('v1', { description }), {
      tags: 'type=raw,value=x',
      labels: typed,
      annotations: typed,
    });
    expect(annotations.find(({ key }) => key === 'about')?.value).toBe(labels['about']);
    return labels['about'];
  };

  test.each([
    "{{date 'YYYY'}}",
    "x\\{{date 'YYYY'}}",
    "x\\\\{{date 'YYYY'}}",
    "x\\\\\\{{{date 'YYYY'}}}",
    '{{tag}} \\{{tag}} {{{{raw}}}} {{#if',
    '{{meta.version}}',
    'a{ {',
    '$& $1 "quoted" <b> & =',
    '\u{fdd0}4\u{fdd1}',
  ])('%j', description => {
    expect(said(description)).toBe(description);
    // What stands before it cannot make one of it either.
    expect(said(description, 'about={{tag}} \\{{meta.description}} {{{ meta.description }}}{{tag}}')).toBe(
      `v1 \\${description} ${description}v1`,
    );
  });

  test('nor does a date format read it, nor a block its end', () => {
    expect(said('MMM {{/if}}', "about={{#if is_default_branch}}{{date 'YYYY'}}-{{meta.description}}{{/if}}")).toBe(
      '2026-MMM {{/if}}',
    );
    expect(said('"}} {{tag}}', 'about={{date "YYYY [{{meta.description}}]"}}')).toBe('2026 "}} {{tag}}');
  });

  test('a warning about the rest of the template shows what was typed', () => {
    const { warnings } = planOf(anEvent(), { labels: 'a={{meta.version}} {{brnach}}' });
    expect(warnings).toEqual([expect.stringContaining('is not known in "a={{meta.…}} {{brnach}}"')]);
  });

  test('an empty one is nothing for a block', () => {
    expect(said('', 'about=a{{#if "{{meta.description}}"}}b{{/if}}')).toBe('a');
    expect(said('x', 'about=a{{#if "{{meta.description}}"}}b{{/if}}')).toBe('ab');
  });
});

// Rule × event -> tag names of a whole plan. The expectations are docker/metadata-action's; recorded/ has hundreds more of them.

import { describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/plan/event.ts';
import { SHA, aPullRequest, aTag, anEvent, messageOf, planOf } from './plan-builders.ts';

function names(event: Event, tags: string, flavor = ''): string[] {
  return planOf(event, { tags, flavor, push: 'false' }).tags.map(tag => tag.name);
}

const main = anEvent();
const version = aTag('v1.2.3');
const prerelease = aTag('v2.0.8-beta.67');
const pull = aPullRequest();

describe('types', () => {
  const semver = 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}';
  test.each<[string, Event, string, string[]]>([
    ['default rules, branch', main, '', ['main']],
    ['default rules, nested branch', anEvent({ ref: 'refs/heads/releases/v1' }), '', ['releases-v1']],
    ['default rules, tag', version, '', ['v1.2.3', 'latest']],
    ['default rules, pull request', pull, '', ['pr-2']],
    ['default rules, release', aTag('v1.2.3', { name: 'release' }), '', ['v1.2.3', 'latest']],
    [
      'default rules, merge group',
      anEvent({ name: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-1-a' }),
      '',
      ['gh-readonly-queue-main-pr-1-a'],
    ],
    [
      'pull_request_target counts as the pull request',
      aPullRequest({ name: 'pull_request_target', ref: 'refs/heads/main' }),
      '',
      ['pr-2'],
    ],
    ['semver', version, semver, ['1.2.3', '1.2', '1', 'latest']],
    ['semver prerelease: the full version only', prerelease, semver, ['2.0.8-beta.67']],
    ['semver prerelease keeps {{raw}}', prerelease, 'type=semver,pattern={{raw}}', ['v2.0.8-beta.67']],
    ['semver prerelease, v{{version}} loses the v', prerelease, 'type=semver,pattern=v{{version}}', ['2.0.8-beta.67']],
    ['semver on a branch', main, semver, []],
    ['semver on a tag that is none', aTag('nightly'), semver, []],
    ['semver of two parts', aTag('v1.2'), semver, []],
    ['semver with leading zeros', aTag('2024.01.15'), semver, []],
    [
      'semver build metadata',
      aTag('v0.1.2+build.5'),
      'type=semver,pattern={{version}}\ntype=semver,pattern={{raw}}',
      ['0.1.2', 'v0.1.2-build.5', 'latest'],
    ],
    ['semver value', main, 'type=semver,pattern={{version}},value=v3.4.5', ['3.4.5', 'latest']],
    ['semver value from an expression', version, 'type=semver,pattern={{major}},value={{tag}}', ['1', 'latest']],
    ['semver match', aTag('p1/v1.2.3'), 'type=semver,pattern={{version}},match=p1/(.*)', ['1.2.3', 'latest']],
    ['semver match that does not match', aTag('v1.2.3'), 'type=semver,pattern={{version}},match=p1/(.*)', ['1.2.3', 'latest']],
    ['semver slashes become dashes', aTag('p1/v1.2.3'), 'type=semver,pattern={{version}}', []],
    ['sha', main, 'type=sha', ['sha-90dd603']],
    ['sha long', main, 'type=sha,format=long,prefix=', [SHA]],
    ['raw', main, 'type=raw,value=foo\nbar', ['foo', 'bar']],
    ['raw without type', main, 'value=foo', ['foo']],
    ['raw, later value wins', main, 'type=raw,value=a,b', ['b']],
    ['raw, quoted field', main, 'type=raw,"value=a b"', ['a-b']],
    ['raw, a value with =', main, 'type=raw,value=a=b', ['a-b']],
    ['raw, empty', main, 'type=raw,value=', []],
    ['ref branch on a tag', version, 'type=ref,event=branch', []],
    ['ref pr on a branch', main, 'type=ref,event=pr', []],
    ['ref pr without prefix', pull, 'type=ref,event=pr,prefix=', ['2']],
    ['keys in any case', main, 'TYPE=raw,Value=a', ['a']],
  ])('%s', (_name, event, tags, expected) => {
    expect(names(event, tags)).toEqual(expected);
  });
});

describe('attributes', () => {
  test.each<[string, Event, string, string, string[]]>([
    [
      'default priorities',
      version,
      'type=sha\ntype=raw,value=foo\ntype=ref,event=tag\ntype=semver,pattern={{version}}',
      '',
      ['1.2.3', 'v1.2.3', 'foo', 'sha-90dd603', 'latest'],
    ],
    ['typed priority', main, 'type=sha,priority=201\ntype=raw,value=foo', '', ['sha-90dd603', 'foo']],
    ['equal priorities keep their order', main, 'b\na', '', ['b', 'a']],
    ['enable=false', main, 'type=sha,enable=false\nfoo', '', ['foo']],
    ['enable by expression', main, 'type=raw,value=latest,enable={{is_default_branch}}', '', ['latest']],
    ['enable by its opposite', main, 'type=raw,value=dev,enable={{is_not_default_branch}}', '', []],
    ['latest=true of the flavor', main, 'foo', 'latest=true', ['foo', 'latest']],
    ['latest=false of the flavor', version, '', 'latest=false', ['v1.2.3']],
    [
      'latest is decided by the first tag',
      version,
      'type=raw,value=x,priority=1000\ntype=semver,pattern={{version}}',
      '',
      ['x', '1.2.3'],
    ],
    ['latest twice is there once', version, 'type=semver,pattern={{version}}\nlatest', '', ['1.2.3', 'latest']],
    ['prefix and suffix of the flavor', version, '', 'prefix=p-\nsuffix=-alpine', ['p-v1.2.3-alpine', 'latest']],
    ['onlatest', version, '', 'prefix=p-,onlatest=true\nsuffix=-alpine,onlatest=true', ['p-v1.2.3-alpine', 'p-latest-alpine']],
    ['a rule without prefix', main, 'type=raw,value=foo,prefix=', 'prefix=p-', ['foo']],
    ['the prefix of sha stands against the flavor', main, 'type=sha', 'prefix=p-', ['sha-90dd603']],
    ['expressions in affixes', main, "type=sha,prefix={{branch}}-,suffix=-{{date 'YYYYMMDD'}}", '', ['main-90dd603-20260308']],
    ['base_ref of a pull request', pull, 'type=raw,value={{base_ref}}-{{sha}}', '', ['main-90dd603']],
    ['base_ref of a tag', aTag('v1', { baseRef: 'release/1' }), 'type=raw,value={{base_ref}}', '', ['release-1']],
    ['sanitising', anEvent({ ref: 'refs/heads/feat/a&b@{c}' }), '', '', ['feat-a-b-c-']],
    [
      'expressions are escaped for HTML, as the peer does',
      anEvent({ ref: 'refs/heads/a&b' }),
      'type=raw,value={{branch}}',
      '',
      ['a-amp-b'],
    ],
    [
      'the schedule counts as the default branch',
      anEvent({ name: 'schedule', ref: 'refs/heads/dev' }),
      'type=raw,value=x,enable={{is_default_branch}}',
      '',
      ['x'],
    ],
  ])('%s', (_name, event, tags, flavor, expected) => {
    expect(names(event, tags, flavor)).toEqual(expected);
  });

  test('comments and empty lines are left out', () => {
    expect(names(main, '# the branch\ntype=ref,event=branch\n\n  \ntype=raw,value=foo#bar')).toEqual(['main', 'foo-bar']);
  });
});

describe('immutable or floating (rules 15)', () => {
  test.each<[Event, string, Record<string, string>]>([
    [version, 'type=semver,pattern={{version}}', { '1.2.3': 'immutable', latest: 'floating' }],
    [version, 'type=semver,pattern=v{{version}},suffix=-alpine', { 'v1.2.3-alpine': 'immutable', latest: 'floating' }],
    [version, 'type=semver,pattern=app-{{major}}.{{minor}}.{{patch}}', { 'app-1.2.3': 'immutable', latest: 'floating' }],
    [version, 'type=semver,pattern={{major}}.{{minor}}', { '1.2': 'floating', latest: 'floating' }],
    [version, 'type=ref,event=tag', { 'v1.2.3': 'immutable', latest: 'floating' }],
    [main, 'type=ref,event=branch', { main: 'floating' }],
    [pull, 'type=ref,event=pr', { 'pr-2': 'floating' }],
    [main, 'type=sha', { 'sha-90dd603': 'immutable' }],
    [main, '1.2.3\n1.2\nv4.5.6-rc.1', { '1.2.3': 'immutable', '1.2': 'floating', 'v4.5.6-rc.1': 'immutable' }],
  ])('%#', (event, tags, kinds) => {
    const plan = planOf(event, { tags, push: 'false' });
    expect(Object.fromEntries(plan.tags.map(tag => [tag.name, tag.kind]))).toEqual(kinds);
  });
});

describe('what gives nothing or is wrong', () => {
  test('every idle rule has its reason', () => {
    const plan = planOf(main, {
      tags: 'type=semver,pattern={{version}}\ntype=ref,event=pr\ntype=sha,enable=false\ntype=raw,value=\nfoo',
    });
    expect(plan.idleRules).toEqual([
      'type=semver,pattern={{version}}: the event is not for a tag (refs/heads/main)',
      'type=ref,event=pr: the event is not for a pull request (refs/heads/main)',
      'type=raw,value=: its value is empty',
      'type=sha,enable=false: enable is false',
    ]);
  });

  test('a push that yields no tag is refused with one line a rule', () => {
    const message = messageOf(() => planOf(main, { tags: 'type=semver,pattern={{version}}\ntype=ref,event=tag' }));
    expect(message.split('\n')).toHaveLength(3);
    expect(message).toContain('type=ref,event=tag: the event is not for a tag');
  });

  test.each([
    ['type=raw,value=-foo', '"-foo"'],
    [`type=raw,value=${'x'.repeat(129)}`, '128'],
    ['type=raw,value=x,enable=yes', 'enable="yes"'],
    ['type=semver,pattern={{#if major}}x', 'cannot be rendered'],
    ['type=semver,pattern={{version}},match=v.*', 'without a group'],
    ['type=semver,pattern={{version}},match=(', 'not a regular expression'],
    ["type=raw,value={{date 'YYYY' zone='UTC'}}", 'date'],
  ])('%s is refused', (rule, why) => {
    expect(messageOf(() => planOf(version, { tags: rule }))).toContain(why);
  });

  test('an unknown expression gives nothing, as in the peer, and warns', () => {
    const plan = planOf(main, { tags: 'type=raw,value=a{{brnach}}b' });
    expect(plan.tags.map(tag => tag.name)).toEqual(['ab']);
    expect(plan.warnings.join()).toContain('{{brnach}}');
  });

  test('an unknown attribute warns with the nearest', () => {
    expect(planOf(version, { tags: 'type=semver,pattern={{version}},prefx=v' }).warnings.join()).toContain(
      'did you mean "prefix"',
    );
  });
});

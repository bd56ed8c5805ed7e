// Beyond equality with docker/metadata-action (recorded/): what is warned of, refused where something is built, kept for the plan itself.

import { describe, expect, test } from '@jest/globals';
import { nameImage } from './naming-builders.ts';
import type { NamingCase } from './naming-builders.ts';

const onTag = (name: string): NamingCase => ({ facts: { ref: `refs/tags/${name}` } });
const IMAGE = 'ghcr.io/acme/app';

describe('what the peer accepts although it is no name', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[], string, NamingCase]>([
    ['a tag with a dash in front', { images: IMAGE, tags: '-foo' }, [`${IMAGE}:-foo`], '"-foo"', {}],
    ['a tag of 140 characters', { tags: 'x'.repeat(140) }, ['x'.repeat(140)], '128', {}],
    ['an image with a tag', { images: 'user/app:tag', tags: 'x' }, ['user/app:tag:x'], '"user/app:tag"', {}],
    ['an image that is no name', { images: 'A B', tags: 'x' }, ['a b:x'], '"a b"', {}],
    ['an empty image', { images: 'a,', tags: 'x' }, ['a:x', 'x'], '""', {}],
    [
      'latest with a dash in front',
      { tags: 'x', flavor: 'latest=true\nprefix=-,onlatest=true' },
      ['-x', '-latest'],
      '-latest',
      {},
    ],
    ['a level that is none', {}, ['main'], '"foo"', { env: { DOCKER_METADATA_ANNOTATIONS_LEVELS: 'index,foo' } }],
    ['a label without a key', { labels: '=x' }, ['main'], '"=x"', {}],
  ])('%s: printed with one warning, refused where it would be built', (_name, typed, tags, word, situation) => {
    const plan = nameImage(typed, situation);
    expect(plan.mistakes).toEqual([]);
    expect(plan.naming.metadata.tags).toEqual(tags);
    expect(plan.warnings.filter(warning => warning.includes(word))).toHaveLength(1);
    if (word === '""') return; // Where something is built an empty entry is dropped.
    const ship = nameImage({ images: IMAGE, ...typed }, { ...situation, mode: 'ship' });
    expect(ship.mistakes.filter(mistake => mistake.includes(word))).toHaveLength(1);
  });

  test('only valid names are planned', () => {
    const { naming } = nameImage({ images: 'a/b\nuser/app:tag\na/b', tags: '-foo\nx\nx' });
    expect(naming.images).toEqual(['a/b']);
    expect(naming.tags.map(tag => tag.name)).toEqual(['x']);
    expect(naming.metadata.tags).toEqual(['a/b:-foo', 'a/b:x', 'user/app:tag:-foo', 'user/app:tag:x', 'a/b:-foo', 'a/b:x']);
  });

  test('a disabled image may have any name', () => {
    expect(nameImage({ images: `${IMAGE}\nname=/x,enable=false`, tags: 'x' }, { mode: 'ship' }).mistakes).toEqual([]);
  });
});

describe('lines of blanks', () => {
  test.each(['images', 'tags', 'flavor'])('the peer fails on one in "%s"; where something is built it is passed over', name => {
    const typed = { images: IMAGE, [name]: name === 'flavor' ? 'latest=true\n   \nprefix=p-' : 'a\n   \nb' };
    expect(nameImage(typed).mistakes).toEqual([expect.stringContaining('nothing but blanks')]);
    expect(nameImage(typed, { mode: 'ship' }).mistakes).toEqual([]);
  });
});

describe('references in tags', () => {
  const typed = { tags: 'ghcr.io/acme/app:1.2.3\ndocker.io/acme/app:1.2.3' };
  test('are names where something is built', () => {
    const { naming, mistakes } = nameImage(typed, { mode: 'ship' });
    expect(mistakes).toEqual([]);
    expect(naming.images).toEqual(['ghcr.io/acme/app', 'docker.io/acme/app']);
    expect(naming.tags).toEqual([{ name: '1.2.3', kind: 'immutable', rule: 'ghcr.io/acme/app' }]);
    expect(naming.metadata.tags).toEqual(['ghcr.io/acme/app:1.2.3', 'docker.io/acme/app:1.2.3']);
  });

  test.each<[string, Readonly<Record<string, string>>, NamingCase]>([
    ['mode: plan', typed, {}],
    ['beside images', { ...typed, images: IMAGE }, { mode: 'ship' }],
  ])('are raw rules: %s', (_name, inputs, situation) => {
    expect(nameImage(inputs, situation).naming.metadata.tagNames).toEqual(['ghcr.io-acme-app-1.2.3', 'docker.io-acme-app-1.2.3']);
  });

  test('no tag means latest, and two may stand on a line', () => {
    expect(nameImage({ tags: 'a/b,c/d' }, { mode: 'ship' }).naming.metadata.tags).toEqual(['a/b:latest', 'c/d:latest']);
  });
});

describe('immutable or floating (rules 15)', () => {
  test.each<[string, NamingCase, Readonly<Record<string, string>>]>([
    ['type=semver,pattern={{version}}', onTag('v1.2.3'), { '1.2.3': 'immutable', latest: 'floating' }],
    ['type=semver,pattern={{major}}.{{minor}}', onTag('v1.2.3'), { '1.2': 'floating', latest: 'floating' }],
    ['type=semver,pattern={{major}}', onTag('v2.0.0-rc.1'), { '2.0.0-rc.1': 'immutable' }],
    ['type=semver,pattern=v{{version}},suffix=-alpine', onTag('v1.2.3'), { 'v1.2.3-alpine': 'immutable', latest: 'floating' }],
    ['type=pep440,pattern={{version}}', onTag('1!2.0+abc'), { '1-2.0-abc': 'immutable', latest: 'floating' }],
    ['type=pep440,pattern={{major}}.{{minor}}', onTag('1.2'), { '1.2': 'floating', latest: 'floating' }],
    ['type=pep440,pattern={{major}}.{{minor}}.{{patch}}', onTag('1.2.3'), { '1.2.3': 'immutable', latest: 'floating' }],
    ['type=pep440,pattern={{major}}', onTag('1.2.post1'), { '1.2.post1': 'immutable' }],
    ['type=match,pattern=v(.*),group=1', onTag('v1.2.3'), { '1.2.3': 'immutable', latest: 'floating' }],
    ['type=match,pattern=\\d.\\d', onTag('v1.2.3'), { '1.2': 'floating', latest: 'floating' }],
    ['type=ref,event=tag', onTag('nightly'), { nightly: 'immutable', latest: 'floating' }],
    ['type=ref,event=branch', {}, { main: 'floating' }],
    ['type=edge', {}, { edge: 'floating' }],
    ['type=sha', {}, { 'sha-90dd603': 'immutable' }],
    [
      '1.2.3\n1.2\nv4.5.6-rc.1\n1.2.3rc1',
      {},
      { '1.2.3': 'immutable', '1.2': 'floating', 'v4.5.6-rc.1': 'immutable', '1.2.3rc1': 'immutable' },
    ],
    ['type=schedule', { facts: { eventName: 'schedule' } }, { nightly: 'floating' }],
  ])('%s %j', (tags, situation, kinds) => {
    const { tags: planned } = nameImage({ tags }, situation).naming;
    expect(Object.fromEntries(planned.map(tag => [tag.name, tag.kind]))).toEqual(kinds);
  });
});

describe('why a rule gives nothing', () => {
  test.each<[string, string, NamingCase]>([
    ['type=schedule', 'the event is no schedule (push)', {}],
    ['type=semver,pattern={{version}}', 'the event is not for a tag (refs/heads/main)', {}],
    ['type=semver,pattern={{version}}', '"nightly" is not a semantic version', onTag('nightly')],
    ['type=pep440,pattern={{version}},value=x', '"x" is not a version of PEP 440', {}],
    ['type=match,pattern=v(.*)', 'the event is not for a tag (refs/heads/main)', {}],
    ['type=match,pattern=v(.*)', '"v(.*)" does not match "1"', onTag('1')],
    ['type=match,pattern=v(.*),group=2', '"v(.*)" has no group 2 in "v1"', onTag('v1')],
    ['type=edge,branch=dev', 'the branch is not dev (refs/heads/main)', {}],
    ['type=edge', 'the event is not for a branch (refs/tags/x)', onTag('x')],
    ['type=ref,event=pr', 'the event is not for a pull request (refs/heads/main)', {}],
    ['type=raw,value={{tag}}', 'its value is empty', {}],
    ['type=sha', 'the event has no commit', { facts: { sha: '' } }],
    ['foo,enable={{is_not_default_branch}}', 'enable is false', {}],
  ])('%s: %s', (tags, why, situation) => {
    const { naming, mistakes } = nameImage({ tags }, situation);
    expect(mistakes).toEqual([]);
    expect(naming.metadata.tags).toEqual([]);
    expect(naming.idle).toEqual([expect.stringContaining(`${tags}: ${why}`)]);
  });

  test('a match that does not match is told although the rule gives a tag', () => {
    const { naming, warnings } = nameImage({ tags: 'type=semver,pattern={{version}},match=p1/(.*)' }, onTag('v1.2.3'));
    expect(naming.metadata.tags).toEqual(['1.2.3', 'latest']);
    expect(warnings).toEqual([expect.stringContaining('"p1/(.*)" does not match "v1.2.3"')]);
  });
});

describe('explained', () => {
  test.each<[Readonly<Record<string, string>>, string, NamingCase]>([
    [{ tags: 'type=semvr,pattern=x' }, 'did you mean "semver"', {}],
    [{ tags: 'type=ref,event=brnch' }, 'did you mean "branch"', {}],
    [{ tags: 'type=match,pattern=(' }, 'not a regular expression', onTag('x')],
    [{ tags: 'type=match,pattern=/x/zz' }, '/x/zz', onTag('x')],
    [{ tags: 'type=semver,pattern={{version}},match=v.*' }, 'without a group', onTag('v1.2.3')],
    [{ tags: 'x,enable=yes' }, 'enable="yes"', {}],
    [{ tags: '{{branch' }, 'cannot be rendered', {}],
    [{ tags: "{{date 'YYYY' tz='UTC'}}" }, 'write value={{', {}],
    [{ labels: "a={{date 'YYYY' zone='x'}}" }, 'only takes tz', {}],
    [{ flavor: 'onltest=true' }, 'did you mean "onlatest"', {}],
    [{ images: 'name=a,enabel=true' }, 'did you mean "enable"', {}],
    [{ images: '"a' }, 'a quote is opened and never closed', {}],
    [{ 'short-sha-length': '0' }, 'from 1 to 64', {}],
    [{ tags: 'type=sha' }, 'length "abc" is not a number', { env: { DOCKER_METADATA_SHORT_SHA_LENGTH: 'abc' } }],
  ])('%j: %s', (typed, words, situation) => {
    expect(nameImage(typed, situation).mistakes).toEqual([expect.stringContaining(words)]);
  });

  test.each<[Readonly<Record<string, string>>, string]>([
    [{ tags: 'type=sha,prefx=v' }, 'did you mean "prefix"'],
    [{ tags: 'a{{brnach}}b' }, 'did you mean "branch"'],
    [{ tags: "value={{date 'YYYY' tz='Mars/Olympus'}}" }, '"Mars/Olympus"'],
    [{ labels: 'none' }, 'has no "="'],
    [{ images: 'a,b\nc' }, 'only the last name counts'],
  ])('%j warns: %s', (typed, words) => {
    const { mistakes, warnings } = nameImage(typed);
    expect(mistakes).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(words)]);
  });
});

describe('first-class inputs', () => {
  test('win over the variables of the peer', () => {
    const env = { DOCKER_METADATA_SHORT_SHA_LENGTH: '5', DOCKER_METADATA_ANNOTATIONS_LEVELS: 'manifest' };
    const typed = { tags: 'type=sha,prefix=', 'short-sha-length': '10', 'annotations-levels': ' index , manifest-descriptor ' };
    const { naming } = nameImage(typed, { env });
    expect(naming.metadata.tags).toEqual(['90dd6032fa']);
    const levels = new Set(naming.metadata.annotations.map(line => line.slice(0, line.indexOf(':'))));
    expect([...levels]).toEqual(['index', 'manifest-descriptor']);
    expect(nameImage({ tags: 'type=sha,prefix=' }, { env }).naming.metadata.tags).toEqual(['90dd6']);
  });
});

test('a key typed with its levels gets those, and stands against the default', () => {
  const { naming } = nameImage({ annotations: 'index:org.opencontainers.image.title=Own\nmanifest,index-descriptor:a=1' });
  expect(naming.annotations).toEqual(
    expect.arrayContaining([
      { level: 'index', key: 'org.opencontainers.image.title', value: 'Own' },
      { level: 'manifest', key: 'org.opencontainers.image.title', value: 'App' },
      { level: 'manifest', key: 'a', value: '1' },
      { level: 'index-descriptor', key: 'a', value: '1' },
    ]),
  );
  expect(naming.annotations.filter(({ level, key }) => level === 'index' && key.endsWith('.title'))).toHaveLength(1);
});

test('each rule, label and annotation is told before it is worked on', () => {
  const { told } = nameImage({ tags: 'a\ntype=sha', labels: 'k=v', annotations: 'x=y' });
  expect(told).toEqual(['tags: a', 'tags: type=sha', 'labels: k=v', 'annotations: x=y']);
});

test('as many entries as there are', () => {
  const many = Array.from({ length: 5_000 }, (_, at) => `t${at}`);
  const { naming, mistakes } = nameImage({
    images: IMAGE,
    tags: many.join('\n'),
    labels: many.map(one => `${one}=x`).join('\n'),
  });
  expect(mistakes).toEqual([]);
  expect(naming.metadata.tagNames).toEqual(many);
  expect(naming.metadata.labels).toHaveLength(5_008);
});

// Rules × events, and single inputs × a few events: the cases whose outcome is recorded from docker/metadata-action.

import type { ApiRepository, PeerCase, PeerEvent } from './peer-case.ts';

export const SHA = '90dd6032fac8bda1b6c4436a2e65de27961ed071';
const NOW = '2026-03-08T14:05:09.123Z';
const COMMITTED = '2026-03-01T22:30:00Z';
export const REPOSITORY: ApiRepository = {
  name: 'App',
  description: 'Ships "things" & more = fast',
  html_url: 'https://github.com/acme/app',
  default_branch: 'main',
  license: { spdx_id: 'MIT' },
};
const payload = { repository: { default_branch: 'main' } };

function branch(name: string, event = 'push'): PeerEvent {
  return { name: event, ref: `refs/heads/${name}`, sha: SHA, payload };
}

function tag(name: string, event = 'push'): PeerEvent {
  return { name: event, ref: `refs/tags/${name}`, sha: SHA, payload: { ...payload, base_ref: 'refs/heads/release/1.x' } };
}

function pull(event: string, ref: string): PeerEvent {
  const pullRequest = { number: 12, base: { ref: 'main' }, head: { sha: 'b'.repeat(40), ref: 'feature' } };
  return { name: event, ref, sha: SHA, payload: { ...payload, number: 12, pull_request: pullRequest } };
}

export const EVENTS: Readonly<Record<string, PeerEvent>> = {
  main: branch('main'),
  feature: branch('feat/a&b=c'),
  version: tag('v1.2.3'),
  prerelease: tag('v2.0.8-beta.67'),
  python: tag('1!2.0.post3'),
  pythonFinal: tag('1.10'),
  monorepo: tag('p1/v1.2.3+build.5'),
  word: tag('nightly'),
  release: tag('v4.5.6', 'release'),
  pull: pull('pull_request', 'refs/pull/12/merge'),
  target: pull('pull_request_target', 'refs/heads/main'),
  schedule: branch('main', 'schedule'),
  dispatch: branch('dev', 'workflow_dispatch'),
  run: branch('main', 'workflow_run'),
  queue: branch('gh-readonly-queue/main/pr-12-0a1b2c', 'merge_group'),
  outside: branch('main', 'repository_dispatch'),
  none: { name: '', ref: '', sha: '', payload: {} },
};

/** Each is one `tags` input, tried on every event. */
const RULES: readonly string[] = [
  '',
  "type=schedule\ntype=schedule,pattern={{date 'YYYYMMDD'}}-{{branch}},priority=1",
  'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}},enable={{is_not_default_branch}}',
  'type=semver,pattern={{raw}},match=p1/(.*)\ntype=semver,pattern=v{{version}},prefix=,suffix=-alpine',
  'type=pep440,pattern={{version}}\ntype=pep440,pattern={{major}}.{{minor}}.{{patch}}\ntype=pep440,pattern={{raw}}',
  'type=match,pattern=v(.*),group=1\ntype=match,pattern=/V(\\d+)\\.(\\d+)/i,group=2,priority=950',
  'type=match,pattern=\\d+.\\d+\ntype=match,pattern=/\\d/g,group=1\ntype=match,pattern=(x)?v,group=1',
  'type=edge\ntype=edge,branch=dev,prefix=e-',
  'type=ref,event=branch,suffix=-{{sha}}\ntype=ref,event=tag,prefix=t-\ntype=ref,event=pr,prefix=',
  'type=sha\ntype=sha,format=long,prefix=\ntype=sha,prefix={{branch}}-,priority=2000',
  'type=raw,value=x-{{branch}}{{tag}}-{{base_ref}}\nlatest,enable={{is_default_branch}}\nfoo',
  "type=raw,value={{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}\ntype=raw,value={{commit_date 'YYYY-MM-DD[T]HH' tz='Europe/Berlin'}}",
  '{{#if tag}}t{{else}}b{{/if}}\ntype=raw,value={{#unless branch}}none{{/unless}}{{{branch}}}',
];

/** Each is tried on a few events: tag lists that are odd or refused. */
const ODD_RULES: readonly string[] = [
  'type=raw',
  'type=raw,value=',
  'value=a\nVALUE=b\nc,d',
  'type=raw,"value=a,b"',
  '"type=raw","value=a b"',
  '# comment\nfoo#bar\n  # not one',
  'a\n   \nb',
  'a\n\nb\r\nc',
  '=x\n==',
  'type=foo',
  'type=RAW,value=x',
  'type=foo,type=raw,value=x',
  'type=semver',
  'type=pep440',
  'type=match',
  'type=match,pattern=v,group=a',
  'type=match,pattern=(',
  'type=match,pattern=/a/zz',
  'type=match,pattern=nope',
  'type=match,pattern=v,group=7',
  'type=match,pattern=v,group=',
  'type=ref',
  'type=ref,event=push',
  'type=sha,format=medium',
  'foo,enable=yes',
  'foo,enable=TRUE',
  'foo,enable=',
  'foo,enable={{#if tag}}true{{else}}false{{/if}}',
  'a,priority=1\nb,priority=x\nc,priority=3\nd,priority=',
  'a,prefx=b\n__proto__=x,value=y\nconstructor=x,value=z',
  '-foo\n.bar',
  'x'.repeat(140),
  'é✓🚀 a',
  'a&b<c>"d\'e`',
  'user/app:tag',
  '{{branch',
  '{{',
  '{{}}',
  '{{unknown}}-x',
  "{{unknown 'x'}}",
  '{{date}}',
  "{{date 'YYYY' 'MM'}}",
  "value={{date 'YYYY' zone='UTC'}}",
  "value={{date 'YYYY' tz='Mars/Olympus'}}",
  "value={{date 'YYYY' tz=''}}",
  "{{date ''}}",
  "{{date 'YYYY' tz='UTC'}}",
  "{{date 'Do MMM gggg ww E e k SSS X x N y Q DDDD'}}",
  '{{#each this}}{{@key}} {{/each}}',
  '{{> partial}}',
  '{{__proto__}}{{constructor}}{{toString}}x',
  '{{this}}',
  '\\{{branch}}',
  '{{#with branch}}{{this}}{{../is_not_default_branch}}{{/with}}',
  'type=semver,pattern={{version}},value=v9.8.7-rc.1\ntype=semver,pattern={{raw}},value=v9.8.7-rc.1',
  'type=semver,pattern={{version}},value=1.2',
  'type=semver,pattern={{prerelease}}{{build}}{{loose}}x,value=1.2.3+b.5',
  'type=semver,pattern={{format}}x,value=1.2.3',
  "type=semver,pattern={{date 'YYYY'}},value=1.2.3",
  'type=semver,pattern={{version}},match=v.*,value=v1.2.3',
  'type=semver,pattern={{version}},match=/v(.*)/,value=v1.2.3',
  'type=semver,pattern={{#if prerelease}}p{{/if}}{{major}},value=1.2.3-rc.1',
  'type=pep440,pattern={{raw}},value=v1.0-RC1\ntype=pep440,pattern={{version}},value=v1.0-RC1',
  'type=pep440,pattern={{version}},value=1.0+Local.1_2\ntype=pep440,pattern={{major}},value=2!3.4',
  'type=pep440,pattern={{version}},value=1.0.dev\ntype=pep440,pattern={{version}},value=1.0-4',
  'type=pep440,pattern={{version}},value=nope',
  "type=schedule,pattern={{date 'YYYY' tz='America/New_York'}}",
];

/** Other inputs, each on a few events. */
const OTHERS: readonly (Pick<PeerCase, 'inputs'> & Partial<PeerCase>)[] = [
  { inputs: { images: 'a/b,c/D' } },
  { inputs: { images: 'a/b,c/d\ne/f' } },
  { inputs: { images: 'name=a/b,enable=true\nname=c/d,enable=false\nNAME=e' } },
  { inputs: { images: 'a\na\n# c\n' } },
  { inputs: { images: 'a,' } },
  { inputs: { images: ',' } },
  { inputs: { images: 'name=' } },
  { inputs: { images: 'enable=true' } },
  { inputs: { images: 'name=a,enable=yes' } },
  { inputs: { images: 'name=a,foo=b' } },
  { inputs: { images: 'user/app:tag:x\nA B' } },
  { inputs: { images: '"a' } },
  { inputs: { images: 'name=a=b' } },
  { inputs: { flavor: 'latest=true', tags: 'type=sha' } },
  { inputs: { flavor: 'latest=false' } },
  { inputs: { flavor: 'prefix=p-\nsuffix=-{{sha}},onlatest=true' } },
  { inputs: { flavor: 'prefix={{branch}}-,onlatest=true\nlatest=true' } },
  { inputs: { flavor: 'prefix=-,onlatest=true' } },
  { inputs: { flavor: 'onlatest=true,prefix=q' } },
  { inputs: { flavor: 'latest=yes' } },
  { inputs: { flavor: 'latest' } },
  { inputs: { flavor: 'foo=bar' } },
  { inputs: { flavor: 'suffix=s,onlatest=maybe' } },
  { inputs: { flavor: 'prefix=a=b' } },
  { inputs: { tags: 'latest\ntype=ref,event=tag' } },
  { inputs: { labels: 'a=1\nb={{branch}}{{tag}}\norg.opencontainers.image.title=Own\n10=x\n9=y' } },
  { inputs: { labels: 'no-equals-sign\n=x\na=b=c\n{{sha}}=k' } },
  { inputs: { labels: '"a=line 1\nline 2"\n__proto__=x\nconstructor=y' } },
  { inputs: { labels: 'a={{nope' } },
  { inputs: { labels: "d={{date 'YYYY-MM-DD'}}\nZ=1\na=2\nÄ=3\n_=4" } },
  { inputs: { annotations: "index:a=1\nmanifest,index:b=2\nc={{commit_date 'X'}}" } },
  { inputs: {}, env: { DOCKER_METADATA_ANNOTATIONS_LEVELS: 'manifest,index' } },
  { inputs: {}, env: { DOCKER_METADATA_ANNOTATIONS_LEVELS: 'index, manifest-descriptor' } },
  { inputs: {}, env: { DOCKER_METADATA_ANNOTATIONS_LEVELS: 'foo:bar,index' } },
  { inputs: { tags: 'type=sha' }, env: { DOCKER_METADATA_SHORT_SHA_LENGTH: '12' } },
  { inputs: { tags: 'type=sha\nx-{{sha}}' }, env: { DOCKER_METADATA_SHORT_SHA_LENGTH: '400' } },
  { inputs: { tags: 'type=sha' }, env: { DOCKER_METADATA_SHORT_SHA_LENGTH: 'abc' } },
  { inputs: { tags: 'type=sha,format=long' }, env: { DOCKER_METADATA_SHORT_SHA_LENGTH: 'abc' } },
  { inputs: { tags: 'type=sha' }, env: { DOCKER_METADATA_SHORT_SHA_LENGTH: '-1' } },
  { inputs: { tags: 'type=sha\nx-{{sha}}' }, env: { DOCKER_METADATA_PR_HEAD_SHA: 'true' } },
  { inputs: { 'sep-tags': ',', 'sep-labels': ' ', 'sep-annotations': ' | ', tags: 'a\nb' } },
  { inputs: { 'bake-target': ' my-target ', tags: 'a\nb' } },
  { inputs: { 'bake-target': '__proto__' } },
  { inputs: {}, repository: {} },
  { inputs: { tags: 'type=edge' }, repository: { default_branch: 'dev', description: null, license: null } },
  { inputs: { tags: 'type=edge' }, repository: { ...REPOSITORY, description: 'two\nlines' } },
];

/** All of them; an image is named unless the case is about images. */
export function caseTable(): readonly PeerCase[] {
  const usual = { repository: REPOSITORY, now: NOW, commitDate: COMMITTED };
  const images = 'ghcr.io/acme/App';
  const on = (names: readonly string[]): readonly PeerEvent[] =>
    Object.entries(EVENTS).flatMap(([name, event]) => (names.includes(name) ? [event] : []));
  return [
    ...RULES.flatMap(tags => Object.values(EVENTS).map(event => ({ ...usual, event, inputs: { images, tags } }))),
    ...ODD_RULES.flatMap(tags =>
      on(['feature', 'version', 'schedule']).map(event => ({ ...usual, event, inputs: { images, tags } })),
    ),
    ...OTHERS.flatMap(other =>
      on(['main', 'version', 'pull']).map(event => ({ ...usual, ...other, event, inputs: { images, ...other.inputs } })),
    ),
  ];
}

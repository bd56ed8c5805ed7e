// A seed -> any number of cases of the comparison with docker/metadata-action: plausible ones, odd ones, and such as nobody would type.

import { EVENTS, REPOSITORY, SHA } from './case-table.ts';
import type { ApiRepository, PeerCase, PeerEvent } from './peer-case.ts';

/** Draws from one sequence of numbers, so that a seed always gives the same cases. */
interface Dice {
  readonly number: (below: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  readonly chance: (probability: number) => boolean;
}

/** Mulberry32. */
function dice(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number): number => Math.floor(next() * below);
  return {
    number,
    pick: from => from[number(from.length)] as (typeof from)[number],
    chance: probability => next() < probability,
  };
}

const VERSIONS =
  `v1.2.3|1.2.3|v2.0.8-beta.67|v1.0.0-rc.1|v1.2|1|1.2.3.4|2024.01.15|v0.1.2+build.5|1!2.0|1.0.post1|1.0.dev3|v1.0rc1|1.0a2
1.0+local.1|1.0+ubuntu-1_x|V1.0-1|p1/v1.2.3|app/1.0.0-alpha|nightly|latest|v|=v1.2.3|1.2.3-0|1.2.3--|99999999999999999999.1.1|v1.0.0-é|1.10.03
1.0.0-rc.1+meta|release-1.2.3|1.0.c1|1.0_rev2|1.0-r4|1.0.preview5.dev2+abc`.split(/[|\n]/);
const BRANCHES = [
  'main',
  'dev',
  'feat/a&b',
  'releases/v1',
  'feature=x',
  'a"b',
  "user's",
  'a`b',
  'v1.2.3',
  '-foo',
  '.dot',
  'é✓',
  'x'.repeat(130),
  'a@{b}',
  'refs/heads/x',
];
const EXPRESSIONS =
  `{{branch}}|{{tag}}|{{sha}}|{{base_ref}}|{{is_default_branch}}|{{is_not_default_branch}}|{{date 'YYYYMMDD'}}|{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}
{{commit_date 'YYYY-MM-DD'}}|{{commit_date 'x' tz='America/New_York'}}|{{{branch}}}|{{&branch}}|{{~branch~}}|{{unknown}}|{{date}}|{{date "YYYY"}}|{{date 'YYYY' zone='x'}}
{{date 'YYYY' 'MM'}}|{{date 'YYYY' tz='Mars/X'}}|{{date 'HH' tz=''}}|{{date ''}}|{{#if is_default_branch}}a{{else}}b{{/if}}|{{#if tag}}t{{/if}}|{{#unless branch}}n{{/unless}}
{{#with branch}}{{this}}{{/with}}|{{#is_default_branch}}x{{this}}{{/is_default_branch}}|{{^tag}}none{{/tag}}|{{!-- c --}}|{{! c }}|\\{{branch}}|\\\\{{branch}}|{{{{raw}}}}|{{log "x"}}
{{constructor}}|{{__proto__}}|{{this}}|{{#each this}}{{@key}}{{/each}}|{{> x}}|{{#*inline "x"}}i{{/inline}}{{> x}}|{{branch|{{|}}|{{}}|{{{branch}}|{{ branch }}|{{branch.x}}|{{this.branch}}
{{../branch}}|{{@root.branch}}|{{[branch]}}|{{"branch"}}|{{5}}|{{true}}|{{undefined}}|{{branch x}}|{{sha "x"}}|{{date 5}}|{{date true}}|{{date null}}|{{date 'gggg-[W]ww'}}|{{date 'LLLL'}}
{{date 'z' tz='Europe/Berlin'}}|{{helperMissing}}|{{#with this}}{{is_not_default_branch}}{{/with}}|{{#with branch}}{{../is_not_default_branch}}{{/with}}|{{(branch)}}|{{#if (branch)}}x{{/if}}
{{#if}}x{{/if}}|{{#foo}}x{{/bar}}|{{major}}|{{version}}|{{raw}}`.split(/[|\n]/);
const PATTERNS =
  `{{version}}|{{version}}|{{major}}|{{minor}}|{{patch}}|{{raw}}|{{major}}.{{minor}}|v{{version}}|{{{raw}}}|{{&raw}}|{{ raw }}|{{~raw~}}|{{this.raw}}|{{../raw}}|{{@raw}}|{{"raw"}}
{{raw}}-x|{{raw foo}}|{{prerelease}}|{{#each prerelease}}{{this}}.{{/each}}|{{build}}|{{options}}|{{loose}}|{{format}}|{{inspect}}|{{#each this}}{{@key}}={{this}};{{/each}}|{{version
{{date 'YYYY'}}|{{sha}}|static|{{#if prerelease}}p{{/if}}{{major}}|{{raw}}{{raw}}||{{[raw]}}|{{!c}}{{raw}}|{{raw.x}}|{{#raw}}x{{/raw}}|{{major}}.{{minor}}.{{patch}}`.split(
    /[|\n]/,
  );
const WORDS = [
  'foo',
  '-foo',
  '.x',
  'x'.repeat(140),
  'a b',
  'é',
  '🚀',
  'a=b',
  'a:b',
  'user/app:tag',
  '""',
  '',
  'true',
  'latest',
  '1.2.3',
  'v1.2.3-rc.1',
  '__proto__',
  '#c',
  ' # x',
  'a&b<c>',
  '1.2.3rc1',
];
const SHREDS = [
  'type=',
  'raw',
  ',',
  '=',
  '"',
  '\n',
  '#',
  'value=',
  '{{',
  '}}',
  '\r\n',
  '\r',
  'pattern=',
  'a',
  '\\',
  "'",
  ' ',
  '\u2028',
  '🚀',
  'event=tag',
  'prefix=',
  'enable=',
  'true',
  '{{branch}}',
  '\u0001',
  '\uFEFF',
  '""',
  '/',
  '__proto__=x',
  'priority=',
  'group=1',
  'match=',
];
const IMAGES = [
  'ghcr.io/acme/app',
  'acme/App',
  'docker.io/x',
  'localhost:5000/a',
  'user/app:tag:x',
  'name=ghcr.io/a/b',
  'name=a,enable=true',
  'name=a,enable=false',
  'a,b',
  'a,',
  'enable=true',
  'name=',
  'name=a,enable=yes',
  'name=a,foo=b',
  'NAME=X',
  'name=a=b',
  ',',
  'a, B',
  '"a,b"',
  '"name=a","enable=true"',
  'b,name=c',
  'é/x',
  'a b',
  '__proto__',
  '{{branch}}',
  'x@sha256:abc',
  '# c',
  'a"b',
  '""',
];
const FLAVORS = [
  'latest=true',
  'latest=false',
  'latest=auto',
  'prefix=p-',
  'suffix=-s',
  'prefix=p-,onlatest=true',
  'suffix=-s,onlatest=true',
  'prefix={{branch}}-',
  'suffix=-{{sha}},onlatest=true',
  'latest=yes',
  'onlatest=true',
  'onlatest=maybe',
  'foo=bar',
  'latest',
  'prefix=a=b',
  'PREFIX=P',
  'prefix=-,onlatest=true',
  'prefix={{',
  '',
  '"prefix=a,b"',
  'prefix="x"',
];
const KEYS = [
  'maintainer',
  'org.opencontainers.image.title',
  'org.opencontainers.image.licenses',
  'a',
  'B',
  'index:x',
  'manifest,index:y',
  '__proto__',
  'constructor',
  '1',
  '10',
  '{{branch}}',
  '',
  'é',
  'a b',
  'org.opencontainers.image.title\u0001',
];
const DATES = [
  '2026-03-08T14:05:09.123Z',
  '2020-01-01T00:00:00.000Z',
  '2024-02-29T23:59:59.999Z',
  '2021-10-31T00:30:00.000Z',
  '1999-12-31T23:59:59.999Z',
];
const REPOSITORIES: readonly ApiRepository[] = [
  REPOSITORY,
  { name: 'x', description: null, html_url: 'https://github.com/o/x', default_branch: 'main', license: null },
  {
    name: 'y',
    description: 'a=b\nsecond "line" é',
    html_url: 'https://ghe.x/y',
    default_branch: 'dev',
    license: { spdx_id: null },
  },
  {},
];
const LENGTHS = ['4', '10', '100', '0', '-1', '7.9', 'abc', ' ', '0x10', '1e1', 'Infinity', '', 'NaN'];
const LEVELS = [
  'manifest',
  'index',
  'manifest,index',
  'manifest, index',
  'manifest:x,index',
  'foo',
  '',
  'manifest-descriptor,index-descriptor',
  'index[linux/amd64],manifest',
  ',',
  ':',
];

/** The cases of a seed. */
export function generateCases(seed: number, count: number): readonly PeerCase[] {
  const random = dice(seed);
  return Array.from({ length: count }, () => generateCase(random));
}

function generateCase(random: Dice): PeerCase {
  const { pick, chance } = random;
  const inputs: Record<string, string> = {};
  const maybe = (name: string, probability: number, value: () => string): void => {
    if (chance(probability)) inputs[name] = value();
  };
  maybe('images', 0.75, () => lines(random, () => pick(chance(0.7) ? IMAGES.slice(0, 4) : IMAGES), chance(0.5) ? 1 : 3));
  maybe('tags', 0.93, () => lines(random, () => rule(random), chance(0.5) ? 1 : 4));
  maybe('flavor', 0.3, () => lines(random, () => pick(chance(0.7) ? FLAVORS.slice(0, 9) : FLAVORS), 2));
  maybe('labels', 0.25, () => lines(random, () => label(random), 2));
  maybe('annotations', 0.15, () => lines(random, () => label(random), 2));
  maybe('sep-tags', 0.08, () => pick([',', ' ', '\n', '', '|', ', ']));
  maybe('sep-labels', 0.05, () => pick([',', ' ']));
  maybe('bake-target', 0.08, () => pick(['app', '__proto__', ' x ', 'a.b']));
  const env = {
    ...(chance(0.1) && { DOCKER_METADATA_SHORT_SHA_LENGTH: pick(LENGTHS) }),
    ...(chance(0.1) && { DOCKER_METADATA_ANNOTATIONS_LEVELS: pick(LEVELS) }),
    ...(chance(0.1) && { DOCKER_METADATA_PR_HEAD_SHA: pick(['true', 'TRUE', 'false', '1', 'untrue']) }),
  };
  const commit = chance(0.8) ? { commitDate: pick(DATES) } : {};
  return { event: event(random), repository: pick(REPOSITORIES), now: pick(DATES), inputs, env, ...commit };
}

/** A recorded event, mostly with another ref. */
function event({ pick, chance }: Dice): PeerEvent {
  const base = pick(Object.values(EVENTS));
  const sha = chance(0.9) ? SHA : pick(['0123456789abcdef', 'abc', 'A'.repeat(64)]);
  const defaultBranch = chance(0.7) ? {} : { repository: { default_branch: pick(BRANCHES) } };
  const ref = base.ref.startsWith('refs/heads/')
    ? `refs/heads/${pick(BRANCHES)}`
    : base.ref.startsWith('refs/tags/')
      ? `refs/tags/${pick(VERSIONS)}`
      : base.ref;
  return { ...base, sha, ref: chance(0.7) ? ref : base.ref, payload: { ...base.payload, ...defaultBranch } };
}

function lines({ pick, chance, number }: Dice, line: () => string, most: number): string {
  const made = Array.from({ length: number(most + 1) }, () => (chance(0.1) ? '  ' : '') + line() + (chance(0.05) ? ' ' : ''));
  if (chance(0.06)) made.splice(number(made.length + 1), 0, pick(['', '   ', '# note', '#', '\t', '  # x']));
  return made.join(pick(['\n', '\n', '\n', '\n', '\n', '\r\n', '\r']));
}

function rule(random: Dice): string {
  const { pick, chance } = random;
  if (chance(0.03)) return shreds(random);
  if (chance(0.04))
    return pick([
      'type=foo',
      'type=',
      'type=RAW,value=x',
      'type=raw',
      '#comment',
      '""',
      '"',
      ',',
      '=',
      '=x',
      'a=',
      'type=sha,format=long,',
    ]);
  const fields = [...pick(KINDS)(random), ...everywhere(random)];
  return (chance(0.05) ? fields.reverse() : fields).join(chance(0.03) ? ' , ' : ',');
}

const KINDS: readonly ((random: Dice) => string[])[] = [
  random => [
    'type=schedule',
    ...some(random, 0.6, 'pattern', () => random.pick(["{{date 'YYYYMMDD'}}", 'nightly', '{{branch}}', ''])),
  ],
  ...Array<(random: Dice) => string[]>(3).fill(random => [
    `type=${random.pick(['semver', 'pep440'])}`,
    ...some(random, 0.97, 'pattern', () => random.pick(PATTERNS)),
    ...some(random, 0.4, 'value', () => version(random)),
    ...some(random, 0.15, 'match', () =>
      random.pick(['v(.*)', 'p1/(.*)', '(', '^(\\d+)', '.*', '/v(.*)/', '(x)?v', '', 'release-(.+)', '\\d+']),
    ),
  ]),
  ...Array<(random: Dice) => string[]>(2).fill(random => [
    'type=match',
    ...some(random, 0.97, 'pattern', () =>
      random.pick([
        'v(.*)',
        '\\d.\\d.\\d',
        '/v(.*)/',
        '/V(.*)/i',
        '/\\d/g',
        '/(\\d)(x)?/',
        '/x/zz',
        '(',
        '^p1/v(.*)$',
        '.*',
        '/^(?<maj>\\d+)/u',
        '(a)|(v)',
        '/v(.*)/gimsuy',
        '//',
        '/./s',
      ]),
    ),
    ...some(random, 0.5, 'group', () =>
      random.pick(['0', '1', '1', '2', 'a', '', '-1', '1.0', '0x1', '1e0', 'Infinity', 'index', 'length', 'NaN']),
    ),
    ...some(random, 0.4, 'value', () => version(random)),
  ]),
  random => ['type=edge', ...some(random, 0.6, 'branch', () => random.pick(['main', 'dev', '', '{{branch}}', 'feat/a&b']))],
  ...Array<(random: Dice) => string[]>(2).fill(random => [
    'type=ref',
    ...some(random, 0.98, 'event', () => random.pick(['branch', 'tag', 'pr', 'branch', 'tag', 'pr', 'push', ''])),
  ]),
  ...Array<(random: Dice) => string[]>(2).fill(random => [
    ...(random.chance(0.7) ? ['type=raw'] : []),
    random.chance(0.8) ? `value=${text(random)}` : text(random),
  ]),
  random => ['type=sha', ...some(random, 0.5, 'format', () => random.pick(['short', 'long', 'short', 'long', 'medium']))],
];

function everywhere(random: Dice): string[] {
  const { pick, chance } = random;
  return [
    ...some(random, 0.12, 'enable', () =>
      pick([
        'true',
        'false',
        '{{is_default_branch}}',
        '{{is_not_default_branch}}',
        'yes',
        'TRUE',
        '{{#if tag}}true{{else}}false{{/if}}',
      ]),
    ),
    ...some(random, 0.15, 'priority', () => pick(['0', '1', '100', '1000', '900', '-5', '1e3', 'abc', '', 'Infinity', '50.5'])),
    ...some(random, 0.15, 'prefix', () => (chance(0.8) ? pick(['p-', 'v', '', '{{branch}}-', '-']) : text(random))),
    ...some(random, 0.15, 'suffix', () => (chance(0.8) ? pick(['-s', '', '-{{sha}}', "-{{date 'YYYYMMDD'}}"]) : text(random))),
    ...(chance(0.03) ? [pick(['foo=bar', '__proto__=x', 'constructor=x', '', 'extra'])] : []),
  ];
}

function some({ chance }: Dice, probability: number, name: string, value: () => string): string[] {
  if (!chance(probability)) return [];
  const field = `${chance(0.04) ? name.toUpperCase() : name}${chance(0.04) ? ' = ' : '='}${value()}`;
  return [chance(0.05) ? `"${field}"` : field];
}

function version(random: Dice): string {
  return random.chance(0.7) ? random.pick(VERSIONS) : text(random);
}

function text(random: Dice): string {
  const { pick, chance } = random;
  if (chance(0.5)) return pick(WORDS);
  if (chance(0.1)) return shreds(random).replaceAll('\n', '');
  return (
    (chance(0.3) ? pick(WORDS) : '') +
    pick(chance(0.5) ? EXPRESSIONS.slice(0, 13) : EXPRESSIONS) +
    (chance(0.3) ? pick(WORDS) : '')
  );
}

function label(random: Dice): string {
  const { pick, chance } = random;
  if (chance(0.7)) return `${pick(KEYS)}=${text(random)}`;
  if (chance(0.3)) return shreds(random);
  return chance(0.7) ? text(random) : `"x=line 1\nline 2 ${text(random)}"`;
}

function shreds({ pick, number }: Dice): string {
  return Array.from({ length: number(8) }, () => pick(SHREDS)).join('');
}

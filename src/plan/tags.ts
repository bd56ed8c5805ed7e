// Event + tag rules + flavor + clock -> tag names, with the meaning that docker/metadata-action v6 gives them.

import semver from 'semver';
import { formatDate } from './date-format.ts';
import type { Flavor, TagRule } from './inputs.ts';
import type { Mistakes } from './mistakes.ts';
import type { PlannedTag } from './plan.ts';
import { isTag, shorten } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import { TemplateMistake, isRawStatement, renderTemplate } from './template.ts';
import type { Arguments, Expressions } from './template.ts';

export interface TagPlan {
  /** Names in the order of the peer, each once. */
  readonly tags: readonly PlannedTag[];
  /** The first name, as it stands in `org.opencontainers.image.version`; empty when there is none. */
  readonly version: string;
  /** Why a rule gave no tag, one line a rule. */
  readonly idle: readonly string[];
  readonly warnings: readonly string[];
}

export interface TagInputs {
  readonly facts: TagFacts;
  readonly rules: readonly TagRule[];
  readonly flavor: Flavor;
}

/** What one rule gives: a value before prefix and suffix, or why there is none. */
type Answer = { readonly value: string; readonly latest: boolean; readonly full: boolean } | { readonly idle: string };

/** Renders {{expressions}} and notes unknown names. */
export type Render = (template: string) => string;

/** All tags of the rules. Mistakes that only show now (an expression, a name that is no tag) are added to `mistakes`. */
export function planTags(inputs: TagInputs, mistakes: Mistakes): TagPlan {
  const warnings = new Set<string>();
  const idle: string[] = [];
  const tags = new Map<string, PlannedTag>();
  let latest: boolean | undefined;
  for (const rule of sortRules(inputs.rules)) {
    const render = renderer(inputs.facts, name =>
      warnings.add(`tags: {{${name}}} is not known in "${shorten(rule.text)}" and gives nothing`),
    );
    try {
      const answer = answerRule(rule, inputs, render);
      const name = 'idle' in answer ? '' : affix(answer.value, rule, inputs.flavor, render);
      if ('idle' in answer || name === '') {
        idle.push(`${shorten(rule.text)}: ${'idle' in answer ? answer.idle : 'its value is empty'}`);
        continue;
      }
      latest ??= inputs.flavor.latest === 'auto' ? answer.latest : inputs.flavor.latest === 'true';
      const tag = sanitise(name);
      if (!isTag(tag))
        mistakes.add(
          'tags',
          `"${shorten(rule.text)}" gives "${shorten(tag)}", which is not a tag: ${TAG_RULE}${commentHint(rule)}`,
        );
      else if (!tags.has(tag)) tags.set(tag, { name: tag, kind: answer.full ? 'immutable' : 'floating', rule: rule.text });
    } catch (error) {
      if (!(error instanceof TemplateMistake)) throw error;
      mistakes.add('tags', `"${shorten(rule.text)}" ${error.message}`);
    }
  }
  const [version = ''] = tags.keys();
  if (latest === true) addLatest(inputs.flavor, tags, mistakes);
  return { tags: [...tags.values()], version, idle, warnings: [...warnings] };
}

const TAG_RULE = '1 to 128 of A-Z, a-z, 0-9, "_", ".", "-", and not "." or "-" at the start';

function commentHint(rule: TagRule): string {
  return rule.text.startsWith('#') ? ' (a comment must start at the very beginning of its line)' : '';
}

/** Higher priority first; the order typed decides between equals. */
function sortRules(rules: readonly TagRule[]): TagRule[] {
  return [...rules].sort((a, b) => {
    const [left, right] = [Number(a.attributes['priority']), Number(b.attributes['priority'])];
    if (left < right) return 1;
    return left > right ? -1 : 0;
  });
}

function answerRule(rule: TagRule, inputs: TagInputs, render: Render): Answer {
  const enable = render(rule.attributes['enable'] ?? 'true');
  if (enable === 'false') return { idle: 'enable is false' };
  if (enable !== 'true') throw new TemplateMistake(`has enable="${shorten(enable)}"; it must come out as true or false`);
  const { ref } = inputs.facts;
  switch (rule.type) {
    case 'raw': {
      const value = render(rule.attributes['value'] ?? '');
      return { value, latest: false, full: semver.valid(value) !== null };
    }
    case 'sha': {
      const { sha } = inputs.facts;
      if (sha === '') return { idle: 'the event has no commit' };
      return { value: rule.attributes['format'] === 'long' ? sha : shortSha(sha), latest: false, full: true };
    }
    case 'ref':
      return answerRef(rule.attributes['event'] ?? '', ref);
    case 'semver':
      return answerSemver(rule, ref, render);
  }
}

function answerRef(event: string, ref: string): Answer {
  const kinds: Readonly<Record<string, readonly [prefix: string, name: string]>> = {
    branch: ['refs/heads/', 'a branch'],
    tag: ['refs/tags/', 'a tag'],
    pr: ['refs/pull/', 'a pull request'],
  };
  const [prefix, name] = kinds[event] ?? ['', ''];
  if (!ref.startsWith(prefix)) return { idle: `the event is not for ${name} (${shorten(ref) || 'no ref'})` };
  const value = ref.slice(prefix.length);
  return { value: event === 'pr' ? value.replace(/\/merge$/, '') : value, latest: event === 'tag', full: event === 'tag' };
}

function answerSemver(rule: TagRule, ref: string, render: Render): Answer {
  const { value = '', match = '', pattern = '' } = rule.attributes;
  if (value === '' && !ref.startsWith('refs/tags/')) return { idle: `the event is not for a tag (${shorten(ref) || 'no ref'})` };
  const typed = matchVersion(value === '' ? ref.slice('refs/tags/'.length) : render(value), match).replaceAll('/', '-');
  const version = semver.valid(typed) === null ? null : semver.parse(typed, { loose: true });
  if (version === null) return { idle: `"${shorten(typed)}" is not a semantic version (https://semver.org)` };
  const prerelease = version.prerelease.length > 0;
  // A prerelease moves neither "1" nor "1.2": whatever the pattern, it is tagged with its full version.
  const template = prerelease && !isRawStatement(pattern) ? '{{version}}' : pattern;
  const { text } = renderTemplate(template, versionExpressions(version, typed));
  return { value: text, latest: !prerelease, full: text.includes(version.version) || semver.valid(text) !== null };
}

/** The first group of `match`, when it matches. The pattern is the user's own and runs on a tag name. */
function matchVersion(text: string, match: string): string {
  if (match === '') return text;
  let found: RegExpExecArray | null;
  try {
    found = new RegExp(match).exec(text);
  } catch {
    throw new TemplateMistake(`has match="${shorten(match)}", which is not a regular expression`);
  }
  if (found === null) return text;
  if (found[1] === undefined)
    throw new TemplateMistake(`has match="${shorten(match)}" without a group; put the version into (...)`);
  return found[1];
}

function versionExpressions(version: semver.SemVer, typed: string): Expressions {
  return new Map([
    ['raw', typed],
    ['version', version.version],
    ['major', String(version.major)],
    ['minor', String(version.minor)],
    ['patch', String(version.patch)],
    ['prerelease', version.prerelease.join(',')],
    ['build', version.build.join(',')],
  ]);
}

/** Prefix and suffix of the rule, else of the flavor; an empty one typed at the rule switches the flavor's off. */
function affix(value: string, rule: TagRule, flavor: Flavor, render: Render): string {
  const prefix = rule.attributes['prefix'] ?? flavor.prefix;
  const suffix = rule.attributes['suffix'] ?? flavor.suffix;
  return `${render(prefix)}${value}${render(suffix)}`;
}

/** The flavor's prefix and suffix are taken as typed here: the peer does not expand expressions in them for `latest`. */
function addLatest(flavor: Flavor, tags: Map<string, PlannedTag>, mistakes: Mistakes): void {
  const name = sanitise(`${flavor.prefixLatest ? flavor.prefix : ''}latest${flavor.suffixLatest ? flavor.suffix : ''}`);
  if (!isTag(name)) mistakes.add('flavor', `gives "${shorten(name)}" for latest, which is not a tag: ${TAG_RULE}`);
  else if (!tags.has(name)) tags.set(name, { name, kind: 'floating', rule: `flavor latest=${flavor.latest}` });
}

function sanitise(tag: string): string {
  return tag.replaceAll(/[^a-zA-Z0-9._-]+/g, '-');
}

export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** Renders the expressions that are valid everywhere: branch, tag, sha, base_ref, is_default_branch, date ... */
export function renderer(facts: TagFacts, unknown: (name: string) => void): Render {
  const { now, commitDate, ref } = facts;
  const isDefault = isDefaultBranch(facts);
  const expressions: Expressions = new Map<string, string | ((args: Arguments) => string)>([
    ['branch', ref.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : ''],
    ['tag', ref.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : ''],
    ['sha', shortSha(facts.sha)],
    ['base_ref', facts.baseRef],
    ['is_default_branch', String(isDefault)],
    ['is_not_default_branch', String(!isDefault)],
    ['date', args => dated(now, args)],
    ['commit_date', args => dated(commitDate ?? now, args)],
  ]);
  return template => {
    const { text, unknown: names } = renderTemplate(template, expressions);
    names.forEach(unknown);
    return text;
  };
}

function dated(time: Date, { positional, named }: Arguments): string {
  const [format] = positional;
  const strange = [...named.keys()].find(key => key !== 'tz');
  if (format === undefined || positional.length > 1 || strange !== undefined)
    throw new TemplateMistake(`calls a date the wrong way; write {{date 'YYYYMMDD'}} or {{date 'YYYYMMDD' tz='Europe/Berlin'}}`);
  return formatDate(time, format, named.get('tz') ?? 'UTC');
}

/** These events run for the last commit of the default branch; the peer tests them by part of the name. */
const ALWAYS_DEFAULT = /create|discussion|issues|schedule/;

function isDefaultBranch({ ref, eventName, payloadDefaultBranch }: TagFacts): boolean {
  const branch = ref.replace(/^refs\/heads\//, '');
  return branch !== '' && (payloadDefaultBranch === branch || ALWAYS_DEFAULT.test(eventName));
}

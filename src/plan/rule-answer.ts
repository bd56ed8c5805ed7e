// One tag rule + facts of the event -> the value it gives before prefix and suffix, or why it gives none.

import type { Renderer } from './expressions.ts';
import type { TagRule } from './inputs.ts';
import { shorten } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import { TemplateMistake } from './template.ts';
import { answerPep440, answerSemver, isFullVersion } from './version-answer.ts';

export interface Value {
  readonly value: string;
  /** Whether `latest=auto` adds `latest` when this is the first tag. */
  readonly latest: boolean;
  /** True when the tag can only ever name one image (rules 15). */
  readonly full: boolean;
}

export type Answer = Value | { readonly idle: string };

export interface Question {
  readonly rule: TagRule;
  readonly facts: TagFacts;
  readonly renderer: Renderer;
  /** Told what is strange though the rule gives a value. */
  readonly warn: (text: string) => void;
}

const REFS = {
  branch: ['refs/heads/', 'a branch'],
  tag: ['refs/tags/', 'a tag'],
  pr: ['refs/pull/', 'a pull request'],
} as const;

/** What the rule gives on this event. Throws TemplateMistake when it cannot be worked out. */
export function answerRule(question: Question): Answer {
  const { rule, renderer } = question;
  const enable = renderer.render(rule.attributes['enable'] ?? 'true');
  if (enable === 'false') return { idle: 'enable is false' };
  if (enable !== 'true') throw new TemplateMistake(`has enable="${shorten(enable)}"; it must come out as true or false`);
  return ANSWERS[rule.type](question);
}

const ANSWERS: Readonly<Record<TagRule['type'], (question: Question) => Answer>> = {
  schedule: answerSchedule,
  semver: question => answerVersion(question, answerSemver),
  pep440: question => answerVersion(question, answerPep440),
  match: answerMatch,
  edge: answerEdge,
  ref: ({ rule, facts }) => answerRef(rule.attributes['event'] ?? '', facts.ref),
  raw: answerRaw,
  sha: answerSha,
};

function answerSchedule({ rule, facts, renderer }: Question): Answer {
  if (!facts.eventName.includes('schedule')) return { idle: `the event is no schedule (${shorten(facts.eventName) || 'none'})` };
  return { value: renderer.renderDates(rule.attributes['pattern'] ?? ''), latest: false, full: false };
}

function answerRef(event: string, ref: string): Answer {
  const [prefix, name] = REFS[event as keyof typeof REFS];
  if (!ref.startsWith(prefix)) return notFor(name, ref);
  const value = ref.slice(prefix.length);
  return { value: event === 'pr' ? value.replace(/\/merge$/, '') : value, latest: event === 'tag', full: event === 'tag' };
}

function notFor(name: string, ref: string): Answer {
  return { idle: `the event is not for ${name} (${shorten(ref) || 'no ref'})` };
}

/** Without `branch` the one that the repository calls its default. */
function answerEdge({ rule, facts }: Question): Answer {
  const { ref, repository } = facts;
  const [prefix, name] = REFS.branch;
  if (!ref.startsWith(prefix)) return notFor(name, ref);
  const typed = rule.attributes['branch'] ?? '';
  const edge = typed === '' ? repository.defaultBranch : typed;
  if (edge !== '' && ref.slice(prefix.length) === edge) return { value: 'edge', latest: false, full: false };
  return { idle: `the branch is not ${shorten(edge) || 'known to be the default one'} (${shorten(ref)})` };
}

function answerRaw({ rule, renderer }: Question): Answer {
  const value = renderer.render(rule.attributes['value'] ?? '');
  return { value, latest: false, full: isFullVersion(value) };
}

function answerSha({ rule, facts, renderer }: Question): Answer {
  if (facts.sha === '') return { idle: 'the event has no commit' };
  return { value: rule.attributes['format'] === 'short' ? renderer.shortSha() : facts.sha, latest: false, full: true };
}

/** The text that a version is read from: `value`, else the tag. */
function sourceOf({ rule, facts, renderer }: Question): string | Answer {
  const { value = '' } = rule.attributes;
  if (value !== '') return renderer.render(value);
  const [prefix, name] = REFS.tag;
  return facts.ref.startsWith(prefix) ? facts.ref.slice(prefix.length) : notFor(name, facts.ref);
}

function answerVersion(question: Question, answer: typeof answerSemver): Answer {
  const version = versionOf(question);
  return typeof version === 'string' ? answer(version, question.rule.attributes['pattern'] ?? '', question.renderer) : version;
}

/** The text that must be a version: the first group of `match`, when it matches, and no slashes. */
function versionOf(question: Question): string | Answer {
  const source = sourceOf(question);
  const { match = '' } = question.rule.attributes;
  if (typeof source !== 'string') return source;
  if (match === '') return source.replaceAll('/', '-');
  const found = source.match(expressionOf('match', match));
  if (found === null)
    question.warn(`"${shorten(match)}" does not match "${shorten(source)}" in "${shorten(question.rule.text)}"`);
  const version = found === null ? source : found[1];
  if (version === undefined)
    throw new TemplateMistake(`has match="${shorten(match)}" without a group that took part; put the version into (...)`);
  return version.replaceAll('/', '-');
}

function answerMatch(question: Question): Answer {
  const source = sourceOf(question);
  if (typeof source !== 'string') return source;
  const { pattern = '', group = '0' } = question.rule.attributes;
  const delimited = /^\/(.+)\/(.*)$/.exec(pattern);
  // String.match, because the flag g changes what the groups are.
  const found = source.match(expressionOf('pattern', delimited?.[1] ?? pattern, delimited?.[2]));
  if (found === null) return { idle: `"${shorten(pattern)}" does not match "${shorten(source)}"` };
  const value = (found as unknown as Readonly<Record<string, string | undefined>>)[group];
  if (value === undefined)
    return { idle: `"${shorten(pattern)}" has no group ${shorten(group) || '""'} in "${shorten(source)}"` };
  return { value, latest: true, full: isFullVersion(value) };
}

/** The expression is the user's own and JavaScript's; how long it may take is decided by whoever plans. */
function expressionOf(attribute: string, source: string, flags = ''): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    const typed = flags === '' ? source : `/${source}/${flags}`;
    throw new TemplateMistake(`has ${attribute}="${shorten(typed)}", which is not a regular expression of JavaScript`);
  }
}

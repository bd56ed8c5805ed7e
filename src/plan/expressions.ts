// Facts of the event -> what {{branch}}, {{tag}}, {{sha}}, {{base_ref}}, {{is_default_branch}}, {{date}} and {{commit_date}} mean.

import { dateExpression } from './date-format.ts';
import type { DateExpression } from './date-format.ts';
import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';
import type { TagFacts } from './tag-facts.ts';
import { TemplateMistake, renderTemplate } from './template.ts';
import type { Expressions } from './template.ts';

/** Renders {{expressions}}. Throws TemplateMistake. */
export type Render = (template: string) => string;

/** Everything that a rule, a label or an annotation may be rendered with. */
export interface Renderer {
  /** branch, tag, sha, base_ref, is_default_branch, is_not_default_branch, date, commit_date. */
  readonly render: Render;
  /** date and commit_date only: the pattern of `type=schedule`. */
  readonly renderDates: Render;
  /** With expressions of the caller's own: the pattern of a version. */
  readonly renderWith: (template: string, expressions: Expressions) => string;
  /** The commit, shortened as asked for. Throws TemplateMistake when what was asked for is no number. */
  readonly shortSha: () => string;
}

export interface RendererOrder {
  readonly facts: TagFacts;
  /** As MetadataInputs.shortShaLength. */
  readonly shortShaLength: string | undefined;
  /** Told what is probably a mistake though it renders, in words that follow the name of the input. */
  readonly warn: (text: string) => void;
}

export function createRenderer({ facts, shortShaLength, warn }: RendererOrder): Renderer {
  const { ref } = facts;
  const remembered = memory();
  const dates = (template: string): { commit_date: DateExpression; date: DateExpression } => {
    const unknownZone = (zone: string): void =>
      warn(`there is no time zone "${shorten(zone)}" in "${shorten(template)}"; the machine's own time is used`);
    return {
      commit_date: dateExpression(facts.commitDate ?? facts.now, unknownZone),
      date: dateExpression(facts.now, unknownZone),
    };
  };
  const shortSha = (): string => cutSha(facts.sha, shortShaLength);
  const isDefault = String(isDefaultBranch(facts));
  const renderWith = (template: string, expressions: Expressions): string =>
    renderTemplate(template, expressions, name => {
      const known = Object.keys(expressions);
      warn(`{{${shorten(name)}}} is not known in "${shorten(template)}" and gives nothing${didYouMean(name, known)}`);
    });
  // The names are in the peer's order: a template can list them.
  const expressions = (template: string): Expressions => ({
    branch: text(() => nameIn('refs/heads/', ref)),
    tag: text(() => nameIn('refs/tags/', ref)),
    sha: text(shortSha),
    base_ref: text(() => facts.baseRef),
    commit_date: dates(template).commit_date,
    is_default_branch: text(() => isDefault),
    // The peer asks the value that a block like {{#with}} stands on, and fails there.
    is_not_default_branch(this: unknown) {
      if (!isScope(this)) throw new TemplateMistake('uses {{is_not_default_branch}} inside a block that changes its scope');
      return this.is_default_branch() === 'false' ? 'true' : 'false';
    },
    date: dates(template).date,
  });
  return {
    render: template => remembered(template, () => renderWith(template, expressions(template))),
    renderDates: template => renderWith(template, { date: dates(template).date, commit_date: dates(template).commit_date }),
    renderWith,
    shortSha,
  };
}

/** Long lists say the same again and again: whatever a template gives, it gives each time. */
function memory(): (template: string, render: () => string) => string {
  const texts = new Map<string, string>();
  return (template, render) => {
    const text = texts.get(template) ?? render();
    texts.set(template, text);
    return text;
  };
}

/** Handlebars shows a function that it does not call, as by {{lookup}}, as its source: give the value instead. */
function text(value: () => string): () => string {
  return Object.assign(() => value(), { toString: value });
}

function isScope(value: unknown): value is { readonly is_default_branch: () => string } {
  return (
    typeof value === 'object' && value !== null && 'is_default_branch' in value && typeof value.is_default_branch === 'function'
  );
}

function nameIn(prefix: string, ref: string): string {
  return ref.startsWith(prefix) ? ref.slice(prefix.length) : '';
}

/** What is read as a length of DOCKER_METADATA_SHORT_SHA_LENGTH: any number that JavaScript knows, blanks are 0. */
function cutSha(sha: string, typed: string | undefined): string {
  const length = typed === undefined || typed === '' ? 7 : Number(typed);
  if (Number.isNaN(length))
    throw new TemplateMistake(`needs the short commit, but its length "${shorten(typed ?? '')}" is not a number`);
  return length >= sha.length ? sha : sha.substring(0, length);
}

/** These events run for the last commit of the default branch; the peer tests them by part of the name. */
const ALWAYS_DEFAULT = /create|discussion|issues|schedule/;

function isDefaultBranch({ ref, eventName, payloadDefaultBranch }: TagFacts): boolean {
  const branch = ref.replace(/^refs\/heads\//, '');
  return branch !== '' && (payloadDefaultBranch === branch || ALWAYS_DEFAULT.test(eventName));
}

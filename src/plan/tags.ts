// Event + tag rules + flavor + clock -> tag names, with the meaning that docker/metadata-action v6 gives them.

import type { Renderer } from './expressions.ts';
import type { Flavor, TagRule } from './inputs.ts';
import type { Mistakes } from './mistakes.ts';
import type { Mode, PlannedTag } from './plan.ts';
import { isTag, shorten } from './reference.ts';
import { answerRule } from './rule-answer.ts';
import type { TagFacts } from './tag-facts.ts';
import { TemplateMistake } from './template.ts';

export interface TagPlan {
  /** Valid names in the order of the peer, each once. */
  readonly tags: readonly PlannedTag[];
  /** Names as the peer prints them: `latest` may be there twice, and a name may be no tag. */
  readonly names: readonly string[];
  /** The first name, as it stands in `org.opencontainers.image.version`; empty when there is none. */
  readonly version: string;
  /** Why a rule gave no tag, one line a rule. */
  readonly idle: readonly string[];
}

export interface TagOrder {
  readonly mode: Mode;
  readonly facts: TagFacts;
  readonly rules: readonly TagRule[];
  readonly flavor: Flavor;
  readonly renderer: Renderer;
  readonly warn: (text: string) => void;
  /** Told each rule before it is worked on. */
  readonly onRule: (text: string) => void;
}

/** A name, and what it comes from. */
interface Named {
  readonly name: string;
  readonly full: boolean;
  readonly rule: string;
}

/**
 * All tags of the rules. Mistakes that only show now (an expression, a name that is no tag) are added to `mistakes`; in `mode: plan` a name
 * that is no tag is only a warning, because the peer prints it.
 */
export function planTags(order: TagOrder, mistakes: Mistakes): TagPlan {
  const idle: string[] = [];
  const named = new Map<string, Named>();
  let latest: boolean | undefined;
  for (const rule of sortRules(order.rules)) {
    order.onRule(rule.text);
    try {
      const answer = answerRule({ rule, ...order });
      const value = 'idle' in answer ? '' : affix(answer.value, rule, order);
      if ('idle' in answer || value === '') {
        idle.push(`${shorten(rule.text)}: ${'idle' in answer ? answer.idle : 'its value is empty'}`);
        continue;
      }
      latest ??= order.flavor.latest === 'auto' ? answer.latest : order.flavor.latest === 'true';
      const name = sanitise(value);
      if (!named.has(name)) named.set(name, { name, full: answer.full, rule: rule.text });
    } catch (error) {
      if (!(error instanceof TemplateMistake)) throw error;
      mistakes.add('tags', `"${shorten(rule.text)}" ${error.message}`);
    }
  }
  const last = latest === true ? [latestTag(order.flavor)] : [];
  return { ...judgeNames([...named.values(), ...last], order, mistakes), idle };
}

/** What the peer prints, and what of it can be used. */
function judgeNames(named: readonly Named[], { mode, warn }: TagOrder, mistakes: Mistakes): Omit<TagPlan, 'idle'> {
  const tags = new Map<string, PlannedTag>();
  for (const { name, full, rule } of named) {
    if (isTag(name)) {
      if (!tags.has(name)) tags.set(name, { name, kind: full ? 'immutable' : 'floating', rule });
      continue;
    }
    const problem = `"${shorten(rule)}" gives "${shorten(name)}", which is not a tag: ${TAG_RULE}${commentHint(rule)}`;
    if (mode === 'plan') warn(problem);
    else mistakes.add('tags', problem);
  }
  const names = named.map(({ name }) => name);
  return { tags: [...tags.values()], names, version: names[0] ?? '' };
}

const TAG_RULE = '1 to 128 of A-Z, a-z, 0-9, "_", ".", "-", and not "." or "-" at the start';

function commentHint(rule: string): string {
  return rule.startsWith('#') ? ' (a comment must start at the very beginning of its line)' : '';
}

/** Higher priority first; the order typed decides between equals. What is no number is equal to everything. */
function sortRules(rules: readonly TagRule[]): TagRule[] {
  return [...rules].sort((a, b) => {
    const [left, right] = [Number(a.attributes['priority']), Number(b.attributes['priority'])];
    if (left < right) return 1;
    return left > right ? -1 : 0;
  });
}

/** Prefix and suffix of the rule, else of the flavor; an empty one typed at the rule switches the flavor's off. */
function affix(value: string, rule: TagRule, { flavor, renderer }: TagOrder): string {
  const prefix = renderer.render(rule.attributes['prefix'] ?? flavor.prefix);
  return `${prefix}${value}${renderer.render(rule.attributes['suffix'] ?? flavor.suffix)}`;
}

/** The flavor's prefix and suffix are taken as typed here: the peer does not expand expressions in them for `latest`. */
function latestTag(flavor: Flavor): Named {
  const name = `${flavor.prefixLatest ? flavor.prefix : ''}latest${flavor.suffixLatest ? flavor.suffix : ''}`;
  return { name: sanitise(name), full: false, rule: `flavor latest=${flavor.latest}` };
}

function sanitise(tag: string): string {
  return tag.replaceAll(/[^a-zA-Z0-9._-]+/g, '-');
}

/** The seven characters that name a commit outside of the tag language. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** What GitHub makes links of by itself: `@somebody` (who is told about it) and `#12` (which is told about it). */

export interface AutoLink {
  readonly text: string;
  readonly kind: 'mention' | 'reference';
  readonly index: number;
}

const MENTION = /(?<![\w/`@.-])@[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}(?:\/[a-z\d][\w.-]*)?/gi;
const REFERENCE = /(?<![\w/&#-])(?:[\w-]+\/[\w.-]+)?(?:#|GH-)\d+\b/gi;

/** The links that GitHub would make in a text outside of code, in order. */
export function autoLinks(text: string): AutoLink[] {
  const find = (expression: RegExp, kind: AutoLink['kind']): AutoLink[] =>
    [...text.matchAll(expression)].map(match => ({ text: match[0], kind, index: match.index }));
  return [...find(MENTION, 'mention'), ...find(REFERENCE, 'reference')].sort((a, b) => a.index - b.index);
}

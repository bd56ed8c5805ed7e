/** Markdown to HTML as GitHub does it: GFM, emoji, the same elements and attributes let through, alerts, links for mentions. */
import { rehypeGithubAlerts } from 'rehype-github-alerts';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGemoji from 'remark-gemoji';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { autoLinks } from './links.ts';
import { changeText, type Node } from './tree.ts';

/** In comments a line end is a line break; in files and summaries it is a blank. */
export type Kind = 'comment' | 'summary';

/** Elements in which a line end of the source still is one. */
const FLOWING = ['p', 'li', 'em', 'strong', 'del', 'sub', 'sup'];

function breaks() {
  return (tree: unknown): void => {
    changeText(tree as Node, (text, parent) => {
      if (!FLOWING.includes(parent.tagName ?? '') || text.trim() === '') return [{ type: 'text', value: text }];
      // At the ends of a list item's text, line ends only separate it from what is inside of it.
      const inner = parent.tagName === 'li' ? /(?<!^\n*)\n(?!\n*$)/ : '\n';
      return text.split(inner).flatMap((line, index) => {
        const node: Node = { type: 'text', value: line };
        return index === 0 ? [node] : [{ type: 'element', tagName: 'br', properties: {}, children: [] }, node];
      });
    });
  };
}

function mentions() {
  return (tree: unknown): void => {
    changeText(tree as Node, text => {
      const nodes: Node[] = [];
      let at = 0;
      for (const link of autoLinks(text)) {
        const children = [{ type: 'text', value: link.text }];
        const properties = { href: '#', className: [link.kind === 'mention' ? 'user-mention' : 'issue-link'] };
        nodes.push({ type: 'text', value: text.slice(at, link.index) });
        nodes.push({ type: 'element', tagName: 'a', properties, children });
        at = link.index + link.text.length;
      }
      return [...nodes, { type: 'text', value: text.slice(at) }];
    });
  };
}

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkGemoji).freeze();

/** The tree of the Markdown itself, where HTML is still text. */
export const parseMarkdown = (markdown: string): Node => parser.parse(markdown);

/** The tree of the page, cleaned as GitHub cleans it. */
export function htmlTree(markdown: string): Node {
  const processor = parser().use(remarkRehype, { allowDangerousHtml: true }).use(rehypeRaw).use(rehypeSanitize, defaultSchema);
  return processor.runSync(processor.parse(markdown));
}

/** The HTML of a piece of Markdown. */
export function toHtml(markdown: string, kind: Kind): string {
  const processor = parser()
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(rehypeRaw)
    .use(rehypeSanitize, defaultSchema)
    // After the cleaning, because what it draws would not survive it.
    .use(rehypeGithubAlerts, {})
    .use(kind === 'comment' ? [breaks, mentions] : [mentions])
    .use(rehypeStringify);
  return String(processor.processSync(markdown));
}

// Markdown -> what a reader gets, in the way GitHub renders: for tests that look at structure instead of text.

import rehypeRaw from 'rehype-raw';
import rehypeSanitize from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import remarkGemoji from 'remark-gemoji';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';

interface Node {
  readonly type: string;
  readonly tagName?: string;
  readonly value?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly children?: readonly Node[];
}

const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkGemoji)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeSanitize)
  .use(rehypeStringify);

/** The rendered document: elements by name, and its text. */
export interface Rendered {
  readonly elements: readonly { readonly name: string; readonly text: string; readonly href?: string; readonly depth: number }[];
  readonly text: string;
  count(name: string): number;
  /** Text of every cell, row by row, over all tables. */
  readonly rows: readonly (readonly string[])[];
}

export function rendered(markdown: string): Rendered {
  const tree = processor.runSync(processor.parse(markdown)) as unknown as Node;
  const elements: { name: string; text: string; href?: string; depth: number }[] = [];
  const rows: string[][] = [];
  const walk = (node: Node, depth: number): void => {
    if (node.type === 'element') {
      const href = node.properties?.['href'];
      elements.push({ name: node.tagName ?? '', text: textOf(node), depth, ...(typeof href === 'string' ? { href } : {}) });
      if (node.tagName === 'tr')
        rows.push((node.children ?? []).filter(child => ['td', 'th'].includes(child.tagName ?? '')).map(textOf));
    }
    for (const child of node.children ?? []) walk(child, depth + 1);
  };
  walk(tree, 0);
  return { elements, text: textOf(tree), rows, count: name => elements.filter(element => element.name === name).length };
}

function textOf(node: Node): string {
  return (node.value ?? '') + (node.children ?? []).map(textOf).join('');
}

/** Texts as GitHub's filters for mentions, issues and emoji see them: one by one, those in code and links left out. */
export function looseTexts(markdown: string): string[] {
  const tree = processor.runSync(processor.parse(markdown)) as unknown as Node;
  const texts: string[] = [];
  const walk = (node: Node): void => {
    if (['code', 'pre', 'a'].includes(node.tagName ?? '')) return;
    if (node.value !== undefined && node.type === 'text') texts.push(node.value);
    node.children?.forEach(walk);
  };
  walk(tree);
  return texts;
}

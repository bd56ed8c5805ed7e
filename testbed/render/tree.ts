/** The little that is needed to walk trees of Markdown and of HTML. */

export interface Node {
  readonly type: string;
  readonly tagName?: string;
  readonly value?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  children?: Node[];
}

/** Where GitHub leaves text alone. */
const LITERAL = ['code', 'pre', 'tt', 'a', 'kbd', 'samp'];

/** Replaces every text that is not code or part of a link by what `change` makes of it. */
export function changeText(node: Node, change: (text: string, parent: Node) => readonly Node[]): void {
  if (node.children === undefined || LITERAL.includes(node.tagName ?? '')) return;
  node.children = node.children.flatMap(child => {
    if (child.type === 'text') return [...change(child.value ?? '', node)];
    changeText(child, change);
    return [child];
  });
}

/** All nodes below a node, in order. */
export function descendants(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(descendants)];
}

/** What would look broken on GitHub, found without looking at it. */
import { autoLinks } from './links.ts';
import { htmlTree, parseMarkdown } from './markdown.ts';
import { changeText, descendants } from './tree.ts';

/** Elements whose missing end swallows what follows. */
const PAIRED = [
  'details',
  'summary',
  'table',
  'thead',
  'tbody',
  'tr',
  'td',
  'th',
  'sub',
  'sup',
  'kbd',
  'b',
  'i',
  'a',
  'div',
  'picture',
];

/** What GitHub takes away silently. */
const REMOVED: readonly (readonly [RegExp, string])[] = [
  [/<[^>]+\sstyle\s*=/i, 'a style attribute'],
  [/<[^>]+\sclass\s*=/i, 'a class attribute'],
  [/<(script|style|svg|iframe|form|button)\b/i, 'an element that GitHub does not let through'],
  [/<img[^>]+src\s*=\s*["']?data:/i, 'an image inside of the text (data:)'],
];

/** Markdown that stayed as it is, mostly because the blank line after an HTML element is missing. */
const RAW: readonly (readonly [RegExp, string])[] = [
  [/^\s*\|.*\|\s*$/m, 'a row of a table'],
  [/^\s*#{1,6} \S/m, 'a heading'],
  [/^\s*(```|~~~)/m, 'a fence of code'],
  [/\*\*[^*\n]+\*\*/, 'bold'],
  [/\[[^\]\n]+\]\([^)\n]+\)/, 'a link'],
];

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

function unpaired(html: string): string[] {
  return PAIRED.flatMap(name => {
    const opened = html.match(new RegExp(`<${name}(?=[\\s>])`, 'gi'))?.length ?? 0;
    const closed = html.match(new RegExp(`</${name}\\s*>`, 'gi'))?.length ?? 0;
    return opened === closed ? [] : [`<${name}> is opened ${opened} and closed ${closed} times`];
  });
}

/** Everything that is wrong with a text for GitHub; empty when nothing is. Code is left out, as GitHub leaves it alone. */
export function problems(markdown: string): string[] {
  const html = descendants(parseMarkdown(markdown))
    .filter(node => node.type === 'html')
    .map(node => node.value ?? '')
    .join('\n')
    .replace(/<!--[\s\S]*?-->/g, '');
  const found = [...unpaired(html)];
  for (const [expression, what] of REMOVED) if (expression.test(html)) found.push(`GitHub removes ${what}`);
  changeText(htmlTree(markdown), text => {
    for (const [expression, what] of RAW) {
      const match = expression.exec(text);
      if (match !== null) found.push(`${what} stays raw: ${short(match[0].trim())}`);
    }
    for (const link of autoLinks(text)) {
      found.push(link.kind === 'mention' ? `${link.text} would notify somebody` : `${link.text} would link to an issue`);
    }
    return [];
  });
  return found;
}

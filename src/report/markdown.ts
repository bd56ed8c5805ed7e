// Foreign text (package names, titles, paths, reasons) -> Markdown that shows exactly that text and can do nothing else.

/** Invisible characters and those that change the direction of what follows: shown as U+FFFD, so that a reader sees that something was there. */
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these characters are the point
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;

/** One line of visible characters: white space runs become one space, hidden characters U+FFFD; at most `limit` code points, the last one then an ellipsis. */
export function plain(value: string, limit = 200): string {
  const line = value
    .toWellFormed()
    .replace(/[\s\u0085]+/gu, ' ')
    .replace(HIDDEN, '\ufffd')
    .trim();
  // Cutting by UTF-16 units first keeps huge values cheap.
  const points = Array.from(line.slice(0, limit * 2 + 2));
  return points.length <= limit ? line : `${points.slice(0, limit - 1).join('')}…`;
}

/** Characters that mean something to Markdown or HTML wherever they stand (for the start of a line see leading()); as numeric entities they never do. */
const STRUCTURE = /[\\`*_[\]<>#|~&]/g;
/**
 * What GitHub turns into links, mentions, emoji or formulas after Markdown was parsed, so that entities do not help: the deciding character
 * goes into an element of its own, because all of those look at one text at a time.
 */
const ACTIVE = /[@#$]|:(?=\/\/|[\w+-])|(?<=www)\.|(?<=\bgh)-(?=\d)/gi;

/** Foreign text for a paragraph, list item or table cell. */
export function text(value: string, limit?: number): string {
  const clean = plain(value, limit);
  const inert = (part: string): string => part.replace(STRUCTURE, entity);
  let out = '';
  let from = 0;
  for (const match of clean.matchAll(ACTIVE)) {
    out += `${inert(clean.slice(from, match.index))}<span>${entity(match[0])}</span>`;
    from = match.index + match[0].length;
  }
  return leading(out + inert(clean.slice(from)));
}

/** A first character that would begin a list or underline a heading, made inert. */
function leading(line: string): string {
  return line.replace(/^[-+=]/, entity).replace(/^(\d{1,9})([.)])/, (_, digits: string, mark: string) => digits + entity(mark));
}

function entity(char: string): string {
  return `&#${char.codePointAt(0) ?? 0xfffd};`;
}

/** Foreign text as code, for any place, table cells too. Empty text gives nothing. */
export function code(value: string, limit?: number): string {
  const clean = plain(value, limit);
  if (clean === '') return '';
  // Backticks, and what table parsers read in different ways, go through HTML.
  return /[`|\\]/.test(clean) ? `<code>${text(clean, limit)}</code>` : `\`${clean}\``;
}

/** Text in which `backticks` mark code, as our own hints have them; foreign names inside can do nothing either way. */
export function rich(value: string, limit = 400): string {
  const parts = plain(value, limit).split('`');
  // A backtick without its partner is a character like others: dropped, it would join what it separates.
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join('`'));
  return parts.map((part, at) => (at % 2 === 1 ? code(part, limit) : spaced(part, limit))).join('');
}

/** text() that keeps the space at either end. */
function spaced(part: string, limit: number): string {
  if (part.trim() === '') return part === '' ? '' : ' ';
  return (part.startsWith(' ') ? ' ' : '') + text(part, limit) + (part.endsWith(' ') ? ' ' : '');
}

/** A link with foreign text to a foreign address; only the text when the address is not plain http(s). */
export function link(label: string, address: string, limit?: number): string {
  const href = safeAddress(address);
  return href === undefined ? text(label, limit) : `[${text(label, limit)}](${href})`;
}

/** The address as it may stand in `(...)`: http or https, without user, of sane length; undefined otherwise. */
export function safeAddress(address: string): string | undefined {
  if (address.length > 500 || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  return url.href.replace(/[()<>[\]|\\`"'*_~ $]/g, char => `%${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}`);
}

/** Lines as a code block; the fence is longer than any run of backticks inside. Each line stays a line. */
export function fence(lines: readonly string[], language = ''): string {
  const body = lines.map(line => line.toWellFormed().replace(HIDDEN, '\ufffd'));
  const longest = Math.max(2, ...body.flatMap(line => [...line.matchAll(/`+/g)].map(run => run[0].length)));
  const marks = '`'.repeat(longest + 1);
  return [marks + language, ...body, marks].join('\n');
}

/** A table row of cells that are Markdown already. */
export function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => (cell === '' ? ' ' : cell)).join(' | ')} |`;
}

/** The head of a table and the line below it; `right` names the columns with numbers. */
export function head(titles: readonly string[], right: readonly string[] = []): string {
  return `${row(titles)}\n|${titles.map(title => (right.includes(title) ? ' ---: ' : ' --- ')).join('|')}|`;
}

/** Size in UTF-8, as GitHub counts. */
export function bytes(value: string): number {
  return new TextEncoder().encode(value).length;
}

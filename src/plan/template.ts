// A value with {{expressions}} -> text: the part of Handlebars that docker/metadata-action's documentation uses, and nothing else.

/** What an expression may use: positional texts, and named ones (`tz='Europe/Berlin'`). */
export interface Arguments {
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

/** Expressions by name: a text, or a function for those that take arguments. */
export type Expressions = ReadonlyMap<string, string | ((args: Arguments) => string)>;

/** Why a template cannot be rendered; the caller names the rule. */
export class TemplateMistake extends Error {
  override readonly name = 'TemplateMistake';
}

const MUSTACHE = /\\?\{\{(\{?)([^{}]*)\}\}(\}?)/g;
const CALL = /^&?\s*([A-Za-z_$][\w$-]*)((?:\s+(?:[\w-]+=)?(?:'[^']*'|"[^"]*"))*)\s*$/;
const BUILT_IN = ['if', 'unless', 'each', 'with', 'lookup', 'log', 'else', 'helperMissing', 'blockHelperMissing'];

/** Renders a template; names that do not exist give nothing, as in Handlebars, and are reported in `unknown`. Throws TemplateMistake. */
export function renderTemplate(
  template: string,
  expressions: Expressions,
): { readonly text: string; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const rest: string[] = [];
  let end = 0;
  let text = '';
  for (const match of template.matchAll(MUSTACHE)) {
    const literal = template.slice(end, match.index);
    rest.push(literal);
    text += literal + evaluate(match, expressions, unknown);
    end = match.index + match[0].length;
  }
  rest.push(template.slice(end));
  if (template.includes('{{{{') || rest.some(part => part.includes('{{')))
    throw new TemplateMistake('has a "{{" that is not an expression this version supports');
  return { text: text + template.slice(end), unknown };
}

function evaluate(match: RegExpExecArray, expressions: Expressions, unknown: string[]): string {
  const inner = (match[2] ?? '').trim();
  const { name, args } = parseCall(match, inner);
  const expression = expressions.get(name);
  if (expression === undefined) {
    unknown.push(name);
    return '';
  }
  if (typeof expression === 'string' && args.positional.length + args.named.size > 0)
    throw new TemplateMistake(`gives arguments to {{${name}}}, which takes none`);
  const value = typeof expression === 'string' ? expression : expression(args);
  return match[1] === '{' || inner.startsWith('&') ? value : escapeHtml(value);
}

/** Blocks, helpers, paths, comments and half-open braces are refused: better than rendering them differently from the peer. */
function parseCall(match: RegExpExecArray, inner: string): { readonly name: string; readonly args: Arguments } {
  const [whole, open = '', , close = ''] = match;
  const call = CALL.exec(inner);
  const name = call?.[1] ?? '';
  const braces = open === '' ? close === '' : close === '}';
  if (whole.startsWith('\\') || !braces || call === null || BUILT_IN.includes(name))
    throw new TemplateMistake(
      `uses "${whole.slice(0, 60)}", which is not supported yet; expressions are {{name}} and {{date 'FORMAT' tz='ZONE'}}`,
    );
  return { name, args: parseArguments(call[2] ?? '') };
}

function parseArguments(text: string): Arguments {
  const positional: string[] = [];
  const named = new Map<string, string>();
  for (const [, key, single, double] of text.matchAll(/(?:([\w-]+)=)?(?:'([^']*)'|"([^"]*)")/g)) {
    const value = single ?? double ?? '';
    if (key === undefined) positional.push(value);
    else named.set(key, value);
  }
  return { positional, named };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
  '`': '&#x60;',
  '=': '&#x3D;',
};

/** Handlebars escapes for HTML unless told otherwise; the peer does not tell it, so `{{branch}}` of `a&b` is `a&amp;b`. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`=]/g, char => ESCAPES[char] ?? char);
}

/** True when the template is nothing but `{{raw}}`: then a prerelease keeps it. */
export function isRawStatement(template: string): boolean {
  return /^(?:\{\{&?\s*raw\s*\}\}|\{\{\{\s*raw\s*\}\}\})$/.test(template);
}

// A value with {{expressions}} -> text, by Handlebars, as docker/metadata-action renders it.

import engines from './engines.cjs';
import { shorten } from './reference.ts';

/** Why a template cannot be rendered; the caller names the rule. */
export class TemplateMistake extends Error {
  override readonly name = 'TemplateMistake';
}

/** What the expressions of a template mean: texts, or functions that Handlebars calls with their arguments. */
export type Expressions = Readonly<Record<string, unknown>> | object;

// An engine of our own: nothing that another module registers reaches it. What it may say to the console (denied properties, {{log}}) is not ours to print.
let made: typeof Handlebars | undefined;

function engine(): typeof Handlebars {
  if (made !== undefined) return made;
  made = engines.handlebars().create();
  made.logger.level = Infinity;
  return made;
}

/** Without this there is nothing to render. Handlebars' lexer does not read NUL. */
function isPlain(template: string): boolean {
  return !template.includes('{{') && !template.includes('\0');
}

/**
 * Renders a template. Names that do not exist give nothing; `unknown` is told the plain ones (`{{name}}`) that are not properties of `expressions`.
 * Throws TemplateMistake for whatever goes wrong: the template is the user's.
 */
export function renderTemplate(template: string, expressions: Expressions, unknown?: (name: string) => void): string {
  if (isPlain(template)) return template;
  try {
    const program = engine().parse(template);
    if (unknown !== undefined) unknownIn(program.body, Object.keys(expressions)).forEach(unknown);
    return engine().compile(program)(expressions);
  } catch (error) {
    if (error instanceof TemplateMistake) throw error;
    throw new TemplateMistake(`cannot be rendered: ${why(error)}`);
  }
}

/** Handlebars' parse errors draw an arrow on lines of their own; only the last line says what was expected. */
function why(error: unknown): string {
  if (error instanceof RangeError) return 'its expressions are nested too deeply';
  const lines = (error instanceof Error ? error.message : String(error)).split('\n').filter(line => line.trim() !== '');
  const [first = 'for an unknown reason'] = lines;
  return shorten(lines.length > 1 ? `${first} ${lines.at(-1) ?? ''}` : first, 200);
}

/** True when the template is nothing but `{{raw}}`, however it is written: then a prerelease keeps it. */
export function isRawStatement(template: string): boolean {
  const [only, ...others] = statementsOf(template);
  if (only?.type !== 'MustacheStatement' || others.length > 0) return false;
  const { parts = [] } = (only as hbs.AST.MustacheStatement).path as Partial<hbs.AST.PathExpression>;
  return parts.length === 1 && parts[0] === 'raw';
}

/** Neither among `known` nor helpers of Handlebars, so probably mistyped; each once. */
function unknownIn(statements: readonly hbs.AST.Statement[], known: readonly string[]): ReadonlySet<string> {
  const names = statements.flatMap(statement => {
    if (statement.type !== 'MustacheStatement') return [];
    const path = (statement as hbs.AST.MustacheStatement).path as Partial<hbs.AST.PathExpression>;
    const [name, ...rest] = path.parts ?? [];
    return name === undefined || rest.length > 0 || path.data === true || path.depth !== 0 ? [] : [name];
  });
  return new Set(names.filter(name => !known.includes(name) && !Object.hasOwn(engine().helpers, name)));
}

/** Empty for a template that cannot be parsed: rendering it will say so. */
function statementsOf(template: string): readonly hbs.AST.Statement[] {
  try {
    return engine().parseWithoutProcessing(template).body;
  } catch {
    return [];
  }
}

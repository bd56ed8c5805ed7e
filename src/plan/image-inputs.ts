// The `images` input -> repository names, and plain references in `tags` -> image and tag.

import { CsvMistake, splitFields } from './csv.ts';
import type { ImageInput } from './inputs.ts';
import type { Source } from './input-values.ts';
import { didYouMean } from './nearest.ts';
import { imageProblem, parseReference, shorten } from './reference.ts';
import type { Reference } from './reference.ts';

export interface ImageOrder {
  readonly lines: readonly string[];
  /** What is no image name is kept, with a warning, as docker/metadata-action does; otherwise it is a mistake. */
  readonly lenient: boolean;
}

/** Every image, lower-cased. `a,b` on the only line are two; on one of several lines the last name counts, as in docker/metadata-action. */
export function readImages({ lines, lenient }: ImageOrder, source: Source, warnings: string[]): readonly ImageInput[] {
  const images =
    lines.length === 1
      ? (namesOf(source, lines[0] ?? '') ?? readLines(lines, source, warnings))
      : readLines(lines, source, warnings);
  return images
    .map(({ name, enable }) => ({ name: name.toLowerCase(), enable }))
    .filter(({ name, enable }) => {
      if (name === '' && !lenient) return false;
      const problem = enable ? imageProblem(name) : undefined;
      if (problem === undefined) return true;
      const text = `"${shorten(name)}" is not an image name, because ${problem}`;
      if (lenient) warnings.push(`images: ${text}`);
      else source.mistakes.add('images', text);
      return lenient;
    });
}

/** The names of a line that holds nothing else; undefined when it holds attributes. */
function namesOf(source: Source, line: string): ImageInput[] | undefined {
  const fields = fieldsOf(source, line);
  if (fields === undefined) return [];
  return fields.some(field => field.includes('=')) ? undefined : fields.map(field => ({ name: field.trim(), enable: true }));
}

function readLines(lines: readonly string[], source: Source, warnings: string[]): ImageInput[] {
  return lines.flatMap(line => {
    const image = readLine(source, line, warnings);
    return image === undefined ? [] : [image];
  });
}

function readLine(source: Source, line: string, warnings: string[]): ImageInput | undefined {
  const fields = fieldsOf(source, line);
  if (fields === undefined) return undefined;
  const names: string[] = [];
  let enable = true;
  for (const field of fields) {
    const [key = '', value] = field.split('=').map(part => part.trim());
    if (value === undefined) names.push(key);
    else if (key.toLowerCase() === 'name') names.push(value);
    else if (key.toLowerCase() !== 'enable')
      source.mistakes.add(
        'images',
        `"${shorten(line)}": "${shorten(key)}" is not one of name, enable${didYouMean(key, ['name', 'enable'])}`,
      );
    else if (value === 'true' || value === 'false') enable = value === 'true';
    else source.mistakes.add('images', `"${shorten(line)}": enable is true or false, not "${shorten(value)}"`);
  }
  const name = names.at(-1) ?? '';
  if (name === '') source.mistakes.add('images', `"${shorten(line)}" names no image`);
  else if (names.length > 1) warnings.push(`images: of "${shorten(line)}" only the last name counts; write one image a line`);
  return name === '' ? undefined : { name, enable };
}

function fieldsOf(source: Source, line: string): readonly string[] | undefined {
  try {
    const fields = splitFields(line);
    if (fields.length > 0) return fields;
    source.mistakes.add('images', 'there is a line that holds nothing but blanks; delete it');
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add('images', `"${shorten(line)}": ${error.message}`);
  }
  return undefined;
}

/** True for an entry of `tags` that docker/build-push-action would take as a reference: plain, with a `/` or a `:`. */
export function looksLikeReference(entry: string): boolean {
  return /[/:]/.test(entry) && !entry.includes('=') && !entry.includes('{{');
}

/** References of `tags`; `a:1,b:1` on one line are two. */
export function parseReferences(source: Source, entries: readonly string[]): readonly Reference[] {
  const references: Reference[] = [];
  for (const typed of entries.flatMap(entry => entry.split(',')).map(entry => entry.trim())) {
    if (typed === '') continue;
    const reference = parseReference(typed);
    if (typeof reference === 'string')
      source.mistakes.add('tags', `"${shorten(typed)}" is not an image reference, because ${reference}`);
    else references.push(reference);
  }
  return references;
}

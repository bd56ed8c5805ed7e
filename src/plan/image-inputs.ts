// The `images` input -> repository names, and plain references in `tags` -> image and tag.

import { CsvMistake, splitFields } from './csv.ts';
import type { ImageInput } from './inputs.ts';
import type { Source } from './input-values.ts';
import { readList } from './input-values.ts';
import { didYouMean } from './nearest.ts';
import { imageProblem, parseReference, shorten } from './reference.ts';
import type { Reference } from './reference.ts';

/** Every entry, lower-cased; `a,b` on one line are two entries, `name=a,enable=false` is one. */
export function readImages(source: Source): readonly ImageInput[] {
  const images: ImageInput[] = [];
  for (const line of readList(source, 'images', { commas: false, comments: true })) {
    if (line.startsWith('#')) continue;
    for (const image of parseImageLine(source, line)) {
      const problem = imageProblem(image.name);
      if (problem === undefined) images.push(image);
      else source.mistakes.add('images', `"${shorten(image.name)}" is not an image name, because ${problem}`);
    }
  }
  return images;
}

function parseImageLine(source: Source, line: string): ImageInput[] {
  const names: string[] = [];
  let enable = true;
  for (const field of fieldsOf(source, line)) {
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
  const typed = names.filter(name => name !== '');
  if (typed.length === 0 && names.length === 0) source.mistakes.add('images', `"${shorten(line)}" names no image`);
  return typed.map(name => ({ name: name.toLowerCase(), enable }));
}

function fieldsOf(source: Source, line: string): string[] {
  try {
    return splitFields(line);
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add('images', `"${shorten(line)}": ${error.message}`);
    return [];
  }
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

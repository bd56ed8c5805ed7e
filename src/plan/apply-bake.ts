// Inputs + what a bake target gives -> inputs as if all had been typed: typed ones win, `build-args`, `labels` and `annotations` merge (rules 21).

import type { Baked } from './bake-inputs.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { annotationKey } from './labels.ts';
import type { Pair } from './labels.ts';
import type { Mistakes } from './mistakes.ts';
import { parseReference, shorten } from './reference.ts';
import type { Reference } from './reference.ts';

/** The text of an input, from the target where nobody typed one. */
export function withBaked(get: Source['get'], baked: Baked | undefined): Source['get'] {
  return baked === undefined ? get : name => (get(name).trim() === '' ? (baked.texts.get(name) ?? '') : get(name));
}

/** The same collection; what is wrong with a text of the target is told of `bake`, with the attribute. */
export function tellOfTarget(mistakes: Mistakes, baked: Baked | undefined): Mistakes {
  if (baked === undefined) return mistakes;
  return {
    ...mistakes,
    add: (where, what, wayOut) => {
      const attribute = baked.origins.get(where);
      if (attribute === undefined) mistakes.add(where, what, wayOut);
      else mistakes.add('bake', inTarget(baked, `${attribute}: ${what}`), wayOut);
    },
  };
}

function inTarget({ target }: Baked, what: string): string {
  return `target "${shorten(target)}": ${what}`;
}

/** Adds what has no text of its own. Whatever is wrong with the target is added to the mistakes. */
export function mergeBaked(inputs: Inputs, baked: Baked | undefined, mistakes: Mistakes): Inputs {
  if (baked === undefined) return inputs;
  for (const { what, wayOut } of baked.mistakes) mistakes.add('bake', inTarget(baked, what), wayOut);
  const references = baked.tags.flatMap(tag => referenceOf(baked, tag, mistakes));
  const { target, description, files, given } = baked;
  return {
    ...inputs,
    buildArgs: [...unlessTyped(baked.args, inputs.buildArgs.map(nameOf)).map(pair => pair.join('=')), ...inputs.buildArgs],
    ssh: baked.ssh.length > 0 ? baked.ssh : inputs.ssh,
    allow: [...new Set([...inputs.allow, ...baked.allow])],
    // Nobody typed rules: the usual ones are not meant beside the target's own names.
    ...(references.length > 0 && { references, tags: [] }),
    baked: {
      target,
      files,
      given,
      ...(description !== undefined && { description }),
      ...(baked.dockerfileInline !== undefined && { dockerfileInline: baked.dockerfileInline }),
      labels: unlessTyped(baked.labels, inputs.labels.map(nameOf)),
      annotations: unlessTyped(
        baked.annotations.map(text => [nameOf(text), text.slice(nameOf(text).length + 1)] as const),
        inputs.annotations.map(text => annotationKey(nameOf(text))),
        annotationKey,
      ),
    },
    warnings: [...inputs.warnings, ...baked.warnings.map(line => `bake: ${line}`)],
  };
}

function nameOf(entry: string): string {
  const split = entry.indexOf('=');
  return split === -1 ? entry : entry.slice(0, split);
}

function unlessTyped(
  pairs: readonly Pair[],
  typed: readonly string[],
  keyOf: (name: string) => string = name => name,
): readonly Pair[] {
  return pairs.filter(([name]) => !typed.includes(keyOf(name)));
}

/** Every tag of a target is a full reference. */
function referenceOf(baked: Baked, tag: string, mistakes: Mistakes): Reference[] {
  const reference = parseReference(tag);
  if (typeof reference !== 'string') return [reference];
  mistakes.add('bake', inTarget(baked, `tags: "${shorten(tag)}" is not an image reference, because ${reference}`));
  return [];
}

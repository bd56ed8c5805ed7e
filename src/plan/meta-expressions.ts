// `{{meta.version}}` and its siblings in other inputs -> what was planned: a step cannot read its own outputs.

import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';

/** Values by the name after `meta.`. */
export type MetaValues = ReadonlyMap<string, string>;

const EXPRESSION = /\{\{\{\s*meta\.([^{}]*)\}\}\}|\{\{\s*meta\.([^{}]*)\}\}/g;
const LABEL = 'org.opencontainers.image.';

/** What the namespace holds: the planned outputs by their names, and the OCI labels by the last part of their keys (`created`, `revision`, `title`, …). */
export function metaValues(planned: {
  readonly labels: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}): MetaValues {
  const labels = Object.entries(planned.labels).filter(([key]) => key.startsWith(LABEL));
  return new Map([
    ...labels.map(([key, value]): [string, string] => [key.slice(LABEL.length), value]),
    ...Object.entries(planned.outputs),
  ]);
}

/**
 * Fills in every `{{meta.NAME}}`; all other `{{…}}` stay as they are. `refuse` is told of a name that does not exist, in words that follow the name of the
 * input; its place stays empty.
 */
export function expandMeta(text: string, values: MetaValues, refuse: (what: string) => void): string {
  if (!text.includes('{{')) return text;
  return text.replaceAll(EXPRESSION, (whole, inThree?: string, inTwo?: string) => {
    const name = (inThree ?? inTwo ?? '').trim();
    const value = values.get(name);
    if (value !== undefined) return value;
    const known = [...values.keys()].sort();
    refuse(`"${shorten(whole)}" is not known${didYouMean(name, known)}; {{meta.…}} has ${known.join(', ')}`);
    return '';
  });
}

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

/** A value's place: noncharacters of Unicode, which are nobody's text, and between them only digits, which a date format leaves alone. */
const [OPEN, CLOSE] = ['\u{fdd0}', '\u{fdd1}'];
const KEPT = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'gu');

/**
 * Fills in every `{{meta.NAME}}` of a template and renders the rest. The values get to their places after rendering, so that no value (a repository's
 * description is anybody's text) is ever a template itself. `refuse` as in expandMeta.
 */
export function renderWithMeta(
  template: string,
  render: (template: string) => string,
  { values, refuse }: { readonly values: MetaValues; readonly refuse: (what: string) => void },
): string {
  const texts = [...values.values()];
  // Nothing is nothing, also for a block that asks for it.
  const places = [...values].map(([name, value], at): [string, string] => [name, value === '' ? '' : `${OPEN}${at}${CLOSE}`]);
  const rendered = render(expandMeta(template, new Map(places), refuse));
  return rendered.replaceAll(KEPT, (whole, at: string) => texts[Number(at)] ?? whole);
}

/** What a message shows of a template whose values are still to come. */
export function showPlaces(message: string): string {
  return message.replaceAll(new RegExp(`${OPEN}\\d*${CLOSE}?`, 'gu'), '{{meta.…}}');
}

// The inputs load, outputs and export -> what is handed over on this machine after the gate; what would push before it -> a mistake.

import { CsvMistake, splitFields } from './csv.ts';
import { readBoolean, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { didYouMean } from './nearest.ts';
import { parseBoolean } from './parse-value.ts';
import { deliveryMistake } from './plan-delivery.ts';
import type { PlannedOutput } from './plan.ts';
import type { Platform } from './platform.ts';
import { referenceProblem, shorten, splitReference } from './reference.ts';

export type OutputInputs = Pick<Inputs, 'load' | 'loadNames' | 'loadsIfEngine' | 'outputs' | 'export'>;

type Attributes = Readonly<Record<string, string>>;

/** One entry as buildx reads it. */
interface Entry {
  readonly type: string;
  readonly dest: string;
  readonly attributes: Attributes;
}

const TYPES = ['local', 'tar', 'oci', 'docker', 'image', 'registry', 'cacheonly'];
/** What docker/build-push-action's users write to send an image off at once. */
const BY_DIGEST = ['push-by-digest', 'name-canonical'];
const PUSHES = 'would push before the scan';
const PUSH_HERE =
  'Leave it out: "images" and "tags" say where the image goes, and "push" (auto, true) publishes it once the gate has passed.';
const MERGE_HERE =
  'Leave it out, with the job that joins the digests: one job with all "platforms" builds, scans and publishes them together. Where each platform needs a runner of its own, keep docker/build-push-action for that (docs/moving-over.md, "Hand-made merges").';
/** Byte for byte what was scanned: no archive is compressed or written in another form. */
const OF_THE_SCAN = ['name', 'tar'];

/** Reads them. Each line of `outputs` is one entry, as docker/build-push-action takes it. */
export function readOutputs(source: Source, platforms: readonly Platform[]): OutputInputs {
  const lines = source
    .get('outputs')
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
  const entries = lines.flatMap(line => readEntry(source, line)).filter(entry => isAllowed(source, entry));
  const loads = entries.filter(isLoad);
  const outputs = entries.filter(entry => !isLoad(entry) && entry.type !== 'cacheonly').flatMap(entry => planned(source, entry));
  const mistake = deliveryMistake(outputs, platforms);
  if (mistake !== undefined) source.mistakes.add('outputs', mistake);
  const archive = readText(source, 'export');
  checkPlaces(source, [
    ...outputs.map(({ dest }) => ({ input: 'outputs', dest })),
    ...(archive === undefined ? [] : [{ input: 'export', dest: archive }]),
  ]);
  for (const entry of loads) warnOfOthers(source, entry, ['name', 'push'], 'the engine gets');
  const load = readBoolean(source, 'load') === true;
  return {
    load: load || loads.length > 0,
    loadsIfEngine: !load && loads.length > 0 && loads.every(({ type }) => type === 'image'),
    loadNames: [...new Set(loads.flatMap(entry => namesOf(source, entry.attributes)))],
    outputs,
    export: archive,
  };
}

/** A lone word is the directory of type=local; names of attributes are in any case. Nothing when it cannot be read; that is told. */
function readEntry(source: Source, line: string): Entry[] {
  const fields = fieldsOf(source, line);
  const [first = ''] = fields;
  if (fields.length === 0) return [];
  if (fields.length === 1 && !first.includes('=')) return [{ type: 'local', dest: first.trim(), attributes: {} }];
  const broken = fields.find(field => field.indexOf('=') < 1);
  if (broken !== undefined) {
    source.mistakes.add('outputs', `"${shorten(broken)}" in "${shorten(line)}" is not key=value, e.g. type=local,dest=out`);
    return [];
  }
  const {
    type,
    dest = '',
    ...attributes
  } = Object.fromEntries(
    fields.map(field => [field.slice(0, field.indexOf('=')).trim().toLowerCase(), field.slice(field.indexOf('=') + 1).trim()]),
  ) as Record<string, string>;
  if (type !== undefined && TYPES.includes(type)) return [{ type, dest, attributes }];
  source.mistakes.add(
    'outputs',
    type === undefined
      ? `"${shorten(line)}" has no type; write e.g. type=local,${dest === '' ? 'dest=out' : shorten(line)}`
      : `there is no output of type "${shorten(type)}": ${TYPES.join(', ')}${didYouMean(type, TYPES)}`,
  );
  return [];
}

/** A line that is quoted as a whole is one entry all the same. */
function fieldsOf(source: Source, line: string): readonly string[] {
  try {
    const fields = splitFields(line);
    const [first = ''] = fields;
    return fields.length === 1 && first !== line && first.startsWith('type=') ? splitFields(first) : fields;
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add('outputs', `an entry is not CSV: ${error.message}`);
    return [];
  }
}

/** False for what would leave before the verdict. */
function isAllowed(source: Source, { type, attributes }: Entry): boolean {
  if (type !== 'image' && type !== 'registry' && !isOn(attributes['push'])) return true;
  // A name with a digest alone pushes nothing.
  const pushes = type === 'registry' || isOn(attributes['push']);
  const byDigest = BY_DIGEST.find(name => isOn(attributes[name]) && (pushes || name !== 'name-canonical'));
  if (byDigest !== undefined) source.mistakes.add('outputs', `type=${type},${byDigest}=true ${PUSHES}`, MERGE_HERE);
  else if (type === 'registry') source.mistakes.add('outputs', `type=registry ${PUSHES}`, PUSH_HERE);
  else if (isOn(attributes['push'])) source.mistakes.add('outputs', `type=${type},push=true ${PUSHES}`, PUSH_HERE);
  else return true;
  return false;
}

/** What ends in the engine: both are what `load` does, but for the moment. */
function isLoad({ type, dest }: Entry): boolean {
  return type === 'image' || (type === 'docker' && dest === '');
}

function planned(source: Source, { type, dest, attributes }: Entry): PlannedOutput[] {
  if (dest === '' || dest === '-') {
    const what = dest === '' ? 'has no dest' : 'writes to standard output, which is the log';
    source.mistakes.add(
      'outputs',
      `type=${type} ${what}; name a ${isFile(type, attributes) ? 'file' : 'directory'}, e.g. type=${type},dest=${isFile(type, attributes) ? `out.tar` : 'out'}`,
    );
    return [];
  }
  if (type === 'local' || type === 'tar') return [{ type, dest, attributes }];
  namesOf(source, attributes);
  warnOfOthers(source, { type, dest, attributes }, OF_THE_SCAN, `${dest} gets`);
  return [
    {
      type: type as 'oci' | 'docker',
      dest,
      attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => OF_THE_SCAN.includes(name))),
    },
  ];
}

/** What is handed over are the scanned bytes: nothing that would change them is followed. */
function warnOfOthers(source: Source, { type, attributes }: Entry, followed: readonly string[], who: string): void {
  const others = Object.keys(attributes).filter(name => !followed.includes(name));
  if (others.length === 0) return;
  const one = others.length === 1;
  const annotations = others.some(name => name.startsWith('annotation')) ? '; annotations are the input "annotations"' : '';
  source.warnings?.push(
    `outputs: ${others.join(', ')} of type=${type} ${one ? 'is' : 'are'} not followed: ${who} the bytes that were scanned, as they are published; leave ${one ? 'it' : 'them'} out${annotations}`,
  );
}

/** The names that an image gets in its archive or in the engine, instead of those of the plan. */
function namesOf(source: Source, { name }: Attributes): string[] {
  const names = (name ?? '')
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '');
  for (const each of names) {
    const problem = referenceProblem(each);
    if (problem !== undefined)
      source.mistakes.add('outputs', `name=${shorten(each)} is not the name of an image, because ${problem}`);
    else if (splitReference(each).digest !== undefined)
      source.mistakes.add('outputs', `name=${shorten(each)} has a digest, which is not known before the build; write name:tag`);
  }
  return names.map(each => (splitReference(each).tag === undefined ? `${each}:latest` : each));
}

/** Each place once, and none that the checkout would not survive. */
function checkPlaces(source: Source, places: readonly { readonly input: string; readonly dest: string }[]): void {
  const seen = new Map<string, string>();
  for (const { input, dest } of places) {
    const place = normalise(dest);
    if (place.split('/').includes('.git'))
      source.mistakes.add(input, `"${shorten(dest)}" lies inside .git, the checkout's own files; name another place`);
    const other = seen.get(place);
    if (other !== undefined)
      source.mistakes.add(
        input,
        `"${shorten(dest)}" is written twice${other === input ? '' : ` (see also ${other})`}; name another place`,
      );
    seen.set(place, input);
  }
}

/** `./out/` and `out` are one place. */
function normalise(dest: string): string {
  const parts: string[] = [];
  for (const part of dest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return `${dest.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

/** As buildx has it: `tar=false` makes a directory of an OCI archive. */
function isFile(type: string, { tar }: Attributes): boolean {
  return type !== 'local' && !(type === 'oci' && tar !== undefined && parseBoolean(tar) === false);
}

/** A word without a value switches on as well. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(?:0|f|false)$/i.test(value);
}

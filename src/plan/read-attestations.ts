// The inputs provenance, sbom and attests -> typed values, with the precedence that docker/build-push-action gives them.

import { CsvMistake, splitFields } from './csv.ts';
import { joinFields } from './join-fields.ts';
import { readChoice, readList, readReference, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Attest, Inputs } from './inputs.ts';
import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';

export type AttestationInputs = Pick<Inputs, 'provenance' | 'sbom' | 'attests' | 'attestations' | 'sbomImage'>;

const TYPES: readonly Attest['type'][] = ['provenance', 'sbom'];
const PROVENANCE_KEYS = ['mode', 'builder-id', 'inline-only', 'reproducible', 'filename', 'version', 'disabled'];
const SWITCH = 'BUILDX_NO_DEFAULT_ATTESTATIONS';

/** Reads what is attested. `env` holds BUILDX_NO_DEFAULT_ATTESTATIONS, which turns the default provenance off. */
export function readAttestations(source: Source, env: Readonly<Record<string, string | undefined>>): AttestationInputs {
  const attests = readAttests(source);
  const asked = readAttestation(source, 'provenance', 'provenance', readText(source, 'provenance'));
  const off = noDefaults(source, env) && !attests.some(({ type }) => type === 'provenance');
  const sbom = readAttestation(source, 'sbom', 'sbom', readText(source, 'sbom'));
  const attestations = readChoice(source, 'attestations', ['inline', 'referrer', 'none']) ?? 'inline';
  if (attestations === 'none') refuseAttestations(source, { provenance: asked, sbom, attests });
  return {
    provenance: asked ?? (off ? 'false' : undefined),
    sbom,
    attests,
    attestations,
    sbomImage: readReference(source, 'sbom-image'),
  };
}

/** Plain images, and something to attest: only one of the two can be meant (rules 20). */
function refuseAttestations(
  source: Source,
  { provenance, sbom, attests }: Pick<AttestationInputs, 'provenance' | 'sbom' | 'attests'>,
): void {
  const on = (value: string | undefined): boolean => value !== undefined && value !== 'false';
  const asking = [
    ...(on(provenance) ? [`provenance: ${provenance ?? ''}`] : []),
    ...(on(sbom) ? [`sbom: ${sbom ?? ''}`] : []),
    ...attests.filter(({ value }) => on(value)).map(({ type }) => `attests: type=${type}`),
  ];
  if (asking.length > 0)
    source.mistakes.add(
      'attestations',
      `"none" makes images without attestations, but ${asking.map(text => shorten(text)).join(' and ')} ${asking.length === 1 ? 'asks' : 'ask'} for one; take that out, or write attestations: referrer (plain images, with attestations attached)`,
    );
}

function readAttests(source: Source): readonly Attest[] {
  const attests: Attest[] = [];
  for (const entry of readList(source, 'attests', { commas: false, comments: false })) {
    const fields = fieldsOf(source, 'attests', entry);
    const type = fields?.find(field => field.startsWith('type='))?.slice('type='.length);
    const known = TYPES.find(candidate => candidate === type);
    if (fields === undefined) continue;
    if (known === undefined) {
      const guess = type === undefined ? '' : didYouMean(type, TYPES);
      source.mistakes.add('attests', `"${shorten(entry)}" is not type=provenance or type=sbom with attributes${guess}`);
      continue;
    }
    if (attests.some(attest => attest.type === known)) {
      source.mistakes.add('attests', `type=${known} is given twice`);
      continue;
    }
    const rest = fields.filter(field => field !== `type=${known}`);
    const value = readAttestation(source, 'attests', known, rest.length === 0 ? 'true' : joinFields(rest));
    if (value !== undefined) attests.push({ type: known, value });
  }
  return attests;
}

/** `true`, `false`, `min`, `max` or buildx's attributes. Answers `true`, `false` or attributes; undefined when nothing or nonsense was typed. */
function readAttestation(source: Source, name: string, type: Attest['type'], text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (type === 'provenance' && (text === 'min' || text === 'max')) return `mode=${text}`;
  const keys = type === 'provenance' ? PROVENANCE_KEYS : undefined;
  const attributes: string[] = [];
  let on = true;
  for (const field of fieldsOf(source, name, text) ?? []) {
    const value = switchOf(field);
    if (value !== undefined) on = value;
    else if (isAttribute(field, keys)) attributes.push(field);
    else {
      source.mistakes.add(name, notAttested(text, field, keys));
      return undefined;
    }
  }
  if (!on) return 'false';
  return attributes.length === 0 ? 'true' : joinFields(attributes);
}

/** What `true`, `0` or `disabled=true` says; undefined for any other field. */
function switchOf(field: string): boolean | undefined {
  const value = parseBool(field.replace(/^disabled=/, ''));
  return value !== undefined && field.startsWith('disabled=') ? !value : value;
}

function notAttested(text: string, field: string, keys: readonly string[] | undefined): string {
  const attributes =
    keys === undefined ? 'attributes such as generator=IMAGE' : `mode=min, mode=max or attributes of ${keys.join(', ')}`;
  const guess = didYouMean(field.split('=')[0] ?? '', keys ?? ['true', 'false', 'generator']);
  return `"${shorten(text)}" is not true, false, ${attributes}${guess}`;
}

function isAttribute(field: string, keys: readonly string[] | undefined): boolean {
  const split = field.indexOf('=');
  const [key, value] = [field.slice(0, Math.max(0, split)), field.slice(split + 1)];
  if (split < 1 || (keys !== undefined && !keys.includes(key))) return false;
  return keys === undefined || key !== 'mode' || ['min', 'max'].includes(value);
}

function fieldsOf(source: Source, name: string, text: string): string[] | undefined {
  try {
    return splitFields(text)
      .map(field => field.trim())
      .filter(field => field !== '');
  } catch (error) {
    if (!(error instanceof CsvMistake)) throw error;
    source.mistakes.add(name, `"${shorten(text)}": ${error.message}`);
    return undefined;
  }
}

/** Go's strconv.ParseBool, by which buildx reads its switches. */
function parseBool(text: string): boolean | undefined {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  return /^(?:0|f|F|false|FALSE|False)$/.test(text) ? false : undefined;
}

function noDefaults(source: Source, env: Readonly<Record<string, string | undefined>>): boolean {
  const text = env[SWITCH] ?? '';
  if (text === '') return false;
  const value = parseBool(text);
  if (value === undefined) source.mistakes.add(SWITCH, `"${shorten(text)}" is not true or false`);
  return value ?? false;
}

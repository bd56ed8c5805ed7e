/** What GitHub's code scanning says about a SARIF file: the schema, and the rules of "SARIF support for code scanning". */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** Sizes beyond which GitHub refuses a file. */
const LIMITS = { runs: 20, results: 25_000, rules: 25_000, locations: 1_000, tags: 20, extensions: 100 };
const BANDS = /^(?:10\.0|10|[0-9](?:\.[0-9]+)?)$/;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined), value);
const list = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

let schema: ValidateFunction | undefined;

function schemaProblems(sarif: unknown): string[] {
  if (schema === undefined) {
    // A pattern of the schema (of languages) is no expression in Unicode mode.
    const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
    formats.default(ajv);
    schema = ajv.compile(JSON.parse(readFileSync(new URL('sarif.subset.json', import.meta.url), 'utf8')) as Json);
  }
  schema(sarif);
  return (schema.errors ?? []).map(error => `${error.instancePath} ${error.message ?? ''}`);
}

/** Everything up to the last slash of `automationDetails.id`; empty without one. */
export function categoryOf(run: unknown): string {
  const id = at(run, 'automationDetails', 'id');
  return typeof id === 'string' && id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : '';
}

function ruleProblems(rule: unknown): string[] {
  const name = String(at(rule, 'id'));
  const severity = at(rule, 'properties', 'security-severity');
  const texts = ['shortDescription', 'fullDescription', 'help'].filter(key => {
    const text = at(rule, key, 'text');
    return typeof text !== 'string' || text === '' || (key !== 'help' && text.length > 1024);
  });
  const numeric = typeof severity === 'string' && BANDS.test(severity) && Number(severity) > 0;
  return [
    ...texts.map(key => `rule ${name}: ${key}.text is missing or too long`),
    ...(severity === undefined || numeric
      ? []
      : [`rule ${name}: security-severity ${JSON.stringify(severity)} is no number above 0`]),
    ...(list(rule, 'properties', 'tags').length > LIMITS.tags ? [`rule ${name}: more than ${LIMITS.tags} tags`] : []),
  ];
}

function resultProblems(result: unknown, index: number, rules: readonly unknown[]): string[] {
  const place = at(result, 'locations', 0, 'physicalLocation');
  const uri = at(place, 'artifactLocation', 'uri');
  const print = at(result, 'partialFingerprints', 'primaryLocationLineHash');
  const region = ['startLine', 'startColumn', 'endLine', 'endColumn'].filter(key => typeof at(place, 'region', key) !== 'number');
  const many = list(result, 'locations').length > LIMITS.locations || list(result, 'relatedLocations').length > LIMITS.locations;
  const rule = at(rules, Number(at(result, 'ruleIndex')), 'id');
  return [
    ...(typeof uri === 'string' && uri !== '' ? [] : [`result ${index} has no location`]),
    ...region.map(key => `result ${index}: region.${key} is missing`),
    ...(many ? [`result ${index} has more than ${LIMITS.locations} locations`] : []),
    ...(typeof print === 'string' && print !== '' ? [] : [`result ${index} has no primaryLocationLineHash`]),
    ...(rule === at(result, 'ruleId') ? [] : [`result ${index}: ruleIndex does not lead to ${String(at(result, 'ruleId'))}`]),
  ];
}

function runProblems(run: unknown): string[] {
  const rules = list(run, 'tool', 'driver', 'rules');
  const results = list(run, 'results');
  const sizes = { rules: rules.length, results: results.length, extensions: list(run, 'tool', 'extensions').length };
  const many = Object.entries(sizes).flatMap(([name, size]) => {
    const limit = LIMITS[name as keyof typeof sizes];
    return size > limit ? [`a run has ${size} ${name}, at most ${limit} are allowed`] : [];
  });
  const ids = rules.map(rule => at(rule, 'id'));
  const twice = new Set(ids).size < ids.length ? ['two rules have one id'] : [];
  return [
    ...many,
    ...twice,
    ...rules.flatMap(ruleProblems),
    ...results.flatMap((result, index) => resultProblems(result, index, rules)),
  ];
}

/** Why the file would not be processed; empty: it is fine. */
export function sarifProblems(sarif: unknown): string[] {
  if (!isObject(sarif) || sarif['version'] !== '2.1.0' || !Array.isArray(sarif['runs'])) return ['not SARIF 2.1.0'];
  const runs = sarif['runs'] as readonly unknown[];
  const categories = runs.map(run => JSON.stringify([at(run, 'tool', 'driver', 'name'), categoryOf(run)]));
  return [
    ...schemaProblems(sarif),
    ...(runs.length === 0 ? ['no run'] : []),
    ...(runs.length > LIMITS.runs ? [`${runs.length} runs, at most ${LIMITS.runs} are allowed`] : []),
    // Since July 2025.
    ...(new Set(categories).size < runs.length ? ['A delivery cannot contain multiple runs with the same category.'] : []),
    ...runs.flatMap(runProblems),
  ];
}

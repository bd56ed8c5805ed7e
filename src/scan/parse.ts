// Trivy's JSON report (unknown data) -> the few facts that acceptance and gate need, every field checked for its type.

import { SEVERITIES } from '../plan/severity.ts';
import type { Severity } from '../plan/severity.ts';
import type { Finding } from './findings.ts';
import type { SystemFacts } from './scan.ts';

/** One operating system package, as far as acceptance looks at it. */
export interface ListedPackage {
  readonly name: string;
  /** dpkg, apk, rpm ...; empty when the report does not tell. */
  readonly analyzedBy: string;
  /** From a repository that the distribution does not answer for: listed, but not matched. */
  readonly thirdParty: boolean;
}

export interface ParsedReport {
  readonly schemaVersion: number | undefined;
  readonly artifactType: string;
  readonly scannerVersion: string;
  readonly imageId: string;
  readonly diffIds: readonly string[];
  readonly layers: readonly { readonly digest: string; readonly diffId: string }[];
  readonly config: { readonly os: string; readonly architecture: string; readonly variant?: string };
  /** Undefined when nothing was recognised; family `none` when the release file is unknown to Trivy. */
  readonly os: SystemFacts | undefined;
  readonly osPackages: readonly ListedPackage[];
  /** Number of results for packages of programming languages. */
  readonly languageResults: number;
  readonly languagePackages: number;
  /** `platforms` is still empty: the caller knows it. */
  readonly findings: readonly Finding[];
  /** Entries that are not what the report's schema says, one line each. */
  readonly malformed: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a report of SchemaVersion 2; undefined when it is not even an object. Never throws. */
export function parseReport(report: unknown): ParsedReport | undefined {
  if (!isFields(report)) return undefined;
  const malformed: string[] = [];
  const metadata = fields(report['Metadata']);
  const config = fields(metadata['ImageConfig']);
  const variant = text(config['variant']);
  const results = list(report['Results'], 'Results', malformed);
  const systems = results.filter(result => result['Class'] === 'os-pkgs');
  const languages = results.filter(result => result['Class'] === 'lang-pkgs');
  const packages = (from: readonly Fields[]): Fields[] => from.flatMap(result => list(result['Packages'], 'Packages', malformed));
  return {
    schemaVersion: typeof report['SchemaVersion'] === 'number' ? report['SchemaVersion'] : undefined,
    artifactType: text(report['ArtifactType']),
    scannerVersion: text(fields(report['Trivy'])['Version']),
    imageId: text(metadata['ImageID']),
    diffIds: strings(metadata['DiffIDs'], 'Metadata.DiffIDs', malformed),
    layers: list(metadata['Layers'], 'Metadata.Layers', malformed).map(layer => ({
      digest: text(layer['Digest']),
      diffId: text(layer['DiffID']),
    })),
    config: { os: text(config['os']), architecture: text(config['architecture']), ...(variant === '' ? {} : { variant }) },
    os: system(metadata['OS'], malformed),
    osPackages: packages(systems).map(entry => ({
      name: text(entry['Name']),
      analyzedBy: text(entry['AnalyzedBy']),
      thirdParty: fields(entry['Repository'])['Class'] === 'third-party',
    })),
    languageResults: languages.length,
    languagePackages: packages(languages).length,
    findings: results.flatMap(result => findingsOf(result, malformed)),
    malformed,
  };
}

function system(value: unknown, malformed: string[]): SystemFacts | undefined {
  if (value === undefined || value === null) return undefined;
  const family = text(fields(value)['Family']);
  if (family === '') {
    malformed.push('Metadata.OS has no Family');
    return undefined;
  }
  return { family, name: text(fields(value)['Name']), endOfLife: fields(value)['EOSL'] === true };
}

function findingsOf(result: Fields, malformed: string[]): Finding[] {
  const target = text(result['Target']);
  return [
    ...list(result['Vulnerabilities'], 'Vulnerabilities', malformed).map(entry =>
      vulnerability(entry, binary(result), malformed),
    ),
    ...list(result['Secrets'], 'Secrets', malformed).map(entry => secret(entry, target, malformed)),
  ].filter(finding => finding !== undefined);
}

/** Packages inside a binary have no path of their own: the binary is the target. */
function binary(result: Fields): string {
  return text(result['Type']).endsWith('binary') ? text(result['Target']) : '';
}

function vulnerability(entry: Fields, inBinary: string, malformed: string[]): Finding | undefined {
  const id = text(entry['VulnerabilityID']);
  const name = text(entry['PkgName']);
  if (id === '' || name === '') {
    malformed.push(`a vulnerability without ${id === '' ? 'VulnerabilityID' : `PkgName (${id})`}`);
    return undefined;
  }
  const aliases = strings(entry['VendorIDs'], 'VendorIDs', malformed);
  return {
    kind: 'vuln',
    id,
    ...(aliases.length === 0 ? {} : { aliases }),
    severity: severity(entry['Severity'], id, malformed),
    ...score(entry),
    title: text(entry['Title']),
    package: name,
    purl: text(fields(entry['PkgIdentifier'])['PURL']),
    installed: text(entry['InstalledVersion']),
    fixed: text(entry['FixedVersion']),
    status: text(entry['Status']),
    path: relative(text(entry['PkgPath']) || inBinary),
    url: text(entry['PrimaryURL']),
    ...optional('published', text(entry['PublishedDate'])),
    ...optional('layer', text(fields(entry['Layer'])['Digest'])),
    platforms: [],
  };
}

/** Match and Code are not read: the adapter has removed them, and what they hold belongs into no report. */
function secret(entry: Fields, target: string, malformed: string[]): Finding | undefined {
  const id = text(entry['RuleID']);
  if (id === '') {
    malformed.push(`a secret without RuleID (${target})`);
    return undefined;
  }
  // Trivy writes files with a leading slash; without one the target is the image itself: its configuration, ENV or history.
  const inFile = target.startsWith('/');
  const title = text(entry['Title']) === '' ? id : text(entry['Title']);
  return {
    kind: 'secret',
    id,
    severity: severity(entry['Severity'], id, malformed),
    title: inFile ? title : `${title} (in the image configuration: environment or history)`,
    package: '',
    purl: '',
    installed: '',
    fixed: '',
    status: '',
    path: inFile ? relative(target) : '',
    ...(typeof entry['StartLine'] === 'number' && inFile ? { line: entry['StartLine'] } : {}),
    url: '',
    ...optional('layer', text(fields(entry['Layer'])['Digest'])),
    platforms: [],
  };
}

/** Advisories without any score have UNKNOWN (older releases: an empty text). A word that nobody knows must not pass for "not severe". */
function severity(value: unknown, id: string, malformed: string[]): Severity {
  const known = SEVERITIES.find(word => word === value);
  if (known === undefined && text(value) !== '') malformed.push(`${id} has the severity ${JSON.stringify(value)}`);
  return known ?? 'UNKNOWN';
}

/** Nothing is judged by it, so what is no score is passed over. */
function score(entry: Fields): { readonly cvss?: number } {
  const scores = fields(entry['CVSS']);
  const sources = [text(entry['SeveritySource']), 'nvd', ...Object.keys(scores).sort()];
  const values = sources.flatMap(source => [fields(scores[source])['V3Score'], fields(scores[source])['V40Score']]);
  const cvss = values.find(value => typeof value === 'number' && value > 0 && value <= 10);
  return typeof cvss === 'number' ? { cvss } : {};
}

function relative(file: string): string {
  return file.replace(/^\/+/, '');
}

function optional<K extends string>(key: K, value: string): Readonly<Partial<Record<K, string>>> {
  return (value === '' ? {} : { [key]: value }) as Partial<Record<K, string>>;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Absent and null are empty lists (Go writes both); anything else that is not a list of objects is malformed. */
function list(value: unknown, name: string, malformed: string[]): Fields[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(isFields)) return value;
  malformed.push(`${name} is not a list of objects`);
  return [];
}

function strings(value: unknown, name: string, malformed: string[]): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(entry => typeof entry === 'string')) return value;
  malformed.push(`${name} is not a list of strings`);
  return [];
}

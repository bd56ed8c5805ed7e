// Lists of the platforms -> one list: what is found on several platforms is one row that names them all.

import { severityRank } from '../plan/severity.ts';
import type { Finding } from './findings.ts';

/** True for everything but layer, platform and those parts of the package URL that name the architecture. */
export function findingKey(finding: Finding): string {
  const { kind, id, severity, installed, fixed, status, path, line } = finding;
  return JSON.stringify([
    kind,
    id,
    severity,
    finding.package,
    installed,
    fixed,
    status,
    path,
    line ?? 0,
    purlOfAnyPlatform(finding.purl),
  ]);
}

/** `pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12.1` without `arch`. */
export function purlOfAnyPlatform(purl: string): string {
  const [name, query] = split(purl, '?');
  const kept = query.split('&').filter(part => part !== '' && !part.startsWith('arch='));
  return kept.length === 0 ? name : `${name}?${kept.join('&')}`;
}

/** Joins equal findings; platforms in the order in which they come, worst first, then by id, package and path. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const rows = new Map<string, Finding>();
  for (const finding of findings) {
    const key = findingKey(finding);
    const row = rows.get(key);
    rows.set(key, row === undefined ? finding : joined(row, finding));
  }
  return [...rows.values()].sort(worstFirst);
}

/** For sort(): severity, then kind, id, package, path, so that the order never depends on the scanner's. */
export function worstFirst(a: Finding, b: Finding): number {
  const bySeverity = severityRank(b.severity) - severityRank(a.severity);
  if (bySeverity !== 0) return bySeverity;
  const text = (finding: Finding): string =>
    [finding.kind, finding.id, finding.package, finding.path, findingKey(finding)].join('\n');
  const [x, y] = [text(a), text(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Two platforms seldom share a layer: a row keeps what is true for all of its platforms. */
function joined(a: Finding, b: Finding): Finding {
  const { layer, ...rest } = a;
  const purl = a.purl === b.purl ? a.purl : purlOfAnyPlatform(a.purl);
  const platforms = [...new Set([...a.platforms, ...b.platforms])];
  return { ...rest, purl, platforms, ...(layer !== undefined && layer === b.layer ? { layer } : {}) };
}

function split(text: string, at: string): [string, string] {
  const found = text.indexOf(at);
  return found < 0 ? [text, ''] : [text.slice(0, found), text.slice(found + 1)];
}

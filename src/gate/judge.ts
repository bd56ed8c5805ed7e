// Scans + policy + day -> Verdict: the outcome table (design 5, rule 1) and a reason for every finding.

import { platformName, samePlatform } from '../plan/platform.ts';
import type { Platform } from '../plan/platform.ts';
import type { Policy } from '../plan/policy.ts';
import { SEVERITIES } from '../plan/severity.ts';
import { findingKey, mergeFindings, worstFirst } from '../scan/merge.ts';
import type { PlatformScan, ScanResult } from '../scan/scan.ts';
import { exceptionNotes } from './exceptions.ts';
import { ruleOn } from './rule-on.ts';
import type { Judged, Outcome, Verdict } from './verdict.ts';

export interface Case {
  /** Undefined when nothing was scanned: right with `gate: off`, an error otherwise. */
  readonly scan: ScanResult | undefined;
  readonly policy: Policy;
  readonly today: Date;
  /** Every platform that was asked for: each must have exactly one accepted scan. */
  readonly platforms: readonly Platform[];
}

/** Judges one run. Pure: the order of platforms, findings and exceptions never matters. */
export function judge({ scan, policy, today, platforms }: Case): Verdict {
  if (policy.gate === 'off') {
    const headline = 'Not scanned: gate is off, so nothing is known about what is in this image';
    return { outcome: 'skipped', publish: true, exitCode: 0, headline, findings: [], problems: [], notes: [] };
  }
  const scans = scan?.platforms ?? [];
  const problems = [...(scan?.problems ?? []), ...scans.flatMap(rejections), ...missing(scans, platforms)];
  const rulings = scans.flatMap(platformScan =>
    platformScan.findings.map(finding => ruleOn(finding, platformScan, policy, today)),
  );
  const findings = rows(rulings);
  const blocking = findings.filter(judged => judged.ruling === 'blocks');
  const used = new Set(rulings.flatMap(ruling => ruling.covering));
  const notes = [
    ...onlyUnfixable(blocking, policy),
    ...unknownSeverity(findings, policy),
    ...endOfLife(scans),
    ...(scan?.scanner.notes ?? []),
    ...exceptionNotes(policy.exceptions, used, today, problems.length > 0),
  ];
  return { ...decide(policy, blocking, problems, findings), findings, problems, notes };
}

/** The outcome table, cell by cell. */
function decide(
  policy: Policy,
  blocking: readonly Judged[],
  problems: readonly string[],
  findings: readonly Judged[],
): Pick<Verdict, 'outcome' | 'publish' | 'exitCode' | 'headline'> {
  const blocked = blocking.length > 0;
  const outcome: Outcome = problems.length > 0 ? 'error' : blocked ? 'blocked' : 'passed';
  // Rule 1: with both at once, `on-scan-error: warn` lets the error pass, and what blocks decides.
  const publish = (outcome !== 'error' || policy.onScanError === 'warn') && (!blocked || policy.gate === 'warn');
  return { outcome, publish, exitCode: publish ? 0 : 1, headline: headline(outcome, publish, blocking, problems, findings) };
}

function headline(
  outcome: Outcome,
  publish: boolean,
  blocking: readonly Judged[],
  problems: readonly string[],
  findings: readonly Judged[],
): string {
  if (outcome === 'error') {
    const also = blocking.length > 0 ? `; ${counted(blocking)} would block anyway` : '';
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const allowed = publish ? '; on-scan-error: warn lets it through' : '';
    return `Could not tell: ${problems[0] ?? ''}${more}${also}${allowed}`;
  }
  if (outcome === 'blocked') return `${counted(blocking)} ${publish ? 'would block, but gate: warn lets it through' : 'block'}`;
  if (findings.length === 0) return 'Nothing blocks: no findings';
  const excused = findings.filter(judged => judged.ruling === 'excused').length;
  const parts = [
    `${plural(findings.length - excused, 'finding')} below what blocks`,
    ...(excused > 0 ? [`${excused} excused`] : []),
  ];
  return `Nothing blocks: ${parts.join(', ')}`;
}

/** `3 findings (1 CRITICAL, 2 HIGH) on linux/amd64, linux/arm64`. */
function counted(blocking: readonly Judged[]): string {
  const severities = SEVERITIES.toReversed().flatMap(severity => {
    const count = blocking.filter(judged => judged.finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const platforms = [...new Set(blocking.flatMap(judged => judged.finding.platforms))].sort();
  return `${plural(blocking.length, 'finding')} (${severities.join(', ')}) on ${platforms.join(', ')}`;
}

/** One row for what is equal on several platforms and was ruled alike; what blocks first, the worst of it on top. */
function rows(rulings: readonly Judged[]): Judged[] {
  const alike = Map.groupBy(rulings, ({ finding, ruling, reason }) => JSON.stringify([findingKey(finding), ruling, reason]));
  const order = ['blocks', 'excused', 'shown'];
  return [...alike.values()]
    .flatMap(group => {
      const sorted = group.map(({ finding }) => finding).sort((a, b) => compare(a.platforms.join(), b.platforms.join()));
      const [first] = group;
      return first === undefined
        ? []
        : mergeFindings(sorted).map(finding => ({ finding, ruling: first.ruling, reason: first.reason }));
    })
    .sort(
      (a, b) =>
        order.indexOf(a.ruling) - order.indexOf(b.ruling) || worstFirst(a.finding, b.finding) || compare(a.reason, b.reason),
    );
}

function rejections(scanned: PlatformScan): readonly string[] {
  if (scanned.status === 'accepted') return [];
  return scanned.problems.length > 0 ? scanned.problems : [`${platformName(scanned.platform)}: the scan was not accepted`];
}

/** A platform without a scan, or with two of which nobody knows which one counts. */
function missing(scans: readonly PlatformScan[], platforms: readonly Platform[]): string[] {
  if (scans.length === 0 && platforms.length === 0) return ['nothing was scanned'];
  return platforms.flatMap(platform => {
    const count = scans.filter(scanned => samePlatform(scanned.platform, platform)).length;
    if (count === 1) return [];
    return [`${platformName(platform)}: ${count === 0 ? 'was not scanned' : `has ${count} scans instead of one`}`];
  });
}

function onlyUnfixable(blocking: readonly Judged[], policy: Policy): string[] {
  const unfixable = blocking.length > 0 && blocking.every(({ finding }) => finding.kind === 'vuln' && finding.fixed === '');
  if (!unfixable || policy.ignoreUnfixed) return [];
  return ['Only findings without a fixed version block: with ignore-unfixed: true they would be excused until there is one.'];
}

function unknownSeverity(findings: readonly Judged[], policy: Policy): string[] {
  const count = findings.filter(
    ({ finding }) => finding.severity === 'UNKNOWN' && !policy.block[finding.kind].includes('UNKNOWN'),
  ).length;
  return count === 0
    ? []
    : [`${plural(count, 'finding')} without a known severity (UNKNOWN): block them by naming UNKNOWN in severity`];
}

function endOfLife(scans: readonly PlatformScan[]): string[] {
  const systems = scans.flatMap(({ os, platform }) => (os?.endOfLife === true ? [{ os, name: platformName(platform) }] : []));
  return [...Map.groupBy(systems, ({ os }) => `${os.family} ${os.name}`)]
    .map(
      ([system, on]) =>
        `${system} is at its end of life: no more security updates (${on
          .map(({ name }) => name)
          .sort()
          .join(', ')})`,
    )
    .sort(compare);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

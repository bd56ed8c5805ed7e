// One finding on one platform + policy + day -> what the policy makes of it, and why.

import { platformName } from '../plan/platform.ts';
import type { Exception, Policy } from '../plan/policy.ts';
import type { Finding } from '../scan/findings.ts';
import type { PlatformScan } from '../scan/scan.ts';
import { covers, expired, strongest } from './exceptions.ts';
import type { Judged } from './verdict.ts';

/** The ruling, and every exception that speaks of the finding (also expired ones, and those that were not needed). */
export interface Ruling extends Judged {
  readonly covering: readonly Exception[];
}

/** Severity first, then exceptions, then ignore-unfixed: the reason is the first that decides. */
export function ruleOn(finding: Finding, scanned: PlatformScan, policy: Policy, today: Date): Ruling {
  const platform = platformName(scanned.platform);
  const found = { ...finding, platforms: [platform] };
  const covering = policy.exceptions.filter(exception => covers(exception, found, platform));
  const ruled = (ruling: Judged['ruling'], reason: string): Ruling => ({ finding: found, ruling, reason, covering });

  const severities = policy.block[finding.kind];
  if (!severities.includes(finding.severity)) return ruled('shown', belowLimit(finding, policy));
  const valid = strongest(covering.filter(exception => !expired(exception, today)));
  if (valid !== undefined) return ruled('excused', `${valid.reason} (until ${valid.expires}, ${valid.source})`);
  const unfixed = finding.kind === 'vuln' && finding.fixed === '' && finding.status !== 'fixed';
  if (unfixed && policy.ignoreUnfixed) return ruled('excused', `no fixed version yet${statusOf(finding)} (ignore-unfixed)`);
  // Rule 1 counts what blocks on accepted platforms; the others are an error already.
  if (scanned.status === 'rejected')
    return ruled('shown', `${finding.severity} would block, but the scan of ${platform} was not accepted`);
  return ruled('blocks', blockReason(finding, covering));
}

function belowLimit(finding: Finding, policy: Policy): string {
  const limit = policy.block[finding.kind];
  const kind = finding.kind === 'vuln' ? 'vulnerabilities' : 'secrets';
  return limit.length === 0 ? `no ${kind} block` : `${finding.severity} does not block (${limit.join(', ')} of ${kind} do)`;
}

function blockReason(finding: Finding, covering: readonly Exception[]): string {
  const old = strongest(covering);
  const because = old === undefined ? '' : `; its exception expired on ${old.expires} (${old.source}: ${old.reason})`;
  if (finding.kind === 'secret') return `${finding.severity} secret${because}`;
  const way = finding.fixed === '' ? `no fixed version yet${statusOf(finding)}` : `fixed in ${finding.fixed}`;
  return `${finding.severity}, ${way}${because}`;
}

function statusOf(finding: Finding): string {
  return finding.status === '' || finding.status === 'affected' ? '' : `: ${finding.status.replaceAll('_', ' ')}`;
}
